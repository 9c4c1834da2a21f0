"""Operations of a file that work value by value, or weigh values: activations, normalisations, sums, products."""

from __future__ import annotations

from math import isclose, isinf
from typing import Any

import numpy as np

from convstudio.blocks.add import Add
from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.clipped_relu import ClippedReLU
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.dropout import Dropout
from convstudio.blocks.elu import ELU
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.gelu import GELU
from convstudio.blocks.group_norm import GroupNorm
from convstudio.blocks.hard_sigmoid import HardSigmoid
from convstudio.blocks.layer_norm import LayerNorm
from convstudio.blocks.leaky_relu import LeakyReLU
from convstudio.blocks.local_response_norm import LocalResponseNorm
from convstudio.blocks.multiply import Multiply
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.prelu import PReLU
from convstudio.blocks.relu import ReLU
from convstudio.blocks.softmax import Softmax
from convstudio.blocks.transposed import Transposed
from convstudio.engine.importing.draft import per_channel
from convstudio.engine.importing.graph import Node, Numbers, Unsuited, place_of
from convstudio.engine.importing.reader import Edge, Reader, Row
from convstudio.engine.importing.sliding_rows import named, with_bias
from convstudio.network.layer import Layer

EPSILON = 1e-5
"""What our normalisations add to a variance, as torch does."""
UNBOUND = 3e38
"""A bound beyond this is none: ONNX's own default is the largest float32."""
FLOATING = (1, 10, 11, 16)
"""ONNX's numbers for float32, float16, float64 and bfloat16."""


def plain(kind: type[Layer]) -> Row:
    """Operators without settings."""
    return lambda reader, node: reader.put(node, kind(), node.inputs[0])


def unchanged(reader: Reader, node: Node) -> Edge:
    """What a trained network hands on."""
    return reader.came(node.inputs[0])


def cast(reader: Reader, node: Node) -> Edge:
    """From one kind of floating point numbers to another nothing changes here."""
    if node.settings.get("to") not in FLOATING:
        raise Unsuited("It makes whole numbers of the values.")
    return reader.came(node.inputs[0])


def leaky_relu(reader: Reader, node: Node) -> Edge:
    return reader.put(node, LeakyReLU(slope=_digits(node.settings.get("alpha", 0.01))), node.inputs[0])


def elu(reader: Reader, node: Node) -> Edge:
    return reader.put(node, ELU(alpha=_digits(node.settings.get("alpha", 1.0))), node.inputs[0])


def gelu(reader: Reader, node: Node) -> Edge:
    if node.settings.get("approximate", "none") != "none":
        raise Unsuited("It is the approximation by tanh; our GELU is the exact one.")
    return reader.put(node, GELU(), node.inputs[0])


def hard_sigmoid(reader: Reader, node: Node) -> Edge:
    slope, middle = node.settings.get("alpha", 0.2), node.settings.get("beta", 0.5)
    if not (isclose(slope, 1 / 6, rel_tol=1e-5) and middle == 0.5):
        raise Unsuited(f"Its slope is {_digits(slope)} around {_digits(middle)}; that of our block is 1/6 around 0.5.")
    return reader.put(node, HardSigmoid(), node.inputs[0])


def prelu(reader: Reader, node: Node) -> Edge:
    came, slopes = reader.shape(node.inputs[0]), reader.floats(node.input(1))
    if slopes.size == 1:
        return reader.put(node, PReLU(shared=True), node.inputs[0], weights={"weight": slopes.reshape(1)})
    old = reader.graph.opset < 7 and slopes.size == came.channels
    found = slopes.reshape(-1) if old else per_channel(slopes, came.channels, came.rank)
    return reader.put(node, PReLU(), node.inputs[0], weights={"weight": found})


def clip(reader: Reader, node: Node) -> Edge:
    """Bounds are settings in old files and inputs in newer ones."""
    low, high = _bound(reader, node, 1, "min"), _bound(reader, node, 2, "max")
    if low is None and high is None:
        return reader.came(node.inputs[0])
    if low != 0:
        raise Unsuited(f"It keeps values from {low} to {high}; our blocks begin at 0.")
    layer = ReLU() if high is None else ClippedReLU(ceiling=_digits(high))
    return reader.put(node, layer, node.inputs[0])


def _bound(reader: Reader, node: Node, place: int, name: str) -> float | None:
    value = node.settings.get(name)
    if node.input(place):
        value = float(np.ravel(reader.constant(node.input(place)))[0])
    return None if value is None or isinf(value) or abs(value) > UNBOUND else float(value)


