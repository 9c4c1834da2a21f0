"""Which lens explains which function of torch: the one table."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from convstudio.engine.lens import curves, joins, moves, norms, pools, shares, spread, stages, sums
from convstudio.engine.lens.scene import Scene
from convstudio.network.terms import Given, Moved, Terms, Untold

Lens = Callable[[Scene], Terms]
TOLERANCE = 1e-2
RANKS = (1, 2, 3)
CURVES = (
    "F.relu",
    "F.hardtanh",
    "F.leaky_relu",
    "nn.PReLU",
    "F.elu",
    "F.gelu",
    "F.silu",
    "F.hardswish",
    "F.hardsigmoid",
    "torch.sigmoid",
    "torch.tanh",
)

FAMILIES: dict[str, Lens] = {
    **{f"nn.Conv{rank}d": sums.convolution for rank in RANKS},
    **{f"F.conv{rank}d": sums.fixed_mask for rank in RANKS},
    **{f"nn.ConvTranspose{rank}d": spread.transposed for rank in RANKS},
    "nn.Sequential": stages.separable,
    "nn.Linear": sums.neuron,
    **{f"F.max_pool{rank}d": pools.max_pool for rank in RANKS},
    **{f"F.avg_pool{rank}d": pools.average_pool for rank in RANKS},
    **{f"F.adaptive_max_pool{rank}d": pools.adaptive_max for rank in RANKS},
    **{f"F.adaptive_avg_pool{rank}d": pools.adaptive_average for rank in RANKS},
    "torch.mean": pools.global_average,
    "torch.amax": pools.global_max,
    **{f"nn.BatchNorm{rank}d": norms.batch_norm for rank in RANKS},
    "nn.GroupNorm": norms.group_norm,
    "nn.LayerNorm": norms.layer_norm,
    "F.local_response_norm": norms.local_response,
    **dict.fromkeys(CURVES, curves.activation),
    "torch.softmax": shares.softmax,
    "+": joins.summed,
    "*": joins.multiplied,
    "torch.cat": joins.concatenated,
    "torch.flatten": moves.row,
    "torch.reshape": moves.form,
    "torch.narrow": moves.sliced,
    "F.channel_shuffle": moves.shuffled,
    "F.pad": moves.padded,
    "F.interpolate": moves.enlarged,
    **{f"nn.Dropout{axes}": moves.dropout for axes in ("", "1d", "2d", "3d")},
}


def explained(scene: Scene) -> Terms:
    """How the unit's value comes about; `Untold` where there is no lens for what the block computes.

    A plugin may call a function in a way that none of our blocks does. What a lens works out then could be wrong: where
    it does not come to the network's own result, it is not shown.
    """
    if scene.call is None:
        return _without_function(scene)
    untold = Untold(scene.call.function, scene.value)
    lens = FAMILIES.get(scene.call.function)
    if lens is None:
        return untold
    try:
        terms = lens(scene)
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError):
        return untold
    return terms if _agrees(terms.worked, terms.result) else untold


def _agrees(worked: float, result: float) -> bool:
    """Up to what float32 sums of many products may differ by; what is no number agrees with what is none."""
    if not (isfinite(worked) and isfinite(result)):
        return True
    return abs(worked - result) <= TOLERANCE * (1 + abs(result))


def _without_function(scene: Scene) -> Terms:
    if not scene.inputs:
        return Given(scene.value)
    if scene.block == scene.live.output:
        return shares.answer(scene)
    whole = scene.sources[0].startswith(f"{scene.block}.")
    return Moved("group" if whole else "passed", 0, (scene.channel, *scene.place), scene.value, scene.value)
