"""The table from torch's functions to ONNX operators: how one `Call` of a block becomes nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from convstudio.engine import onnx_resizing
from convstudio.engine.onnx_parts import Part, UnknownOperator, axes, constant, node, pads, step
from convstudio.network.call import Call

if TYPE_CHECKING:
    from onnx import NodeProto


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


def _convolution(part: Part) -> list[NodeProto]:
    options = part.options(stride=1, padding=0, padding_mode="zeros", dilation=1, groups=1, bias=True)
    mask = axes(part.call.arguments[2], part.rank)
    dilation = axes(options["dilation"], part.rank)
    around = pads(options["padding"], mask, dilation)
    before, part = onnx_resizing.padded_before(part, around, options["padding_mode"])
    return before + node(
        part,
        "Conv",
        ("weight", "bias") if options["bias"] else ("weight",),
        kernel_shape=mask,
        strides=axes(options["stride"], part.rank),
        pads=around if not before else [0] * len(around),
        dilations=dilation,
        group=options["groups"],
    )


def _fixed(part: Part) -> list[NodeProto]:
    """A convolution whose mask is a constant of the graph."""
    fixed = part.call.constant
    assert fixed
    options = part.options(stride=1, padding=0, dilation=1, groups=1)
    values = np.array(fixed.values, np.float32)
    dilation = axes(options["dilation"], part.rank)
    mask = part.weight("mask")
    return [
        constant(mask, np.tile(values, fixed.repeats)),
        step(
            "Conv",
            (*part.inputs, mask),
            part.output,
            kernel_shape=list(values.shape),
            strides=axes(options["stride"], part.rank),
            pads=pads(options["padding"], list(values.shape), dilation),
            dilations=dilation,
            group=options["groups"],
        ),
    ]


def _transposed(part: Part) -> list[NodeProto]:
    options = part.options(stride=1, padding=0, output_padding=0, dilation=1, groups=1, bias=True)
    return node(
        part,
        "ConvTranspose",
        ("weight", "bias") if options["bias"] else ("weight",),
        kernel_shape=axes(part.call.arguments[2], part.rank),
        strides=axes(options["stride"], part.rank),
        pads=axes(options["padding"], part.rank) * 2,
        output_padding=axes(options["output_padding"], part.rank),
        dilations=axes(options["dilation"], part.rank),
        group=options["groups"],
    )


def _max_pool(part: Part) -> list[NodeProto]:
    window, options = _window(part, dilation=1)
    gaps = axes(options["dilation"], part.rank)
    return node(part, "MaxPool", **window, **({"dilations": gaps} if max(gaps) > 1 else {}))


def _average_pool(part: Part) -> list[NodeProto]:
    window, options = _window(part, count_include_pad=True)
    return node(part, "AveragePool", **window, count_include_pad=int(options["count_include_pad"]))


def _window(part: Part, **choices: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The attributes that all poolings have, and the options of the call; `choices` are those that only one has."""
    window = axes(part.call.arguments[0], part.rank)
    options = part.options(stride=tuple(window), padding=0, **choices)
    around = pads(options["padding"], window, [1] * part.rank)
    return {"kernel_shape": window, "strides": axes(options["stride"], part.rank), "pads": around}, options


def _linear(part: Part) -> list[NodeProto]:
    bias = part.options(bias=True)["bias"]
    return node(part, "Gemm", ("weight", "bias") if bias else ("weight",), transB=1)


def _batch_norm(part: Part) -> list[NodeProto]:
    part.options()
    weights = ("weight", "bias", "running_mean", "running_var")
    return node(part, "BatchNormalization", weights, epsilon=1e-5)


def _layer_norm(part: Part) -> list[NodeProto]:
    part.options()
    return node(part, "LayerNormalization", ("weight", "bias"), axis=1, epsilon=1e-5)


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
        constant(inside["rows"], [0, groups, -1]),
        constant(inside["ones"], [1.0] * groups),
        constant(inside["zeros"], [0.0] * groups),
        constant(part.weight("by_channel"), by_channel),
        step("Reshape", (part.inputs[0], inside["rows"]), inside["grouped"]),
        step("InstanceNormalization", (inside["grouped"], inside["ones"], inside["zeros"]), inside["even"]),
        step("Shape", part.inputs, inside["shape"]),
        step("Reshape", (inside["even"], inside["shape"]), inside["back"]),
        step("Reshape", (part.weight("weight"), part.weight("by_channel")), part.weight("scale")),
        step("Reshape", (part.weight("bias"), part.weight("by_channel")), part.weight("shift")),
        step("Mul", (inside["back"], part.weight("scale")), part.weight("scaled")),
        step("Add", (part.weight("scaled"), part.weight("shift")), part.output),
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
        return node(part, operator, **attributes)

    return row


