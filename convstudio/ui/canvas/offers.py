"""Which kinds of blocks fit at the end of a wire that was let go over free canvas."""

from __future__ import annotations

from convstudio.blocks import catalogue
from convstudio.network.document import Network
from convstudio.network.facts import Analysis
from convstudio.network.layer import Layer
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape

USUAL = (Shape(16), Shape(8, (128,)), Shape(8, (28, 28)), Shape(8, (8, 28, 28)))
"""A vector, a signal, an image and a clip: what a block is tried with whose own input is not known yet."""


def kinds_after(analysis: Analysis, block_id: str) -> tuple[type[Layer], ...]:
    """Kinds that take what a block hands over, the end last; all that take anything while that is not known."""
    shape = analysis.blocks[block_id].output
    takers = sorted((k for k in catalogue().values() if k().ports), key=lambda k: k.ends)
    return tuple(k for k in takers if takes(k(), shape))


def kinds_with_help(analysis: Analysis, block_id: str) -> dict[type[Layer], Layer]:
    """Kinds that take it once another block has been put between, and which."""
    shape = analysis.blocks[block_id].output
    single = (k for k in catalogue().values() if shape and len(k().ports) == 1)
    found = {k: helper(k(), (shape,)) for k in single if shape}
    return {kind: layer for kind, layer in found.items() if layer}


def helper(layer: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
    """The block that, put before a layer, surely lets it take what it cannot take as it is."""
    misfit = measure(layer, inputs).misfit
    return next((r.layer for r in misfit.remedies if r.before), None) if misfit else None


def kinds_before(network: Network, analysis: Analysis, block_id: str) -> tuple[type[Layer], ...]:
    """Kinds whose result a block can take."""
    feeders = (k for k in catalogue().values() if not k.ends and not k.inner)  # what starts a group is fed outside it
    return tuple(k for k in feeders if feeds(k(), network, analysis, block_id))


def takes(layer: Layer, shape: Shape | None) -> bool:
    """Whether a layer takes what is handed over; while that is not known, it may."""
    return shape is None or _takes(layer, (shape,))


def feeds(layer: Layer, network: Network, analysis: Analysis, block_id: str) -> bool:
    """Whether a block can take what a layer makes, beside what it gets already."""
    target = network.blocks[block_id].layer
    arriving = [analysis.blocks[w.source].output for w in network.incoming.get(block_id, {}).values()]
    others = tuple(shape for shape in arriving if shape)
    inputs = [()] if not layer.ports else [(shape,) * len(layer.ports) for shape in (*others, *USUAL)]
    results = (measure(layer, shapes).output for shapes in inputs)
    return any(_takes(target, (*others, result)) for result in results if result)


def _takes(layer: Layer, shapes: tuple[Shape, ...]) -> bool:
    """Whether shapes fit, as far as can be said before all inputs are connected."""
    return len(shapes) < len(layer.ports) or measure(layer, shapes).misfit is None
