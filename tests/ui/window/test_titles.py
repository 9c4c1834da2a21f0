"""Titles of blocks, written where they stand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest


def test_a_title_is_typed_where_it_stands(bench, hands, qtbot):
    before = bench.store.document
    item = bench.scene.blocks["conv_1"]
    title = item.pos() + QPointF(70, 16)
    qtbot.mouseDClick(hands.viewport, Qt.MouseButton.LeftButton, pos=hands.pixel(title))
    QTest.keyClicks(bench.canvas.writing.field, "Edges")
    QTest.keyClick(bench.canvas.writing.field, Qt.Key.Key_Return)
    assert bench.store.network.blocks["conv_1"].title == "Edges"
    bench.store.undo()
    assert bench.store.document == before


@pytest.mark.parametrize(("typed", "title"), [("Edges", "Edges"), ("", ""), (" \n ", "")])
def test_f2_renames_the_selected_block(bench, hands, typed, title):
    hands.click(hands.middle("relu_1"))
    hands.key(Qt.Key.Key_F2)
    field = bench.canvas.writing.field
    field.clear()
    field.insertPlainText(typed)
    hands.click(QPointF(-5, 420))
    assert bench.store.network.blocks["relu_1"].title == title


def test_escape_leaves_a_title(bench, hands):
    before = bench.store.document
    hands.click(hands.middle("conv_1"))
    hands.key(Qt.Key.Key_F2)
    QTest.keyClicks(bench.canvas.writing.field, "nonsense")
    QTest.keyClick(bench.canvas.writing.field, Qt.Key.Key_Escape)
    assert bench.store.document is before


def test_a_title_left_as_it_was_is_no_step(bench, hands):
    hands.click(hands.middle("conv_1"))
    hands.key(Qt.Key.Key_F2)
    QTest.keyClick(bench.canvas.writing.field, Qt.Key.Key_Return)
    assert bench.store.history.undo_label is None


def test_the_field_stays_over_its_block(bench, hands):
    hands.click(hands.middle("conv_1"))
    hands.key(Qt.Key.Key_F2)
    field = bench.canvas.writing.field
    bench.canvas.zoom_to(1.5)
    assert (field.pos() - hands.pixel(bench.scene.blocks["conv_1"].pos())).manhattanLength() < 80
