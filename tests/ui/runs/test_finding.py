"""Finding runs by words and by bounds on their figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from convstudio.network.training_settings import TrainingSettings
from convstudio.runs.about import About
from convstudio.runs.entry import Entry
from convstudio.runs.summary import Summary
from convstudio.ui.runs.finding import query

HEAD = Summary(
    name="Digits",
    state="finished",
    started=0.0,
    updated=0.0,
    device="cpu",
    dataset="digits",
    parameters=31_370,
    multiply_adds=1,
    epochs=10,
    step=2250,
    seconds=90.0,
    validation_loss=0.125,
    validation_accuracy=0.953,
)
SETTINGS = TrainingSettings(
    optimiser="adam", learning_rate=0.01, batch_size=64, seed=7, gradient_clipping=0.5, precision="bfloat16"
)
RUN = Entry(Path("/runs/one"), HEAD, About("", "wide masks"), settings=SETTINGS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "digits",
        "WIDE finished",
        "acc>95",
        "acc>=95.3",
        "acc=95.3",
        "loss<0.2 epochs>=10",
        "weights<32k",
        "masks steps>2k",
        "minutes<=1.5",
        "seconds>60",
        "0.01",
        "ADAM 0.010 digits",
        "1e-2",
        "rate=0.01 batch=64",
        "rate>=1e-2 seed<8",
        "clipping>0 bfloat16 steps>2k",
        "constant",
    ],
)
def test_it_is_found(text: str) -> None:
    assert query(text).finds(RUN)


@pytest.mark.parametrize(
    "text",
    [
        "lecture",
        "digits lecture",
        "acc>95.3",
        "loss<0.1",
        "weights>1m",
        "minutes>2",
        "party>3",
        "acc>",
        "0.1",
        "0.011",
        "ada",
        "adamw",
        "nesterov",
        "0.9",
        "rate<0.01",
        "batch>64",
    ],
)
def test_it_is_not_found(text: str) -> None:
    assert not query(text).finds(RUN)


def test_what_has_no_figures_holds_no_bounds() -> None:
    broken = Entry(Path("/runs/two"), None, About(), "damaged")
    assert query("two").finds(broken)
    assert not query("acc>0").finds(broken)
    assert not query("loss<9").finds(broken)
