"""The activity of maps over many samples, and the gradients of a trial, against torch."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from convstudio import data
from convstudio.blocks import BatchNorm, Dropout, Flatten, FullyConnected, Input, Output
from convstudio.engine import activity, probe
from convstudio.engine.trial import gradients
from convstudio.network.document import DataChoice, Document
from convstudio.network.training_settings import TrainingSettings


@pytest.mark.parametrize("at_once", [1, 10**9])
def test_extremes_and_mean_size_of_each_map(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(activity, "AT_ONCE", at_once)
    live = lab.live(lab.small(BatchNorm(), Dropout()))
    images = torch.rand(5, 1, 8, 8)
    found = activity.activity(live, images, ("conv_1", "fc_1", "gone_9"))
    live.eval()
    wanted = live.results(images, ("conv_1", "fc_1"))
    assert found.keys() == wanted.keys()
    for block, result in wanted.items():
        cells = result.detach().numpy().swapaxes(0, 1).reshape(result.shape[1], -1)
        np.testing.assert_allclose(found[block].low, cells.min(1), rtol=1e-5)
        np.testing.assert_allclose(found[block].high, cells.max(1), rtol=1e-5)
        np.testing.assert_allclose(found[block].mean, np.abs(cells).mean(1), rtol=1e-5)


def test_a_map_is_dead_where_it_is_zero_for_every_sample(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    with torch.no_grad():
        live.parts["conv_1"].bias.copy_(torch.tensor([-99.0, 99.0, 0.0, 0.0]))
    found = activity.activity(live, torch.rand(6, 1, 8, 8), ("relu_1",))["relu_1"]
    assert (found.low[0], found.high[0], found.mean[0]) == (0, 0, 0)
    assert found.high[1] > 0


def test_training_mode_and_averages_stay(lab: SimpleNamespace) -> None:
    live = lab.live(lab.random_parts()).train()
    before = {name: value.clone() for name, value in live.state_dict().items()}
    activity.activity(live, torch.rand(6, 1, 8, 8), tuple(live.shapes))
    assert live.training
    assert all(torch.equal(value, before[name]) for name, value in live.state_dict().items())


def test_the_gradient_of_a_trial_is_torchs(lab: SimpleNamespace) -> None:
    network = lab.chain(Input(channels=1, axes=(32, 32)), Flatten(), FullyConnected(channels=8), Output())
    live = lab.live(network)
    document = Document(network, DataChoice(name="gratings"), TrainingSettings(batch_size=9))
    found = gradients(live, document)
    samples = data.load("gratings")
    first = samples.divided(document.data.validation_share, document.data.seed)[0][:9]
    images, labels = torch.from_numpy(data.to_float(samples.images[first])), torch.from_numpy(samples.labels[first])
    cross_entropy(live(images), labels).backward()
    assert found.keys() == {"fc_1.weight", "fc_1.bias"}
    for name, weights in live.named_parameters():
        torch.testing.assert_close(found[name], weights.grad)


def test_changes_are_differences_to_the_start(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    start = {name: w.detach().clone() for name, w in live.parts["conv_1"].named_parameters()}
    with torch.no_grad():
        live.parts["conv_1"].weight += 0.25
    found = probe.changes(live, "conv_1", start, 3)
    assert (found.names, found.totals) == (("weight",), (4,))
    np.testing.assert_allclose(found.arrays[0], np.full((3, 1, 3, 3), 0.25), atol=1e-6)


def test_a_trainer_keeps_the_gradients_of_its_last_step_only_where_asked(lab: SimpleNamespace) -> None:
    run = lab.trainer(lab.small(), epochs=1, optimiser="sgd", learning_rate=0.5, momentum=0.0)
    steps = run.steps()
    next(steps)
    next(steps)
    assert run.gradients == {}
    run.keeps_gradients = True
    before = run.live.parts["conv_1"].weight.detach().clone()
    next(steps)
    moved = run.live.parts["conv_1"].weight.detach() - before
    torch.testing.assert_close(moved, -0.5 * run.gradients["conv_1.weight"])
    assert run.live.parts["conv_1"].weight.grad is None
