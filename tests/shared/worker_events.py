"""What a worker has told, looked through: events of one type, the states of its runs, their losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convstudio.protocol import messages as m


def of(kind: type, events: list[m.Event]) -> list[Any]:
    """Those of one type."""
    return [e for e in events if isinstance(e, kind)]


def states(events: list[m.Event]) -> list[str]:
    return [e.state for e in of(m.State, events)]


def losses(events: list[m.Event]) -> np.ndarray:
    """Of all steps, as they were reported."""
    return np.concatenate([np.frombuffer(e.losses.data, np.float32) for e in of(m.Metrics, events)])


def at_step(number: int, *answers: m.Request) -> Callable[[m.Event], tuple[m.Request, ...]]:
    """Send these requests once, when the run reports that step."""
    left = [answers]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return left.pop() if left and isinstance(event, m.Metrics) and event.step >= number else ()

    return then
