"""The comparison: scores that a fresh process computed with the written file, against those of the live network."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from convstudio.engine.build import LiveNetwork
from convstudio.engine.exporting import checker, fresh
from convstudio.engine.exporting.job import Batch, ExportFault, Job, Proof, Steps

LARGEST_DIFFERENCE = 1e-4
"""Allowed between the scores of the loaded file and the live network's, for scores up to 1; in proportion above."""
AFFORDED = 4 * 10**9
"""Multiply-adds that a proof may take, so that a large network is tried on fewer samples."""


def batches(samples: Batch, dims: tuple[int, ...], multiply_adds: int) -> tuple[Batch, ...]:
    """Of real samples as many as can be afforded, if there are any, and a random batch of another size."""
    afforded = max(1, AFFORDED // max(1, 2 * multiply_adds))
    real = np.ascontiguousarray(samples[:afforded])
    other = np.random.default_rng(0).random((len(real) + 1, *dims), np.float32)
    return tuple(batch for batch in (real, other) if len(batch))


def proved(job: Job, task: dict[str, Any], first: float = 0.1) -> Steps[Proof]:
    """Let a fresh process compute, and compare. ExportFault when the difference is too large or not a number."""
    folder = job.check
    program = yield from fresh.answered(folder, task, first, 0.95)
    with np.load(folder / checker.SCORES) as scores:
        found = [scores[name] for name in scores.files]
    difference = max(_difference(f, e) for f, e in zip(found, job.expected, strict=True))
    largest = max(float(np.abs(e).max()) for e in job.expected)
    return Proof(difference, sum(map(len, job.expected)), program, largest=largest)


def _difference(found: Batch, expected: Batch) -> float:
    if found.shape != expected.shape:
        raise ExportFault(f"The written file gives {found.shape} numbers instead of {expected.shape}.")
    difference = float(np.abs(found - expected).max())
    allowed = LARGEST_DIFFERENCE * max(1.0, float(np.abs(expected).max()))
    if not difference <= allowed:
        raise ExportFault(
            f"The written file was loaded again, and its scores differ from the network's by {difference:.2g}; "
            f"at most {allowed:.2g} is allowed. It was not kept. Please report this with the project file."
        )
    return difference


def scores(live: LiveNetwork, batch: Batch) -> Batch:
    """Scores of the trained network, in the mode that no longer learns."""
    training = live.training
    live.eval()
    try:
        with torch.no_grad():
            found: Tensor = live(torch.from_numpy(batch))
        return found.numpy()
    finally:
        live.train(training)
