"""The table from torch's functions to ONNX operators: how one `Call` of a block becomes nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Any

from convstudio.network.call import Call

if TYPE_CHECKING:
    from onnx import NodeProto


class UnknownOperator(Exception):
    """A call for which the table has no ONNX operator; the text names it."""


@dataclass(frozen=True)
class Part:
    """One call in the graph: `name` of the node and prefix of its weights, edges that come in, the edge that leaves.

    `rank` is the number of axes of the signal: 0 vector, 1 signal, 2 image, 3 clip.
    """

    name: str
    call: Call
    rank: int
    inputs: tuple[str, ...]
    output: str

    def weight(self, name: str) -> str:
        """Name of an initialiser: the same as the key of the state_dict."""
        return f"{self.name}.{name}"

    def options(self, **defaults: Any) -> dict[str, Any]:
        """The call's keyword arguments over their defaults. UnknownOperator for one that is not among them."""
        given = dict(self.call.options)
        if unknown := [name for name in given if name not in defaults]:
            raise UnknownOperator(f"{self.call.function} with {', '.join(unknown)}")
        return {**defaults, **given}


def nodes(part: Part) -> list[NodeProto]:
    """The nodes that compute a part. UnknownOperator where the table has no row for it."""
    function = part.call.function
    ranked = function.removesuffix(f"{part.rank}d") + "Nd" if function.endswith("d") else function
    row = OPERATORS.get(function) or OPERATORS.get(ranked)
    if row is None:
        raise UnknownOperator(function)
    return row(part)


def drops_out(call: Call) -> bool:
    """Whether a trained network hands the values on unchanged here."""
    return call.function in ("nn.Dropout", "nn.Dropout1d", "nn.Dropout2d", "nn.Dropout3d")


def _node(part: Part, operator: str, weights: tuple[str, ...] = (), /, **attributes: Any) -> list[NodeProto]:
    from onnx import helper

    inputs = [*part.inputs, *(part.weight(name) for name in weights)]
    return [helper.make_node(operator, inputs, [part.output], name=part.name, **attributes)]


def _constant(name: str, values: Any) -> NodeProto:
    """An edge called `name` that always holds these values (float32, or int64 for whole numbers)."""
    import numpy as np
    from onnx import helper, numpy_helper

    array = np.asarray(values)
    kept = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
    return helper.make_node("Constant", [], [name], name=name, value=numpy_helper.from_array(kept))


def _step(operator: str, inputs: tuple[str, ...], output: str, /, **attributes: Any) -> NodeProto:
    """One of several nodes for one call; it is called as the edge that leaves it."""
    from onnx import helper

    return helper.make_node(operator, inputs, [output], name=output, **attributes)


def _axes(value: Any, rank: int) -> list[int]:
    return list(value) if isinstance(value, tuple) else [value] * rank


