"""Files that ConvStudio wrote hold the network as it was drawn; it is taken when the graph is still that network's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convstudio.blocks import catalogue
from convstudio.engine import onnx_parts, onnx_writer
from convstudio.engine.importing.graph import Graph, Numbers
from convstudio.network import file
from convstudio.network.document import Network
from convstudio.network.resolve import resolve

if TYPE_CHECKING:
    from onnx import ModelProto


def network(graph: Graph, model: ModelProto) -> tuple[Network, dict[str, Numbers]] | None:
    """The network and its weights; None where the file is not ours, or another program has changed it since."""
    text = graph.properties.get("network")
    if text is None or len(text) > file.MAX_BYTES:
        return None
    try:
        found = file.parse(text, catalogue()).network
    except file.FileError:
        return None
    analysis = resolve(found, catalogue())
    weights = {tensor.name: graph.constants[tensor.name] for tensor in model.graph.initializer}
    if analysis.errors or analysis.output is None or analysis.input is None:
        return None
    try:
        nodes, _ = onnx_writer.listed(found, analysis)
    except onnx_parts.UnknownOperator:
        return None
    written, there = ([n.SerializeToString(deterministic=True) for n in some] for some in (nodes, model.graph.node))
    return (found, with_counts(weights)) if written == there else None


def with_counts(weights: dict[str, Numbers]) -> dict[str, Numbers]:
    """With the number of mini-batches that each batch norm has seen, which ONNX has no place for."""
    ends = ".running_mean"
    norms = [key.removesuffix(ends) for key in weights if key.endswith(ends)]
    return weights | {f"{norm}.num_batches_tracked": np.zeros((), np.int64) for norm in norms}
