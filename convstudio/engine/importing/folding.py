"""Operations on numbers that are known beforehand: chains such as Shape → Gather → Concat are worked out at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from convstudio.engine.importing.graph import Node, Numbers, Unsuited, whole_numbers

MOST = 2**26
"""A result of more numbers than this is not worked out."""


def folded(node: Node, inputs: Sequence[Numbers | None]) -> Numbers | None:
    """The result of an operation on known numbers; None where this does not know the operation, or it goes wrong."""
    work = _WORK.get(node.operator)
    if work is None or not inputs or inputs[0] is None:
        return None
    try:
        with np.errstate(all="ignore"):
            return np.asarray(work(node, [i for i in inputs if i is not None]))
    except (ValueError, IndexError, TypeError, KeyError, OverflowError, MemoryError, Unsuited):
        return None


def _axes(node: Node, inputs: Sequence[Numbers]) -> tuple[int, ...]:
    given = node.settings.get("axes")
    return tuple(given) if given is not None else whole_numbers(inputs[1])


def _gather(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    found: Numbers = np.take(inputs[0], inputs[1].astype(np.int64), axis=node.settings.get("axis", 0))
    return found


def _unsqueeze(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    return np.expand_dims(inputs[0], _axes(node, inputs))


def _squeeze(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    if "axes" not in node.settings and len(inputs) < 2:
        return np.squeeze(inputs[0])
    return np.squeeze(inputs[0], axis=_axes(node, inputs))


def _concat(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    return np.concatenate(list(inputs), axis=node.settings["axis"])


def _cast(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    return inputs[0].astype(np.float32 if node.settings.get("to") in (1, 10, 11, 16) else np.int64)


def _slice(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    if "starts" in node.settings:
        starts, ends = node.settings["starts"], node.settings["ends"]
        axes = node.settings.get("axes", tuple(range(len(starts))))
        steps: Sequence[int] = (1,) * len(starts)
    else:
        starts, ends = whole_numbers(inputs[1]), whole_numbers(inputs[2])
        axes = whole_numbers(inputs[3]) if len(inputs) > 3 else tuple(range(len(starts)))
        steps = whole_numbers(inputs[4]) if len(inputs) > 4 else (1,) * len(starts)
    places = [slice(None)] * inputs[0].ndim
    for axis, start, end, stride in zip(axes, starts, ends, steps, strict=True):
        places[axis] = slice(start, end, stride)
    found: Numbers = inputs[0][tuple(places)]
    return found


def _filled(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    dims = whole_numbers(inputs[0])
    _require_small(dims)
    value = node.settings.get("value", np.zeros(1, np.float32))
    return np.full(dims, np.ravel(value)[0])


def _expand(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    dims = np.broadcast_shapes(inputs[0].shape, whole_numbers(inputs[1]))
    _require_small(dims)
    return np.broadcast_to(inputs[0], dims)


def _reshape(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    form = node.settings["shape"] if "shape" in node.settings else whole_numbers(inputs[1])
    return inputs[0].reshape([inputs[0].shape[n] if size == 0 else size for n, size in enumerate(form)])


def _transpose(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    return inputs[0].transpose(node.settings.get("perm"))


def _reduced(work: Callable[..., Numbers]) -> Callable[[Node, Sequence[Numbers]], Numbers]:
    def row(node: Node, inputs: Sequence[Numbers]) -> Numbers:
        axes = _axes(node, inputs) if "axes" in node.settings or len(inputs) > 1 else None
        return work(inputs[0], axis=axes, keepdims=bool(node.settings.get("keepdims", 1)))

    return row


def _divided(one: Numbers, other: Numbers) -> Numbers:
    """Whole numbers are divided towards zero, as ONNX does it."""
    if one.dtype.kind == "f" or other.dtype.kind == "f":
        return one / other
    return np.trunc(one / other).astype(np.int64)


def _two(work: Callable[[Numbers, Numbers], Numbers]) -> Callable[[Node, Sequence[Numbers]], Numbers]:
    def row(node: Node, inputs: Sequence[Numbers]) -> Numbers:
        one, other = inputs
        _require_small(np.broadcast_shapes(one.shape, other.shape))
        return work(one, other)

    return row


def _one(work: Callable[[Numbers], Numbers]) -> Callable[[Node, Sequence[Numbers]], Numbers]:
    return lambda node, inputs: work(inputs[0])


def _where(node: Node, inputs: Sequence[Numbers]) -> Numbers:
    return np.where(inputs[0].astype(bool), inputs[1], inputs[2])


def _require_small(dims: Sequence[int]) -> None:
    if prod(dims) > MOST:
        raise ValueError("too many numbers")


_WORK: dict[str, Callable[[Node, Sequence[Numbers]], Numbers]] = {
    "Identity": _one(lambda x: x),
    "Cast": _cast,
    "Gather": _gather,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Concat": _concat,
    "Slice": _slice,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "ConstantOfShape": _filled,
    "Expand": _expand,
    "Shape": _one(lambda x: np.asarray(x.shape, np.int64)),
    "Floor": _one(np.floor),
    "Ceil": _one(np.ceil),
    "Sqrt": _one(np.sqrt),
    "Exp": _one(np.exp),
    "Neg": _one(np.negative),
    "Reciprocal": _one(lambda x: 1 / x),
    "Add": _two(np.add),
    "Sub": _two(np.subtract),
    "Mul": _two(np.multiply),
    "Div": _two(_divided),
    "Pow": _two(np.power),
    "Equal": _two(lambda one, other: (one == other).astype(np.int64)),
    "Where": _where,
    "ReduceProd": _reduced(np.prod),
}
