"""What the tests of the engine share: small networks, small data that needs no file, and trainers of both."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch

from chains import chain
from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Dropout,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    Output,
    ReLU,
    catalogue,
)
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.resident import ResidentData
from convstudio.engine.training import EpochDone, Trainer
from convstudio.network.document import Network
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import Initialisation, TrainingSettings

CLASSES = ("a", "b", "c")


def small(*middle: Layer, channels: int = 1) -> Network:
    """An image network of 8 × 8 pixels with convolution, pooling, and what is put in between."""
    return chain(
        Input(channels=channels, axes=(8, 8)),
        Convolution(channels=4),
        *middle,
        ReLU(),
        MaxPool(),
        Flatten(),
        FullyConnected(channels=3),
        Output(),
    )


def random_parts() -> Network:
    """The small network with everything that has a state of its own: dropout and batch normalisation."""
    return small(BatchNorm(), Dropout(share=0.3))


def live(network: Network, seed: int = 0, how: Initialisation = "default") -> LiveNetwork:
    return build(network, resolve(network, catalogue()), seed, how)


def samples(
    train: int = 22,
    validation: int = 7,
    channels: int = 1,
    memory_format: torch.memory_format = torch.contiguous_format,
) -> ResidentData:
    """Random images of 8 × 8 pixels with random labels of three classes."""
    generator = torch.Generator().manual_seed(5)
    images = torch.rand(train + validation, channels, 8, 8, generator=generator)
    images = images.contiguous(memory_format=memory_format)
    labels = torch.randint(0, len(CLASSES), (train + validation,), generator=generator)
    return ResidentData(images[:train], labels[:train], images[train:], labels[train:], CLASSES, memory_format)


def trainer(network: Network | None = None, data: ResidentData | None = None, **settings: object) -> Trainer:
    """A trainer of the network with all random parts, three epochs of five steps and a last smaller batch."""
    chosen = TrainingSettings(**{"epochs": 3, "batch_size": 5, **settings})
    built = live(network or random_parts(), how=chosen.initialisation)
    return Trainer(built, data or samples(), chosen)


def finished(run: Trainer, meanwhile: Callable[[int], object] | None = None) -> tuple[list[float], list[EpochDone]]:
    """Train to the end; the losses and validations. `meanwhile` is called with the step's number between steps."""
    validations = []
    for done in run.steps():
        if isinstance(done, EpochDone):
            validations.append(done)
        elif meanwhile:
            meanwhile(done.step)
    return run.read().losses.tolist(), validations


def same_weights(one: LiveNetwork, other: LiveNetwork) -> bool:
    """Bitwise, buffers included."""
    first, second = one.state_dict(), other.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="session")
def lab() -> SimpleNamespace:
    """The helpers above, for tests to use."""
    return SimpleNamespace(
        chain=chain,
        small=small,
        random_parts=random_parts,
        live=live,
        samples=samples,
        trainer=trainer,
        finished=finished,
        same_weights=same_weights,
    )
