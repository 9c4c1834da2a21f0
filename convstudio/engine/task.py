"""What a network learns: the loss of each sample, the share of right answers in it, and how far classes overlap.

All of it holds for scores (n, classes) with a target for each sample (n,), and for scores (n, classes, *axes) with one
for each pixel (n, *axes).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


def loss(scores: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
    """Mean cross entropy over all targets, as training lowers it."""
    return cross_entropy(scores, targets, label_smoothing=smoothing)


def losses(scores: Tensor, targets: Tensor) -> Tensor:
    """Cross entropy of each sample (n,); where it has many targets, their mean."""
    found = cross_entropy(scores, targets, reduction="none")
    return found if found.dim() == 1 else found.flatten(1).mean(1)


def right(scores: Tensor, targets: Tensor) -> Tensor:
    """Which targets were named rightly: the shape of `targets`."""
    return scores.argmax(1).eq(targets)


def hits(scores: Tensor, targets: Tensor) -> Tensor:
    """Share of right answers in each sample (n,)."""
    found = right(scores, targets)
    return found if found.dim() == 1 else found.flatten(1).double().mean(1)


def confusion(scores: Tensor, targets: Tensor) -> Tensor:
    """How often which class (row) was named what (column), int64 (classes, classes)."""
    classes = scores.shape[1]
    pairs = targets.flatten() * classes + scores.argmax(1).flatten()
    return torch.bincount(pairs, minlength=classes**2).view(classes, classes)


def mean_iou(confused: Tensor) -> float:
    """Mean intersection over union of the classes that occur, in the targets or in the answers.

    Of one class: targets named rightly ÷ (targets of it + answers of it - those named rightly).
    """
    counts = confused.double()
    together = counts.diagonal()
    either = counts.sum(0) + counts.sum(1) - together
    occurs = either > 0
    return float((together[occurs] / either[occurs]).mean()) if occurs.any() else float("nan")
