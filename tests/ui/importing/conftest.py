"""What the tests of imports in the window share: tiny files to bring in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from convstudio.runs.brought import Report, Taken, Unlike, Unread


def model(path: Path, *more: object) -> Path:
    """Digits straight into one fully connected layer, and what is to follow it."""
    nodes = [helper.make_node("Flatten", ["x"], ["row"]), helper.make_node("Gemm", ["row", "w", "b"], ["y"], transB=1)]
    graph = helper.make_graph(
        [*nodes, *more],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("end" if more else "y", TensorProto.FLOAT, ["N", 10])],
        [
            numpy_helper.from_array(np.full((10, 784), 0.25, np.float32), "w"),
            numpy_helper.from_array(np.zeros(10, np.float32), "b"),
        ],
    )
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return model(tmp_path / "tiny.onnx")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """With an operation that no block expresses."""
    return model(tmp_path / "odd.onnx", helper.make_node("LogSoftmax", ["y"], ["end"], name="last"))


@pytest.fixture
def report() -> Report:
    return Report(
        source="onnx",
        name="odd.onnx",
        producer="pytorch 2.13",
        opset=18,
        blocks=12,
        parameters=7850,
        recognised=(Taken("Conv", 3, "Convolution"), Taken("Relu", 2, "ReLU")),
        folded=(Taken("Constant", 4), Taken("Mul", 1, "Convolution")),
        opaque=(Unread("LogSoftmax", "last", "opaque_1", "10", "At the end it is not needed."),),
        notes=("The file has 2 outputs.",),
    )


@pytest.fixture
def keys() -> Report:
    """Of weights that do not all fit."""
    return Report(
        source="safetensors",
        name="w.safetensors",
        blocks=4,
        parameters=7850,
        matching=1,
        missing=("fc_1.bias",),
        unexpected=tuple(f"other.{n}" for n in range(60)),
        unlike=(Unlike("fc_1.weight", (10, 9), (10, 784)),),
    )
