"""Operations of a file that change each value alone: activations, bounds, softmax, dropout, what changes nothing."""

from __future__ import annotations

from math import isclose, isinf

import numpy as np

from convstudio.blocks.clipped_relu import ClippedReLU
from convstudio.blocks.dropout import Dropout
from convstudio.blocks.elu import ELU
from convstudio.blocks.gelu import GELU
from convstudio.blocks.hard_sigmoid import HardSigmoid
from convstudio.blocks.leaky_relu import LeakyReLU
from convstudio.blocks.prelu import PReLU
from convstudio.blocks.relu import ReLU
from convstudio.blocks.softmax import Softmax
from convstudio.engine.importing.draft import per_channel
from convstudio.engine.importing.graph import Node, Unsuited, digits, place_of
from convstudio.engine.importing.reader import Edge, Reader, Row
from convstudio.network.layer import Layer

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
    return reader.put(node, LeakyReLU(slope=digits(node.settings.get("alpha", 0.01))), node.inputs[0])


def elu(reader: Reader, node: Node) -> Edge:
    return reader.put(node, ELU(alpha=digits(node.settings.get("alpha", 1.0))), node.inputs[0])


def gelu(reader: Reader, node: Node) -> Edge:
    if node.settings.get("approximate", "none") != "none":
        raise Unsuited("It is the approximation by tanh; our GELU is the exact one.")
    return reader.put(node, GELU(), node.inputs[0])


def hard_sigmoid(reader: Reader, node: Node) -> Edge:
    slope, middle = node.settings.get("alpha", 0.2), node.settings.get("beta", 0.5)
    if not (isclose(slope, 1 / 6, rel_tol=1e-5) and middle == 0.5):
        raise Unsuited(f"Its slope is {digits(slope)} around {digits(middle)}; that of our block is 1/6 around 0.5.")
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
    layer = ReLU() if high is None else ClippedReLU(ceiling=digits(high))
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
    return reader.put(node, Dropout(share=digits(share)), node.inputs[0])
