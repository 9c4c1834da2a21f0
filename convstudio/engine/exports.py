"""Taking a network away: written aside, tried in a fresh process, compared with the live network, then put in place."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio import codegen
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.devices import Way
from convstudio.engine.exporting import forms, fresh, proving, script_form
from convstudio.engine.exporting.beside import beside
from convstudio.engine.exporting.checker import BATCHES
from convstudio.engine.exporting.job import ExportFault, Format, Job, Proof, Stage, Steps
from convstudio.engine.exporting.wording import in_words
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.facts import Analysis

__all__ = ["ExportFault", "Format", "Proof", "Stage", "Steps", "Way", "export", "exporting"]

ALONE = Way()
"""On one thread of the CPU."""
FORMS: dict[Format, forms.Form] = {
    "source": forms.Source(),
    "safetensors": forms.Weights(),
    "onnx": forms.Onnx(),
    "pt2": forms.Program(),
    "script": script_form.Script(),
}


def export(
    format: Format,
    path: Path,
    document: Document,
    analysis: Analysis,
    live: LiveNetwork,
    samples: NDArray[np.float32],
    *,
    title: str = "",
    classes: Sequence[str] = (),
    way: Way = ALONE,
    tell: Callable[[Stage], None] | None = None,
) -> Proof:
    """Write the network with its weights as `path`, and prove that the file computes what `live` does.

    The written file is loaded in a fresh process that knows nothing of us, and run on `samples`, float32
    (n, channels, *axes), and on a random batch of another size. A file that was at `path` before is replaced only
    after that. `live`, its mode and torch's random state are left as they were. `tell` hears of each stage.
    ExportFault when anything fails or the results differ by more than 1e-4; then nothing is left of the new file.
    """
    steps = exporting(format, path, document, analysis, live, samples, title=title, classes=classes, way=way)
    proof: Proof = fresh.waited(steps, tell)
    return proof


def exporting(
    format: Format,
    path: Path,
    document: Document,
    analysis: Analysis,
    live: LiveNetwork,
    samples: NDArray[np.float32],
    *,
    title: str = "",
    classes: Sequence[str] = (),
    way: Way = ALONE,
) -> Steps[Proof]:
    """The same in steps, between which `live` may train on: its weights are those of this moment.

    When the generator is closed before its end, nothing is left of the new file.
    """
    with in_words(path):
        source = codegen.source(document.network, analysis, path.stem, title)
        state = _state(live)
        reference = _reference(document, analysis, live, state)
        batches = proving.batches(samples, reference.sample.dims, analysis.multiply_adds)
        expected = tuple(proving.scores(reference, batch) for batch in batches)
        target = Path(os.path.realpath(path))  # a link stays a link
        folder = target.with_name(f".{target.name}.{os.getpid()}.part")
        name = title or path.stem
        job = Job(document, analysis, path.stem, name, tuple(classes), state, source, batches, expected, way, folder)
    return _written(format, path, target, job)


def _written(format: Format, path: Path, target: Path, job: Job) -> Steps[Proof]:
    """Write aside, prove, rename; whatever happens, nothing half-written stays."""
    if path.is_dir():
        raise ExportFault(f"{path} is a folder. Choose a name for the file.")
    staged = job.folder / target.name
    with in_words(path):
        try:
            yield Stage("Writing the file", 0.0)
            _require_writable(target)
            _sweep(target)
            job.folder.mkdir()
            job.check.mkdir()
            np.savez(job.check / BATCHES, *job.batches)
            form = FORMS[format]
            proof = yield from form.made(job, staged)
            yield from beside(Stage("Keeping the file", 0.95), partial(form.stamp, staged, proof))
            shutil.rmtree(job.check)
            return replace(proof, files=_put_in_place(job.folder, target))
        finally:
            shutil.rmtree(job.folder, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what killed processes left beside `target` long ago; what may still be at work is not touched."""
    name = re.compile(re.escape(f".{target.name}.") + r"\d+\.part")
    for entry in target.parent.iterdir():
        if name.fullmatch(entry.name) and entry.stat().st_mtime < time() - file.STALE:
            shutil.rmtree(entry, ignore_errors=True)


def _put_in_place(folder: Path, target: Path) -> tuple[Path, ...]:
    """Move all files of the folder beside `target`, that itself last; gives where they are."""
    names = sorted((name for name in os.listdir(folder)), key=lambda name: name == target.name)
    for name in names:
        _require_writable(target.with_name(name))
    for name in names:
        os.replace(folder / name, target.with_name(name))
    return tuple(target.with_name(name) for name in reversed(names))


def _require_writable(path: Path) -> None:
    """A protected file is not replaced, although its folder would allow it."""
    if path.exists() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
        raise PermissionError(errno.EACCES, "the file is write-protected")


def _reference(document: Document, analysis: Analysis, live: LiveNetwork, state: dict[str, Tensor]) -> LiveNetwork:
    """The live network; on an accelerator, which may round more coarsely, the same weights on the CPU."""
    if all(tensor.device.type == "cpu" for tensor in live.state_dict().values()):
        return live
    rebuilt = build(document.network, analysis, seed=0)
    rebuilt.load_state_dict(state)
    return rebuilt


def _state(live: LiveNetwork) -> dict[str, Tensor]:
    """A copy of the weights on the CPU. ExportFault when one is not a number."""
    state = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in live.state_dict().items()}
    for name, tensor in state.items():
        if not torch.isfinite(tensor).all():
            raise ExportFault(
                f"The weights {name} are not numbers any more: training has run away. "
                "Train again with a smaller learning rate, then export."
            )
    return state
