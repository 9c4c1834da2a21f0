"""A worker without torch that speaks the real frames, and misbehaves as its argument says."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from convstudio.protocol.frames import Splitter, frame
from convstudio.protocol.frames import request as decoded
from convstudio.protocol.messages import (
    PROTOCOL,
    Array,
    Built,
    CancelExport,
    Credit,
    Device,
    Event,
    Export,
    ExportCancelled,
    Exported,
    Exporting,
    ExportPreview,
    Fault,
    Hello,
    Maps,
    Metrics,
    Pause,
    PreviewExport,
    Quit,
    Request,
    Resume,
    SetDocument,
    State,
    Stop,
    Train,
    View,
    Watch,
)


def main(manner: str) -> None:
    if manner == "silent death":
        sys.exit("the library is broken")
    say(Hello(protocol=99 if manner == "version" else PROTOCOL, torch="none", devices=DEVICES, process=os.getpid()))
    if manner == "flood":
        for step in range(20_000):
            say(metrics(0, step))
    splitter = Splitter()
    while data := os.read(0, 65536):
        for body in splitter.feed(data):
            answer(decoded(body), manner)


DEVICES = (Device("cpu", "CPU"), Device("cuda:0", "Fast card"))
_run = 0
_under_way = False


def answer(request: Request, manner: str) -> None:
    """React to a request; every request is also noted on stderr, so that a test can read the order."""
    print("got", type(request).__name__, getattr(request, "revision", ""), file=sys.stderr, flush=True)
    match request:
        case Quit():
            if manner == "deaf":
                time.sleep(3600)
            sys.exit(0)
        case SetDocument():
            say(Built(revision=request.revision, kept=(), fresh=()))
        case Train():
            train(request, manner)
        case Pause():
            say(State(run=_run, state="paused"))
        case Resume():
            say(State(run=_run, state="running"))
        case Stop() if manner != "deaf":
            stop()
        case Watch():
            for view in request.views:
                say(maps(view))
        case Credit():
            say(maps(request.view))
        case Export():
            export(request, manner)
        case PreviewExport():
            preview(request, manner)
        case CancelExport():
            say(ExportCancelled())


def train(request: Train, manner: str) -> None:
    global _run, _under_way
    _run, _under_way = request.run, True
    say(State(run=_run - 1, state="failed", message="an older run"))
    say(State(run=_run, state="preparing", message="measuring"))
    if request.folder and manner != "die at the start":
        checkpoint = Path(request.folder) / "checkpoint" / "state.json"
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        checkpoint.write_text(request.resume)
    say(State(run=_run, state="running", device="cpu", threads=2, folder=request.folder))
    say(metrics(_run - 1, 7))
    say(metrics(_run, 1))
    if manner == "not a number":
        say(Fault(about="run", kind="not_a_number", words="The loss is not a number.", run=_run, block="conv_1"))
        say(State(run=_run, state="failed"))
    if manner in ("die in run", "die at the start"):
        os.kill(os.getpid(), 9)
    if manner == "garbage in run":
        os.write(1, b"\x05\0\0\0hello")
        time.sleep(3600)


def stop() -> None:
    """As the real one: a run that is over is not stopped again."""
    global _under_way
    if _under_way:
        say(State(run=_run, state="stopped"))
    _under_way = False


def export(request: Export, manner: str) -> None:
    say(Exporting(words="Computing with it", share=0.5))
    if manner == "slow":
        return
    if manner == "full disk":
        say(Fault(about="export", kind="file", words="The disk is full."))
    else:
        say(Exported(format=request.format, path=request.path, difference=3e-8, samples=32, program="onnxruntime 1"))


def preview(request: PreviewExport, manner: str) -> None:
    if manner == "no preview":
        say(ExportPreview(format=request.format, fault="ONNX has no operator for that."))
    elif request.format == "onnx":
        rows = (("fc_1", "Gemm"), ("output_1", "Identity"))
        say(ExportPreview(format="onnx", caption="2 nodes.", head=("Node", "Operator"), rows=rows))
    else:
        text = f"class {request.name.title()}:\n    pass\n"
        say(ExportPreview(format=request.format, caption="A class.", text=text, trained=True))


def metrics(run: int, step: int) -> Metrics:
    one = Array("float32", (1,), b"\0\0\0\0")
    return Metrics(
        run=run,
        step=step,
        epoch=3,
        epochs=10,
        batch=121,
        batches=225,
        losses=one,
        hits=one,
        samples_per_second=12430.0,
        seconds_left=42.0,
        probe_share=0.01,
    )


def maps(view: View) -> Maps:
    return Maps(run=_run, step=1, view=view, maps=Array("uint8", (1, 1), b"\0"), low=0.0, high=1.0, total=1)


def say(event: Event) -> None:
    data = frame(event)
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
