"""What a unit loses when a part of the image is covered: the cover moves over the image step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import torch
from torch import Tensor

from convstudio.engine.build import LiveNetwork, NetworkFault
from convstudio.engine.why.aim import Aim, device_of, fitting, in_use, settled, summed, values
from convstudio.engine.why.finding import Finding, Findings

MOST_PLACES = 20_000


@dataclass(frozen=True)
class Cover:
    """So many cells along each side, moved by `stride`, filled with one `tone` (0 black to 1 white)."""

    side: int = 4
    stride: int = 2
    tone: float = 0.0


def occlusion(live: LiveNetwork, image: Tensor, aim: Aim, cover: Cover) -> Findings:
    """For each cell of `image`, by how much the unit falls, in the mean over all covers that the cell lies under.

    Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014), section 4.2. The last cover of a
    row ends at the edge, so that every cell is covered once at least. All channels are covered together; of a clip all
    frames. NetworkFault when the cover fits nowhere, or there would be too many places.
    """
    aim = settled(live, image, aim)
    image = image.to(device_of(live), torch.float32)
    windows = _windows(image, cover)
    losses, counts = torch.zeros_like(image), torch.zeros_like(image)
    value = _values(live, image[None], aim)[0]
    done = 0
    for some in _chunks(windows, fitting(live)):
        covered = image.expand(len(some), *image.shape).clone()
        for one, window in zip(covered, some, strict=True):
            one[window] = cover.tone
        for window, now in zip(some, _values(live, covered, aim), strict=True):
            losses[window] += value - now
            counts[window] += 1
        done += len(some)
        heat = summed(_alike(losses / counts.clamp(min=1)))
        yield Finding(done / len(windows), aim.channel, value.item(), heat)


def places(length: int, side: int, stride: int) -> tuple[int, ...]:
    """Where covers begin along an axis."""
    last = max(0, length - side)
    return tuple(dict.fromkeys((*range(0, last, stride), last)))


Window = tuple[slice, ...]


def _windows(image: Tensor, cover: Cover) -> list[Window]:
    """Rows and columns of an image, the time of a signal, the numbers of a vector."""
    moved = image.shape[-2:] if image.dim() > 2 else image.shape[-1:]
    if not 1 <= cover.side <= max(moved) or cover.stride < 1:
        raise NetworkFault(f"A cover of {cover.side} cells does not fit over {' × '.join(map(str, moved))} cells.")
    starts = [places(length, cover.side, cover.stride) for length in moved]
    if prod(map(len, starts)) > MOST_PLACES:
        raise NetworkFault("The cover would be put at more than 20,000 places. Choose a larger stride.")
    whole = (slice(None),) * (image.dim() - len(moved))
    return [(*whole, *(slice(at, at + cover.side) for at in place)) for place in product(*starts)]


def _values(live: LiveNetwork, images: Tensor, aim: Aim) -> Tensor:
    with in_use(live), torch.no_grad():
        return values(live.results(images, (aim.block,))[aim.block], aim)


def _alike(heat: Tensor) -> Tensor:
    """One channel, and one frame, for all: they were covered together, and show the same."""
    if heat.dim() == 1:
        return heat
    return heat[:1, :1] if heat.dim() == 4 else heat[:1]


def _chunks(windows: Sequence[Window], size: int) -> list[Sequence[Window]]:
    return [windows[at : at + size] for at in range(0, len(windows), size)]
