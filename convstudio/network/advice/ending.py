"""Advice about what stands straight before the Output, which applies softmax and cross-entropy itself."""

from __future__ import annotations

from math import exp, inf, isinf

from convstudio.network.advice.scene import Scene, advice
from convstudio.network.costs import percent
from convstudio.network.problem import Problem, RemoveBlock


def before_the_output(scene: Scene) -> list[Problem]:
    """Activations, dropout and batch norm behind the last layer of a classifier."""
    end = scene.analysis.output
    if end is None or scene.sample is None or scene.layer(end).inner:
        return []
    found = []
    at = _before(scene, end)
    while at and (problem := _misplaced(scene, at, len(scene.sample.classes))):
        found.append(problem)
        at = _before(scene, at)
    return found


def _before(scene: Scene, block_id: str) -> str | None:
    """The block whose result this one gets, where that is a single one; borders of groups hand it on."""
    at = scene.source(block_id)
    while at and scene.layer(at).kind == "passage":
        at = scene.source(at)
    return at


def _misplaced(scene: Scene, block_id: str, classes: int) -> Problem | None:
    layer, facts = scene.layer(block_id), scene.facts(block_id)
    if facts.output is None or facts.output.channels != classes or not scene.network.incoming.get(block_id):
        return None
    low, high = layer.bounds
    words = _bounded(scene.name(block_id), low, high, classes)
    if layer.kind in ("dropout", "spatial_dropout") and getattr(layer, "share", 0.0) > 0:
        words = (
            f"{scene.name(block_id)} sets the scores of whole classes to 0 while training, also that of the right one. "
            "It belongs before the last layer, where other numbers can stand in for those that are dropped."
        )
    elif layer.kind == "batch_norm":
        words = (
            f"{scene.name(block_id)} shifts and scales the scores by those of the other samples of a mini-batch: while "
            "training, the answer to a sample then depends on its neighbours. It belongs between layers."
        )
    if not words:
        return None
    fix = RemoveBlock(f"Remove {scene.network.blocks[block_id].heading}", block_id)
    return advice(f"{layer.title} straight before the Output", words, (block_id,), fix)


def _bounded(name: str, low: float, high: float, classes: int) -> str:
    """Why scores that cannot go beyond bounds are bad for the softmax in the Output; '' where they can."""
    if low == -inf or classes < 2:
        return ""
    if isinf(high):
        return (
            f"The Output's softmax compares scores. {name} lets none fall below {low:g}, so that no class can be told "
            "to be unlikely, and a class whose score is cut off gets no gradient and learns nothing."
        )
    best = exp(high - low) / (exp(high - low) + classes - 1)
    return (
        f"The Output applies softmax itself. Scores from {name} lie between {low:g} and {high:g}, and the surest "
        f"answer that softmax can make of them for {classes} classes is e^{high - low:g} / (e^{high - low:g} + "
        f"{classes - 1}) = {percent(best)}."
    )