def _along(operator: str, attribute: str) -> Callable[[Part], list[NodeProto]]:
    """Operators whose one argument is an axis of the batch (0: samples, 1: channels)."""

    def row(part: Part) -> list[NodeProto]:
        part.options()
        attributes: dict[str, Any] = {attribute: part.call.arguments[0]}
        return node(part, operator, **attributes)

    return row


def _over_axes(operator: str) -> Callable[[Part], list[NodeProto]]:
    """Reductions over the axes that the one argument names; they vanish from the shape."""

    def row(part: Part) -> list[NodeProto]:
        part.options()
        (given,) = part.call.arguments
        along = part.weight("axes")
        named = constant(along, list(given) if isinstance(given, tuple) else [given])
        return [named, step(operator, (*part.inputs, along), part.output, keepdims=0)]

    return row


def _named(operator: str, **names: str) -> Callable[[Part], list[NodeProto]]:
    """Operators with torch's keyword arguments under names of their own: negative_slope="alpha"."""

    def row(part: Part) -> list[NodeProto]:
        options = part.options(**dict.fromkeys(names))
        return node(part, operator, **{names[name]: float(value) for name, value in options.items()})

    return row


def _clip(part: Part) -> list[NodeProto]:
    """The bounds are inputs of the operator."""
    options = part.options(min_val=-1.0, max_val=1.0)
    low, high = part.weight("low"), part.weight("high")
    return [
        constant(low, float(options["min_val"])),
        constant(high, float(options["max_val"])),
        step("Clip", (*part.inputs, low, high), part.output),
    ]


def _gelu(part: Part) -> list[NodeProto]:
    """x · 0.5 · (1 + erf(x / √2)); the operator Gelu exists only from operator set 20 on."""
    part.options()
    (came,) = part.inputs
    return [
        constant(part.weight("root"), sqrt(2)),
        constant(part.weight("one"), 1.0),
        constant(part.weight("half"), 0.5),
        step("Div", (came, part.weight("root")), part.weight("reduced")),
        step("Erf", (part.weight("reduced"),), part.weight("erf")),
        step("Add", (part.weight("erf"), part.weight("one")), part.weight("raised")),
        step("Mul", (part.weight("raised"), part.weight("half")), part.weight("share")),
        step("Mul", (came, part.weight("share")), part.output),
    ]


def _silu(part: Part) -> list[NodeProto]:
    part.options()
    gate = part.weight("gate")
    return [step("Sigmoid", part.inputs, gate), step("Mul", (*part.inputs, gate), part.output)]


def _hard_sigmoid(part: Part) -> list[NodeProto]:
    part.options()
    return node(part, "HardSigmoid", alpha=1 / 6, beta=0.5)


def _hard_swish(part: Part) -> list[NodeProto]:
    """The operator HardSwish has no row in every runtime; its parts do."""
    part.options()
    gate = part.weight("gate")
    return [
        step("HardSigmoid", part.inputs, gate, alpha=1 / 6, beta=0.5),
        step("Mul", (*part.inputs, gate), part.output),
    ]


def _sum(part: Part) -> list[NodeProto]:
    return node(part, "Add" if len(part.inputs) == 2 else "Sum")


def _prelu(part: Part) -> list[NodeProto]:
    """The slopes lie along the channels."""
    part.options()
    form, slopes = part.weight("by_channel"), part.weight("slopes")
    return [
        constant(form, [-1, *[1] * part.rank]),
        step("Reshape", (part.weight("weight"), form), slopes),
        step("PRelu", (*part.inputs, slopes), part.output),
    ]


