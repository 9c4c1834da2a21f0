"""Adding blocks without dragging them: by the search, from the palette's keys, at the end of a loose wire."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF

from convstudio.blocks import catalogue
from convstudio.network import grouping
from convstudio.network.group import offered
from convstudio.network.layer import Layer
from convstudio.ui.canvas import offers
from convstudio.ui.canvas.building import Builder, Plan
from convstudio.ui.palette.choice import Choice, of_kind, of_saved
from convstudio.ui.palette.saved_groups import Saved
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class Adding(QObject):
    """Binds the search for blocks, and what asks for it, to the document."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        canvas = bench.canvas
        bench.actions.connect("add_block", self._search_here)
        bench.palette.kind_chosen.connect(self.add)
        bench.palette.saved_chosen.connect(self.add_saved)
        canvas.search_requested.connect(self._search_at)
        canvas.offer_requested.connect(self._offer)
        bench.finder.closed.connect(canvas.drop_offer)

    def add(self, kind: type[Layer]) -> None:
        """A new block of a kind, where it fits best."""
        self._add(of_kind(kind))

    def add_saved(self, saved: Saved) -> None:
        """A saved group, where it fits best."""
        self._add(of_saved(saved))

    def _add(self, choice: Choice) -> None:
        """Into the selected wire, behind what is selected, else where there is room."""
        builder, store = self._builder(choice), self._store
        if store.selected_wire and choice.layer.ports and not choice.layer.ends:
            self._carry_out(builder.into(store.selected_wire))
        elif store.selection:
            self._carry_out(builder.after(store.selection))
        else:
            self._set_down(choice, self._bench.canvas.visible_centre())

    def _set_down(self, choice: Choice, point: QPointF) -> None:
        """At a point of the canvas, or below where that is taken."""
        builder = self._builder(choice)
        self._carry_out(builder.free(builder.free_from(choice.corner(point))))

    def _search_here(self) -> None:
        """What is chosen goes where it fits best."""
        self._search(self._add)

    def _search_at(self, point: QPointF) -> None:
        """What is chosen is set down at a point of the canvas."""
        self._search(lambda choice: self._set_down(choice, point), self._on_screen(point))

    def _search(self, add: Callable[[Choice], object], place: QPoint | None = None) -> None:
        kinds = (k for k in catalogue().values() if offered(k, bool(self._store.level)))
        entries = [choice.entry(add) for choice in (*map(of_kind, kinds), *self._saved())]
        if place:
            self._bench.finder.ask(tr("Which block?"), entries, place)
        else:
            self._bench.ask(tr("Which block?"), entries)

    def _offer(self, block_id: str, port: str, forward: bool, point: QPointF) -> None:
        """At the loose end of a wire: what fits there, saved groups too, then what does with another between."""
        network, analysis = self._store.network, self._store.analysis

        def add(choice: Choice) -> None:
            builder, corner = self._builder(choice), choice.corner(point, 0.0 if forward else 1.0)
            self._carry_out(builder.behind(block_id, corner) if forward else builder.before(block_id, port, corner))

        find = self._following if forward else self._feeding
        helped = offers.kinds_with_help(analysis, block_id) if forward else {}
        words = (tr("What follows") if forward else tr("What feeds")) + f" {network.blocks[block_id].heading}?"
        entries = [choice.entry(add) for choice in find(block_id)]
        entries += [of_kind(k).entry(add, tr("with a") + f" {tr(layer.title)}") for k, layer in helped.items()]
        self._bench.finder.ask(words, entries, self._on_screen(point))

    def _following(self, block_id: str) -> list[Choice]:
        """What takes what a block hands over."""
        analysis = self._store.analysis
        saved = [c for c in self._saved() if offers.takes(c.layer, analysis.blocks[block_id].output)]
        return [*self._placed(offers.kinds_after(analysis, block_id)), *saved]

    def _feeding(self, block_id: str) -> list[Choice]:
        """What a block can take the result of."""
        network, analysis = self._store.network, self._store.analysis
        saved = [c for c in self._saved() if offers.feeds(c.layer, network, analysis, block_id)]
        return [*self._placed(offers.kinds_before(network, analysis, block_id)), *saved]

    def _placed(self, kinds: tuple[type[Layer], ...]) -> list[Choice]:
        """Those that have a place at the open level."""
        return [of_kind(k) for k in kinds if offered(k, bool(self._store.level))]

    def _saved(self) -> list[Choice]:
        return [of_saved(saved) for offered in self._bench.added_also for saved in offered()]

    def _builder(self, choice: Choice) -> Builder:
        return Builder(self._store, choice.layer, choice.title)

    def _carry_out(self, plan: Plan) -> None:
        """One undoable step, after which the new block is selected and seen."""
        if words := grouping.too_deep(plan.network.depth, len(self._store.level)):
            self._bench.notices.warn(tr(words))
            return
        self._store.edit(plan.label, plan.network)
        self._store.select((plan.block_id,))
        self._bench.canvas.show_block(plan.block_id)
        self._bench.canvas.setFocus()

    def _on_screen(self, point: QPointF) -> QPoint:
        canvas = self._bench.canvas
        return canvas.viewport().mapToGlobal(canvas.mapFromScene(point))
