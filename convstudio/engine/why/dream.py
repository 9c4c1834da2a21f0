"""Activation maximisation: an image that changes step by step so that one unit answers more and more strongly."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from convstudio.engine.build import LiveNetwork
from convstudio.engine.why.aim import Aim, settled, slopes

NOISE = 0.05
"""How far the first image lies from grey, in the standard deviation."""


@dataclass(frozen=True)
class Manner:
    """How an image is changed in a step: by `rate` in the root mean square, then smoothed by `smooth` (0 to 1)."""

    rate: float = 0.02
    smooth: float = 0.3


class Dream:
    """One image on its way. Erhan et al., "Visualizing Higher-Layer Features of a Deep Network" (2009), section 3.2;
    the smoothing is that of Yosinski et al., "Understanding Neural Networks Through Deep Visualization" (2015).

    `image` is float32 (channels, *axes) from 0 to 1, and `value` what the unit answers to it; `steps` were made.
    """

    def __init__(self, live: LiveNetwork, aim: Aim, start: Tensor | None = None, seed: int = 0) -> None:
        """From `start`, or from grey with a little noise. NetworkFault in words when there is no such unit."""
        dims = live.sample.dims
        self.image = _noise(dims, seed) if start is None else start.detach().to("cpu", torch.float32, copy=True)
        self.aim = settled(live, self.image, aim)
        self.steps = 0
        self._see(live)

    @property
    def still(self) -> bool:
        """Nothing of the image moves the unit, so no step can change it."""
        return not bool(self._gradient.any())

    def step(self, live: LiveNetwork, manner: Manner) -> None:
        """Change the image uphill. The value is then that of the network as it is now, also while it learns."""
        size = self._gradient.square().mean().sqrt()
        moved = self.image + manner.rate * self._gradient / size if size > 0 else self.image
        self.image = smoothed(moved, manner.smooth).clamp(0.0, 1.0)
        self.steps += 1
        self._see(live)

    def _see(self, live: LiveNetwork) -> None:
        value, gradient = slopes(live, self.image[None], self.aim)
        self.value = value[0].item()
        self._gradient = gradient[0].cpu().nan_to_num()


def smoothed(image: Tensor, share: float) -> Tensor:
    """Each cell goes by this share towards the mean of its neighbours along the axes (the edge stands for itself)."""
    if image.dim() == 1 or share <= 0:
        return image
    total, count = torch.zeros_like(image), 0
    for axis in range(1, image.dim()):
        length = image.shape[axis]
        for at in (torch.arange(length) - 1, torch.arange(length) + 1):
            total += image.index_select(axis, at.clamp(0, length - 1))
            count += 1
    return image + share * (total / count - image)


def _noise(dims: tuple[int, ...], seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (0.5 + NOISE * torch.randn(dims, generator=generator)).clamp(0.0, 1.0)
