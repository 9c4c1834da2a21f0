"""The ONNX file: readable names, a shape on every edge, and the same numbers in two independent programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from chains import chain
from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Dropout,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    Output,
    ReLU,
    Separable,
    catalogue,
)
from convstudio.engine import onnx_operators, onnx_writer
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.exporting import checker
from convstudio.engine.onnx_parts import Part, UnknownOperator
from convstudio.network.call import Call
from convstudio.network.document import Network
from convstudio.network.facts import Analysis
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape


def made(*layers: Any) -> tuple[Network, Analysis, LiveNetwork]:
    network = chain(Input(channels=2, axes=(8, 8)), *layers, Output())
    analysis = resolve(network, catalogue())
    return network, analysis, build(network, analysis, 0).eval()


def arrays(live: LiveNetwork) -> dict[str, NDArray[np.float32]]:
    return {name: tensor.numpy() for name, tensor in live.state_dict().items()}


def written(
    network: Network, analysis: Analysis, live: LiveNetwork, properties: Mapping[str, str] = {}
) -> onnx.ModelProto:
    return onnx.load_from_string(onnx_writer.model(network, analysis, arrays(live), properties))


LAYERS = (Separable(channels=4), BatchNorm(), ReLU(), Dropout(), MaxPool(), Flatten(), FullyConnected(channels=3))


def test_names_are_those_of_the_blocks() -> None:
    graph = written(*made(*LAYERS)).graph
    assert [(node.name, node.op_type) for node in graph.node] == [
        ("separable_1.depthwise", "Conv"),
        ("separable_1.pointwise", "Conv"),
        ("batch_norm_1", "BatchNormalization"),
        ("relu_1", "Relu"),
        ("max_pool_1", "MaxPool"),
        ("flatten_1", "Flatten"),
        ("fc_1", "Gemm"),
        ("output_1", "Identity"),
    ]
    assert [entry.name for entry in graph.input] == ["input_1"]
    assert [entry.name for entry in graph.output] == ["output_1"]


def test_weights_are_called_as_in_the_state_dict() -> None:
    network, analysis, live = made(*LAYERS)
    stored = {
        tensor.name: numpy_helper.to_array(tensor) for tensor in written(network, analysis, live).graph.initializer
    }
    expected = {name: array for name, array in arrays(live).items() if not name.endswith("num_batches_tracked")}
    assert stored.keys() == expected.keys()
    assert all(np.array_equal(stored[name], expected[name]) for name in expected)


def test_every_edge_has_its_shape_with_a_free_batch() -> None:
    model = written(*made(*LAYERS))
    graph = model.graph
    shapes = {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in [*graph.input, *graph.value_info, *graph.output]
    }
    assert shapes == {
        "input_1": ["batch", 2, 8, 8],
        "separable_1.depthwise": ["batch", 2, 8, 8],
        "separable_1": ["batch", 4, 8, 8],
        "batch_norm_1": ["batch", 4, 8, 8],
        "relu_1": ["batch", 4, 8, 8],
        "max_pool_1": ["batch", 4, 4, 4],
        "flatten_1": ["batch", 64],
        "fc_1": ["batch", 3],
        "output_1": ["batch", 3],
    }
    assert model.opset_import[0].version == onnx_writer.OPSET
    assert onnx.defs.onnx_opset_version() >= onnx_writer.OPSET


def test_properties_are_kept() -> None:
    model = written(*made(ReLU()), {"title": "Ein Netz", "classes": "[]"})
    assert {p.key: p.value for p in model.metadata_props} == {"title": "Ein Netz", "classes": "[]"}
    assert model.producer_name == "ConvStudio"


def test_uneven_padding_is_written_in_numbers() -> None:
    layer = Convolution(channels=3, mask=(4, 3), dilation=(1, 2))
    (node, _) = written(*made(layer)).graph.node
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    assert attributes["pads"] == [1, 2, 2, 2]


@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_two_programs_compute_what_torch_computes(block_case: Any, block_cases: ModuleType, tmp_path: Path) -> None:
    network, analysis, _ = block_cases.resolved(block_case)
    live = build(network, analysis, 2)
    live(torch.rand(8, *live.sample.dims))
    live.eval()
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_writer.model(network, analysis, arrays(live), {}))
    for count in (1, 5):
        images = torch.rand(count, *live.sample.dims)
        with torch.no_grad():
            expected = live(images).numpy()
        for program in (checker.onnxruntime, checker.onnx_reference):
            found = program(str(path))[0](images.numpy())
            assert found.shape == expected.shape
            assert np.abs(found - expected).max() <= 1e-5


def test_without_onnxruntime_the_reference_judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    network, analysis, live = made(Convolution(), ReLU())
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_writer.model(network, analysis, arrays(live), {}))
    monkeypatch.setattr(checker, "find_spec", lambda name: None)
    np.savez(tmp_path / checker.BATCHES, np.zeros((2, 2, 8, 8), np.float32))
    assert checker.onnx({"path": str(path)}, tmp_path).startswith("the reference evaluator of onnx")
    with np.load(tmp_path / checker.SCORES) as scores:
        assert scores["arr_0"].shape == (2, 8, 8, 8)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call("F.softplus"), "F.softplus"),
        (Call("F.relu", (), (("inplace", True),)), "F.relu with inplace"),
        (Call("nn.Conv2d", (1, 1, 3), (("device", "cpu"),)), "nn.Conv2d with device"),
        (Call("F.max_pool2d", (2,), (("ceil_mode", True),)), "F.max_pool2d with ceil_mode"),
        (Call("torch.mean", (1,), (("keepdim", True),)), "torch.mean with keepdim"),
        (Call("F.gelu", (), (("approximate", "tanh"),)), "F.gelu with approximate"),
        (Call("nn.Linear", (1, 1), (("dtype", "x"),)), "nn.Linear with dtype"),
    ],
)
def test_what_the_table_does_not_know_is_refused_by_name(call: Call, words: str) -> None:
    """Never written as something else: an option left out would be a silent change of the network."""
    with pytest.raises(UnknownOperator) as refused:
        onnx_operators.nodes(Part("block_1", call, Shape(1, (9, 9)), ("x",), "y"))
    assert str(refused.value) == words
