"""Taking a network away: the files hold what they promise, prove themselves, and failures are sentences."""

from __future__ import annotations

import errno
import json
import os
import runpy
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open

from convstudio import __version__
from convstudio.assets import asset
from convstudio.blocks import BatchNorm, FullyConnected, catalogue
from convstudio.engine import exports, onnx_writer
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.exporting import checker, proving
from convstudio.engine.exports import ExportFault, Proof, export
from convstudio.network import edits, file
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.resolve import resolve

SUFFIXES = {"source": ".py", "safetensors": ".safetensors", "onnx": ".onnx"}
pytestmark = pytest.mark.usefixtures("in_this_process")
every_format = pytest.mark.parametrize("format", list(SUFFIXES))


class Made:
    """The example of the first launch, with batch normalisation, built and a little moved from its start."""

    def __init__(self) -> None:
        document = file.load(asset("examples", "digits-two-paths.convstudio"), catalogue())
        self.network, _ = edits.insert_before(document.network, "relu_1", "in", BatchNorm())
        self.analysis: Analysis = resolve(self.network, catalogue())
        self.live: LiveNetwork = build(self.network, self.analysis, 3)
        self.live(torch.rand(8, 1, 28, 28))  # moves the averages of the normalisation
        self.samples = np.random.default_rng(1).random((6, 1, 28, 28), np.float32)

    def export(self, format: Any, path: Path, **options: Any) -> Proof:
        return export(format, path, Document(self.network), self.analysis, self.live, self.samples, **options)

    def scores(self) -> torch.Tensor:
        with torch.no_grad():
            return self.live.eval()(torch.from_numpy(self.samples))


@pytest.fixture
def made() -> Made:
    return Made()


