"""What ties the lens to its window: the selected block, the tab that is seen, the worker, the watched sample."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget, QTabWidget

from convstudio.network.expansion import located
from convstudio.network.facts import Analysis
from convstudio.network.sight import Fields
from convstudio.network.terms import Place
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.asking import LensQuestions
from convstudio.ui.lens.field_sight import field_sight
from convstudio.ui.lens.lens_panel import LensPanel
from convstudio.ui.lens.ways import Ways, ways
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.arrays import floats
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr
from convstudio.ui.watched import WatchedSample


class LensBinding(QObject):
    """Follows the selection while the lens is seen; a closed lens asks nothing."""

    def __init__(
        self, store: DocumentStore, tabs: QTabWidget, dock: QDockWidget, link: WorkerLink, sample: WatchedSample
    ) -> None:
        super().__init__(tabs)
        self._store, self._tabs, self._dock, self._sample = store, tabs, dock, sample
        self.panel = LensPanel()
        self.questions = LensQuestions(link, self)
        self._block: str | None = None
        """As the worker calls it."""
        self._counted: tuple[Analysis, str, Place, Ways | None] | None = None
        """The ways to the unit whose field was shown last."""
        tabs.addTab(self.panel, tr("Lens"))
        tabs.currentChanged.connect(lambda _index: self.follow())
        dock.visibilityChanged.connect(lambda _seen: self.follow())
        store.selection_changed.connect(self.follow)
        store.changed.connect(self.follow)
        self.questions.answered.connect(self._on_answer)
        self.questions.refused.connect(self.panel.show_nothing)
        self.panel.unit_chosen.connect(self._choose_unit)
        self.panel.input_chosen.connect(self._choose_input)
        self.panel.field_toggled.connect(self._measure)
        self.panel.shown.connect(self.questions.drawn)

    def look(self, block: str, channel: int, place: Place) -> None:
        """Open the lens on a unit of a block, by the name that the worker has for it."""
        self._block = block
        self._ask(channel, place)
        self.open()

    def open(self) -> None:
        """Open the lens on the selected block."""
        self._dock.show()
        self._tabs.setCurrentWidget(self.panel)
        self.panel.setFocus()

    def follow(self) -> None:
        """Look at the selected block, while the lens is seen."""
        if self._tabs.currentWidget() is not self.panel or self._dock.isHidden():
            self.questions.give_up()
            return
        block = self._chosen()
        if block is None:
            self.questions.give_up()
            self._block = None
            self.panel.show_nothing(tr("Select a block to look into it: how each of its values comes about."))
        elif block != self._block or self.questions.asked is None:
            unit = self._unit_of_other_copy(block)
            self._block = block
            self.panel.show_nothing(f"{block}: {tr('its values are explained here as soon as the network stands.')}")
            self._ask(*unit)

    def _chosen(self) -> str | None:
        """The selected block; else the one before, while it exists; else the first that has masks."""
        store = self._store
        if store.selection:
            return store.full_id(store.selection[-1])
        place = located(store.document.network, self._block) if self._block is not None else None
        if place is not None and place[0] == store.level:
            return store.full_id(place[1])
        analysis = store.analysis
        first = next((i for i in analysis.order if analysis.blocks[i].multiply_adds), None)
        return store.full_id(first) if first else None

    def _unit_of_other_copy(self, block: str) -> tuple[int, Place]:
        """The unit that was looked at, where `block` is the same one in another copy of a group; else the largest."""
        network, asked = self._store.document.network, self.questions.asked
        if asked is None or located(network, asked.block) != located(network, block):
            return -1, ()
        return asked.channel, asked.place

    def _ask(self, channel: int = -1, place: Place = (), port: int = 0, shown: int = -1) -> None:
        if self._block is not None:
            wanted = self.panel.field_wanted
            self.questions.ask(self._block, channel, place, port, shown, self._target(place), wanted)

    def _target(self, place: Place) -> int:
        """The right class of a place, where it is known."""
        truth = self._sample.truth
        if truth is not None:
            return int(truth[place]) if len(place) == truth.ndim else -1
        return -1 if self._sample.label is None else self._sample.label

    def _choose_unit(self, channel: int, place: Place) -> None:
        asked = self.questions.asked
        keep = asked is not None and asked.shown >= 0
        self._ask(channel, place, asked.port if keep and asked else 0, asked.shown if keep and asked else -1)

    def _choose_input(self, port: int, channel: int) -> None:
        found = self.panel.found
        if found is not None:
            self._ask(found.channel, found.place, port, channel)

    def _on_answer(self, found: Explanation) -> None:
        if found.block != self._block:
            return
        self.panel.classes = self._sample.classes
        self.panel.on_explanation(found)
        if found.influence is not None:
            measured, samples = floats(found.influence.map), found.influence.samples
            sight = field_sight(self._fields(), found.place, self._sample.image, measured, samples)
            self.panel.show_field(sight)
            self.panel.field.show_ways(self._ways_to(found.block, found.place))

    def _ways_to(self, block: str, place: Place) -> Ways | None:
        """Counted once for a unit, however often its value comes anew while training runs."""
        whole = self._store.whole
        if self._counted is None or self._counted[0] is not whole or self._counted[1:3] != (block, place):
            self._counted = (whole, block, place, ways(self._store.document.network, whole, block, place))
        return self._counted[3]

    def _fields(self) -> Fields:
        """What a unit of the block can see; nothing where the block is not among those that are edited now."""
        store = self._store
        here = next((i for i in store.network.blocks if store.full_id(i) == self._block), None)
        return store.sight.of(here) if here is not None else ()

    def _measure(self) -> None:
        """The receptive field is wanted now, or not any more: the same question, with it or without."""
        asked = self.questions.asked
        if asked is not None:
            self._ask(asked.channel, asked.place, asked.port, asked.shown)
