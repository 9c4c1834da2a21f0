"""`convstudio train` and `convstudio export`, over the real engine."""

import argparse
import errno
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from msgspec import inspect, structs

from chains import chain
from convstudio.blocks import FullyConnected, Input, Output, Pointwise
from convstudio.commands import settings
from convstudio.commands.training_log import Tally
from convstudio.engine import checkpoint, run_folder, starting, team
from convstudio.engine.calibration import Choice
from convstudio.engine.memory import MemoryFault
from convstudio.engine.run import Run
from convstudio.network import file
from convstudio.network.document import DataChoice, Document
from convstudio.network.training_settings import TrainingSettings
from convstudio.runs import entry
from convstudio.runs import metrics as metrics_file
from convstudio.runs.metrics import metrics
from convstudio.templates import TEMPLATES

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _always_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread and one memory format: what is fastest is measured, and would differ from run to run."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(False)  # a trainer switches it on, and then 0.0 counts as more than 0 for msgspec
    monkeypatch.setattr(starting, "_choices", {})
    monkeypatch.setattr(starting, "calibrate", lambda *given: Choice(1, torch.contiguous_format, {}))


def test_training_ends_with_one_line_that_names_its_figures(convstudio, project) -> None:
    answer = convstudio("train", project(), "--out", "run")
    assert answer.code == 0
    assert re.fullmatch(
        r"training loss \d\.\d{4}, training accuracy \d+\.\d% \(means over the steps of epoch 2\); "
        r"validation loss \d\.\d{4}, validation accuracy \d+\.\d% \(after 2 of 2 epochs\); "
        r"finished at step 16; run in run\n",
        answer.out,
    )
    assert [line.partition(":")[0] for line in answer.err.splitlines()][1:] == ["epoch 0", "epoch 1", "epoch 2"]


def test_the_figures_are_those_of_the_metrics(convstudio, project) -> None:
    outcome = json.loads(convstudio("train", project(), "--out", "run", "--json").out)
    rows = metrics(Path("run"))
    last = [row for row in rows if row["epoch"] == 2 and "loss" in row]
    assert len(last) == 8
    assert outcome["training_loss"] == pytest.approx(sum(row["loss"] for row in last) / 8)
    assert outcome["training_accuracy"] == pytest.approx(sum(row["accuracy"] for row in last) / 8)
    assert outcome["validation_loss"] == rows[-1]["validation_loss"]
    assert [row["step"] for row in rows] == [0, *range(1, 9), 8, *range(9, 17), 16]
    assert (outcome["step"], outcome["epoch"], outcome["signal"], outcome["device"]) == (16, 2, 0, "cpu")


def test_without_out_each_run_gets_a_folder_of_its_own_among_the_windows(convstudio, project, own_runs) -> None:
    path = project()
    for name in ("tiny", "Second try"):
        assert convstudio("train", path, "--epochs", 1, *(("--name", name) if name != "tiny" else ())).code == 0
    assert [p.name for p in Path().iterdir()] == ["tiny.convstudio"]
    assert {folder.name[18:] for folder in own_runs.iterdir()} == {"tiny", "second-try"}
    assert {entry.read(folder).name for folder in own_runs.iterdir()} == {"tiny", "Second try"}


def test_other_settings_go_into_the_run_and_not_into_the_project(convstudio, project) -> None:
    path = project()
    before = path.read_bytes()
    given = ["--epochs", 1, "--batch-size", 40, "--learning-rate", 0.5, "--optimiser", "sgd", "--seed", 7]
    assert convstudio("train", path, "--out", "run", *given).code == 0
    training = starting.own_document(Path("run")).training
    assert (training.epochs, training.batch_size, training.learning_rate) == (1, 40, 0.5)
    assert (training.optimiser, training.seed) == ("sgd", 7)
    assert len([row for row in metrics(Path("run")) if "loss" in row]) == 4
    assert path.read_bytes() == before


def others() -> list[tuple[str, str, object]]:
    """Part of the document, name and another value than the usual, for every setting of the Training tab."""
    found = []
    for part, kind in (("training", TrainingSettings), ("data", DataChoice)):
        usual = kind()
        for field in inspect.type_info(kind).fields:
            was, form = getattr(usual, field.name), field.type
            while isinstance(form, inspect.Metadata):
                form = form.type
            if isinstance(form, inspect.LiteralType):
                value = next(word for word in form.values if word != was)
            else:
                value = {bool: True, int: 3, float: 0.25, str: "cuda:1"}[type(was)]
            found.append((part, field.name, value))
    return found


