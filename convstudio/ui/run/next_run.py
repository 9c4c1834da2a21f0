"""What a run under way does not take up: said when it is changed, and in the Training tab for as long as it waits."""

from __future__ import annotations

from PySide6.QtCore import QObject

from convstudio.network.by_hand import by_id
from convstudio.network.document import Document
from convstudio.network.training_settings import held_back
from convstudio.ui.notices.notices import Notice
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class NextRun(QObject):
    """Compares the settings, and the masks by hand, with those that the run began with."""

    def __init__(self, bench: Workbench, runs: RunController) -> None:
        super().__init__(bench)
        self._bench, self._runs = bench, runs
        self._begun: Document | None = None
        self._told: tuple[str, ...] = ()
        self._notice: Notice | None = None
        runs.run_began.connect(self._begin)
        runs.state_changed.connect(self.follow)
        bench.store.changed.connect(self.follow)
        bench.inspector.training_made.connect(self.follow)

    def follow(self) -> None:
        """Say what waits for the next run, where a run is under way."""
        waiting = self._waiting()
        if tab := self._bench.inspector.made_training:
            tab.show_run(self._runs.active, waiting)
        told = (*waiting, *self._waiting_masks())
        if told != self._told:
            self._tell(told)
        self._told = told

    def _tell(self, waiting: tuple[str, ...]) -> None:
        """In place of what was said before; what waits no more is not news any more."""
        if self._notice is not None:
            self._bench.notices.close(self._notice)
        self._notice = Notice("info", next_run_words(waiting)) if waiting else None
        if self._notice is not None:
            self._bench.notices.post(self._notice)

    def _waiting(self) -> tuple[str, ...]:
        if not self._runs.active or self._begun is None:
            return ()
        return held_back(self._begun.training, self._bench.store.document.training)

    def _waiting_masks(self) -> tuple[str, ...]:
        """Masks that were made by hand before the run, and are others now: it has long gone on from them."""
        if not self._runs.active or self._begun is None:
            return ()
        same = by_id(self._begun.network) == by_id(self._bench.store.document.network)
        return () if same else ("Masks by hand",)

    def _begin(self, run: int, continued: bool) -> None:
        self._begun, self._told = self._bench.store.document, ()


def next_run_words(waiting: tuple[str, ...]) -> str:
    """What waits, and how it comes to count."""
    named = ", ".join(tr(title) for title in waiting)
    return tr("This run goes on as it is. Only the next run takes up: {settings}.").format(settings=named)
