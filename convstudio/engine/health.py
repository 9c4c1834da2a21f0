"""How the layers of a network fare in one step of training: weights, gradients, changes and results in figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import frexp, isfinite
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor

from convstudio.engine import seeding, task
from convstudio.engine.build import LiveNetwork

BINS = 64
"""Equal parts of -limit to limit in which values are counted."""
SMALLEST, LARGEST = -30, 126
"""Limits are powers of two between these exponents."""
MOST = 2**15
"""Numbers of a result at most that figures are worked out from: those of the first samples of the batch."""
HANDS_ON = {"", "torch.flatten", "torch.reshape", "nn.Dropout", "nn.Dropout1d", "nn.Dropout2d", "nn.Dropout3d"}
"""Functions whose results are those of the block before, only in another form."""
FLAT = 0.1
"""A sigmoid or tanh is saturated where its slope is less than this part of its steepest."""


class Figures(NamedTuple):
    """Statistics of `size` numbers, those that are finite; `odd` more are not.

    `std` divides by the count; `norm` is the square root of the sum of squares. `bins` counts the values in `BINS`
    equal parts from `-limit` to `limit`, a power of two that is larger than every value: where it doubles, pairs of
    bins become one.
    """

    size: int
    mean: float
    std: float
    low: float
    high: float
    norm: float
    limit: float
    bins: tuple[int, ...]
    odd: int


class LayerHealth(NamedTuple):
    """One block in one step; None where it has no such thing.

    `weights` and `gradients` are of its masks, or of all its weights where it has no masks; `gradients` are those of
    the loss, before they are clipped. `update` is the norm of their change in this step ÷ their norm. `results` are of
    the first samples of the batch. Of `units` of a ReLU (maps, or numbers of a vector) `dead` ones gave 0 everywhere
    for the whole batch. `saturated` is the share of a sigmoid's or tanh's results where it is nearly flat.
    """

    block: str
    weights: Figures | None
    gradients: Figures | None
    update: float | None
    results: Figures
    units: int
    dead: int
    saturated: float | None


@dataclass(frozen=True)
class Health:
    """All layers in order of computation, in step number `step` (from 1), or as they stand after so many steps.

    `samples` were in the batch. `seconds` is what looking has cost.
    """

    step: int
    samples: int
    layers: tuple[LayerHealth, ...]
    seconds: float


class Checkup:
    """Looks at one step from inside: computes what the step does anyway, and keeps what it needs for the figures."""

    def __init__(self, live: LiveNetwork) -> None:
        self._live = live
        self._results: dict[str, Tensor] = {}
        self._gradients: dict[str, Figures] = {}
        self._before: dict[str, Tensor] = {}
        self._updates: dict[str, float] = {}
        self.seconds = 0.0

    def scores(self, images: Tensor) -> Tensor:
        """The scores of a batch, as `live` gives them, bit for bit; all results on the way are kept."""
        self._results = self._live.results(images, tuple(self._live.shapes))
        return self._results[self._live.output]

    def gradients(self) -> None:
        """To be called when the gradients are there, and not clipped yet."""
        with self._timed():
            for block, masks in _masks(self._live):
                there = [w.grad for w in masks if w.grad is not None]
                if there:
                    self._gradients[block] = figures(_together(there))

    def weights(self) -> None:
        """To be called before the weights move."""
        with self._timed():
            self._before = {block: _together(masks) for block, masks in _masks(self._live) if block in self._gradients}

    def updates(self) -> None:
        """To be called when they have moved."""
        with self._timed():
            now = dict(_masks(self._live))
            for block, before in self._before.items():
                whole = torch.linalg.vector_norm(before)
                change = torch.linalg.vector_norm(_together(now[block]) - before)
                self._updates[block] = (change / whole).item() if whole > 0 else 0.0

    def done(self, step: int) -> Health:
        """All figures. What was kept is let go."""
        with self._timed():
            masks = dict(_masks(self._live))
            layers = tuple(
                self._layer(block, result, masks.get(block))
                for block, result in self._results.items()
                if block not in (self._live.input, self._live.output) and _name(self._live, block) not in HANDS_ON
            )
            samples = len(next(iter(self._results.values()), ()))
            self._results, self._before = {}, {}
        return Health(step, samples, layers, self.seconds)

    def _layer(self, block: str, result: Tensor, masks: list[Tensor] | None) -> LayerHealth:
        name, result = _name(self._live, block), result.detach()
        some = _some(result)
        units, dead = _dead(result) if name == "F.relu" else (0, 0)
        return LayerHealth(
            block,
            figures(_together(masks)) if masks else None,
            self._gradients.get(block),
            self._updates.get(block),
            figures(some),
            units,
            dead,
            _saturated(name, some),
        )

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started = perf_counter()
        with torch.no_grad():
            yield
        self.seconds += perf_counter() - started


def standing(live: LiveNetwork, images: Tensor, targets: Tensor, step: int, smoothing: float = 0.0) -> Health:
    """How the layers fare on a batch without learning from it: weights, averages and random state stay as they are."""
    kept = {name: value.clone() for name, value in live.named_buffers()}
    was, checkup = live.training, Checkup(live)
    live.train()
    try:
        with seeding.kept(torch.default_generator):
            torch.default_generator.manual_seed(seeding.mixed("standing"))
            torch.autograd.backward(task.loss(checkup.scores(images), targets, smoothing))
        checkup.gradients()
        return checkup.done(step)
    finally:
        live.zero_grad(set_to_none=True)
        live.train(was)
        for name, value in live.named_buffers():
            value.copy_(kept[name])


def figures(values: Tensor) -> Figures:
    """The statistics of a tensor's numbers."""
    flat = values.detach().reshape(-1).float()
    total = len(flat)
    if not _finite(flat):
        flat = flat[torch.isfinite(flat)]
    if not len(flat):
        return Figures(0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0**SMALLEST, (0,) * BINS, total)
    ends = torch.aminmax(flat)
    norm, std = torch.linalg.vector_norm(flat), flat.std(correction=0)
    mean, spread, low, high, length = torch.stack((flat.mean(), std, *ends, norm)).tolist()
    limit = _limit(max(abs(low), abs(high)))
    inside = flat if max(abs(low), abs(high)) < limit else flat.clamp(-limit, limit)
    bins = torch.histc(inside, BINS, -limit, limit).long().tolist()
    return Figures(len(flat), mean, spread, low, high, length, limit, tuple(bins), total - len(flat))


