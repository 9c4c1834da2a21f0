"""Advice: where a network departs from sound habit, in words with numbers; nothing here keeps it from being trained."""

from __future__ import annotations

from collections.abc import Callable

from convstudio.network import group_diagnosis
from convstudio.network.advice.across import across
from convstudio.network.advice.collapse import no_activation_between
from convstudio.network.advice.ending import before_the_output
from convstudio.network.advice.gridding import gaps
from convstudio.network.advice.masks import even_masks, masks_over_padding
from convstudio.network.advice.reach import averaged_patches, pooled_past, told_from_little
from convstudio.network.advice.scene import Scene
from convstudio.network.advice.weights import heavy_layer
from convstudio.network.document import Network
from convstudio.network.facts import Analysis, Sample
from convstudio.network.group import Group
from convstudio.network.layer import Catalogue
from convstudio.network.problem import Problem
from convstudio.network.sight import Sight

RULES: tuple[Callable[[Scene], list[Problem]], ...] = (
    no_activation_between,
    heavy_layer,
    averaged_patches,
    pooled_past,
    told_from_little,
    gaps,
    masks_over_padding,
    even_masks,
    before_the_output,
)


def advise(
    network: Network,
    analysis: Analysis,
    catalogue: Catalogue,
    sample: Sample | None = None,
    weights: int | None = None,
    sight: Sight | None = None,
) -> tuple[Problem, ...]:
    """All advice about the blocks that take part, each with severity "advice". Pure; never raises.

    Groups wear the advice about what is inside them, as they wear its problems. `weights` are those of the whole
    document where the network is that of a group, and then nothing is said of what lies around it as well; `sight` are
    the receptive fields, where they are known already.
    """
    whole = analysis.parameters if weights is None else weights
    scene = Scene(network, analysis, catalogue, sample, whole, sight or Sight(analysis))
    grouped = weights is not None or any(isinstance(b.layer, Group) for b in network.blocks.values())
    rules = (r for r in RULES if not (grouped and r is gaps))  # what masks miss depends on all that comes before them
    found = [problem for rule in rules for problem in rule(scene)]
    found += [problem for block_id in analysis.live for problem in _inside(scene, block_id)]
    return (*found, *(across(scene, found) if weights is None else ()))


def _inside(scene: Scene, block_id: str) -> tuple[Problem, ...]:
    """Advice about the first copy of a group; all copies are alike."""
    block = scene.network.blocks[block_id]
    if not isinstance(block.layer, Group) or not scene.facts(block_id).inside:
        return ()
    first = scene.facts(block_id).inside[0]
    found = advise(
        block.layer.network, first, scene.catalogue, scene.sample, scene.weights, scene.sight.inside(block_id)
    )
    return tuple(group_diagnosis.outward(block, problem) for problem in found)
