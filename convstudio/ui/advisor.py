"""All that is to be said about the document's network: its problems and, if the person wants it, advice."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal

from convstudio.blocks import catalogue
from convstudio.network.advice import advise
from convstudio.network.facts import Analysis
from convstudio.network.problem import Fix, Problem
from convstudio.ui.store import DocumentStore

SETTING = "advice"


class Advisor(QObject):
    """Follows the store. Advice is worked out when it is first asked for, once for each analysis."""

    changed = Signal()
    previewed = Signal(object)
    """The fix whose effect is to be seen on the canvas, without being done; None for no fix."""

    def __init__(self, store: DocumentStore, settings: QSettings) -> None:
        super().__init__(store)
        self._store, self._settings = store, settings
        self._wanted = bool(settings.value(SETTING, True, type=bool))
        self._known: tuple[Analysis, tuple[Problem, ...]] | None = None
        store.changed.connect(self.changed)

    @property
    def wanted(self) -> bool:
        """Whether advice is shown."""
        return self._wanted

    def want(self, wanted: bool) -> None:
        """Show advice or not, also after the next start."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._settings.setValue(SETTING, wanted)
            self.changed.emit()

    @property
    def advice(self) -> tuple[Problem, ...]:
        """Advice about the network as it is now, not about the inside of a group; none beside errors, or unwanted."""
        analysis = self._store.analysis
        if not self._wanted or analysis.errors or self._store.level:
            return ()
        if self._known is None or self._known[0] is not analysis:
            found = advise(self._store.network, analysis, catalogue(), self._store.sample)
            self._known = analysis, found
        return self._known[1]

    @property
    def all(self) -> tuple[Problem, ...]:
        """Problems at the open level, then advice."""
        return (*self._store.analysis.problems, *self.advice)

    def about(self, block_id: str) -> tuple[Problem, ...]:
        """Advice that names a block."""
        return tuple(p for p in self.advice if block_id in p.blocks)

    def apply(self, fix: Fix) -> None:
        """Do what a fix proposes, as one undoable step."""
        self.previewed.emit(None)
        self._store.edit(fix.label, fix.apply(self._store.network))
