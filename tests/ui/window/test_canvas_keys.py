"""The canvas by keys alone: walking along wires, going to the settings and back, connecting; and the right button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QSpinBox, QWidget

from convstudio.network import edits
from convstudio.network.document import Document, Wire
from convstudio.ui.canvas.hint import Hint
from convstudio.ui.editing.context_menu import ContextMenu

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(bench):
    bench.canvas.setFocus()
    assert bench.canvas.hasFocus()
    return bench.canvas


def test_tab_walks_along_the_wires_and_leaves_at_the_end(bench, hands, canvas):
    walked = []
    while canvas.hasFocus():
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        walked.append(bench.store.selection[0])
    path = ["input_1", "conv_1", "relu_1", "dilated_1", "concat_1", "relu_2", "max_pool_1", "flatten_1", "fc_1"]
    assert walked == [*path, "output_1", "output_1"]
    canvas.setFocus()
    back = []
    for _ in range(len(path)):
        QTest.keyClick(canvas, Qt.Key.Key_Backtab, SHIFT)
        back.append(bench.store.selection[0])
    assert back == path[::-1]


def test_tab_leaves_an_empty_canvas(empty):
    empty.canvas.setFocus()
    QTest.keyClick(empty.canvas, Qt.Key.Key_Tab)
    assert not empty.canvas.hasFocus()


def test_tab_goes_from_a_selected_wire_to_its_ends(bench, canvas):
    for key, end in ((Qt.Key.Key_Tab, "conv_1"), (Qt.Key.Key_Backtab, "input_1")):
        bench.store.select((), Wire("input_1", "conv_1"))
        QTest.keyClick(canvas, key)
        assert bench.store.selection == (end,)


def test_alt_and_arrows_go_to_the_nearest_block(bench, hands, canvas):
    before = bench.store.document
    bench.store.select(("dilated_1",))
    hands.key(Qt.Key.Key_Down, ALT)
    assert bench.store.selection == ("separable_1",)
    hands.key(Qt.Key.Key_Up, ALT)
    hands.key(Qt.Key.Key_Left, ALT)
    assert bench.store.selection == ("relu_1",)
    hands.key(Qt.Key.Key_Left, ALT)
    hands.key(Qt.Key.Key_Left, ALT)
    hands.key(Qt.Key.Key_Left, ALT)
    assert bench.store.selection == ("input_1",)
    assert bench.store.document is before


def test_what_keys_select_is_scrolled_to(bench, hands, canvas):
    canvas.zoom_to(3.0)
    canvas.show_block("input_1")
    bench.store.select(("fc_1",))
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    seen = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert seen.contains(hands.middle("output_1"))


def test_enter_goes_to_the_settings_and_escape_back(bench, hands, canvas):
    bench.inspector.setCurrentWidget(bench.inspector.training)
    bench.store.select(("conv_1",))
    hands.key(Qt.Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, QSpinBox)
    assert field.value() == bench.store.network.blocks["conv_1"].layer.channels
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert canvas.hasFocus()


def test_enter_goes_to_the_title_where_there_are_no_settings(bench, hands, canvas):
    bench.store.select(("relu_1",))
    hands.key(Qt.Key.Key_Return)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    assert QApplication.focusWidget().text() == "ReLU"


# --- connecting -----------------------------------------------------------------------------------------------------


@pytest.fixture
def loose(empty, hands):
    """An Input, and three blocks that nothing feeds."""
    start = hands.drop("input", QPointF(-300, 0))
    ids = [
        hands.drop(kind, QPointF(100 + 200 * n, 200))
        for n, kind in enumerate(("convolution", "max_pool", "fully_connected"))
    ]
    empty.store.edit("part", edits.disconnect(empty.store.network, empty.store.network.wires))
    empty.store.select((start,))
    empty.canvas.setFocus()
    return empty, [start, *ids]


def test_a_wire_is_drawn_by_keys(loose, hands):
    bench, (start, _, pool, _) = loose
    hands.key(Qt.Key.Key_C)
    assert bench.canvas.busy
    assert "Enter connects to Convolution" in bench.canvas.signs.hint.text()
    QTest.keyClick(bench.canvas, Qt.Key.Key_Tab)
    hands.key(Qt.Key.Key_Return)
    assert bench.store.network.wires == (Wire(start, pool),)
    assert not bench.canvas.busy
    bench.store.undo()
    assert bench.store.network.wires == ()


def test_typing_picks_the_block(loose, hands):
    bench, (start, _, _, dense) = loose
    hands.key(Qt.Key.Key_C)
    QTest.keyClicks(bench.canvas, "fullyzzz")
    assert "“fully”" in bench.canvas.signs.hint.text()
    assert "one row of numbers" in bench.canvas.signs.hint.text()
    hands.key(Qt.Key.Key_Backspace)
    hands.key(Qt.Key.Key_Return)
    assert bench.store.network.wires == (Wire(start, dense),)


@pytest.mark.parametrize("leave", ["escape", "click", "focus", "undo"])
def test_connecting_is_left_without_a_trace(loose, hands, leave):
    bench, _ = loose
    items = len(bench.scene.items())
    hands.key(Qt.Key.Key_C)
    assert len(bench.scene.items()) == items + 1
    before = bench.store.network.wires
    if leave == "escape":
        hands.key(Qt.Key.Key_Escape)
    elif leave == "click":
        hands.click(QPointF(-400, -200))
    elif leave == "focus":
        bench.palette.search.setFocus()
    else:
        bench.store.undo()
        bench.store.redo()
    assert not bench.canvas.busy
    assert len(bench.scene.items()) == items
    assert bench.store.network.wires == before
    assert not bench.canvas.signs.hint.isVisible()
    assert all(item.opacity() == 1 for item in bench.scene.blocks.values())


def test_where_no_wire_can_lead_is_said(bench, hands, canvas):
    bench.store.edit("only", edits.fragment(bench.store.network, ["relu_1"]))
    bench.store.select(("relu_1",))
    hands.key(Qt.Key.Key_C)
    assert not canvas.busy
    assert "no block" in canvas.signs.hint.text()
    assert canvas.signs.hint.isVisible()
    bench.store.select(())
    assert not canvas.signs.hint.isVisible()
    bench.store.open(Document(), None)
    assert not bench.actions["connect"].isEnabled()


@pytest.mark.parametrize(("words", "lines"), [("release to insert here", 1), ("Add needs equal shapes. " * 4, 3)])
def test_words_at_the_cursor_get_as_much_room_as_they_take(qtbot, words, lines):
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(800, 400)
    hint = Hint(around)
    hint.say(words, "accent", QPoint(20, 20))
    one = hint.fontMetrics().height()
    assert lines * one <= hint.height() < (lines + 1) * one
    assert hint.heightForWidth(hint.width()) <= hint.height() + 2  # nothing is wrapped once more, and cut


# --- the right button -----------------------------------------------------------------------------------------------


def opened(bench, hands, point: QPointF) -> list[str]:
    pixel = hands.pixel(point)
    QTest.mousePress(hands.viewport, Qt.MouseButton.RightButton, pos=pixel)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pixel, hands.viewport.mapToGlobal(pixel))
    QApplication.sendEvent(hands.viewport, event)
    menu = bench.findChild(ContextMenu).menu
    return [a.text() for a in menu.actions() if not a.isSeparator()]


def test_the_right_button_offers_what_fits_there(bench, hands, monkeypatch):
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # where there is no screen, no menu can take the keyboard
    on_block = opened(bench, hands, hands.middle("conv_1"))
    assert bench.store.selection == ("conv_1",)
    assert {"Connect to…", "Add a block after it…", "Delete", "Add what follows"} <= set(on_block)
    assert "Paste" not in on_block
    on_wire = opened(bench, hands, bench.scene.wires[Wire("input_1", "conv_1")].middle())
    assert on_wire == ["Insert a block…", "Mute what is selected", "Delete", "Zoom to the selection"]
    bench.store.select(("conv_1", "relu_1"))
    assert {"Align left", "Tidy up"} <= set(opened(bench, hands, hands.middle("conv_1")))
    on_canvas = opened(bench, hands, bench.scene.content().topLeft() + QPointF(5, 5))
    assert {"Add a block here…", "Paste", "Tidy up", "Show the whole network"} <= set(on_canvas)
    assert "Delete" not in on_canvas
