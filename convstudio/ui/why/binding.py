"""What ties the Why tab to its window: the document, the tab that is seen, the worker, the watched sample."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import QObject

from convstudio.network import edits
from convstudio.network.expansion import expanded
from convstudio.protocol.messages import Attribution
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.text import tr
from convstudio.ui.watched import WatchedSample
from convstudio.ui.why.asking import Dreams, WhyQuestions
from convstudio.ui.why.poster import WhySaving
from convstudio.ui.why.why_panel import WhyPanel
from convstudio.ui.workbench import Workbench

NO_NETWORK = "What a network does is explained here: build one first, or open an example."
STOPPED = "Stopped. Choose another method or unit, or change a setting, to ask again."


class WhyBinding(QObject):
    """Asks while the tab is seen; a closed tab asks nothing, and ends its dream."""

    def __init__(self, bench: Workbench, link: WorkerLink, sample: WatchedSample) -> None:
        super().__init__(bench)
        self._store, self._tabs, self._dock, self._sample = bench.store, bench.live, bench.docks["live"], sample
        self.panel = WhyPanel()
        self.questions, self.dreams = WhyQuestions(link, self), Dreams(link, self)
        self.saving = WhySaving(self.panel, bench.picture_files)
        self._stale = True
        self._tabs.addTab(self.panel, tr("Why"))
        self._tabs.currentChanged.connect(lambda _index: self.follow())
        self._dock.visibilityChanged.connect(lambda _seen: self.follow())
        self._store.changed.connect(self._on_document)
        sample.changed.connect(self._on_sample)
        self._connect_panel()

    def open(self) -> None:
        """Show the tab."""
        self._dock.show()
        self._tabs.setCurrentWidget(self.panel)
        self.panel.setFocus()

    def explain(self, block: str, channel: int) -> None:
        """Open the tab on a map of a block, by the name that the worker has for it."""
        self.open()
        self.panel.unit.choose(block, channel)

    @property
    def seen(self) -> bool:
        return self._tabs.currentWidget() is self.panel and not self._dock.isHidden()

    def follow(self) -> None:
        """Ask while somebody looks."""
        if not self.seen:
            self.questions.give_up()
            self.dreams.stop()
            return
        if self._stale:
            self._offer()
        if self.questions.asked is None:
            self.ask()

    def ask(self) -> None:
        """Put the question that the panel shows."""
        if not self.seen:
            return
        question = self.panel.question
        if self.panel.method != "maximise":
            self.dreams.stop()
        if question is None:
            self.questions.give_up()
            if not self.panel.unit.chosen_block:
                self.panel.show_nothing(tr(NO_NETWORK))
            return
        self.panel.show_waiting()
        self.questions.ask(question)

    def _connect_panel(self) -> None:
        panel = self.panel
        panel.asked.connect(self.ask)
        panel.unit.changed.connect(self.dreams.stop)
        panel.unit.changed.connect(self._offer_layers)
        panel.stopped.connect(self._stop)
        panel.sample_chosen.connect(self._sample.choose)
        panel.shown.connect(self.questions.drawn)
        panel.dream_drawn.connect(self.dreams.drawn)
        panel.options.dream_toggled.connect(self._toggle_dream)
        panel.options.manner_changed.connect(lambda: self.dreams.adjust(panel.dream_wanted))
        self.questions.answered.connect(self._on_answer)
        self.questions.refused.connect(panel.show_nothing)
        self.dreams.pictured.connect(panel.show_dream)
        self.dreams.changed.connect(lambda: panel.show_going(self.dreams.going))

    def _toggle_dream(self) -> None:
        if self.dreams.going:
            self.dreams.stop()
        elif self.panel.unit.chosen_block:
            self.panel.next_noise()
            self.dreams.start(self.panel.dream_wanted)

    def _stop(self) -> None:
        self.questions.give_up()
        if self.panel.found is None or self.panel.found.method != "patches":
            self.panel.show_nothing(tr(STOPPED))
        else:
            self.panel.show_stopped()

    def _on_answer(self, found: Attribution) -> None:
        self.panel.show_answer(found)

    def _on_document(self) -> None:
        self._stale = True
        if self.seen:
            self._offer()

    def _on_sample(self) -> None:
        self._stale = True
        if self.seen:
            self._offer()
            self.ask()

    def _offer(self) -> None:
        """What there is to choose in the network as it is."""
        self._stale = False
        self._flat, analysis = expanded(self._store.document.network, self._store.whole)
        shapes = {i: shape for i in analysis.live if i in analysis.blocks and (shape := analysis.blocks[i].output)}
        self._shapes, self._input = shapes, analysis.input
        self.panel.output = analysis.output or ""
        self.panel.show_sample(self._sample.image)
        self.panel.unit.set_blocks(shapes, self.panel.output, self._sample.classes)
        axes = shapes[self._input].axes or (shapes[self._input].channels,) if self._input in shapes else (1,)
        self.panel.options.set_extent(max(axes))
        self._offer_layers()

    def _offer_layers(self) -> None:
        """Layers before the unit that have maps with more than one cell."""
        block = self.panel.unit.chosen_block
        if self._stale or block not in self._flat.blocks:
            return
        before = edits.upstream(self._flat, block) | {block}
        spatial = (i for i, shape in self._shapes.items() if prod(shape.axes) > 1 and i != self._input)
        self.panel.options.set_layers([i for i in spatial if i in before])
