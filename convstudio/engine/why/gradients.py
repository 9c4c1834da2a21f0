"""What of an image moves a unit: its gradient at the image, and gradients integrated on the way from black to it."""

from __future__ import annotations

import torch
from torch import Tensor

from convstudio.engine.build import LiveNetwork
from convstudio.engine.why.aim import Aim, fitting, largest, settled, slopes, summed
from convstudio.engine.why.finding import Finding, Findings

STEPS = 128
"""Points on the way at which gradients are taken."""


def saliency(live: LiveNetwork, image: Tensor, aim: Aim) -> Findings:
    """|d unit / d input| at `image`, float32 (channels, *axes): of each cell the largest over its channels.

    Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks" (2014), section 3.1.
    """
    aim = settled(live, image, aim)
    value, gradient = slopes(live, image[None], aim)
    yield Finding(1.0, aim.channel, value[0].item(), largest(gradient[0]))


def integrated(live: LiveNetwork, image: Tensor, aim: Aim, steps: int = STEPS) -> Findings:
    """Integrated gradients from the black image, by the midpoint rule in so many steps; summed over channels.

    Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks" (2017), section 3. By completeness all
    attributions together are what the unit's value differs by from that for the black image, as far as the steps are
    fine enough.
    """
    aim = settled(live, image, aim)
    ends, _ = slopes(live, torch.stack((torch.zeros_like(image), image)), aim)
    baseline, value = (end.item() for end in ends)
    shares = (torch.arange(steps, dtype=torch.float32) + 0.5) / steps
    collected = torch.zeros(image.shape, dtype=torch.float64)
    for some in torch.split(shares, fitting(live)):
        ways = some.view(-1, *(1,) * image.dim()) * image.cpu()
        collected += slopes(live, ways, aim)[1].cpu().double().sum(0)
        share = min(1.0, (some[-1].item() * steps + 0.5) / steps)
        if share < 1:
            yield Finding(share, aim.channel, value, baseline=baseline)
    attributions = collected / steps * image.cpu().double()
    total = attributions.sum().item()
    yield Finding(1.0, aim.channel, value, summed(attributions), total=total, baseline=baseline)