def _local_response(part: Part) -> list[NodeProto]:
    """x / (k + alpha · mean of x² over neighbouring channels)^beta, as torch works it out.

    Runtimes know the operator LRN for images only.
    """
    options = part.options(alpha=1e-4, beta=0.75, k=1.0)
    (size,) = part.call.arguments
    assert isinstance(size, int)
    it = part.weight
    pool = {"kernel_shape": [size, 1], "strides": [1, 1], "pads": [size // 2, 0, size // 2, 0], "count_include_pad": 1}
    return [
        *(constant(it(name), options[name]) for name in ("alpha", "beta", "k")),
        constant(it("column"), [0, 1, part.came.channels, -1]),
        step("Mul", (part.inputs[0], part.inputs[0]), it("squares")),
        step("Reshape", (it("squares"), it("column")), it("columns")),
        step("AveragePool", (it("columns"),), it("means"), **pool),
        step("Shape", part.inputs, it("shape")),
        step("Reshape", (it("means"), it("shape")), it("strength")),
        step("Mul", (it("strength"), it("alpha")), it("weighed")),
        step("Add", (it("weighed"), it("k")), it("raised")),
        step("Pow", (it("raised"), it("beta")), it("divisor")),
        step("Div", (part.inputs[0], it("divisor")), part.output),
    ]


def _reshape(part: Part) -> list[NodeProto]:
    part.options()
    (form,) = part.call.arguments
    assert isinstance(form, tuple)
    name = part.weight("form")
    return [constant(name, list(form)), step("Reshape", (*part.inputs, name), part.output)]


def _narrowed(part: Part) -> list[NodeProto]:
    """Some cells of an axis."""
    part.options()
    axis, first, count = part.call.arguments
    assert isinstance(first, int)
    assert isinstance(count, int)
    names = tuple(part.weight(name) for name in ("from", "to", "axes"))
    spans = (constant(n, [value]) for n, value in zip(names, (first, first + count, axis), strict=True))
    return [*spans, step("Slice", (part.inputs[0], *names), part.output)]


def _shuffled(part: Part) -> list[NodeProto]:
    """A table of groups × maps, written by rows and read by columns."""
    part.options()
    (groups,) = part.call.arguments
    assert isinstance(groups, int)
    it, count, lengths = part.weight, part.came.channels, part.came.axes
    return [
        constant(it("table"), [0, groups, count // groups, *lengths]),
        constant(it("form"), [0, count, *lengths]),
        step("Reshape", (part.inputs[0], it("table")), it("rows")),
        step("Transpose", (it("rows"),), it("columns"), perm=[0, 2, 1, *range(3, 3 + len(lengths))]),
        step("Reshape", (it("columns"), it("form")), part.output),
    ]


def _product(part: Part) -> list[NodeProto]:
    """Mul takes two inputs; more are multiplied from the left."""
    found, factors = _lifted(part)
    so_far = factors[0]
    for number, factor in enumerate(factors[1:], 2):
        product = part.output if number == len(part.inputs) else part.weight(f"product_{number}")
        found.append(step("Mul", (so_far, factor), product))
        so_far = product
    return found


def _lifted(part: Part) -> tuple[list[NodeProto], list[str]]:
    """Nodes that give inputs their further axes of length 1, and the edges that then meet."""
    found: list[NodeProto] = []
    edges = list(part.inputs)
    for number, count in enumerate(part.call.lifted):
        if count:
            behind, edges[number] = part.weight(f"behind_{number}"), part.weight(f"lifted_{number}")
            found.append(constant(behind, list(range(-count, 0))))
            found.append(step("Unsqueeze", (part.inputs[number], behind), edges[number]))
    return found, edges


OPERATORS: dict[str, Callable[[Part], list[NodeProto]]] = {
    "nn.ConvNd": _convolution,
    "nn.ConvTransposeNd": _transposed,
    "F.convNd": _fixed,
    "nn.Linear": _linear,
    "nn.BatchNormNd": _batch_norm,
    "nn.BatchNorm1d": _batch_norm,
    "nn.GroupNorm": _group_norm,
    "nn.LayerNorm": _layer_norm,
    "nn.Sequential": _sequential,
    "nn.PReLU": _prelu,
    "nn.ReLU": _plain("Relu"),
    "nn.ELU": _plain("Elu"),
    "nn.GELU": _gelu,
    "nn.SiLU": _silu,
    "F.relu": _plain("Relu"),
    "F.leaky_relu": _named("LeakyRelu", negative_slope="alpha"),
    "F.elu": _named("Elu", alpha="alpha"),
    "F.hardtanh": _clip,
    "F.gelu": _gelu,
    "F.silu": _silu,
    "F.hardswish": _hard_swish,
    "F.hardsigmoid": _hard_sigmoid,
    "torch.sigmoid": _plain("Sigmoid"),
    "torch.tanh": _plain("Tanh"),
    "torch.softmax": _along("Softmax", "axis"),
    "F.local_response_norm": _local_response,
    "F.max_poolNd": _max_pool,
    "F.avg_poolNd": _average_pool,
    "torch.mean": _over_axes("ReduceMean"),
    "torch.amax": _over_axes("ReduceMax"),
    "F.adaptive_avg_poolNd": onnx_resizing.adaptive("AveragePool", "ReduceMean"),
    "F.adaptive_max_poolNd": onnx_resizing.adaptive("MaxPool", "ReduceMax"),
    "F.interpolate": onnx_resizing.resize,
    "F.pad": onnx_resizing.pad,
    "torch.reshape": _reshape,
    "torch.flatten": _along("Flatten", "axis"),
    "torch.cat": _along("Concat", "axis"),
    "torch.narrow": _narrowed,
    "F.channel_shuffle": _shuffled,
    "+": _sum,
    "*": _product,
}
"""By torch function; `Nd` stands for 1d, 2d and 3d."""
