"""Variants of a network: one idea of a twin in the place of every chosen block that it suits, as a single edit.

A block keeps its id, title, place, wires and mark as frozen, whatever it becomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.pool import Pool
from convstudio.blocks.separable import Separable
from convstudio.network import edits
from convstudio.network.document import Network
from convstudio.network.facts import Analysis
from convstudio.network.layer import Layer, across, shortened, times
from convstudio.network.receptive_field import plain
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape
from convstudio.swaps import arithmetic
from convstudio.swaps.twins import SWAPPABLE, Chain, Twin, twins

PRESENT = "present"
STRIDED, STRIDED_TITLE = "strided", "Stride instead of pooling"
ORDER = ("standard", "larger", "full", "dilated", "dilated_same", "separable", "separable_larger", "grouped", STRIDED)
"""Of the ideas, as they are compared; others come last."""
WRITTEN = 6
"""So many blocks have their arithmetic written out."""


@dataclass(frozen=True)
class Variant:
    """A network (of one level) in which `blocks` stand in the place of those chosen.

    `name` is what the blocks are now, `title` the idea, `lines` its arithmetic. `words` say why it cannot be; then the
    network is the present one.
    """

    key: str
    title: str
    name: str
    colour: str
    network: Network
    blocks: tuple[str, ...]
    lines: tuple[str, ...] = ()
    words: str = ""


def swappable(network: Network, analysis: Analysis, ids: Sequence[str]) -> tuple[str, ...]:
    """Those of these blocks that something else could replace, in order of computation."""
    wanted = {i for i in ids if i in network.blocks and isinstance(network.blocks[i].layer, SWAPPABLE)}
    return tuple(i for i in analysis.order if i in wanted and analysis.blocks[i].output and analysis.blocks[i].inputs)


def variants(network: Network, analysis: Analysis, ids: Sequence[str]) -> tuple[Variant, ...]:
    """The network as it is, then with each idea that suits any of these blocks; () where none can be swapped."""
    chosen = swappable(network, analysis, ids)
    if not chosen:
        return ()
    found = {i: {t.key: t for t in _twins(network, analysis, i)} for i in chosen}
    keys = sorted({key for ideas in found.values() for key in ideas}, key=_rank)
    made = [_variant(network, analysis, {i: found[i][key] for i in chosen if key in found[i]}, chosen) for key in keys]
    return (_present(network, analysis, chosen), *made)


def _present(network: Network, analysis: Analysis, chosen: tuple[str, ...]) -> Variant:
    layers = [network.blocks[i].layer for i in chosen]
    lines = _lines(analysis, chosen, [(layer,) for layer in layers])
    return Variant(PRESENT, "As it is", _names(layers), layers[0].colour, network, chosen, lines)


def _twins(network: Network, analysis: Analysis, block_id: str) -> tuple[Twin, ...]:
    layer, came = network.blocks[block_id].layer, analysis.blocks[block_id].inputs[0]
    found = twins(layer, came)
    if not isinstance(layer, Convolution | Separable):
        return found
    return (*found, _strided(network, analysis, block_id, layer, came))


def _variant(network: Network, analysis: Analysis, ideas: dict[str, Twin], chosen: tuple[str, ...]) -> Variant:
    """One idea in all the places that it suits; where it suits none, the reason."""
    some = next(iter(ideas.values()))
    fitting = {i: twin for i, twin in ideas.items() if twin.layers}
    if not fitting:
        return Variant(some.key, some.title, some.title, "dim", network, chosen, words=some.words)
    blocks: list[str] = []
    made = network
    for block_id in chosen:
        if block_id in fitting:
            made, added = _put(made, block_id, fitting[block_id].layers)
            blocks += added
        blocks.append(block_id)
    pools = [pool for i in fitting if some.key == STRIDED and (pool := pool_after(network, analysis, i))]
    made = edits.remove(made, pools)
    lines = _lines(analysis, tuple(fitting), [t.layers for t in fitting.values()])
    if pools:
        lines += _stride_lines(analysis, tuple(fitting), pools)
    chains = [twin.layers for twin in fitting.values()]
    name = _names([layer for chain in chains for layer in chain] if len(chains) == 1 else [c[-1] for c in chains])
    if len(fitting) < len(chosen):
        name += f" ({len(fitting)} of {len(chosen)} blocks)"
    kept = tuple(i for i in blocks if i in made.blocks)
    return Variant(some.key, some.title, name, chains[0][-1].colour, made, kept, lines)


def _put(network: Network, block_id: str, chain: Chain) -> tuple[Network, list[str]]:
    """The last of the chain in the block's place, the others in front of it; and the ids of those."""
    added: list[str] = []
    network = edits.change(network, block_id, chain[-1])
    for layer in reversed(chain[:-1]):
        network, new = edits.insert_before(network, added[0] if added else block_id, "in", layer)
        added.insert(0, new)
    return network, added


