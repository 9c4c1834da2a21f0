"""How the value of one unit comes about, as numbers: what the engine works out and the window draws.

A unit is one number of a block's result: its channel, and its place along each axis. There is a kind of explanation
for each family of blocks; `worked` is what its numbers come to, `result` what the network computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import Struct

Place = tuple[int, ...]
Numbers = tuple[float, ...]


class Cells(Struct, frozen=True):
    """The cells of an input that a unit looks at: `grid` says how many along each axis, `places` where each lies.

    Places are in C order. One that lies `outside` the input is padding; `sources` are the cells whose values stand
    there (None: zero).
    """

    grid: tuple[int, ...]
    places: tuple[Place, ...]
    outside: tuple[bool, ...] = ()
    sources: tuple[Place | None, ...] = ()

    def padded(self, cell: int) -> bool:
        return bool(self.outside) and self.outside[cell]


class Row(Struct, frozen=True):
    """What one input channel contributes: a value and a weight for each cell."""

    channel: int
    values: Numbers
    weights: Numbers

    @property
    def products(self) -> Numbers:
        return tuple(value * weight for value, weight in zip(self.values, self.weights, strict=True))

    @property
    def sum(self) -> float:
        return total(self.products)


class Scanning(Struct, frozen=True):
    """How a mask is scanned: stride and dilation along each axis, what padding holds, groups, fixed or trained."""

    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    mode: str = "zeros"
    groups: int = 1
    fixed: bool = False


class Sum(Struct, frozen=True, tag=True):
    """Values times weights, summed over the cells and over the channels, plus the bias.

    `form` is, of a neuron, the shape that its inputs had before they were laid in a row; `divisor`, of a mean, by how
    many its sum is divided (each weight is 1 / divisor, 0 for cells that do not count).
    """

    name: Literal["convolution", "neuron", "mean", "between"]
    cells: Cells
    rows: tuple[Row, ...]
    bias: float | None
    result: float
    scanning: Scanning | None = None
    form: tuple[int, ...] = ()
    divisor: int = 0

    @property
    def worked(self) -> float:
        return total([*(row.sum for row in self.rows), self.bias or 0.0])


class Stages(Struct, frozen=True, tag=True):
    """A separable convolution: each of `first` filters one map, `between` bends the sums, `second` mixes them.

    The values of `second` are those of the first stage; `bent` are they too, and differ from the sums of `first` where
    there is an activation between (`between` is its name, '' for none).
    """

    first: tuple[Sum, ...]
    between: str
    second: Sum
    result: float

    @property
    def worked(self) -> float:
        return self.second.worked


class Spread(Struct, frozen=True, tag=True):
    """A transposed convolution: the input cells that reach a unit, each with the mask's cell (`taps`) that it meets.

    `mask` is the size of the mask, `masks` its weights for each row; an input value lays the whole mask on the output,
    with its first cell at place · stride - cut.
    """

    sum: Sum
    taps: tuple[Place, ...]
    mask: tuple[int, ...]
    masks: tuple[Numbers, ...]
    cut: tuple[int, ...]
    result: float

    @property
    def worked(self) -> float:
        return self.sum.worked


class Choice(Struct, frozen=True, tag=True):
    """The largest of the values in a window; `gradient` is each cell's share of the gradient that comes back."""

    cells: Cells
    channel: int
    values: Numbers
    winner: int
    gradient: Numbers
    result: float
    scanning: Scanning | None = None

    @property
    def worked(self) -> float:
        return self.values[self.winner]


class Normal(Struct, frozen=True, tag=True):
    """A value shifted and scaled by mean and variance, then by a scale and a shift that were learned.

    `over` says what mean and variance are of; `count` how many values, 0 where they are running averages.
    """

    over: Literal["batch", "group", "sample"]
    value: float
    mean: float
    variance: float
    epsilon: float
    scale: float
    shift: float
    count: int
    result: float
    channels: tuple[int, int] = (0, 0)

    @property
    def deviation(self) -> float:
        return math.sqrt(self.variance + self.epsilon)

    @property
    def standard(self) -> float:
        return (self.value - self.mean) / self.deviation

    @property
    def worked(self) -> float:
        return self.standard * self.scale + self.shift


