"""The steps of the self-test: each does the real thing and says in a sentence what was found."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import msgspec
from msgspec import Struct

from convstudio import __version__
from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.commands.export import Format, exported
from convstudio.commands.failure import FailureError
from convstudio.commands.worker_client import Kind, WorkerProcess
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.numbers import grouped
from convstudio.protocol import messages as m

PARTS = ("torch", "PySide6-Essentials", "numpy", "onnx", "safetensors", "msgspec", "pyqtgraph")
EXAMPLE = "first-steps.convstudio"
STEPS = 10
"""So many steps of training are enough to see that training works."""


class Result(Struct, frozen=True):
    """How one step went."""

    name: str
    passed: bool
    words: str
    seconds: float


@dataclass
class Bag:
    """What one step leaves for the next: a folder of its own, and the document that is trained."""

    folder: Path
    document: Document = field(default_factory=Document)
    run: Path | None = None


Proof = Callable[[Bag], str]


def prove_all(tell: Callable[[Result], None]) -> list[Result]:
    """Take all steps, also after one failed, and `tell` of each."""
    results = []
    with tempfile.TemporaryDirectory(prefix="convstudio-self-test-") as folder:
        bag = Bag(Path(folder))
        for name, proof in PROOFS:
            results.append(_result(name, proof, bag))
            tell(results[-1])
    return results


def _result(name: str, proof: Proof, bag: Bag) -> Result:
    """Whatever goes wrong in a step, of which kind ever, is what the self-test is there to show."""
    started = perf_counter()
    try:
        passed, words = True, proof(bag)
    except Exception as error:
        passed, words = False, str(error) if isinstance(error, FailureError) else f"{type(error).__name__}: {error}"
    return Result(name, passed, words, round(perf_counter() - started, 2))


def versions(bag: Bag) -> str:
    """All parts are installed."""
    missing = [part for part in PARTS if _version(part) is None]
    if missing:
        raise FailureError(f"not installed: {', '.join(missing)}")
    found = ", ".join(f"{part} {_version(part)}" for part in PARTS)
    return f"ConvStudio {__version__}, Python {platform.python_version()} on {platform.system()}, {found}"


def _version(part: str) -> str | None:
    try:
        return version(part)
    except PackageNotFoundError:
        return None


def window(bag: Bag) -> str:
    """The real window opens offscreen; in a process of its own, so that a crash of Qt is an answer too."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(_window).result()
        except BrokenProcessPool as error:
            raise FailureError("the process of the window died") from error


def _window() -> str:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # of what a window in memory cannot do
    from convstudio.ui.self_test import window as opened

    return str(opened())


def example(bag: Bag) -> str:
    """All bundled examples open, and can be trained."""
    from convstudio.engine.project import analysed

    paths = sorted(asset("examples").glob("*.convstudio"))
    for path in paths:
        if errors := analysed(file.load(path, catalogue())).errors:
            raise FailureError(f"{path.name}: {errors[0].words}")
    found = file.load(asset("examples", EXAMPLE), catalogue())
    bag.document = replace(found, training=msgspec.structs.replace(found.training, epochs=1, device="cpu", threads=1))
    return f"{len(paths)} examples open without a problem"


def training(bag: Bag) -> str:
    """A real worker trains a few steps, reports them, and sends a picture."""
    view = m.View(block=_block_with_masks(bag.document), what="masks")
    with WorkerProcess() as worker:
        hello = worker.wait_for(m.Hello)
        worker.send(m.SetDocument(revision=1, text=file.dump(bag.document)), m.Watch(views=(view,)))
        picture = _wait(worker, m.Masks)
        worker.send(m.Train(run=1, folder=str(bag.folder / "run")))
        report = _wait(worker, m.Metrics, lambda metrics: metrics.step >= STEPS)
        worker.send(m.Stop())
        _wait(worker, m.State, lambda state: state.state in ("stopped", "finished"))
    bag.run = bag.folder / "run"
    shape = " × ".join(str(n) for n in picture.arrays[0].shape)
    return f"{report.step} steps by a worker with torch {hello.torch}; masks of {view.block}: {shape}"


def _wait(worker: WorkerProcess, kind: type[Kind], which: Callable[[Kind], bool] = lambda found: True) -> Kind:
    """The next event of that kind for which `which` holds. FailureError when a Fault comes before it."""
    while True:
        found = worker.event()
        if isinstance(found, m.Fault):
            raise FailureError(found.words)
        if isinstance(found, kind) and which(found):
            return found


def _block_with_masks(document: Document) -> str:
    return next(i for i, block in document.network.blocks.items() if block.layer.section == "Convolution")


def export(form: Format, bag: Bag) -> str:
    """The trained network is written in one format, loaded again, and computes the same."""
    if bag.run is None:
        raise FailureError("there is no trained network to export, because the training failed")
    path = bag.folder / f"model.{form}"
    proof = exported(bag.document, bag.run, form, path)
    size = grouped(path.stat().st_size)
    what = "losses of so many steps" if form == "script" else "scores of so many samples"
    return f"{size} bytes; {what} ({proof.samples}) differ by at most {proof.difference:.2g}, by {proof.program}"


PROOFS: tuple[tuple[str, Proof], ...] = (
    ("versions", versions),
    ("window", window),
    ("examples", example),
    ("training", training),
    ("export source", partial(export, "source")),
    ("export safetensors", partial(export, "safetensors")),
    ("export onnx", partial(export, "onnx")),
    ("export pt2", partial(export, "pt2")),
    ("export script", partial(export, "script")),
)
