"""What the rules of advice look at: a network with its facts, and the ways along its wires that they follow."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from convstudio.network.document import Network, Wire
from convstudio.network.expansion import LeftOut
from convstudio.network.facts import Analysis, BlockFacts, Sample
from convstudio.network.layer import Catalogue, Layer
from convstudio.network.problem import Fix, Problem
from convstudio.network.sight import Fields, Sight


class Scene(Struct, frozen=True):
    """A network, what is known of it, the kinds of blocks that a fix may use, the data, and the receptive fields."""

    network: Network
    analysis: Analysis
    catalogue: Catalogue
    sample: Sample | None
    weights: int
    """Of the whole document; the network may be that of a group."""
    sight: Sight

    def facts(self, block_id: str) -> BlockFacts:
        return self.analysis.blocks[block_id]

    def fields(self, block_id: str) -> Fields:
        return self.sight.of(block_id)

    def layer(self, block_id: str) -> Layer:
        return self.network.blocks[block_id].layer

    @property
    def left_out(self) -> Mapping[str, LeftOut]:
        """Copies of groups that the network lacks, by the Entries that follow them."""
        return {}

    def name(self, block_id: str) -> str:
        """A block as people find it: its title, and its id where that says more."""
        return f"{self.network.blocks[block_id].heading} ({block_id})"

    def source(self, block_id: str) -> str | None:
        """The block that feeds this one, where it is a single one."""
        wires = self.network.incoming.get(block_id, {})
        return next(iter(wires.values())).source if len(wires) == 1 else None

    def way_on(self, block_id: str) -> Wire | None:
        """The one wire that leaves a block, where it is the only one and its target gets nothing else."""
        leaving = self.network.outgoing.get(block_id, ())
        alone = len(leaving) == 1 and len(self.network.incoming[leaving[0].target]) == 1
        return leaving[0] if alone and not self.layer(leaving[0].target).merging else None

    def effort(self, wire: Wire) -> int:
        """How hard it is to put a block into a wire: 0 where it stands as it is drawn."""
        return 0

    def kind(self, word: str) -> Layer | None:
        """A new layer of a kind; None where there is no such kind."""
        found = self.catalogue.get(word)
        return found() if found else None


def advice(title: str, words: str, blocks: tuple[str, ...], *fixes: Fix) -> Problem:
    return Problem("advice", title, words, blocks, fixes)


def weighted(facts: BlockFacts, layer: Layer) -> bool:
    """A block that forms weighted sums with weights that are learned: a convolution or a fully connected layer."""
    return layer.linear and facts.multiply_adds > 0 and facts.output is not None
