"""What other blocks would cost in a block's place, for those with masks and for pooling."""

from __future__ import annotations

from msgspec import Struct

from convstudio.network.layer import Layer
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape
from convstudio.swaps.twins import Chain, twins


class Rival(Struct, frozen=True):
    """One way to fill the place: its name, its colour token, what it costs, and whether it is the one there now."""

    name: str
    colour: str
    parameters: int
    multiply_adds: int
    present: bool


def rivals(layer: Layer, came: Shape) -> tuple[Rival, ...]:
    """The layer beside its twins, which give out the same shape; dearest first. () where it has none."""
    chains = [twin.layers for twin in twins(layer, came) if twin.layers]
    if not chains:
        return ()
    found = [_rival(chain, came, chain == (layer,)) for chain in ((layer,), *chains)]
    return tuple(sorted(found, key=lambda r: (-r.parameters, -r.multiply_adds)))


def _rival(chain: Chain, came: Shape, present: bool) -> Rival:
    weights = work = 0
    for layer in chain:
        found = measure(layer, (came,))
        assert found.output is not None
        came, weights, work = found.output, weights + found.parameters, work + found.multiply_adds
    return Rival(" + ".join(layer.heading() for layer in chain), chain[-1].colour, weights, work, present)
