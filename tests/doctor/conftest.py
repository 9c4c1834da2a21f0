"""What the tests of the doctor share: real small trainings, looked at as the worker looks at them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch

from chains import chain
from convstudio.blocks import catalogue
from convstudio.doctor.diagnosis import diagnose
from convstudio.doctor.statistics import Epoch, LossTrack, Statistics
from convstudio.engine.build import build
from convstudio.engine.resident import ResidentData
from convstudio.engine.training import EpochDone, Trainer
from convstudio.network.document import Network
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import TrainingSettings
from convstudio.protocol import messages as m
from convstudio.worker.ward import message

CLASSES = ("a", "b", "c")
VIEW = m.View(block="", what="checkup")


def stripes(train: int = 120, validation: int = 60, noise: float = 0.3) -> ResidentData:
    """Images of 8 × 8 whose class is the third that is bright; easy to learn."""
    generator = torch.Generator().manual_seed(1)
    labels = torch.arange(train + validation) % 3
    images = noise * torch.rand(train + validation, 1, 8, 8, generator=generator)
    for row in range(8):
        images[:, 0, row, :] += (labels == row * 3 // 8).float()[:, None]
    return _data(images, labels, train)


def by_chance(train: int = 24, validation: int = 60) -> ResidentData:
    """Noise whose labels mean nothing: it can only be learnt by heart."""
    generator = torch.Generator().manual_seed(2)
    images = torch.rand(train + validation, 1, 8, 8, generator=generator)
    labels = torch.randint(0, 3, (train + validation,), generator=generator)
    return _data(images, labels, train)


def _data(images: torch.Tensor, labels: torch.Tensor, train: int) -> ResidentData:
    return ResidentData(
        images[:train], labels[:train], images[train:], labels[train:], CLASSES, torch.contiguous_format
    )


def trained(
    network: Network,
    data: ResidentData,
    every: int = 5,
    prepare: Callable[[Trainer], object] | None = None,
    steps: int = 10_000,
    **settings: object,
) -> tuple[Statistics, Network]:
    """Train for real, with a look at every so many steps, as far as it goes."""
    chosen = TrainingSettings(**{"epochs": 20, "batch_size": 12, **settings})
    trainer = Trainer(build(network, resolve(network, catalogue()), 0), data, chosen)
    if prepare:
        prepare(trainer)
    track, looks, epochs, losses = LossTrack(), [], [], []
    for done in trainer.steps():
        if isinstance(done, EpochDone):
            losses = trainer._unread.taken()[0].tolist()  # also numbers that are none
            track.add(losses)
            epochs.append(Epoch(done.epoch, track.epoch(), done.loss, done.accuracy))
        elif trainer.step >= steps:
            break
        if trainer.health:
            looks.append(message(trainer.health, VIEW, 1))
            trainer.health = None
        trainer.checking = trainer.step % every == 0
    track.add(trainer._unread.taken()[0].tolist())
    counts = tuple(torch.bincount(data.train_labels, minlength=3).tolist())
    found = Statistics(chosen, CLASSES, counts, trainer.batches, track.course, tuple(epochs), tuple(looks))
    return found, network


@pytest.fixture(scope="session")
def clinic() -> SimpleNamespace:
    """The helpers above, for tests to use."""

    def rules(found: Statistics, network: Network) -> list[str]:
        return [finding.rule for finding in diagnose(found, network)]

    return SimpleNamespace(
        chain=chain, stripes=stripes, by_chance=by_chance, trained=trained, rules=rules, data=_data, view=VIEW
    )
