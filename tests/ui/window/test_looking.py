"""Looking around: zoom to the selection, wheel and fit glide, the space bar pans, a drag to the edge scrolls on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from convstudio.network.document import Wire
from convstudio.ui.canvas import motion

CONTROL = Qt.KeyboardModifier.ControlModifier


def seen(hands) -> QRectF:
    return hands.view.mapToScene(hands.viewport.rect()).boundingRect()


def turn(hands, pixel: QPoint, angle: int) -> None:
    place = QPointF(pixel)
    event = QWheelEvent(
        *(place, hands.viewport.mapToGlobal(place), QPoint(), QPoint(0, angle)),
        *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(hands.viewport, event)


@pytest.mark.parametrize("choice", ["block", "blocks", "wire"])
def test_what_is_selected_fills_the_view(bench, hands, choice):
    wire = Wire("fc_1", "output_1")
    ids = {"block": ("fc_1",), "blocks": ("dilated_1", "output_1"), "wire": ()}[choice]
    bench.store.select(ids, wire if choice == "wire" else None)
    hands.key(Qt.Key.Key_2, CONTROL)
    shown = [hands.middle(i) for i in ids] or [bench.scene.wires[wire].middle()]
    assert all(seen(hands).contains(p) for p in shown)
    assert hands.view.scale_factor <= 1.6
    if choice != "blocks":
        assert not seen(hands).contains(hands.middle("input_1"))
    hands.key(Qt.Key.Key_0, CONTROL)
    assert seen(hands).contains(bench.scene.content())
    hands.key(Qt.Key.Key_1, CONTROL)
    assert hands.view.scale_factor == pytest.approx(1)


def test_turns_of_the_wheel_glide_add_up_and_keep_the_point_under_the_cursor(bench, hands, monkeypatch, qtbot):
    monkeypatch.setattr(motion, "duration", lambda: 200)
    before, pixel = hands.view.scale_factor, QPoint(300, 200)
    point = hands.view.mapToScene(pixel)
    turn(hands, pixel, 120)
    turn(hands, pixel, 120)
    assert hands.view.scale_factor < before * 1.0015**240
    qtbot.waitUntil(lambda: hands.view.scale_factor == pytest.approx(before * 1.0015**240))
    after = hands.view.mapToScene(pixel)
    assert (after - point).manhattanLength() < 6


def test_a_press_ends_a_glide(bench, hands, monkeypatch):
    monkeypatch.setattr(motion, "duration", lambda: 60_000)
    bench.store.select(("fc_1",))
    bench.actions["zoom_selection"].trigger()
    hands.view.camera._animation.setCurrentTime(20_000)
    hands.click(seen(hands).topLeft() + QPointF(2, 2))
    scale = hands.view.scale_factor
    QApplication.processEvents()
    assert hands.view.scale_factor == scale


def test_the_space_bar_makes_the_left_button_pan(bench, hands):
    before, items = bench.store.document, bench.store.selection
    point = hands.middle("conv_1")
    start, end = hands.pixel(point), hands.pixel(point) + QPoint(70, -40)
    QTest.keyPress(hands.view, Qt.Key.Key_Space)
    QTest.mousePress(hands.viewport, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(hands.viewport, end)
    QTest.mouseRelease(hands.viewport, Qt.MouseButton.LeftButton, pos=end)
    QTest.keyRelease(hands.view, Qt.Key.Key_Space)
    assert hands.pixel(point) == end
    assert (bench.store.document, bench.store.selection) == (before, items)
    hands.click(hands.middle("conv_1"))
    assert bench.store.selection == ("conv_1",)


def test_a_drag_to_the_edge_scrolls_on_and_a_release_ends_it(bench, hands, qtbot):
    start = hands.middle("conv_1")
    before, edge = seen(hands).left(), QPoint(4, 200)
    hands.press(start)
    QTest.mouseMove(hands.viewport, hands.pixel(start) + QPoint(20, 20))
    QTest.mouseMove(hands.viewport, edge)
    qtbot.waitUntil(lambda: seen(hands).left() < before - 60)
    under = hands.view.mapToScene(edge)
    assert bench.scene.blocks["conv_1"].sceneBoundingRect().contains(under)
    QTest.mouseRelease(hands.viewport, Qt.MouseButton.LeftButton, pos=edge)
    assert not hands.view._edge._timer.isActive()
    assert bench.scene.blocks["conv_1"].sceneBoundingRect().contains(hands.view.mapToScene(edge))


@pytest.mark.parametrize("edge", [QPoint(2, 200), QPoint(200, 2)])
def test_a_drag_that_is_held_at_the_edge_never_loses_the_network_from_sight(bench, hands, edge):
    hands.press(hands.view.mapToScene(QPoint(60, 40)))
    QTest.mouseMove(hands.viewport, QPoint(200, 200))
    QTest.mouseMove(hands.viewport, edge)
    scroll = hands.view._edge._timer
    assert scroll.isActive()
    for _ in range(400):
        scroll.timeout.emit()
    end = seen(hands)
    assert end.intersects(bench.scene.content())
    scroll.timeout.emit()
    assert seen(hands) == end
    QTest.mouseRelease(hands.viewport, Qt.MouseButton.LeftButton, pos=edge)


def test_a_drag_that_begins_at_the_edge_does_not_scroll(bench, hands):
    bench.canvas.zoom_to(1.0)
    hands.press(hands.view.mapToScene(QPoint(5, 100)))
    QTest.mouseMove(hands.viewport, QPoint(8, 160))
    assert not hands.view._edge._timer.isActive()
    hands.release(hands.view.mapToScene(QPoint(8, 160)))


def test_the_minimap_is_dragged_and_hides_when_all_is_seen(bench, hands):
    small = hands.view._minimap
    assert not small.isVisible()
    bench.canvas.zoom_to(2.5)
    assert small.isVisible()
    QTest.mousePress(small, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    left = seen(hands).center().x()
    QTest.mouseMove(small, QPoint(120, 40))
    assert seen(hands).center().x() > left + 300
    QTest.mouseRelease(small, Qt.MouseButton.LeftButton, pos=QPoint(120, 40))


def test_a_glide_ends_exactly_where_the_document_has_the_block():
    assert motion._between((977.3, 0.0), (118.19999999999999, 100.0), 1.0) == (118.19999999999999, 100.0)
