"""What an explanation is made of: one block with its inputs and its result, all of one and the same pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from convstudio.engine.build import LiveNetwork
from convstudio.network.call import Call, Value
from convstudio.network.terms import Numbers, Place


@dataclass(frozen=True, eq=False)
class Scene:
    """`inputs` and `result` are of one sample: (channels, *axes). `channel` and `place` name the unit.

    `sources` are the ids of the blocks that the inputs come from; `target` is the right class, -1 where none is known.
    """

    live: LiveNetwork
    block: str
    sources: tuple[str, ...]
    inputs: tuple[Tensor, ...]
    result: Tensor
    channel: int
    place: Place
    target: int = -1

    @property
    def call(self) -> Call | None:
        return self.live.calls[self.block]

    @property
    def part(self) -> Any:
        """The block's module; its settings are attributes that torch does not type."""
        return self.live.parts[self.block]

    @property
    def input(self) -> Tensor:
        return self.inputs[0]

    @property
    def axes(self) -> tuple[int, ...]:
        """Of the first input."""
        return tuple(self.input.shape[1:])

    @property
    def rank(self) -> int:
        return len(self.axes)

    @property
    def value(self) -> float:
        """What the network computed for the unit."""
        return number(self.result[(self.channel, *self.place)])

    def options(self, *names: str) -> dict[str, Value]:
        """The call's arguments by these names, then its options."""
        assert self.call is not None
        return dict(zip(names, self.call.arguments, strict=False)) | dict(self.call.options)


def number(value: Tensor) -> float:
    return float(value.item())


def through(maps: Tensor, place: Place) -> Tensor:
    """The values of all channels at one place."""
    found = maps
    for at in place:
        found = found[:, at]
    return found


def numbers(values: Tensor) -> Numbers:
    """All values in one row."""
    return tuple(values.detach().to("cpu", torch.float32).reshape(-1).tolist())


def by_axis(sizes: Any, rank: int) -> tuple[int, ...]:
    """One number for all axes, or one for each."""
    return (sizes,) * rank if isinstance(sizes, int) else tuple(sizes)


def weight(module: nn.Module, name: str = "weight") -> Tensor | None:
    """A weight of a module, detached; None where it has none."""
    found = getattr(module, name)
    return None if found is None else found.detach()
