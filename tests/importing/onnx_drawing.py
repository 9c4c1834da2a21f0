"""A pen for ONNX graphs: operations one behind the other, with random or empty weights, as exporters write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


class Sheet:
    """`end` is the edge drawn last. With `empty` the weights are zeros in a sparse file beside the model."""

    def __init__(self, *dims: Any, opset: int = 13, empty: bool = False, listed: bool = False) -> None:
        """`dims` is the shape of the input, batch first; `listed` weights are inputs too, as in the first files."""
        self.dims, self.opset, self.empty, self.listed = dims, opset, empty, listed
        self.nodes: list[Any] = []
        self.weights: list[tuple[str, Any]] = []
        self.end = self.start = "data"
        self.outputs: list[str] = []
        self._random = np.random.default_rng(0)
        self._count = 0

    def fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def op(self, operator: str, *inputs: str, after: str | None = None, outputs: int = 1, **settings: Any) -> str:
        """Draw an operation behind `end`, or behind the edge `after`, with further inputs; its first output."""
        first = self.end if after is None else after
        names = [self.fresh(operator.lower()) for _ in range(outputs)]
        edges = [first, *inputs] if first else list(inputs)
        self.nodes.append(helper.make_node(operator, edges, names, name=settings.pop("name", ""), **settings))
        self.end = names[0]
        return self.end

    def weight(self, *dims: int, name: str = "", spread: float = 0.3, around: float = 0.0) -> str:
        """Random weights; with `positive` around 1."""
        name = name or self.fresh("w")
        value: Any = dims if self.empty else self._random.normal(around, spread, dims).astype(np.float32)
        self.weights.append((name, value))
        return name

    def number(self, values: Any, kind: Any = np.int64, name: str = "") -> str:
        """A constant that is written as an initialiser."""
        name = name or self.fresh("c")
        self.weights.append((name, np.asarray(values, kind)))
        return name

    def constant(self, values: Any, kind: Any = np.int64) -> str:
        """A constant that is written as an operation."""
        name = self.fresh("constant")
        value = numpy_helper.from_array(np.asarray(values, kind))
        self.nodes.append(helper.make_node("Constant", [], [name], value=value))
        return name

    def conv(self, came: int, maps: int, cells: int, bias: bool = True, name: str = "", **settings: Any) -> str:
        group = settings.get("group", 1)
        name = name or self.fresh("conv")
        given = [self.weight(maps, came // group, cells, cells, name=f"{name}.weight")]
        given += [self.weight(maps, name=f"{name}.bias")] if bias else []
        return self.op("Conv", *given, kernel_shape=[cells, cells], name=name, **settings)

    def norm(self, channels: int, **settings: Any) -> str:
        name = self.fresh("bn")
        given = [self.weight(channels, name=f"{name}.{part}", around=1.0, spread=0.1) for part in ("w", "b", "m", "v")]
        return self.op("BatchNormalization", *given, **settings)

    def gemm(self, came: int, made: int, **settings: Any) -> str:
        name = self.fresh("fc")
        given = self.weight(made, came, name=f"{name}.weight"), self.weight(made, name=f"{name}.bias")
        return self.op("Gemm", *given, transB=1, **settings)

    def model(self) -> Any:
        """All that was drawn; the last edge leads out."""
        inputs = [helper.make_tensor_value_info(self.start, FLOAT, self.dims)]
        tensors = [self._tensor(name, value) for name, value in self.weights]
        if self.listed:
            inputs += [helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in tensors]
        outputs = [helper.make_tensor_value_info(edge, FLOAT, None) for edge in self.outputs or [self.end]]
        graph = helper.make_graph(self.nodes, "drawn", inputs, outputs, tensors)
        version = helper.make_opsetid("", self.opset)
        return helper.make_model(graph, opset_imports=[version], ir_version=3 if self.listed else 8)

    def save(self, path: Path) -> Path:
        if self.empty:
            with path.with_suffix(".weights").open("wb") as beside:
                beside.truncate(max((4 * int(np.prod(v)) for _, v in self.weights if isinstance(v, tuple)), default=0))
        path.write_bytes(self._named(path).SerializeToString())
        return path

    def _named(self, path: Path) -> Any:
        model = self.model()
        for tensor in model.graph.initializer:
            for entry in tensor.external_data:
                entry.value = path.with_suffix(".weights").name if entry.key == "location" else entry.value
        return model

    def _tensor(self, name: str, value: Any) -> Any:
        if not isinstance(value, tuple):
            return numpy_helper.from_array(value, name)
        tensor = onnx.TensorProto(name=name, data_type=FLOAT, dims=value, data_location=TensorProto.EXTERNAL)
        for key, said in (("location", "?"), ("offset", "0"), ("length", str(4 * int(np.prod(value))))):
            tensor.external_data.add(key=key, value=said)
        return tensor