@pytest.mark.parametrize(("part", "name", "value"), others(), ids=lambda value: str(value))
def test_every_setting_of_the_training_tab_has_an_option(part, name, value) -> None:
    parser = argparse.ArgumentParser()
    settings.declare_settings(parser)
    option = settings.option({"training": TrainingSettings, "data": DataChoice}[part], name)
    given = parser.parse_args([option] if value is True else [option, str(value)])
    document = settings.overridden(Document(), given)
    assert getattr(getattr(document, part), name) == value
    assert document == replace(Document(), **{part: structs.replace(getattr(Document(), part), **{name: value})})


def test_other_data_can_be_named(convstudio, project) -> None:
    answer = convstudio("train", project(), "--data-set", "grapes")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "There is no data set called 'grapes'" in answer.err
    assert convstudio("train", project(), "--validation-share", 0.85, "--epochs", 1, "--out", "run").code == 0
    assert starting.own_document(Path("run")).data.validation_share == 0.85


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--validation-share", 2),
        ("--split-seed", -1),
        ("--epochs", 0),
        ("--batch-size", -1),
        ("--learning-rate", 0),
        ("--optimiser", "magic"),
        ("--device", "GPU!"),
    ],
)
def test_a_setting_out_of_its_limits_is_exit_code_2(convstudio, project, option, value) -> None:
    answer = convstudio("train", project(), option, value)
    assert answer.code == 2
    assert answer.err.startswith(f"convstudio: {option}: ")
    assert answer.err.count("\n") == 1
    assert ("One of: adagrad, adam, adamw, rmsprop, sgd." in answer.err) == (option == "--optimiser")
    assert [p.name for p in Path().iterdir()] == ["tiny.convstudio"]


def test_a_network_with_errors_is_not_trained(convstudio, project) -> None:
    answer = convstudio("train", project(fc_1=FullyConnected(channels=3)), "--out", "run")
    assert answer.code == 1
    assert answer.err.startswith("convstudio: output_1: ")
    assert not Path("run").exists()


def test_a_device_that_is_not_there_is_named(convstudio, project) -> None:
    answer = convstudio("train", project(), "--device", "cuda:77")
    assert answer.code == 1
    assert "cuda:77" in answer.err


def test_losses_that_run_away_are_one_line(convstudio, project) -> None:
    given = ["--optimiser", "sgd", "--learning-rate", 100, "--epochs", 400, "--batch-size", 160]
    path = project()
    path.write_text(path.read_text().replace('"weight_decay": 0.0', '"weight_decay": 10.0'))
    answer = convstudio("train", path, *given)
    assert answer.code == 1
    assert "is not a finite number" in answer.err.splitlines()[-1]


def test_a_run_goes_on_for_more_epochs_bitwise(convstudio, project) -> None:
    path = project()
    convstudio("train", path, "--out", "parts")
    assert convstudio("train", path, "--resume", "parts", "--epochs", 3).code == 0
    convstudio("train", path, "--out", "whole", "--epochs", 3)
    parts, whole = checkpoint.weights(Path("parts")), checkpoint.weights(Path("whole"))
    assert all(torch.equal(parts[name], whole[name]) for name in whole)
    assert metrics(Path("parts")) == metrics(Path("whole"))


@pytest.mark.parametrize(("option", "word"), [(("--seed", 3), "seed"), (("--batch-size", 3), "batch size")])
def test_a_run_does_not_go_on_with_other_settings(convstudio, project, option, word) -> None:
    path = project()
    convstudio("train", path, "--out", "run")
    answer = convstudio("train", path, "--resume", "run", *option)
    assert answer.code == 1
    assert f"another {word}" in answer.err


def test_a_run_that_is_complete_has_nothing_left_to_do(convstudio, project) -> None:
    path = project()
    convstudio("train", path, "--out", "run")
    answer = convstudio("train", path, "--resume", "run")
    assert (answer.code, answer.out) == (0, "finished at step 16; run in run\n")


@pytest.mark.parametrize("given", [("--resume", "a", "--out", "b"), ("--resume", "a", "--name", "b"), ()])
def test_what_makes_no_sense_together_is_exit_code_2(convstudio, given) -> None:
    answer = convstudio("train", *given)
    assert (answer.code, answer.err.count("\n")) == (2, 1)


