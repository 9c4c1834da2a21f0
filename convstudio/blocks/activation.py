"""What all activations share: one function, applied to each value alone."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.call import Call
from convstudio.network.layer import Layer
from convstudio.network.shape import Shape


class Activation(Layer, frozen=True, kw_only=True):
    """Base of the activations; those with settings override `call`."""

    section: ClassVar[str] = "Shape the signal"
    colour: ClassVar[str] = "activation"
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True
    function: ClassVar[str]
    """Its name in torch."""

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        return Call(self.function)
