"""What ties the mask lab to its window: the selected block, its masks in the worker or in the document, and undo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal

from convstudio.blocks.fixed_mask import FixedMask
from convstudio.network import freezing
from convstudio.network.document import Block
from convstudio.protocol.messages import Maps, Masks, View
from convstudio.ui.link.open_views import OpenViews
from convstudio.ui.link.view_book import Picture, ViewBook
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.live.mask_reading import MaskReading
from convstudio.ui.live.mask_stage import MaskStage, stage
from convstudio.ui.masklab import fixed, in_document, reach
from convstudio.ui.masklab.chosen import Chosen, Region, Weights
from convstudio.ui.masklab.edit import Edit
from convstudio.ui.masklab.lab_panel import LabPanel
from convstudio.ui.masklab.later_maps import Later
from convstudio.ui.masklab.originals import Originals
from convstudio.ui.masklab.putting import MaskDeed, Putting
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench

FEW = 4
"""So many maps of each block behind are pictured."""


class MaskLab(QObject):
    """Follows the selection while the lab is seen; a closed lab asks for nothing."""

    kept = Signal()
    """Masks that the worker has already are in the document now."""

    def __init__(self, bench: Workbench, link: WorkerLink, book: ViewBook, past: Callable[[], bool]) -> None:
        """`past` says whether the views show an earlier moment of the run."""
        super().__init__(bench)
        self._bench, self._store, self._book, self._past = bench, bench.store, book, past
        self.panel = LabPanel()
        self.putting = Putting(link, self)
        self._fixed = fixed.FixedEdits(bench.store, self.putting)
        self._originals = Originals()
        self._again = False
        """What was there before is wanted as soon as the worker has all edits."""
        self._block: str | None = None
        """As the document's open level calls it."""
        self._wanted: tuple[str, int, int] | None = None
        self._open = OpenViews(book, self._receive)
        self._moment = (0, 0)
        bench.live.addTab(self.panel, tr("Mask lab"))
        self._connect()
        self.follow()

    # --- where to look

    def open(self, name: str = "", row: int = 0, column: int = 0) -> None:
        """Open the lab on the selected block, at this mask of the weights of that name; '' are the first."""
        self._wanted = (name, row, column) if (name, row, column) != ("", 0, 0) else None
        self._bench.docks["live"].show()
        self._bench.live.setCurrentWidget(self.panel)
        self.follow()
        self._go_to_wanted()
        self.panel.editor.setFocus()

    def look(self, block: str, name: str, row: int, column: int) -> None:
        """Open the lab on a mask of a block, by the name that the worker has for it."""
        self._store.reveal(block)
        self.open(name, row, column)

    def follow(self) -> None:
        """Edit the masks of the selected block, while the lab is seen."""
        chosen = self._store.selection[-1] if self._store.selection else self._block
        self._block = chosen if chosen in self._store.network.blocks else None
        self._enable()
        if self._bench.live.currentWidget() is not self.panel or self._bench.docks["live"].isHidden():
            self.panel.released.emit()
            self._open.become(set())
        else:
            self._show()

    @property
    def _trained(self) -> bool:
        """The masks are those of a run, so that the document does not hold what is made of them."""
        return self._moment[0] > 0

    @property
    def block(self) -> Block | None:
        return self._store.network.blocks.get(self._block or "")

    def _show(self) -> None:
        block = self.block
        if block is None or (words := reach.refusal(block, self._store.analysis.blocks[block.id])):
            self.panel.show_nothing(words if block else tr("Select a block with masks to edit them by hand."))
            self._open.become(set())
            return
        store = self._store
        name, source = store.full_id(block.id), reach.source(store.network, block.id)
        later = tuple(
            Later(store.full_id(b.block), b.heading) for b in reach.behind(store.network, store.analysis, block.id)
        )
        if name != self.panel.block:
            waits = tr("its masks can be edited here as soon as the network stands.")
            self.panel.show_block(name, store.full_id(source) if source else "", later)
            self.panel.show_nothing(f"{block.heading}: {waits}")
        else:
            self.panel.show_block(name, store.full_id(source) if source else "", later)
        self.panel.show_frozen(freezing.is_frozen(block), freezing.weighs(block.layer))
        self._open.become(self._views(name, source, later, isinstance(block.layer, FixedMask)))
        self._show_restorable()
        if isinstance(block.layer, FixedMask):
            self._show_fixed(block)

    def _views(self, name: str, source: str, later: tuple[Later, ...], fixed_mask: bool) -> set[View]:
        found = {View(block=name, what="maps"), *(View(block=b.block, what="maps", limit=FEW) for b in later)}
        if source:
            found.add(View(block=self._store.full_id(source), what="maps"))
        return found if fixed_mask else found | {View(block=name, what="masks")}

    # --- what comes

    def _receive(self, picture: Picture) -> None:
        if isinstance(picture, Masks):
            self._on_masks(picture)
        elif isinstance(picture, Maps):
            self.panel.on_maps(picture)
        self._book.drawn(picture.view)

    def _on_masks(self, message: Masks) -> None:
        """Show how they are in the worker, unless the person is changing them."""
        block = self.block
        if block is None or message.view.block != self._store.full_id(block.id):
            return
        if self._past():
            self.panel.show_nothing(tr("An earlier moment of the run is shown. Masks are edited in the present."))
            return
        self._moment = (message.run, message.step)
        if self.putting.busy or self.panel.held:
            return
        call = self._store.analysis.blocks[block.id].call
        try:
            parts = zip(message.names, message.arrays, message.total, strict=True)
            found = tuple(stage(call, name, floats(values), total) for name, values, total in parts)
        except (ArrayError, ValueError) as problem:
            self.panel.show_nothing(str(problem))
            return
        self.panel.show_stages(tuple(s for s in found if s.values.ndim >= 3))
        self._go_to_wanted()
        self._show_restorable()

    def _show_fixed(self, block: Block) -> None:
        """The mask of a fixed block is in the document."""
        facts, layer = self._store.analysis.blocks[block.id], self._fixed.layer(block)
        values = fixed.numbers(layer, facts.inputs[0].rank)
        reading = MaskReading(1, fixed=True)
        self.panel.show_stages((MaskStage("mask", values[None, None], 1, reading),), facts.inputs[0].channels)
        self.panel.show_recipe(layer.preset, fixed.recipe(layer))

    def _go_to_wanted(self) -> None:
        if self._wanted and self.panel.chosen is not None:
            wanted, self._wanted = self._wanted, None
            self.panel.choose(*wanted)

    def _show_restorable(self) -> None:
        chosen, block = self.panel.chosen, self.block
        weighs = block is not None and not isinstance(block.layer, FixedMask)
        self.panel.tools.show_restore(weighs, trained=self._trained)
        if chosen and weighs and not self._trained:
            network = self._store.document.network
            self.panel.show_restorable(in_document.has(network, self.panel.block, chosen.stage.name))
        elif chosen and block and weighs:
            kept = self._kept_of(block, chosen)
            self.panel.show_restorable(kept is not None and not np.array_equal(kept, chosen.stage.values))

    # --- what the person does

    def _edit(self, edit: Edit) -> None:
        block = self.block
        if block is None:
            return
        if isinstance(block.layer, FixedMask):
            rank = self._store.analysis.blocks[block.id].inputs[0].rank
            self._fixed.edit(block, edit, rank, self.panel.held)
            self._show_fixed(self._store.network.blocks[block.id])
            return
        self.putting.put(edit.label, self.panel.block, edit.name, edit.region, edit.values)

    def _note_original(self, edit: Edit) -> None:
        """Before the first edit, as long as the panel's masks are the worker's."""
        block, before = self.block, self.panel.before
        if block and before and self._trained and not self.putting.busy and not isinstance(block.layer, FixedMask):
            self._originals.note(self.panel.block, before, self._moment, freezing.is_frozen(block))

    def _release(self) -> None:
        self._fixed.release()
        self.putting.end()

    def _restore(self) -> None:
        """Put back what was there before any edit by hand, which can be undone like an edit."""
        chosen, block = self.panel.chosen, self.block
        if chosen is None or block is None:
            return
        if self.putting.busy:
            self._again = True
        elif not self._trained:
            label = f"{tr('Put back the drawn masks')} · {self.panel.block}"
            self._store.do(label, in_document.drawn_again(self._store.document, self.panel.block, chosen.stage.name))
        elif (kept := self._kept_of(block, chosen)) is not None:
            region = Region((0, chosen.stage.outputs), (0, chosen.stage.inputs))
            label = f"{tr('Put back the trained masks')} · {self.panel.block}"
            self.putting.put(label, self.panel.block, chosen.stage.name, region, kept.copy())
            self.putting.end()

    def _on_settled(self) -> None:
        if self._again:
            self._again = False
            self._restore()

    def _kept_of(self, block: Block, chosen: Chosen) -> Weights | None:
        """What the weights of a trained block were before they were edited by hand."""
        return self._originals.of(self.panel.block, chosen.stage, self._moment, freezing.is_frozen(block))

    def _freeze(self, frozen: bool) -> None:
        block = self.block
        if block is not None:
            label = tr("Freeze") if frozen else tr("Let learn again:")
            self._store.edit(f"{label} {block.id}", freezing.freeze(self._store.network, (block.id,), frozen))

    def _on_done(self, deed: MaskDeed) -> None:
        """Before any training masks belong to the document; those of a run to its weights."""
        if deed.name == fixed.WEIGHTS:
            return
        if deed.run:
            self._store.note(deed.label, deed)
            return
        document = in_document.kept(self._store.document, deed)
        if words := in_document.refusal(document.network):
            self.putting.restore(deed, deed.before)
            self._refuse(words)
        else:
            self._store.do(deed.label, document)
            self.kept.emit()

    def _take_back(self, deed: object) -> None:
        if isinstance(deed, MaskDeed):
            self.putting.restore(deed, deed.before)

    def _do_again(self, deed: object) -> None:
        if isinstance(deed, MaskDeed):
            self.putting.restore(deed, deed.after)

    def _refuse(self, sentence: str) -> None:
        self._bench.notices.warn(sentence)

    # --- ties

    def _enable(self) -> None:
        """Offer the lab where exactly one block is selected."""
        self._bench.actions["mask_lab"].setEnabled(len(self._store.selection) == 1)

    def _connect(self) -> None:
        bench, panel, putting = self._bench, self.panel, self.putting
        bench.actions.connect("mask_lab", self.open)
        bench.inspector.block.masks_requested.connect(self.open)
        bench.live.currentChanged.connect(lambda _index: self.follow())
        bench.docks["live"].visibilityChanged.connect(lambda _seen: self.follow())
        self._store.changed.connect(self.follow)
        self._store.selection_changed.connect(self.follow)
        self._store.replaced.connect(self._originals.forget)
        self._store.undone.connect(self._take_back)
        self._store.redone.connect(self._do_again)
        panel.edited.connect(self._note_original)
        panel.edited.connect(self._edit)
        panel.released.connect(self._release)
        panel.freeze_requested.connect(self._freeze)
        panel.restore_requested.connect(self._restore)
        putting.done.connect(self._on_done)
        putting.settled.connect(self._on_settled)
        putting.refused.connect(self._refuse)
