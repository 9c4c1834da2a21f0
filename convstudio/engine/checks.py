"""What is checked before a run begins, so that it is refused in words instead of failing in the middle."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod
from typing import Any

from torch.nn.modules.batchnorm import _BatchNorm

from convstudio.engine import memory, optimiser
from convstudio.engine.build import LiveNetwork
from convstudio.engine.progress import Unfit
from convstudio.engine.resident import ResidentData
from convstudio.engine.team import Team
from convstudio.network.numbers import grouped
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings

ADVICE = "Choose a smaller batch size, or make the blocks with the largest results smaller."


def fit(live: LiveNetwork, data: ResidentData, settings: TrainingSettings) -> None:
    """Unfit when the network cannot be trained on these samples and classes with these settings."""
    trainable(live, data.sample)
    answer, count = live.shapes[live.output], len(data.classes)
    if answer.axes != data.answer.axes:
        raise Unfit(f"The data set needs answers of {data.answer.words}, and the network gives {answer.words}.")
    if answer.channels != count:
        raise Unfit(
            f"The data set has {count} classes, and the network gives {answer.words}. Give its last block {count}."
        )
    if not len(data.train_labels) or not len(data.validation_labels):
        raise Unfit("The data set has too few samples to train with some and to judge by others.")
    _single_values(live, min(settings.batch_size, len(data.train_labels)))


def trainable(live: LiveNetwork, sample: Shape) -> None:
    """Unfit when the network does not take such samples, gives no scores, or has nothing to train."""
    if not live.output:
        raise Unfit("There is no Output: training needs to know which block gives the answer.")
    if live.sample != sample:
        raise Unfit(f"The network expects samples of {live.sample}, and those of the data set are {sample}.")
    answer = live.shapes[live.output]
    if answer.axes not in ((), sample.axes):
        size = " × ".join(map(str, sample.axes))
        raise Unfit(f"The Output needs a row of numbers, or maps of {size}, one a class. It gets {answer.words}.")
    if not any(True for _ in live.parameters()):
        raise Unfit("There is nothing to train: no block on the way to the Output has weights. Add a Convolution.")


def learning(live: LiveNetwork, frozen: Collection[str]) -> None:
    """Unfit when all blocks that have weights are frozen."""
    weighing = [block for block, part in live.parts.items() if any(True for _ in part.parameters())]
    if weighing and all(block in frozen for block in weighing):
        raise Unfit(
            "All blocks that have weights are frozen, so there is nothing to train. Let at least one of them learn "
            "again: right-click it, and take the tick from Freeze the weights."
        )


def shares(settings: TrainingSettings, team: Team) -> None:
    """Unfit when there are more processes than samples in a batch."""
    if settings.batch_size < team.count:
        raise Unfit(
            f"A batch of {settings.batch_size} cannot be divided among {team.count} processes. Choose a larger batch "
            "size, or start fewer processes."
        )


def _single_values(live: LiveNetwork, batch: int) -> None:
    """Batch normalisation needs at least two values for each map."""
    for block, child in live.parts.items():
        if isinstance(child, _BatchNorm) and batch * prod(live.shapes[block].axes) < 2:
            raise Unfit(
                f"{live.headings[block]} ({block}) gets a single value of each map, because a batch has one sample. "
                "Choose a batch size of 2 or more."
            )


def room(live: LiveNetwork, data: ResidentData, settings: TrainingSettings) -> None:
    """MemoryFault when weights, gradients, the optimiser's memory and one batch will not fit.

    Counted: each weight, its gradient and the optimiser's numbers for it; each result of a batch and its gradient.
    """
    weights = sum(p.numel() for p in live.parameters())
    fixed = memory.FLOAT * weights * (2 + optimiser.slots(settings))
    batch = min(settings.batch_size, len(data.train_labels))
    results = 2 * batch * live.activation_bytes
    what = (
        f"Training ({memory.words(fixed)} for {grouped(weights)} weights, {memory.words(results)} for the results of "
        f"{batch} samples)"
    )
    memory.require(fixed + results, data.device, what, ADVICE)


def same_run(state: Mapping[str, Any], live: LiveNetwork, order: Mapping[str, int | str]) -> None:
    """Unfit when a state does not belong to this network, data and order of samples."""
    now = {name: tuple(value.shape) for name, value in live.state_dict().items()}
    then = {name: tuple(value.shape) for name, value in state["weights"].items()}
    if now != then:
        odd = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
        raise Unfit(f"The checkpoint belongs to another network: {odd[0]} differs.")
    for name, value in order.items():
        if state["position"].get(name) != value:
            word = name.replace("_", " ")
            raise Unfit(f"The checkpoint was made with {word} {state['position'].get(name)}, and this run has {value}.")
