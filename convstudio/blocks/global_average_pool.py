"""Global average pooling: the mean of a whole map stands for it."""

from __future__ import annotations

from typing import ClassVar

from convstudio.network.call import Call
from convstudio.network.layer import Layer, Misfit, Remedy
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape


class GlobalAveragePool(Layer, frozen=True, kw_only=True):
    kind: ClassVar[str] = "global_average_pool"
    title: ClassVar[str] = "Global avg pool"
    section: ClassVar[str] = "Pooling"
    colour: ClassVar[str] = "pooling"
    glyph: ClassVar[str] = "G"
    stem: ClassVar[str] = "global_avg"
    linear: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Each map becomes one number, its mean. What is left is one row of numbers, whatever the size of the maps, so "
        "that the fully connected layer after it needs far fewer weights than after Flatten."
    )
    pill: ClassVar[bool] = True
    keeps_width: ClassVar[bool] = True
    function: ClassVar[str] = "torch.mean"
    word: ClassVar[str] = "mean"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        if came.rank:
            return Shape(came.channels)
        return Misfit(
            "There are no maps to pool",
            f"What arrives is {came.words}, already one for each channel. Put this block before the Flatten, or leave "
            "it out.",
            (Remedy("Leave it out", None),),
        )

    def windows(self, inputs: tuple[Shape, ...]) -> None:
        return None

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        (came,) = inputs
        cells = " · ".join(str(n) for n in came.axes)
        values = grouped(came.size // came.channels)
        return (f"{self.word} over {cells} = {values} values, for each of {came.channels} channels",)

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        """Over all axes behind samples (0) and channels (1)."""
        axes = tuple(range(2, 2 + inputs[0].rank))
        return Call(self.function, (axes if len(axes) > 1 else axes[0],))
