"""The dialog of the range test by hand: choosing in the plot, using a rate, cancelling; and what it says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from convstudio.protocol.messages import Array, RatesTested
from convstudio.ui.rates.range_dialog import RangeDialog

RATES = 10 ** np.linspace(-6, 1, 100)
SMOOTHED = 2.3 - 1.5 / (1 + np.exp(-(np.arange(100) - 50) / 4))


def packed(values) -> Array:
    return Array("float32", (len(values),), np.asarray(values, np.float32).tobytes())


def made_of(state: str, count: int = 100, suggestion: float = 0.0, message: str = "") -> RatesTested:
    return RatesTested(
        number=1,
        state=state,
        share=count / 100,
        rates=packed(RATES[:count]),
        losses=packed(SMOOTHED[:count] + 0.05),
        smoothed=packed(SMOOTHED[:count]),
        suggestion=suggestion,
        message=message,
    )


@pytest.fixture
def dialog(qtbot):
    made = RangeDialog()
    qtbot.addWidget(made)
    made.resize(560, 460)
    made.show()
    return made


def test_the_suggestion_can_be_used_as_it_is(dialog, qtbot):
    assert not dialog.use_button.isEnabled()
    dialog.show_test(made_of("running", 40))
    assert dialog.again_button.text() == "Cancel the test"
    dialog.show_test(made_of("done", suggestion=float(RATES[50])))
    assert "0.0034, where the smoothed loss falls fastest" in dialog.words
    assert dialog.use_button.text() == "Use 0.0034"
    with qtbot.waitSignal(dialog.rate_requested) as asked:
        qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    assert asked.args == [0.0034]
    assert dialog.isHidden()


def test_another_rate_is_chosen_by_a_click_and_by_keys(dialog, qtbot):
    dialog.show_test(made_of("done", suggestion=float(RATES[50])))
    plot = dialog.plot
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.place(float(RATES[30]))), 80))
    assert plot.choice == pytest.approx(RATES[30], rel=1e-5)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.choice == pytest.approx(RATES[31], rel=1e-5)
    for _ in range(200):
        qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.choice == pytest.approx(1e-6)
    assert dialog.use_button.text() == "Use 1e-06"


@pytest.mark.parametrize("way", ["button", "close", "escape"])
def test_a_test_under_way_is_cancelled(dialog, qtbot, way):
    dialog.show_test(made_of("running", 10))
    with qtbot.waitSignal(dialog.cancel_requested):
        if way == "button":
            qtbot.mouseClick(dialog.again_button, Qt.MouseButton.LeftButton)
        elif way == "close":
            dialog.close()
        else:
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.show_test(made_of("cancelled", 10))
    assert "Nothing was changed" in dialog.words


def test_when_it_is_over_it_can_be_made_again_and_closing_cancels_nothing(dialog, qtbot):
    dialog.show_test(made_of("done", suggestion=0.01))
    with qtbot.waitSignal(dialog.begin_requested), qtbot.assertNotEmitted(dialog.cancel_requested):
        qtbot.mouseClick(dialog.again_button, Qt.MouseButton.LeftButton)
    dialog.show_test(made_of("done"))
    assert "none is suggested" in dialog.words
    assert not dialog.use_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.cancel_requested):
        dialog.close()


def test_what_cannot_be_tested_is_said(dialog):
    dialog.show_test(made_of("failed", 0, message="There is no Output."))
    assert dialog.words == "There is no Output."
    dialog.begin()
    dialog.lose("The worker was killed.")
    assert dialog.words == "The worker was killed."
    assert dialog.again_button.text() == "Test again"
