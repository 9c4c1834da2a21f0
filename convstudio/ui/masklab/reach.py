"""What the lab can be used on: which block has masks, which maps they look at, and which blocks come behind."""

from __future__ import annotations

from collections import deque

from convstudio.network.document import Block, Network
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.group import Group
from convstudio.ui.masklab.kinds import MASKED
from convstudio.ui.masklab.later_maps import Later
from convstudio.ui.text import tr

MOST = 8
"""So many blocks behind are pictured."""


def refusal(block: Block, facts: BlockFacts) -> str:
    """Why the masks of a block cannot be edited now; '' where they can."""
    if isinstance(block.layer, Group):
        return f"{block.heading} {tr('is a group: open it, and select a block in it that has masks.')}"
    if block.layer.kind == "fully_connected":
        words = tr("has weights but no masks: each output has a number for every input, and no neighbours.")
        return f"{block.heading} {words} {tr('Masks of convolutions can be edited here.')}"
    if block.layer.kind not in MASKED and not (facts.multiply_adds and block.layer.origin):
        return f"{block.heading} {tr('has no masks. Select a convolution or a Fixed mask to edit its masks by hand.')}"
    if facts.output is None or not facts.inputs:
        return f"{block.heading} {tr('cannot be computed yet: wire it up, or mend what is said about it first.')}"
    return ""


def source(network: Network, block_id: str) -> str:
    """The block whose maps the masks look at; '' without one."""
    wires = network.incoming.get(block_id, {})
    return next(iter(wires.values())).source if wires else ""


def behind(network: Network, analysis: Analysis, block_id: str) -> tuple[Later, ...]:
    """The blocks that a change of this one reaches, nearest first, as far as they can be computed."""
    found: dict[str, None] = {}
    waiting = deque([block_id])
    while waiting:
        for wire in network.outgoing.get(waiting.popleft(), ()):
            if wire.target not in found:
                found[wire.target] = None
                waiting.append(wire.target)
    order = sorted(found, key=analysis.order.index) if found.keys() <= set(analysis.order) else list(found)
    shown = (i for i in order if analysis.blocks[i].output is not None)
    return tuple(Later(i, network.blocks[i].heading) for i in shown)[:MOST]
