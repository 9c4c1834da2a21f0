"""The desk: what the worker knows of the window's document, and what can be done with it without training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
from msgspec.structs import replace

from convstudio.engine import checkpoint, given, starting
from convstudio.engine.build import NetworkFault
from convstudio.engine.exports import Way
from convstudio.engine.mistakes import next_mistake
from convstudio.engine.run import Run
from convstudio.protocol import messages as m
from convstudio.runs import brought
from convstudio.worker import faults
from convstudio.worker.bench import Bench, Piece
from convstudio.worker.dreaming import Dreaming
from convstudio.worker.examiner import Examiner
from convstudio.worker.lens import Lens
from convstudio.worker.muting import Muting
from convstudio.worker.pictures import Studio
from convstudio.worker.stage import Stage
from convstudio.worker.ward import Ward
from convstudio.worker.watched import Watched
from convstudio.worker.why import Why

TURNS = 3.0
"""Seconds of training for each second of an explanation that a person waits for."""


class Desk:
    """The last document, the bench it is built on, the watched sample, and the studio that takes pictures of both."""

    def __init__(self, send: Callable[[m.Event], None]) -> None:
        self.bench = Bench()
        self.watched = Watched()
        self.stage = Stage(self.bench)
        self.studio = Studio(self.stage, self.watched, send)
        self.lens = Lens(self.stage, self.watched, send)
        self.why = Why(self.stage, self.watched, send)
        self.dreaming = Dreaming(self.stage, self.watched, send)
        self.muting = Muting(self.stage, send)
        self.examiner = Examiner(self.bench, send, lambda: len(self.muting.mutes))
        self.ward = Ward(self.bench, send)
        self._send = send
        self._last: m.SetDocument | None = None
        self._waiting = False
        self._next_turn, self._next_first = 0.0, 0.0
        self._refused: m.SetDocument | None = None
        self.way: Way | None = None
        """What the last run of this document computed with."""

    def set_document(self, request: m.SetDocument) -> None:
        """Keep it until there is time to build it: of many in a row, as a slider makes them, only the newest counts."""
        skipped = self._waiting and self._last is not None and self._last.opened
        self._last = replace(request, opened=request.opened or skipped)
        self._waiting = True
        if request.opened:
            self.way = None

    def build_waiting(self) -> None:
        """Build the document, if there is one that was not built yet; what is wrong with it is told."""
        if self._last is None or not self._waiting:
            return
        self._waiting = False
        with faults.told(self._send, "document"):
            self._send(self.bench.build(self._last))
            self.watched.choose(self.piece().document.data)

    def waiting_for_run(self) -> m.SetDocument | None:
        """A document that the run under way is to go on with; None when there is none that was not tried yet."""
        last = self._last
        if last is None or not self._waiting or last.opened or last is self._refused:
            return None
        return last

    def refused(self) -> None:
        """The run cannot go on with the document that waits, so that waits for the end of the run."""
        self._refused = self._last

    def accepted(self) -> None:
        """The run goes on with the document that waited."""
        self._waiting = False

    def piece(self) -> Piece:
        """What is on the bench. NetworkFault when the last document is not."""
        if self.bench.outdated:
            raise NetworkFault("The network could not be built. Mend what is said about it first.")
        if self.bench.piece is None:
            raise NetworkFault("There is no network yet.")
        return self.bench.piece

    def take(self, run: Run, number: int) -> None:
        """From now on the network that `run` trains is looked at; a document that is another one waits."""
        own = self.bench.piece
        self._waiting = self._waiting or own is None or own.document is not run.document
        self.bench.put(Piece(run.document, run.analysis, run.trainer.live, run.device), number)
        self.bench.step = run.trainer.step
        self.way = run.way
        self.watched.choose(run.document.data)

    def open(self, views: tuple[m.View, ...]) -> None:
        """These views are open now, and no others."""
        self.studio.views.open(v for v in views if v.block or v.what == "answer")
        if not self.studio.views.any("changes"):
            self.bench.starts.let_go()
        self.examiner.open(v for v in views if v.what == "evaluation")
        self.ward.views.open(v for v in views if v.what in ("health", "checkup"))

    def grant(self, view: m.View) -> None:
        """The last picture of a view has been drawn."""
        for views in (self.studio.views, self.examiner.views, self.ward.views):
            views.grant(view)

    def examine(self, moving: bool) -> None:
        """Go on with the evaluation that an open view waits for, by one batch; during a run all of it, if asked for.

        Without a run, the layers are looked at as well.
        """
        with faults.told(self._send, "sample"), self.muting.looking():
            self.examiner.advance(moving)
        if not moving:
            with faults.told(self._send, "sample"):
                self.ward.stand()

    def look_back(self, request: m.LookBack) -> None:
        """Show a moment of a kept run, or the present, as soon as there is time to."""
        self.stage.look_back(request.folder, request.step)

    def settle(self) -> None:
        """Load the moment that is to be shown; what is wrong with it is told."""
        with faults.told(self._send, "sample"):
            self.stage.settle()

    def reopen(self, folder: Path, number: int) -> None:
        """Give the network on the bench the weights of the run in `folder`, or those that were brought in there.

        RunFault when it is another network, CheckpointFault when the weights are missing or damaged.
        """
        piece = self.piece()
        if brought.is_import(folder):
            self.bench.give(folder)
            self.bench.trained(number, 0)
            return
        if not starting.same_network(piece.document.network, starting.own_document(folder).network):
            raise starting.RunFault(f"The network is not the one of the run in {folder}.")
        weights = checkpoint.weights(folder)
        given.load(piece.live, weights)
        self.bench.trained(number, checkpoint.position(folder).step)

    def show(self) -> None:
        """Take the pictures that are due, at once, answer what the lens waits for, and go on with explaining."""
        with faults.told(self._send, "sample"), self.muting.looking():
            if due := self.studio.due():
                self.studio.take(due)
            if self.lens.due():
                self.lens.answer()
        for worker in self._slow:
            with faults.told(self._send, "sample"), self.muting.looking():
                if worker.due():
                    worker.advance()

    def look_into(self, question: m.Explain) -> None:
        """Answer the lens, or keep its question."""
        with self.muting.looking():
            self.lens.ask(question)

    def answer(self) -> None:
        """Send the answer for the watched sample at once."""
        with self.muting.looking():
            self.studio.answer()

    def show_first(self) -> bool:
        """During a run, take the pictures of views that are empty still, at once, as their share of the time allows.

        Watching costs little in the long run, but a person who opens a view waits for what it shows. Whether there
        were any.
        """
        if perf_counter() < self._next_first or not (first := self.studio.first()):
            return False
        started = perf_counter()
        with faults.told(self._send, "sample"), self.muting.looking():
            self.studio.take(first)
        self._next_first = perf_counter() + TURNS * (perf_counter() - started)
        return True

    @property
    def _slow(self) -> tuple[Why, Dreaming, Muting]:
        """Those whose work takes many slices."""
        return self.why, self.dreaming, self.muting

    def explain(self) -> None:
        """During a run, go on with what a person waits for: it may take a quarter of the time until it is there."""
        for worker in self._slow:
            if not worker.waited_for or perf_counter() < self._next_turn:
                continue
            started = perf_counter()
            with faults.told(self._send, "sample"), self.muting.looking():
                worker.advance()
            self._next_turn = perf_counter() + TURNS * (perf_counter() - started)

    @property
    def explaining(self) -> bool:
        """There is work at an explanation that need not wait for a request."""
        return any(worker.due() for worker in self._slow)

    @property
    def due(self) -> bool:
        """There is something to show that was not shown yet."""
        return bool(self.studio.due()) or self.lens.due() or self.explaining

    def find_mistake(self, request: m.FindMistake) -> None:
        """Look for the next sample that the network on the bench answers wrongly, and tell its number."""
        piece = self.piece()
        starting.require_sound(piece.analysis)
        dataset, numbers, places = self.watched.order(request)
        with self.muting.looking():
            found = next_mistake(piece.live, dataset, numbers[places])
        number = -1 if found is None else int(np.searchsorted(numbers, found))
        self._send(m.Mistake(step=self.bench.step, number=number))
