"""The open document as the window sees it: the current value, its analysis, the selection, and undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from convstudio.blocks import catalogue
from convstudio.data.info import DatasetInfo, available
from convstudio.network import file
from convstudio.network.document import Block, DataChoice, Document, Network, Wire
from convstudio.network.facts import Analysis, Sample
from convstudio.network.history import History
from convstudio.network.problem import Problem
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape

Selected = tuple[tuple[str, ...], Wire | None, tuple[str, ...]]
"""Blocks, a wire, and notes."""


class DocumentStore(QObject):
    """The one place that the window's document lives in. Views follow the signals; nobody else keeps a copy."""

    changed = Signal()
    """The document, and with it the analysis, is another one."""
    selection_changed = Signal()
    state_changed = Signal()
    """Path, modified mark, or what undo and redo would do."""
    replaced = Signal()
    """Another file was opened: `changed` follows."""

    def __init__(self, document: Document | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = History(document or Document())
        self._path: Path | None = None
        self._name = ""
        self._selection: tuple[str, ...] = ()
        self._selected_wire: Wire | None = None
        self._selected_notes: tuple[str, ...] = ()
        self._resolved_from: tuple[Mapping[str, Block], tuple[Wire, ...], DataChoice] | None = None
        self._analysis = self._resolved()

    @property
    def document(self) -> Document:
        return self._history.document

    @property
    def network(self) -> Network:
        return self._history.document.network

    @property
    def analysis(self) -> Analysis:
        return self._analysis

    @property
    def history(self) -> History:
        """For looking only; change the document by `do`, `undo`, `redo`."""
        return self._history

    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def empty(self) -> bool:
        """Nothing is on the canvas."""
        return not self.network.blocks and not self.network.notes

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
        """Make `network` the current one, as an undoable step."""
        self.do(label, self.document.with_network(network), merge)

    def seal(self) -> None:
        """End the gesture: the next step is one of its own."""
        self._history.seal()

    def undo(self) -> None:
        if self._history.undo():
            self._refresh()

    def redo(self) -> None:
        if self._history.redo():
            self._refresh()

    def open(self, document: Document, path: Path | None, name: str = "") -> None:
        """Show another document; its history starts here. `name` is what a document without a file is called."""
        self._history = History(document)
        self._path, self._name = path, name
        self._selection, self._selected_wire, self._selected_notes = (), None, ()
        self.replaced.emit()
        self._refresh()
        self.selection_changed.emit()

    def save(self, path: Path) -> None:
        """Write the document. FileError, and nothing changes, when it cannot be written."""
        file.save(path, self.document)
        self._path = path
        self.mark_saved()

    def mark_saved(self, saved: bool = True) -> None:
        """The document is what its file holds; with `saved` False, it is not, whatever was before."""
        self._history.mark_saved(saved)
        self.state_changed.emit()

    def _refresh(self) -> None:
        """Followers of `changed` must not meet a selection of blocks that are gone."""
        self._analysis = self._resolved()
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
            circular = len(self._analysis.order) < len(network.blocks)  # which wire to remove depends on places
            if before[0] is network.blocks or (not circular and _same_but_places(before[0], network.blocks)):
                return self._analysis
        info = self.dataset
        if info:
            sample = Sample(Shape(info.channels, info.axes), info.classes, info.title, info.task)
            return resolve(self.network, catalogue(), sample)
        analysis = resolve(self.network, catalogue())
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
