"""The real process: hello first, stdout that stray prints cannot break, and its ends, gentle and violent."""

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from convstudio.blocks import catalogue
from convstudio.commands.worker_client import WorkerProcess
from convstudio.engine import checkpoint, starting
from convstudio.engine.calibration import Choice
from convstudio.engine.checkpoint import Checkpoint
from convstudio.engine.project import analysed
from convstudio.engine.training import StepDone
from convstudio.network import file
from convstudio.protocol import messages as m
from convstudio.protocol.frames import MAX_FRAME, Splitter, event, frame

ROOT = Path(__file__).parents[2]
CHATTY = """
import os, sys
from convstudio.worker import process
hello = process.hello
def chatty():
    found = hello()
    print("a stray print")
    os.write(1, b"a stray write\\n")
    return found
process.hello = chatty
sys.exit(process.main())
"""
Text = Callable[..., str]


@pytest.fixture(autouse=True)
def _find_convstudio(monkeypatch: pytest.MonkeyPatch, workers_are_born: None) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    with WorkerProcess() as process:
        yield process


def answered(command: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    """What a process that ends by itself says to `data`.

    Its stdin stays open: at the end of that a worker has but a few seconds, too few to load torch on a busy machine.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(data)
        process.stdin.flush()
        said, errors = process.stdout.read(), process.stderr.read()
        return subprocess.CompletedProcess(command, process.wait(), said, errors)


def test_hello_comes_first_and_stray_prints_do_not_break_the_stream(document: Text) -> None:
    requests = frame(m.SetDocument(revision=1, text=document())) + frame(m.Quit())
    process = answered([sys.executable, "-c", CHATTY], requests)
    events = [event(body) for body in Splitter().feed(process.stdout)]
    hello, built = events
    assert isinstance(hello, m.Hello)
    assert (hello.protocol, hello.torch, hello.devices[0].name) == (1, str(torch.__version__), "cpu")
    assert isinstance(built, m.Built)
    assert {"a stray print", "a stray write"} <= set(process.stderr.decode().split("\n"))
    assert process.returncode == 0


def test_a_broken_frame_is_told_and_ends_the_worker(born: tuple[str, ...]) -> None:
    garbage = struct.pack("<I", MAX_FRAME + 1) + b"rest"
    process = answered([*born, "worker"], garbage)
    _, fault = (event(body) for body in Splitter().feed(process.stdout))
    assert isinstance(fault, m.Fault)
    assert (fault.about, fault.kind) == ("protocol", "internal")
    assert "do not understand each other" in fault.words
    assert process.returncode == 2
    assert process.stderr == b""


def test_a_worker_that_was_killed_in_a_step_is_continued_bitwise(
    worker: WorkerProcess, document: Text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, parts = str(tmp_path / "whole"), str(tmp_path / "parts")
    text = document(epochs=80)
    worker.send(m.SetDocument(revision=1, text=text), m.Train(run=1, folder=parts))
    worker.wait_for(m.Metrics)
    worker.send(m.Pause())
    worker.wait_for(m.State, lambda state: state.state == "paused")
    paused = checkpoint.load(Path(parts)).state["position"]["step"]
    worker.send(m.Resume())
    killed = worker.wait_for(m.Metrics, lambda metrics: metrics.step > paused).step
    worker.process.kill()
    assert worker.process.wait() != 0
    assert paused <= checkpoint.load(Path(parts)).state["position"]["step"] <= killed < 640
    with WorkerProcess() as second:
        second.send(m.Train(run=1, resume=parts))
        assert second.wait_for(m.Metrics).step > paused
        second.wait_for(m.State, lambda state: state.state == "finished")
    _undisturbed(text, Path(whole), checkpoint.load(Path(parts)), monkeypatch)
    first, second_ = checkpoint.load(Path(whole)), checkpoint.load(Path(parts))
    assert first.state["position"] == second_.state["position"]
    for part in ("weights", "optimiser"):
        a, b = first.state[part], second_.state[part]
        assert a.keys() == b.keys()
        assert all(torch.equal(a[name], b[name]) for name in a)


def _undisturbed(text: str, folder: Path, other: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole run at once, in the memory format that the other was measured to be fastest in."""
    same = Choice(other.run.threads, other.memory_format, {})
    monkeypatch.setattr(starting, "_choices", {})
    monkeypatch.setattr(starting, "calibrate", lambda *given: same)
    document = file.parse(text, catalogue())
    run = starting.start(document, analysed(document), folder)
    assert sum(isinstance(done, StepDone) for done in run.steps()) == 640
    run.keep()


def test_the_end_of_stdin_ends_a_run_with_a_checkpoint(worker: WorkerProcess, document: Text, folder: str) -> None:
    worker.send(m.SetDocument(revision=1, text=document(epochs=10_000)), m.Train(run=1, folder=folder))
    step = worker.wait_for(m.Metrics, lambda metrics: metrics.step > 20).step
    assert worker.process.stdin is not None
    worker.process.stdin.close()
    assert worker.process.wait(60) == 0
    assert checkpoint.load(Path(folder)).state["position"]["step"] >= step


@pytest.mark.skipif(os.name != "posix", reason="other systems have no signal that asks a process to end")
def test_a_signal_ends_a_run_with_a_checkpoint(worker: WorkerProcess, document: Text, folder: str) -> None:
    worker.send(m.SetDocument(revision=1, text=document(epochs=10_000)), m.Train(run=1, folder=folder))
    step = worker.wait_for(m.Metrics, lambda metrics: metrics.step > 20).step
    worker.process.terminate()
    assert worker.process.wait(60) == 0
    assert checkpoint.load(Path(folder)).state["position"]["step"] >= step


@pytest.mark.skipif(os.name != "posix", reason="other systems have no signal that asks a process to end")
def test_a_signal_ends_a_worker_that_waits(worker: WorkerProcess) -> None:
    worker.wait_for(m.Hello)
    worker.process.send_signal(signal.SIGINT)
    assert worker.process.wait(60) == 0


def test_a_window_that_reads_nothing_more_ends_the_worker(document: Text, born: tuple[str, ...]) -> None:
    """The pipe is closed while events are still written: a quiet end, no traceback."""
    command = [*born, "worker"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(frame(m.SetDocument(revision=1, text=document(epochs=10_000))) + frame(m.Train(run=1)))
        splitter = Splitter()
        while not any(isinstance(event(body), m.Metrics) for body in splitter.feed(process.stdout.read(4096))):
            pass
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
