"""The draw pad with a real mouse: strokes, width, eraser, colours, undo, and the sample that comes of them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from convstudio.data import info
from convstudio.network.shape import Shape
from convstudio.ui.drawing.draw_window import DrawWindow
from convstudio.ui.drawing.form import drawing_form


@pytest.fixture
def window(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    made = DrawWindow(parent)
    made.set_form(drawing_form(Shape(1, (28, 28)), info("digits")))
    made.resize(540, 360)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def place(pad, x, y):
    area = pad.area()
    return QPoint(round(area.x() + x * area.width()), round(area.y() + y * area.height()))


def stroke(pad, *points, button=Qt.MouseButton.LeftButton):
    first, *more = (place(pad, *point) for point in points)
    QTest.mousePress(pad, button, pos=first)
    for point in more:
        QTest.mouseMove(pad, point)
    QTest.mouseRelease(pad, button, pos=more[-1] if more else first)


def press(window, words):
    found = next(b for kind in (QPushButton, QToolButton) for b in window.findChildren(kind) if b.text() == words)
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def ink(pad):
    return int((pad.picture() > 127).sum()) // 3


def test_a_stroke_becomes_a_centred_digit(window, qtbot):
    with qtbot.waitSignal(window.drawn) as drawn:
        stroke(window.pad, (0.1, 0.1), (0.1, 0.4))
    sample = drawn.args[0]
    assert sample.shape == (1, 28, 28)
    rows, columns = np.nonzero(sample[0] > 60)
    assert (rows.min(), rows.max()) == (4, 23)
    assert abs((columns.min() + columns.max() + 1) / 2 - 14) <= 0.5


def test_the_drawing_is_sent_while_the_stroke_is_under_way(window, qtbot):
    with qtbot.waitSignal(window.drawn):
        QTest.mousePress(window.pad, Qt.MouseButton.LeftButton, pos=place(window.pad, 0.5, 0.2))
        QTest.mouseMove(window.pad, place(window.pad, 0.5, 0.6))
    QTest.mouseRelease(window.pad, Qt.MouseButton.LeftButton, pos=place(window.pad, 0.5, 0.6))


def test_the_slider_makes_the_pen_wider(window):
    stroke(window.pad, (0.2, 0.5), (0.8, 0.5))
    thin = ink(window.pad)
    press(window, "Undo")
    assert ink(window.pad) == 0
    for _ in range(9):
        QTest.keyClick(window._width, Qt.Key.Key_Right)
    stroke(window.pad, (0.2, 0.5), (0.8, 0.5))
    assert ink(window.pad) == pytest.approx(2 * thin, rel=0.15)


def test_the_eraser_and_the_right_button_take_ink_away(window):
    stroke(window.pad, (0.2, 0.5), (0.8, 0.5))
    whole = ink(window.pad)
    stroke(window.pad, (0.5, 0.3), (0.5, 0.7), button=Qt.MouseButton.RightButton)
    part = ink(window.pad)
    assert 0 < part < whole
    press(window, "Eraser")
    stroke(window.pad, (0.3, 0.3), (0.3, 0.7))
    assert ink(window.pad) < part


def test_strokes_are_undone_and_redone_one_by_one_also_after_clearing(window):
    pad = window.pad
    stroke(pad, (0.2, 0.2), (0.4, 0.2))
    one = ink(pad)
    stroke(pad, (0.2, 0.8), (0.9, 0.8))
    two = ink(pad)
    press(window, "Clear")
    assert ink(pad) == 0
    for wanted in (two, one, 0):
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert ink(pad) == wanted
    for wanted in (one, two):
        press(window, "Redo")
        assert ink(pad) == wanted
    stroke(pad, (0.5, 0.1))
    assert not window._redo.isEnabled()


def test_a_single_click_is_a_dot(window):
    stroke(window.pad, (0.5, 0.5))
    assert ink(window.pad) > 0


def test_colours_of_pen_and_paper(window, qtbot):
    window.set_form(drawing_form(Shape(3, (32, 32)), info("shapes")))
    assert window.pad.empty
    buttons = {b.accessibleName(): b for b in window.findChildren(QToolButton) if b.accessibleName()}
    QTest.mouseClick(buttons["Pen: red"], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.drawn) as drawn:
        stroke(window.pad, (0.25, 0.5), (0.75, 0.5))
    red, green, blue = (int(channel[16, 16]) for channel in drawn.args[0])
    assert red > 200 > green + blue
    with qtbot.waitSignal(window.drawn) as drawn:
        QTest.mouseClick(buttons["Paper: white"], Qt.MouseButton.LeftButton)
    assert drawn.args[0][:, 2, 2].tolist() == [255, 255, 255]
    assert drawn.args[0][0, 16, 16] > 200 > drawn.args[0][1, 16, 16]


def test_one_pen_where_the_data_have_one(window):
    assert not window._pens.isVisible()
    window.set_form(drawing_form(Shape(1, (32, 32)), info("gratings")))
    assert window._pens.isVisible()


def test_escape_closes_and_the_last_strokes_are_not_lost(window, qtbot):
    with qtbot.waitSignal(window.drawn):
        stroke(window.pad, (0.2, 0.2), (0.4, 0.2))
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("shape", [Shape(2, (8, 8)), Shape(1, (50,)), Shape(10), Shape(3, (4, 8, 8))])
def test_what_cannot_be_drawn_is_said(shape):
    assert "sample" in drawing_form(shape, None)
