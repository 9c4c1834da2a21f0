"""What a training script is made from: a document, what is known of it, and how its run computed."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.network.call import Call
from convstudio.network.document import Document
from convstudio.network.expansion import expanded
from convstudio.network.facts import Analysis
from convstudio.network.freezing import frozen_ids
from convstudio.network.handmade import HandMade
from convstudio.network.training_settings import TrainingSettings

Made = tuple[tuple[str, HandMade], ...]
"""Masks by hand, each after the name of the weights that they fit."""


@dataclass(frozen=True)
class Computed:
    """Where the script computes, and how, as the run did; `data` names the file of the samples beside it."""

    data: str
    samples: str
    threads: int = 1
    channels_last: bool = False
    device: str = "cpu"
    by_hand: Made = ()


@dataclass(frozen=True)
class Facts:
    """What the parts of the script ask; `main` is the name of the network's class."""

    document: Document
    analysis: Analysis
    main: str
    how: Computed

    @property
    def settings(self) -> TrainingSettings:
        return self.document.training

    @property
    def calls(self) -> dict[str, Call]:
        """The modules by the path of the block, in the order of computation."""
        _, analysis = expanded(self.document.network, self.analysis)
        found = {i: analysis.blocks[i].call for i in analysis.live}
        return {i: call for i, call in found.items() if call and call.is_module}

    @property
    def weighing(self) -> list[str]:
        """Blocks that have weights, by their path."""
        _, analysis = expanded(self.document.network, self.analysis)
        return [i for i in self.calls if analysis.blocks[i].parameters]

    @property
    def normalised(self) -> bool:
        """Whether a batch of one sample cannot be trained on."""
        return any(call.function.startswith("nn.BatchNorm") for call in self.calls.values())

    @property
    def frozen(self) -> list[str]:
        ids = frozen_ids(self.document.network)
        return [i for i in self.weighing if i in ids]
