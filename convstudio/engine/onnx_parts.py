"""A call of a block on its way into an ONNX graph, and what every row of the table makes nodes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convstudio.network.call import Call
from convstudio.network.shape import Shape

if TYPE_CHECKING:
    from onnx import NodeProto


class UnknownOperator(Exception):
    """A call for which the table has no ONNX operator; the text names it."""


@dataclass(frozen=True)
class Part:
    """One call in the graph: `name` of the node and prefix of its weights, edges that come in, the edge that leaves.

    `came` is the shape of the signal that comes in first.
    """

    name: str
    call: Call
    came: Shape
    inputs: tuple[str, ...]
    output: str

    @property
    def rank(self) -> int:
        """Number of axes: 0 vector, 1 signal, 2 image, 3 clip."""
        return self.came.rank

    def weight(self, name: str) -> str:
        """Name of an initialiser: the same as the key of the state_dict."""
        return f"{self.name}.{name}"

    def options(self, **defaults: Any) -> dict[str, Any]:
        """The call's keyword arguments over their defaults. UnknownOperator for one that is not among them."""
        given = dict(self.call.options)
        if unknown := [name for name in given if name not in defaults]:
            raise UnknownOperator(f"{self.call.function} with {', '.join(unknown)}")
        return {**defaults, **given}


def node(part: Part, operator: str, weights: tuple[str, ...] = (), /, **attributes: Any) -> list[NodeProto]:
    from onnx import helper

    inputs = [*part.inputs, *(part.weight(name) for name in weights)]
    return [helper.make_node(operator, inputs, [part.output], name=part.name, **attributes)]


def constant(name: str, values: Any) -> NodeProto:
    """An edge called `name` that always holds these values (float32, or int64 for whole numbers)."""
    import numpy as np
    from onnx import helper, numpy_helper

    array = np.asarray(values)
    kept = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
    return helper.make_node("Constant", [], [name], name=name, value=numpy_helper.from_array(kept))


def step(operator: str, inputs: tuple[str, ...], output: str, /, **attributes: Any) -> NodeProto:
    """One of several nodes for one call; it is called as the edge that leaves it."""
    from onnx import helper

    return helper.make_node(operator, inputs, [output], name=output, **attributes)


def axes(value: Any, rank: int) -> list[int]:
    return list(value) if isinstance(value, tuple) else [value] * rank


def pads(value: Any, mask: list[int], dilation: list[int]) -> list[int]:
    """Cells in front of all axes, then behind them. "same" is uneven for masks of even reach: one more behind."""
    if value != "same":
        return axes(value, len(mask)) * 2
    totals = [d * (k - 1) for k, d in zip(mask, dilation, strict=True)]
    return [n // 2 for n in totals] + [n - n // 2 for n in totals]
