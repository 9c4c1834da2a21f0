"""All that is to be said about the document's network: its problems and, if the person wants it, advice."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings, Signal

from convstudio.blocks import catalogue
from convstudio.network.advice import advise
from convstudio.network.advice.across import peeled, seen_at
from convstudio.network.facts import Analysis
from convstudio.network.problem import Fix, Problem
from convstudio.ui.later import Later
from convstudio.ui.store import DocumentStore

SETTING = "advice"


@dataclass(frozen=True)
class Told:
    """Advice about a network of the document, with what it was worked out from."""

    analysis: Analysis
    advice: tuple[Problem, ...]


class Advisor(QObject):
    """Follows the store. Advice is worked out when it is first asked for, once for each analysis."""

    changed = Signal()
    """There may be something else to say; after an edit this comes a moment later, when the canvas is painted."""
    previewed = Signal(object)
    """The fix of the open level whose effect is to be seen on the canvas, without being done; None for no fix."""

    def __init__(self, store: DocumentStore, settings: QSettings) -> None:
        super().__init__(store)
        self._store, self._settings = store, settings
        self._wanted = bool(settings.value(SETTING, True, type=bool))
        self._whole: Told | None = None
        self._here: Told | None = None
        self._later = Later(self.changed.emit, self)
        store.changed.connect(self._later.ask)

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
        """Advice about the whole document, groups included; none beside errors, or unwanted."""
        whole = self._store.whole
        if not self._wanted or whole.errors:
            return ()
        if self._whole is None or self._whole.analysis is not whole:
            store = self._store
            found = advise(store.document.network, whole, catalogue(), store.sample, sight=store.whole_sight)
            self._whole = Told(whole, found)
        return self._whole.advice

    @property
    def _advice_here(self) -> tuple[Problem, ...]:
        """Advice about the open level, in its terms."""
        if not self._store.level or not self.advice:
            return self.advice
        store, analysis = self._store, self._store.analysis
        if self._here is None or self._here.analysis is not analysis:
            weights = store.whole.parameters
            found = advise(store.network, analysis, catalogue(), store.sample, weights, store.sight)
            self._here = Told(analysis, (*found, *self._around(found)))
        return self._here.advice

    def _around(self, told: tuple[Problem, ...]) -> list[Problem]:
        """Advice that names blocks of the open level together with some around it, beyond what is `told`."""
        level, network = self._store.level, self._store.document.network
        known = {(p.title, frozenset(p.blocks)) for p in told}
        seen = (p for problem in self.advice if (p := seen_at(level, network, problem)))
        return [p for p in seen if (p.title, frozenset(p.blocks)) not in known]

    @property
    def all(self) -> tuple[Problem, ...]:
        """Errors of the whole document, then warnings, then advice; their fixes are done by `mend`."""
        return (*_gravest_first(self._store.whole.problems), *self.advice)

    @property
    def here(self) -> tuple[Problem, ...]:
        """Errors of the open level, then warnings, then advice; their fixes are done by `apply`."""
        return (*_gravest_first(self._store.analysis.problems), *self._advice_here)

    def about(self, block_id: str) -> tuple[Problem, ...]:
        """Advice that names a block of the open level."""
        return tuple(p for p in self._advice_here if block_id in p.blocks)

    def apply(self, fix: Fix) -> None:
        """Do what a fix of the open level proposes, as one undoable step, unless an edit has overtaken it."""
        self.previewed.emit(None)
        if _stands(fix, self.here):
            self._store.edit(fix.label, fix.apply(self._store.network))

    def mend(self, fix: Fix) -> None:
        """Do what a fix of the whole document proposes, as one undoable step, unless an edit has overtaken it."""
        self.previewed.emit(None)
        document = self._store.document
        if _stands(fix, self.all):
            self._store.do(fix.label, document.with_network(fix.apply(document.network)))

    def preview(self, fix: Fix | None) -> None:
        """Show what a fix of the whole document would do, as far as that is at the open level; None shows nothing."""
        found = fix if fix and _stands(fix, self.all) else None
        self.previewed.emit(peeled(self._store.level, found) if found else None)

    def preview_here(self, fix: Fix | None) -> None:
        """Show what a fix of the open level would do; None shows nothing."""
        self.previewed.emit(fix if fix and _stands(fix, self.here) else None)


def _gravest_first(problems: tuple[Problem, ...]) -> list[Problem]:
    return sorted(problems, key=lambda p: p.severity != "error")


def _stands(fix: Fix, problems: tuple[Problem, ...]) -> bool:
    """Whether a fix is still proposed: what shows it follows an edit a moment later."""
    return any(fix in problem.fixes for problem in problems)
