"""Muting in the real window with the real worker: eye, wire, block, the answer, the accuracy, the ranking, and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from convstudio.network.muting import Mute
from convstudio.ui.live.arrays import floats
from convstudio.ui.session import Session

PATIENCE = 30_000


@pytest.fixture
def session(bench, first_steps, with_worker) -> Session:
    first_steps()
    few = with_fields(bench.store.document.data, validation_share=0.02)
    bench.store.do("few samples", replace(bench.store.document, data=few))
    return with_worker()


def test_switching_off_is_seen_everywhere_and_changes_nothing(session, bench, qtbot) -> None:
    maps, muting, scores = session.live.maps, session.muting, []
    session.link.scores_received.connect(lambda message: scores.append(floats(message.probabilities).tolist()))
    document = bench.store.document
    bench.live.setCurrentWidget(maps)
    bench.store.select(("relu_1",))
    qtbot.waitUntil(lambda: "relu_1 · 8 maps" in maps.caption and bool(scores), timeout=PATIENCE)
    whole = scores[-1]

    qtbot.mouseClick(maps.grid.viewport(), Qt.MouseButton.LeftButton, pos=maps.grid.eye(1).center())
    assert muting.state.mutes == {Mute("relu_1", 1)}
    assert bench.scene.blocks["relu_1"].muted == "1 map muted"
    qtbot.waitUntil(lambda: scores[-1] != whole, timeout=PATIENCE)
    qtbot.waitUntil(lambda: muting.measuring.effect is not None, timeout=PATIENCE)
    assert "1 muted · accuracy" in maps.mute_bar.words.text()
    assert not muting.chip.isHidden()
    assert "1 muted" in muting.chip.text()

    wire = next(w for w in bench.store.network.wires if w.target == "relu_2")
    bench.store.select((), wire)
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    bench.canvas.setFocus()
    QTest.keyClick(bench.canvas, Qt.Key.Key_H)
    assert bench.scene.wires[wire].muted
    assert muting.state.mutes == {Mute("relu_1", 1), Mute("relu_2", port=0)}
    bench.store.select(("conv_1", "max_pool_1"))
    QTest.keyClick(bench.canvas, Qt.Key.Key_H)
    assert bench.scene.blocks["conv_1"].muted == "muted"
    assert bench.actions["mute"].isChecked()
    QTest.keyClick(bench.canvas, Qt.Key.Key_H)
    assert len(muting.state.mutes) == 2
    assert bench.store.document is document

    assert "muted" in muting.words_of("relu_1", 1)
    assert muting.words_of("relu_1", 0) == ""
    bench.store.select(("relu_1",))
    qtbot.mouseClick(maps.mute_bar.rank, Qt.MouseButton.LeftButton)
    ranking = lambda: muting.dialog.found is not None and muting.dialog.found.share == 1  # noqa: E731
    qtbot.waitUntil(ranking, timeout=PATIENCE)
    assert muting.dialog.table.rowCount() == 8
    muting.dialog.close()

    qtbot.mouseClick(maps.mute_bar.clear, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: scores[-1] == whole, timeout=PATIENCE)
    assert muting.chip.isHidden()
    assert not bench.scene.wires[wire].muted
    qtbot.mouseClick(maps.mute_bar.back, Qt.MouseButton.LeftButton)
    assert len(muting.state.mutes) == 2

    maps.grid.select(3)
    qtbot.mouseClick(maps.mute_bar.why, Qt.MouseButton.LeftButton)
    panel = session.why.panel
    assert bench.live.currentWidget() is panel
    qtbot.waitUntil(lambda: panel.found is not None, timeout=PATIENCE)
    assert (panel.found.block, panel.found.channel) == ("relu_1", 3)
