"""Which lens explains which function of torch: the one table."""

from __future__ import annotations

from collections.abc import Callable

from convstudio.engine.lens import sums
from convstudio.engine.lens.scene import Scene
from convstudio.network.terms import Given, Moved, Terms, Untold

Lens = Callable[[Scene], Terms]

FAMILIES: dict[str, Lens] = {
    **{f"nn.Conv{rank}d": sums.convolution for rank in (1, 2, 3)},
    **{f"F.conv{rank}d": sums.fixed_mask for rank in (1, 2, 3)},
    "nn.Linear": sums.neuron,
}


def explained(scene: Scene) -> Terms:
    """How the unit's value comes about; `Untold` where there is no lens for the block's function."""
    if scene.call is None:
        return _without_function(scene)
    lens = FAMILIES.get(scene.call.function)
    return lens(scene) if lens else Untold(scene.call.function, scene.value)


def _without_function(scene: Scene) -> Terms:
    if not scene.inputs:
        return Given(scene.value)
    return Moved("passed", 0, (scene.channel, *scene.place), scene.value, scene.value)
