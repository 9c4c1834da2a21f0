"""The rehearsal: while nobody asks anything, what Train would have to wait for is done, a slice at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib import import_module

from convstudio.engine import starting
from convstudio.engine.resident import SharedData
from convstudio.worker.bench import Bench, Piece

QUIET = 2.0
"""Seconds without a request after which a rehearsal begins."""
BETWEEN = 0.02
"""Seconds that a request has to arrive between two slices."""
FEW = 4e9
"""Floating-point operations of a step; of larger networks a slice would keep requests waiting too long."""
LATE_IMPORTS = ("sympy", "torch._dynamo")
"""What torch imports only at the first step of an optimiser, which takes it seconds."""

log = logging.getLogger(__name__)


class Rehearsal:
    """Has torch import the rest of itself, and measures how the network on the bench is computed fastest.

    A run that begins then finds what was measured. Where something goes wrong, that is left for Train to say.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._imports = list(LATE_IMPORTS)
        self._piece: Piece | None = None
        self._work: Iterator[None] = iter(())
        self._over = True
        self._going = False

    @property
    def patience(self) -> float | None:
        """How long to wait for a request before the next slice; None where there is nothing to rehearse."""
        if not self._imports and self._over and self._bench.piece is self._piece:
            return None
        return BETWEEN if self._going else QUIET

    def interrupted(self) -> None:
        """A request has arrived: there may be more to come."""
        self._going = False

    def advance(self) -> None:
        """Do one slice."""
        self._going = True
        if self._imports:
            import_module(self._imports.pop(0))
            return
        if self._piece is not self._bench.piece:
            self._piece = self._bench.piece
            self._work = _measuring(self._piece, self._bench.samples)
        self._over = not self._measured()

    def _measured(self) -> bool:
        """Measure one way to compute; False after the last."""
        try:
            next(self._work)
        except StopIteration:
            return False
        except Exception:
            log.debug("The rehearsal of a run has failed.", exc_info=True)
            return False
        return True


def _measuring(piece: Piece | None, samples: SharedData) -> Iterator[None]:
    if piece is not None and piece.trainable and _operations(piece) <= FEW:
        yield from starting.rehearsing(piece.document, piece.analysis, samples)


def _operations(piece: Piece) -> float:
    """Of a step: forward, and twice that backward, two for each multiply-add."""
    return 6.0 * piece.analysis.multiply_adds * piece.document.training.batch_size
