"""Group normalisation: each group of maps gets mean 0 and variance 1 in each sample, then a learned scale and shift."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks.layer_norm import SINGLE
from convstudio.network.call import Call
from convstudio.network.layer import MAX_CHANNELS, Layer, Misfit, Remedy
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class GroupNorm(Layer, frozen=True, kw_only=True):
    """Wu and He, "Group Normalization" (2018), section 3."""

    kind: ClassVar[str] = "group_norm"
    title: ClassVar[str] = "Group norm"
    section: ClassVar[str] = "Normalise"
    colour: ClassVar[str] = "normalisation"
    glyph: ClassVar[str] = "G"
    stem: ClassVar[str] = "group_norm"
    about: ClassVar[str] = (
        "The maps are divided into groups, and the values of each group are shifted and scaled to mean 0 and variance "
        "1 in each sample alone; then each map by a learned scale and shift. Unlike batch norm it works with the "
        "smallest mini-batch. Every result depends on the whole map, so that its receptive field is everything."
    )
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True

    groups: Annotated[
        int, Meta(ge=1, le=MAX_CHANNELS, title="Groups", description="The number of channels must divide by it.")
    ] = 2

    def heading(self) -> str:
        return f"{self.title} {self.groups}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        found = self._fault_with(came)
        return replace(found, remedies=self._remedies(came) or SINGLE.remedies) if found else came

    def parameters(self, inputs: tuple[Shape, ...]) -> int:
        return 2 * inputs[0].channels

    def windows(self, inputs: tuple[Shape, ...]) -> None:
        return None

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        channels = inputs[0].channels
        return (
            f"channels a group {channels} / {self.groups} = {channels // self.groups}",
            f"scale and shift 2 · {channels} = {grouped(self.parameters(inputs))}",
        )

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("nn.GroupNorm", (self.groups, inputs[0].channels))

    def _fault_with(self, came: Shape) -> Misfit | None:
        """Why these groups do not fit, without remedies yet."""
        if came.channels % self.groups:
            return Misfit(
                f"{came.channels} channels do not make {self.groups} equal groups",
                f"{came.channels} / {self.groups} = {came.channels // self.groups}, and {came.channels % self.groups} "
                "would be left over.",
            )
        if came.size == 1:
            return SINGLE
        if came.size == self.groups:
            return Misfit(
                "Each group would hold a single number",
                f"{grouped(came.size)} numbers in {self.groups} groups are 1 each; scaled to mean 0 it would always be "
                "0.",
            )
        return None

    def _remedies(self, came: Shape) -> tuple[Remedy, ...]:
        """The largest number of groups below this one that fits."""
        most = min(self.groups, came.channels)
        groups = next((n for n in range(most, 0, -1) if came.channels % n == 0 and came.size > n), None)
        if groups is None:
            return ()
        return (Remedy("Use 1 group" if groups == 1 else f"Use {groups} groups", replace(self, groups=groups)),)
