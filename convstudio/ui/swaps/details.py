"""What is said of the entrant that is looked at: the arithmetic of its work, and what it saves. No Qt."""

from __future__ import annotations

from convstudio.network.costs import CONVENTION, memory_convention, percent
from convstudio.swaps.experiment import Figures
from convstudio.ui.swaps.contest import Contest, Lane
from convstudio.ui.text import count, grouped, tr


def detail_lines(contest: Contest, lane: Lane) -> tuple[str, ...]:
    """The formulas with their numbers; then the costs beside those of the network as it is."""
    present = contest.experiment.present
    lines = lane.entrant.variant.lines
    if lane.entrant is present or not lane.entrant.blocks or not present.blocks:
        return lines
    return (*lines, *savings(present.blocks, lane.entrant.blocks))


def conventions(contest: Contest, batch: int) -> str:
    """How the numbers are counted, and on what the times were measured."""
    found = next((lane.measured for lane in contest.possible if lane.measured and not lane.measured.message), None)
    words = f"{tr(CONVENTION)} {memory_convention(batch)}"
    if found is None:
        return words
    where = count(found.threads, "thread", "threads") if found.device == "cpu" else found.device
    told = tr("Times: median of up to 7 mini-batches of {batch} on {where}, each block waited for.")
    return f"{words} {told.format(batch=found.batch, where=where)}"


def savings(before: Figures, after: Figures) -> tuple[str, ...]:
    """'weights 1 160 → 152 (13 %)', and the same of the multiply-adds."""
    return (
        _saving(tr("weights"), before.parameters, after.parameters),
        _saving(tr("multiply-adds"), before.multiply_adds, after.multiply_adds),
    )


def _saving(what: str, before: int, after: int) -> str:
    share = f" ({percent(after / before)})" if before else ""
    return f"{what} {grouped(before)} → {grouped(after)}{share}"
