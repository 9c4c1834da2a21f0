"""Opaque: an operation of an imported file that no block expresses, with its name and the shape of its result."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.network.document import port_name
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape

MOST_INPUTS = 256
Length = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Opaque(Layer, frozen=True, kw_only=True):
    """Comes from an import only: nobody drags it. Its shape is known, but it cannot be computed."""

    kind: ClassVar[str] = "opaque"
    title: ClassVar[str] = "Opaque"
    section: ClassVar[str] = ""
    colour: ClassVar[str] = "group"
    glyph: ClassVar[str] = "?"
    stem: ClassVar[str] = "opaque"
    about: ClassVar[str] = (
        "An operation of an imported file for which there is no block. It keeps its place, its name and the shape of "
        "its result, so that the rest can be seen; it cannot be computed or trained. Put blocks in its place, or "
        "delete it, and the network can be trained again."
    )

    operator: Annotated[str, Meta(max_length=200, title="Operator", description="Its name in the file.")] = ""
    reason: Annotated[str, Meta(max_length=1000, title="Why", description="Why no block stands for it.")] = ""
    inputs: Annotated[
        int, Meta(ge=1, le=MOST_INPUTS, title="Inputs", description="How many results of other blocks it takes.")
    ] = 1
    channels: Annotated[Length, Meta(title="Channels", description="Maps of the result, or numbers of a row.")] = 1
    axes: Annotated[
        tuple[Length, ...], Meta(max_length=3, title="Size", description="Rows × columns of the result.")
    ] = ()

    @property
    def ports(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(port_name(number) for number in range(1, self.inputs + 1))

    def heading(self) -> str:
        return self.operator or self.title

    def unused(self) -> frozenset[str]:
        """The file has said all this; nobody can choose it."""
        return frozenset(self.__struct_fields__)

    def obstacle(self) -> str:
        why = f" {self.reason}" if self.reason else ""
        return (
            f"{self.heading()} comes from the imported file, and no block expresses it.{why} Put blocks in its place, "
            "or delete it; then the network can be trained."
        )

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return Shape(self.channels, self.axes)

    def windows(self, inputs: tuple[Shape, ...]) -> None:
        return None
