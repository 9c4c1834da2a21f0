"""Channel shuffle: the maps of all groups in turn, so that the next layer meets some of each."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.network.call import Call
from convstudio.network.layer import MAX_CHANNELS, Layer, Misfit, Remedy
from convstudio.network.shape import Shape


class ChannelShuffle(Layer, frozen=True, kw_only=True):
    """Zhang, Zhou, Lin and Sun, "ShuffleNet" (2017), section 3.1."""

    kind: ClassVar[str] = "channel_shuffle"
    title: ClassVar[str] = "Channel shuffle"
    section: ClassVar[str] = "Combine"
    colour: ClassVar[str] = "combine"
    glyph: ClassVar[str] = "⇄"
    stem: ClassVar[str] = "shuffle"
    linear: ClassVar[bool] = True
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Lays the maps out anew, always in the same order: the first of each group, then the second of each, and on. "
        "Convolutions in groups know nothing of each other's maps; after a shuffle each next group gets some of all. "
        "There is nothing to learn."
    )

    groups: Annotated[
        int,
        Meta(ge=1, le=MAX_CHANNELS, title="Groups", description="How many groups take turns; they divide the maps."),
    ] = 2

    def heading(self) -> str:
        return f"{self.title} {self.groups}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if not came.rank:
            words = f"What arrives is {came.words}, without maps. Put this block before the Flatten."
            return Misfit("There are no maps to shuffle", words)
        if came.channels % self.groups:
            return Misfit(
                "The groups do not divide the channels",
                f"{came.channels} channels / {self.groups} groups leave a rest of {came.channels % self.groups}.",
                self._remedies(came),
            )
        return came

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        return (f"channels {self.groups} · {came.channels // self.groups} = {came.channels}",)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("F.channel_shuffle", (self.groups,))

    def _remedies(self, came: Shape) -> tuple[Remedy, ...]:
        """The next smaller number of groups that divides the channels."""
        groups = max(n for n in range(1, min(self.groups, came.channels) + 1) if came.channels % n == 0)
        return (Remedy(f"Use {groups} groups", replace(self, groups=groups)),) if groups > 1 else ()