def _name(live: LiveNetwork, block: str) -> str:
    """What a block computes, as torch calls it; '' where it hands its input on."""
    call = live.calls[block]
    return call.function if call else ""


def _finite(flat: Tensor) -> bool:
    return not len(flat) or isfinite(sum(torch.stack(torch.aminmax(flat)).tolist()))


def _limit(largest: float) -> float:
    """The smallest power of two above a number."""
    return 2.0 ** min(max(frexp(largest)[1], SMALLEST), LARGEST)


def _masks(live: LiveNetwork) -> Iterator[tuple[str, list[Tensor]]]:
    """The trained weights of each block that make its masks; where it has none, all of them."""
    for block, child in live.parts.items():
        trained = list(child.parameters())
        if trained:
            yield block, [w for w in trained if w.dim() > 1] or list[Tensor](trained)


def _together(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.detach().reshape(-1).float() for tensor in tensors])


def _some(result: Tensor) -> Tensor:
    """The results of the first samples, as many as make no more than `MOST` numbers, but of one at least."""
    return result[: max(1, MOST // max(1, result[0].numel()))]


def _dead(result: Tensor) -> tuple[int, int]:
    """How many units there are, and how many are 0 everywhere for all samples."""
    strongest = result.amax(dim=(0, *range(2, result.dim())))
    return len(strongest), int((strongest <= 0).sum().item())


def _saturated(name: str, values: Tensor) -> float | None:
    """The share of values at which the slope is below a tenth of the steepest: 1/4 of a sigmoid, 1 of a tanh."""
    if name == "torch.sigmoid":
        flat = values * (1 - values) < FLAT / 4
    elif name == "torch.tanh":
        flat = 1 - values**2 < FLAT
    else:
        return None
    return flat.float().mean().item()
