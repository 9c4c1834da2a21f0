"""The learning rate over a run against torch's own schedulers, and at its ends."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import SGD, lr_scheduler

from convstudio.network import schedule
from convstudio.network.training_settings import PARTS, TrainingSettings, unused

EPOCHS, STEPS = 7, 5
TORCHS = {
    "constant": lambda o: lr_scheduler.ConstantLR(o, factor=1.0, total_iters=0),
    "step": lambda o: lr_scheduler.StepLR(o, step_size=2 * STEPS, gamma=0.3),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=EPOCHS * STEPS),
    "one_cycle": lambda o: lr_scheduler.OneCycleLR(o, max_lr=0.1, total_steps=EPOCHS * STEPS),
}


@pytest.mark.parametrize("name", TORCHS)
def test_each_schedule_is_torchs(name: str) -> None:
    settings = TrainingSettings(epochs=EPOCHS, learning_rate=0.1, schedule=name, decay_every=2, decay_factor=0.3)
    optimiser = SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    torchs = TORCHS[name](optimiser)
    for step in range(EPOCHS * STEPS):
        assert schedule.rate(settings, step, STEPS) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-9)
        optimiser.step()
        if step + 1 < EPOCHS * STEPS:
            torchs.step()


def test_warm_up_rises_in_equal_steps_and_then_is_over() -> None:
    settings = TrainingSettings(learning_rate=0.2, warm_up=2)
    rates = [schedule.rate(settings, step, 5) for step in range(12)]
    assert rates == pytest.approx([0.02 * n for n in range(1, 11)] + [0.2, 0.2])


def test_warm_up_of_part_of_an_epoch_never_exceeds_the_rate() -> None:
    settings = TrainingSettings(learning_rate=1.0, warm_up=0.3)
    assert schedule.rate(settings, 0, 10) == pytest.approx(1 / 3)
    assert schedule.rate(settings, 5, 10) == 1.0


@given(
    st.sampled_from(["constant", "step", "cosine", "one_cycle"]),
    st.integers(1, 40),
    st.integers(1, 50),
    st.floats(0, 100),
    st.data(),
)
def test_rates_are_never_negative_nor_above_the_chosen_one(
    name: str, epochs: int, steps: int, warm_up: float, data: st.DataObject
) -> None:
    settings = TrainingSettings(epochs=epochs, schedule=name, warm_up=warm_up, learning_rate=0.5)
    step = data.draw(st.integers(0, epochs * steps))  # the last is after the end, where a panel may still ask
    assert 0 <= schedule.rate(settings, step, steps) <= 0.5


def test_a_constant_rate_without_warm_up_needs_no_look() -> None:
    assert not schedule.changes(TrainingSettings())
    assert schedule.changes(TrainingSettings(warm_up=1))
    assert schedule.changes(TrainingSettings(schedule="cosine"))


def test_every_setting_but_the_device_has_its_place_in_the_tab() -> None:
    shown = [name for _, names in PARTS for name in names]
    assert sorted(shown) == sorted(n for n in TrainingSettings.__struct_fields__ if n != "device")


def test_settings_that_change_nothing_are_known() -> None:
    assert unused(TrainingSettings()) == {"momentum", "nesterov", "decay_every", "decay_factor"}
    assert unused(TrainingSettings(optimiser="sgd", schedule="one_cycle")) == {"decay_every", "decay_factor", "warm_up"}
