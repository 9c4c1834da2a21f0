"""The examiner: evaluates the network on the bench for an open view, a batch at a time, so that requests are heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import torch

from convstudio import data
from convstudio.engine.assessment import Assessment, Assessor
from convstudio.engine.evaluation import at_once, evaluating
from convstudio.network.document import DataChoice
from convstudio.network.task import TASKS
from convstudio.protocol import messages as m
from convstudio.worker.bench import Bench, Piece
from convstudio.worker.pictures import packed
from convstudio.worker.views import Views


class State(NamedTuple):
    """What an evaluation is about: a network, its number of steps, and the samples."""

    version: int
    step: int
    choice: DataChoice


class Done(NamedTuple):
    """A finished evaluation: of what, what was found, after how many epochs (None: in the middle of one), which run."""

    state: State
    found: Assessment
    epoch: int | None
    run: int
    number: int


class Examiner:
    """Keeps the newest evaluation of what is on the bench.

    Between runs it is made as soon as a view of it is open. A run hands over what its validations show; in the middle
    of an epoch the network is evaluated only when asked, or when a view is opened that has nothing to show.
    """

    def __init__(self, bench: Bench, send: Callable[[m.Event], None], muted: Callable[[], int] = lambda: 0) -> None:
        """`muted` tells how much is switched off in the network while it is looked at."""
        self.views = Views()
        self._muted = muted
        self._bench = bench
        self._send = send
        self._done: Done | None = None
        self._tried: State | None = None
        self._work: Iterator[Assessment | None] = iter(())
        self._asked = False
        self._count = 0

    @property
    def wanted(self) -> bool:
        """Whether anybody looks."""
        return self.views.any_open

    @property
    def busy(self) -> bool:
        """Whether there is work that need not wait for a request."""
        return self.wanted and (state := self._state()) is not None and state not in (self._known, self._failed)

    def open(self, views: Iterable[m.View]) -> None:
        """These views are open now. Who opens one and has nothing to see yet, need not wait for the end of an epoch."""
        before = self.wanted
        self.views.open(views)
        if self.wanted and not before and not self._current:
            self.ask()

    def ask(self) -> None:
        """Evaluate what is there now, also in the middle of an epoch, and also when that is known already."""
        self._asked = True
        self._tried = None

    def note(self, found: Assessment, epoch: int) -> None:
        """A validation of the run on the bench has found this after so many whole epochs, with nothing switched off.

        Where something is switched off, the view shows the network without it: that is evaluated apart.
        """
        if (state := self._state()) is None:
            return
        if self._muted():
            self.ask()
            return
        self._asked = False  # it is answered by this
        self._keep(state, found, epoch)

    def advance(self, running: bool) -> None:
        """Compute one batch of what is wanted; while a run is `running`, all of it when asked, otherwise nothing."""
        asked, self._asked = self._asked, False
        if not running and self.busy:
            self._compute(1)
        elif running and asked and self.wanted:
            self._compute(None)
        self._hand_over()

    @property
    def _known(self) -> State | None:
        return self._done.state if self._done else None

    @property
    def _current(self) -> Done | None:
        """The newest evaluation, if it is one of the network that is on the bench now, at whatever step."""
        done, bench = self._done, self._bench
        return done if done and (done.run, done.state.version) == (bench.run, bench.version) else None

    @property
    def _failed(self) -> State | None:
        """What was tried, and ended in an exception or without an answer."""
        return self._tried if self._work is _NOTHING else None

    def _compute(self, batches: int | None) -> None:
        state, piece = self._state(), self._bench.piece
        if state is None or piece is None:
            return
        if state != self._tried:
            self._tried, self._work = state, _assessed(piece)
        work, self._work = self._work, _NOTHING  # what raises is not tried again
        for count, found in enumerate(work, 1):
            if found is not None:
                self._keep(state, found, None)
                return
            if count == batches:
                self._work = work
                return

    def _keep(self, state: State, found: Assessment, epoch: int | None) -> None:
        self._count += 1
        self._done = Done(state, found, epoch, self._bench.run, self._count)

    def _state(self) -> State | None:
        """What there is to evaluate; None where the network does not answer what the data set asks."""
        piece = self._bench.piece
        if piece is None or self._bench.outdated or not answers(piece):
            return None
        return State(self._bench.version, self._bench.step, piece.document.data)

    def _hand_over(self) -> None:
        done = self._current
        if done is None:
            return
        for view in self.views.due(lambda view: done.number):
            self.views.sent(view, done.number)
            self._send(_message(done, view, self._muted()))


_NOTHING: Iterator[Assessment | None] = iter(())


def answers(piece: Piece) -> bool:
    """Whether the network gives the answers that its data set asks for."""
    choice = piece.document.data
    known = next((info for info in data.available() if info.name == choice.name), None)
    if known is None or not piece.live.output:
        return False
    sample = piece.live.sample
    wanted = TASKS[known.task].answer(sample, len(known.classes))
    fits = sample.dims == (known.channels, *known.axes)
    return fits and piece.live.shapes[piece.live.output] == wanted


def _assessed(piece: Piece) -> Iterator[Assessment | None]:
    """The evaluation of a network on its validation samples: None after each batch, at last what was found."""
    choice, live = piece.document.data, piece.live
    dataset = data.load(choice.name)
    _, numbers = dataset.divided(choice.validation_share, choice.seed)
    assessor, size = Assessor(), at_once(live)
    device = next((w.device for w in live.parameters()), torch.device("cpu"))
    for start in range(0, len(numbers), size):
        some = numbers[start : start + size]
        images = torch.from_numpy(data.to_float(dataset.images[some])).to(device)
        targets = torch.from_numpy(dataset.targets[some]).to(device)
        with evaluating(live):
            assessor.add(live(images), targets)
        yield None
    if len(numbers):
        yield assessor.done()


def _message(done: Done, view: m.View, muted: int) -> m.Evaluation:
    found, state = done.found, done.state
    return m.Evaluation(
        run=done.run,
        step=state.step,
        view=view,
        epoch=done.epoch,
        data=state.choice.name,
        share=state.choice.validation_share,
        seed=state.choice.seed,
        samples=found.samples,
        targets=found.targets,
        loss=found.loss,
        accuracy=found.accuracy,
        confusion=packed(found.confusion),
        scores=tuple(m.ClassScore(*score) for score in found.scores),
        bins=tuple(m.CertaintyBin(*part) for part in found.bins),
        calibration_error=found.calibration_error,
        truths=packed(found.truths),
        answers=packed(found.answers),
        certainties=packed(found.certainties),
        rights=packed(found.rights),
        losses=packed(found.losses),
        examples=packed(found.examples),
        odd=found.odd,
        muted=muted,
    )
