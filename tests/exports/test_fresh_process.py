"""The fresh process: it knows nothing of ConvStudio, says how far it is and why it failed, and does not outlive us."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event
from time import sleep

import numpy as np
import onnx
import pytest
import torch
from safetensors import safe_open

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.engine import exports
from convstudio.engine.build import build
from convstudio.engine.exporting import fresh
from convstudio.engine.exporting.beside import beside
from convstudio.engine.exporting.job import ExportFault, Stage
from convstudio.engine.project import analysed, proof_samples
from convstudio.network import file


@pytest.fixture(scope="module")
def trained() -> tuple:
    document = file.load(asset("examples", "lenet5.convstudio"), catalogue())
    analysis = analysed(document)
    live = build(document.network, analysis, 0).eval()
    return document, analysis, live, proof_samples(document.data, live.sample, 4)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "check"


def job(tmp_path: Path, source: str) -> dict[str, str]:
    path = tmp_path / "script.py"
    path.write_text(source)
    return {"task": "script", "path": str(path), "steps": "1"}


def test_what_it_runs_cannot_import_us(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ExportFault, match="failed there: ModuleNotFoundError: import of convstudio halted"):
        fresh.waited(fresh.answered(folder, job(tmp_path, "import convstudio"), 0, 1))


def test_a_death_is_told_with_its_last_words(tmp_path: Path, folder: Path) -> None:
    source = "import os, sys; print('the last words', file=sys.stderr, flush=True); os.kill(os.getpid(), 9)"
    with pytest.raises(ExportFault, match=r"the process ended with -9, the last words\. It was not kept"):
        fresh.waited(fresh.answered(folder, job(tmp_path, source), 0, 1))


def test_it_ends_with_who_waits_for_it(tmp_path: Path, folder: Path) -> None:
    source = f"import os, pathlib, time; pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid())); "
    steps = fresh.answered(folder, job(tmp_path, source + "time.sleep(600)"), 0.5, 1.0)
    first = next(steps)
    assert (first.share, first.words) == (0.5, "Starting a fresh process")
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        sleep(0.01)
    assert next(steps).words == "Running the script in a fresh process"
    steps.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_one_that_hangs_is_given_up(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "PATIENCE", 0.1)
    with pytest.raises(ExportFault, match="was given up"):
        fresh.waited(fresh.answered(folder, job(tmp_path, "import time; time.sleep(600)"), 0, 1))


def test_an_onnx_file_keeps_the_proof_of_the_process(trained: tuple, tmp_path: Path) -> None:
    document, analysis, live, samples = trained
    told: list[exports.Stage] = []
    path = tmp_path / "lenet.onnx"
    proof = exports.export("onnx", path, document, analysis, live, samples, tell=told.append)
    assert proof.program.startswith("onnxruntime ")
    assert (proof.samples, proof.files) == (4 + 5, (path,))
    assert 0 < proof.difference < 1e-5
    assert [stage.share for stage in told] == sorted(stage.share for stage in told)
    assert "Computing with it" in {stage.words for stage in told}
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    said = {p.key: p.value for p in model.metadata_props}
    assert json.loads(said["proof"])["difference"] == proof.difference
    assert said["title"] == "lenet"
    assert os.listdir(tmp_path) == ["lenet.onnx"]


@pytest.mark.usefixtures("in_this_process")
def test_a_program_of_torch_takes_any_number_of_samples(trained: tuple, tmp_path: Path) -> None:
    document, analysis, live, samples = trained
    path = tmp_path / "lenet.pt2"
    proof = exports.export("pt2", path, document, analysis, live, samples)
    assert proof.difference == 0
    extra = {"proof.json": "", "convstudio.json": ""}
    program = torch.export.load(path, extra_files=extra).module()
    assert json.loads(extra["proof.json"])["samples"] == proof.samples
    assert json.loads(extra["convstudio.json"])["convstudio_format"] == "1"
    with torch.no_grad():
        for count in (1, 7):
            batch = torch.rand(count, 1, 28, 28)
            assert torch.equal(program(batch), live(batch))
    assert zipfile.is_zipfile(path)


@pytest.mark.usefixtures("in_this_process")
def test_each_form_keeps_its_proof(trained: tuple, tmp_path: Path) -> None:
    document, analysis, live, samples = trained
    weights, source = tmp_path / "a.safetensors", tmp_path / "a.py"
    proof = exports.export("safetensors", weights, document, analysis, live, samples)
    with safe_open(weights, "pt") as opened:
        assert json.loads(opened.metadata()["proof"])["program"] == proof.program == f"PyTorch {torch.__version__}"
    exports.export("source", source, document, analysis, live, samples)
    assert "on 9 samples its scores\ndiffered from the network's by at most 0." in source.read_text(encoding="utf-8")


@pytest.mark.usefixtures("in_this_process")
def test_large_networks_are_tried_on_fewer_samples(trained: tuple) -> None:
    from convstudio.engine.exporting.proving import batches

    samples = np.zeros((16, 1, 2, 2), np.float32)
    assert [len(b) for b in batches(samples, (1, 2, 2), 1000)] == [16, 17]
    assert [len(b) for b in batches(samples, (1, 2, 2), 10**9)] == [2, 3]
    assert [len(b) for b in batches(samples, (1, 2, 2), 10**12)] == [1, 2]
    assert [len(b) for b in batches(samples[:0], (1, 2, 2), 1000)] == [1]


@pytest.mark.usefixtures("in_this_process")
def test_training_between_the_steps_changes_nothing(trained: tuple, tmp_path: Path) -> None:
    """What is written, and what it is compared with, is the network at the moment of the wish."""
    document, analysis, _, samples = trained
    live = build(document.network, analysis, 0)
    before = live.state_dict()["fc_3.bias"].clone()
    steps = exports.exporting("safetensors", tmp_path / "a.safetensors", document, analysis, live, samples)
    with torch.no_grad():
        live.get_parameter("fc_3.bias").add_(1)
    assert fresh.waited(steps).difference == 0
    with safe_open(tmp_path / "a.safetensors", "pt") as opened:
        assert torch.equal(opened.get_tensor("fc_3.bias"), before)


@pytest.mark.usefixtures("in_this_process")
def test_nothing_is_left_of_an_export_that_is_given_up(trained: tuple, tmp_path: Path) -> None:
    document, analysis, live, samples = trained
    steps: Iterator = exports.exporting("onnx", tmp_path / "a.onnx", document, analysis, live, samples)
    while (tmp_path / "a.onnx").exists() or len(os.listdir(tmp_path)) == 0:
        next(steps)
    steps.close()
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("in_this_process")
def test_a_protected_file_is_not_replaced(trained: tuple, tmp_path: Path) -> None:
    document, analysis, live, samples = trained
    path = tmp_path / "a.py"
    path.write_text("mine")
    path.chmod(0o444)
    with pytest.raises(ExportFault, match="write-protected"):
        exports.export("source", path, document, analysis, live, samples)
    assert path.read_text() == "mine"


@pytest.mark.usefixtures("in_this_process")
def test_what_a_killed_process_left_is_swept_away(trained: tuple, tmp_path: Path) -> None:
    """Once it is so old that nobody can be at work in it."""
    document, analysis, live, samples = trained
    old, new, other = (tmp_path / name for name in (".a.py.12.part", ".a.py.13.part", ".b.py.12.part"))
    for folder in (old, new, other):
        folder.mkdir()
        (folder / "a.py").touch()
    for folder in (old, other):
        os.utime(folder, (0, 0))
    exports.export("source", tmp_path / "a.py", document, analysis, live, samples)
    assert sorted(os.listdir(tmp_path)) == [".a.py.13.part", ".b.py.12.part", "a.py"]


def test_an_interrupted_export_leaves_nothing(trained: tuple, tmp_path: Path) -> None:
    """As Ctrl+C does on the command line, while the fresh process is at work."""
    document, analysis, live, samples = trained

    def interrupt(stage: exports.Stage) -> None:
        if "fresh process" in stage.words:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exports.export("source", tmp_path / "a.py", document, analysis, live, samples, tell=interrupt)
    assert os.listdir(tmp_path) == []


def test_a_packaged_program_tries_files_with_its_own_worker(
    trained: tuple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no Python to start; `worker --check` is the same fresh process, which then knows nothing of us."""
    monkeypatch.setattr(fresh.sys, "frozen", True, raising=False)
    program, *given = fresh._command(tmp_path)
    assert (program, given) == (sys.executable, ["worker", "--check", str(tmp_path)])
    monkeypatch.setattr(fresh, "_command", lambda folder: (program, "-m", "convstudio", *given[:2], str(folder)))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    document, analysis, live, samples = trained
    assert exports.export("onnx", tmp_path / "a.onnx", document, analysis, live, samples).difference < 1e-4
    with pytest.raises(ExportFault, match="import of convstudio halted"):
        fresh.waited(fresh.answered(tmp_path / "check", job(tmp_path, "import convstudio"), 0, 1))


def test_files_are_written_while_whoever_exports_does_other_things(tmp_path: Path) -> None:
    written = Event()
    steps = beside(Stage("Writing", 0.0), lambda: written.wait(20))
    assert [next(steps).words for _ in range(3)] == ["Writing"] * 3
    written.set()
    assert fresh.waited(steps) is True
    with pytest.raises(OSError, match="full"):
        fresh.waited(beside(Stage("Writing", 0.0), partial((tmp_path / "none" / "full").write_bytes, b"")))
