"""The columns of the comparison: what a cell says of an entrant, what is copied, and which are the best. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from convstudio.swaps.experiment import Figures
from convstudio.ui.swaps.contest import Contest, Lane
from convstudio.ui.text import duration, grouped, memory, short, tr

Scope = Literal["blocks", "whole"]
NOTHING, WAITING = "–", "…"


@dataclass(frozen=True)
class Column:
    """`value` is exact: compared and copied; `shown` is what the cell says of it. `best` picks the mark of a column."""

    name: str
    title: str
    words: str
    value: Callable[[Lane, Scope, int], float | None]
    shown: Callable[[float], str]
    copied: str
    best: Callable[[list[float]], float] | None = None
    bar: bool = True
    """Whether the value is drawn as a part of the largest."""

    def cell(self, lane: Lane, scope: Scope, batch: int) -> str:
        """What the cell says."""
        value = self.value(lane, scope, batch)
        if value is None:
            return WAITING if self.name in TIMES and lane.measuring else NOTHING
        return self.shown(value)

    def exact(self, lane: Lane, scope: Scope, batch: int) -> str:
        """What is copied."""
        value = self.value(lane, scope, batch)
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


TIMES = frozenset({"forward", "backward"})


def figures(lane: Lane, scope: Scope) -> Figures | None:
    return lane.entrant.blocks if scope == "blocks" else lane.entrant.whole


def _figure(name: str) -> Callable[[Lane, Scope, int], float | None]:
    def value(lane: Lane, scope: Scope, batch: int) -> float | None:
        found = figures(lane, scope)
        return None if found is None else int(getattr(found, name))

    return value


def _memory(lane: Lane, scope: Scope, batch: int) -> float | None:
    found = figures(lane, scope)
    return None if found is None else found.activation_bytes * batch


def _field(lane: Lane, scope: Scope, batch: int) -> float | None:
    found = figures(lane, scope)
    return None if found is None or not found.field else max(found.field)


def _forward(lane: Lane, scope: Scope, batch: int) -> float | None:
    found = lane.measured
    if found is None or found.message:
        return None
    return round(1e6 * (found.forward if scope == "blocks" else found.whole_forward), 1)


def _backward(lane: Lane, scope: Scope, batch: int) -> float | None:
    found = lane.measured
    if found is None or found.message:
        return None
    return round(1e6 * (found.backward if scope == "blocks" else found.whole_backward), 1)


def _time(value: float) -> str:
    return duration(value / 1e6)


def field_words(lane: Lane, scope: Scope) -> str:
    """The receptive field along each axis: 5×5."""
    found = figures(lane, scope)
    return "×".join(str(n) for n in found.field) if found and found.field else NOTHING


COLUMNS: tuple[Column, ...] = (
    Column(
        "weights",
        "Weights",
        "Weights and biases that training changes",
        _figure("parameters"),
        lambda v: grouped(int(v)),
        "Weights",
        min,
    ),
    Column(
        "multiply_adds",
        "Mult-adds",
        "Multiply-adds for one sample",
        _figure("multiply_adds"),
        short,
        "Multiply-adds",
        min,
    ),
    Column(
        "memory",
        "Memory",
        "Memory of the results for one mini-batch in float32",
        _memory,
        lambda v: memory(int(v)),
        "Memory (bytes)",
        min,
    ),
    Column("field", "Field", "Receptive field: input cells that one value sees", _field, str, "Field", None, False),
    Column("forward", "Forward", "Measured here: forward pass of a mini-batch", _forward, _time, "Forward (µs)", min),
    Column(
        "backward", "Backward", "Measured here: backward pass of a mini-batch", _backward, _time, "Backward (µs)", min
    ),
    Column(
        "accuracy",
        "Accuracy",
        "On the validation samples, after the last epoch of the race so far",
        lambda lane, scope, batch: lane.accuracy,
        lambda v: f"{v:.1f} %",
        "Accuracy (%)",
        max,
        False,
    ),
    Column(
        "loss",
        "Loss",
        "On the validation samples, after the last epoch of the race so far",
        lambda lane, scope, batch: lane.loss,
        lambda v: f"{v:.3g}",
        "Loss",
        min,
        False,
    ),
)
STATES = {"waiting": "waits", "preparing": "gets ready …", "stopped": "stopped", "failed": "failed"}


def state_words(lane: Lane) -> str:
    """Where an entrant is in the race."""
    told = lane.raced
    if told is None:
        return NOTHING
    if told.state == "running":
        return f"{told.share:.0%} · {duration(lane.seconds)}" if lane.seconds else f"{told.share:.0%}"
    if told.state == "finished":
        return f"{tr('ended early') if told.message else tr('done')} · {duration(lane.seconds)}"
    return tr(STATES[told.state])


def best(column: Column, contest: Contest, scope: Scope, batch: int) -> float | None:
    """The best value of a column, where it is marked: only if the entrants differ."""
    found = [v for lane in contest.possible if (v := column.value(lane, scope, batch)) is not None]
    return column.best(found) if column.best and len(set(found)) > 1 else None


def largest(column: Column, contest: Contest, scope: Scope, batch: int) -> float:
    """What the bars of a column are parts of; 0 where there are none."""
    found = [v for lane in contest.possible if (v := column.value(lane, scope, batch)) is not None]
    return max(found, default=0.0) if column.bar else 0.0


def copied(contest: Contest, scope: Scope, batch: int) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headings, rows and which columns hold numbers, of all that is known; reasons stand in the last column."""
    head = [tr("Block"), tr("Idea"), *(tr(c.copied) for c in COLUMNS), tr("Race (s)"), tr("Remark")]
    rows = [_copied_row(lane, scope, batch) for lane in contest.lanes.values()]
    return head, rows, [False, False, *(True for _ in COLUMNS), True, False]


def _copied_row(lane: Lane, scope: Scope, batch: int) -> list[str]:
    variant = lane.entrant.variant
    cells = [field_words(lane, scope) if c.name == "field" else c.exact(lane, scope, batch) for c in COLUMNS]
    seconds = f"{lane.seconds:.3g}" if lane.seconds else ""
    return [variant.name, tr(variant.title), *(NOTHING if c == "" else c for c in cells), seconds, lane.failure]
