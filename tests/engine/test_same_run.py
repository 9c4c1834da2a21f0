"""The same network, data and settings give bitwise the same run: paused, probed, calibrated, taken up again or not."""

from __future__ import annotations

import copy
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from msgspec.structs import replace as with_fields

from convstudio.assets import asset
from convstudio.blocks import FullyConnected, catalogue
from convstudio.engine import calibration, probe, starting
from convstudio.engine.project import analysed
from convstudio.engine.training import Unfit
from convstudio.network import edits, file


@pytest.fixture(scope="module")
def plain(lab: SimpleNamespace) -> SimpleNamespace:
    """A run that nobody disturbs."""
    run = lab.trainer()
    losses, validations = lab.finished(run)
    return SimpleNamespace(losses=losses, validations=validations, live=run.live)


def test_twice_is_the_same(lab: SimpleNamespace, plain: SimpleNamespace) -> None:
    torch.manual_seed(99)
    torch.rand(7)
    run = lab.trainer()
    assert lab.finished(run) == (plain.losses, plain.validations)
    assert lab.same_weights(run.live, plain.live)


def test_another_seed_is_another_run(lab: SimpleNamespace, plain: SimpleNamespace) -> None:
    assert lab.finished(lab.trainer(seed=1))[0] != plain.losses


def test_dropout_differs_from_step_to_step(lab: SimpleNamespace) -> None:
    run = lab.trainer(learning_rate=1e-30, batch_size=22, epochs=3)
    losses, _ = lab.finished(run)
    assert len(set(losses)) == 3


def test_probes_in_between_change_nothing(lab: SimpleNamespace, plain: SimpleNamespace) -> None:
    run = lab.trainer()
    image = run.data.validation_images[0]
    wanted = dict.fromkeys(run.live.shapes, 0)

    def look(step: int) -> None:
        probe.maps(run.live, image, wanted)
        probe.masks(run.live, "conv_1", 0)
        torch.rand(step)  # what others draw between steps does not matter either

    assert lab.finished(run, look) == (plain.losses, plain.validations)
    assert lab.same_weights(run.live, plain.live)


def test_reports_snapshots_and_calibration_in_between_change_nothing(
    lab: SimpleNamespace, plain: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "BUDGET", 0.01)
    run = lab.trainer()
    losses: list[float] = []

    def disturb(step: int) -> None:
        run.state()
        losses.extend(run.read().losses.tolist())
        if step == 6:
            calibration.calibrate(run.live, run.data.train_images[:4], run.settings, run.data.device)

    rest, validations = lab.finished(run, disturb)
    assert (losses + rest, validations) == (plain.losses, plain.validations)
    assert lab.same_weights(run.live, plain.live)


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "sgd", "rmsprop", "adagrad"])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("events", [0, 1, 3, 6, 7, 11, 18])  # before, after validations, within and between epochs
def test_a_run_goes_on_from_a_state_as_if_nothing_had_been(
    lab: SimpleNamespace, optimiser: str, layout: torch.memory_format, events: int
) -> None:
    network, data = lab.random_parts(), lab.samples(memory_format=layout)
    first = lab.trainer(network, data, optimiser=optimiser, schedule="cosine")
    steps = first.steps()
    for _ in range(events):
        next(steps)
    state = first.state()
    read = first.read().losses.tolist()
    whole = lab.finished(first)
    second = lab.trainer(edits.rename(network, "conv_1", "another name"), data, optimiser=optimiser, schedule="cosine")
    for weights in second.live.parameters():
        weights.data.zero_()
    second.restore(copy.deepcopy(state))
    rest = lab.finished(second)
    assert rest[0] == whole[0]
    assert rest[1] == [v for v in whole[1] if v.step > state["position"]["step"] or v in rest[1]]
    assert len(read) + len(rest[0]) == 15
    assert lab.same_weights(first.live, second.live)


def test_a_state_is_a_copy(lab: SimpleNamespace) -> None:
    run = lab.trainer()
    steps = run.steps()
    for _ in range(4):
        next(steps)
    state = run.state()
    kept = copy.deepcopy(state)
    lab.finished(run)
    for part in ("weights", "optimiser"):
        assert all(torch.equal(state[part][name], kept[part][name]) for name in kept[part])
    assert state["position"] == kept["position"] == {**kept["position"], "step": 3, "validated": 0}


def test_more_epochs_may_be_added_to_a_state(lab: SimpleNamespace, plain: SimpleNamespace) -> None:
    short = lab.trainer(epochs=1)
    losses, _ = lab.finished(short)
    longer = lab.trainer(epochs=3)
    longer.restore(short.state())
    rest, _ = lab.finished(longer)
    assert losses + rest == plain.losses


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seed": 1}, "with seed 0, and this run has 1"),
        ({"batch_size": 4}, "with batch size 5, and this run has 4"),
        ({"optimiser": "sgd"}, "with optimiser adam, and this run has sgd"),
    ],
)
def test_the_state_of_another_run_is_refused_in_words(lab: SimpleNamespace, settings: dict, words: str) -> None:
    state = lab.trainer().state()
    with pytest.raises(Unfit, match=words):
        lab.trainer(**settings).restore(state)


def test_the_state_of_another_network_or_other_data_is_refused(lab: SimpleNamespace) -> None:
    state = lab.trainer().state()
    with pytest.raises(Unfit, match=r"another network: batch_norm_1\.bias differs"):
        lab.trainer(lab.small()).restore(state)
    with pytest.raises(Unfit, match="with samples 22, and this run has 23"):
        lab.trainer(data=lab.samples(train=23)).restore(state)
    wide = edits.change(lab.random_parts(), "fc_1", FullyConnected(channels=3, bias=False))
    with pytest.raises(Unfit, match=r"fc_1\.bias"):
        lab.trainer(wide).restore(state)
    steps = (run := lab.trainer()).steps()
    next(steps), next(steps)
    spoiled = run.state()
    spoiled["optimiser"]["conv_1.weight/exp_avg"] = torch.zeros(2, 2)
    with pytest.raises(Unfit, match="memory of the optimiser"):
        lab.trainer().restore(spoiled)


def test_how_to_compute_is_measured_once_for_each_network_and_way_to_train(monkeypatch) -> None:
    """Noise could choose other threads the next time, and other threads round differently."""
    document = file.load(asset("examples", "first-steps.convstudio"), catalogue())
    calls: list[int] = []

    def measured(live, images, settings, device) -> calibration.Choice:
        calls.append(settings.batch_size)
        return calibration.Choice(1, torch.contiguous_format, {})

    monkeypatch.setattr(starting, "_choices", {})
    monkeypatch.setattr(starting, "calibrate", measured)
    other = replace(document, training=with_fields(document.training, batch_size=17))
    longer = replace(document, training=with_fields(document.training, epochs=3))
    for wanted in (document, document, longer, other):
        starting.start(wanted, analysed(wanted), None)
    assert calls == [document.training.batch_size, 17]
