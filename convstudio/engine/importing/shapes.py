"""The shapes of results that no block makes: as the file says them, else as ONNX infers them for the one operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convstudio.engine.importing.graph import Dims, Graph, Node, Numbers

if TYPE_CHECKING:
    from onnx import ModelProto, TypeProto

LARGE = 1024
"""Constants of more numbers than this say nothing about shapes but by their own."""


class Shapes:
    """Asked only where it is needed: most files have a block for everything."""

    def __init__(self, graph: Graph, model: ModelProto) -> None:
        self._graph, self._model = graph, model

    def of(self, node: Node, edge: str, came: Mapping[str, Dims], constants: Mapping[str, Numbers]) -> Dims | None:
        """The shape of a result without the batch; None where nobody knows it. `came` are those known, with it."""
        declared = self._graph.shapes.get(edge)
        if declared is not None and (found := _without_batch(declared)) is not None:
            return found
        inferred = self._inferred(node, came, constants).get(edge)
        return None if inferred is None else _without_batch(inferred)

    def _inferred(
        self, node: Node, came: Mapping[str, Dims], constants: Mapping[str, Numbers]
    ) -> dict[str, tuple[int | None, ...]]:
        import onnx
        from onnx import TensorProto, helper, numpy_helper

        types = {e: helper.make_tensor_type_proto(TensorProto.FLOAT, came[e]) for e in node.inputs if e in came}
        values = {e: numpy_helper.from_array(constants[e]) for e in node.inputs if e in constants}
        types |= {e: helper.make_tensor_type_proto(v.data_type, v.dims) for e, v in values.items()}
        small = {e: v for e, v in values.items() if constants[e].size <= LARGE}
        try:
            proto = next(p for p in self._model.graph.node if node.outputs[0] in p.output)
            schema = onnx.defs.get_schema(proto.op_type, self._graph.opset, proto.domain)
            found = onnx.shape_inference.infer_node_outputs(
                schema, proto, types, small, opset_imports=self._model.opset_import, ir_version=self._model.ir_version
            )
        except Exception:  # what is wrong with a foreign operation may come in any form; then its shape is not known
            return {}
        return {name: dims for name, kind in found.items() if (dims := _dims(kind)) is not None}


def _dims(kind: TypeProto) -> tuple[int | None, ...] | None:
    if not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return None
    return tuple(
        d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else None for d in kind.tensor_type.shape.dim
    )


def _without_batch(dims: tuple[int | None, ...]) -> Dims | None:
    known = tuple(n for n in dims[1:] if n is not None)
    return known if dims and len(known) == len(dims) - 1 else None
