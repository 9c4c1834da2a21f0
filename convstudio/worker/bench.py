"""The bench: the network that is being looked at, and the document that waits for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from convstudio.blocks import catalogue
from convstudio.data import DataError
from convstudio.engine import checkpoint, given, moving, probe
from convstudio.engine.build import LiveNetwork, NetworkFault, build, carry_over
from convstudio.engine.project import analysed
from convstudio.engine.resident import LastSamples
from convstudio.engine.starting import same_network
from convstudio.engine.weight_memory import WeightMemory
from convstudio.network import by_hand, file
from convstudio.network.document import Document, Network
from convstudio.network.facts import Analysis
from convstudio.network.freezing import frozen_ids
from convstudio.network.handmade import Made
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import Initialisation
from convstudio.protocol.messages import Built, SetDocument
from convstudio.worker.starts import Starts


@dataclass(frozen=True)
class Piece:
    """A document with all that follows from it, and its network with weights."""

    document: Document
    analysis: Analysis
    live: LiveNetwork
    device: torch.device

    @cached_property
    def with_masks(self) -> frozenset[str]:
        """Ids of the blocks that have masks: weights with more than one axis, as a bias has not."""
        children = self.live.parts.items()
        return frozenset(i for i, child in children if any(w.dim() > 1 for _, w in probe.weights(child)))

    @property
    def trainable(self) -> bool:
        """Whether nothing stands in the way of a step of training."""
        return bool(self.live.output) and not self.analysis.errors and not self.document.data.none


class Bench:
    """Holds one piece. `version` grows with each new one; `run` and `step` say how far its weights were trained.

    `outdated`: the last document could not be built, and the piece is of one before it.
    """

    def __init__(self) -> None:
        self.piece: Piece | None = None
        self.outdated = False
        self.version = 0
        self.run = 0
        self.step = 0
        self.starts = Starts(lambda document: self._begun(document, _analysis(document))[0])
        self.gradients: Mapping[str, Tensor] = {}
        """Of the last step of training, by name of the weights, where somebody looks at them."""
        self.trial = False
        """The gradients are of no step, but of a mini-batch that was not learned from."""
        self.memory = WeightMemory()
        """Of blocks that left the network, before a run, in it and after it."""
        self.samples = LastSamples()
        """What the next run finds ready, where it trains on the same."""
        self.given: Path | None = None
        """The folder of the weights that were brought in for this document, with which its runs begin."""
        self._given: Mapping[str, Tensor] = {}
        self._renewed: frozenset[str] = frozenset()
        """Ids of the blocks that were reset since: they begin with their start values all the same."""

    @property
    def learned(self) -> bool:
        """Whether its weights were trained, here or before they were brought in."""
        return self.step > 0 or self.given is not None

    def give(self, folder: Path) -> None:
        """Give the blocks the weights that were brought in, where they fit; blocks that come later get theirs then.

        CheckpointFault when they are missing or damaged, or fit no block.
        """
        assert self.piece is not None
        given.give(self.piece.live, folder)
        self.given, self._given, self._renewed = folder, checkpoint.weights(folder), frozenset()
        self.starts.forget()
        self.starts.follow(self.piece.document, self.piece.live, None)

    def begin_anew(self) -> None:
        """What was brought in counts no more: blocks that learn start with the weights that the document says."""
        self.given, self._given, self._renewed = None, {}, frozenset()
        self.starts.forget()

    def renew(self, blocks: Collection[str], *, back: bool = False) -> None:
        """These blocks were reset, or, `back`, have what they had before: with that the next run begins them."""
        self._renewed = self._renewed - set(blocks) if back else self._renewed | set(blocks)
        self.starts.let_go()

    def renewed(self) -> dict[str, dict[str, Tensor]]:
        """The start values of the blocks that were reset after weights had been brought in for them."""
        live = self.piece.live if self.piece and self.given else None
        return {i: live.start_values(i) for i in self._renewed if i in live.parts} if live else {}

    def put(self, piece: Piece, run: int) -> None:
        """A network that a run trains, with the weights that it starts from; those of earlier runs are forgotten."""
        if run != self.run:
            self.memory.forget()
            self.starts.forget()
        self.starts.follow(piece.document, piece.live, self.piece.live if self.piece else None)
        self.gradients, self.trial = {}, False
        self.piece, self.run, self.outdated = piece, run, False
        self.version += 1

    def trained(self, run: int, step: int) -> None:
        """The piece has got the weights that a run gave it in so many steps."""
        self.memory.forget()
        self.gradients, self.trial = {}, False
        self.run, self.step = run, step
        self.version += 1

    def build(self, request: SetDocument) -> Built:
        """Build the network of a document; blocks keep their weights, or get back those they had in this form.

        FileError when the text is no document, NetworkFault or MemoryFault when its network cannot be built; then
        the piece that was there stays.
        """
        if request.opened:
            self._clear()
        self.outdated = True
        document = file.parse(request.text, catalogue())
        analysis = _analysis(document)
        was = self.piece
        if was and same_network(was.document.network, document.network) and not self._starts_anew(document):
            self._begin_changed(was.live, was.live.by_hand, by_hand.by_id(document.network))
            self.piece, self.outdated = Piece(document, analysis, was.live, was.device), False
            return Built(revision=request.revision, kept=_with_weights(was.live), fresh=())
        live, own = self._begun(document, analysis)
        kept, fresh = carry_over(self._weights_for(document, live), live)
        self._begin_changed(live, was.live.by_hand if was else {}, live.by_hand)
        self.put(Piece(document, analysis, live, torch.device("cpu")), self.run)
        anew = tuple(block_id for block_id in fresh if block_id not in own)
        return Built(revision=request.revision, kept=kept + tuple(i for i in fresh if i in own), fresh=anew)

    def touched(self) -> None:
        """Weights were changed in place: pictures of them are out of date."""
        self.version += 1

    def _begun(self, document: Document, analysis: Analysis) -> tuple[LiveNetwork, tuple[str, ...]]:
        """The network as it starts, and the ids of the blocks that start with weights that were brought in."""
        live = _previewed(document, analysis)
        own = carry_over(self._brought_in(), live)[0]
        live.lay_by_hand()
        return live, own

    def _begin_changed(self, live: LiveNetwork, was: Mapping[str, Made], now: Mapping[str, Made]) -> None:
        """Before training, blocks whose masks by hand are others than they were have the weights that these begin."""
        live.by_hand = now
        changed = [i for i in {**was, **now} if i in live.parts and was.get(i) != now.get(i)]
        if self.run or not changed:
            return
        for block_id in changed:
            live.parts[block_id].load_state_dict(live.start_values(block_id))
        begins = tuple(f"{block_id}." for block_id in changed)
        carry_over({name: value for name, value in self._brought_in().items() if name.startswith(begins)}, live)
        live.lay_by_hand()
        self.touched()

    def _brought_in(self) -> Mapping[str, Tensor]:
        """What was brought in for blocks that were not reset since."""
        reset = tuple(f"{block_id}." for block_id in self._renewed)
        return {name: value for name, value in self._given.items() if not name.startswith(reset)}

    def left_frozen(self) -> dict[str, dict[str, Tensor]]:
        """What a new run takes over from the one before: the weights of frozen blocks."""
        if self.piece is None or not self.run:
            return {}
        live = self.piece.live
        return {i: dict(live.parts[i].state_dict()) for i in frozen_ids(self.piece.document.network) if i in live.parts}

    def _starts_anew(self, document: Document) -> bool:
        """An untrained network shows the weights that training would start from: their seed and rule decide them."""
        assert self.piece is not None
        return self.run == 0 and _start_values(self.piece.document) != _start_values(document)

    def _weights_for(self, document: Document, live: LiveNetwork) -> dict[str, torch.Tensor]:
        """Those that the blocks had last; once trained, also those of blocks that came into or out of a group."""
        if self.piece is None or self._starts_anew(document):
            self.memory.forget()
            self.starts.forget()
            return {}
        self.memory.remember(self.piece.live, live)
        found = self.memory.recall(live, self.piece.live)
        return found | moving.weights(self.piece.live, live) if self.run else found

    def _clear(self) -> None:
        """Another document: nothing of the one before is kept."""
        self.piece, self.run, self.step = None, 0, 0
        self.given, self._given, self._renewed = None, {}, frozenset()
        self.memory.forget()
        self.starts.forget()


def _analysis(document: Document) -> Analysis:
    """With the data set's shape where it is known; a preview needs none, and training says what is wrong."""
    try:
        return analysed(document)
    except DataError:
        return resolve(document.network, catalogue())


def _previewed(document: Document, analysis: Analysis) -> LiveNetwork:
    """The whole network; where its way to the Output is broken, all that can be computed without an Output."""
    start = _start_values(document)
    try:
        return build(document.network, analysis, *start)
    except NetworkFault:
        if not analysis.output and not any(b.layer.ends for b in document.network.blocks.values()):
            raise
    open_ended = _without_ends(document.network)
    return build(open_ended, resolve(open_ended, catalogue()), *start)


def _start_values(document: Document) -> tuple[int, Initialisation]:
    """What decides the weights before training."""
    return document.training.seed, document.training.initialisation


def _without_ends(network: Network) -> Network:
    blocks = {i: b for i, b in network.blocks.items() if not b.layer.ends}
    return Network(blocks, tuple(w for w in network.wires if w.target in blocks))


def _with_weights(live: LiveNetwork) -> tuple[str, ...]:
    return tuple(i for i, child in live.parts.items() if child.state_dict())
