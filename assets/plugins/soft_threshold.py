"""Soft threshold: an example of a block of one's own. Copy it into the plugin folder and change it.

A plugin is a Python file with one or more classes like this one. The class says everything that is true of the block:
its names, its settings, which shape comes out, what it costs, and its torch code. ConvStudio reads nothing else, so
that drawing, training, export and the written source all follow from here. The program asks before it runs the file,
and asks again whenever the file has changed.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from convstudio.network.call import Call
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape


class SoftThreshold(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "soft_threshold"  # its word in project files: never change it
    title: ClassVar[str] = "Soft threshold"
    section: ClassVar[str] = "Shape the signal"  # where the palette shows it
    colour: ClassVar[str] = "activation"
    glyph: ClassVar[str] = "T"  # one letter on its badge
    stem: ClassVar[str] = "soft_threshold"  # blocks are called soft_threshold_1, soft_threshold_2 …
    about: ClassVar[str] = "Small values become 0 and all others move towards 0 by as much: noise goes, edges stay."
    pill: ClassVar[bool] = True  # small on the canvas
    keeps_width: ClassVar[bool] = True  # as many channels go out as come in

    # A setting: type with limits, a title and help for the form, and a default.
    threshold: Annotated[
        float, Meta(ge=0, le=10, title="Threshold", description="What is nearer to 0 than this becomes 0.")
    ] = 0.5

    def heading(self) -> str:
        return f"{self.title} {self.threshold:g}"

    # The shape that goes out, for one sample: here the one that came in. Where nothing can be done with what
    # arrives, give a Misfit("title", "words with the numbers") instead of a shape.
    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return inputs[0]

    # The torch code: a name under nn (a module), F or torch, with its arguments.
    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call("F.softshrink", (self.threshold,))
