"""Adding blocks without dragging them: by the search, from the palette's keys, at the end of a loose wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, QPointF
from PySide6.QtGui import QIcon

from convstudio.blocks import catalogue
from convstudio.network.group import misplaced
from convstudio.network.layer import Layer
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.building import Builder, Plan
from convstudio.ui.canvas.offers import kinds_after, kinds_before, kinds_with_help
from convstudio.ui.finder import Entry
from convstudio.ui.palette import badge
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
        canvas.search_requested.connect(self._search_at)
        canvas.offer_requested.connect(self._offer)
        bench.finder.closed.connect(canvas.drop_offer)

    def add(self, kind: type[Layer]) -> None:
        """Into the selected wire, behind what is selected, else where there is room."""
        builder, store = Builder(self._store, kind()), self._store
        if store.selected_wire and kind().ports and not kind.ends:
            self._carry_out(builder.into(store.selected_wire))
        elif store.selection:
            self._carry_out(builder.after(store.selection))
        else:
            self._carry_out(builder.free(builder.free_from(_corner(kind, self._bench.canvas.visible_centre(), 0.5))))

    def _search_here(self) -> None:
        """What is chosen goes where it fits best; saved groups are found as well."""
        more = [entry for offered in self._bench.added_also for entry in offered()]
        self._search(self.add, more=more)

    def _search_at(self, point: QPointF) -> None:
        """What is chosen is set down at a point of the canvas."""

        def add(kind: type[Layer]) -> None:
            builder = Builder(self._store, kind())
            self._carry_out(builder.free(builder.free_from(_corner(kind, point, 0.5))))

        self._search(add, self._on_screen(point))

    def _search(
        self, add: Callable[[type[Layer]], None], place: QPoint | None = None, more: Sequence[Entry] = ()
    ) -> None:
        kinds = (k for k in catalogue().values() if not misplaced(k, bool(self._store.level)))
        entries = [*(_entry(kind, tr(kind.section), add) for kind in kinds), *more]
        if place:
            self._bench.finder.ask(tr("Which block?"), entries, place)
        else:
            self._bench.ask(tr("Which block?"), entries)

    def _offer(self, block_id: str, port: str, forward: bool, point: QPointF) -> None:
        """At the loose end of a wire: what fits there, then what does with another between."""
        network, analysis = self._store.network, self._store.analysis

        def add(kind: type[Layer]) -> None:
            builder, corner = Builder(self._store, kind()), _corner(kind, point, 0.0 if forward else 1.0)
            self._carry_out(builder.behind(block_id, corner) if forward else builder.before(block_id, port, corner))

        found = kinds_after(analysis, block_id) if forward else kinds_before(network, analysis, block_id)
        kinds = [k for k in found if not misplaced(k, bool(self._store.level))]
        helped = kinds_with_help(analysis, block_id) if forward else {}
        heading = network.blocks[block_id].heading
        words = (tr("What follows") if forward else tr("What feeds")) + f" {heading}?"
        entries = [_entry(kind, tr(kind.section), add) for kind in kinds]
        entries += [_entry(kind, tr("with a") + f" {tr(layer.title)}", add) for kind, layer in helped.items()]
        self._bench.finder.ask(words, entries, self._on_screen(point))

    def _carry_out(self, plan: Plan) -> None:
        """One undoable step, after which the new block is selected and seen."""
        self._store.edit(plan.label, plan.network)
        self._store.select((plan.block_id,))
        self._bench.canvas.show_block(plan.block_id)
        self._bench.canvas.setFocus()

    def _on_screen(self, point: QPointF) -> QPoint:
        canvas = self._bench.canvas
        return canvas.viewport().mapToGlobal(canvas.mapFromScene(point))


def _entry(kind: type[Layer], remark: str, add: Callable[[type[Layer]], None]) -> Entry:
    return Entry(tr(kind.title), f"{kind.kind} {kind.about}", remark, partial(add, kind), QIcon(badge(kind)))


def _corner(kind: type[Layer], point: QPointF, share: float) -> tuple[float, float]:
    """The corner of a block whose line passes a point, `share` of its width before it."""
    layer = kind()
    width, height = geometry.size(layer)
    return geometry.snapped(layer, point.x() - share * width, point.y() - height / 2)
