"""The folder of a run: its document, what it ran on, its metrics, and the checkpoint from which it can go on.

    document.convstudio   the project file as it is trained now
    run.json              seed, versions, device, threads, memory format
    summary.json          how it stands: what lists of runs show
    metrics.jsonl         one JSON object a line, only ever appended to
    events.jsonl          what happened besides: edits, pauses, its end
    snapshots/            its state at some moments, to look back on and to branch off from
    checkpoint/           weights.safetensors, optimiser.safetensors, state.json (position, and digests of the two),
                          document.convstudio (the project file that these weights belong to)

A checkpoint is written beside the last one and then put in its place, so a crash at any moment leaves a whole one.
Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np
import safetensors.torch
import torch
from msgspec import Meta, Struct
from safetensors import SafetensorError
from torch import Tensor

from convstudio import __version__
from convstudio.engine.devices import FORMATS, Format
from convstudio.engine.training import Trainer
from convstudio.network.file import write_atomically

FORMAT = 1
DOCUMENT, RUN, PLACE = "document.convstudio", "run.json", "checkpoint"
WEIGHTS, OPTIMISER, STATE = "weights.safetensors", "optimiser.safetensors", "state.json"
Count = Annotated[int, Meta(ge=0)]
Read = TypeVar("Read")


class CheckpointFault(Exception):
    """A run that cannot be kept or taken up again; `words` say which file it is, and why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class RunFacts(Struct, frozen=True, kw_only=True):
    """What a run ran on. Only with the same threads and memory format does it go on bitwise as it would have."""

    seed: Count
    device: str
    threads: Annotated[int, Meta(ge=1)]
    memory_format: Format
    versions: dict[str, str]
    format: int = FORMAT


class Position(Struct, frozen=True, kw_only=True):
    """Where a run stood, as in `Trainer.state`."""

    step: Count
    validated: Annotated[int, Meta(ge=-1)]
    seed: Count
    batch_size: Annotated[int, Meta(ge=1)]
    optimiser: str
    samples: Count
    origin: tuple[Count, Count] = (0, 0)
    best_loss: float | None = None
    best_epoch: Count = 0


class _State(Struct, frozen=True, kw_only=True):
    position: Position
    digests: dict[str, str]
    format: int = FORMAT


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run as it was kept: the text of its document, what it ran on, and the state for `Trainer.restore`."""

    document: str
    run: RunFacts
    state: dict[str, Any]

    @property
    def memory_format(self) -> torch.memory_format:
        return FORMATS[self.run.memory_format]


def save(folder: Path, trainer: Trainer, document_text: str) -> None:
    """Keep the run in `folder`, which is made if need be. CheckpointFault when it cannot be written."""
    state = trainer.state()
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write_if_new(folder / RUN, _json(_facts(trainer)))
        fresh = folder / f"{PLACE}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        write_atomically(fresh / DOCUMENT, document_text.encode())
        _write_state(fresh, state)
        _put_in_place(folder, fresh)
        _write_if_new(folder / DOCUMENT, document_text.encode())


def load(folder: Path) -> Checkpoint:
    """The run kept in `folder`. CheckpointFault when anything in it is missing, damaged or too new."""
    place = _place(folder)
    state = _decoded(place / STATE, _State)
    return Checkpoint(
        document=_text(document_path(folder)),
        run=_decoded(folder / RUN, RunFacts),
        state={
            "weights": _tensors(place, WEIGHTS, state),
            "optimiser": _tensors(place, OPTIMISER, state),
            "position": msgspec.to_builtins(state.position),
        },
    )


def document_path(folder: Path) -> Path:
    """The project file that the last checkpoint belongs to; before the first one, that of the run."""
    places = (folder / PLACE, folder / f"{PLACE}.old", folder)
    return next(place for place in places if place.is_dir() or place == folder) / DOCUMENT


def weights(folder: Path) -> dict[str, Tensor]:
    """The weights alone, by name ("conv_1.weight"), on the CPU. CheckpointFault when they are missing or damaged."""
    place = _place(folder)
    return _tensors(place, WEIGHTS, _decoded(place / STATE, _State))


def position(folder: Path) -> Position:
    """Where the run stood at its last checkpoint. CheckpointFault when there is none, or none that can be read."""
    return _decoded(_place(folder) / STATE, _State).position


def facts(folder: Path) -> RunFacts:
    """What the run in `folder` ran on. CheckpointFault when that cannot be read."""
    return _decoded(folder / RUN, RunFacts)


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
    )


def _write_state(place: Path, state: Mapping[str, Any]) -> None:
    digests = {}
    for name, part in ((WEIGHTS, "weights"), (OPTIMISER, "optimiser")):
        data = safetensors.torch.save({key: value.contiguous() for key, value in state[part].items()})
        write_atomically(place / name, data)
        digests[name] = hashlib.sha256(data).hexdigest()
    position = msgspec.convert(state["position"], Position)
    write_atomically(place / STATE, _json(_State(position=position, digests=digests)))
    _flush_folder(place)


def _put_in_place(folder: Path, fresh: Path) -> None:
    """Two renames: between them `load` finds the last checkpoint under its other name."""
    place, old = folder / PLACE, folder / f"{PLACE}.old"
    if place.exists():
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
    fresh.rename(place)
    _flush_folder(folder)
    shutil.rmtree(old, ignore_errors=True)


def _place(folder: Path) -> Path:
    for name in (PLACE, f"{PLACE}.old"):
        if (folder / name).is_dir():
            return folder / name
    raise CheckpointFault(f"There is no checkpoint in {folder}.")


def _write_if_new(path: Path, data: bytes) -> None:
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)


def _flush_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system can open a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _json(value: Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointFault(f"{path.name} in {path.parent} cannot be read: {_reason(error)}.") from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode()
    except UnicodeDecodeError as error:
        raise CheckpointFault(f"{path.name} in {path.parent} is damaged: it is no text.") from error


def _decoded(path: Path, kind: type[Read]) -> Read:
    data = _bytes(path)
    try:
        number = msgspec.json.decode(data, type=_Format).format
        if number > FORMAT:
            raise CheckpointFault(f"{path} has format {number}, made by a newer ConvStudio.")
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CheckpointFault(f"{path.name} in {path.parent} is damaged: {str(error).lower()}.") from error


class _Format(Struct):
    format: int


def _tensors(place: Path, name: str, state: _State) -> dict[str, Tensor]:
    data = _bytes(place / name)
    if hashlib.sha256(data).hexdigest() != state.digests.get(name):
        raise CheckpointFault(f"{name} in {place} is damaged: it is not the file that was written.")
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, KeyError) as error:
        raise CheckpointFault(f"{name} in {place} is damaged: {error}.") from error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CheckpointFault(f"The run cannot be kept in {folder}: {_reason(error)}.") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
