"""What the tests of the Evaluation tab share: messages of the worker about three classes, or about pixels."""

from __future__ import annotations

import numpy as np
import pytest

from convstudio.protocol.messages import Array, CertaintyBin, ClassScore, Evaluation, View

EMPTY = np.zeros(0, np.int64)


def packed(values, kind):
    values = np.ascontiguousarray(values, kind)
    return Array(kind, values.shape, values.tobytes())


def message(**changed):
    """Seven samples of 'cat', 'dog', 'owl': truths 0 0 0 1 1 2 2, answers 0 0 1 1 1 0 2."""
    fields = {
        "run": 1,
        "step": 63,
        "view": View(block="", what="evaluation"),
        "epoch": 1,
        "data": "digits",
        "share": 0.2,
        "seed": 0,
        "samples": 7,
        "targets": 7,
        "loss": 0.5,
        "accuracy": 5 / 7,
        "confusion": packed([[2, 1, 0], [0, 2, 0], [1, 0, 1]], "int64"),
        "scores": (
            ClassScore(2 / 3, 2 / 3, 2 / 3, 0.5, 3),
            ClassScore(2 / 3, 1.0, 0.8, 2 / 3, 2),
            ClassScore(1.0, 0.5, 2 / 3, 0.5, 2),
        ),
        "bins": (CertaintyBin(0, 0.0, 0.0), CertaintyBin(7, 0.8, 5 / 7)),
        "calibration_error": 0.0857,
        "truths": packed([0, 0, 0, 1, 1, 2, 2], "int64"),
        "answers": packed([0, 0, 1, 1, 1, 0, 2], "int64"),
        "certainties": packed([0.9, 0.95, 0.8, 0.7, 0.6, 0.99, 0.5], "float32"),
        "rights": packed([0.9, 0.95, 0.1, 0.7, 0.6, 0.004, 0.5], "float32"),
        "losses": packed([0.1, 0.05, 2.3, 0.36, 0.51, 5.5, 0.69], "float32"),
        "examples": packed(np.zeros((0, 0)), "int64"),
        "odd": 0,
    }
    return Evaluation(**(fields | changed))


def pixel_message():
    """Three samples of 10 pixels and two classes."""
    return message(
        samples=3,
        targets=30,
        confusion=packed([[18, 2], [4, 6]], "int64"),
        scores=(ClassScore(18 / 22, 0.9, 36 / 42, 0.75, 20), ClassScore(0.75, 0.6, 12 / 18, 0.5, 10)),
        truths=packed(EMPTY, "int64"),
        answers=packed(EMPTY, "int64"),
        certainties=packed([0.9, 0.8, 0.7], "float32"),
        rights=packed([1.0, 0.5, 0.9], "float32"),
        losses=packed([0.1, 0.9, 0.3], "float32"),
        examples=packed([[0, 2, 1], [1, -1, -1], [1, 2, -1], [0, 1, 2]], "int64"),
    )


@pytest.fixture(name="message")
def _message():
    return message


@pytest.fixture(name="pixel_message")
def _pixel_message():
    return pixel_message
