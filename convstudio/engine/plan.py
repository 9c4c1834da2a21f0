"""The order in which a network is computed, worked out once, so that a pass costs as little Python as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from itertools import count

from torch import Tensor

Function = Callable[..., Tensor]


@dataclass(frozen=True)
class Step:
    """One block: its function (None hands its input on) and the ids of the blocks whose results go in, in order.

    `name` is the function's name in torch ('F.relu'), by which steps that may change places are known.
    """

    block: str
    function: Function | None
    sources: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Plan:
    """What to call, in order, on numbered slots; slot 0 holds the images.

    Each of `moves` is (function, slots in, slot out, slots that nothing needs afterwards). `wanted` says which slot
    holds a block's result at the end.
    """

    slots: int
    moves: tuple[tuple[Function, tuple[int, ...], int, tuple[int, ...]], ...]
    wanted: tuple[tuple[str, int], ...]

    @staticmethod
    def of(start: str, steps: tuple[Step, ...], wanted: Collection[str]) -> Plan:
        """The plan that computes the results of `wanted` (ids that are no block are left out) and nothing else."""
        needed = _needed(steps, wanted)
        slots = _slots(start, steps, needed)
        calls = _pooled_first([s for s in steps if s.block in needed and s.function is not None], wanted)
        keep = {slots[block] for block in wanted if block in slots}
        last = {slots[source]: number for number, step in enumerate(calls) for source in step.sources}
        moves = []
        for number, step in enumerate(calls):
            assert step.function is not None
            sources = tuple(slots[source] for source in step.sources)
            spent = tuple({s for s in sources if last[s] == number and s not in keep})
            moves.append((step.function, sources, slots[step.block], spent))
        ordered = (start, *(step.block for step in steps))
        return Plan(len(calls) + 1, tuple(moves), tuple((b, slots[b]) for b in ordered if b in wanted and b in slots))


def run(plan: Plan, images: Tensor) -> dict[str, Tensor]:
    """Compute a plan. Results that nothing needs any more are let go at once, to keep the memory small."""
    values: list[Tensor | None] = [None] * plan.slots
    values[0] = images
    for function, sources, target, spent in plan.moves:
        values[target] = function(*[values[source] for source in sources])
        for slot in spent:
            values[slot] = None
    return {block: value for block, slot in plan.wanted if (value := values[slot]) is not None}


def run_to_end(plan: Plan, images: Tensor) -> Tensor:
    """Compute a plan with a single result, in a form that torch can compile in one piece."""
    values: list[Tensor] = [images] * plan.slots
    for function, sources, target, _ in plan.moves:
        values[target] = function(*[values[source] for source in sources])
    ((_, slot),) = plan.wanted
    return values[slot]


def _pooled_first(steps: list[Step], wanted: Collection[str]) -> list[Step]:
    """Max pool(ReLU(x)) computed as ReLU(max pool(x)), where nobody looks at what lies between.

    The ReLU then works on a quarter of the values (with a 2 × 2 window). Both orders give the same result and the same
    gradient, bit for bit: ReLU never decreases, so the strongest value stays the strongest.
    """
    users = Counter(source for step in steps for source in step.sources)
    places = {step.block: number for number, step in enumerate(steps)}
    found = list(steps)
    for number, pool in enumerate(steps):
        before = places.get(pool.sources[0], number)
        bend = found[before]
        apart = users[bend.block] == 1 and bend.block not in wanted
        if pool.name.startswith("F.max_pool") and bend.name == "F.relu" and apart:
            found[before] = replace(bend, function=pool.function, name=pool.name)
            found[number] = replace(pool, function=bend.function, name=bend.name)
    return found


def _needed(steps: tuple[Step, ...], wanted: Collection[str]) -> set[str]:
    """The wanted blocks and all that lead to them."""
    found = set(wanted)
    for step in reversed(steps):
        if step.block in found:
            found.update(step.sources)
    return found


def _slots(start: str, steps: tuple[Step, ...], needed: set[str]) -> dict[str, int]:
    """A slot for each result; a block without a function shares its input's."""
    slots = {start: 0} if start else {}
    free = count(1)
    for step in steps:
        if step.block in needed:
            slots[step.block] = slots[step.sources[0]] if step.function is None else next(free)
    return slots
