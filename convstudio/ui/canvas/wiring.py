"""What a wire that is being drawn would mean: allowed, refused, or not fitting yet, in words."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.facts import Analysis
from convstudio.network.resolve import measure


class Verdict(Struct, frozen=True):
    """`refused` wires are not drawn; `unfit` ones are, but what arrives does not fit yet."""

    kind: Literal["good", "unfit", "refused"]
    words: str = ""

    @property
    def token(self) -> str:
        """The colour that says it."""
        return {"good": "accent", "unfit": "warning", "refused": "bad"}[self.kind]


def judge(network: Network, analysis: Analysis, wire: Wire) -> Verdict:
    """What would become of `wire`."""
    if reason := edits.refusal(network, wire):
        return Verdict("refused", reason)
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
