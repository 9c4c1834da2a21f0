"""The watched sample: its picture, the way to others, and the answer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton

from convstudio.protocol.messages import Array, Scores
from convstudio.ui.live.numbers import decimals, percent, significant
from convstudio.ui.live.sample_panel import SamplePanel
from convstudio.ui.live.sample_picture import SamplePicture, sample_image

DIGITS = tuple(str(number) for number in range(10))


@pytest.fixture
def panel(show):
    panel = show(SamplePanel(), 200, 220)
    panel.set_classes(DIGITS)
    return panel


def grey_sample():
    return np.arange(64, dtype=np.uint8).reshape(1, 8, 8) * 3


def probabilities(best, share=0.91):
    values = np.full(10, (1 - share) / 9, np.float32)
    values[best] = share
    return values


def button(panel, name):
    return next(
        b for kind in (QToolButton, QPushButton) for b in panel.findChildren(kind) if b.accessibleName() == name
    )


def texts(panel):
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def test_what_an_own_image_is_can_be_read_whole(panel, settle):
    panel.set_sample(grey_sample(), own="your drawing")
    settle()
    heading = next(label for label in panel.findChildren(QLabel) if label.text() == "SAMPLE · YOUR DRAWING")
    assert heading.width() >= heading.fontMetrics().horizontalAdvance(heading.text())


def test_the_sample_is_painted_without_smoothing(panel, settle):
    panel.set_sample(grey_sample(), 16, 1000, 3)
    settle()
    picture = panel.findChild(SamplePicture)
    pixels, place = picture.grab().toImage(), picture.place()
    side = place.width() / 8
    for row, column in np.ndindex(8, 8):
        if (row, column) in ((0, 0), (0, 7), (7, 0), (7, 7)):  # rounded corners
            continue
        seen = pixels.pixelColor(int(place.x() + (column + 0.5) * side), int(place.y() + (row + 0.5) * side))
        assert seen == QColor(*(int(grey_sample()[0, row, column]),) * 3)


def test_where_in_the_samples_it_is_and_what_it_shows(panel, qtbot):
    panel.set_sample(grey_sample(), 16, 1000, 3)
    assert "17 of 1 000" in texts(panel)
    assert "SAMPLE · “3”" in texts(panel)


@pytest.mark.parametrize(("name", "wanted"), [("Next sample", 1), ("Previous sample", -1)])
def test_the_buttons_ask_for_the_neighbours(panel, qtbot, name, wanted):
    panel.set_sample(grey_sample(), 16, 1000)
    with qtbot.waitSignal(panel.step_requested) as heard:
        qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)
    assert heard.args == [wanted]


def test_a_class_can_be_chosen_and_a_mistake_asked_for(panel, qtbot):
    panel.set_sample(grey_sample(), 16, 1000)
    with qtbot.waitSignal(panel.class_requested) as heard:
        QTest.keyClick(panel.findChild(QComboBox), Qt.Key.Key_3)
    assert heard.args == [3]
    for name, signal in (("Next mistake", panel.mistake_requested), ("Draw a sample", panel.draw_requested)):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def test_an_own_sample_keeps_the_answer_while_it_is_drawn_on(panel, messages):
    panel.set_sample(grey_sample(), own="your drawing")
    assert "SAMPLE · YOUR DRAWING" in texts(panel)
    panel.on_scores(messages.scores(probabilities(7)))
    panel.set_sample(grey_sample(), own="your drawing", keep=True)
    assert panel.answer == "7 · 91 %"
    panel.set_sample(grey_sample(), 3, 10, 7)
    assert panel.answer == ""


def test_a_picture_of_ones_own_can_be_asked_for(panel, qtbot):
    with qtbot.waitSignal(panel.image_requested):
        qtbot.keyClick(button(panel, "Open an image as the sample"), Qt.Key.Key_Space)
    panel.set_sample(grey_sample(), own="your image")
    assert "SAMPLE · YOUR IMAGE" in texts(panel)


def test_the_answer_is_marked_right_or_wrong_by_more_than_colour(panel, messages):
    panel.set_sample(grey_sample(), 0, 10, 3)
    panel.on_scores(messages.scores(probabilities(3)))
    assert panel.answer == "✓ 3 · 91 %"
    assert panel.bars.highest == 3
    panel.on_scores(messages.scores(probabilities(7, 0.5)))
    assert panel.answer == "✗ 7 · 50 %"
    panel.set_sample(grey_sample())
    assert panel.answer == ""
    panel.on_scores(messages.scores(probabilities(7)))
    assert panel.answer == "7 · 91 %"


def test_answers_that_are_none_are_said(panel, messages):
    panel.on_scores(messages.scores(np.full(10, np.nan)))
    assert "not a number" in panel.answer
    panel.on_scores(messages.scores([]))
    assert "not a number" in panel.answer
    panel.on_scores(Scores(run=0, step=0, probabilities=Array("float32", (10,), b"")))
    assert "needs 40 bytes" in panel.answer


def test_without_a_sample_nothing_can_be_turned(panel):
    panel.set_sample(None)
    assert "NO SAMPLE" in texts(panel)
    assert not button(panel, "Next sample").isEnabled()


def test_it_fits_beside_the_palette(panel, messages, settle):
    panel.set_classes([f"a very long class name {number}" for number in range(10)])
    panel.set_sample(grey_sample(), 123_456, 1_234_567, 3)
    panel.on_scores(messages.scores(probabilities(3)))
    settle()
    assert panel.minimumSizeHint().width() <= 200


def test_pictures_of_every_kind_of_sample(qapp):
    colour = np.zeros((3, 2, 2), np.uint8)
    colour[0, 0, 1] = 200
    assert sample_image(colour).pixelColor(1, 0) == QColor(200, 0, 0)
    signal = sample_image(np.arange(10, dtype=np.uint8).reshape(2, 5))
    assert (signal.width(), signal.height()) == (5, 2)
    clip = np.stack([np.full((4, 4), frame * 50, np.uint8) for frame in range(5)])[None]
    assert sample_image(clip).pixelColor(0, 0) == QColor(100, 100, 100)
    two = np.stack([np.full((3, 3), 10, np.uint8), np.full((3, 3), 20, np.uint8)])
    assert sample_image(two).pixelColor(0, 0) == QColor(15, 15, 15)
    assert sample_image(np.zeros((1, 0, 5), np.uint8)).isNull()
    assert sample_image(np.zeros(7, np.uint8)).isNull()


@pytest.mark.parametrize("shape", [(1, 300), (1, 1, 300), (1, 400, 3), (3, 5, 7), (1, 1, 1)])
def test_samples_of_odd_shapes_are_painted(panel, settle, shape):
    panel.set_sample(np.full(shape, 255, np.uint8), 0, 1)
    settle()
    picture = panel.findChild(SamplePicture)
    centre = picture.grab().toImage().pixelColor(picture.place().center().toPoint())
    assert centre == QColor(255, 255, 255)


def test_numbers_are_written_for_people():
    assert [percent(x) for x in (0.0, 0.001, 0.5, 0.999, 1.0, float("nan"))] == [
        "0 %",
        "< 1 %",
        "50 %",
        "> 99 %",
        "100 %",
        "?",
    ]
    assert [decimals(x) for x in (-0.5, 99.9994, 12345.6)] == ["−0.500", "99.999", "1.235e+04"]
    assert significant(-1.5e-7) == "−1.5e−07"
    assert [decimals(-0.0001), significant(-0.0)] == ["0.000", "0"]
