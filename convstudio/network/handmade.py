"""Masks made by hand before training, as a value: numbers among the weights of a block that no seed draws."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from math import prod

from msgspec import Struct

MOST = 2**17
"""So many numbers a document holds at most: about 1.5 MB of its file."""
LARGEST = 3.4028235e38
"""No float32 is larger."""


class HandMade(Struct, frozen=True):
    """Masks of a block: `outputs` and `inputs` say which is the first, and how many, along the first axes of `weights`.

    `size` is that of one mask. `numbers` are float32, of each mask, or of a single one that all of them are. `copies`
    are the numbers of the copies of repeated groups around the block that are meant; () means every copy.
    """

    weights: str
    outputs: tuple[int, int]
    inputs: tuple[int, int]
    size: tuple[int, ...]
    numbers: bytes
    copies: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many numbers are kept."""
        return len(self.numbers) // 4

    @property
    def alike(self) -> bool:
        """A single mask stands for all."""
        return self.count == prod(self.size)

    @property
    def form(self) -> tuple[int, ...]:
        """The shape of the numbers: that of a single mask, or outputs × inputs × size."""
        return self.size if self.alike else (self.outputs[1], self.inputs[1], *self.size)

    def fit(self, shape: tuple[int, ...]) -> bool:
        """Whether weights of this shape have such masks."""
        masks = len(shape) > 2 and shape[2:] == self.size
        return masks and sum(self.outputs) <= shape[0] and sum(self.inputs) <= shape[1]

    def covers(self, other: HandMade) -> bool:
        """Nothing is left of `other` where both are put, this one last."""
        same = (self.weights, self.copies) == (other.weights, other.copies)
        return same and _within(other.outputs, self.outputs) and _within(other.inputs, self.inputs)


Made = tuple[HandMade, ...]
"""The masks by hand of a block; what is put later lies over what was put before."""


def of(
    weights: str,
    outputs: tuple[int, int],
    inputs: tuple[int, int],
    size: tuple[int, ...],
    numbers: bytes,
    copies: tuple[int, ...] = (),
) -> HandMade:
    """Masks with these numbers, of each; where all masks are alike one of them is kept."""
    one = numbers[: 4 * prod(size)]
    alike = one * (len(numbers) // max(1, len(one))) == numbers
    return HandMade(weights, outputs, inputs, size, one if alike else numbers, copies)


@lru_cache(maxsize=512)
def written(numbers: bytes) -> tuple[float, ...]:
    """The numbers for a file: each as short as its 32 bits allow, 0.1 and not 0.10000000149."""
    return tuple(_short(number) for number in array("f", numbers))


def read(numbers: Iterable[float]) -> bytes:
    """The numbers of a file as float32."""
    return array("f", numbers).tobytes()


def _short(number: float) -> float:
    short = float(f"{number:.7g}")
    return short if array("f", (short,))[0] == number else float(f"{number:.9g}")


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and sum(inner) <= sum(outer)
