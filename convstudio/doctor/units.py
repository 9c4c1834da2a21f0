"""Rules about the results of blocks: units that are always 0, and curves that are flat where the values lie."""

from __future__ import annotations

from collections.abc import Callable

from convstudio.doctor import remedies
from convstudio.doctor.finding import Finding
from convstudio.doctor.statistics import Statistics
from convstudio.network.costs import percent
from convstudio.network.document import Network
from convstudio.protocol.messages import LayerHealth

LOOKS = 3
"""So many looks in a row must show the same."""
MANY_DEAD, NEARLY_ALL = 0.5, 0.95
MANY_FLAT = 0.8
Share = Callable[[LayerHealth], float | None]
NAMED = 3
"""So many blocks are shown with their numbers."""


def dead(found: Statistics, network: Network) -> Finding | None:
    """ReLUs of which at least half of the units were 0 for a whole batch, in each of the last looks."""
    shares = _lowest(found, lambda layer: layer.dead / layer.units if layer.units else None)
    bad = {block: share for block, share in shares.items() if share >= MANY_DEAD}
    if not bad:
        return None
    last = {layer.block: layer for layer in found.looks[-1].layers}
    worst = max(bad, key=bad.__getitem__)
    evidence = [f"{block}: {last[block].dead} of {last[block].units} units are 0 for the whole batch" for block in bad]
    return Finding(
        "dead",
        bad[worst] >= NEARLY_ALL,
        "Dead units",
        f"Units behind {worst} give 0 for every sample, so that no gradient reaches them and they never come back. A "
        "smaller learning rate keeps them from dying; a Leaky ReLU lets them live. Then begin again.",
        (*evidence[:NAMED], f"seen in {LOOKS} looks in a row; {percent(MANY_DEAD)} is too many"),
        tuple(bad),
        (*remedies.rate(found.settings, 0.1), *remedies.leaky(network, [worst, *bad])),
    )


def saturated(found: Statistics, network: Network) -> Finding | None:
    """Sigmoids and tanhs that are nearly flat for most of their values, in each of the last looks."""
    shares = _lowest(found, lambda layer: layer.saturated)
    bad = {block: share for block, share in shares.items() if share >= MANY_FLAT}
    if not bad:
        return None
    worst = max(bad, key=bad.__getitem__)
    evidence = [f"{block}: {percent(share)} of its results lie where it is nearly flat" for block, share in bad.items()]
    return Finding(
        "saturated",
        True,
        "Saturated units",
        f"{worst} gets so large values that it is flat there: its slope is less than a tenth of the steepest, and next "
        "to no gradient passes. Batch normalisation before it, a smaller learning rate, or a ReLU helps.",
        (*evidence[:NAMED], f"seen in {LOOKS} looks in a row; {percent(MANY_FLAT)} is too many"),
        tuple(bad),
        (
            *remedies.batch_norm(network, [worst, *bad]),
            *remedies.relu(network, [worst, *bad]),
            *remedies.rate(found.settings, 0.1),
        ),
    )


def _lowest(found: Statistics, share: Share) -> dict[str, float]:
    """The lowest share of each block in the last looks; none where there are too few."""
    looks = found.looks[-LOOKS:]
    if len(looks) < LOOKS:
        return {}
    lowest: dict[str, float] = {}
    for look in looks:
        known = {layer.block: value for layer in look.layers if (value := share(layer)) is not None}
        lowest = {b: min(lowest.get(b, 1.0), v) for b, v in known.items() if look is looks[0] or b in lowest}
    return lowest
