"""What the rows of the Health tab say in words, for tooltips and screen readers."""

from __future__ import annotations

from convstudio.protocol.messages import Figures, LayerHealth
from convstudio.ui.health.history import Kind
from convstudio.ui.live.numbers import percent, significant
from convstudio.ui.text import grouped, tr

TITLES: dict[Kind, str] = {"weights": "Weights", "gradients": "Gradients", "results": "Results"}
USUAL = (1e-4, 5e-2)
"""Between these the change of the weights in a step, as part of them, is usual."""


def figures_words(kind: Kind, found: Figures | None) -> str:
    """All figures of one kind in a sentence."""
    if found is None:
        return f"{tr(TITLES[kind])}: {tr('none')}"
    odd = f", {grouped(found.odd)} {tr('are no finite numbers')}" if found.odd else ""
    parts = (
        f"{tr('mean')} {significant(found.mean)}",
        f"{tr('standard deviation')} {significant(found.std)}",
        f"{tr('from')} {significant(found.low)} {tr('to')} {significant(found.high)}",
        f"{tr('norm')} {significant(found.norm)}",
    )
    return f"{tr(TITLES[kind])} ({grouped(found.size)}): {', '.join(parts)}{odd}"


def update_words(update: float | None) -> str:
    """How far the last step moved the weights."""
    if update is None:
        return tr("Change of the weights in a step: known while training")
    low, high = USUAL
    verdict = tr("small") if update < low else tr("large") if update > high else tr("usual")
    return f"{tr('Change of the weights in this step')}: {significant(update)} {tr('of their norm')} ({verdict})"


def units_words(layer: LayerHealth) -> str:
    """Dead units of a ReLU, or saturated values; '' for other blocks."""
    if layer.units:
        dead = f"{grouped(layer.dead)} {tr('of')} {grouped(layer.units)}"
        return f"{tr('Dead')}: {dead} {tr('units are 0 for the whole batch')}"
    if layer.saturated is not None:
        return f"{tr('Saturated')}: {percent(layer.saturated)} {tr('of the results lie where the curve is flat')}"
    return ""


def row_words(heading: str, layer: LayerHealth) -> str:
    """A whole row."""
    kinds: tuple[Kind, ...] = ("weights", "gradients", "results")
    lines = [figures_words(kind, getattr(layer, kind)) for kind in kinds if getattr(layer, kind) is not None]
    if layer.weights:
        lines.append(update_words(layer.update))
    lines += [words] if (words := units_words(layer)) else []
    return "\n".join([f"{heading} ({layer.block})", *lines])
