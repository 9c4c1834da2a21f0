"""A run that goes on with a changed document: what still fits keeps its weights and the optimiser's memory of them."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from convstudio import data
from convstudio.engine import devices, moving
from convstudio.engine.build import LiveNetwork, build, carry_over
from convstudio.engine.resident import ResidentData, resident
from convstudio.engine.run import Run
from convstudio.engine.starting import require_sound, same_network
from convstudio.engine.training import Trainer
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.freezing import frozen_ids


@dataclass(frozen=True)
class Changed:
    """The run from here on, and the ids of the blocks that `kept` their weights, and of those with `fresh` ones."""

    run: Run
    kept: tuple[str, ...]
    fresh: tuple[str, ...]


def differs(run: Run, document: Document) -> bool:
    """Whether `document` computes or trains anything else than what the run does."""
    was = run.document
    same = (was.data, was.training) == (document.data, document.training)
    same = same and frozen_ids(was.network) == frozen_ids(document.network)
    return not (same and same_network(was.network, document.network))


def change(run: Run, document: Document, analysis: Analysis) -> Changed:
    """Let `run`, all of whose losses were read, go on with `document` at the step where it stands.

    Threads and memory format are those that the document names; where it names none, they stay, as the device does.
    The old run is as it was when this raises what `start` raises.
    """
    require_sound(analysis)
    live, kept, fresh = _network(run, document, analysis)
    trainer = Trainer(live, _data(run, document), document.training, frozen_ids(document.network))
    trainer.take_over(run.trainer, kept)
    if document.training.threads:
        torch.set_num_threads(document.training.threads)
    return Changed(Run(document, analysis, trainer, run.folder, run.story.change(document, analysis)), kept, fresh)


def _network(run: Run, document: Document, analysis: Analysis) -> tuple[LiveNetwork, tuple[str, ...], tuple[str, ...]]:
    was = run.trainer.live
    if same_network(run.document.network, document.network):
        return was, tuple(i for i, child in was.parts.items() if child.state_dict()), ()
    settings = document.training
    live = build(document.network, analysis, settings.seed, settings.initialisation)
    return live, *carry_over(was.state_dict() | moving.weights(was, live), live)


def _data(run: Run, document: Document) -> ResidentData:
    """The samples that are there already, where the choice of data is the same; laid out anew where that is wanted."""
    was, named = run.trainer.data, document.training.memory_format
    form = was.memory_format if named == "auto" else devices.FORMATS[named]
    if document.data != run.document.data:
        return resident(data.load(document.data.name), document.data, was.device, form)
    return was if form == was.memory_format else was.laid_out(form)
