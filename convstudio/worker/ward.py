"""The ward: hands on how the layers fare, of steps of a run that were looked at, or of a network that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from convstudio import data
from convstudio.engine import health
from convstudio.engine.health import Health
from convstudio.protocol import messages as m
from convstudio.worker.bench import Bench, Piece
from convstudio.worker.examiner import answers
from convstudio.worker.views import Views

SELDOM = 0.5
"""Seconds of training between two looks that only the doctor wants."""
Shown = tuple[int, int]
"""Version of the bench and number of the look."""


class Ward:
    """Keeps the newest look. Views of `checkup` get one only now and then, and only of runs."""

    def __init__(self, bench: Bench, send: Callable[[m.Event], None]) -> None:
        self.views = Views()
        self._bench = bench
        self._send = send
        self._last: Health | None = None
        self._of = -1
        self._count = 0
        self._at = -SELDOM
        self._tried = -1

    def wants(self, now: float) -> bool:
        """Whether the next step is to be looked at; `now` is the training clock of the run."""
        credited = self.views.due(lambda view: ("new", view.what))
        return any(view.what == "health" or not 0 <= now - self._at < SELDOM for view in credited)

    def note(self, found: Health, now: float) -> None:
        """A step of the run on the bench was looked at."""
        self._at = now
        self._keep(found)

    def stand(self) -> None:
        """Look at a network that nobody trains, once, when somebody wants to see it.

        After steps of a run, their last look is shown, which perhaps only the doctor has seen.
        """
        bench, piece = self._bench, self._bench.piece
        wanted = any(view.what == "health" for view in self.views.due(lambda view: ("new", view.what)))
        if not wanted or piece is None or bench.outdated:
            return
        if self._last is not None and self._of == bench.version:
            self._show(self._last)
        elif self._tried != bench.version:
            self._tried = bench.version
            if answers(piece):
                self._keep(_standing(piece, bench.step))

    def _keep(self, found: Health) -> None:
        self._last, self._of, self._count = found, self._bench.version, self._count + 1
        self._show(found)

    def _show(self, found: Health) -> None:
        for view in self.views.due(lambda view: (self._of, self._count)):
            self.views.sent(view, (self._of, self._count))
            self._send(message(found, view, self._bench.run))


def _standing(piece: Piece, step: int) -> Health:
    """On the first samples to train on, as many as a batch has."""
    document, live = piece.document, piece.live
    dataset = data.load(document.data.name)
    numbers, _ = dataset.divided(document.data.validation_share, document.data.seed)
    some = numbers[: document.training.batch_size]
    images = torch.from_numpy(data.to_float(dataset.images[some])).to(piece.device)
    targets = torch.from_numpy(dataset.targets[some]).to(piece.device)
    return health.standing(live, images, targets, step, document.training.label_smoothing)


def message(found: Health, view: m.View, run: int) -> m.Health:
    """What the window is told of a look."""
    return m.Health(run=run, step=found.step, view=view, samples=found.samples, layers=tuple(_layers(found)))


def _layers(found: Health) -> Iterator[m.LayerHealth]:
    for layer in found.layers:
        yield m.LayerHealth(
            layer.block,
            _figures(layer.weights),
            _figures(layer.gradients),
            layer.update,
            m.Figures(*layer.results),
            layer.units,
            layer.dead,
            layer.saturated,
        )


def _figures(found: health.Figures | None) -> m.Figures | None:
    return m.Figures(*found) if found else None
