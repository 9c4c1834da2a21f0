"""Where weights that were brought in live: the folder of a run that has made no step yet, with a report beside them.

A project file holds no weights. Such a folder is opened, watched, trained on from, and exported like that of any run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import time

import numpy as np

from convstudio import __version__
from convstudio.blocks import catalogue
from convstudio.engine import run_folder
from convstudio.engine.importing.graph import ImportFault, Numbers
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.resolve import resolve
from convstudio.runs import brought, metrics, summary
from convstudio.runs.brought import Report
from convstudio.runs.summary import Summary


def keep(folder: Path, document: Document, weights: Mapping[str, Numbers], report: Report) -> None:
    """Make the folder. ImportFault when there is a run in it already, or it cannot be written."""
    if any((folder / name).exists() for name in (run_folder.RUN, summary.FILE, metrics.FILE)):
        raise ImportFault(f"There is a run in {folder} already. Choose another folder.")
    from safetensors.numpy import save

    whole = {name: np.asarray(array, order="C") for name, array in weights.items()}
    parts = ((run_folder.WEIGHTS, save(whole)), (run_folder.OPTIMISER, save({})))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        brought.write(folder, report)
        run_folder.keep(folder, file.dump(document), _facts(document), _position(document), parts)
        (folder / metrics.FILE).touch()
        file.write_atomically(folder / summary.FILE, summary.dump(_summary(document, report)))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ImportFault(f"The weights cannot be kept in {folder}: {reason}. Choose another folder.") from error
    except run_folder.CheckpointFault as error:
        raise ImportFault(error.words) from error


def _facts(document: Document) -> run_folder.RunFacts:
    return run_folder.RunFacts(
        seed=document.training.seed,
        device="cpu",
        threads=1,
        memory_format="contiguous",
        versions={"convstudio": __version__, "numpy": np.__version__},
    )


def _position(document: Document) -> run_folder.Position:
    settings = document.training
    return run_folder.Position(
        step=0,
        validated=-1,
        seed=settings.seed,
        batch_size=settings.batch_size,
        optimiser=settings.optimiser,
        samples=0,
    )


def _summary(document: Document, report: Report) -> Summary:
    now, analysis = time(), resolve(document.network, catalogue())
    return Summary(
        name=report.name,
        state="stopped",
        started=now,
        updated=now,
        device="cpu",
        dataset=document.data.name,
        parameters=analysis.parameters,
        multiply_adds=analysis.multiply_adds,
        epochs=document.training.epochs,
    )
