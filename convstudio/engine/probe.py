"""Looking into a network between two steps: the masks of a block, and the feature maps of the watched sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, isfinite, prod, sqrt
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from convstudio.engine import memory
from convstudio.engine.build import ADVICE, LiveNetwork, NetworkFault
from convstudio.engine.evaluation import evaluating
from convstudio.engine.few_threads import few_threads
from convstudio.engine.governor import Governor

__all__ = ["BlockMaps", "BlockMasks", "Governor", "Look", "maps", "masks"]

MOST = 1_000_000
"""Numbers in one array; of larger layers only as many whole masks or maps are taken as this allows."""

LARGE = 256 * 2**20
"""Bytes of all results from which on it is asked whether there is room for them."""
NAMEABLE = 256
"""So many classes a map of bytes can tell apart."""


class BlockMasks(NamedTuple):
    """The masks of one block, an entry a weight: its name, the masks, and how many output channels there are in all.

    Each array is float32, output channels × input channels of a mask × its cells; a fully connected layer's is
    outputs × inputs. Values are as they are, also where they are not finite.
    """

    names: tuple[str, ...]
    arrays: tuple[NDArray[np.float32], ...]
    totals: tuple[int, ...]


class BlockMaps(NamedTuple):
    """The feature maps of one block as pictures: uint8, maps × rows × columns; value = low + n · (high - low) / 255.

    A vector is one map with one row; a signal's maps have one row of its time; a clip's maps have its frames one
    below the other. `low` and `high` are the extremes over all maps, also over those that were not taken; `total` is
    the number of maps. What is not finite shows as `low` (not a number, -∞) or `high` (∞). Of maps larger than `MOST`
    only every second (third …) row and column is taken.
    """

    maps: NDArray[np.uint8]
    low: float
    high: float
    total: int


@dataclass(frozen=True, eq=False)
class Look:
    """What one pass of the watched sample showed: maps by block id, and the answer, if there is an Output.

    That is a probability a class, or the class of each pixel, uint8 (rows, columns).
    """

    maps: dict[str, BlockMaps]
    probabilities: NDArray[np.float32]
    class_map: NDArray[np.uint8] | None = None


def masks(live: LiveNetwork, block: str, limit: int = 0) -> BlockMasks:
    """The masks of `block`, at most the first `limit` output channels of each weight (0: all), at most `MOST` numbers.

    A weight with three or more dimensions is a mask, whether it is trained or fixed; of a block without such, a
    matrix (fully connected) is shown. A block without weights, or an unknown one, has none.
    """
    child = live.parts.get(block)
    return pictured({n: w.detach() for n, w in weights(child)} if child is not None else {}, limit)


def changes(live: LiveNetwork, block: str, start: Mapping[str, Tensor], limit: int = 0) -> BlockMasks:
    """By how much the trained masks of `block` differ from those in `start`, by name; otherwise like `masks`."""
    trained = live.parts[block].named_parameters() if block in live.parts else ()
    found = {n: w.detach() for n, w in trained if n in start and w.dim() >= 2}
    shown = {n: w[: _count(len(w), prod(w.shape[1:]), limit)] for n, w in found.items()}
    less = {n: part - start[n][: len(part)].to(part.device) for n, part in shown.items()}
    return BlockMasks(*pictured(less)[:2], tuple(len(w) for w in found.values()))


def pictured(named: Mapping[str, Tensor], limit: int = 0) -> BlockMasks:
    """Weights, or numbers of the same form, as masks; those with a single axis are left out."""
    found = {name: values for name, values in named.items() if values.dim() >= 2}
    return BlockMasks(
        tuple(found),
        tuple(_mask_array(values, limit) for values in found.values()),
        tuple(len(values) for values in found.values()),
    )


def weights(child: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """What a block computes with, by name: trained, then fixed."""
    yield from child.named_parameters()
    yield from child.named_buffers()


def _mask_array(weights: Tensor, limit: int) -> NDArray[np.float32]:
    taken = weights[: _count(len(weights), prod(weights.shape[1:]), limit)]
    return taken.to("cpu", torch.float32, copy=True, memory_format=torch.contiguous_format).numpy()


def maps(live: LiveNetwork, image: Tensor, wanted: Mapping[str, int]) -> Look:
    """The maps of the `wanted` blocks (id: the most maps to take; 0 all) and the answer for one sample, in one pass.

    `image` is float32 (channels, *axes), on any device. The pass runs as in use, not as in training: dropout does
    nothing, batch normalisation uses its averages. Weights, random state and training mode stay as they were.
    NetworkFault when the sample does not have the shape of the Input; MemoryFault when its results would not fit.
    """
    if tuple(image.shape) != live.sample.dims:
        came = " × ".join(str(n) for n in image.shape)
        raise NetworkFault(f"The watched sample is {came}, and the network expects {live.sample}.", live.input)
    if live.activation_bytes > LARGE:
        memory.require(live.activation_bytes, _device(live), "Looking into this network", ADVICE)
    asked = {*wanted, live.output} if live.output else set(wanted)
    with evaluating(live), few_threads(live):
        sample = image.to(_device(live), torch.float32)[None]
        results = live.results(sample, asked)
        pictures = {block: _pictured(results[block][0], limit) for block, limit in wanted.items() if block in results}
        scores = results.get(live.output)
        return Look(pictures, _probabilities(scores), _class_map(scores))


def _probabilities(scores: Tensor | None) -> NDArray[np.float32]:
    if scores is None or scores.dim() != 2:
        return np.zeros(0, np.float32)
    return torch.softmax(scores[0].float(), 0).cpu().numpy()


def _class_map(scores: Tensor | None) -> NDArray[np.uint8] | None:
    """The class of each pixel where scores are maps; of large maps only as many as `MOST` allows."""
    if scores is None or scores.dim() != 4 or scores.shape[1] > NAMEABLE:
        return None
    named = _thinned(scores[0].argmax(0, keepdim=True))[0]
    found: NDArray[np.uint8] = named.to(torch.uint8).cpu().numpy()
    return np.ascontiguousarray(found)


def _pictured(result: Tensor, limit: int) -> BlockMaps:
    """One block's result for one sample, (channels, *axes), as pictures."""
    tiles = _tiles(result)
    low, high = (float(end) for end in torch.stack(torch.aminmax(tiles)).tolist())
    tiles = _thinned(tiles)
    values = tiles[: _count(len(tiles), tiles[0].numel(), limit)].cpu().numpy()
    if not (isfinite(low) and isfinite(high)):
        low, high = _finite_ends(tiles)
        values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    return BlockMaps(_quantised(values, low, high), low, high, len(tiles))


