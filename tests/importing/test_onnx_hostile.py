"""Broken and hostile ONNX files: each gets a sentence that says what is wrong, and nothing is read elsewhere."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from convstudio.engine.importing import onnx_models
from convstudio.engine.importing.graph import ImportFault


def sound(drawing) -> onnx.ModelProto:
    sheet = drawing.Sheet("N", 3, 8, 8)
    sheet.conv(3, 4, 3)
    sheet.op("Relu")
    sheet.op("Flatten")
    sheet.gemm(4 * 36, 5)
    return sheet.model()


def refused(path: Path, words: str) -> None:
    with pytest.raises(ImportFault, match=words):
        onnx_models.brought(path)


def written(path: Path, model: onnx.ModelProto) -> Path:
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "there is no network in it"),
        (b"PK\x03\x04 a zip file", "cut off or damaged|no network"),
        (b"\x00" * 1000, "cut off or damaged|no network"),
        (b"{}", "cut off or damaged|no network"),
    ],
)
def test_what_is_no_onnx_file(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    refused(path, words)


def test_what_is_no_file(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.onnx", "cannot be read: no such file")
    refused(tmp_path, "is not a file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.onnx")
        refused(tmp_path / "pipe.onnx", "is not a file")


def test_a_file_that_was_cut_anywhere_gets_a_sentence(tmp_path: Path, drawing) -> None:
    data = sound(drawing).SerializeToString()
    path = tmp_path / "cut.onnx"
    for length in range(0, len(data), 97):
        path.write_bytes(data[:length])
        with pytest.raises(ImportFault):
            onnx_models.brought(path)


def test_bytes_changed_at_random_never_crash(tmp_path: Path, drawing) -> None:
    data = bytearray(sound(drawing).SerializeToString())
    path, chance = tmp_path / "changed.onnx", random.Random(5)
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        path.write_bytes(changed)
        with suppress(ImportFault):
            onnx_models.brought(path)


@pytest.mark.parametrize("dims", [(2**31, 4), (1 << 40,), (2**20, 2**20, 2**20), (-1, 5), (1,) * 20])
def test_weights_that_are_claimed_and_not_there(tmp_path: Path, drawing, dims) -> None:
    model = sound(drawing)
    tensor = model.graph.initializer[0]
    del tensor.dims[:]
    tensor.dims.extend(dims)
    refused(written(tmp_path / "huge.onnx", model), "claims to hold more than|is damaged|cut off or damaged")


def test_a_constant_of_billions_is_not_made(tmp_path: Path, drawing) -> None:
    sheet = drawing.Sheet(1, 3, 8, 8)
    many = sheet.op("ConstantOfShape", after=sheet.number([2**15, 2**15, 2**15]))
    sheet.op("Add", many, after="data")
    found = onnx_models.brought(sheet.save(tmp_path / "bomb.onnx"))
    assert [o.operator for o in found.report.opaque] == ["ConstantOfShape", "Add"]


@pytest.mark.parametrize("place", ["../secret.bin", "/etc/passwd", "..", "", "sub/../../secret.bin", "a\0b"])
def test_weights_outside_the_folder_are_not_read(tmp_path: Path, drawing, place: str) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(4 * 108))
    folder = tmp_path / "models"
    folder.mkdir()
    model = sound(drawing)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=place)
    refused(written(folder / "net.onnx", model), "outside its own folder")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, drawing) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(4 * 108))
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "weights.bin").symlink_to(tmp_path / "secret.bin")
    refused(written(folder / "net.onnx", elsewhere(drawing, offset="0")), "outside its own folder")


def elsewhere(drawing, **said: str) -> onnx.ModelProto:
    model = sound(drawing)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": "weights.bin", **said}.items():
        tensor.external_data.add(key=key, value=value)
    return model


@pytest.mark.parametrize(
    ("said", "length"),
    [({}, 0), ({"offset": "-8"}, 432), ({"length": "8"}, 432), ({"offset": "many"}, 432), ({"offset": "400"}, 432)],
)
def test_weights_beside_the_file_that_are_too_short(tmp_path: Path, drawing, said, length: int) -> None:
    if length:
        (tmp_path / "weights.bin").write_bytes(bytes(length))
    refused(written(tmp_path / "net.onnx", elsewhere(drawing, **said)), "weights")


def test_weights_beside_the_file_are_read(tmp_path: Path, drawing) -> None:
    values = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
    (tmp_path / "weights.bin").write_bytes(bytes(16) + values.tobytes())
    path = written(tmp_path / "net.onnx", elsewhere(drawing, offset="16"))
    assert np.array_equal(onnx_models.brought(path).weights["conv_1.weight"], values)


def graph(nodes, inputs=(("x", (1, 3, 8, 8)),), outputs=("y",), weights=()) -> onnx.ModelProto:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in inputs]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    return helper.make_model(helper.make_graph(nodes, "g", values, ends, list(weights)))


node = helper.make_node


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (graph([node("Relu", ["b"], ["a"]), node("Add", ["a", "x"], ["b"])], outputs=("b",)), "round in a circle"),
        (graph([node("Relu", ["a"], ["a"])], outputs=("a",)), "round in a circle"),
        (graph([node("Relu", ["x"], ["y"]), node("Relu", ["x"], ["y"])]), "two operations make 'y'"),
        (graph([node("Relu", ["ghost"], ["y"])]), "'ghost' is used, and nothing makes it"),
        (graph([node("Relu", ["x"], ["z"])]), "'y' is used, and nothing makes it"),
        (graph([node("Relu", ["x"], ["y"])], outputs=()), "has no output"),
        (graph([node("Relu", ["x"], ["y"])], inputs=()), "'x' is used|has no input"),
        (graph([node("Relu", ["x"], ["y"])], inputs=(("x", (3,)),)), "has 1 axes"),
        (graph([node("Relu", ["x"], ["y"])], inputs=(("x", None),)), "has no shape"),
        (graph([node("Relu", ["x"], ["y"])], inputs=(("x", (1, 3, 10**9, 8)),)), "too large"),
        (graph([node("Relu", ["x"], ["y"])], inputs=(("x", (1, None, 8, 8)),)), "how many channels"),
        (graph([node("Relu", [], ["y"])]), "do not depend on any input"),
        (graph([node("RandomNormal", [], ["y"], shape=[3])]), "do not depend on any input"),
    ],
)
def test_contradictions_are_named(tmp_path: Path, model: onnx.ModelProto, words: str) -> None:
    refused(written(tmp_path / "net.onnx", model), words)


@pytest.mark.parametrize(
    "made",
    [
        node("Conv", ["x", "w"], ["y"], group=0),
        node("Conv", ["x", "w"], ["y"], group=7),
        node("Conv", ["x", "w"], ["y"], strides=[0, 1]),
        node("Conv", ["x", "w"], ["y"], strides=[1]),
        node("Conv", ["x", "w"], ["y"], pads=[-1, 0, 0, 0]),
        node("Conv", ["x", "w"], ["y"], pads=[10**9] * 4),
        node("Conv", ["x", "w"], ["y"], dilations=[2**40, 1]),
        node("Conv", ["x", "w"], ["y"], strides="two"),
        node("Conv", ["x"], ["y"]),
        node("Conv", ["x", "x"], ["y"]),
        node("Conv", ["x", "n"], ["y"]),
        node("MaxPool", ["x"], ["y"]),
        node("MaxPool", ["x"], ["y"], kernel_shape=[0, 0]),
        node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2], pads=[9] * 4),
        node("Reshape", ["x", "n"], ["y"]),
        node("Reshape", ["x", "w"], ["y"]),
        node("Gemm", ["x", "w"], ["y"]),
        node("Concat", ["x", "x"], ["y"], axis=9),
        node("Softmax", ["x"], ["y"], axis=-9),
        node("Transpose", ["x"], ["y"], perm=[7, 7]),
        node("Squeeze", ["x", "n"], ["y"]),
        node("Unsqueeze", ["x", "n"], ["y"]),
        node("Pad", ["x", "n"], ["y"]),
        node("Slice", ["x", "n", "n", "n", "n"], ["y"]),
        node("Resize", ["x", "", "n"], ["y"]),
        node("BatchNormalization", ["x", "w", "w", "w", "w"], ["y"]),
        node("BatchNormalization", ["x"], ["y"]),
        node("LRN", ["x"], ["y"]),
        node("LRN", ["x"], ["y"], size=4),
        node("PRelu", ["x", "w"], ["y"]),
        node("Clip", ["x", "n"], ["y"]),
        node("ReduceMean", ["x"], ["y"], axes=[0]),
        node("Flatten", ["x"], ["y"], axis=99),
        node("GroupNormalization", ["x", "w", "w"], ["y"], num_groups=0),
        node("Elu", ["x"], ["y"], alpha=float("nan")),
        node("NotAnOperator", ["x"], ["y"], domain="com.example"),
    ],
    ids=lambda n: n.op_type,
)
def test_settings_that_make_no_sense_leave_an_opaque_block_or_a_sentence(tmp_path: Path, made) -> None:
    weights = numpy_helper.from_array(np.ones((4, 3, 3, 3), np.float32), "w")
    numbers = numpy_helper.from_array(np.array([5, -3, 0, 99]), "n")
    path = written(tmp_path / "net.onnx", graph([made], weights=[weights, numbers]))
    found = onnx_models.brought(path)
    assert [o.operator.rpartition(".")[2] for o in found.report.opaque] == [made.op_type]


def test_a_very_long_chain_is_read_without_running_out_of_stack(tmp_path: Path) -> None:
    nodes = [node("Relu", [f"e{n}" if n else "x"], [f"e{n + 1}"]) for n in range(3000)]
    found = onnx_models.brought(written(tmp_path / "long.onnx", graph(nodes, outputs=("e3000",))))
    assert found.report.blocks == 3002


def test_more_operations_than_a_network_can_have(tmp_path: Path) -> None:
    nodes = [node("Relu", [f"e{n}" if n else "x"], [f"e{n + 1}"]) for n in range(10_001)]
    refused(written(tmp_path / "long.onnx", graph(nodes, outputs=("e10001",))), "10000")
