"""The columns of the comparison: what a cell says of an entrant, what is copied, and which are the best. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from convstudio.swaps.experiment import Figures
from convstudio.ui.live.numbers import percent
from convstudio.ui.swaps.attempt import Mean
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
    over_seeds: Callable[[Lane], Mean | None] = lambda lane: None
    """Of what was found with several seeds: mean and standard deviation."""

    def cell(self, lane: Lane, scope: Scope, batch: int) -> str:
        """What the cell says."""
        value = self.value(lane, scope, batch)
        if value is None:
            return WAITING if self.name in TIMES and lane.measuring else NOTHING
        found = self.over_seeds(lane)
        return self.shown(value) if found is None else self._spread(found)

    def _spread(self, found: Mean) -> str:
        """'97.1 ± 0.4 %'."""
        if found.spread is None:
            return self.shown(found.value)
        number, unit, rest = self.shown(found.value).partition(" ")
        return f"{number} ± {self.shown(found.spread).partition(' ')[0]}{unit}{rest}"

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
        lambda lane, scope, batch: lane.accuracy.value if lane.accuracy else None,
        lambda v: f"{v:.1f} %",
        "Accuracy (%)",
        max,
        False,
        lambda lane: lane.accuracy,
    ),
    Column(
        "loss",
        "Loss",
        "On the validation samples, after the last epoch of the race so far",
        lambda lane, scope, batch: lane.loss.value if lane.loss else None,
        lambda v: f"{v:.3g}",
        "Loss",
        min,
        False,
        lambda lane: lane.loss,
    ),
)
STATES = {"waiting": "waits", "preparing": "gets ready …", "stopped": "stopped", "failed": "failed"}


def state_words(lane: Lane) -> str:
    """Where an entrant is in the race."""
    if lane.state is None:
        return NOTHING
    if lane.state == "running":
        return f"{percent(lane.share)} · {duration(lane.seconds)}" if lane.seconds else percent(lane.share)
    if lane.state == "finished":
        return f"{tr('ended early') if lane.message else tr('done')} · {duration(lane.seconds)}"
    return tr(STATES[lane.state])


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
    seeds = max(len(lane.attempts) for lane in contest.lanes.values())
    spreads = [c for c in COLUMNS if seeds > 1 and c.name in ("accuracy", "loss")]
    found = [*(tr(c.copied) for c in COLUMNS), *(f"± {tr(c.copied)}" for c in spreads)]
    more = [tr("Seeds")] if spreads else []
    head = [tr("Block"), tr("Idea"), *found, *more, tr("Race (s)"), tr("Remark")]
    rows = [_copied_row(lane, scope, batch, spreads) for lane in contest.lanes.values()]
    return head, rows, [False, False, *(True for _ in (*found, *more)), True, False]


def _copied_row(lane: Lane, scope: Scope, batch: int, spreads: list[Column]) -> list[str]:
    variant = lane.entrant.variant
    cells = [field_words(lane, scope) if c.name == "field" else c.exact(lane, scope, batch) for c in COLUMNS]
    known = [found for column in spreads if (found := column.over_seeds(lane))]
    cells += [f"{found.spread:g}" if found.spread is not None else "" for found in known] or [""] * len(spreads)
    cells += [str(known[0].count) if known else ""] if spreads else []
    seconds = f"{lane.seconds:.3g}" if lane.seconds else ""
    return [variant.name, tr(variant.title), *(NOTHING if c == "" else c for c in cells), seconds, lane.failure]
