"""From a network to all that follows from it: order, shapes, costs, receptive fields and problems."""

from __future__ import annotations

from collections import deque
from functools import lru_cache, partial

from msgspec import Struct
from msgspec.structs import replace

from convstudio.network import diagnosis, edits, receptive_field
from convstudio.network.call import Call
from convstudio.network.document import Network
from convstudio.network.facts import Analysis, BlockFacts, Sample
from convstudio.network.layer import Catalogue, Layer, Misfit, Window
from convstudio.network.memory import remembered
from convstudio.network.receptive_field import Field
from convstudio.network.shape import Shape

MAX_PARAMETERS = 2**33
"""Above this (32 GiB of float32) a network is called too large rather than tried."""
MAX_RESULT = 2**33
"""The same for the numbers in one result of one sample."""


class Measure(Struct, frozen=True):
    """What follows from a layer and the shapes that reach it: an `output` or a `misfit`, and the costs."""

    output: Shape | None = None
    misfit: Misfit | None = None
    parameters: int = 0
    multiply_adds: int = 0
    windows: tuple[Window, ...] | None = ()
    arithmetic: tuple[str, ...] = ()
    call: Call | None = None


def resolve(network: Network, catalogue: Catalogue, sample: Sample | None = None) -> Analysis:
    """Work out everything about `network`; with `sample` also whether it fits the data. Pure; never raises."""
    order, circular = _sorted(network)
    used = _used(network)
    loose = diagnosis.loose_ends(network, order)
    facts: dict[str, BlockFacts] = {}
    for block_id in order:
        leads = block_id in used
        work = partial(_facts, network, loose, facts, block_id, leads)
        facts[block_id] = remembered(network, facts, block_id, leads, work)
    for block_id in circular:
        facts[block_id] = BlockFacts(used=block_id in used)
    starts = [i for i in network.blocks if i in used and not network.blocks[i].layer.ports]
    ends = [i for i, b in network.blocks.items() if b.layer.ends]
    analysis = Analysis(order, facts, (), starts[0] if len(starts) == 1 else None, ends[0] if len(ends) == 1 else None)
    return _with_problems(network, analysis, circular, catalogue, sample)


def _with_problems(
    network: Network,
    analysis: Analysis,
    circular: tuple[str, ...],
    catalogue: Catalogue,
    sample: Sample | None,
) -> Analysis:
    facts = dict(analysis.blocks)
    found = diagnosis.ends_and_starts(network, facts, analysis.order, catalogue.get("output"))
    if circular:
        found.append(diagnosis.circle(network, circular))
    found += diagnosis.dead_ends(network, facts)
    if sample and analysis.input and analysis.output:
        found += diagnosis.unlike_data(network, facts, analysis.input, analysis.output, sample)
    for problem in found:
        for block_id in problem.blocks:
            facts[block_id] = replace(facts[block_id], problems=(*facts[block_id].problems, problem))
    own = (p for f in facts.values() for p in f.problems)
    return Analysis(analysis.order, facts, tuple(dict.fromkeys([*found, *own])), analysis.input, analysis.output)


def _sorted(network: Network) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids so that each comes after what feeds it, and those that a circle keeps out of that order."""
    waiting = {i: len(network.incoming.get(i, ())) for i in network.blocks}
    ready = deque(i for i, count in waiting.items() if count == 0)
    order: list[str] = []
    while ready:
        block_id = ready.popleft()
        order.append(block_id)
        for wire in network.outgoing.get(block_id, ()):
            waiting[wire.target] -= 1
            if waiting[wire.target] == 0:
                ready.append(wire.target)
    return tuple(order), tuple(i for i, count in waiting.items() if count > 0)


def _used(network: Network) -> set[str]:
    """Ids of the blocks that lead to an Output, and the Outputs."""
    found = {i for i, b in network.blocks.items() if b.layer.ends}
    for end in tuple(found):
        found |= edits.upstream(network, end)
    return found


def _facts(
    network: Network, loose: tuple[str, ...], facts: dict[str, BlockFacts], block_id: str, used: bool
) -> BlockFacts:
    block = network.blocks[block_id]
    arriving = network.incoming.get(block_id, {})
    ports = tuple(p for p in network.ports(block_id) if p in arriving or p in block.layer.ports)
    if any(p not in arriving for p in ports):
        return BlockFacts(problems=(diagnosis.unconnected(network, loose, block_id, used),), used=used)
    sources = [facts[arriving[p].source] for p in ports]
    inputs = tuple(s.output for s in sources if s.output)
    if len(inputs) < len(ports):
        return BlockFacts(used=used)
    found = measure(block.layer, inputs)
    if found.misfit:
        problem = diagnosis.misfit(block, ports, found.misfit, used)
        return BlockFacts(inputs=inputs, problems=(problem,), used=used)
    return BlockFacts(
        inputs=inputs,
        output=found.output,
        parameters=found.parameters,
        multiply_adds=found.multiply_adds,
        field=_field([s.field for s in sources], inputs, found),
        arithmetic=found.arithmetic,
        call=found.call,
        used=used,
    )


@lru_cache(maxsize=16_384)
def measure(layer: Layer, inputs: tuple[Shape, ...]) -> Measure:
    """Apply a layer's rules to the shapes that reach it."""
    if fault := layer.fault():
        return Measure(misfit=Misfit("These settings contradict each other", fault))
    result = layer.output(inputs)
    if isinstance(result, Misfit):
        return Measure(misfit=result)
    weights = layer.parameters(inputs)
    if weights > MAX_PARAMETERS:
        return Measure(misfit=_too_large(f"{weights:,} weights", weights))
    if result.size > MAX_RESULT:
        return Measure(misfit=_too_large(f"{result} = {result.size:,} numbers for one sample", result.size))
    return Measure(
        output=result,
        parameters=weights,
        multiply_adds=layer.multiply_adds(inputs),
        windows=layer.windows(inputs) if inputs else (),
        arithmetic=layer.arithmetic(inputs),
        call=layer.call(inputs),
    )


def _too_large(what: str, count: int) -> Misfit:
    return Misfit("Too large to compute", f"{what} would take {count * 4 / 2**30:,.0f} GiB.")


def _field(branches: list[tuple[Field, ...]], inputs: tuple[Shape, ...], found: Measure) -> tuple[Field, ...]:
    assert found.output is not None
    if not branches:
        return receptive_field.of_input(found.output)
    if len({len(b) for b in branches}) > 1:
        return ()
    meeting = receptive_field.merged(branches, inputs, found.output) if len(branches) > 1 else branches[0]
    return receptive_field.through(meeting, found.windows, inputs[0])
