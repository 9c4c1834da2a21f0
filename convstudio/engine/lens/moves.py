"""The lens of what only hands values on: rows and other forms, padding, cropping, enlarging, dropout."""

from __future__ import annotations

import numpy as np
import torch
from msgspec.structs import replace

from convstudio.engine.lens import taps
from convstudio.engine.lens.scene import Scene, by_axis, number, numbers
from convstudio.network.terms import Move, Moved, Place, Row, Sum


def row(scene: Scene) -> Moved:
    return _laid_out(scene, "row")


def form(scene: Scene) -> Moved:
    return _laid_out(scene, "form")


def padded(scene: Scene) -> Moved:
    """Also of fewer than no cells, which cut some off."""
    given = scene.options("sides")
    sides, mode = by_axis(given["sides"], 1), str(given.get("mode", "zeros"))
    before = tuple(reversed(sides[::2]))
    found: list[int] = []
    for at, cut, length in zip(scene.place, before, scene.axes, strict=True):
        source = taps.source(at - cut, length, mode)
        if source is None:
            return Moved("padded", 0, None, 0.0, scene.value, mode=mode, padding=True)
        found.append(source)
    shifted = tuple(at - cut for at, cut in zip(scene.place, before, strict=True))
    moved = _moved(scene, "padded", (scene.channel, *found), mode)
    return replace(moved, padding=shifted != tuple(found))


def sliced(scene: Scene) -> Moved:
    """Some of the channels, from one on."""
    axis, first, _ = (int(n) for n in scene.options("axis", "first", "count").values())  # type: ignore[arg-type]
    assert axis == 1
    return _moved(scene, "sliced", (scene.channel + first, *scene.place), "")


def shuffled(scene: Scene) -> Moved:
    """The groups take turns: of two groups the even channels come from the first, the odd ones from the second."""
    (groups,) = (int(n) for n in scene.options("groups").values())  # type: ignore[arg-type]
    turn, group = divmod(scene.channel, groups)
    return _moved(scene, "shuffled", (group * (len(scene.input) // groups) + turn, *scene.place), "")


def enlarged(scene: Scene) -> Moved | Sum:
    """Each cell repeated, or what lies between neighbours, at (cell + 1/2) / factor - 1/2."""
    given = scene.options()
    factors = by_axis(given["scale_factor"], scene.rank)
    if "mode" not in given:
        cells = tuple(at // factor for at, factor in zip(scene.place, factors, strict=True))
        return _moved(scene, "repeated", (scene.channel, *cells), "")
    return _between(scene, factors)


def dropout(scene: Scene) -> Moved:
    name: Move = "dropout" if type(scene.part).__name__ == "Dropout" else "map dropout"
    unit = (scene.channel, *scene.place)
    return Moved(name, 0, unit, number(scene.input[unit]), scene.value, share=float(scene.part.p))


def _laid_out(scene: Scene, name: Move) -> Moved:
    number_ = int(np.ravel_multi_index((scene.channel, *scene.place), tuple(scene.result.shape)))
    unit = tuple(int(at) for at in np.unravel_index(number_, tuple(scene.input.shape)))
    return _moved(scene, name, unit, "")


def _moved(scene: Scene, name: Move, unit: Place, mode: str) -> Moved:
    return Moved(name, 0, unit, number(scene.input[unit]), scene.value, mode=mode)


def _between(scene: Scene, factors: tuple[int, ...]) -> Sum:
    axes: list[taps.Along] = []
    shares: list[torch.Tensor] = []
    for at, factor, length in zip(scene.place, factors, scene.axes, strict=True):
        place = min(max((at + 0.5) / factor - 0.5, 0.0), length - 1)
        first = int(place)
        rest = place - first
        axes.append([(first, first), (first + 1, first + 1)] if rest else [(first, first)])
        shares.append(torch.tensor([1 - rest, rest] if rest else [1.0], dtype=torch.float64))
    weights = shares[0]
    for more in shares[1:]:
        weights = weights[..., None] * more
    values = numbers(taps.patch(scene.input[scene.channel : scene.channel + 1], axes))
    row_ = Row(scene.channel, values, tuple(weights.flatten().tolist()))
    return Sum("between", taps.cells(axes), (row_,), None, scene.value)
