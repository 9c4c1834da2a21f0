"""Normalisations of a file as blocks: their learned numbers, and an epsilon that may be another than ours."""

from __future__ import annotations

from math import isclose

import numpy as np

from convstudio.blocks.batch_norm import BatchNorm
from convstudio.blocks.group_norm import GroupNorm
from convstudio.blocks.layer_norm import LayerNorm
from convstudio.blocks.local_response_norm import LocalResponseNorm
from convstudio.engine.importing.graph import Node, Numbers, Unsuited, digits, place_of
from convstudio.engine.importing.reader import Edge, Reader

EPSILON = 1e-5
"""What our normalisations add to a variance, as torch does."""


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
        alpha=digits(told.get("alpha", 1e-4)),
        beta=digits(told.get("beta", 0.75)),
        k=digits(told.get("bias", 1.0)),
    )
    return reader.put(node, layer, node.inputs[0])
