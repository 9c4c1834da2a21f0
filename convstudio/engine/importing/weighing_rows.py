"""Operations of a file that weigh values and add them: tables of weights, sums, and numbers for each channel."""

from __future__ import annotations

import numpy as np

from convstudio.blocks.add import Add
from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.group_norm import GroupNorm
from convstudio.blocks.layer_norm import LayerNorm
from convstudio.blocks.multiply import Multiply
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.transposed import Transposed
from convstudio.engine.importing.draft import per_channel
from convstudio.engine.importing.graph import Node, Numbers, Unsuited
from convstudio.engine.importing.reader import Edge, Reader
from convstudio.engine.importing.sliding_rows import named, with_bias


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
