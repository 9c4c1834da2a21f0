"""The open document as the window sees it: the current value, its analysis, the selection, and undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path as FilePath

from PySide6.QtCore import QObject, Signal

from convstudio.blocks import catalogue
from convstudio.data.info import DatasetInfo, available
from convstudio.network import file, grouping
from convstudio.network.document import Block, DataChoice, Document, Network, Wire
from convstudio.network.expansion import located
from convstudio.network.facts import Analysis, Sample
from convstudio.network.grouping import Path
from convstudio.network.history import History
from convstudio.network.problem import Problem
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight
from convstudio.ui.block_times import BlockTimes
from convstudio.ui.level import Level, copies, level, nearest

Selected = tuple[tuple[str, ...], Wire | None, tuple[str, ...]]
"""Blocks, a wire, and notes."""


class DocumentStore(QObject):
    """The one place that the window's document lives in. Views follow the signals; nobody else keeps a copy."""

    changed = Signal()
    """The document, and with it the analysis, is another one."""
    selection_changed = Signal()
    state_changed = Signal()
    """Path, modified mark, or what undo and redo would do."""
    undone = Signal(object)
    """What was done beside the document is to be taken back."""
    redone = Signal(object)
    """And this done again."""
    replaced = Signal()
    """Another file was opened: `changed` follows."""
    level_changed = Signal()
    """Another group, or none, is open: `changed` follows."""

    def __init__(self, document: Document | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = History(document or Document())
        self._path: FilePath | None = None
        self._name = ""
        self._selection: tuple[str, ...] = ()
        self._selected_wire: Wire | None = None
        self._selected_notes: tuple[str, ...] = ()
        self._resolved_from: tuple[Mapping[str, Block], tuple[Wire, ...], DataChoice] | None = None
        self._whole = self._resolved()
        self._level = level(self.document.network, self._whole, ())
        self.times = BlockTimes(self)
        """What was measured of the document last."""

    @property
    def document(self) -> Document:
        return self._history.document

    @property
    def network(self) -> Network:
        """The network that is looked at and edited: the document's own, or the one in the open group."""
        return self._level.network

    @property
    def analysis(self) -> Analysis:
        """What follows from `network`."""
        return self._level.analysis

    @property
    def whole(self) -> Analysis:
        """What follows from the whole document, whatever group is open."""
        return self._whole

    @property
    def sight(self) -> Sight:
        """The receptive fields of the blocks of `network`."""
        return self._level.sight

    @property
    def whole_sight(self) -> Sight:
        """The receptive fields of the whole document's blocks."""
        return self._level.outer

    @property
    def level(self) -> Path:
        """The ids of the groups that lead to the open one; () outside."""
        return self._level.path

    @property
    def place(self) -> Level:
        """The open level as a whole: which copy of each group on its way is looked at, and of how many."""
        return self._level

    def full_id(self, block_id: str) -> str:
        """What the worker calls a block of `network`."""
        return self._level.before + block_id

    @property
    def history(self) -> History:
        """For looking only; change the document by `do`, `undo`, `redo`."""
        return self._history

    @property
    def path(self) -> FilePath | None:
        return self._path

    @property
    def empty(self) -> bool:
        """Nothing is on the canvas."""
        network = self.document.network
        return not network.blocks and not network.notes

    @property
    def title(self) -> str:
        """The name of the document for people."""
        return self._path.stem if self._path else self._name or "untitled"

    @property
    def dataset(self) -> DatasetInfo | None:
        """What is known of the chosen data set; None when none is chosen, or a file names one that is not here."""
        name = self.document.data.name
        return next((info for info in available() if info.name == name), None)

    @property
    def sample(self) -> Sample | None:
        """What the chosen data set hands to the network; None without one."""
        info = self.dataset
        return Sample(Shape(info.channels, info.axes), info.classes, info.title, info.task) if info else None

    @property
    def selection(self) -> tuple[str, ...]:
        return self._selection

    @property
    def selected_wire(self) -> Wire | None:
        return self._selected_wire

    @property
    def selected_notes(self) -> tuple[str, ...]:
        """Ids of the selected notes and frames; `selection` holds blocks only."""
        return self._selected_notes

    def select(self, ids: Iterable[str], wire: Wire | None = None, notes: Iterable[str] = ()) -> None:
        """Select these blocks and notes, or this wire, and nothing else; what is not in the network is left out."""
        before = (set(self._selection), self._selected_wire, set(self._selected_notes))
        chosen, noted = tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(notes))
        found = self._present(chosen, wire, noted)
        if (set(found[0]), found[1], set(found[2])) != before:
            self._selection, self._selected_wire, self._selected_notes = found
            self.selection_changed.emit()

    def do(self, label: str, document: Document, merge: str | None = None) -> None:
        """Make `document` the current one, as an undoable step."""
        if self._history.do(label, document, merge):
            self._refresh()

    def edit(self, label: str, network: Network, merge: str | None = None) -> None:
        """Make `network` the current one at the open level, as an undoable step."""
        outer = grouping.put(self.document.network, self.level, network)
        self.do(label, self.document.with_network(outer), merge)

    def enter(self, path: Path, wanted: tuple[int, ...] | None = None) -> None:
        """Look at the group at a path of the document, or at the nearest that there is; () is outside.

        `wanted` are the copies of the groups on the way; without, those that are looked at stay.
        """
        path = nearest(self.document.network, path)
        if path != self.level:
            self.seal()
            self._selection, self._selected_wire, self._selected_notes = (), None, ()
            self._look(path, wanted)
            self.changed.emit()
            self.selection_changed.emit()
            self.state_changed.emit()
        elif wanted is not None:
            self.choose_copies(wanted)

    def choose_copies(self, wanted: tuple[int, ...]) -> None:
        """Look at these copies of the groups on the way to the open level; the selection stays."""
        before = self._level.copies
        self._look(self.level, wanted)
        if self._level.copies != before:
            self.changed.emit()

    def leave(self) -> None:
        """Look at the level above, where the group that was open is selected."""
        if self.level:
            *above, group_id = self.level
            self.enter(tuple(above))
            self.select((group_id,))

    def reveal(self, *flat_ids: str) -> None:
        """Select blocks that the worker names, in the group that the first is in; nothing where there is none."""
        found = [place for i in flat_ids if (place := located(self.document.network, i))]
        if found:
            self.enter(found[0][0], copies(next(i for i in flat_ids if located(self.document.network, i))))
            self.select(block_id for path, block_id in found if path == found[0][0])

    def _look(self, path: Path, wanted: tuple[int, ...] | None = None) -> None:
        before, outer = self._level.path, self._level.outer
        known = outer if outer.analysis is self._whole else None
        if wanted is None:
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(path, before, strict=False)))
            wanted = self._level.copies[:same]
        self._level = level(self.document.network, self._whole, path, known, wanted)
        if path != before:
            self.level_changed.emit()

    def seal(self) -> None:
        """End the gesture: the next step is one of its own."""
        self._history.seal()

    def note(self, label: str, deed: object) -> None:
        """Something was done beside the document: an undoable step that `undone` and `redone` tell of."""
        self._history.did(label, deed)
        self.state_changed.emit()

    def undo(self) -> None:
        if step := self._history.undo():
            self._refresh()
            if step.deed is not None:
                self.undone.emit(step.deed)

    def redo(self) -> None:
        if step := self._history.redo():
            self._refresh()
            if step.deed is not None:
                self.redone.emit(step.deed)

    def open(self, document: Document, path: FilePath | None, name: str = "") -> None:
        """Show another document; its history starts here. `name` is what a document without a file is called."""
        self._history = History(document)
        self._path, self._name = path, name
        self._selection, self._selected_wire, self._selected_notes = (), None, ()
        self.replaced.emit()
        self._refresh(())
        self.selection_changed.emit()

    def save(self, path: FilePath) -> None:
        """Write the document. FileError, and nothing changes, when it cannot be written."""
        file.save(path, self.document)
        self._path = path
        self.mark_saved()

    def mark_saved(self, saved: bool = True) -> None:
        """The document is what its file holds; with `saved` False, it is not, whatever was before."""
        self._history.mark_saved(saved)
        self.state_changed.emit()

    def _refresh(self, path: Path | None = None) -> None:
        """Followers of `changed` must not meet a level or a selection of blocks that are gone."""
        self._whole = self._resolved()
        self._look(nearest(self.document.network, self.level if path is None else path))
        before = (self._selection, self._selected_wire, self._selected_notes)
        found = self._present(*before)
        self._selection, self._selected_wire, self._selected_notes = found
        self.changed.emit()
        if found != before:
            self.selection_changed.emit()
        self.state_changed.emit()

    def _present(self, ids: Iterable[str], wire: Wire | None, notes: Iterable[str]) -> Selected:
        """What of a selection there is in the network."""
        network = self.network
        chosen = tuple(i for i in ids if i in network.blocks)
        return chosen, wire if wire in network.wires else None, tuple(i for i in notes if i in network.notes)

    def _resolved(self) -> Analysis:
        """What follows from the document; what was known already, where only places and notes have changed."""
        network, data = self.document.network, self.document.data
        before, self._resolved_from = self._resolved_from, (network.blocks, network.wires, data)
        if before and before[1] is network.wires and before[2] is data:
            circular = len(self._whole.order) < len(network.blocks)  # which wire to remove depends on places
            if before[0] is network.blocks or (not circular and _same_but_places(before[0], network.blocks)):
                return self._whole
        if sample := self.sample:
            return resolve(network, catalogue(), sample)
        analysis = resolve(network, catalogue())
        if self.document.data.none:
            return analysis
        return replace(analysis, problems=(_no_data(self.document.data.name), *analysis.problems))


def _no_data(name: str) -> Problem:
    words = f"There is no data set “{name}” here. Choose another one in the Training tab."
    return Problem("error", "The data set is unknown", words)


def _same_but_places(one: Mapping[str, Block], other: Mapping[str, Block]) -> bool:
    """Whether the blocks are the same, in the same order, wherever they lie."""
    pairs = zip(one.values(), other.values(), strict=False)
    return len(one) == len(other) and all(
        a is b or (a.id == b.id and a.layer is b.layer and a.title == b.title) for a, b in pairs
    )
