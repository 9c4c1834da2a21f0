"""Where numbers stop being numbers: the first block, on the way forward, or on the gradient's way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from convstudio.engine.build import LiveNetwork
from convstudio.engine.evaluation import first_not_finite


class Origin(NamedTuple):
    """The block where it began ('' if that is unknown); `backward`: its gradient, not its result."""

    block: str
    backward: bool


def origin(live: LiveNetwork, images: Tensor) -> Origin:
    """Where it began, judged by the network as it is now and a batch for which its loss is no finite number.

    Weights that are no finite numbers became so by a gradient in the step before; the gradient comes from the end, so
    the last of these blocks was the first. Otherwise it is the first block whose result for the batch is not finite.
    """
    if block := _last(live, lambda weights: weights):
        return Origin(block, True)
    return Origin(first_not_finite(live, images), False)


def of_gradients(live: LiveNetwork) -> Origin:
    """The same, judged by gradients that are still there."""
    return Origin(_last(live, lambda weights: weights.grad), True)


def finite(live: LiveNetwork) -> bool:
    """Whether all that is learnt or averaged is a number. Going on from anything else would be of no use."""
    return all(bool(torch.isfinite(value).all()) for value in (*live.parameters(), *live.buffers()))


def words(live: LiveNetwork, found: Origin) -> str:
    """'Fully connected (fc_1) is the first block whose result is not.'"""
    if not found.block:
        return "The loss is the first place that is not."
    what = "that the gradient, coming from the loss, reached as none" if found.backward else "whose result is not"
    return f"{live.headings[found.block]} ({found.block}) is the first block {what}."


def _last(live: LiveNetwork, numbers: Callable[[Tensor], Tensor | None]) -> str:
    """The last block, in order of computation, that has trained weights of which some `numbers` are not finite."""
    order = {block: place for place, block in enumerate(live.shapes)}
    for block in sorted(live.parts, key=order.__getitem__, reverse=True):
        for weights in live.parts[block].parameters():
            found = numbers(weights)
            if found is not None and not torch.isfinite(found).all():
                return block
    return ""
