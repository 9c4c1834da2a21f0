"""From a network to all that follows from it: order, shapes, costs and problems; receptive fields: see `sight`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from convstudio.network import diagnosis, ends_diagnosis, group_diagnosis
from convstudio.network.call import Call
from convstudio.network.document import Block, Network
from convstudio.network.facts import Analysis, BlockFacts, Sample
from convstudio.network.group import MAX_BLOCKS, Entry, Group
from convstudio.network.layer import Catalogue, Layer, Misfit, Scan, Window
from convstudio.network.memory import carried_over, carry_over, recalled, remembered
from convstudio.network.numbers import grouped
from convstudio.network.problem import Problem
from convstudio.network.shape import Shape

MAX_PARAMETERS = 2**33
"""Above this (32 GiB of float32) a network is called too large rather than tried."""
MAX_RESULT = 2**33
"""The same for the numbers in one result of one sample."""


_NOTHING = BlockFacts()


class Measure(Struct, frozen=True):
    """What follows from a layer and the shapes that reach it: an `output` or a `misfit`, and the costs."""

    output: Shape | None = None
    misfit: Misfit | None = None
    parameters: int = 0
    multiply_adds: int = 0
    windows: tuple[Window, ...] | None = ()
    arithmetic: tuple[str, ...] = ()
    call: Call | None = None
    scans: tuple[Scan, ...] = ()


def resolve(network: Network, catalogue: Catalogue, sample: Sample | None = None) -> Analysis:
    """Work out everything about `network`; with `sample` also whether it fits the data. Pure; never raises."""
    expanding = network.count <= MAX_BLOCKS
    scope = _Scope({}, used=True, expanding=expanding, recalling=expanding)
    analysis, circular = _analysed(network, scope)
    found = ends_diagnosis.ends_and_starts(network, analysis.blocks, analysis.order, catalogue.get("output"))
    found += ends_diagnosis.no_input(network, analysis.blocks, analysis.order, catalogue, sample)
    if sample and analysis.input and analysis.output:
        ends = analysis.input, analysis.output
        found += ends_diagnosis.unlike_data(network, analysis.blocks, ends, sample, catalogue)
    return _with_problems(network, analysis, circular, found)


@lru_cache(maxsize=4096)
def resolve_inside(
    network: Network, arriving: tuple[Shape | None, ...], used: bool, expanding: bool = True
) -> Analysis:
    """Work out one copy of the network in a group; `arriving` are the shapes at its Entries, in their order.

    `used` says whether the group leads to the Output, `expanding` whether groups inside may make all their copies.
    """
    given = dict(zip(network.entries.values(), arriving, strict=True))
    analysis, circular = _analysed(network, _Scope(given, used, expanding))
    found = ends_diagnosis.exits_and_entries(network, analysis.order, analysis.blocks)
    return _with_problems(network, analysis, circular, found)


class _Scope(Struct, frozen=True):
    """What a network gets from around it: shapes at its Entries, and the arguments of `resolve_inside`.

    `recalling`: facts follow from the block and what feeds it alone, so that those of before may be recalled.
    """

    given: Mapping[str, Shape | None]
    used: bool
    expanding: bool
    recalling: bool = False


def _analysed(network: Network, scope: _Scope) -> tuple[Analysis, tuple[str, ...]]:
    """The facts of all blocks, and the ids of those that go round in circles."""
    order, circular = network.order
    used = network.leading if scope.used else frozenset()
    loose = ends_diagnosis.loose_ends(network, order)
    facts, stale = carried_over(network, used) if scope.recalling else ({}, set(order))
    for block_id in order:
        if block_id not in stale:
            continue
        leads = block_id in used
        known = recalled(network, facts, block_id, leads) if scope.recalling else None
        if known is None:
            known = _facts(network, loose, facts, block_id, leads, scope)
            known = remembered(network, facts, block_id, leads, known) if scope.recalling else known
        before = facts.get(block_id)
        if before == known:
            continue  # what follows from it is as before, and so need not be looked at
        if before is not None:
            stale.update([wire.target for wire in network.outgoing.get(block_id, ())])
        facts[block_id] = known
    for block_id in circular:
        facts[block_id] = _stuck(network.blocks[block_id], block_id in used)
    if scope.recalling and not circular:
        carry_over(network, used, facts)
    leading = network.leading
    start = _only([i for i, b in network.blocks.items() if i in leading and not b.layer.ports])
    end = _only([i for i, b in network.blocks.items() if b.layer.ends])
    return Analysis(network, order, facts, (), start, end), circular


def _only(ids: list[str]) -> str | None:
    return ids[0] if len(ids) == 1 else None


def _stuck(block: Block, used: bool) -> BlockFacts:
    """A block that cannot be computed, because it is in a circle or behind one."""
    return _group_facts(block, (), used, False) if isinstance(block.layer, Group) else BlockFacts(used=used)


def _with_problems(network: Network, analysis: Analysis, circular: tuple[str, ...], found: list[Problem]) -> Analysis:
    facts = dict(analysis.blocks)
    if circular:
        found.append(diagnosis.circle(network, circular))
    found += diagnosis.dead_ends(network, facts)
    for problem in found:
        for block_id in problem.blocks:
            facts[block_id] = replace(facts[block_id], problems=(*facts[block_id].problems, problem))
    own = (p for f in facts.values() for p in f.problems)
    problems = tuple(dict.fromkeys([*found, *own]))
    return Analysis(network, analysis.order, facts, problems, analysis.input, analysis.output)


def _facts(
    network: Network,
    loose: tuple[str, ...],
    facts: dict[str, BlockFacts],
    block_id: str,
    used: bool,
    scope: _Scope,
) -> BlockFacts:
    block = network.blocks[block_id]
    if isinstance(block.layer, Entry):
        return _entry_facts(scope.given.get(block_id), used)
    arriving = network.incoming.get(block_id, {})
    ports = tuple(p for p in network.ports(block_id) if p in arriving or p in block.layer.ports)
    sources = [facts[arriving[p].source] if p in arriving else _NOTHING for p in ports]
    came = tuple([s.output for s in sources])
    open_end = any(p not in arriving for p in ports)
    problems: tuple[Problem, ...] = ()
    if open_end:
        problems = (diagnosis.unconnected(network, loose, block_id, used),)
    if isinstance(block.layer, Group):
        found = _group_facts(block, came, used, scope.expanding)
        return replace(found, problems=(*problems, *found.problems)) if problems else found
    known = tuple(c for c in came if c)
    if open_end or len(known) < len(ports):
        return BlockFacts(problems=problems, used=used)
    return _layer_facts(block, ports, known, used, (network, facts))


def _entry_facts(came: Shape | None, used: bool) -> BlockFacts:
    return BlockFacts(inputs=(came,) if came else (), output=came, used=used, passes=True)


def _layer_facts(
    block: Block, ports: tuple[str, ...], inputs: tuple[Shape, ...], used: bool, around: diagnosis.Around
) -> BlockFacts:
    found = measure(block.layer, inputs)
    if found.misfit:
        problem = diagnosis.misfit(block, ports, found.misfit, used, around)
        return BlockFacts(inputs=inputs, problems=(problem,), used=used)
    return BlockFacts(
        inputs=inputs,
        output=found.output,
        parameters=found.parameters,
        multiply_adds=found.multiply_adds,
        windows=found.windows,
        arithmetic=found.arithmetic,
        call=found.call,
        scans=found.scans,
        problems=diagnosis.obstacle(block, used),
        used=used,
        passes=block.layer.inner,
    )


def _group_facts(block: Block, came: tuple[Shape | None, ...], used: bool, expanding: bool) -> BlockFacts:
    """A group as a whole, with the analysis of each copy as far as they can be computed, and always of the first."""
    group = block.layer
    assert isinstance(group, Group)
    entries = len(group.network.entries)
    refused = group_diagnosis.group_misfit(block, expanding)
    whole = len(came) == entries and all(came) and refused is None
    copies = _copies(group, came if whole else (None,) * entries, used, expanding)
    result = _handed_on(copies[-1]) if whole and len(copies) == group.repeat else None
    problems = group_diagnosis.inside(block, copies)
    if refused:
        problems = (diagnosis.misfit(block, group.ports, refused, used), *problems)
    inputs = tuple(c for c in came if c)
    if result is None:
        return BlockFacts(inputs=inputs, problems=problems, used=used, inside=copies)
    return BlockFacts(
        inputs=inputs,
        output=result,
        parameters=sum(c.parameters for c in copies),
        multiply_adds=sum(c.multiply_adds for c in copies),
        arithmetic=_group_arithmetic(copies),
        problems=problems,
        used=used,
        inside=copies,
    )


def _copies(group: Group, came: tuple[Shape | None, ...], used: bool, expanding: bool) -> tuple[Analysis, ...]:
    copies = [resolve_inside(group.network, came, used, expanding)]
    while len(copies) < group.repeat and (result := _handed_on(copies[-1])) and all(came):
        copies.append(resolve_inside(group.network, (result,), used, expanding))
    return tuple(copies)


def _handed_on(copy: Analysis) -> Shape | None:
    """The result of a copy; None while something keeps it from being computed."""
    end = copy.blocks.get(copy.output or "")
    return end.output if end and not copy.errors else None


def _group_arithmetic(copies: tuple[Analysis, ...]) -> tuple[str, ...]:
    if len(copies) == 1:
        return ()
    each = [c.parameters for c in copies]
    if len(set(each)) == 1:
        return (f"weights {len(copies)} · {grouped(each[0])} = {grouped(sum(each))}",)
    shown = " + ".join(grouped(n) for n in each[:3]) + (" + …" if len(each) > 3 else "")
    return (f"weights {shown} = {grouped(sum(each))}",)


@lru_cache(maxsize=16_384)
def measure(layer: Layer, inputs: tuple[Shape, ...]) -> Measure:
    """Apply a layer's rules to the shapes that reach it."""
    if isinstance(layer, Group):
        return _group_measure(layer, inputs)
    if fault := layer.fault():
        return Measure(misfit=Misfit("These settings contradict each other", fault))
    result = layer.output(inputs)
    if isinstance(result, Misfit):
        return Measure(misfit=result)
    weights = layer.parameters(inputs)
    if weights > MAX_PARAMETERS:
        return Measure(misfit=_too_large(f"{grouped(weights)} weights", weights))
    if result.size > MAX_RESULT:
        return Measure(misfit=_too_large(f"{result} = {grouped(result.size)} numbers for one sample", result.size))
    return Measure(
        output=result,
        parameters=weights,
        multiply_adds=layer.multiply_adds(inputs),
        windows=layer.windows(inputs) if inputs else (),
        arithmetic=layer.arithmetic(inputs),
        call=layer.call(inputs),
        scans=layer.scans(inputs),
    )


def _group_measure(group: Group, inputs: tuple[Shape, ...]) -> Measure:
    facts = _group_facts(Block("group_1", group), inputs, True, group.count() <= MAX_BLOCKS)
    if facts.output is None:
        problem = next((p for p in facts.problems if p.severity == "error"), None)
        return Measure(misfit=Misfit(problem.title, problem.words) if problem else _unfed(group, inputs))
    return Measure(facts.output, None, facts.parameters, facts.multiply_adds, arithmetic=facts.arithmetic)


def _unfed(group: Group, inputs: tuple[Shape, ...]) -> Misfit:
    """Nothing inside is wrong, but not every Entry gets something, or more arrives than there are."""
    return Misfit("Inputs are missing", f"The group takes in {len(group.network.entries)}, and {len(inputs)} arrive.")


def _too_large(what: str, count: int) -> Misfit:
    return Misfit("Too large to compute", f"{what} would take {grouped(round(count * 4 / 2**30))} GiB.")
