"""The lens of pooling: the window, its winner or its mean, and where the gradient goes."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor

from convstudio.blocks.adaptive_average_pool import region
from convstudio.engine.lens import taps
from convstudio.engine.lens.scene import Scene, by_axis, numbers
from convstudio.network.terms import Choice, Row, Scanning, Sum


def max_pool(scene: Scene) -> Choice:
    axes, scanning = _window(scene, "none")
    return _chosen(scene, axes, scanning, shared=False)


def average_pool(scene: Scene) -> Sum:
    """Padding counts as zeros in the mean, unless it was said that it does not."""
    axes, scanning = _window(scene, "zeros")
    return _mean(scene, axes, scanning, counted=bool(scene.options().get("count_include_pad", True)))


def adaptive_max(scene: Scene) -> Choice:
    return _chosen(scene, _region(scene), None, shared=False)


def adaptive_average(scene: Scene) -> Sum:
    return _mean(scene, _region(scene), None, counted=True)


def global_average(scene: Scene) -> Sum:
    return _mean(scene, _everything(scene), None, counted=True)


def global_max(scene: Scene) -> Choice:
    """torch.amax hands the gradient to all cells that are equally large, in equal parts."""
    return _chosen(scene, _everything(scene), None, shared=True)


def _window(scene: Scene, mode: str) -> tuple[list[taps.Along], Scanning]:
    """What the window covers; with mode 'none' cells outside are no cells at all, for they never win."""
    given = scene.options("window")
    window = by_axis(given["window"], scene.rank)
    stride = by_axis(given.get("stride", window), scene.rank)
    before = by_axis(given.get("padding", 0), scene.rank)
    gaps = by_axis(given.get("dilation", 1), scene.rank)
    zipped = zip(scene.place, window, stride, before, gaps, scene.axes, strict=True)
    axes = [taps.along(at * step - cut, count, gap, length, "zeros") for at, count, step, cut, gap, length in zipped]
    return axes, Scanning(stride, gaps, mode)


def _region(scene: Scene) -> list[taps.Along]:
    sizes = by_axis(scene.options("size")["size"], scene.rank)
    spans = [region(at, n, cells) for at, n, cells in zip(scene.place, scene.axes, sizes, strict=True)]
    return [[(at, at) for at in range(first, last + 1)] for first, last in spans]


def _everything(scene: Scene) -> list[taps.Along]:
    return [[(at, at) for at in range(length)] for length in scene.axes]


def _chosen(scene: Scene, axes: list[taps.Along], scanning: Scanning | None, shared: bool) -> Choice:
    cells = taps.cells(axes)
    values = _patch(scene, axes)
    there = ~torch.tensor(cells.outside) if cells.outside else torch.ones(len(values), dtype=torch.bool)
    contest = torch.where(there, values, -torch.inf)
    winner = int(contest.argmax())
    gradient = torch.zeros(len(values), dtype=torch.float64)
    gradient[contest == contest[winner] if shared else winner] = 1.0
    gradient /= gradient.sum()
    return Choice(cells, scene.channel, tuple(values.tolist()), winner, tuple(gradient.tolist()), scene.value, scanning)


def _mean(scene: Scene, axes: list[taps.Along], scanning: Scanning | None, counted: bool) -> Sum:
    cells, values = taps.cells(axes), numbers(_patch(scene, axes))
    divisor = len(values) if counted else len(values) - sum(cells.outside)
    weights = tuple(0.0 if cells.padded(n) and not counted else 1 / divisor for n in range(len(values)))
    row = Row(scene.channel, values, weights)
    return Sum("mean", cells, (row,), None, scene.value, scanning, divisor=divisor)


def _patch(scene: Scene, axes: list[taps.Along]) -> Tensor:
    found: Any = taps.patch(scene.input[scene.channel : scene.channel + 1], axes)
    flat: Tensor = found.reshape(prod(len(axis) for axis in axes)).to("cpu", torch.float32)
    return flat
