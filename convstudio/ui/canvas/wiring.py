"""What a wire that is being drawn would mean: allowed, refused, or not fitting yet, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.facts import Analysis
from convstudio.network.resolve import measure

Kind = Literal["good", "unfit", "refused"]


class Verdict(Struct, frozen=True):
    """`refused` wires are not drawn; `unfit` ones are, but what arrives does not fit yet."""

    kind: Kind
    words: str = ""

    @property
    def token(self) -> str:
        """The colour that says it."""
        return {"good": "accent", "unfit": "warning", "refused": "bad"}[self.kind]


class Goal(Struct, frozen=True):
    """What would become of a wire to a block, and the port where it would end there."""

    kind: Kind
    port: str


def judge(network: Network, analysis: Analysis, wire: Wire) -> Verdict:
    """What would become of `wire`."""
    if reason := edits.refusal(network, wire):
        return Verdict("refused", reason)
    return _fit(network, analysis, wire)


def _fit(network: Network, analysis: Analysis, wire: Wire) -> Verdict:
    """Whether what would flow along a wire that is not refused fits."""
    came = analysis.blocks[wire.source].output
    if came is None:
        return Verdict("good")
    layer = network.blocks[wire.target].layer
    others = [analysis.blocks[w.source].output for w in network.incoming.get(wire.target, {}).values()]
    inputs = (*(s for s in others if s), came)
    if len(inputs) < len(layer.ports):
        return Verdict("good", came.words)
    misfit = measure(layer, inputs).misfit
    return Verdict("unfit", f"{misfit.title}: {misfit.words}") if misfit else Verdict("good", came.words)


def reachable(network: Network, analysis: Analysis, anchor: tuple[str, str], forward: bool) -> Mapping[str, Goal]:
    """Where a wire may lead from an anchor (block, port), away from an output or towards an input; by block."""
    block_id, own = anchor
    circle = edits.upstream(network, block_id) if forward else edits.downstream(network, block_id)
    found: dict[str, Goal] = {}
    for other in network.blocks:
        source, target = (block_id, other) if forward else (other, block_id)
        port = network.free_port(target) if forward else own
        if other == block_id:
            continue
        if port is None or other in circle or network.blocks[source].layer.ends:
            found[other] = Goal("refused", "")
        else:
            fit = _fit(network, analysis, Wire(source, target, port))
            found[other] = Goal(fit.kind, port if forward else "out")
    return found
