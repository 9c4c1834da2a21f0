"""The ONNX writer: a trained network as an ONNX model whose names are the ids of the blocks.

Nodes and edges are called like their blocks, initialisers like the keys of the state_dict. The first dimension is
free, so a batch may have any size. Batch normalisation is kept; dropout, which does nothing once trained, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from convstudio import __version__
from convstudio.codegen.order import sources, writing_order
from convstudio.engine import onnx_operators
from convstudio.engine.onnx_parts import Part
from convstudio.network.document import Network
from convstudio.network.expansion import expanded
from convstudio.network.facts import Analysis
from convstudio.network.shape import Shape

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, ValueInfoProto

OPSET = 23
"""The operator set of 2025, the newest that the oldest onnx and onnxruntime know with which this program works."""
MAX_BYTES = 2**31 - 2**20
"""A protobuf message ends at 2 GiB."""


class TooLarge(Exception):
    """The weights do not fit into one ONNX file."""


class Contradiction(Exception):
    """ONNX's own checker finds that weights and shapes do not belong together; the text is the checker's."""


def model(
    network: Network,
    analysis: Analysis,
    weights: Mapping[str, NDArray[np.float32]],
    properties: Mapping[str, str],
) -> bytes:
    """The network that leads to the Output as an ONNX file, checked and with shapes on every edge.

    `weights` are the arrays of the state_dict; `properties` are kept in the file's metadata. TooLarge above 2 GiB,
    Contradiction where the weights are not this network's, `onnx_parts.UnknownOperator` for a block that ONNX
    has no operator for.
    """
    import onnx

    assert analysis.output is not None
    network, analysis = expanded(network, analysis)
    order = writing_order(network, str(analysis.output))
    nodes, edges = _nodes(network, analysis, order)
    if sum(array.nbytes for array in weights.values()) > MAX_BYTES:
        raise TooLarge
    found = _model(analysis, nodes, edges, weights, properties)
    try:
        onnx.checker.check_model(found, full_check=True)
        found = onnx.shape_inference.infer_shapes(found, check_type=True, strict_mode=True, data_prop=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise Contradiction(str(error)) from error
    return bytes(found.SerializeToString())


def listed(network: Network, analysis: Analysis) -> tuple[list[NodeProto], dict[str, str]]:
    """The nodes of the file in order, and the sizes of the edges that hold the result of a block, for one sample."""
    assert analysis.output is not None
    network, analysis = expanded(network, analysis)
    nodes, edges = _nodes(network, analysis, writing_order(network, str(analysis.output)))
    shapes = {i: analysis.blocks[i].output for i, edge in edges.items() if i == edge}
    return nodes, {i: shape.compact for i, shape in shapes.items() if shape}


def _nodes(network: Network, analysis: Analysis, order: Sequence[str]) -> tuple[list[NodeProto], dict[str, str]]:
    """The nodes in order, and for each block the name of the edge that holds its result."""
    from onnx import helper

    edges: dict[str, str] = {}
    found: list[NodeProto] = []
    for block_id in order:
        facts = analysis.blocks[block_id]
        inputs = tuple(edges[source] for source in sources(network, block_id))
        edges[block_id] = block_id
        if block_id == analysis.output:
            found.append(helper.make_node("Identity", inputs, [block_id], name=block_id))
        elif facts.call is None or onnx_operators.drops_out(facts.call):
            edges[block_id] = inputs[0] if inputs else block_id
        else:
            found += onnx_operators.nodes(Part(block_id, facts.call, facts.inputs[0], inputs, block_id))
    return found, edges


def _model(
    analysis: Analysis,
    nodes: list[NodeProto],
    edges: Mapping[str, str],
    weights: Mapping[str, NDArray[np.float32]],
    properties: Mapping[str, str],
) -> ModelProto:
    from onnx import helper, numpy_helper

    used = {name for node in nodes for name in node.input}
    start, end = analysis.input, analysis.output
    assert start is not None
    assert end is not None
    graph = helper.make_graph(
        nodes,
        "network",
        [_value(start, analysis)],
        [_value(end, analysis)],
        [numpy_helper.from_array(array, name) for name, array in weights.items() if name in used],
        value_info=[_value(i, analysis) for i, edge in edges.items() if edge == i and i not in (start, end)],
    )
    found = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=helper.find_min_ir_version_for([helper.make_opsetid("", OPSET)]),
        producer_name="ConvStudio",
        producer_version=__version__,
    )
    helper.set_model_props(found, dict(properties))
    return found


def _value(block_id: str, analysis: Analysis) -> ValueInfoProto:
    """Name, type and shape of the edge behind a block; the batch may have any size."""
    from onnx import TensorProto, helper

    shape = analysis.blocks[block_id].output
    assert isinstance(shape, Shape)
    return helper.make_tensor_value_info(block_id, TensorProto.FLOAT, ["batch", *shape.dims])
