"""The one description of a block's torch code: the engine builds the module from it, codegen prints it."""

from __future__ import annotations

from typing import Union

from msgspec import Struct

OPERATORS = ("+", "*")
"""Operators that stand between any number of inputs, worked out from the left."""

Numbers = tuple[float, ...] | tuple[tuple[float, ...], ...] | tuple[tuple[tuple[float, ...], ...], ...]
Value = Union[None, bool, int, float, str, tuple[int, ...], "Call"]


class Constant(Struct, frozen=True):
    """Numbers that belong to the network and are not trained: `values`, as nested rows, `copies` times."""

    values: Numbers
    copies: int

    @property
    def rank(self) -> int:
        """How deep the rows are nested."""
        depth = 0
        inner: object = self.values
        while isinstance(inner, tuple):
            depth, inner = depth + 1, inner[0]
        return depth

    @property
    def repeats(self) -> tuple[int, ...]:
        """For `Tensor.repeat`: the copies become the first axis, before one of length 1."""
        return (self.copies, *[1] * (self.rank + 1))

    def __str__(self) -> str:
        return f"torch.tensor({self.values!r}).repeat({', '.join(map(str, self.repeats))})"


class Call(Struct, frozen=True):
    """A call such as `nn.Conv2d(1, 8, 3, padding=1)` as a value.

    `function` is a dotted name under `nn`, `F` or `torch`, or one of OPERATORS. Names under `nn` are modules,
    built once in `__init__`; all others are functions, applied to the block's inputs in `forward`. With `gather` the
    inputs go in as one tuple (`torch.cat`). `lifted` says, for an operator, how many axes of length 1 each input gets
    behind its own, so that one number a channel meets whole maps. `constant` goes into a function behind the inputs.
    """

    function: str
    arguments: tuple[Value, ...] = ()
    options: tuple[tuple[str, Value], ...] = ()
    gather: bool = False
    lifted: tuple[int, ...] = ()
    constant: Constant | None = None

    @property
    def is_module(self) -> bool:
        return self.function.startswith("nn.")

    def __str__(self) -> str:
        return f"{self.function}({', '.join(_arguments(self))})"

    def applied(self, inputs: tuple[str, ...]) -> str:
        """The expression in `forward` that applies this function to variables named `inputs`."""
        if self.function in OPERATORS:
            lifted = self.lifted or (0,) * len(inputs)
            return f" {self.function} ".join(map(_lifted, inputs, lifted))
        given = [f"({', '.join(inputs)})"] if self.gather else list(inputs)
        return f"{self.function}({', '.join(given + _arguments(self))})"


def _lifted(name: str, axes: int) -> str:
    return f"{name}[:, :{', None' * axes}]" if axes else name


def _arguments(call: Call) -> list[str]:
    return [_text(a) for a in call.arguments] + [f"{name}={_text(value)}" for name, value in call.options]


def _text(value: Value) -> str:
    return str(value) if isinstance(value, Call) else repr(value)


def per_axis(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """Torch's short form: one int where all axes agree, otherwise the tuple."""
    return sizes[0] if len(set(sizes)) == 1 else sizes