def softmax(reader: Reader, node: Node) -> Edge:
    _require_shares_of_channels(reader, node)
    return reader.put(node, Softmax(), node.inputs[0])


def log_softmax(reader: Reader, node: Node) -> Edge:
    """At the end it is left out: it takes the same number from all scores of a sample."""
    _require_shares_of_channels(reader, node)
    if reader.followers(node.outputs[0]):
        raise Unsuited("No block takes the logarithm of shares within a network.")
    reader.notes.append(
        "The file ends in LogSoftmax, which is left out: the Output takes scores as they are, and training and "
        "evaluation apply the softmax there themselves. The probabilities are those of the file."
    )
    return reader.came(node.inputs[0])


def _require_shares_of_channels(reader: Reader, node: Node) -> None:
    came = reader.shape(node.inputs[0])
    old = reader.graph.opset < 13
    axis = place_of(node.settings.get("axis", 1 if old else -1), came.rank + 2)
    if axis != 1 or (old and came.size != came.channels):
        raise Unsuited("It makes shares along another axis than the channels.")


def dropout(reader: Reader, node: Node) -> Edge:
    """It does nothing once trained, and is kept for training."""
    share = node.settings.get("ratio", 0.5)
    if node.input(1):
        share = float(np.ravel(reader.constant(node.input(1)))[0])
    if not 0 < share < 1:
        return reader.came(node.inputs[0])
    return reader.put(node, Dropout(share=_digits(share)), node.inputs[0])


def batch_norm(reader: Reader, node: Node) -> Edge:
    """Another epsilon than ours goes into the variance: only their sum counts."""
    came = reader.shape(node.inputs[0])
    if came.rank and not node.settings.get("spatial", 1):
        raise Unsuited("It normalises each place of a map by numbers of its own.")
    scale, shift, mean, variance = (reader.floats(edge).reshape(-1) for edge in node.inputs[1:5])
    if any(len(numbers) != came.channels for numbers in (scale, shift, mean, variance)):
        raise Unsuited(f"Its numbers are not for the {came.channels} channels that arrive.")
    epsilon = node.settings.get("epsilon", EPSILON)
    if not isclose(epsilon, EPSILON, rel_tol=1e-4):
        variance = (variance.astype(np.float64) + epsilon - EPSILON).astype(np.float32)
        if variance.min() < 0:
            raise Unsuited(f"Its epsilon is {epsilon:g}, and ours is {EPSILON:g}.")
        reader.notes.append(f"Batch norm had the epsilon {epsilon:g}; the difference to ours is in its variances.")
    return reader.put(node, BatchNorm(), node.inputs[0], weights=_normalising(scale, shift, mean, variance))


def _normalising(scale: Numbers, shift: Numbers, mean: Numbers, variance: Numbers) -> dict[str, Numbers]:
    averages = {"running_mean": mean, "running_var": variance, "num_batches_tracked": np.zeros((), np.int64)}
    return {"weight": scale, "bias": shift, **averages}


def instance_norm(reader: Reader, node: Node) -> Edge:
    """Each map normalised alone: as many groups as channels."""
    came = reader.shape(node.inputs[0])
    weights = {"weight": reader.floats(node.input(1)), "bias": reader.floats(node.input(2))}
    _require_epsilon(node)
    return reader.put(node, GroupNorm(groups=came.channels), node.inputs[0], weights=weights)