def test_a_folder_without_a_run_cannot_be_resumed(convstudio, project) -> None:
    answer = convstudio("train", project(), "--resume", "nowhere")
    assert answer.code == 1
    assert answer.err.startswith("convstudio: There is no run called nowhere, here or in ")
    Path("nowhere").mkdir()
    answer = convstudio("train", project(), "--resume", "nowhere")
    assert (answer.code, answer.err) == (1, "convstudio: There is no checkpoint in nowhere.\n")


def test_a_run_whose_data_have_changed_goes_on_only_when_told_to(convstudio, project) -> None:
    path, folder = project(), Path("run")
    convstudio("train", path, "--out", folder)
    kept = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(kept | {"data": "of other samples"}))
    answer = convstudio("train", "--resume", folder, "--epochs", 3)
    assert answer.code == 1
    assert "has changed since the run in run was kept" in answer.err
    assert answer.err.endswith("With --other-data it goes on all the same.\n")
    assert convstudio("train", "--resume", folder, "--epochs", 3, "--other-data").code == 0
    assert json.loads((folder / "run.json").read_text())["data"] == kept["data"]


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to itself")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_between_two_steps_and_the_run_goes_on_bitwise(
    convstudio, project, monkeypatch, number, code
) -> None:
    """The signal comes when the fifth step is done, from within this process, so nothing depends on timing."""
    steps = Run.steps

    def interrupted(self):
        for done in steps(self):
            if self.trainer.step == 5:
                os.kill(os.getpid(), number)
            yield done

    monkeypatch.setattr(Run, "steps", interrupted)
    before = signal.getsignal(number)
    answer = convstudio("train", project(), "--out", "run", "--json")
    outcome = json.loads(answer.out)
    assert (answer.code, outcome["signal"], outcome["step"]) == (code, number, 5)
    assert (outcome["epoch"], outcome["validated_epoch"]) == (1, 0)
    assert checkpoint.load(Path("run")).state["position"]["step"] == 5
    assert signal.getsignal(number) is before
    assert entry.read(Path("run")).state() == "stopped"
    monkeypatch.setattr(Run, "steps", steps)
    assert convstudio("train", "--resume", "run").code == 0
    assert convstudio("train", project(), "--out", "whole").code == 0
    parts, whole = checkpoint.weights(Path("run")), checkpoint.weights(Path("whole"))
    assert all(torch.equal(parts[name], whole[name]) for name in whole)
    assert metrics(Path("run")) == metrics(Path("whole"))


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to itself")
def test_a_second_interrupt_does_not_wait(convstudio, project, monkeypatch) -> None:
    def twice(self):
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        yield from ()

    monkeypatch.setattr(Run, "steps", twice)
    answer = convstudio("train", project(), "--out", "run")
    assert (answer.code, answer.err.splitlines()[-1]) == (130, "convstudio: interrupted")


def test_a_process_whose_torchrun_was_killed_stops_and_keeps_its_run(convstudio, project, monkeypatch) -> None:
    def left_alone(self):
        for done in steps(self):
            if self.trainer.step == 3:
                monkeypatch.setattr(team, "LAUNCHER", os.getppid() + 1)
            yield done

    steps = Run.steps
    monkeypatch.setattr(team, "LAUNCHER", os.getppid())
    monkeypatch.setattr(Run, "steps", left_alone)
    answer = convstudio("train", project(), "--out", "run", "--json")
    assert (answer.code, json.loads(answer.out)["step"]) == (128 + signal.SIGTERM, 3)
    assert checkpoint.position(Path("run")).step == 3


def test_a_run_is_listed_while_it_prepares_and_when_that_fails(convstudio, project, monkeypatch) -> None:
    seen = []

    def failing(*given):
        seen.append(entry.read(Path("run")).state())
        raise MemoryFault("The memory would not do.")

    monkeypatch.setattr(starting, "build", failing)
    assert convstudio("train", project(), "--out", "run", "--name", "Early").code == 1
    found = entry.read(Path("run"))
    assert (seen, found.state(), found.name) == (["running"], "failed", "Early")


def test_a_place_that_cannot_be_written_is_a_sentence(convstudio, project) -> None:
    path = project()
    answer = convstudio("train", path, "--out", path / "run")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert answer.err.startswith(f"convstudio: The run cannot be kept in {path / 'run'}: not a directory.")


