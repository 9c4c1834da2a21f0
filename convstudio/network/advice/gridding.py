"""Advice where stacked dilated masks leave gaps: cells of the input that never reach a result (gridding).

After Yu, Koltun and Funkhouser, "Dilated Residual Networks" (2017), section 4, and Wang et al., "Understanding
Convolution for Semantic Segmentation" (2018), section 3.2, whose remedy is rates without a common factor, as 1, 2, 3.
What a unit sees along an axis is kept as a number whose bits are the cells: a mask laid over it shifts and joins them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from convstudio.network.advice.scene import Scene, advice
from convstudio.network.expansion import LeftOut
from convstudio.network.facts import BlockFacts
from convstudio.network.layer import Scan
from convstudio.network.numbers import grouped
from convstudio.network.problem import ChangeLayers, Problem

SHOWN = 6
"""So many rates of a row are told one by one."""


class Run(Struct, frozen=True):
    """Masks in a row at one size of the maps: what they see together along each axis, the last block, those before."""

    cells: tuple[tuple[int, int], ...]
    """Along each axis: the offset of the first cell that is seen, and the cells as bits from there on."""
    block: str
    scans: tuple[Scan, ...]
    before: Run | None
    dilated: int

    def blocks(self) -> list[Run]:
        """All masks of the row, the first one first."""
        found: list[Run] = []
        at: Run | None = self
        while at:
            found.append(at)
            at = at.before
        return found[::-1]

    def going_on(self, after: Run, copies: int) -> Run | None:
        """The row behind so many copies more, each of which does what the one between this row and `after` did.

        None where it cannot be told yet: it can where nothing changes any more, or the cells only grow in the middle.
        """
        pairs = list(zip(self.cells, after.cells, strict=True)) if len(self.cells) == len(after.cells) else []
        cells = [_stretched(one, other, copies) for one, other in pairs]
        told = after.dilated >= SHOWN or after.dilated == self.dilated
        if not pairs or not all(cells) or not told:
            return None
        dilated = after.dilated + copies * (after.dilated - self.dilated)
        return replace(after, cells=tuple(c for c in cells if c), dilated=dilated)


def _stretched(one: tuple[int, int], other: tuple[int, int], times: int) -> tuple[int, int] | None:
    """The cells that come after `one` and `other` if what led from one to the other is done so many times more.

    A copy adds the same set to the cells. As soon as that has only repeated the middle of what was there, over more
    than the set reaches, the next copy repeats it once more, and so on.
    """
    (low, bits), (next_low, longer) = one, other
    reach, step = bits.bit_length(), longer.bit_length() - bits.bit_length()
    start = (reach - 2 * step) // 2
    if start < 0 or (not step and one != other):
        return None
    period = (bits >> start) & ((1 << step) - 1)
    ends = bits & ((1 << (start + step)) - 1), bits >> (start + step)
    if ends[1] & ((1 << step) - 1) != period or longer != ends[0] | (period | ends[1] << step) << (start + step):
        return None
    middle = period * (((1 << step * (times + 1)) - 1) // ((1 << step) - 1)) if step else 0
    return next_low + times * (next_low - low), ends[0] | (middle | ends[1] << step * (times + 1)) << (start + step)


def gaps(scene: Scene) -> list[Problem]:
    """Two or more dilated masks in a row that together miss cells."""
    if not any(getattr(b.layer, "dilation", None) not in (None, (1,)) for b in scene.network.blocks.values()):
        return []
    runs: dict[str, Run | None] = {}
    for block_id in scene.analysis.live:
        runs[block_id] = _run(scene, runs, block_id)
    found = {}
    for block_id, run in runs.items():
        if run and run.dilated > 1 and not _goes_on(scene, runs, block_id, run) and _gappy(run):
            found[run.block] = _problem(scene, run)
    return list(found.values())


def _run(scene: Scene, runs: dict[str, Run | None], block_id: str) -> Run | None:
    if missing := scene.left_out.get(block_id):
        return _behind_copies(scene, runs.get(missing.exit), missing)
    facts = scene.facts(block_id)
    sources = [w.source for w in scene.network.incoming.get(block_id, {}).values()]
    before = [runs.get(s) for s in sources]
    if facts.output is None or not sources:
        return None
    if facts.scans:
        return _masked(before[0], block_id, facts.scans) if all(s.stride == 1 for s in facts.scans) else None
    if len(sources) > 1:
        return _joined([r for r in before if r]) if all(before) and _same_axes(facts) else None
    return before[0] if scene.fields(block_id) == scene.fields(sources[0]) else None


def _behind_copies(scene: Scene, run: Run | None, missing: LeftOut) -> Run | None:
    """The row behind copies that are left out: through one after the other, until it is clear how it goes on."""
    for number in range(missing.count):
        after = _behind_copy(scene, run, missing)
        if run is None and after is None:
            return None
        if run and after and (row := run.going_on(after, missing.count - number - 1)):
            return row
        run = after
    return run


def _behind_copy(scene: Scene, run: Run | None, copy: LeftOut) -> Run | None:
    runs = {copy.entry: run}
    for block_id in copy.blocks:
        if block_id != copy.entry:
            runs[block_id] = _run(scene, runs, block_id)
    return runs[copy.exit]


def _same_axes(facts: BlockFacts) -> bool:
    return facts.output is not None and all(came.axes == facts.output.axes for came in facts.inputs)


def _masked(before: Run | None, block_id: str, scans: tuple[Scan, ...]) -> Run:
    """A row that one more mask is added to."""
    seen = before.cells if before and len(before.cells) == len(scans) else ((0, 1),) * len(scans)
    cells = tuple(_laid(s, low, bits) for s, (low, bits) in zip(scans, seen, strict=True))
    wide = any(s.dilation > 1 and s.cells > 1 for s in scans)
    return Run(cells, block_id, scans, before, (before.dilated if before else 0) + wide)


def _laid(scan: Scan, low: int, bits: int) -> tuple[int, int]:
    found = 0
    for cell in range(scan.cells):
        found |= bits << (cell * scan.dilation)
    return low - scan.before, found


def _joined(runs: list[Run]) -> Run | None:
    """Where ways meet, what any of them sees; the row goes on from the one with the most dilated masks."""
    if len({len(r.cells) for r in runs}) != 1:
        return None
    main = max(runs, key=lambda r: r.dilated)
    cells = []
    for seen in zip(*(r.cells for r in runs), strict=True):
        low = min(first for first, _ in seen)
        bits = 0
        for first, own in seen:
            bits |= own << (first - low)
        cells.append((low, bits))
    return Run(tuple(cells), main.block, main.scans, main.before, main.dilated)


def _goes_on(scene: Scene, runs: dict[str, Run | None], block_id: str, run: Run) -> bool:
    """Whether a block behind this one belongs to the same row and so sees at least as much."""
    after = (runs.get(w.target) for w in scene.network.outgoing.get(block_id, ()))
    return any(r is not None and r.dilated >= run.dilated for r in after)


def _counts(run: Run) -> list[tuple[int, int]]:
    """Along each axis: cells seen, and cells from the first to the last of them."""
    return [(bits.bit_count(), bits.bit_length()) for _, bits in run.cells]


def _gappy(run: Run) -> bool:
    return any(seen < reach for seen, reach in _counts(run))


def _problem(scene: Scene, run: Run) -> Problem:
    dilated = [r for r in run.blocks() if any(s.dilation > 1 and s.cells > 1 for s in r.scans)]
    rates = ", ".join(str(max(s.dilation for s in r.scans)) for r in dilated[:SHOWN])
    if run.dilated > SHOWN:
        rates += f" … ({grouped(run.dilated)} masks)"
    counts = _counts(run)
    seen, reach = prod(n for n, _ in counts), prod(n for _, n in counts)
    along = " and ".join(
        f"{grouped(n)} of {grouped(m)} {axis}" for (n, m), axis in zip(counts, _axes(scene, run.block), strict=True)
    )
    words = (
        f"Masks with dilation {rates} one behind the other: a value of {scene.name(dilated[-1].block)} sees {along}, "
        f"{grouped(seen)} of {grouped(reach)} cells; the others between them never reach it. Rates without a common "
        "factor, beginning with 1, fill the gaps, as 1, 2, 3."
    )
    blocks = tuple(dict.fromkeys(r.block for r in dilated))
    return advice("Dilation leaves gaps (gridding)", words, blocks, *_remedies(scene, run, dilated))


def _axes(scene: Scene, block_id: str) -> tuple[str, ...]:
    return scene.facts(block_id).inputs[0].axis_names


def _remedies(scene: Scene, run: Run, dilated: list[Run]) -> Iterator[ChangeLayers]:
    """The first of these that fills the gaps and changes no shape: the first rate 1; rates 1, 2, 3 over and over."""
    old = [max(s.dilation for s in r.scans) for r in dilated]
    for rates in ([1, *old[1:]], [n for n, _ in zip(cycle((1, 2, 3)), old, strict=False)]):
        fix = _with_rates(scene, dilated, rates)
        if fix and not _gappy(_again(run, {r.block: n for r, n in zip(dilated, rates, strict=True)})):
            yield fix
            return


def _with_rates(scene: Scene, dilated: list[Run], rates: list[int]) -> ChangeLayers | None:
    changed = []
    for part, rate in zip(dilated, rates, strict=True):
        layer, facts = scene.layer(part.block), scene.facts(part.block)
        other = layer.with_masks(tuple(s.cells for s in part.scans), (rate,) * len(part.scans))
        if other is None or other.output(facts.inputs) != facts.output:
            return None
        changed.append((part.block, other))
    words = "Use dilation " + ", ".join(map(str, rates))
    return ChangeLayers(words, tuple(changed))


def _again(run: Run, rates: dict[str, int]) -> Run:
    """The same row with other rates."""
    made: Run | None = None
    for part in run.blocks():
        rate = rates.get(part.block)
        scans = tuple(Scan(s.cells, s.stride, rate or s.dilation, s.before, s.after) for s in part.scans)
        made = _masked(made, part.block, scans)
    assert made is not None
    return made
