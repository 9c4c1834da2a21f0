"""`torchrun … -m convstudio train`: two real processes train as one would, go on as they would, and end together.

Both processes run all three trainings one after the other.
"""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from convstudio.blocks import BatchNorm, Convolution, Dropout, SpatialDropout, catalogue
from convstudio.cli import main
from convstudio.commands import training_log
from convstudio.engine import checkpoint, checks, devices, sharing
from convstudio.engine.devices import DeviceFault
from convstudio.engine.progress import Unfit
from convstudio.engine.sharing import Part, linked
from convstudio.engine.team import ALONE, Team
from convstudio.network import edits, file
from convstudio.network.training_settings import TrainingSettings
from convstudio.runs import entry
from convstudio.runs.metrics import metrics

ROOT = Path(__file__).parents[2]
SETTINGS = ["--batch-size", "23", "--gradient-clipping", "1", "--memory-format", "contiguous"]
BOTH = """
import os, sys
from convstudio.cli import main
from convstudio.engine.run import Run

def dying(self, steps=Run.steps):
    for done in steps(self):
        if self.trainer.step == 3:
            os._exit(7)
        yield done

def train(port, *given):
    os.environ["MASTER_PORT"] = port
    return main(["train", *given])

first, second, third, *settings = sys.argv[1:]
codes = [train(first, "tiny.convstudio", "--out", "two", "--epochs", "1", "--json", *settings)]
codes += [train(second, "--resume", "two", "--epochs", "2", "--json")]
if os.environ["RANK"] == "1":
    Run.steps = dying
codes += [train(third, "tiny.convstudio", "--out", "broken", *settings)]
sys.exit(0 if codes == [0, 0, 1] else f"{codes}")
"""


@pytest.fixture
def normalised(project) -> Path:
    """160 samples, with a batch normalisation and both kinds of dropout. (A bias before the normalisation has no
    gradient but noise, of which Adam makes steps.)"""
    path = project(conv_1=Convolution(channels=2, mask=(5,), stride=(4,), padding="none", bias=False))
    document = file.load(path, catalogue())
    network, _ = edits.insert_before(document.network, "flatten_1", "in", BatchNorm())
    network, _ = edits.insert_before(network, "flatten_1", "in", SpatialDropout())
    network, _ = edits.insert_before(network, "flatten_1", "in", Dropout())
    file.save(path, replace(document, network=network))
    return path


