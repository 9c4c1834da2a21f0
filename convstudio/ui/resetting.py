"""What menus do with weights: give the selected blocks their start values again, and put back what they had."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from convstudio.protocol.messages import PutBack, ResetWeights, WeightsReset
from convstudio.ui.editing.freezing import weighing
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.text import count, tr
from convstudio.ui.workbench import Workbench

NAMED = 3
"""So many blocks are named; of more, only the number is told."""


class Resetting(QObject):
    """Binds the action of one window, and says what became of it."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController) -> None:
        super().__init__(bench)
        self._bench, self._store, self._link, self._runs = bench, bench.store, link, runs
        bench.actions.connect("reset_weights", self.reset)
        link.weights_reset.connect(self._on_reset)
        link.hello_received.connect(self.follow)
        link.lost.connect(self.follow)
        self._store.changed.connect(self.follow)
        self._store.selection_changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Offer it where the selection has weights, and a worker that holds them."""
        there = self._link.alive and self._link.hello is not None
        self._bench.actions["reset_weights"].setEnabled(there and bool(weighing(self._store)))

    def reset(self) -> None:
        """Ask the worker for the start values of the selected blocks."""
        if ids := weighing(self._store):
            self._runs.send_document()
            paths = tuple(".".join((*self._store.level, i)) for i in ids)
            self._link.send(ResetWeights(blocks=paths))

    def _on_reset(self, reset: WeightsReset) -> None:
        what = _named(reset.blocks)
        if reset.back:
            self._bench.notices.info(tr("{what}: the weights from before the reset are back.").format(what=what))
            return
        words = tr("{what}: the weights are the start values again.").format(what=what)
        again = (tr("Put back"), partial(self._link.send, PutBack(number=reset.number)))
        self._bench.notices.info(words, "", [again])


def _named(blocks: tuple[str, ...]) -> str:
    return ", ".join(blocks) if len(blocks) <= NAMED else count(len(blocks), "block", "blocks")
