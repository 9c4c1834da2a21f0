"""What is asked of the worker about muting: what all that is off costs, and what each map of a block carries."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from convstudio.protocol.messages import MeasureMuted, MutedMeasured, Unmeasured
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.muting.state import Muting


class Measuring(QObject):
    """One measurement at a time: a ranking while one is wanted, else the cost of what is off, kept up to date."""

    effect_changed = Signal()
    ranked = Signal(object)
    """A MutedMeasured of a ranking; it may not be the final one."""
    refused = Signal(str)
    """Why there is no ranking."""

    def __init__(self, muting: Muting, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._muting, self._link = muting, link
        self._ticket = 0
        self._ranking = ""
        """The block whose maps are being ranked; '' where none is."""
        self.effect: MutedMeasured | None = None
        """What all that is off costs; None while that is not known."""
        self.reason = ""
        """Why it cannot be known."""
        muting.changed.connect(self._on_change)
        link.muted_measured.connect(self._on_measured)
        link.started.connect(self._on_change)

    def rank(self, block: str) -> None:
        self._ask(block)

    def stop(self) -> None:
        """End a ranking; the cost of what is off is measured again."""
        if self._ranking:
            self._ranking = ""
            self._on_change()

    def _ask(self, block: str, now: bool = True) -> None:
        self._ticket += now
        self._ranking = block
        self._link.send(MeasureMuted(ticket=self._ticket, block=block, now=now))

    def _on_change(self) -> None:
        self.effect, self.reason = None, ""
        if not self._ranking:
            if self._muting.mutes:
                self._ask("")
            else:
                self._ticket += 1
                self._link.send(MeasureMuted(ticket=self._ticket, stop=True))
        self.effect_changed.emit()

    def _on_measured(self, found: MutedMeasured | Unmeasured) -> None:
        if found.ticket != self._ticket:
            return
        if self._ranking:
            self._on_rank(found)
        elif isinstance(found, Unmeasured):
            self.effect, self.reason = None, found.words
            self.effect_changed.emit()
            self._ask("", now=False)
        elif found.share >= 1 and self._muting.mutes:
            self.effect, self.reason = found, ""
            self.effect_changed.emit()
            self._ask("", now=False)

    def _on_rank(self, found: MutedMeasured | Unmeasured) -> None:
        if isinstance(found, Unmeasured) or found.share >= 1:
            self._ranking = ""
        if isinstance(found, Unmeasured):
            self.refused.emit(found.words)
        else:
            self.ranked.emit(found)
        if not self._ranking and self._muting.mutes:
            self._ask("")
