"""Channel slice: some of the maps, one behind the other."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.network.call import Call
from convstudio.network.layer import MAX_CHANNELS, Channels, Layer, Misfit, Remedy
from convstudio.network.shape import Shape


class ChannelSlice(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "channel_slice"
    title: ClassVar[str] = "Channel slice"
    section: ClassVar[str] = "Combine"
    colour: ClassVar[str] = "combine"
    glyph: ClassVar[str] = "S"
    stem: ClassVar[str] = "slice"
    linear: ClassVar[bool] = True
    pill: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Hands on some of the maps, and leaves out the others: what Concat has put together it takes apart again. "
        "ShuffleNet (2018) lets one half of the maps pass as they are, and works on the other half."
    )

    first: Annotated[
        int, Meta(ge=0, lt=MAX_CHANNELS, title="First channel", description="Where it begins, counted from 0.")
    ] = 0
    channels: Annotated[Channels, Meta(title="Channels", description="How many maps are handed on.")] = 4

    def heading(self) -> str:
        return f"Channels {self.first}-{self._last}" if self.channels > 1 else f"Channel {self.first}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if self._last < came.channels:
            return Shape(self.channels, came.axes)
        there = f"0 to {came.channels - 1}" if came.channels > 1 else "0 alone"
        return Misfit(
            "There are not so many channels",
            f"Channels {self.first} to {self._last} are asked for, and there are {there}.",
            self._remedies(came),
        )

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        return (f"channels {self._last} - {self.first} + 1 = {self.channels}",)

    def call(self, inputs: tuple[Shape, ...]) -> Call | None:
        if self.channels == inputs[0].channels:
            return None
        return Call("torch.narrow", (1, self.first, self.channels))

    @property
    def _last(self) -> int:
        return self.first + self.channels - 1

    def _remedies(self, came: Shape) -> tuple[Remedy, ...]:
        """As many as there are from the first on, or all."""
        left = came.channels - self.first
        fitting = replace(self, channels=left) if left > 0 else replace(self, first=0, channels=came.channels)
        return (Remedy(f"Take {fitting.heading().lower()}", fitting),)