def group_norm(reader: Reader, node: Node) -> Edge:
    """That of newer files has its scale and shift; that of a pattern gets them from the operations behind it."""
    came = reader.shape(node.inputs[0])
    groups = node.settings.get("groups", node.settings.get("num_groups", 1))
    _require_epsilon(node)
    weights = {"weight": np.ones(came.channels, np.float32), "bias": np.zeros(came.channels, np.float32)}
    if node.operator == "GroupNormalization":
        weights = {"weight": reader.floats(node.input(1)), "bias": reader.floats(node.input(2))}
        if len(weights["weight"]) == groups != came.channels:
            weights = {name: np.repeat(values, came.channels // groups) for name, values in weights.items()}
    return reader.put(node, GroupNorm(groups=groups), node.inputs[0], weights=weights)


def layer_norm(reader: Reader, node: Node) -> Edge:
    came = reader.shape(node.inputs[0])
    if place_of(node.settings.get("axis", -1), came.rank + 2) != 1:
        raise Unsuited("It normalises along some axes only; our block takes all values of a sample together.")
    _require_epsilon(node)
    scale = reader.floats(node.input(1))
    shift = reader.optional(node.input(2))
    weights = {"weight": scale, "bias": np.zeros_like(scale) if shift is None else shift}
    if scale.shape != came.dims:
        raise Unsuited(f"Its numbers have the shape {scale.shape}, and what arrives {came.dims}.")
    return reader.put(node, LayerNorm(), node.inputs[0], weights=weights)


def layer_norm_of_parts(reader: Reader, node: Node) -> Edge:
    """That of a pattern: its scale and shift come from the operations behind it."""
    came = reader.shape(node.inputs[0])
    whole = came.rank + 2
    if sorted(place_of(axis, whole) for axis in node.settings["axes"]) != list(range(1, whole)):
        raise Unsuited("It normalises along some axes only; our block takes all values of a sample together.")
    _require_epsilon(node)
    weights = {"weight": np.ones(came.dims, np.float32), "bias": np.zeros(came.dims, np.float32)}
    return reader.put(node, LayerNorm(), node.inputs[0], weights=weights)


def _require_epsilon(node: Node) -> None:
    epsilon = node.settings.get("epsilon", EPSILON)
    if not isclose(epsilon, EPSILON, rel_tol=1e-4):
        raise Unsuited(f"Its epsilon is {epsilon:g}, and that of our block is {EPSILON:g}.")


def local_response(reader: Reader, node: Node) -> Edge:
    told = node.settings
    layer = LocalResponseNorm(
        size=told["size"],
        alpha=_digits(told.get("alpha", 1e-4)),
        beta=_digits(told.get("beta", 0.75)),
        k=_digits(told.get("bias", 1.0)),
    )
    return reader.put(node, layer, node.inputs[0])


def gemm(reader: Reader, node: Node) -> Edge:
    """y = alpha · x · W + beta · b."""
    masks = reader.floats(node.input(1))
    if node.settings.get("transA", 0) or masks.ndim != 2:
        raise Unsuited("It multiplies something else than rows of numbers with a table of weights.")
    weight = masks if node.settings.get("transB", 0) else masks.T
    weight = np.ascontiguousarray(weight * np.float32(node.settings.get("alpha", 1.0)))
    bias = reader.optional(node.input(2))
    if bias is not None:
        bias = per_channel(bias, len(weight), 0) * np.float32(node.settings.get("beta", 1.0))
    return _connected(reader, node, weight, bias)


def matmul(reader: Reader, node: Node) -> Edge:
    masks = reader.floats(node.input(1))
    if masks.ndim != 2:
        raise Unsuited("It multiplies something else than rows of numbers with a table of weights.")
    return _connected(reader, node, np.ascontiguousarray(masks.T), None)


def _connected(reader: Reader, node: Node, weight: Numbers, bias: Numbers | None) -> Edge:
    came = reader.shape(node.inputs[0])
    if came.rank:
        raise Unsuited(f"It weighs the last of several axes; what arrives is {came}.")
    if weight.shape[1] != came.channels:
        raise Unsuited(f"It has weights for {weight.shape[1]} numbers, and {came.channels} arrive.")
    layer = FullyConnected(channels=len(weight), bias=bias is not None)
    return reader.put(node, layer, node.inputs[0], weights=named(weight, bias))


def added(reader: Reader, node: Node) -> Edge:
    """A sum of results, or of one result and numbers for each channel."""
    if any(edge in reader.constants for edge in node.inputs):
        edge, numbers = _one_result(reader, node)
        return affine(reader, node, edge, None, numbers)
    dims = {reader.came(edge).dims for edge in node.inputs}
    if len(dims) > 1 or len(node.inputs) < 2:
        raise Unsuited("It adds results of unlike shapes.")
    return reader.put(node, Add(), *node.inputs)


def subtracted(reader: Reader, node: Node) -> Edge:
    edge, numbers = _one_result(reader, node)
    if edge == node.inputs[0]:
        return affine(reader, node, edge, None, -numbers)
    return affine(reader, node, edge, np.float32(-1) * np.ones(1, np.float32), numbers)


def multiplied(reader: Reader, node: Node) -> Edge:
    """A product of results, where one may be a number for each channel; or of one result and numbers."""
    if any(edge in reader.constants for edge in node.inputs):
        edge, numbers = _one_result(reader, node)
        return affine(reader, node, edge, numbers, None)
    came = [reader.came(edge) for edge in node.inputs]
    try:
        dims = np.broadcast_shapes(*((1, *c.dims) for c in came))[1:]
    except ValueError as error:
        raise Unsuited("It multiplies results of unlike shapes.") from error
    if len({len(c.dims) for c in came}) > 1:
        raise Unsuited("It multiplies results with unlike numbers of axes.")
    made = reader.put_behind(node, Multiply(), [c.block for c in came])
    if made.dims != dims:
        raise Unsuited("It multiplies results of unlike shapes.")
    return made


def divided(reader: Reader, node: Node) -> Edge:
    edge, numbers = _one_result(reader, node)
    if edge != node.inputs[0] or not np.all(numbers):
        raise Unsuited("It divides by a result.")
    return affine(reader, node, edge, 1 / numbers, None)


def negated(reader: Reader, node: Node) -> Edge:
    return affine(reader, node, node.inputs[0], np.full(1, -1, np.float32), None)


def _one_result(reader: Reader, node: Node) -> tuple[str, Numbers]:
    """Of two inputs the one that depends on the sample, and the numbers of the other."""
    edges = [edge for edge in node.inputs if edge not in reader.constants]
    if len(edges) != 1 or len(node.inputs) != 2:
        raise Unsuited("No block joins so many results and numbers in this way.")
    other = node.inputs[1] if edges[0] == node.inputs[0] else node.inputs[0]
    numbers = reader.constant(other)
    if reader.graph.opset < 7 and node.settings.get("axis") == 1 and numbers.ndim == 1:
        numbers = numbers.reshape(-1, *[1] * reader.shape(edges[0]).rank)
    return edges[0], numbers.astype(np.float32)


def affine(reader: Reader, node: Node, edge: str, factor: Numbers | None, shift: Numbers | None) -> Edge:
    """Each channel times a number, plus a number: in the weights of the block before, else as a 1 × 1 depthwise."""
    came = reader.shape(edge)
    if _each_value_weighed(reader, edge, factor, shift):
        return reader.came(edge)
    scale = np.ones(came.channels, np.float32) if factor is None else per_channel(factor, came.channels, came.rank)
    moved = np.zeros(came.channels, np.float32) if shift is None else per_channel(shift, came.channels, came.rank)
    if np.all(scale == 1) and not moved.any():
        return reader.came(edge)
    if not (np.isfinite(scale).all() and np.isfinite(moved).all()):
        raise Unsuited("It joins numbers that are not finite.")
    before = reader.came(edge)
    if reader.alone(edge) and _weighed(reader, before.block, scale, moved):
        return before
    if not came.rank:
        raise Unsuited("It weighs each number of a row alone; no block does.")
    masks = scale.reshape(-1, *[1] * (came.rank + 1))
    layer = Depthwise(mask=(1,), padding="none", bias=bool(moved.any()))
    return reader.put(node, layer, edge, weights=named(masks, moved if moved.any() else None))


def _each_value_weighed(reader: Reader, edge: str, factor: Numbers | None, shift: Numbers | None) -> bool:
    """Put numbers for each value of a sample into the layer normalisation before; False where there is none."""
    block = reader.came(edge).block
    dims = reader.came(edge).dims
    joined = [n for n in (factor, shift) if n is not None]
    fits = all(n.size == np.prod(dims) and n.shape[-len(dims) :] == dims for n in joined)
    if not isinstance(reader.draft.blocks[block].layer, LayerNorm) or not reader.alone(edge) or not fits:
        return False
    weights = reader.draft.own(block)
    scale = np.ones(dims, np.float32) if factor is None else factor.reshape(dims)
    bias = weights["bias"] * scale + (0 if shift is None else shift.reshape(dims))
    changed = {"weight": weights["weight"] * scale, "bias": bias.astype(np.float32)}
    reader.draft.change(block, reader.draft.blocks[block].layer, changed)
    return True


def _weighed(reader: Reader, block_id: str, scale: Numbers, shift: Numbers) -> bool:
    """Put a factor and a shift for each channel into the weights of a block; False where it has none to take them."""
    draft = reader.draft
    layer = draft.blocks[block_id].layer
    if not isinstance(layer, Convolution | Depthwise | Pointwise | FullyConnected | Transposed | BatchNorm | GroupNorm):
        return False
    weights = draft.own(block_id)
    if isinstance(layer, Transposed) and layer.groups > 1:
        return False
    axis = 1 if isinstance(layer, Transposed) else 0
    form = [-1 if n == axis else 1 for n in range(weights["weight"].ndim)]
    weight = weights["weight"] * scale.reshape(form)
    bias = weights.get("bias", np.zeros(len(scale), np.float32)) * scale + shift
    changed = with_bias(layer) if shift.any() else layer
    if "bias" not in weights and changed is layer:
        draft.change(block_id, layer, {**weights, "weight": weight})
    else:
        draft.change(block_id, changed, {**weights, "weight": weight, "bias": bias.astype(np.float32)})
    return True


def _digits(value: Any) -> float:
    """A float32 setting as people wrote it: 0.1, not 0.10000000149."""
    return float(f"{value:.7g}")
