"""Snapshots of a run over its course: the whole state of some moments, dense at first, sparser later, to look back on.

    snapshots/000000001400.safetensors   weights and the optimiser's memory; position and document in its metadata
    snapshots/DIGEST.convstudio          the project file of the snapshots that name it

The state is copied between two steps; a thread writes it. Their number and their size are bounded.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

import msgspec
import safetensors
import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from convstudio.engine.checkpoint import CheckpointFault, Position
from convstudio.engine.training import Trainer
from convstudio.runs import moments

MOST = 100
"""Snapshots of one run."""
MOST_BYTES = 128 * 2**20
"""Of all snapshots of one run together."""
LEAST = 4
"""Where there is no room for so many, none are kept."""
SPREAD = 24
"""The next is due after 1/24 of the steps that were made."""
SHARE = 0.02
"""Part of the time that copying and writing may take."""
WEIGHTS, OPTIMISER = "weights/", "optimiser/"


@dataclass(frozen=True, eq=False)
class Moment:
    """A run as it was after some steps: the text of its document, and the state for `Trainer.restore`."""

    document: str
    state: dict[str, Any]


class Snapshots:
    """Takes snapshots of a run whose folder is there. What cannot be written is given up: it is only for looking."""

    def __init__(self, folder: Path, trainer: Trainer, text: str) -> None:
        self._folder, self._trainer, self._text = folder, trainer, text
        self._digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._thread = ThreadPoolExecutor(1, "snapshots")
        self._writing: Future[None] | None = None
        self._at, self._copying, self._packing = perf_counter(), 0.0, 0.0
        self._kept = tuple(step for step in moments.steps(folder) if step <= trainer.step)
        self._unwritten: list[int] = []
        for step in set(moments.steps(folder)) - set(self._kept):
            moments.path(folder, step).unlink(missing_ok=True)  # the run went back behind them

    @property
    def kept(self) -> tuple[int, ...]:
        """The moments that there are, or that are being written."""
        return tuple(step for step in self._kept if step not in self._unwritten)

    @property
    def most(self) -> int:
        """How many there is room for; 0 for a network that is too large."""
        size = sum(value.numel() * value.element_size() for value in self._trainer.live.state_dict().values())
        room = MOST_BYTES // max(1, 3 * size)  # Adam remembers two numbers a weight
        return min(MOST, room) if room >= LEAST else 0

    def take_if_due(self) -> None:
        """Copy the state, if enough has happened since the last time; to be called between two steps."""
        step, last = self._trainer.step, self._kept[-1] if self._kept else -1
        enough = step >= last + max(1, last // SPREAD)
        if enough and self._idle and perf_counter() - self._at >= (self._copying + self._packing) / SHARE:
            self.take()

    def take(self) -> None:
        """Copy the state now, unless this step has a snapshot, and let it be written."""
        step, most = self._trainer.step, self.most
        if not most or step in self._kept:
            return
        started = perf_counter()
        state = self._trainer.state()
        gone = moments.superfluous([*self._kept, step], most)
        self._kept = tuple(kept for kept in (*self._kept, step) if kept not in gone)
        self._at = perf_counter()
        self._copying = self._at - started
        self._writing = self._thread.submit(self._write, step, state, gone)

    def finish(self) -> None:
        """Wait until all is written."""
        if self._writing is not None:
            self._writing.result()

    @property
    def _idle(self) -> bool:
        return self._writing is None or self._writing.done()

    def _write(self, step: int, state: dict[str, Any], gone: list[int]) -> None:
        """In the thread. A disk that is full has no snapshots; that the run itself cannot be kept is told elsewhere."""
        started = thread_time()
        try:
            place = self._folder / moments.PLACE
            place.mkdir(exist_ok=True)
            self._write_document(place / f"{self._digest}.convstudio")
            _replace(moments.path(self._folder, step), _packed(state, self._digest))
        except OSError:
            self._unwritten.append(step)
        with suppress(OSError):
            for old in gone:
                moments.path(self._folder, old).unlink(missing_ok=True)
        self._packing = thread_time() - started  # it takes turns with the steps

    def _write_document(self, path: Path) -> None:
        if not path.exists():
            _replace(path, self._text.encode())


def load(folder: Path, step: int) -> Moment:
    """The run in `folder` after `step` steps. CheckpointFault when there is no such snapshot, or a damaged one."""
    document, position, tensors = _opened(folder, step, whole=True)
    weights = {n.removeprefix(WEIGHTS): t for n, t in tensors.items() if n.startswith(WEIGHTS)}
    memory = {n.removeprefix(OPTIMISER): t for n, t in tensors.items() if n.startswith(OPTIMISER)}
    return Moment(document, {"weights": weights, "optimiser": memory, "position": msgspec.to_builtins(position)})


def weights(folder: Path, step: int) -> tuple[str, dict[str, Tensor]]:
    """The text of the document, and the weights alone. CheckpointFault as for `load`."""
    document, _, tensors = _opened(folder, step, whole=False)
    return document, {name.removeprefix(WEIGHTS): value for name, value in tensors.items()}


def _opened(folder: Path, step: int, whole: bool) -> tuple[str, Position, dict[str, Tensor]]:
    path = moments.path(folder, step)
    try:
        with safetensors.safe_open(path, "pt") as file:
            about = file.metadata() or {}
            names = [name for name in file.keys() if whole or name.startswith(WEIGHTS)]  # noqa: SIM118 - no mapping
            tensors = {name: file.get_tensor(name) for name in names}
        position = msgspec.json.decode(about["position"], type=Position)
        text = (path.parent / f"{about['document']}.convstudio").read_text(encoding="utf-8")
    except (OSError, SafetensorError, KeyError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CheckpointFault(f"There is no whole snapshot of step {step:,} in {folder}.") from error
    return text, position, tensors


def _packed(state: dict[str, Any], digest: str) -> bytes:
    position = msgspec.json.encode(msgspec.convert(state["position"], Position)).decode()
    named = {WEIGHTS + name: value for name, value in state["weights"].items()}
    named |= {OPTIMISER + name: value for name, value in state["optimiser"].items()}
    about = {"position": position, "document": digest}
    return safetensors.torch.save({name: value.contiguous() for name, value in named.items()}, about)


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all; unlike a checkpoint it need not survive a power cut."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(data)
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
