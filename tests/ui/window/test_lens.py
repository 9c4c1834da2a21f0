"""The lens in the real window with the real worker: from a click to numbers, also while training runs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from convstudio.ui.session import Session

PATIENCE = 30_000


@pytest.fixture
def session(first_steps, with_worker) -> Session:
    first_steps(epochs=500, batch_size=40, threads=1, device="cpu")
    return with_worker()


def test_click_by_click_through_a_network_that_learns(session, bench, qtbot) -> None:
    panel = session.lens.panel
    bench.store.select(("conv_1",))
    bench.live.setCurrentWidget(panel)
    qtbot.waitUntil(lambda: panel.found is not None, timeout=PATIENCE)
    assert panel.found.block == "conv_1"

    place = panel.output.picture.cell(9, 4).center().toPoint()
    qtbot.mouseClick(panel.output.picture, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: panel.found.place == (9, 4), timeout=PATIENCE)
    QTest.keyClick(panel, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: panel.found.place == (9, 5), timeout=PATIENCE)
    QTest.keyClick(panel, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: panel.field.image.scene is not None, timeout=PATIENCE)
    assert panel.field.image.scene.covered == ((8, 4), (10, 6))
    QTest.keyClick(panel, Qt.Key.Key_R)

    session.runs.train()
    qtbot.waitUntil(lambda: panel.found.step > 3, timeout=PATIENCE)
    found = panel.found
    assert (found.place, found.run) == ((9, 5), 1)
    assert found.terms.worked == pytest.approx(found.terms.result, abs=1e-5)
    session.runs.stop()
    qtbot.waitUntil(lambda: session.runs.state == "stopped", timeout=PATIENCE)

    bench.live.setCurrentWidget(session.live.maps)
    bench.store.select(("relu_1",))
    qtbot.waitUntil(lambda: "relu_1" in session.live.maps.caption, timeout=PATIENCE)
    grid = session.live.maps.grid
    corner = grid.place(3).topLeft() + QPoint(grid.tile_layout.across * 5 + 1, grid.tile_layout.down * 7 + 1)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert bench.live.currentWidget() is panel
    qtbot.waitUntil(lambda: panel.found is not None and panel.found.block == "relu_1", timeout=PATIENCE)
    assert (panel.found.channel, panel.found.place) == (3, (7, 5))

    bench.live.setCurrentWidget(session.training)
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    bench.canvas.setFocus()
    QTest.keyClick(bench.canvas, Qt.Key.Key_L)
    assert bench.live.currentWidget() is panel
    bench.store.select(("fc_1",))
    qtbot.waitUntil(lambda: panel.found is not None and panel.found.block == "fc_1", timeout=PATIENCE)
    bench.live.setCurrentWidget(session.training)
    assert session.lens.questions.asked is None
