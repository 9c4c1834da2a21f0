"""Trainings that really go wrong are found out, each by its own rule; healthy ones have no finding at all."""

from __future__ import annotations

import pytest
import torch

from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Flatten,
    FullyConnected,
    Input,
    MaxPool,
    Output,
    ReLU,
    Sigmoid,
    Tanh,
)
from convstudio.doctor.diagnosis import diagnose

IMAGE = Input(channels=1, axes=(8, 8))


def convolutional(*middle):
    return (IMAGE, Convolution(channels=4), *middle, ReLU(), MaxPool(), Flatten(), FullyConnected(channels=3), Output())


def deep(bend, depth=8, width=16):
    layers = [layer for _ in range(depth) for layer in (FullyConnected(channels=width), bend)]
    return (IMAGE, Flatten(), *layers, FullyConnected(channels=3), Output())


@pytest.mark.parametrize("settings", [{}, {"optimiser": "sgd", "learning_rate": 0.05}, {"optimiser": "adamw"}])
@pytest.mark.parametrize("middle", [(), (BatchNorm(),)])
def test_healthy_trainings_have_no_finding(clinic, middle, settings):
    found, network = clinic.trained(clinic.chain(*convolutional(*middle)), clinic.stripes(), **settings)
    assert found.course.now < 0.5 * found.course.start
    assert len(found.looks) >= 3
    assert clinic.rules(found, network) == []


def test_deep_sigmoids_vanish(clinic):
    found, network = clinic.trained(
        clinic.chain(*deep(Sigmoid())), clinic.stripes(), epochs=8, optimiser="sgd", learning_rate=0.05
    )
    assert "vanishing" in clinic.rules(found, network)
    finding = next(f for f in diagnose(found, network) if f.rule == "vanishing")
    assert finding.blocks[0] == "fc_1"
    assert finding.remedies[0].label == "ReLU instead of Sigmoid (sigmoid_1)"
    mended = finding.remedies[0].fix.apply(network)
    assert sum(isinstance(b.layer, Sigmoid) for b in mended.blocks.values()) == 7
    assert sum(b.layer == ReLU() for b in mended.blocks.values()) == 1


def test_deep_relus_with_large_weights_explode(clinic):
    def enlarge(trainer):
        with torch.no_grad():
            for name, weights in trainer.live.named_parameters():
                if name.endswith("weight"):
                    weights *= 6

    found, network = clinic.trained(
        clinic.chain(*deep(ReLU())),
        clinic.stripes(),
        prepare=enlarge,
        steps=30,
        every=1,
        optimiser="sgd",
        learning_rate=1e-9,
    )
    assert "exploding" in clinic.rules(found, network)
    assert "vanishing" not in clinic.rules(found, network)


def test_units_die_of_a_step_that_is_too_long(clinic):
    found, network = clinic.trained(
        clinic.chain(*convolutional()), clinic.stripes(), epochs=4, optimiser="sgd", learning_rate=30, momentum=0
    )
    rules = clinic.rules(found, network)
    assert "dead" in rules
    assert "vanishing" not in rules
    finding = next(f for f in diagnose(found, network) if f.rule == "dead")
    assert finding.blocks == ("relu_1",)
    assert finding.evidence[0].startswith("relu_1: ")
    assert "Learning rate 3 instead of 30" in [r.label for r in finding.remedies]


@pytest.mark.parametrize("bend", [Sigmoid(), Tanh()])
def test_large_steps_saturate(clinic, bend):
    layers = (IMAGE, Flatten(), FullyConnected(channels=16), bend, FullyConnected(channels=3), Output())
    found, network = clinic.trained(
        clinic.chain(*layers), clinic.stripes(), epochs=6, optimiser="sgd", learning_rate=30, momentum=0.9
    )
    finding = next(f for f in diagnose(found, network) if f.rule == "saturated")
    name = "sigmoid_1" if isinstance(bend, Sigmoid) else "tanh_1"
    assert finding.blocks == (name,)
    assert finding.remedies[0].label == f"Batch norm before {name}"


def test_a_loss_that_grows_has_diverged(clinic):
    found, network = clinic.trained(
        clinic.chain(*convolutional(BatchNorm())), clinic.stripes(), epochs=8, optimiser="sgd", learning_rate=20
    )
    assert clinic.rules(found, network)[0] == "diverged"


def test_a_rate_that_is_far_too_high(clinic):
    layers = (IMAGE, Flatten(), FullyConnected(channels=16), BatchNorm(), Tanh(), FullyConnected(channels=3))
    found, network = clinic.trained(
        clinic.chain(*layers, BatchNorm(), Output()), clinic.by_chance(120), epochs=12, optimiser="sgd", learning_rate=2
    )
    assert "rate_high" in clinic.rules(found, network)


def test_a_rate_that_is_far_too_low(clinic):
    found, network = clinic.trained(
        clinic.chain(*convolutional()), clinic.stripes(), epochs=22, optimiser="sgd", learning_rate=1e-7
    )
    assert clinic.rules(found, network) == ["rate_low"]


def test_noise_is_learnt_by_heart(clinic):
    layers = (IMAGE, Flatten(), FullyConnected(channels=64), ReLU(), FullyConnected(channels=3), Output())
    found, network = clinic.trained(clinic.chain(*layers), clinic.by_chance(), epochs=40, learning_rate=0.01)
    assert clinic.rules(found, network) == ["overfitting"]
    finding = diagnose(found, network)[0]
    assert [dict(r.settings) for r in finding.remedies] == [{"early_stopping": 3}, {"weight_decay": 0.0001}]


def test_a_rare_class_is_told(clinic):
    whole = clinic.stripes(train=150)
    keep = (whole.train_labels != 2) | (torch.arange(150) % 25 == 2)
    images = torch.cat([whole.train_images[keep], whole.validation_images])
    labels = torch.cat([whole.train_labels[keep], whole.validation_labels])
    found, network = clinic.trained(
        clinic.chain(*convolutional()), clinic.data(images, labels, int(keep.sum())), epochs=2
    )
    (finding,) = diagnose(found, network)
    assert finding.rule == "imbalance"
    assert "rarest: c, " in finding.evidence[1]