def ports() -> list[str]:
    """Three that nobody listens at."""
    sockets = [socket.socket() for _ in range(3)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    found = [str(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return found


def together(python: Sequence[str], code: str, *arguments: str) -> list[tuple[int, str, str]]:
    """Exit code, stdout and stderr of two processes that are told what torchrun would tell them."""
    shared = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(
            [*python, "-c", code, *arguments],
            env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    texts = [process.communicate(timeout=100) for process in started]
    return [(process.returncode, *text) for process, text in zip(started, texts, strict=True)]


@pytest.mark.usefixtures("normalised")
def test_two_processes_train_as_one_and_end_together(born_python, capsys) -> None:
    """The last batch of each epoch has 22 samples, all others 23."""
    (code, out, err), other = together(born_python, BOTH, *ports(), *SETTINGS)
    assert main(["train", "tiny.convstudio", "--out", "one", "--epochs", "2", *SETTINGS]) == 0

    assert code == 0, err
    assert other[:2] == (7, "")
    outcomes = json.loads(f"[{out.replace('}', '},', 1)}]")
    assert [outcome["epoch"] for outcome in outcomes] == [1, 2]
    one, two = metrics(Path("one")), metrics(Path("two"))
    assert [row["step"] for row in one] == [row["step"] for row in two]
    assert len(Path("two", "metrics.jsonl").read_text().splitlines()) == len(two)
    for mine, theirs in zip(one, two, strict=True):
        assert {k: pytest.approx(v, abs=1e-5) for k, v in mine.items()} == theirs
    weights, theirs = checkpoint.weights(Path("one")), checkpoint.weights(Path("two"))
    assert all(torch.allclose(weights[n].float(), theirs[n].float(), atol=1e-5) for n in weights)
    assert (checkpoint.facts(Path("two")).processes, entry.read(Path("two")).summary.device) == (2, "cpu × 2")
    assert err.count("epoch 1: ") == 1

    assert err.splitlines()[-1].startswith("convstudio: process 1 of 2: Another process of this training has ended")
    assert "Traceback" not in err + other[2]
    assert entry.read(Path("broken")).state() == "failed"

    capsys.readouterr()
    assert "goes on with" not in err
    assert main(["train", "--resume", "two"]) == 0
    assert "trained by 2 processes until here, and goes on with 1 process" in capsys.readouterr().err


@pytest.mark.parametrize(("size", "count"), [(22, 2), (23, 3), (2, 3), (0, 2)])
def test_the_shares_of_a_batch_are_the_batch(size: int, count: int) -> None:
    parts = [Team(rank, count).share(size) for rank in range(count)]
    assert [n for part in parts for n in range(size)[part]] == list(range(size))
    lengths = [part.stop - part.start for part in parts]
    assert max(lengths) - min(lengths) <= 1


def test_one_process_has_all_and_waits_for_nobody() -> None:
    assert (ALONE.share(7), ALONE.told((3, 1)), ALONE.words("cpu")) == (slice(0, 7), (3, 1), "cpu")
    assert ALONE.mean(torch.tensor([1.0, 2.0])) == 1.5


@pytest.mark.parametrize("norm", [nn.BatchNorm2d(3), nn.BatchNorm2d(3, affine=False, momentum=None)])
def test_a_shared_normalisation_is_torchs(norm: nn.BatchNorm2d, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one process; samples behind those that count change nothing."""
    monkeypatch.setattr(sharing.dist, "all_reduce", lambda numbers: None)
    plain, values = copy.deepcopy(norm), torch.randn(6, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    link = linked(norm, ALONE)
    mine, theirs = (values[:5].clone().requires_grad_() for _ in range(2))
    with link.of(Part(0, 5, 5)):
        found = norm(torch.cat([mine, values[5:]]))[:5]
    expected = plain(theirs)
    assert torch.allclose(found, expected, atol=1e-6)
    for result in (found, expected):
        result.sigmoid().square().mean().backward()
    assert torch.allclose(mine.grad, theirs.grad, atol=1e-7)
    for name, value in plain.state_dict().items():
        assert torch.allclose(norm.state_dict()[name], value, atol=1e-6), name
    assert torch.allclose(norm.eval()(values), plain.eval()(values), atol=1e-5)


@pytest.mark.parametrize("form", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("dropout", [nn.Dropout(0.3), nn.Dropout2d(0.3)])
def test_the_parts_of_a_dropout_are_that_of_the_whole_batch(dropout: nn.Module, form: torch.memory_format) -> None:
    values = torch.randn(5, 3, 4, 4).to(memory_format=form)
    torch.manual_seed(7)
    whole = dropout(values)
    shared, found = copy.deepcopy(dropout), []
    link = linked(shared, ALONE)
    for start, end in ((0, 2), (2, 5)):
        torch.manual_seed(7)
        with link.of(Part(start, end - start, 5)):
            found.append(shared(values[start:end]))
    assert torch.equal(torch.cat(found), whole)
    assert torch.equal(shared.eval()(values), values)


def test_a_team_passes_over_the_second_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes from torchrun; one process is interrupted by it, which the tests of `train` show."""
    monkeypatch.setattr(training_log.team, "own", lambda: Team(0, 2))
    with training_log.stoppable() as asked:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert asked.number == signal.SIGINT


def test_a_batch_smaller_than_the_processes_is_refused() -> None:
    with pytest.raises(Unfit, match="A batch of 3 cannot be divided among 4 processes"):
        checks.shares(TrainingSettings(batch_size=3), Team(0, 4))


def test_each_process_needs_a_graphics_card_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 1)
    with pytest.raises(DeviceFault, match="This is process 2 on this machine, and there are 1 graphics cards"):
        Team(1, 2, 1).device(torch.device("cuda:0"))
    with pytest.raises(DeviceFault, match="Add --device cpu"):
        Team(1, 2, 1).device(torch.device("mps"))
    assert Team(1, 2, 1).device(torch.device("cpu")) == torch.device("cpu")


def test_processes_on_one_machine_share_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = devices.cpu_cores()
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert devices.cpu_cores() == max(1, alone // 2)
