"""Checkpoints of a run: a trainer's state in its folder, from which it can go on bitwise; files: see `run_folder`."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from convstudio import __version__
from convstudio.engine import run_folder
from convstudio.engine.devices import FORMATS
from convstudio.engine.run_folder import (
    DOCUMENT,
    OPTIMISER,
    RUN,
    WEIGHTS,
    CheckpointFault,
    Position,
    RunFacts,
    State,
    document_path,
    facts,
    position,
)
from convstudio.engine.training import Trainer

__all__ = ["DOCUMENT", "RUN", "CheckpointFault", "Position", "RunFacts", "document_path", "facts", "position"]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run as it was kept: the text of its document, what it ran on, and the state for `Trainer.restore`."""

    document: str
    run: RunFacts
    state: dict[str, Any]

    @property
    def memory_format(self) -> torch.memory_format:
        return FORMATS[self.run.memory_format]


def save(folder: Path, trainer: Trainer, state: Mapping[str, Any], document_text: str) -> None:
    """Keep the run in `folder`, which is made if need be, in a `state` of `trainer`. CheckpointFault if that fails."""
    position = msgspec.convert(state["position"], Position)
    parts = ((name, _packed(state[part])) for name, part in ((WEIGHTS, "weights"), (OPTIMISER, "optimiser")))
    run_folder.keep(folder, document_text, _facts(trainer), position, parts)


def load(folder: Path) -> Checkpoint:
    """The run kept in `folder`. CheckpointFault when anything in it is missing, damaged or too new."""
    place = run_folder.place(folder)
    state = run_folder.state(place)
    return Checkpoint(
        document=run_folder.text_of(document_path(folder)),
        run=facts(folder),
        state={
            "weights": _tensors(place, WEIGHTS, state),
            "optimiser": _tensors(place, OPTIMISER, state),
            "position": msgspec.to_builtins(state.position),
        },
    )


def weights(folder: Path) -> dict[str, Tensor]:
    """The weights alone, by name ("conv_1.weight"), on the CPU. CheckpointFault when they are missing or damaged."""
    place = run_folder.place(folder)
    return _tensors(place, WEIGHTS, run_folder.state(place))


def _facts(trainer: Trainer) -> RunFacts:
    data = trainer.data
    return RunFacts(
        seed=trainer.settings.seed,
        device=str(data.device),
        threads=torch.get_num_threads(),
        memory_format=next(name for name, known in FORMATS.items() if known == data.memory_format),
        versions={
            "convstudio": __version__,
            "torch": str(torch.__version__),
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        processes=trainer.processes,
        data=data.digest,
    )


def _packed(part: Mapping[str, Tensor]) -> bytes:
    return safetensors.torch.save({key: value.contiguous() for key, value in part.items()})


def _tensors(place: Path, name: str, state: State) -> dict[str, Tensor]:
    data = run_folder.part(place, name, state.digests.get(name))
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, KeyError) as error:
        raise CheckpointFault(f"{name} in {place} is damaged: {error}.") from error
