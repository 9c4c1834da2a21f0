"""Messages on the screen: newest first, at most three, staying or leaving as they should, usable by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from convstudio.ui.notices.bar import NoticeBar
from convstudio.ui.notices.notices import MAX_KEPT


@pytest.fixture
def below(qtbot):
    below = QWidget()
    qtbot.addWidget(below)
    below.resize(800, 600)
    below.show()
    return below


@pytest.fixture
def bar(notices, below):
    return NoticeBar(notices, below, stay=50)


def words(bar):
    return [notice.words for notice in bar.shown]


def button(bar, text, kind=QToolButton):
    return next(b for b in bar._strips[0].findChildren(kind) if b.text() == text)


def test_newest_first_and_at_most_three(notices, bar):
    for number in range(5):
        notices.error(f"Error {number}.")
    assert words(bar) == ["Error 4.", "Error 3.", "Error 2."]
    assert bar._rest.text() == "2 more messages"
    notices.close(notices.open[0])
    assert words(bar) == ["Error 3.", "Error 2.", "Error 1."]


def test_saying_it_again_does_not_stack(notices, bar):
    notices.error("Once.")
    notices.warn("Other.")
    notices.error("Once.")
    assert words(bar) == ["Once.", "Other."]


def test_however_much_is_said_little_is_kept(notices):
    for number in range(3 * MAX_KEPT):
        notices.error(str(number))
    assert len(notices.open) == MAX_KEPT
    assert notices.open[0].words == str(3 * MAX_KEPT - 1)


def test_info_leaves_by_itself_and_errors_stay(notices, bar, qtbot):
    notices.error("Stays.")
    notices.warn("Stays too.")
    notices.info("Leaves.")
    qtbot.waitUntil(lambda: words(bar) == ["Stays too.", "Stays."])
    assert not any(strip._timer.isActive() for strip in bar._strips)


def test_info_stays_under_the_mouse(notices, bar, qtbot):
    notices.info("Read me.")
    strip = bar._strips[0]
    here = QPointF(5, 5)
    QApplication.sendEvent(strip, QEnterEvent(here, here, here))
    assert not strip._timer.isActive()
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: words(bar) == [])


def test_an_open_detail_keeps_it(notices, bar, qtbot):
    notices.info("Written.", "/some/path")
    strip = bar._strips[0]
    qtbot.mouseClick(button(bar, "Details"), Qt.MouseButton.LeftButton)
    assert strip._detail.isVisible()
    assert strip._detail.toPlainText() == "/some/path"
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    assert not strip._timer.isActive()
    qtbot.mouseClick(button(bar, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Written.\n\n/some/path"


def test_the_close_button_and_escape_close(notices, bar, qtbot):
    notices.error("One.")
    notices.error("Two.")
    qtbot.mouseClick(button(bar, "×"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: words(bar) == ["One."])
    qtbot.keyClick(bar._strips[0], Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_an_action_is_done_once_and_the_message_leaves(notices, bar, qtbot):
    done = []
    notices.error("Broken.", actions=[("Mend", lambda: done.append(1)), ("Leave", print)])
    qtbot.mouseClick(button(bar, "Mend", QPushButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: notices.open == ())
    assert done == [1]


def test_named_for_screen_readers(notices, bar):
    notices.warn("Careful.")
    assert bar._strips[0].accessibleName() == "Warning: Careful."
    assert all(b.accessibleName() for b in bar._strips[0].findChildren(QToolButton))


@pytest.mark.parametrize(("width", "height"), [(350, 240), (350, 600), (900, 300), (1600, 1000)])
def test_stays_inside_at_every_size_with_whole_strips(notices, bar, below, qtbot, width, height):
    for number in range(3):
        notices.error(f"{number} " + "a sentence of some length " * 6, actions=[("A long remedy " * 2, print)] * 2)
    below.resize(width, height)
    qtbot.waitUntil(lambda: below.rect().contains(bar.geometry()))
    shown = [strip for strip in bar._strips if strip.isVisible()]
    assert shown[:1] == bar._strips[:1]
    for strip in shown:
        assert strip.height() >= strip.heightForWidth(strip.width())
        assert all(strip.rect().contains(b.geometry()) for b in strip.findChildren(QPushButton))