def _tiles(result: Tensor) -> Tensor:
    """(maps, rows, columns): a vector is one row, a signal one row a map, a clip's frames lie below each other."""
    if result.dim() == 1:
        return result[None, None, :]
    if result.dim() == 2:
        return result[:, None, :]
    return result if result.dim() == 3 else result.flatten(1, 2)


def _thinned(tiles: Tensor) -> Tensor:
    """Every second (third …) row and column of maps that are each larger than an array may be."""
    rows, columns = tiles.shape[1:]
    over = rows * columns / MOST
    if over <= 1:
        return tiles
    return tiles[:, :, :: ceil(over)] if rows == 1 else tiles[:, :: ceil(sqrt(over)), :: ceil(sqrt(over))]


def _finite_ends(tiles: Tensor) -> tuple[float, float]:
    finite = tiles[torch.isfinite(tiles)]
    return (finite.min().item(), finite.max().item()) if len(finite) else (0.0, 0.0)


def _quantised(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    """Rounded to 256 steps from `low` to `high`; all 0 where these are equal."""
    reach = high - low
    if not reach > 0:
        return np.zeros(values.shape, np.uint8)
    kind = np.float32 if 1e-30 < reach < 1e30 else np.float64  # neither the scale nor a difference may overflow
    steps = (values - kind(low)) * kind(255 / reach)
    steps += kind(0.5)
    pictures: NDArray[np.uint8] = np.minimum(steps, kind(255)).astype(np.uint8, order="C")
    return pictures


def _count(total: int, size: int, limit: int) -> int:
    """How many of `total` things of `size` numbers each may be taken."""
    wanted = min(total, limit) if limit > 0 else total
    return min(wanted, MOST // max(1, size))


def _device(live: LiveNetwork) -> torch.device:
    return next((p.device for p in live.parameters()), torch.device("cpu"))
