"""Rules about gradients on their way back through the network: do they fade, or grow beyond measure?"""

from __future__ import annotations

from math import inf, isfinite, sqrt

from convstudio.doctor import remedies
from convstudio.doctor.finding import Finding, Remedy
from convstudio.doctor.statistics import Statistics
from convstudio.network.document import Network
from convstudio.protocol.messages import Health, LayerHealth

LOOKS = 3
"""So many looks in a row must show the same."""
FADED = 1e-4
"""Gradients have vanished where they are smaller than this part of the largest of a block behind."""
LONG = 1000.0
"""The gradient of all weights together explodes where its norm is longer; healthy ones are seldom beyond 10."""
NOTHING = 1e-30
"""Where even the largest gradient is smaller there is nothing that could fade."""


def vanishing(found: Statistics, network: Network) -> Finding | None:
    """Blocks whose gradient a weight is below `FADED` of that of a block behind them, in each of the last looks."""
    looks = found.looks[-LOOKS:]
    if len(looks) < LOOKS:
        return None
    faded = set.intersection(*(set(faded_blocks(look)) for look in looks))
    names = [layer.block for layer in looks[-1].layers if layer.block in faded]
    if not names:
        return None
    sizes = typical(looks[-1])
    largest = max(sizes, key=sizes.__getitem__)
    first = names[0]
    ratio = sizes[first] / sizes[largest]
    return Finding(
        "vanishing",
        True,
        "Gradients vanish",
        f"What the loss says hardly reaches {first}: its weights learn next to nothing. Try ReLU instead of sigmoid or "
        "tanh, batch normalisation, a way around (Add), or fewer layers.",
        (
            f"gradient a weight, {first}: {sizes[first]:.2g}",
            f"gradient a weight, {largest}: {sizes[largest]:.2g}",
            f"ratio {ratio:.1g}; below {FADED:g} in {LOOKS} looks in a row",
        ),
        tuple(names),
        (*_unbent(looks[-1], network), *remedies.batch_norm(network, _between(looks[-1], first))),
    )


def faded_blocks(look: Health) -> list[str]:
    """Blocks with vanished gradients in one look; not those that dead units behind them explain."""
    sizes = typical(look)
    blocked = [n for n, layer in enumerate(look.layers) if layer.units and layer.dead == layer.units]
    end = max(blocked, default=-1)
    found, behind = [], 0.0
    for number in range(len(look.layers) - 1, -1, -1):
        block = look.layers[number].block
        size = sizes.get(block)
        if size is None:
            continue
        if number > end and behind > NOTHING and size < FADED * behind:
            found.append(block)
        behind = max(behind, size)
    return found


def exploding(found: Statistics, network: Network) -> Finding | None:
    """One of the last looks shows a gradient that is longer than `LONG`, or no finite number."""
    for look in reversed(found.looks[-LOOKS:]):
        norm = whole_norm(look)
        if norm <= LONG:
            continue
        sizes = {layer.block: layer.gradients.norm for layer in look.layers if layer.gradients}
        odd = [layer.block for layer in look.layers if layer.gradients and layer.gradients.odd]
        worst = odd[-1] if odd else max(sizes, key=sizes.__getitem__)
        long = f"{norm:.3g}" if isfinite(norm) else "no finite number"
        return Finding(
            "exploding",
            True,
            "Gradients explode",
            f"The gradient of step {look.step:,} is so long that one step throws the weights far away; it is longest "
            f"at {worst}. Clip gradients, train more slowly, or put batch normalisation between the layers.",
            (f"norm over all weights: {long}; more than {LONG:g} is too long", f"norm at {worst}: {sizes[worst]:.3g}"),
            (worst,),
            (*remedies.clipping(found.settings), *remedies.rate(found.settings, 0.1)),
        )
    return None


def whole_norm(look: Health) -> float:
    """The norm of the gradient of all weights; infinite where a number in it is none."""
    parts = [layer.gradients for layer in look.layers if layer.gradients]
    if any(part.odd for part in parts):
        return inf
    return sqrt(sum(part.norm**2 for part in parts))


def typical(look: Health) -> dict[str, float]:
    """The size of a gradient a weight (root of the mean square) of each block that has one."""
    return {layer.block: _size(layer) for layer in look.layers if layer.gradients and layer.gradients.size}


def _size(layer: LayerHealth) -> float:
    assert layer.gradients is not None
    return layer.gradients.norm / sqrt(layer.gradients.size)


def _unbent(look: Health, network: Network) -> tuple[Remedy, ...]:
    """ReLU in place of the first sigmoid or tanh, whose slopes multiply to next to nothing."""
    return remedies.relu(network, (layer.block for layer in look.layers if layer.saturated is not None))


def _between(look: Health, first: str) -> list[str]:
    """What comes behind the first block with vanished gradients."""
    names = [layer.block for layer in look.layers]
    return names[names.index(first) + 1 :]
