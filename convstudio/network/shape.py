"""The shape of what flows along a wire: channels, then named axes, without the batch."""

from __future__ import annotations

from math import prod

from msgspec import Struct

from convstudio.network.numbers import grouped

AXIS_NAMES: tuple[tuple[str, ...], ...] = (
    (),
    ("time",),
    ("rows", "columns"),
    ("time", "rows", "columns"),
)
"""Names of the axes by rank: vector, signal, image, clip."""

FORM_NAMES = ("vector", "signal", "image", "clip")


class Shape(Struct, frozen=True):
    """Shape of one sample: `channels` and the length of each axis.

    No axes is a vector, one a signal (time), two an image (rows, columns), three a clip (time, rows, columns).
    """

    channels: int
    axes: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        return len(self.axes)

    @property
    def size(self) -> int:
        """How many numbers one sample holds."""
        return self.channels * prod(self.axes)

    @property
    def axis_names(self) -> tuple[str, ...]:
        return AXIS_NAMES[self.rank]

    @property
    def form(self) -> str:
        """The word for this rank: vector, signal, image or clip."""
        return FORM_NAMES[self.rank]

    @property
    def dims(self) -> tuple[int, ...]:
        """As torch orders it: channels first, then the axes."""
        return (self.channels, *self.axes)

    def __str__(self) -> str:
        return " × ".join(str(n) for n in self.dims)

    @property
    def compact(self) -> str:
        """Without spaces, for narrow places: 8×28×28."""
        return "×".join(str(n) for n in self.dims)

    @property
    def words(self) -> str:
        """In words: '16 feature maps of 14 × 14', '120 numbers'."""
        if not self.axes:
            return f"{grouped(self.channels)} number" + ("s" if self.channels != 1 else "")
        maps = "feature map" + ("s" if self.channels != 1 else "")
        return f"{grouped(self.channels)} {maps} of {' × '.join(str(n) for n in self.axes)}"
