"""The columns of the table of blocks: heading, what a cell says, by what it is sorted, and its exact text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from convstudio.network.costs import Cost
from convstudio.network.document import Block
from convstudio.network.facts import BlockFacts
from convstudio.network.layer import NOTHING
from convstudio.network.sight import Fields
from convstudio.ui.block_times import Times
from convstudio.ui.text import duration, grouped, memory, short

Value = str | int


@dataclass(frozen=True)
class Row:
    """A block with what is known of it and what it sees; `batch` is the number of samples of a mini-batch."""

    block: Block
    facts: BlockFacts
    fields: Fields
    batch: int
    times: Times | None = None
    """What was measured of it, if anything."""

    @property
    def memory(self) -> int:
        """Bytes of the block's results for one mini-batch."""
        return self.facts.activation_bytes * self.batch


@dataclass(frozen=True)
class Column:
    """One column. `value` is exact: sorted by and copied; `shown` is what a cell says of it."""

    name: str
    title: str
    words: str
    value: Callable[[Row], Value]
    shown: Callable[[Value], str] = str
    cost: Cost | None = None
    """The cost whose share of the whole is drawn as a bar."""
    sort: Callable[[Row], int] | None = None
    """By what to sort where the value is text that has a size."""

    @property
    def numeric(self) -> bool:
        return self.cost is not None or self.sort is not None


def _kind(row: Row) -> str:
    return row.block.layer.title


def _output(row: Row) -> str:
    return row.facts.output.compact if row.facts.output else "?"


def _size(row: Row) -> int:
    return row.facts.output.size if row.facts.output else -1


def _field(row: Row) -> str:
    return "×".join(str(f.size) for f in row.fields)


def _stride(row: Row) -> str:
    strides = [f.stride for f in row.fields]
    return "×".join(str(s) if s else "–" for s in strides) if any(strides) else "–"[: len(strides)]


def _centre(row: Row) -> str:
    """start + (size - 1) / 2 of the first unit, along each axis; – where it sees nothing, or all units see the same."""
    spans = [f.span(0) if f.stride else NOTHING for f in row.fields]
    if all(span == NOTHING for span in spans):
        return "–"[: len(spans)]
    return "×".join("–" if span == NOTHING else f"{sum(span) / 2:g}" for span in spans)


def _largest(row: Row, name: str) -> int:
    return max((getattr(f, name) for f in row.fields), default=-1)


def _microseconds(seconds: float) -> int:
    return round(seconds * 1e6)


def _forward(row: Row) -> int:
    return _microseconds(row.times.forward) if row.times else -1


def _backward(row: Row) -> int:
    return _microseconds(row.times.backward) if row.times else -1


def _time(value: Value) -> str:
    return duration(int(value) / 1e6) if int(value) > 0 else "–"


COLUMNS: tuple[Column, ...] = (
    Column("block", "Block", "The block's id", lambda r: r.block.id),
    Column("kind", "Kind", "What kind of block it is", _kind),
    Column("output", "Output", "Shape of the result for one sample: channels × axes", _output, sort=_size),
    Column(
        "weights",
        "Weights",
        "Weights and biases that training changes; the bar is the share of all",
        lambda r: r.facts.parameters,
        lambda v: grouped(int(v)),
        "parameters",
    ),
    Column(
        "multiply_adds",
        "Mult-adds",
        "Multiply-adds for one sample; the bar is the share of all",
        lambda r: r.facts.multiply_adds,
        lambda v: short(int(v)),
        "multiply_adds",
    ),
    Column(
        "memory",
        "Memory",
        "Memory of the result for one mini-batch in float32; the bar is the share of all",
        lambda r: r.memory,
        lambda v: memory(int(v)),
        "activation_bytes",
    ),
    Column(
        "field",
        "Field",
        "Receptive field: input cells that one value sees, along each axis",
        _field,
        sort=lambda r: _largest(r, "size"),
    ),
    Column(
        "stride",
        "Step",
        "Stride of the receptive field: input cells from one value's field to the next one's; – where all see the same",
        _stride,
        sort=lambda r: _largest(r, "stride"),
    ),
    Column(
        "centre",
        "Centre",
        "Where the middle of the first value's field lies, in input cells counted from 0; the next is a step further",
        _centre,
        sort=lambda r: max((sum(f.span(0)) for f in r.fields if f.stride), default=-1),
    ),
    Column(
        "forward",
        "Forward",
        "Measured: time of the forward pass for a mini-batch",
        _forward,
        _time,
        sort=_forward,
    ),
    Column(
        "backward",
        "Backward",
        "Measured: time of the backward pass for a mini-batch",
        _backward,
        _time,
        sort=_backward,
    ),
)
TIMED = frozenset({"forward", "backward"})
"""Columns that are there only once something was measured."""
COPIED_TITLES = {
    "forward": "Forward (µs)",
    "backward": "Backward (µs)",
    "multiply_adds": "Multiply-adds",
    "memory": "Memory (bytes)",
    "stride": "Field stride",
    "centre": "Field centre",
}
"""Headings of copies, where there is room, and units are not in the cells."""
