"""Schedules, clipped gradients, smoothed labels and early stopping in a real run, against loops by hand."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_

from convstudio.engine.stopping import Patience


def by_hand(run, *, smoothing=0.0, clipping=0.0, rates=None) -> list[float]:
    """The losses of three epochs with plain SGD."""
    model = copy.deepcopy(run.live)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
    losses = []
    for step in range(3 * run.batches):
        images, labels = run._batches.batch(*divmod(step, run.batches))
        loss = cross_entropy(model(images), labels, label_smoothing=smoothing)
        optimiser.zero_grad()
        loss.backward()
        if clipping:
            clip_grad_norm_(model.parameters(), clipping)
        if rates:
            optimiser.param_groups[0]["lr"] = rates[step]
        optimiser.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize(
    ("settings", "hand"),
    [
        ({"label_smoothing": 0.2}, {"smoothing": 0.2}),
        ({"gradient_clipping": 0.1}, {"clipping": 0.1}),
        (
            {"schedule": "step", "decay_every": 1, "decay_factor": 0.1},
            {"rates": [0.05] * 5 + [0.005] * 5 + [0.0005] * 5},
        ),
        ({"warm_up": 1}, {"rates": [0.01, 0.02, 0.03, 0.04] + [0.05] * 11}),
    ],
)
def test_losses_are_those_of_a_loop_by_hand(lab: SimpleNamespace, settings: dict, hand: dict) -> None:
    run = lab.trainer(lab.small(), optimiser="sgd", momentum=0.0, learning_rate=0.05, **settings)
    expected = by_hand(run, **hand)
    plain = by_hand(run)
    losses, _ = lab.finished(run)
    np.testing.assert_allclose(losses, expected, rtol=2e-4)
    assert not np.allclose(expected, plain, rtol=2e-4)


def test_the_rate_of_the_next_step_can_be_asked(lab: SimpleNamespace) -> None:
    run = lab.trainer(schedule="cosine", learning_rate=0.5)
    assert run.rate == 0.5
    lab.finished(run)
    assert run.rate == pytest.approx(0)


def test_a_run_that_gets_no_better_stops_early_and_says_so(lab: SimpleNamespace) -> None:
    run = lab.trainer(lab.small(), learning_rate=1e-9, epochs=50, early_stopping=3, seed=1)
    run.live.eval()
    _, validations = lab.finished(run)
    assert len(validations) < 51
    best = min(validations, key=lambda v: v.loss)
    assert validations[-1].epoch - best.epoch == 3
    assert f"epoch {best.epoch} for 3 epochs" in run.stopped_early
    assert f"{best.loss:.4f}" in run.stopped_early


def test_a_run_that_goes_to_its_end_was_not_stopped(lab: SimpleNamespace) -> None:
    run = lab.trainer(early_stopping=3)
    lab.finished(run)
    assert run.stopped_early == ""


def test_patience_survives_a_checkpoint() -> None:
    patience = Patience(2)
    for epoch, loss in enumerate([1.0, 0.5, 0.7]):
        patience.note(epoch, loss)
    again = Patience(2)
    again.restore({**patience.state(), "validated": 2})
    again.note(3, 0.6)
    assert again.over
    assert "0.5000 of epoch 1" in again.words


def test_a_loss_that_is_no_number_is_never_the_best() -> None:
    patience = Patience(1)
    patience.note(0, float("nan"))
    assert patience.state() == {"best_loss": None, "best_epoch": 0}
