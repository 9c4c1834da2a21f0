"""The start values of masks: the ways to draw them that a person can choose, besides torch's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.nn import init

from convstudio.network.training_settings import Initialisation

SPREAD = 0.01
"""Standard deviation of the start values in AlexNet (Krizhevsky, Sutskever, Hinton 2012, section 5)."""


def _he(weights: Tensor) -> None:
    """Normal, variance 2 ÷ inputs of a unit: He et al. 2015, equation 10, for layers before a ReLU."""
    init.kaiming_normal_(weights, nonlinearity="relu")


def _glorot(weights: Tensor) -> None:
    """Uniform, variance 2 ÷ (inputs + outputs of a unit): Glorot and Bengio 2010, equation 16."""
    init.xavier_uniform_(weights)


def _normal(weights: Tensor) -> None:
    init.normal_(weights, std=SPREAD)


FILLS: dict[Initialisation, Callable[[Tensor], Any]] = {
    "he": _he,
    "glorot": _glorot,
    "orthogonal": init.orthogonal_,
    "normal": _normal,
    "zeros": init.zeros_,
}


def initialise(block: nn.Module, how: Initialisation) -> None:
    """Give the masks of `block`, its weights with two or more axes, other start values, and set their biases to 0.

    Numbers come from torch's global random state. Blocks without masks, and the scale and shift of a normalisation,
    stay as torch makes them, as everything does by "default".
    """
    fill = FILLS.get(how)
    if fill is None:
        return
    for module in block.modules():
        weights = [w for w in module.parameters(recurse=False) if w.dim() > 1]
        for mask in weights:
            fill(mask)
        if weights and isinstance(bias := getattr(module, "bias", None), Tensor):
            init.zeros_(bias)
