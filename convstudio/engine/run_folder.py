"""The files in the folder of a run: how they are written as one piece, and read with distrust. Loads no torch.

    document.convstudio   the project file as it is trained now
    run.json              seed, versions, device, threads, memory format, digest of the data set
    summary.json          how it stands: what lists of runs show
    metrics.jsonl         one JSON object a line, only ever appended to
    events.jsonl          what happened besides: edits, pauses, its end
    import.json           only of weights that were brought in from a file: what was found there
    snapshots/            its state at some moments, to look back on and to branch off from
    checkpoint/           weights.safetensors, optimiser.safetensors, state.json (position, and digests of the two),
                          document.convstudio (the project file that these weights belong to)

A checkpoint is written beside the last one and then put in its place, so a crash at any moment leaves a whole one.
Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from convstudio.network.file import write_atomically
from convstudio.runs import formats

FORMAT = 1
DOCUMENT, RUN, PLACE = "document.convstudio", "run.json", "checkpoint"
WEIGHTS, OPTIMISER, STATE = "weights.safetensors", "optimiser.safetensors", "state.json"
Count = Annotated[int, Meta(ge=0)]
Layout = Literal["contiguous", "channels_last"]
Read = TypeVar("Read")


class CheckpointFault(Exception):
    """A run that cannot be kept or taken up again; `words` say which file it is, and why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class RunFacts(Struct, frozen=True, kw_only=True):
    """What a run ran on. Only with the same threads, memory format and processes does it go on bitwise as it would."""

    seed: Count
    device: str
    threads: Annotated[int, Meta(ge=1)]
    memory_format: Layout
    versions: dict[str, str]
    processes: Annotated[int, Meta(ge=1)] = 1
    data: str = ""
    """The digest of its data set; '' where an older ConvStudio kept it."""
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


class State(Struct, frozen=True, kw_only=True):
    """How a checkpoint stands, and what its files must be."""

    position: Position
    digests: dict[str, str]
    format: int = FORMAT


def keep(folder: Path, document: str, facts: RunFacts, position: Position, parts: Iterable[tuple[str, bytes]]) -> None:
    """Write a checkpoint, with the text of its document, in place of the last one. CheckpointFault when that fails.

    `parts` are the names of its files, WEIGHTS and OPTIMISER, with what they hold.
    """
    with writing(folder), _nothing_left(folder / f"{PLACE}.new"):
        folder.mkdir(parents=True, exist_ok=True)
        _write_if_new(folder / RUN, _json(facts))
        fresh = folder / f"{PLACE}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        write_atomically(fresh / DOCUMENT, document.encode())
        digests = {}
        for name, data in parts:
            write_atomically(fresh / name, data)
            digests[name] = hashlib.sha256(data).hexdigest()
        write_atomically(fresh / STATE, _json(State(position=position, digests=digests)))
        _flush_folder(fresh)
        _put_in_place(folder, fresh)
        _write_if_new(folder / DOCUMENT, document.encode())


def document_path(folder: Path) -> Path:
    """The project file that the last checkpoint belongs to; before the first one, that of the run."""
    places = (folder / PLACE, folder / f"{PLACE}.old", folder)
    return next(place for place in places if place.is_dir() or place == folder) / DOCUMENT


def position(folder: Path) -> Position:
    """Where the run stood at its last checkpoint. CheckpointFault when there is none, or none that can be read."""
    return decoded(place(folder) / STATE, State).position


def facts(folder: Path) -> RunFacts:
    """What the run in `folder` ran on. CheckpointFault when that cannot be read."""
    return decoded(folder / RUN, RunFacts)


def state(place: Path) -> State:
    """How a checkpoint stands. CheckpointFault when that cannot be read."""
    return decoded(place / STATE, State)


def part(place: Path, name: str, digest: str | None) -> bytes:
    """One of a checkpoint's files. CheckpointFault when it is not the one that was written."""
    data = _bytes(place / name)
    if hashlib.sha256(data).hexdigest() != digest:
        raise CheckpointFault(f"{name} in {place} is damaged: it is not the file that was written.")
    return data


def place(folder: Path) -> Path:
    """Where the last whole checkpoint lies. CheckpointFault when there is none."""
    for name in (PLACE, f"{PLACE}.old"):
        if (folder / name).is_dir():
            return folder / name
    raise CheckpointFault(f"There is no checkpoint in {folder}.")


def decoded(path: Path, kind: type[Read]) -> Read:
    """What a JSON file holds. CheckpointFault when it is missing, damaged, or of a newer format."""
    data = _bytes(path)
    try:
        return formats.decoded(data, kind, FORMAT)
    except formats.UnreadableError as error:
        raise CheckpointFault(f"{path.name} in {path.parent} {error}") from error


def text_of(path: Path) -> str:
    """The text of a file. CheckpointFault when it cannot be read."""
    try:
        return _bytes(path).decode()
    except UnicodeDecodeError as error:
        raise CheckpointFault(f"{path.name} in {path.parent} is damaged: it is no text.") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointFault(f"{path.name} in {path.parent} cannot be read: {_reason(error)}.") from error


def _put_in_place(folder: Path, fresh: Path) -> None:
    """Two renames: between them `load` finds the last checkpoint under its other name."""
    place, old = folder / PLACE, folder / f"{PLACE}.old"
    if place.exists():
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
    fresh.rename(place)
    _flush_folder(folder)
    shutil.rmtree(old, ignore_errors=True)


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


@contextmanager
def _nothing_left(fresh: Path) -> Iterator[None]:
    """A checkpoint that could not be written takes no room on a disk that is full."""
    try:
        yield
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Inside, a file that cannot be written is a CheckpointFault about the run in `folder`."""
    try:
        yield
    except OSError as error:
        raise CheckpointFault(f"The run cannot be kept in {folder}: {_reason(error)}.") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
