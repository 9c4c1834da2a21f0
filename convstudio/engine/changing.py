"""A run that goes on with a changed document: what still fits keeps its weights and the optimiser's memory of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from convstudio import data
from convstudio.engine import devices, moving
from convstudio.engine.build import LiveNetwork, build, carry_over
from convstudio.engine.resident import ResidentData, resident
from convstudio.engine.run import Run
from convstudio.engine.starting import require_sound, same_network
from convstudio.engine.training import Trainer
from convstudio.engine.weight_memory import WeightMemory
from convstudio.network.by_hand import by_id
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.freezing import frozen_ids


@dataclass(frozen=True)
class Changed:
    """The run from here on, and the ids of the blocks that `kept` their weights, and of those with `fresh` ones.

    Those that came `back` into the network are among the kept: they have what they had when they left it.
    """

    run: Run
    kept: tuple[str, ...]
    fresh: tuple[str, ...]
    back: tuple[str, ...] = ()


def differs(run: Run, document: Document) -> bool:
    """Whether `document` computes or trains anything else than what the run does, or begins otherwise."""
    was = run.document
    same = (was.data, was.training) == (document.data, document.training)
    same = same and frozen_ids(was.network) == frozen_ids(document.network)
    same = same and by_id(was.network) == by_id(document.network)
    return not (same and same_network(was.network, document.network))


def change(run: Run, document: Document, analysis: Analysis, memory: WeightMemory | None = None) -> Changed:
    """Let `run`, all of whose losses were read, go on with `document` at the step where it stands.

    Threads and memory format are those that the document names; where it names none, they stay, as the device does.
    What leaves the network is kept in `memory`, and what comes back gets its weights, and what the optimiser knew of
    them, from there. The old run is as it was when this raises what `start` raises.
    """
    require_sound(analysis)
    memory = memory or WeightMemory()
    taken = _network(run, document, analysis, memory)
    trainer = Trainer(taken.live, _data(run, document), document.training, frozen_ids(document.network))
    trainer.take_over(run.trainer, [i for i in taken.kept if i not in taken.back])
    if document.training.optimiser == run.document.training.optimiser:
        trainer.remember({key: value for known in taken.back.values() for key, value in known.items()})
    if document.training.threads:
        torch.set_num_threads(document.training.threads)
    changed = Run(document, analysis, trainer, run.folder, run.story.change(document, analysis))
    return Changed(changed, taken.kept, taken.fresh, tuple(taken.back))


@dataclass(frozen=True)
class _Taken:
    """The network that a run goes on with; what the optimiser knew of the blocks that came `back`, by their ids."""

    live: LiveNetwork
    kept: tuple[str, ...]
    fresh: tuple[str, ...] = ()
    back: Mapping[str, Mapping[str, Tensor]] = field(default_factory=dict)


def _network(run: Run, document: Document, analysis: Analysis, memory: WeightMemory) -> _Taken:
    was = run.trainer.live
    if same_network(run.document.network, document.network):
        was.by_hand = by_id(document.network)
        return _Taken(was, tuple(i for i, child in was.parts.items() if child.state_dict()))
    settings = document.training
    live = build(document.network, analysis, settings.seed, settings.initialisation)
    memory.remember(was, live, run.trainer.known())
    moved = moving.moved(was, live)
    back = {i: known for i, known in memory.returning(live, was).items() if i not in moved}
    kept, fresh = carry_over(memory.recall(live, was) | moving.weights(was, live), live)
    return _Taken(live, kept, fresh, back)


def _data(run: Run, document: Document) -> ResidentData:
    """The samples that are there already, where the choice of data is the same; laid out anew where that is wanted."""
    was, named = run.trainer.data, document.training.memory_format
    form = was.memory_format if named == "auto" else devices.FORMATS[named]
    if document.data != run.document.data:
        return resident(data.load(document.data.name), document.data, was.device, form)
    return was if form == was.memory_format else was.laid_out(form)