def test_a_full_disk_is_a_sentence_and_the_run_goes_on_from_its_last_checkpoint(
    convstudio, project, monkeypatch
) -> None:
    """The disk is full after the first epoch."""

    def full(folder, rows):
        rows = list(rows)
        if any(row["step"] > 8 for row in rows):
            raise OSError(errno.ENOSPC, "No space left on device", str(folder / "metrics.jsonl"))
        record(folder, rows)

    record = metrics_file.record
    monkeypatch.setattr(metrics_file, "record", full)
    path = project()
    answer = convstudio("train", path, "--out", "run")
    assert answer.code == 1
    assert answer.err.splitlines()[-1] == (
        "convstudio: The run cannot be kept in run: no space left on device. Make room; --resume goes on from its last "
        "checkpoint."
    )
    assert "Traceback" not in answer.err
    monkeypatch.setattr(metrics_file, "record", record)
    assert convstudio("train", "--resume", "run").code == 0
    convstudio("train", path, "--out", "whole")
    assert metrics(Path("run")) == metrics(Path("whole"))


@pytest.mark.parametrize("there", [[], ["notes.txt"]])
@pytest.mark.parametrize("last", ["document.convstudio", "summary.json", "weights.safetensors"])
def test_a_disk_without_room_for_the_beginning_of_a_run_keeps_nothing_of_it(
    convstudio, project, monkeypatch, there: list[str], last: str
) -> None:
    """The disk is full when `last` is to be written."""

    def small(path: Path, data: bytes) -> None:
        if path.name == last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written(path, data)

    path, written = project(), file.write_atomically
    for module in (file, run_folder):
        monkeypatch.setattr(module, "write_atomically", small)
    for name in there:
        Path("run").mkdir()
        Path("run", name).write_text("mine")
    answer = convstudio("train", path, "--out", "run")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert answer.err.startswith("convstudio: The run cannot be kept in run: no space left on device.")
    assert (sorted(os.listdir("run")) if Path("run").exists() else []) == there


def test_a_terminal_gets_a_bar(convstudio, project, monkeypatch) -> None:
    from convstudio.commands import training_display

    class Terminal:
        """stderr as it is, except that it says it is a terminal."""

        def __init__(self, stream) -> None:
            self._stream = stream

        def isatty(self) -> bool:
            return True

        def __getattr__(self, name):
            return getattr(self._stream, name)

    monkeypatch.setattr(sys, "stderr", Terminal(sys.stderr))
    monkeypatch.setattr(training_display.sys, "stderr", sys.stderr)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    answer = convstudio("train", project(), "--out", "run")
    assert answer.code == 0
    assert "epoch 2/2, batch 8/8" in answer.err
    assert "images/s" in answer.err
    assert "0:00 left" in answer.err


def test_the_tally_is_of_one_epoch() -> None:
    import numpy as np

    from convstudio.engine.training import Progress

    def progress(epoch: int, *losses: float) -> Progress:
        found = np.array(losses, np.float32)
        return Progress(1, epoch, 2, 1, 9, found, found, 0.0, 0.0, found)

    tally = Tally()
    for part in (progress(1, 1.0, 2.0), progress(2, 4.0), progress(2), progress(2, 6.0)):
        tally.read(part)
    assert tally.losses == [4.0, 6.0]


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("form", ["onnx", "source", "safetensors", "pt2", "script"])
def test_a_run_is_exported_with_its_proof(convstudio, project, form) -> None:
    path = project()
    convstudio("train", path, "--out", "run", "--epochs", 1)
    answer = convstudio("export", path, "--run", "run", "--format", form, "-o", f"model.{form}", "--json")
    proof = json.loads(answer.out)
    assert answer.code == 0
    assert proof["difference"] < 1e-4
    assert proof["samples"] == (3 if form == "script" else 129)
    assert proof["trained"]
    assert Path(f"model.{form}").stat().st_size > 100


@pytest.mark.usefixtures("in_this_process")
def test_the_proof_is_printed(convstudio, project) -> None:
    path = project()
    convstudio("train", path, "--out", "run", "--epochs", 1)
    answer = convstudio("export", path, "--run", "run", "--format", "source", "-o", "model.py")
    assert re.fullmatch(
        r"model\.py written and tried in a fresh process \(PyTorch .*\): .* at most \S+ on \d+ samples\.\n", answer.out
    )


