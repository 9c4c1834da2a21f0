"""A network that grows block by block while a file is read, with the weights of its blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from math import prod

import msgspec
import numpy as np

from convstudio.engine.importing.graph import Numbers, Unsuited
from convstudio.network.document import LONGEST_TITLE, Block, Network, Wire, port_name
from convstudio.network.group import MAX_BLOCKS
from convstudio.network.layer import Layer, Misfit
from convstudio.network.shape import Shape

AVERAGES = ("running_mean", "running_var", "num_batches_tracked")
"""Weights that are counted along while training, and not trained."""


class Draft:
    """`shapes` are the blocks' results, `sources` the blocks that feed them."""

    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.shapes: dict[str, Shape] = {}
        self.sources: dict[str, tuple[str, ...]] = {}
        self._own: dict[str, dict[str, Numbers]] = {}
        self._made: dict[str, int] = {}
        self._count = 0
        self._numbers: dict[str, int] = {}

    @property
    def network(self) -> Network:
        wires = (Wire(s, i, port_name(n)) for i, feeds in self.sources.items() for n, s in enumerate(feeds, 1))
        return Network(dict(self.blocks), tuple(wires))

    @property
    def weights(self) -> dict[str, Numbers]:
        """All numbers by name: 'conv_1.weight'."""
        return {f"{i}.{name}": array for i, own in self._own.items() for name, array in own.items()}

    @property
    def last(self) -> str:
        """The block that was added last."""
        return next(reversed(self.blocks), "")

    def add(
        self, layer: Layer, sources: Sequence[str] = (), title: str = "", weights: Mapping[str, Numbers] | None = None
    ) -> str:
        """Put a block behind others; its id. Unsuited when the layer cannot be so, or the weights are not its own."""
        if len(self.blocks) >= MAX_BLOCKS:
            raise Unsuited(f"A network has at most {MAX_BLOCKS} blocks.")
        shape = self._shape(layer, sources)
        self._check(layer, sources, weights or {})
        number = self._numbers.get(layer.stem, 0) + 1
        self._numbers[layer.stem] = number
        made = f"{layer.stem}_{number}"
        self.blocks[made] = Block(made, layer, "" if title == made else title[:LONGEST_TITLE])
        self.shapes[made], self.sources[made] = shape, tuple(sources)
        self._own[made] = dict(weights or {})
        self._made[made] = self._count
        self._count += 1
        return made

    def change(self, block_id: str, layer: Layer, weights: Mapping[str, Numbers] | None = None) -> None:
        """Give a block that nothing follows yet other settings and weights. Unsuited as for `add`."""
        shape = self._shape(layer, self.sources[block_id])
        self._check(layer, self.sources[block_id], weights or {})
        self.blocks[block_id] = replace(self.blocks[block_id], layer=layer)
        self.shapes[block_id], self._own[block_id] = shape, dict(weights or {})

    def own(self, block_id: str) -> dict[str, Numbers]:
        """The weights of a block by their own names."""
        return self._own[block_id]

    def take_out(self, block_id: str) -> None:
        """Remove a block that is the last of its kind and leads nowhere, as if it had never been there."""
        for known in (self.blocks, self.shapes, self.sources, self._own, self._made):
            del known[block_id]
        self._numbers[block_id.rpartition("_")[0]] -= 1

    def mark(self) -> int:
        """A place to go back to."""
        return self._count

    def since(self, mark: int, block_id: str) -> bool:
        """Whether a block was added after the mark."""
        return self._made[block_id] >= mark

    def those_since(self, mark: int) -> list[str]:
        """The blocks that were added after the mark, the last first."""
        return list(takewhile(lambda block_id: self.since(mark, block_id), reversed(self.blocks)))

    def go_back(self, mark: int) -> None:
        """Remove all blocks that were added since."""
        while self.blocks and self.since(mark, self.last):
            self.take_out(self.last)

    def _shape(self, layer: Layer, sources: Sequence[str]) -> Shape:
        """What comes out of a layer behind these blocks."""
        try:
            msgspec.convert(msgspec.to_builtins(layer), type(layer))
        except msgspec.ValidationError as error:
            raise Unsuited(f"A setting is beyond what {layer.title} knows: {str(error).lower()}.") from error
        if words := layer.fault():
            raise Unsuited(words)
        found = layer.output(tuple(self.shapes[source] for source in sources))
        if isinstance(found, Misfit):
            raise Unsuited(f"{found.title}. {found.words}")
        return found

    def _check(self, layer: Layer, sources: Sequence[str], weights: Mapping[str, Numbers]) -> None:
        given = sum(array.size for name, array in weights.items() if name not in AVERAGES)
        wanted = layer.parameters(tuple(self.shapes[source] for source in sources))
        if given != wanted:
            raise Unsuited(f"It holds {given} weights, and {layer.title} has {wanted} here.")


def single(array: Numbers) -> Numbers:
    """As the state of a network holds it: float32, in one piece."""
    return np.ascontiguousarray(array, np.float32)


def per_channel(array: Numbers, channels: int, rank: int) -> Numbers:
    """Numbers that meet maps of `rank` axes (batch first), one a channel: float32 (channels,). Unsuited if others."""
    if array.dtype.kind not in "fiu":
        raise Unsuited("What it joins to the maps are no numbers.")
    if array.size == 1:
        return np.full(channels, np.ravel(array)[0], np.float32)
    dims = (1,) * (rank + 2 - array.ndim) + array.shape
    if len(dims) != rank + 2 or dims[1] != channels or prod(dims) != channels:
        raise Unsuited(
            f"It joins numbers of the shape {' × '.join(map(str, array.shape))} to the maps, not one for each channel."
        )
    return single(array.reshape(-1))
