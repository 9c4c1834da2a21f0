"""Which number of threads and which memory format are fastest here, measured on the person's own network."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import torch
from torch import Tensor

from convstudio.engine import checks, devices, memory, optimiser, seeding, task
from convstudio.engine.build import LiveNetwork
from convstudio.engine.devices import FORMATS
from convstudio.engine.forward import Forward
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings

BUDGET = 0.5
"""Seconds for the whole search; a candidate gets its share, and at least one step to warm up and one that counts."""
FEWEST = 4
"""Where fewer ways than these are tried, because a person has chosen, they get no more time each."""
WORTH = 0.9
"""A later candidate (more threads, another layout) must need less than this part of the best time so far: noise must
not decide, because a run is bitwise the same only with the same threads and layout."""
HOPELESS = 2.0
"""A candidate whose first step takes so much longer than the best is not tried further."""
Candidate = tuple[int, devices.Format]


@dataclass(frozen=True)
class Choice:
    """The fastest way found, and the median seconds of a step of all that were tried, by (threads, format's name)."""

    threads: int
    memory_format: torch.memory_format
    seconds: dict[Candidate, float]


def calibrate(live: LiveNetwork, images: Tensor, settings: TrainingSettings, device: torch.device) -> Choice:
    """Train a copy of `live` for a moment in each way, and choose.

    `images` are a few samples, float32 (samples, channels, *axes); they are repeated to make a batch. `live`, torch's
    random state and number of threads stay as they are. Threads that the settings name, or a memory format, are not
    searched for; on an accelerator threads are not either. Unfit when the network cannot be trained; MemoryFault when
    a step does not fit into the memory.
    """
    *_, found = searching(live, images, settings, device)
    assert found is not None
    return found


def searching(
    live: LiveNetwork, images: Tensor, settings: TrainingSettings, device: torch.device
) -> Iterator[Choice | None]:
    """What `calibrate` does, a way at a time: None after each but the last, which gives the choice."""
    checks.trainable(live, Shape(images.shape[1], tuple(images.shape[2:])))
    candidates = _candidates(settings, device, images.dim())
    batch, seconds = _batch(images, settings.batch_size), dict[Candidate, float]()
    for candidate in candidates:
        budget = BUDGET / max(FEWEST, len(candidates))
        best = min(seconds.values(), default=float("inf"))
        with _untouched(device):
            torch.set_num_threads(candidate[0])
            trial = _Trial(live, batch, settings, device, FORMATS[candidate[1]])
            seconds[candidate] = trial.median_step(budget, HOPELESS * best)
        yield None if candidate != candidates[-1] else _choice(seconds)


@contextmanager
def _untouched(device: torch.device) -> Iterator[None]:
    """Inside, torch's random state and number of threads may change; afterwards they are as before."""
    before = torch.get_num_threads()
    try:
        with (
            seeding.kept(torch.default_generator, devices.generator(device)),
            memory.guarded("one step", checks.ADVICE),
        ):
            yield
    finally:
        torch.set_num_threads(before)


def _choice(seconds: dict[Candidate, float]) -> Choice:
    threads, name = _best(seconds)
    return Choice(threads, FORMATS[name], seconds)


def _candidates(settings: TrainingSettings, device: torch.device, dimensions: int) -> list[Candidate]:
    """In order of preference: few threads before many, and the layout first that mostly wins (signals have but one)."""
    names = _layouts(settings, dimensions)
    if settings.threads:
        return [(settings.threads, name) for name in names]
    if device.type != "cpu":
        return [(torch.get_num_threads(), name) for name in names]
    cores = devices.cpu_cores()
    return [(threads, name) for threads in sorted({1, max(1, cores // 2), cores}) for name in names]


def _layouts(settings: TrainingSettings, dimensions: int) -> list[devices.Format]:
    if dimensions < 4:
        return ["contiguous"]
    return ["channels_last", "contiguous"] if settings.memory_format == "auto" else [settings.memory_format]


def _batch(images: Tensor, size: int) -> Tensor:
    """A whole batch, so that the search meets the sizes of training; never smaller than two samples."""
    wanted = max(2, size)
    return images.repeat(-(-wanted // len(images)), *[1] * (images.dim() - 1))[:wanted]


def _best(seconds: dict[Candidate, float]) -> Candidate:
    chosen = next(iter(seconds))
    for candidate, taken in seconds.items():
        if taken < WORTH * seconds[chosen]:
            chosen = candidate
    return chosen


class _Trial:
    """A copy of the network that is really trained, in one memory format, on labels that are all 0."""

    def __init__(
        self,
        live: LiveNetwork,
        images: Tensor,
        settings: TrainingSettings,
        device: torch.device,
        memory_format: torch.memory_format,
    ) -> None:
        self._live = copy.deepcopy(live).train()
        devices.place(self._live, device, memory_format)
        self._images = devices.laid_out(images.to(device), memory_format)
        self._labels = torch.zeros((len(images), *live.shapes[live.output].axes), dtype=torch.int64, device=device)
        self._optimiser = optimiser.optimiser(self._live, settings, device)
        self._forward = Forward(self._live, settings, device, compiled=False)
        self._device = device

    def median_step(self, budget: float, hopeless: float) -> float:
        """Median seconds of a step within `budget` seconds; of the first step if that takes longer than `hopeless`."""
        start = perf_counter()
        first = self._step()
        if first > hopeless and first > budget:
            return first
        taken = [self._step()]
        while perf_counter() - start < budget:
            taken.append(self._step())
        return median(taken)

    def _step(self) -> float:
        started = perf_counter()
        torch.autograd.backward(task.loss(self._forward(self._images), self._labels))
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        devices.synchronise(self._device)
        return perf_counter() - started
