"""What the poolings share that move a window over the maps: its size, its steps, and the padding around."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from convstudio.blocks import sliding
from convstudio.network.call import Call, per_axis
from convstudio.network.layer import Layer, Misfit, Remedy, Sizes, Window, times
from convstudio.network.shape import Shape


class Pool(Layer, frozen=True, kw_only=True):
    """Base of MaxPool and AveragePool."""

    section: ClassVar[str] = "Pooling"
    colour: ClassVar[str] = "pooling"
    keeps_width: ClassVar[bool] = True
    function: ClassVar[str]
    """Torch's, without the number of axes."""

    window: Annotated[Sizes, Meta(title="Window", description="Cells of a region along each axis.")] = (2,)
    stride: Annotated[Sizes, Meta(title="Stride", description="Cells from region to region.")] = (2,)
    padding: Annotated[
        sliding.Paddings,
        Meta(title="Padding", description="Cells added on each side; at most half the window."),
    ] = (0,)

    @property
    def gaps(self) -> Sizes:
        """How far the cells of a region lie apart along each axis."""
        return (1,)

    def heading(self) -> str:
        return f"{self.title} {times(self.window)}"

    def output(self, inputs: tuple[Shape, ...]) -> Shape | Misfit:
        (came,) = inputs
        found = self._fit(came)
        return replace(found, remedies=self._remedies(came)) if isinstance(found, Misfit) else found

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        return sliding.windows(self._fitting(inputs[0]))

    def arithmetic(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        return sliding.shape_lines(inputs[0], self._fitting(inputs[0]))

    def call(self, inputs: tuple[Shape, ...]) -> Call:
        (came,) = inputs
        moves = self._fitting(came)
        window = tuple(m.mask for m in moves)
        return Call(f"{self.function}{came.rank}d", (per_axis(window),), sliding.options(moves, window))

    def _moves(self, came: Shape) -> tuple[sliding.Slide, ...] | Misfit:
        return sliding.slides(came.rank, self.window, self.stride, self.gaps, self.padding)

    def _fitting(self, came: Shape) -> tuple[sliding.Slide, ...]:
        moves = self._moves(came)
        assert not isinstance(moves, Misfit)
        return moves

    def _fit(self, came: Shape) -> Shape | Misfit:
        """The shape of the result, or a misfit that has no remedies yet."""
        moves = self._moves(came)
        if isinstance(moves, Misfit):
            return moves
        if any(m.before > m.mask // 2 for m in moves):
            return self._too_much_padding()
        return sliding.slid(came, came.channels, moves, "window")

    def _too_much_padding(self) -> Misfit:
        half = tuple(n // 2 for n in self.window)
        return Misfit(
            "More padding than half the window",
            f"A region of {times(self.window)} could lie wholly in the padding of {times(self.padding)}. "
            f"At most {times(half)} makes sense.",
        )

    def _remedies(self, came: Shape) -> tuple[Remedy, ...]:
        """The first way out that surely helps; where single cells arrive there is nothing to pool."""
        if came.rank and set(came.axes) == {1}:
            return (Remedy("Leave it out", None),)
        ways = self._ways_out(came) if came.rank else ()
        return tuple(Remedy(words, layer) for words, layer in ways if isinstance(layer._fit(came), Shape))[:1]

    def _ways_out(self, came: Shape) -> tuple[tuple[str, Pool], ...]:
        """What may help, in words: no padding, a window that fits, both."""
        moves = self._moves(came)
        if isinstance(moves, Misfit):
            return ()
        fitting = tuple(min(m.mask, length) for m, length in zip(moves, came.axes, strict=True))
        window = fitting[:1] if len(set(fitting)) == 1 else fitting
        smaller, label = replace(self, window=window), f"Use a window of {times(window)}"
        return (
            ("No padding", replace(self, padding=(0,))),
            (label, smaller),
            (f"{label} and no padding", replace(smaller, padding=(0,))),
        )
