"""The stage: what the views look at, which is the network on the bench, or a moment of a run that was kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from convstudio.blocks import catalogue
from convstudio.engine import snapshots
from convstudio.engine.build import build
from convstudio.engine.project import analysed
from convstudio.network import file
from convstudio.worker.bench import Bench, Piece
from convstudio.worker.starts import Starts


class Stage:
    """The bench as it is; after `look_back` and `settle`, the network of that moment in its place."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._wanted: tuple[Path, int] | None = None
        self._there: tuple[Path, int] | None = None
        self._past: Piece | None = None
        self._text = ""
        self._count = 0
        self._gradients: Mapping[str, Tensor] = {}
        self._trial = False

    @property
    def piece(self) -> Piece | None:
        return self._past if self._there else self._bench.piece

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The present, and the moment of the past that is shown."""
        return tuple(piece for piece in (self._bench.piece, self._past) if piece is not None)

    @property
    def run(self) -> int:
        return self._bench.run

    @property
    def step(self) -> int:
        return self._there[1] if self._there else self._bench.step

    @property
    def version(self) -> int:
        """Another number for whatever else is shown; those of the past are negative."""
        return -self._count if self._there else self._bench.version

    @property
    def starts(self) -> Starts:
        """The weights that the network began with."""
        return self._bench.starts

    @property
    def gradients(self) -> Mapping[str, Tensor]:
        """Of the last step, or of a trial; none of a moment of the past until there was a trial."""
        return self._gradients if self._there else self._bench.gradients

    @gradients.setter
    def gradients(self, found: Mapping[str, Tensor]) -> None:
        if self._there:
            self._gradients = found
        else:
            self._bench.gradients = found

    @property
    def trial(self) -> bool:
        return self._trial if self._there else self._bench.trial

    @trial.setter
    def trial(self, trial: bool) -> None:
        if self._there:
            self._trial = trial
        else:
            self._bench.trial = trial

    def touched(self) -> None:
        """What is shown is another thing by now, in the present and in the past."""
        self._count += 1
        self._bench.touched()

    def look_back(self, folder: str, step: int) -> None:
        """Of many moments in a row, as a slider asks for them, only the last is loaded; no folder is the present."""
        self._wanted = (Path(folder), step) if folder else None

    def settle(self) -> None:
        """Load what is wanted. CheckpointFault or what building raises; then the present is shown."""
        if self._wanted == self._there:
            return
        wanted, self._wanted, self._there = self._wanted, None, None
        self._gradients, self._trial = {}, False
        if wanted is None:
            self._past, self._text = None, ""
            return
        text, weights = snapshots.weights(*wanted)
        if self._past is None or text != self._text:
            self._past, self._text = _piece(text), text
        self._past.live.load_state_dict(weights)
        self._wanted = self._there = wanted
        self._count += 1


def _piece(text: str) -> Piece:
    document = file.parse(text, catalogue())
    analysis = analysed(document)
    live = build(document.network, analysis, document.training.seed)
    return Piece(document, analysis, live, torch.device("cpu"))