class Response(Struct, frozen=True, tag=True):
    """Local response normalisation: a value divided by (k + alpha · mean of the squares around it) to the power beta.

    `values` are those of the channels from `first` on, at the same place; `own` counts in them; `size` is the divisor
    of the mean, also at the ends, where fewer channels are.
    """

    values: Numbers
    first: int
    own: int
    size: int
    alpha: float
    beta: float
    k: float
    result: float

    @property
    def mean(self) -> float:
        return total(value * value for value in self.values) / self.size

    @property
    def divisor(self) -> float:
        return float((self.k + self.alpha * self.mean) ** self.beta)

    @property
    def worked(self) -> float:
        return self.values[self.own] / self.divisor


class Curve(Struct, frozen=True, tag=True):
    """An activation: `value` goes in and `result` comes out; points of the curve, and its slope at the value.

    `parameter` is what the function depends on beside the value: a leaky ReLU's slope, an ELU's alpha.
    """

    function: str
    value: float
    xs: Numbers
    ys: Numbers
    slope: float
    result: float
    parameter: float | None = None

    @property
    def worked(self) -> float:
        return _APPLIED[self.function](self.value, self.parameter or 0.0)


class Shares(Struct, frozen=True, tag=True):
    """Softmax over the channels at one place; `own` is the unit's channel.

    `scores` of the Output, where training applies the softmax, are the results themselves (`final`). `target` is the
    right class, where it is known (else -1), and `loss` the cross entropy that follows from it.
    """

    scores: Numbers
    own: int
    result: float
    final: bool = False
    target: int = -1
    loss: float | None = None

    @property
    def shares(self) -> Numbers:
        most = max(self.scores)
        powers = [math.exp(score - most) for score in self.scores]
        whole = total(powers)
        return tuple(power / whole for power in powers)

    @property
    def worked(self) -> float:
        return self.scores[self.own] if self.final else self.shares[self.own]


class Join(Struct, frozen=True, tag=True):
    """The sum or product of one value from each input; `units` say where each comes from."""

    operator: Literal["+", "*"]
    values: Numbers
    units: tuple[Place, ...]
    result: float

    @property
    def worked(self) -> float:
        return total(self.values) if self.operator == "+" else math.prod(self.values)


Move = Literal[
    "row", "form", "padded", "repeated", "joined", "sliced", "shuffled", "dropout", "map dropout", "passed", "group"
]


class Moved(Struct, frozen=True, tag=True):
    """A value handed on as it is from `unit` of an input (channel, then place), or 0 where there is none to hand on.

    `share` is, of a dropout, the part of the values that is set to 0 in training; `padding` says that the unit is a
    padded cell, which holds what `mode` puts there.
    """

    name: Move
    port: int
    unit: Place | None
    value: float
    result: float
    share: float = 0.0
    mode: str = ""
    padding: bool = False

    @property
    def worked(self) -> float:
        return self.value


class Given(Struct, frozen=True, tag=True):
    """A value of the sample itself."""

    result: float

    @property
    def worked(self) -> float:
        return self.result


class Untold(Struct, frozen=True, tag=True):
    """There is no lens for what this block computes (the name of its function); only its result is known."""

    function: str
    result: float

    @property
    def worked(self) -> float:
        return self.result


Terms = Sum | Stages | Spread | Choice | Normal | Response | Curve | Shares | Join | Moved | Given | Untold


def total(values: Iterable[float]) -> float:
    """The sum, exactly; not a number where infinities of both signs meet or it grows beyond all numbers."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):
        return math.nan


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


_APPLIED: dict[str, Callable[[float, float], float]] = {
    "relu": lambda x, p: max(x, 0.0),
    "hardtanh": lambda x, p: min(max(x, 0.0), p),
    "leaky_relu": lambda x, p: x if x >= 0 else p * x,
    "prelu": lambda x, p: x if x >= 0 else p * x,
    "elu": lambda x, p: x if x > 0 else p * math.expm1(x),
    "gelu": lambda x, p: x * 0.5 * math.erfc(-x / math.sqrt(2)),
    "silu": lambda x, p: x * _sigmoid(x),
    "hardswish": lambda x, p: x * min(max(0.0, x + 3), 6.0) / 6,
    "hardsigmoid": lambda x, p: min(max(0.0, x + 3), 6.0) / 6,
    "sigmoid": lambda x, p: _sigmoid(x),
    "tanh": lambda x, p: math.tanh(x),
}
"""The activations as people write them."""
