"""The cells of a mask under real mouse and key events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from convstudio.ui.masklab.mask_editor import MaskEditor


def middle(editor: MaskEditor, cell: int) -> QPoint:
    return editor.grid().place(cell).center().toPoint()


@pytest.fixture
def editor(qtbot) -> MaskEditor:
    made = MaskEditor()
    made.resize(220, 200)
    qtbot.addWidget(made)
    made.told, made.ends = [], []  # type: ignore[attr-defined]

    def take(cell: int, value: float) -> None:
        mask = made._mask.copy()
        mask.reshape(-1)[cell] = value
        made.told.append((cell, value))  # type: ignore[attr-defined]
        made.show_mask(mask, 1.0)

    made.changed.connect(take)
    made.released.connect(lambda: made.ends.append(len(made.told)))  # type: ignore[attr-defined]
    made.refused.connect(made.told.append)  # type: ignore[attr-defined]
    made.show_mask(np.arange(9, dtype=np.float32).reshape(3, 3) / 10, 1.0)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_drag_up_makes_the_cell_larger_all_the_way_as_one_gesture(editor: MaskEditor) -> None:
    at = middle(editor, 4)
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=at)
    assert editor.held
    QTest.mouseMove(editor, at - QPoint(0, 12))
    QTest.mouseMove(editor, at - QPoint(0, 24))
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=at - QPoint(0, 24))
    assert [cell for cell, _ in editor.told] == [4, 4]
    assert editor.told[-1][1] == pytest.approx(0.4 + 24 / 120, abs=1e-6)
    assert (editor.ends, editor.held) == ([2], False)


def test_shift_paints_the_number_of_the_first_cell(editor: MaskEditor) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, shift, middle(editor, 8))
    for cell in (5, 2):
        QTest.mouseMove(editor, middle(editor, cell))
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, shift, middle(editor, 2))
    assert [(cell, round(value, 3)) for cell, value in editor.told] == [(5, 0.8), (2, 0.8)]
    assert editor.ends == [2]


def test_a_number_is_typed_and_tab_goes_on(editor: MaskEditor) -> None:
    QTest.mouseDClick(editor, Qt.MouseButton.LeftButton, pos=middle(editor, 0))
    QTest.keyClicks(editor.field, "-1,5")
    QTest.keyClick(editor.field, Qt.Key.Key_Tab)
    assert (editor.told, editor.cell, editor.field.isVisible()) == ([(0, -1.5)], 1, True)
    QTest.keyClicks(editor.field, "7")
    QTest.keyClick(editor.field, Qt.Key.Key_Escape)
    assert editor.told == [(0, -1.5)]
    assert not editor.field.isVisible()


@pytest.mark.parametrize("typed", ["two", "nan", "inf", "1e9", ""])
def test_what_is_no_number_is_said_and_changes_nothing(editor: MaskEditor, typed: str) -> None:
    QTest.mouseDClick(editor, Qt.MouseButton.LeftButton, pos=middle(editor, 0))
    editor.field.clear()
    QTest.keyClicks(editor.field, typed)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    (words,) = editor.told
    assert "is no number" in words


def test_keys_move_type_nudge_and_empty(editor: MaskEditor) -> None:
    editor.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left):
        QTest.keyClick(editor, key)
    assert editor.cell == 0
    QTest.keyClick(editor, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClicks(editor, "3")
    assert editor.field.isVisible()
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert [(cell, round(value, 3)) for cell, value in editor.told] == [(0, 0.05), (0, 0), (0, 3)]
    assert editor.ends == [1, 2, 3]


def test_copy_and_paste_rows_of_numbers(editor: MaskEditor, qtbot) -> None:
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1] == "0.3  0.4  0.5"
    QGuiApplication.clipboard().setText("1 0 -1\n2 0 -2\n1 0 -1")
    with qtbot.waitSignal(editor.replaced) as given:
        QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert given.args[0].tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    for text, words in (("1 2\n3 4", "2 × 2"), ("hello", "holds no mask"), ("nan " * 3 + "\n0 0 0\n0 0 0", "3 × 3")):
        QGuiApplication.clipboard().setText(text)
        QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert words in editor.told.pop()


def test_masks_of_signals_clips_and_many_cells_have_places(editor: MaskEditor) -> None:
    for shape in ((7,), (3, 3, 3), (1, 1), (31, 31)):
        editor.show_mask(np.ones(shape, np.float32), 1.0)
        last = int(np.prod(shape)) - 1
        at = middle(editor, last)
        assert editor.grid().at(at.x(), at.y()) == last