def left(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@every_format
def test_a_file_proves_itself(format: str, made: Made, tmp_path: Path) -> None:
    path = tmp_path / f"two-paths{SUFFIXES[format]}"
    proof = made.export(format, path)
    assert proof.samples == 6 + 7
    assert proof.difference <= (1e-6 if format == "onnx" else 0)
    assert left(tmp_path) == [path.name]


@every_format
def test_the_live_network_and_the_random_state_stay_as_they_were(format: str, made: Made, tmp_path: Path) -> None:
    before = {name: tensor.clone() for name, tensor in made.live.state_dict().items()}
    made.live.train()
    state = torch.get_rng_state()
    made.export(format, tmp_path / "file")
    assert torch.equal(torch.get_rng_state(), state)
    assert made.live.training
    assert all(module.training for module in made.live.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in made.live.state_dict().items())


def test_source_and_weights_fit_each_other(made: Made, tmp_path: Path) -> None:
    """What a person does with the two files, with nothing of ours."""
    from safetensors.torch import load_file

    made.export("source", tmp_path / "two-paths.py")
    made.export("safetensors", tmp_path / "two-paths.safetensors")
    model = runpy.run_path(str(tmp_path / "two-paths.py"))["TwoPaths"]()
    model.load_state_dict(load_file(tmp_path / "two-paths.safetensors"))
    with torch.no_grad():
        assert torch.equal(model.eval()(torch.from_numpy(made.samples)), made.scores())


def test_weights_say_where_they_come_from(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "two-paths.safetensors"
    made.export("safetensors", path, title="Digits by two paths", classes=("null", "eins"))
    with safe_open(path, "pt") as opened:
        said = opened.metadata()
        assert set(opened.keys()) == set(made.live.state_dict())
    assert said["title"] == "Digits by two paths"
    assert said["convstudio_version"] == __version__
    assert said["convstudio_format"] == "1"
    assert json.loads(said["classes"]) == ["null", "eins"]
    assert file.parse(said["network"], catalogue()) == Document(made.network)


def test_the_title_stands_in_the_source(made: Made, tmp_path: Path) -> None:
    made.export("source", tmp_path / "a.py", title="Digits by two paths")
    assert (tmp_path / "a.py").read_text(encoding="utf-8").startswith('"""Digits by two paths.\n')


@every_format
def test_an_empty_set_of_samples_still_gives_a_proof(format: str, made: Made, tmp_path: Path) -> None:
    made.samples = made.samples[:0]
    assert made.export(format, tmp_path / "file").samples == 1


# --- failures ---------------------------------------------------------------------------------------------------------


@every_format
def test_a_folder_that_is_none_is_said(format: str, made: Made, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExportFault, match="cannot be written in"):
        made.export(format, tmp_path / "file" / "net")
    with pytest.raises(ExportFault, match="no such file or directory"):
        made.export(format, tmp_path / "nowhere" / "net")
    assert left(tmp_path) == ["file"]


def test_a_folder_instead_of_a_file_is_said(made: Made, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").mkdir()
    with pytest.raises(ExportFault, match="is a folder"):
        made.export("onnx", tmp_path / "net.onnx")
    assert left(tmp_path) == ["net.onnx"]


@every_format
def test_a_full_disk_leaves_the_old_file(
    format: str, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net"
    path.write_text("the old file")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportFault, match="no space left on device"):
        made.export(format, path)
    assert path.read_text() == "the old file"
    assert left(tmp_path) == ["net"]


@every_format
def test_a_file_that_computes_something_else_is_not_kept(
    format: str, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof must see it when a wrong weight is written."""
    path = tmp_path / "net"
    path.write_text("the old file")
    true_state = exports._state

    def wrong(live: LiveNetwork) -> dict[str, torch.Tensor]:
        state = true_state(live)
        state["fc_1.bias"] = state["fc_1.bias"] + torch.tensor([0.0] * 9 + [0.01])
        return state

    monkeypatch.setattr(exports, "_state", wrong)
    with pytest.raises(ExportFault, match=r"differ from the network's by 0\.01"):
        made.export(format, path)
    assert path.read_text() == "the old file"
    assert left(tmp_path) == ["net"]


@pytest.mark.parametrize(
    ("format", "words"), [("source", "reads back differently"), ("safetensors", "reads back differently")]
)
def test_a_disk_that_changes_bytes_is_noticed(
    format: str, words: str, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_write = file.write_atomically
    monkeypatch.setattr(file, "write_atomically", lambda path, data: true_write(path, data[:-3]))
    with pytest.raises(ExportFault, match=words):
        made.export(format, tmp_path / "net")
    assert left(tmp_path) == []


@every_format
def test_weights_that_ran_away_are_not_exported(format: str, made: Made, tmp_path: Path) -> None:
    with torch.no_grad():
        made.live.get_parameter("conv_1.weight")[0, 0, 0, 0] = float("nan")
    with pytest.raises(ExportFault, match=r"conv_1\.weight are not numbers .* smaller learning rate"):
        made.export(format, tmp_path / "net")
    assert left(tmp_path) == []


@every_format
def test_an_unfinished_network_is_said(format: str, made: Made, tmp_path: Path) -> None:
    network = edits.remove(made.network, ["output_1"])
    with pytest.raises(ExportFault, match="exactly one Output"):
        export(format, tmp_path / "net", Document(network), resolve(network, catalogue()), made.live, made.samples)  # type: ignore[arg-type]
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda n: edits.change(n, "fc_1", FullyConnected(channels=7)), "do not fit the network as it is drawn now"),
        (lambda n: edits.remove(n, ["batch_norm_1"]), "do not fit the network as it is drawn now"),
    ],
    ids=["other shapes", "one block less"],
)
@every_format
def test_weights_of_another_network_are_said(edit: Any, words: str, format: str, made: Made, tmp_path: Path) -> None:
    network = edit(made.network)
    if format == "onnx" and "batch_norm_1" not in network.blocks:
        words = "differ from the network"  # a file holds only the weights that it uses
    elif format != "onnx":
        words = "failed there: RuntimeError: .* state_dict"
    with pytest.raises(ExportFault, match=words):
        export(format, tmp_path / "net", Document(network), resolve(network, catalogue()), made.live, made.samples)  # type: ignore[arg-type]
    assert left(tmp_path) == []


def test_more_than_onnx_holds_is_said(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_writer, "MAX_BYTES", 1000)
    with pytest.raises(ExportFault, match="2 GiB"):
        made.export("onnx", tmp_path / "net.onnx")


def test_scores_of_any_size_are_judged_in_proportion(made: Made, tmp_path: Path) -> None:
    """Scores of millions cannot agree to 1e-4 in float32, and need not."""
    with torch.no_grad():
        made.live.get_parameter("fc_1.weight").mul_(1e8)
    proof = made.export("onnx", tmp_path / "net.onnx")
    assert proof.difference > proving.LARGEST_DIFFERENCE


@pytest.fixture
def link(tmp_path: Path) -> Path:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "net.py").write_text("old")
    path = tmp_path / "net.py"
    path.symlink_to(tmp_path / "real" / "net.py")
    return path


def test_a_link_stays_a_link(made: Made, link: Path) -> None:
    made.export("source", link)
    assert link.is_symlink()
    assert "class Net(nn.Module)" in link.resolve().read_text(encoding="utf-8")


@pytest.mark.parametrize("program", ["onnxruntime", "onnx_reference"])
def test_an_onnx_file_that_no_program_runs_is_said(
    program: str, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checker, "find_spec", lambda name: program == "onnxruntime" or None)
    monkeypatch.setattr(onnx_writer, "model", lambda *_: b"no model")
    with pytest.raises(ExportFault, match="failed there"):
        made.export("onnx", tmp_path / "net.onnx")
    assert left(tmp_path) == []


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@every_format
def test_every_block_exports(format: str, block_case: Any, block_cases: ModuleType, tmp_path: Path) -> None:
    network, analysis, _ = block_cases.resolved(block_case)
    live = build(network, analysis, 5)
    images = torch.rand(4, *live.sample.dims)
    live(images)  # in training mode: moves the averages of batch normalisation
    proof = export(format, tmp_path / "net", Document(network), analysis, live, images.numpy())  # type: ignore[arg-type]
    assert proof.samples == 9
    assert proof.difference <= 1e-5


def test_programs_of_torch_keep_the_number_of_samples_free(block_cases: ModuleType, tmp_path: Path) -> None:
    """Where the code counts with sizes; torch.export is too slow for the whole table."""
    resolved = map(block_cases.resolved, block_cases.CASES)
    network, analysis = next((n, a) for n, a, i in resolved if n.blocks[i].layer.kind == "reshape")
    live = build(network, analysis, 5)
    images = torch.rand(2, *live.sample.dims).numpy()
    assert export("pt2", tmp_path / "net.pt2", Document(network), analysis, live, images).difference <= 1e-6


def test_a_program_of_torch_is_called_one(made: Made, tmp_path: Path) -> None:
    """Torch opens nothing else."""
    with pytest.raises(ExportFault, match=r"ends with \.pt2"):
        made.export("pt2", tmp_path / "net.bin")
    assert left(tmp_path) == []