def _pads(value: Any, mask: list[int], dilation: list[int]) -> list[int]:
    """Cells in front of all axes, then behind them. "same" is uneven for masks of even reach: one more behind."""
    if value != "same":
        return _axes(value, len(mask)) * 2
    totals = [d * (k - 1) for k, d in zip(mask, dilation, strict=True)]
    return [n // 2 for n in totals] + [n - n // 2 for n in totals]


def _convolution(part: Part) -> list[NodeProto]:
    options = part.options(stride=1, padding=0, dilation=1, groups=1, bias=True)
    mask = _axes(part.call.arguments[2], part.rank)
    dilation = _axes(options["dilation"], part.rank)
    return _node(
        part,
        "Conv",
        ("weight", "bias") if options["bias"] else ("weight",),
        kernel_shape=mask,
        strides=_axes(options["stride"], part.rank),
        pads=_pads(options["padding"], mask, dilation),
        dilations=dilation,
        group=options["groups"],
    )


def _pool(operator: str, **attributes: Any) -> Callable[[Part], list[NodeProto]]:
    def row(part: Part) -> list[NodeProto]:
        window = _axes(part.call.arguments[0], part.rank)
        options = part.options(stride=tuple(window), padding=0)
        return _node(
            part,
            operator,
            kernel_shape=window,
            strides=_axes(options["stride"], part.rank),
            pads=_pads(options["padding"], window, [1] * part.rank),
            **attributes,
        )

    return row


def _linear(part: Part) -> list[NodeProto]:
    bias = part.options(bias=True)["bias"]
    return _node(part, "Gemm", ("weight", "bias") if bias else ("weight",), transB=1)


def _batch_norm(part: Part) -> list[NodeProto]:
    part.options()
    weights = ("weight", "bias", "running_mean", "running_var")
    return _node(part, "BatchNormalization", weights, epsilon=1e-5)


def _layer_norm(part: Part) -> list[NodeProto]:
    part.options()
    return _node(part, "LayerNormalization", ("weight", "bias"), axis=1, epsilon=1e-5)


def _group_norm(part: Part) -> list[NodeProto]:
    """Each group laid out in one row and normalised; then a scale and shift for each channel.

    The operator GroupNormalization has one for each channel only from operator set 21 on.
    """
    part.options()
    groups, channels = part.call.arguments
    assert isinstance(groups, int)
    inside = {name: part.weight(name) for name in ("rows", "ones", "zeros", "grouped", "even", "shape", "back")}
    by_channel = [1, channels, *[1] * part.rank]
    return [
        _constant(inside["rows"], [0, groups, -1]),
        _constant(inside["ones"], [1.0] * groups),
        _constant(inside["zeros"], [0.0] * groups),
        _constant(part.weight("by_channel"), by_channel),
        _step("Reshape", (part.inputs[0], inside["rows"]), inside["grouped"]),
        _step("InstanceNormalization", (inside["grouped"], inside["ones"], inside["zeros"]), inside["even"]),
        _step("Shape", part.inputs, inside["shape"]),
        _step("Reshape", (inside["even"], inside["shape"]), inside["back"]),
        _step("Reshape", (part.weight("weight"), part.weight("by_channel")), part.weight("scale")),
        _step("Reshape", (part.weight("bias"), part.weight("by_channel")), part.weight("shift")),
        _step("Mul", (inside["back"], part.weight("scale")), part.weight("scaled")),
        _step("Add", (part.weight("scaled"), part.weight("shift")), part.output),
    ]


def _sequential(part: Part) -> list[NodeProto]:
    """Named stages, one behind the other; each is a part of its own, called `block.stage`."""
    (stages,) = part.call.arguments
    assert isinstance(stages, Call)
    found: list[NodeProto] = []
    stage = part
    for number, (name, call) in enumerate(stages.options, 1):
        assert isinstance(call, Call)
        last = number == len(stages.options)
        inside = part.weight(name)
        stage = replace(stage, name=inside, call=call, output=part.output if last else inside)
        found += nodes(stage)
        stage = replace(stage, inputs=(stage.output,))
    return found


def _plain(operator: str, **attributes: Any) -> Callable[[Part], list[NodeProto]]:
    def row(part: Part) -> list[NodeProto]:
        part.options()
        return _node(part, operator, **attributes)

    return row


def _along(operator: str, attribute: str) -> Callable[[Part], list[NodeProto]]:
    """Operators whose one argument is an axis of the batch (0: samples, 1: channels)."""

    def row(part: Part) -> list[NodeProto]:
        part.options()
        attributes: dict[str, Any] = {attribute: part.call.arguments[0]}
        return _node(part, operator, **attributes)

    return row


def _over_axes(operator: str) -> Callable[[Part], list[NodeProto]]:
    """Reductions over the axes that the one argument names; they vanish from the shape."""

    def row(part: Part) -> list[NodeProto]:
        part.options()
        (given,) = part.call.arguments
        axes = part.weight("axes")
        constant = _constant(axes, list(given) if isinstance(given, tuple) else [given])
        return [constant, _step(operator, (*part.inputs, axes), part.output, keepdims=0)]

    return row


def _named(operator: str, **names: str) -> Callable[[Part], list[NodeProto]]:
    """Operators with torch's keyword arguments under names of their own: negative_slope="alpha"."""

    def row(part: Part) -> list[NodeProto]:
        options = part.options(**dict.fromkeys(names))
        return _node(part, operator, **{names[name]: float(value) for name, value in options.items()})

    return row


def _gelu(part: Part) -> list[NodeProto]:
    """x · 0.5 · (1 + erf(x / √2)); the operator Gelu exists only from operator set 20 on."""
    part.options()
    (came,) = part.inputs
    return [
        _constant(part.weight("root"), sqrt(2)),
        _constant(part.weight("one"), 1.0),
        _constant(part.weight("half"), 0.5),
        _step("Div", (came, part.weight("root")), part.weight("reduced")),
        _step("Erf", (part.weight("reduced"),), part.weight("erf")),
        _step("Add", (part.weight("erf"), part.weight("one")), part.weight("raised")),
        _step("Mul", (part.weight("raised"), part.weight("half")), part.weight("share")),
        _step("Mul", (came, part.weight("share")), part.output),
    ]


def _silu(part: Part) -> list[NodeProto]:
    part.options()
    gate = part.weight("gate")
    return [_step("Sigmoid", part.inputs, gate), _step("Mul", (*part.inputs, gate), part.output)]


def _sum(part: Part) -> list[NodeProto]:
    return _node(part, "Add" if len(part.inputs) == 2 else "Sum")


def _product(part: Part) -> list[NodeProto]:
    """Mul takes two inputs; more are multiplied from the left."""
    found: list[NodeProto] = []
    so_far = part.inputs[0]
    for number, factor in enumerate(part.inputs[1:], 2):
        product = part.output if number == len(part.inputs) else part.weight(f"product_{number}")
        found.append(_step("Mul", (so_far, factor), product))
        so_far = product
    return found


OPERATORS: dict[str, Callable[[Part], list[NodeProto]]] = {
    "nn.ConvNd": _convolution,
    "nn.Linear": _linear,
    "nn.BatchNormNd": _batch_norm,
    "nn.BatchNorm1d": _batch_norm,
    "nn.GroupNorm": _group_norm,
    "nn.LayerNorm": _layer_norm,
    "nn.Sequential": _sequential,
    "F.relu": _plain("Relu"),
    "F.leaky_relu": _named("LeakyRelu", negative_slope="alpha"),
    "F.elu": _named("Elu", alpha="alpha"),
    "F.gelu": _gelu,
    "F.silu": _silu,
    "torch.sigmoid": _plain("Sigmoid"),
    "torch.tanh": _plain("Tanh"),
    "F.max_poolNd": _pool("MaxPool"),
    "F.avg_poolNd": _pool("AveragePool", count_include_pad=1),
    "torch.mean": _over_axes("ReduceMean"),
    "torch.amax": _over_axes("ReduceMax"),
    "torch.flatten": _along("Flatten", "axis"),
    "torch.cat": _along("Concat", "axis"),
    "+": _sum,
    "*": _product,
}
"""By torch function; `Nd` stands for 1d, 2d and 3d."""
