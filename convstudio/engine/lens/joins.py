"""The lens of what brings several inputs together: sums, products, and maps one behind the other."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from convstudio.engine.lens.scene import Scene, number
from convstudio.network.terms import Join, Moved, Place


def summed(scene: Scene) -> Join:
    return _joined(scene, "+")


def multiplied(scene: Scene) -> Join:
    return _joined(scene, "*")


def concatenated(scene: Scene) -> Moved:
    """The channel counts on through the inputs."""
    channel = scene.channel
    for port, maps in enumerate(scene.inputs):
        if channel < len(maps):
            unit = (channel, *scene.place)
            return Moved("joined", port, unit, number(maps[unit]), scene.value)
        channel -= len(maps)
    raise AssertionError("a channel behind all inputs")


def _joined(scene: Scene, operator: Literal["+", "*"]) -> Join:
    units = tuple(_unit(maps, scene) for maps in scene.inputs)
    values = tuple(number(maps[unit]) for maps, unit in zip(scene.inputs, units, strict=True))
    return Join(operator, values, units, scene.value)


def _unit(maps: Tensor, scene: Scene) -> Place:
    """The value of an input that meets the unit: where it is one long, along an axis, it is the same everywhere."""
    wanted = (scene.channel, *scene.place)
    return tuple(0 if length == 1 else at for at, length in zip(wanted, maps.shape, strict=False))
