"""The lens in the real window with the real worker: from a click to numbers, also while training runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from convstudio.assets import asset
from convstudio.ui import app
from convstudio.ui.session import Session

PATIENCE = 30_000


@pytest.fixture
def session(bench, qtbot, tmp_path) -> Iterator[Session]:
    bench.files.open_example(asset("examples", "first-steps.convstudio"))
    slow = with_fields(bench.store.document.training, epochs=500, batch_size=40, threads=1, device="cpu")
    bench.store.do("long", replace(bench.store.document, training=slow))
    made = app.complete(bench, tmp_path / "runs")
    with qtbot.waitSignal(made.link.hello_received, timeout=PATIENCE):
        pass
    yield made
    made.close()


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