@pytest.mark.usefixtures("in_this_process")
def test_an_untrained_network_is_exported_and_said_to_be_so(convstudio, project) -> None:
    path = project()
    answer = convstudio("export", path, "--format", "safetensors", "-o", "model.safetensors")
    assert answer.code == 0
    assert answer.out.endswith("samples. The weights are untrained: no --run.\n")
    answer = convstudio("export", path, "--format", "script", "-o", "train.py", "--title", "Gratings", "--json")
    facts = json.loads(answer.out)
    assert [Path(name).name for name in facts["files"]] == ["train.py", "train-data.npz"]
    assert (facts["trained"], facts["difference"]) == (False, 0)
    assert Path("train.py").read_text(encoding="utf-8").startswith('"""Trains Gratings on Oriented gratings.')


@pytest.mark.usefixtures("qapp")
def test_papers_are_drawn_without_a_window(convstudio, project) -> None:
    path = project()
    convstudio("train", path, "--out", "run", "--epochs", 1)
    facts = json.loads(convstudio("export", path, "--run", "run", "--format", "card", "-o", "card", "--json").out)
    assert sorted(map(Path, facts["files"])) == [Path("card", n) for n in ("README.md", "curves.svg", "network.svg")]
    assert "| Validation accuracy |" in Path("card/README.md").read_text(encoding="utf-8")
    assert Path("card/README.md").read_text(encoding="utf-8").startswith("# tiny\n")
    for name, begin in (("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")):
        assert convstudio("export", path, "--format", "picture", "--dark", "-o", name).out == f"{name} written\n"
        assert Path(name).read_bytes().startswith(begin)
    for name, begin in (("a.md", "| Block |"), ("a.tex", r"\begin{tabular}"), ("a.csv", "Block,")):
        assert convstudio("export", path, "--format", "table", "-o", name).code == 0
        assert Path(name).read_text(encoding="utf-8").startswith(begin)


def test_papers_that_cannot_be_are_said(convstudio, project) -> None:
    path = project()
    answer = convstudio("export", path, "--format", "picture", "-o", "a.gif")
    assert (answer.code, "ends with .svg, .pdf or .png" in answer.err) == (2, True)
    answer = convstudio("export", path, "--format", "table", "-o", "no/such/a.md")
    assert (answer.code, "no such file or directory" in answer.err) == (1, True)


def test_a_broken_network_is_not_exported(convstudio, project) -> None:
    path = project("broken", fc_1=FullyConnected(channels=9))
    answer = convstudio("export", path, "--format", "onnx", "-o", "model.onnx")
    assert answer.code == 1
    assert "9" in answer.err
    assert not Path("model.onnx").exists()


def test_the_weights_of_another_network_are_not_exported(convstudio, project) -> None:
    convstudio("train", project(), "--out", "run", "--epochs", 1)
    other = project("other", fc_1=FullyConnected(channels=8, bias=False))
    answer = convstudio("export", other, "--run", "run", "--format", "onnx", "-o", "model.onnx")
    assert answer.code == 1
    assert "is of another network" in answer.err
    assert not Path("model.onnx").exists()


def test_the_command_trains_in_a_process_of_its_own(project) -> None:
    command = [sys.executable, "-m", "convstudio", "train", str(project()), "--epochs", "1", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=120
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["step"] == 8


def test_a_project_without_data_is_not_trained(convstudio, tmp_path: Path) -> None:
    path = tmp_path / "lenet.convstudio"
    file.save(path, next(t for t in TEMPLATES if t.name == "lenet-5").as_published())
    answer = convstudio("train", path, "--out", tmp_path / "run")
    assert answer.code == 1
    assert "no data set is chosen" in answer.err
    assert not (tmp_path / "run").exists()
    assert convstudio("describe", path).code == 0


@pytest.mark.usefixtures("in_this_process")
def test_a_run_that_names_pixels_prints_its_mean_iou(convstudio, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    network = chain(Input(channels=3, axes=(32, 32)), Pointwise(channels=6), Output())
    path = tmp_path / "pixels.convstudio"
    training = TrainingSettings(epochs=1, batch_size=50, device="cpu", threads=1)
    file.save(path, Document(network, DataChoice(name="shapes-outlines", validation_share=0.9), training))
    answer = convstudio("train", path, "--out", "run", "--json")
    outcome = json.loads(answer.out)
    assert 0 < outcome["validation_mean_iou"] < outcome["validation_accuracy"] < 1
    assert "mean IoU" in answer.err
    assert metrics(tmp_path / "run")[-1]["validation_mean_iou"] == outcome["validation_mean_iou"]
    assert convstudio("describe", path).code == 0
    for form in ("source", "safetensors", "onnx"):
        assert convstudio("export", path, "--run", "run", "--format", form, "-o", f"net.{form}").code == 0