def pool_after(network: Network, analysis: Analysis, block_id: str) -> str | None:
    """The pooling that a block leads to and to nothing else, past blocks that work value by value."""
    while len(leaving := network.outgoing.get(block_id, ())) == 1:
        block_id = leaving[0].target
        layer, facts = network.blocks[block_id].layer, analysis.blocks[block_id]
        if isinstance(layer, Pool):
            return block_id if facts.output else None
        valued = facts.windows is not None and plain(facts.windows) and facts.output and (facts.output,) == facts.inputs
        if not valued or layer.inner or layer.ends or facts.inside:
            return None
    return None


def _strided(network: Network, analysis: Analysis, block_id: str, layer: Convolution | Separable, came: Shape) -> Twin:
    """The block with the stride of the pooling behind it, which is then needed no more."""
    pool_id = pool_after(network, analysis, block_id)
    if pool_id is None:
        words = "No pooling follows this block alone, so there is none that a stride could replace."
        return Twin(STRIDED, STRIDED_TITLE, words=words)
    pool, wanted = network.blocks[pool_id].layer, analysis.blocks[pool_id].output
    assert isinstance(pool, Pool)
    assert wanted is not None
    steps = across(layer.stride, came.rank), across(pool.stride, came.rank)
    stride = shortened(tuple(a * b for a, b in zip(steps[0] or (), steps[1] or (), strict=False)))
    for padding in (layer.padding, "same", "none"):
        made = structs.replace(layer, stride=stride, padding=padding)
        if measure(made, (came,)).output == Shape(layer.channels, wanted.axes):
            return Twin(STRIDED, STRIDED_TITLE, (made,))
    words = f"With stride {stride[0]} the block does not give {wanted} as {network.blocks[pool_id].heading} does."
    return Twin(STRIDED, STRIDED_TITLE, words=words)


def _lines(analysis: Analysis, ids: tuple[str, ...], chains: Sequence[Chain]) -> tuple[str, ...]:
    """The arithmetic of each block; with its id in front where there are several."""
    found: list[str] = []
    for block_id, chain in list(zip(ids, chains, strict=True))[:WRITTEN]:
        came = analysis.blocks[block_id].inputs[0]
        for layer in chain:
            head = f"{block_id}: " if len(ids) > 1 else ""
            found += [head + line for line in arithmetic.work(layer, came)]
            came = measure(layer, (came,)).output or came
    more = (f"… and {len(ids) - WRITTEN} blocks more",) if len(ids) > WRITTEN else ()
    return (*found, *more)


def _stride_lines(analysis: Analysis, ids: tuple[str, ...], pools: Sequence[str]) -> tuple[str, ...]:
    pairs = ((analysis.blocks[i].output, analysis.blocks[p].output) for i, p in zip(ids, pools, strict=True))
    return tuple(arithmetic.stride_line(before.axes, after.axes) for before, after in pairs if before and after)


def _rank(key: str) -> tuple[int, str]:
    return (ORDER.index(key) if key in ORDER else len(ORDER)), key


def _named(layer: Layer) -> str:
    """The heading, with the groups and the stride that it leaves out."""
    groups, stride = getattr(layer, "groups", 1), getattr(layer, "stride", (1,))
    words = f" · {groups} groups" if groups > 1 else ""
    if isinstance(layer, Convolution | Separable) and max(stride) > 1:
        words += f" · stride {times(stride) if len(stride) > 1 else stride[0]}"
    return layer.heading() + words


def _names(layers: Sequence[Layer]) -> str:
    names = list(dict.fromkeys(_named(layer) for layer in layers))
    return " + ".join(names) if len(names) <= 2 else f"{names[0]}, {names[1]} …"
