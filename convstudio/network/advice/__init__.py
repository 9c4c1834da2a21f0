"""Advice: where a network departs from sound habit, in words with numbers; nothing here keeps it from being trained."""

from __future__ import annotations

from collections.abc import Callable

from convstudio.network.advice.collapse import no_activation_between
from convstudio.network.advice.ending import before_the_output
from convstudio.network.advice.gridding import gaps
from convstudio.network.advice.masks import even_masks, masks_over_padding
from convstudio.network.advice.scene import Scene
from convstudio.network.advice.weights import averaged_patches, heavy_layer
from convstudio.network.document import Network
from convstudio.network.facts import Analysis, Sample
from convstudio.network.layer import Catalogue
from convstudio.network.problem import Problem

RULES: tuple[Callable[[Scene], list[Problem]], ...] = (
    no_activation_between,
    heavy_layer,
    averaged_patches,
    gaps,
    masks_over_padding,
    even_masks,
    before_the_output,
)


def advise(
    network: Network, analysis: Analysis, catalogue: Catalogue, sample: Sample | None = None
) -> tuple[Problem, ...]:
    """All advice about the blocks that take part, each with severity "advice". Pure; never raises."""
    scene = Scene(network, analysis, catalogue, sample)
    return tuple(problem for rule in RULES for problem in rule(scene))
