"""What each block costs, and its share of the whole network's costs."""

from __future__ import annotations

from typing import Literal

from convstudio.network.facts import Analysis, BlockFacts

Cost = Literal["parameters", "multiply_adds", "activation_bytes"]
"""The costs that a block can have a share of: fields of BlockFacts and of Analysis."""

CONVENTION = (
    "One multiply-add = 1, for one sample; convolution and fully connected weights are counted, "
    "bias, normalisation, activation and pooling are not."
)
"""How multiply-adds are counted, in words that stand beside the numbers."""


def memory_convention(batch: int) -> str:
    """How the memory of results is counted, in words that stand beside the numbers."""
    return (
        "Memory: the result of every block, kept for the backward pass in float32: numbers of one sample × 4 bytes × "
        f"{batch} samples of a mini-batch."
    )


def cost(facts: BlockFacts, what: Cost) -> int:
    """One cost of a block, for one sample."""
    return int(getattr(facts, what))


def total(analysis: Analysis, what: Cost) -> int:
    """That cost of all blocks that take part, for one sample."""
    return int(getattr(analysis, what))


def shares(analysis: Analysis, what: Cost) -> dict[str, float]:
    """The part of the whole, 0 to 1, of each block that takes part; empty where there is nothing to share."""
    return shares_at(analysis, (), what)


def shares_at(whole: Analysis, path: tuple[str, ...], what: Cost) -> dict[str, float]:
    """The part of the whole document, 0 to 1, of each block in the group at a path; if repeated, in its first copy.

    Empty where there is nothing to share, or where a group on the way takes no part.
    """
    level, whole_cost = _level(whole, path), total(whole, what)
    return {i: cost(level.blocks[i], what) / whole_cost for i in level.live} if level and whole_cost else {}


def share_at(whole: Analysis, path: tuple[str, ...], block_id: str, what: Cost) -> float | None:
    """That part of one block; None where it takes no part. 0 of nothing is 0."""
    level = _level(whole, path)
    if not level or block_id not in level.live:
        return None
    return cost(level.blocks[block_id], what) / max(1, total(whole, what))


def _level(whole: Analysis, path: tuple[str, ...]) -> Analysis | None:
    """The analysis of the group at a path, in its first copy; None where a group on the way takes no part."""
    level = whole
    for block_id in path:
        if block_id not in level.live or not level.blocks[block_id].inside:
            return None
        level = level.blocks[block_id].inside[0]
    return level


def percent(share: float) -> str:
    """'31 %', '2.5 %', '< 0.1 %', '99.9 %': two digits, but no 0 % of what costs something, nor 100 % of a part."""
    if share == 0:
        return "0 %"
    if share < 0.001:
        return "< 0.1 %"
    if 0.995 <= share < 1:
        return f"{share * 100:.1f} %" if share < 0.9995 else "> 99.9 %"
    return f"{share * 100:.1f} %" if share < 0.0995 else f"{share * 100:.0f} %"
