"""The problems of a group: its own, and those of the blocks inside, which it wears."""

from __future__ import annotations

from convstudio.network.document import Block
from convstudio.network.facts import Analysis
from convstudio.network.group import MAX_BLOCKS, MAX_DEPTH, Group
from convstudio.network.layer import Misfit
from convstudio.network.numbers import grouped
from convstudio.network.problem import MendInside, Problem


def group_misfit(block: Block, expanding: bool) -> Misfit | None:
    """Why a group cannot be computed, whatever is inside; not `expanding`: the network has too many blocks."""
    group = block.layer
    assert isinstance(group, Group)
    if not expanding:
        words = (
            f"With all copies there are more than {grouped(MAX_BLOCKS)} blocks; {block.heading} stands for "
            f"{grouped(group.count())} of them. Repeat it less often."
        )
        return Misfit("Too many blocks", words)
    if group.depth() > MAX_DEPTH:
        words = f"In {block.heading}, groups lie {group.depth()} deep in one another; at most {MAX_DEPTH} can be saved."
        return Misfit("Groups lie too deep", words)
    entries = len(group.network.entries)
    if group.repeat > 1 and entries > 1:
        words = f"{block.heading} has {entries} inputs, and one copy of it hands one result to the next."
        return Misfit("Only a group with one input can be repeated", words)
    return None


def inside(block: Block, copies: tuple[Analysis, ...]) -> tuple[Problem, ...]:
    """The problems in a group, worn by the group: each names the block inside. What copies share is said once.

    Fixes are offered for the first copy only: what mends another may break that one.
    """
    found: dict[tuple[str, tuple[str, ...]], Problem] = {}
    for number, copy in enumerate(copies):
        for problem in copy.problems:
            found.setdefault((problem.title, problem.places), outward(block, problem, number))
    return tuple(found.values())


def outward(block: Block, problem: Problem, copy: int = 0) -> Problem:
    """What a group wears where something is to be said about a copy of its network."""
    group = block.layer
    assert isinstance(group, Group)
    where = f"Inside {block.heading}" + (f", copy {copy + 1} of {group.repeat}" if copy else "")
    names = ", ".join(f"{group.network.blocks[i].heading} ({i})" for i in problem.blocks[:1])
    words = f"{where}{', ' + names if names else ''}: {problem.words}"
    fixes = tuple(MendInside(f.label, block.id, f) for f in problem.fixes) if copy == 0 else ()
    places = tuple(group.prefix(block.id, copy) + i for i in problem.places)
    return Problem(problem.severity, problem.title, words, (block.id,), fixes, places)
