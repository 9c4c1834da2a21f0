"""Dragging blocks: into line with neighbours, off the grid with Ctrl, a copy with Alt."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from convstudio.network.document import Wire
from convstudio.ui.canvas.guides import PULL, pulled

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
OTHER = QRectF(0, 0, 150, 140)


@pytest.mark.parametrize(
    ("moved", "by"),
    [
        (QRectF(3, 300, 150, 140), (-3, 0)),  # left edges
        (QRectF(36, 300, 72, 28), (3, 0)),  # centres
        (QRectF(74, 300, 80, 28), (-4, 0)),  # right edges
        (QRectF(300, 58, 72, 28), (0, -2)),  # middles
        (QRectF(300, 137, 72, 28), (0, 0)),  # nothing alike is near
        (QRectF(PULL + 1, 300, 150, 140), (0, 0)),
        (QRectF(2, 5000, 150, 140), (0, 0)),  # too far away
    ],
)
def test_edges_and_middles_are_pulled_into_line(moved, by):
    assert pulled(moved, [OTHER]).by.toTuple() == by


def test_the_lines_join_all_that_is_in_line():
    pull = pulled(QRectF(2, 300, 150, 100), [OTHER, OTHER.translated(0, -200), OTHER.translated(300, 0)])
    (line,) = pull.lines  # the edges are in line as well, and need no lines of their own
    assert (line.x1(), line.y1(), line.x2(), line.y2()) == (75, -214, 75, 414)
    assert pulled(QRectF(900, 900, 10, 10), [OTHER]).lines == ()


def drag(hands, start: QPointF, end: QPointF, modifier: Qt.KeyboardModifier) -> None:
    QTest.mousePress(hands.viewport, Qt.MouseButton.LeftButton, modifier, hands.pixel(start))
    hands.move((start + end) / 2)
    hands.move(end)
    QTest.mouseRelease(hands.viewport, Qt.MouseButton.LeftButton, modifier, hands.pixel(end))


def test_guides_are_drawn_while_a_block_is_in_line_and_gone_after(empty, hands):
    hands.drop("input", QPointF(-300, -100))
    card = hands.drop("convolution", QPointF(100, 150))
    start = hands.middle(card)
    hands.press(start)
    hands.move(start + QPointF(0, -100))
    hands.move(start + QPointF(0, -248))
    lines = hands.view.signs.guides
    assert {line.y1() for line in lines if line.y1() == line.y2()} == {-100.0}
    hands.release(start + QPointF(0, -248))
    assert hands.view.signs.guides == ()
    assert empty.store.network.blocks[card].y == empty.store.network.blocks["input_1"].y
    hands.press(hands.middle(card))
    hands.move(hands.middle(card) + QPointF(4, 4))
    hands.key(Qt.Key.Key_Escape)
    assert hands.view.signs.guides == ()


def test_with_ctrl_a_block_lies_where_it_is_let_go(empty, hands):
    card = hands.drop("convolution", QPointF(100, 150))
    empty.canvas.zoom_to(1.0)
    before, start = empty.scene.blocks[card].pos(), hands.middle(card)
    hands.press(start)
    hands.move(start + QPointF(20, 20))
    end = hands.pixel(start + QPointF(33, 47))
    QTest.mouseRelease(hands.viewport, Qt.MouseButton.LeftButton, CONTROL, end)
    assert (empty.scene.blocks[card].pos() - before).toTuple() == pytest.approx((33, 47), abs=1)


def test_alt_and_a_drag_put_down_a_copy_in_one_step(bench, hands):
    before, items = bench.store.document, len(bench.scene.items())
    bench.store.select(("conv_1", "relu_1"))
    start = hands.middle("conv_1")
    drag(hands, start, start + QPointF(40, 380), ALT)
    network = bench.store.network
    assert bench.store.selection == ("conv_2", "relu_3")
    assert Wire("conv_2", "relu_3") in network.wires
    old, new = network.blocks["conv_1"], network.blocks["conv_2"]
    assert (new.x - old.x, new.y - old.y) == (40, 380)
    assert network.blocks["conv_1"] == before.network.blocks["conv_1"]
    bench.store.undo()
    assert bench.store.document == before
    assert len(bench.scene.items()) == items


@pytest.mark.parametrize("end", ["click", "escape", "back"])
def test_a_copy_that_is_not_put_down_leaves_nothing(bench, hands, end):
    before, items, start = bench.store.document, len(bench.scene.items()), hands.middle("conv_1")
    QTest.mousePress(hands.viewport, Qt.MouseButton.LeftButton, ALT, hands.pixel(start))
    if end != "click":
        hands.move(start + QPointF(100, 100))
        assert len(bench.scene.items()) == items + 1
    if end == "escape":
        hands.key(Qt.Key.Key_Escape)
    hands.move(start)
    QTest.mouseRelease(hands.viewport, Qt.MouseButton.LeftButton, ALT, hands.pixel(start))
    assert bench.store.document is before
    assert len(bench.scene.items()) == items
