"""The trainer against training loops written by hand, its reports, and what it refuses."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from convstudio.blocks import (
    BatchNorm,
    Convolution,
    Flatten,
    FullyConnected,
    Input,
    Output,
    ReLU,
    catalogue,
)
from convstudio.engine import memory, training, unread
from convstudio.engine.build import build
from convstudio.engine.evaluation import first_not_finite
from convstudio.engine.training import EpochDone, NotANumber, StepDone, Trainer, Unfit
from convstudio.network import edits
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import TrainingSettings

Optimiser = Callable[[list[nn.Parameter]], torch.optim.Optimizer]


@pytest.mark.parametrize(
    ("settings", "by_hand"),
    [
        ({"optimiser": "sgd", "momentum": 0.0}, lambda w: torch.optim.SGD(w, lr=0.05)),
        (
            {"optimiser": "sgd", "weight_decay": 0.01},
            lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, weight_decay=0.01),
        ),
        ({"optimiser": "adam"}, lambda w: torch.optim.Adam(w, lr=0.05)),
        ({"optimiser": "adam", "weight_decay": 0.1}, lambda w: torch.optim.Adam(w, lr=0.05, weight_decay=0.1)),
        ({"optimiser": "adamw", "weight_decay": 0.1}, lambda w: torch.optim.AdamW(w, lr=0.05, weight_decay=0.1)),
        (
            {"optimiser": "sgd", "nesterov": True},
            lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, nesterov=True),
        ),
        ({"optimiser": "sgd", "nesterov": True, "momentum": 0.0}, lambda w: torch.optim.SGD(w, lr=0.05)),
        (
            {"optimiser": "rmsprop", "momentum": 0.5, "learning_rate": 0.005},
            lambda w: torch.optim.RMSprop(w, lr=0.005, momentum=0.5),
        ),
        (
            {"optimiser": "adagrad", "weight_decay": 0.1},
            lambda w: torch.optim.Adagrad(w, lr=0.05, weight_decay=0.1),
        ),
    ],
)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_losses_are_those_of_a_loop_by_hand(
    lab: SimpleNamespace, settings: dict, by_hand: Optimiser, layout: torch.memory_format
) -> None:
    data = lab.samples(channels=2, memory_format=layout)
    run = lab.trainer(lab.small(BatchNorm(), channels=2), data, **{"learning_rate": 0.05, **settings})
    model = copy.deepcopy(run.live)
    optimiser = by_hand(list(model.parameters()))
    losses, hits = [], []
    for epoch in range(3):
        for number in range(run.batches):
            images, labels = run._batches.batch(epoch, number)
            scores = model(images)
            loss = cross_entropy(scores, labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
            hits.append((scores.argmax(1) == labels).float().mean().item())
    for _ in run.steps():
        pass
    progress = run.read()
    # Fused and foreach kernels round differently than the loop over single tensors of a plain optimiser.
    np.testing.assert_allclose(progress.losses, losses, rtol=2e-4)
    np.testing.assert_allclose(progress.hits, hits, rtol=1e-6)
    assert progress.losses[-1] < progress.losses[0]


def test_a_run_is_a_validation_then_epochs_of_steps_each_with_a_validation(lab: SimpleNamespace) -> None:
    run = lab.trainer(epochs=2)  # 22 samples in fives: the last of an epoch has 2
    done = list(run.steps())
    kinds = "".join("v" if isinstance(d, EpochDone) else "s" for d in done)
    assert kinds == "v" + "sssssv" * 2
    steps = [d for d in done if isinstance(d, StepDone)]
    assert [(d.step, d.epoch, d.batch) for d in steps] == [
        *((n, 1, n) for n in range(1, 6)),
        *((n + 5, 2, n) for n in range(1, 6)),
    ]
    assert [(d.epoch, d.step) for d in done if isinstance(d, EpochDone)] == [(0, 0), (1, 5), (2, 10)]
    assert list(run.steps()) == []


def test_validation_is_the_exact_mean_however_the_samples_are_cut(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = lab.trainer(batch_size=2)
    monkeypatch.setattr("convstudio.engine.evaluation.AT_ONCE", 3)
    first = next(run.steps())
    assert isinstance(first, EpochDone)
    with torch.no_grad():
        scores = run.live.eval()(run.data.validation_images)
    expected = cross_entropy(scores, run.data.validation_labels).item()
    right = (scores.argmax(1) == run.data.validation_labels).double().mean().item()
    assert first.loss == pytest.approx(expected, rel=1e-6)
    assert first.accuracy == right


def test_reports_hold_the_steps_since_the_last(lab: SimpleNamespace) -> None:
    run = lab.trainer()
    steps = run.steps()
    nothing = run.read()
    assert (nothing.step, nothing.epoch, nothing.batch, len(nothing.losses)) == (0, 1, 0, 0)
    assert (nothing.samples_per_second, nothing.seconds_left) == (0, 0)
    for _ in range(8):  # two validations, six steps
        next(steps)
    progress = run.read()
    assert (progress.step, progress.epoch, progress.epochs, progress.batch, progress.batches) == (6, 2, 3, 1, 5)
    assert progress.losses.dtype == progress.hits.dtype == np.float32
    assert progress.losses.shape == progress.hits.shape == (6,)
    assert len(run.read().losses) == 0


def test_reports_that_come_late_lose_nothing(lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _ = lab.finished(lab.trainer())
    monkeypatch.setattr(unread, "MOST", 4)
    losses, _ = lab.finished(lab.trainer())
    assert losses == expected
    assert len(losses) == 15


def test_no_gradient_is_left_behind(lab: SimpleNamespace) -> None:
    run = lab.trainer(epochs=1)
    lab.finished(run)
    assert all(weights.grad is None for weights in run.live.parameters())


def test_the_time_left_follows_from_the_rate_and_pauses_do_not_count(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(10_000))
    monkeypatch.setattr(training, "perf_counter", lambda: next(now) / 1000)  # each measured piece lasts 1 ms
    run = lab.trainer(epochs=2)
    steps = run.steps()
    for _ in range(6):
        next(steps)
    for _ in range(100):
        next(now)  # a pause
    assert run.seconds == pytest.approx(0.006)
    progress = run.read()
    assert progress.samples_per_second == pytest.approx(22 / 0.006, rel=0.01)  # 5 steps and the reading
    assert progress.seconds_left == pytest.approx(22 / progress.samples_per_second + 2 * 0.001)


def test_a_last_batch_of_one_sample_does_not_stop_batch_normalisation(lab: SimpleNamespace) -> None:
    network = lab.chain(
        Input(axes=(8, 8)), Flatten(), FullyConnected(channels=4), BatchNorm(), FullyConnected(channels=3), Output()
    )
    run = lab.trainer(network, lab.samples(train=21))
    losses, _ = lab.finished(run)
    assert run.batches == 4
    assert np.isfinite(losses).all()


def test_without_batch_normalisation_the_last_sample_is_a_batch_of_its_own(lab: SimpleNamespace) -> None:
    assert lab.trainer(lab.small(), lab.samples(train=21)).batches == 5


def test_batch_normalisation_of_single_values_is_refused_in_words(lab: SimpleNamespace) -> None:
    network = lab.chain(
        Input(axes=(8, 8)), Flatten(), FullyConnected(channels=4), BatchNorm(), FullyConnected(channels=3), Output()
    )
    with pytest.raises(Unfit, match=r"batch_norm_1.*batch size of 2"):
        lab.trainer(network, batch_size=1)
    losses, _ = lab.finished(lab.trainer(lab.small(BatchNorm()), batch_size=1, epochs=1))  # maps of many values
    assert np.isfinite(losses).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("fc_1", FullyConnected(channels=4)), "3 classes, and the network gives 4 numbers"),
        (("input_1", Input(channels=2, axes=(8, 8))), r"samples of 2 × 8 × 8, and those of the data set are 1 × 8 × 8"),
    ],
)
def test_a_network_that_does_not_fit_the_data_is_refused_in_words(
    lab: SimpleNamespace, change: tuple, words: str
) -> None:
    network = edits.change(lab.small(), *change)
    with pytest.raises(Unfit, match=words):
        lab.trainer(network)


def test_what_cannot_learn_is_refused_in_words(lab: SimpleNamespace) -> None:
    with pytest.raises(Unfit, match="no Output"):
        lab.trainer(edits.remove(lab.small(), ["output_1"]))
    with pytest.raises(Unfit, match="no block"):
        lab.trainer(lab.chain(Input(axes=(8, 8)), Flatten(), ReLU(), Output()), classes_of_pixels(lab))
    with pytest.raises(Unfit, match="answers of 3 numbers, and the network gives 3 feature maps"):
        lab.trainer(lab.chain(Input(axes=(8, 8)), Convolution(channels=3), Output()))
    with pytest.raises(Unfit, match="too few samples"):
        lab.trainer(data=lab.samples(validation=0))
    assert issubclass(Unfit, ValueError)


def classes_of_pixels(lab: SimpleNamespace) -> object:
    """Data with as many classes as there are pixels."""
    from dataclasses import replace

    return replace(lab.samples(), classes=tuple(str(n) for n in range(64)))


def test_a_loss_that_is_no_number_names_the_first_block_whose_result_is_not(lab: SimpleNamespace) -> None:
    run = lab.trainer()
    steps = run.steps()
    for _ in range(4):
        next(steps)
    with torch.no_grad():
        run.live.get_submodule("fc_1").weight[0, 0] = math.nan
    next(steps)
    before = copy.deepcopy(run.live)
    next(steps)
    with pytest.raises(NotANumber, match=r"loss of step 4 .*Fully connected \(fc_1\)") as caught:
        run.read()
    assert caught.value.block == "fc_1"
    assert np.isfinite(caught.value.progress.losses).tolist() == [True, True, True, False, False]
    conv = run.live.get_submodule("conv_1").weight
    assert torch.equal(conv, before.get_submodule("conv_1").weight)  # not spoiled by gradients that are no numbers
    assert torch.isfinite(conv).all()


def test_looking_for_the_block_leaves_the_averages_of_batch_normalisation_alone(lab: SimpleNamespace) -> None:
    live = lab.live(lab.random_parts())
    with torch.no_grad():
        live.get_submodule("batch_norm_1").weight[1] = math.inf
    before = copy.deepcopy(live)
    assert first_not_finite(live, torch.rand(4, 1, 8, 8)) == "batch_norm_1"
    assert lab.same_weights(live, before)
    assert first_not_finite(lab.live(lab.small()), torch.rand(4, 1, 8, 8)) == ""


def test_a_learning_rate_that_is_far_too_large_ends_in_words(lab: SimpleNamespace) -> None:
    run = lab.trainer(lab.small(), optimiser="sgd", learning_rate=100.0, weight_decay=10.0, epochs=9)
    with pytest.raises(NotANumber, match="smaller learning rate than 100") as caught:
        lab.finished(run)
    assert caught.value.block in run.live.shapes


def test_memory_that_will_not_suffice_is_refused_with_the_numbers(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = lab.chain(
        Input(axes=(8, 8)), Flatten(), FullyConnected(channels=60_000), FullyConnected(channels=3), Output()
    )
    monkeypatch.setattr(memory, "available", lambda device: 50 * 2**20)
    with pytest.raises(memory.MemoryFault, match=r"62 MiB for 4 080 003 weights.*50 MiB"):
        lab.trainer(network)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory"),
        torch.OutOfMemoryError("CUDA out of memory."),
    ],
)
def test_memory_that_runs_out_is_said_in_words(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, error: RuntimeError
) -> None:
    run = lab.trainer()

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(training.task, "loss", fails)
    steps = run.steps()
    next(steps)
    with pytest.raises(memory.MemoryFault, match="smaller batch"):
        next(steps)


def test_other_faults_of_torch_are_not_taken_for_a_lack_of_memory(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = lab.trainer()

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr(training.task, "loss", fails)
    steps = run.steps()
    next(steps)
    with pytest.raises(RuntimeError, match="something else"):
        next(steps)


def test_a_given_up_iterator_is_replaced_by_one_that_goes_on(lab: SimpleNamespace) -> None:
    expected, _ = lab.finished(lab.trainer())
    run = lab.trainer()
    for count in (1, 3, 4):
        for _, _ in zip(run.steps(), range(count), strict=False):
            pass
    losses, _ = lab.finished(run)
    assert losses == expected


def test_training_on_a_clip_and_a_signal_works_in_both_layouts(lab: SimpleNamespace) -> None:
    for axes in ((16,), (4, 5, 5)):
        network = lab.chain(
            Input(channels=2, axes=axes),
            Convolution(channels=3),
            BatchNorm(),
            ReLU(),
            Flatten(),
            FullyConnected(channels=3),
            Output(),
        )
        runs = [lab.trainer(network, noise(lab, axes, layout), epochs=1) for layout in LAYOUTS]
        (first, _), (second, _) = (lab.finished(run) for run in runs)
        np.testing.assert_allclose(first, second, rtol=1e-4)


LAYOUTS = (torch.contiguous_format, torch.channels_last)


def noise(lab: SimpleNamespace, axes: tuple[int, ...], layout: torch.memory_format) -> object:
    from dataclasses import replace

    from convstudio.engine.devices import laid_out

    images = torch.rand(29, 2, *axes, generator=torch.Generator().manual_seed(1))
    return replace(
        lab.samples(),
        train_images=laid_out(images[:22], layout),
        validation_images=laid_out(images[22:], layout),
        memory_format=layout,
    )


def test_digits_are_learned(lab: SimpleNamespace) -> None:
    from convstudio.blocks import MaxPool
    from convstudio.data import load
    from convstudio.engine.resident import resident
    from convstudio.network.document import DataChoice

    network = lab.chain(
        Input(),
        Convolution(channels=8),
        ReLU(),
        MaxPool(),
        Convolution(channels=16),
        ReLU(),
        MaxPool(),
        Flatten(),
        FullyConnected(channels=10),
        Output(),
    )
    data = resident(load("digits"), DataChoice(), torch.device("cpu"))
    live = build(network, resolve(network, catalogue()), 0)
    _, validations = lab.finished(Trainer(live, data, TrainingSettings(epochs=3)))
    assert validations[0].accuracy < 0.3
    assert validations[-1].accuracy >= 0.9
