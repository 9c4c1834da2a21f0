"""The times of layers that were measured last, as the open level of the document sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from convstudio.network.document import Document
from convstudio.network.essence import Essence, essence
from convstudio.protocol.messages import LayerTimes

if TYPE_CHECKING:
    from convstudio.ui.store import DocumentStore


class Times(NamedTuple):
    """Seconds for a mini-batch."""

    forward: float
    backward: float

    @property
    def both(self) -> float:
        return self.forward + self.backward


class BlockTimes(QObject):
    """No part of the document: what the worker has measured of it, until another measurement or another document."""

    changed = Signal()

    def __init__(self, store: DocumentStore) -> None:
        super().__init__(store)
        self._store = store
        self._sums: dict[str, Times] = {}
        self._of: tuple[Essence, int] | None = None
        self.measured: LayerTimes | None = None
        """The last measurement; None while there is none."""
        self.measuring = False
        self.total = Times(0.0, 0.0)
        self.version = 0
        store.replaced.connect(lambda: self.show(None))

    def begin(self) -> None:
        """A measurement of the document as it is now is under way."""
        self.measuring, self._of = True, _form(self._store.document)
        self._tell()

    def show(self, measured: LayerTimes | None) -> None:
        """Take a measurement, or forget the one that there is."""
        self.measuring, self.measured = False, measured
        self._sums = {}
        for block in measured.blocks if measured else ():
            parts = block.block.split(".")
            for path in (".".join(parts[: n + 1]) for n in range(len(parts))):
                before = self._sums.get(path, Times(0.0, 0.0))
                self._sums[path] = Times(before.forward + block.forward, before.backward + block.backward)
        outer = [times for path, times in self._sums.items() if "." not in path]
        self.total = Times(sum(t.forward for t in outer), sum(t.backward for t in outer))
        self._tell()

    def at(self, block_id: str) -> Times | None:
        """The times of a block of the open level, or of all in a group; None where they are not known."""
        return self._sums.get(self._store.full_id(block_id)) if self._sums else None

    @property
    def known(self) -> bool:
        return bool(self._sums)

    @property
    def outdated(self) -> bool:
        """The document is another one than what was measured."""
        return self._of is not None and self._of != _form(self._store.document)

    def _tell(self) -> None:
        self.version += 1
        self.changed.emit()


def _form(document: Document) -> tuple[Essence, int]:
    """What decides how long a mini-batch takes."""
    return essence(document.network), document.training.batch_size
