"""`convstudio import`: a project and a folder of weights that every other command takes, and what cannot be asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file, save_file

from convstudio.blocks import catalogue
from convstudio.engine import checkpoint
from convstudio.network import file
from convstudio.runs import brought, entry


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network for the gratings, in an empty current folder."""
    monkeypatch.chdir(tmp_path)
    weights = {"w": torch.randn(8, 1024), "b": torch.randn(8)}
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["x"], ["row"]), helper.make_node("Gemm", ["row", "w", "b"], ["y"], transB=1)],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 32, 32])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 8])],
        [numpy_helper.from_array(value.numpy(), name) for name, value in weights.items()],
    )
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph).SerializeToString())
    torch.save(weights["w"], tmp_path / "w.pt")
    return path


def test_a_model_becomes_a_project_with_weights_that_are_evaluated_and_trained_on(convstudio, model) -> None:
    answer = convstudio("import", model, "--run", "net-weights-1")
    assert (answer.code, answer.err) == (0, "")
    assert "net.onnx: 4 blocks, 8 200 weights" in answer.out
    assert "1 × Gemm → Fully connected" in answer.out
    assert "net.convstudio written; weights in net-weights-1" in answer.out
    given = checkpoint.weights(Path("net-weights-1"))
    assert torch.equal(given["fc_1.weight"], torch.load("w.pt"))
    assert file.load(Path("net.convstudio"), catalogue()).data.name == "gratings"
    assert convstudio("evaluate", "net.convstudio", "--run", "net-weights-1").code == 0
    trained = convstudio(
        *("train", "net.convstudio", "--weights", "net-weights-1", "--out", "run", "--device", "cpu", "--threads", "1"),
        *(
            "--epochs",
            "1",
            "--learning-rate",
            "1e-6",
            "--optimiser",
            "sgd",
            "--batch-size",
            "500",
            "--memory-format",
            "contiguous",
        ),
    )
    assert trained.code == 0
    assert (checkpoint.weights(Path("run"))["fc_1.weight"] - given["fc_1.weight"]).abs().max() < 1e-3
    assert entry.read(Path("run")).summary.parent == "net-weights-1"


def test_machines_get_the_report(convstudio, model) -> None:
    answer = convstudio("import", model, "--run", "weights", "--no-project", "--json")
    told = json.loads(answer.out)
    assert (told["project"], told["run"]) == (None, "weights")
    assert told["report"]["parameters"] == 8200
    assert brought.read(Path("weights")).recognised[1] == brought.Taken("Gemm", 1, "Fully connected")
    assert not Path("net.convstudio").exists()
    assert entry.read(Path("weights")).name == "net.onnx"


def test_weights_go_into_a_project(convstudio, model) -> None:
    convstudio("import", model, "--run", "net-weights-1")
    save_file({"fc_1.weight": torch.ones(8, 1024), "more": torch.ones(1)}, "w.safetensors")
    answer = convstudio("import", "w.safetensors", "--into", "net.convstudio", "--run", "given")
    assert (answer.code, answer.err) == (0, "")
    assert "1 weights match." in answer.out
    assert "Missing in the file, with start values: 1\n  fc_1.bias" in answer.out
    assert checkpoint.weights(Path("given"))["fc_1.weight"].eq(1).all()


def test_an_import_is_no_run_to_resume(convstudio, model) -> None:
    convstudio("import", model, "--run", "net-weights-1")
    answer = convstudio("train", "net.convstudio", "--resume", "net-weights-1")
    assert answer.code == 1
    assert "no run yet that could go on" in answer.err
    answer = convstudio("train", "net.convstudio", "--resume", "x", "--weights", "y")
    assert (answer.code, "leave --out, --name and --weights away" in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere.onnx"], 1, "nowhere.onnx cannot be read: no such file"),
        (["w.pt"], 1, "neither an .onnx nor a .safetensors"),
        (["net.onnx", "--size", "0x3"], 2, "--size"),
        (["net.onnx", "--size", "three"], 2, "--size"),
        (["net.onnx", "--into", "a", "-o", "b"], 2, "leave -o away"),
        (["net.onnx", "-o", "net.onnx"], 1, "net.onnx exists already"),
        (["net.onnx", "--run", "taken"], 1, "There is a run in taken already"),
    ],
)
def test_what_cannot_be_is_said(convstudio, model, arguments, code, words) -> None:
    Path("taken").mkdir()
    Path("taken/run.json").write_text("{}")
    answer = convstudio("import", *arguments)
    assert (answer.code, words in answer.err) == (code, True), answer.err
    assert not Path("net.convstudio").exists()


def test_reading_a_model_needs_no_torch(model) -> None:
    words = "import sys; from convstudio.cli import main; main(sys.argv[1:]); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words, "import", str(model)], capture_output=True).returncode == 0


def test_what_is_exported_comes_back(convstudio, project, in_this_process) -> None:
    path = project()
    convstudio("train", path, "--epochs", "1", "--out", "run")
    exported = convstudio("export", path, "--run", "run", "--format", "safetensors", "-o", "tiny.safetensors")
    assert (exported.code, exported.err) == (0, "")
    answer = convstudio("import", "tiny.safetensors", "-o", "back.convstudio", "--run", "back")
    assert "Written by ConvStudio" in answer.out, answer.err
    assert file.load(Path("back.convstudio"), catalogue()).network == file.load(path, catalogue()).network
    assert load_file("tiny.safetensors").keys() == checkpoint.weights(Path("back")).keys()
