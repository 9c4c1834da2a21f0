"""The training script as a form of export: its samples beside it, tried by its first steps."""

from __future__ import annotations

import csv
from math import isfinite
from pathlib import Path

import numpy as np
import torch

from convstudio import codegen, data
from convstudio.engine import by_hand, devices, seeding
from convstudio.engine.build import build
from convstudio.engine.exporting import checker, fresh
from convstudio.engine.exporting.job import ExportFault, Job, Proof, Stage, Steps, keep
from convstudio.engine.resident import resident
from convstudio.engine.training import Trainer, Unfit
from convstudio.network.freezing import frozen_ids

TRIED = 3
"""Steps of training that a script is tried by."""
LARGEST_DIFFERENCE = 1e-4
"""Allowed between the losses of the script and the engine's, for losses up to 1; in proportion above."""
NO_DATA = "A training script needs samples, and no data set is chosen. Choose one, or export the source alone."


class Script:
    """One Python file and one with the samples; both are written, run for some steps, and compared."""

    def made(self, job: Job, path: Path) -> Steps[Proof]:
        if job.document.data.none:
            raise ExportFault(NO_DATA)
        yield Stage("Writing the samples", 0.02)
        self._write_samples(job, path.with_name(data_name(path.stem)))
        keep(path, _text(job, path.stem).encode())
        yield Stage("Training some steps", 0.1)
        expected = _losses(job)
        task = {"task": "script", "path": str(path), "steps": TRIED}
        program = yield from fresh.answered(job.check, task, 0.2, 0.95)
        return Proof(_difference(_read(job.check / checker.CURVE), expected), TRIED, program)

    def stamp(self, path: Path, proof: Proof) -> None:
        """In the docstring."""
        said = (
            f"Checked in a fresh process: the losses of the first {proof.samples} steps differed from those of\n"
            f"ConvStudio by at most {proof.difference:.2g}."
        )
        text = path.read_bytes().decode()
        keep(path, text.replace(codegen.SIGNATURE, f"{said}\n{codegen.SIGNATURE}", 1).encode())

    def _write_samples(self, job: Job, path: Path) -> None:
        """As they are, in bytes, already divided."""
        choice = job.document.data
        dataset = data.load(choice.name)
        arrays: dict[str, np.ndarray] = {"classes": np.array(dataset.info.classes)}
        for part, numbers in zip(
            ("train", "validation"), dataset.divided(choice.validation_share, choice.seed), strict=True
        ):
            arrays[f"{part}_images"] = dataset.images[numbers]
            arrays[f"{part}_targets"] = dataset.targets_of(numbers).astype(np.uint8)
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def data_name(stem: str) -> str:
    """What the file of the samples is called beside a script of that name."""
    return f"{stem}-data.npz"


def computed(stem: str, samples: str, way: devices.Way, made: codegen.Made = ()) -> codegen.Computed:
    """How a script of that name computes; `samples` is what its data set is called, `made` the masks by hand."""
    last = way.memory_format == "channels_last"
    return codegen.Computed(data_name(stem), samples, way.threads, last, way.device, made)


def _text(job: Job, stem: str) -> str:
    made = by_hand.fitting(job.document.network, job.state)
    how = computed(stem, data.info(job.document.data.name).title, job.way, made)
    return codegen.script(job.document, job.analysis, stem, job.title, how)


def _losses(job: Job) -> list[float]:
    """Of the first steps, as the engine trains on the CPU. Nothing that is global is left changed."""
    document, settings = job.document, job.document.training
    threads = torch.get_num_threads()
    torch.set_num_threads(job.way.threads)
    try:
        with seeding.kept(torch.default_generator):
            frozen = frozen_ids(document.network)
            live = build(document.network, job.analysis, settings.seed, settings.initialisation)
            samples = resident(
                data.load(document.data.name),
                document.data,
                torch.device("cpu"),
                devices.FORMATS[job.way.memory_format],
            )
            trainer = Trainer(live, samples, settings, frozen)
            return [trainer.step_at(trainer.rate) for _ in range(TRIED)]
    except Unfit as error:
        raise ExportFault(str(error)) from error
    finally:
        torch.set_num_threads(threads)


def _read(path: Path) -> list[float]:
    with path.open(newline="") as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def _difference(found: list[float], expected: list[float]) -> float:
    if len(found) != len(expected):
        raise ExportFault(f"The script made {len(found)} steps instead of {len(expected)}. It was not kept.")
    difference = max(abs(f - e) for f, e in zip(found, expected, strict=True))
    allowed = LARGEST_DIFFERENCE * max(1.0, *(abs(e) for e in expected))
    if not isfinite(difference) or difference > allowed:
        raise ExportFault(
            f"The script was run in a fresh process, and its losses differ from the network's by {difference:.2g}; at "
            f"most {allowed:.2g} is allowed. It was not kept. Please report this with the project file."
        )
    return difference
