"""The shapes of edges that no block makes: as the file says them, else as ONNX infers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convstudio.engine.importing.graph import Dims, Graph

if TYPE_CHECKING:
    from onnx import ModelProto

LARGE = 1024
"""Weights of more numbers than this are only told by their shape: inference needs no more."""


class Shapes:
    """Asked only where it is needed: most files have a block for everything."""

    def __init__(self, graph: Graph, model: ModelProto, samples: dict[str, Dims]) -> None:
        """`samples` are the shapes of the inputs, batch first, where the file leaves them open."""
        self._graph, self._model, self._samples = graph, model, samples
        self._inferred: dict[str, tuple[int | None, ...]] | None = None

    def __call__(self, edge: str) -> Dims | None:
        """The shape without the batch; None where nobody knows it."""
        declared = self._graph.shapes.get(edge)
        if declared is not None and (found := _without_batch(declared)) is not None:
            return found
        if self._inferred is None:
            self._inferred = self._infer()
        inferred = self._inferred.get(edge)
        return None if inferred is None else _without_batch(inferred)

    def _infer(self) -> dict[str, tuple[int | None, ...]]:
        import onnx

        try:
            found = onnx.shape_inference.infer_shapes(self._light(), data_prop=True)
        except Exception:  # inference of a foreign file may fail in any way; then the shape is not known
            return {}
        return {
            v.name: tuple(d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else None for d in dims)
            for v in (*found.graph.value_info, *found.graph.output)
            if (dims := v.type.tensor_type.shape.dim) is not None
        }

    def _light(self) -> ModelProto:
        """The model with the weights' shapes instead of the weights, and with what is known of its inputs."""
        import onnx

        light = onnx.ModelProto()
        light.ir_version = self._model.ir_version
        light.opset_import.extend(self._model.opset_import)
        graph, light_graph = self._model.graph, light.graph
        light_graph.name = "shapes"
        light_graph.node.extend(graph.node)
        light_graph.output.extend(graph.output)
        weights = {tensor.name for tensor in graph.initializer}
        for tensor in graph.initializer:
            if sum(1 for _ in tensor.dims) and _count(tensor.dims) > LARGE:
                kind = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
                light_graph.input.append(kind)
            else:
                light_graph.initializer.append(tensor)
        for value in graph.input:
            if value.name not in weights:
                dims = self._samples.get(value.name)
                kind = value.type.tensor_type.elem_type
                light_graph.input.append(onnx.helper.make_tensor_value_info(value.name, kind, dims) if dims else value)
        return light


def _count(dims: object) -> int:
    found = 1
    for n in dims:  # type: ignore[attr-defined]
        found *= n
    return found


def _without_batch(dims: tuple[int | None, ...]) -> Dims | None:
    known = tuple(n for n in dims[1:] if n is not None)
    return known if dims and len(known) == len(dims) - 1 else None
