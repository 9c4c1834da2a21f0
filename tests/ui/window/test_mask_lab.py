"""The mask lab in the real window with the real worker: a drag is seen behind, and undone; fixed masks are settings."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from convstudio.assets import asset
from convstudio.blocks import FixedMask
from convstudio.network import by_hand
from convstudio.network.freezing import is_frozen
from convstudio.network.replacing import replace_block
from convstudio.ui.session import Session

PATIENCE = 30_000


@pytest.fixture
def session(first_steps, with_worker) -> Session:
    first_steps(epochs=500, batch_size=40, threads=1, device="cpu")
    return with_worker()


def hold(panel, cell: int, up: int) -> None:
    at = panel.editor.grid().place(cell).center().toPoint()
    QTest.mousePress(panel.editor, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(panel.editor, at - QPoint(0, up // 2))
    QTest.mouseMove(panel.editor, at - QPoint(0, up))


def drag(panel, cell: int, up: int) -> None:
    hold(panel, cell, up)
    QTest.mouseRelease(panel.editor, Qt.MouseButton.LeftButton)


def values(panel) -> np.ndarray:
    return panel.chosen.stage.values.copy()


def test_masks_by_hand_before_and_while_training(session, bench, qtbot, tmp_path) -> None:
    lab, panel, store = session.mask_lab, session.mask_lab.panel, bench.store
    store.select(("conv_1",))
    QTest.mouseClick(bench.inspector.block.mask_button, Qt.MouseButton.LeftButton)
    assert bench.live.currentWidget() is panel
    qtbot.waitUntil(lambda: panel.chosen is not None and panel.output.scene is not None, timeout=PATIENCE)
    before, picture = values(panel), panel.output.scene.values.copy()
    offered = [entry.words for entries in bench.found_also for entry in entries()]
    assert "Mask lab: Save the view as a picture…" in offered

    drag(panel, 4, 60)
    label = store.history.undo_label
    qtbot.waitUntil(lambda: store.history.undo_label != label, timeout=PATIENCE)
    assert store.history.undo_label == "Edit a mask · conv_1"
    qtbot.waitUntil(lambda: not np.array_equal(panel.output.scene.values, picture), timeout=PATIENCE)
    edited = values(panel)
    assert np.flatnonzero(edited != before).tolist() == [4]
    qtbot.waitUntil(panel.tools.restore.isEnabled, timeout=PATIENCE)

    store.undo()
    qtbot.waitUntil(lambda: np.array_equal(values(panel), before), timeout=PATIENCE)
    store.redo()
    qtbot.waitUntil(lambda: np.array_equal(values(panel), edited), timeout=PATIENCE)
    _open_again(bench, panel, qtbot, tmp_path)
    qtbot.waitUntil(lambda: panel.chosen is not None and np.array_equal(values(panel), edited), timeout=PATIENCE)
    qtbot.waitUntil(panel.tools.restore.isEnabled, timeout=PATIENCE)
    button = bench.inspector.block.mask_button
    qtbot.waitUntil(lambda: button.text() == "Edit in the mask lab · 9 numbers by hand", timeout=PATIENCE)
    QTest.mouseClick(panel.tools.restore, Qt.MouseButton.LeftButton)
    assert store.history.undo_label == "Put back the drawn masks · conv_1"
    qtbot.waitUntil(lambda: np.array_equal(values(panel), before), timeout=PATIENCE)
    store.undo()
    qtbot.waitUntil(lambda: np.array_equal(values(panel), edited), timeout=PATIENCE)

    QTest.mouseClick(panel.tools.freeze, Qt.MouseButton.LeftButton, pos=QPoint(8, panel.tools.freeze.height() // 2))
    assert is_frozen(store.network.blocks["conv_1"])
    session.runs.train()
    qtbot.waitUntil(lambda: session.runs.state == "running", timeout=PATIENCE)
    qtbot.waitUntil(lambda: lab._moment[1] > 3, timeout=PATIENCE)
    assert np.array_equal(values(panel), edited)
    _change_what_the_run_began_with(bench)
    drag(panel, 0, 30)
    qtbot.waitUntil(lambda: store.history.undo_label == "Edit a mask · conv_1", timeout=PATIENCE)
    running = values(panel)
    assert np.flatnonzero(running != edited).tolist() == [0]
    qtbot.waitUntil(panel.tools.restore.isEnabled, timeout=PATIENCE)
    QTest.mouseClick(panel.tools.restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: np.array_equal(values(panel), edited), timeout=PATIENCE)
    qtbot.waitUntil(lambda: "Put back" in (store.history.undo_label or ""), timeout=PATIENCE)
    store.undo()
    qtbot.waitUntil(lambda: np.array_equal(values(panel), running), timeout=PATIENCE)
    session.runs.stop()
    qtbot.waitUntil(lambda: session.runs.state == "stopped", timeout=PATIENCE)

    bench.live.setCurrentWidget(session.live.masks)
    masks = session.live.masks
    qtbot.waitUntil(lambda: "conv_1" in masks.caption, timeout=PATIENCE)
    spot = masks.grid.place(2).center()
    qtbot.mouseDClick(masks.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert bench.live.currentWidget() is panel
    qtbot.waitUntil(lambda: panel.chosen is not None and panel.chosen.row == 2, timeout=PATIENCE)

    store.select(("fc_1",))
    assert "no masks" in panel.sentence
    bench.live.setCurrentWidget(session.training)
    assert not lab._open.now

    _edit_a_fixed_mask(session, bench, qtbot)


def _open_again(bench, panel, qtbot, tmp_path) -> None:
    """The document is saved, another one looked at, and opened."""
    bench.store.save(tmp_path / "kept.convstudio")
    bench.files.open_example(asset("examples", "first-steps.convstudio"))
    bench.files.open(tmp_path / "kept.convstudio")
    bench.store.select(("conv_1",))


def _change_what_the_run_began_with(bench) -> None:
    """A run has gone on from its masks: others in the document count from the next one, which is said."""
    store = bench.store
    plain = by_hand.take_away(store.network, (), "conv_1", "weight", ())
    assert plain != store.network
    store.edit("without", plain)
    assert "Only the next run takes up: Masks by hand" in bench.notices.open[0].words
    store.undo()
    assert not any("Masks by hand" in notice.words for notice in bench.notices.open)


def _edit_a_fixed_mask(session, bench, qtbot) -> None:
    """Its numbers are settings: each gesture is a step of the document."""
    store, panel = bench.store, session.mask_lab.panel
    network, name = replace_block(store.network, "conv_1", FixedMask())
    store.edit("fixed", network)
    store.select((name,))
    session.mask_lab.open()
    qtbot.waitUntil(lambda: panel.chosen is not None and panel.output.scene is not None, timeout=PATIENCE)
    assert panel.chosen.mask.tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert not panel.tools.freeze.isVisible()
    picture, start = panel.output.scene.values.copy(), store.network
    panel.tools.recipes.presets.setCurrentIndex(panel.tools.recipes.presets.findData("gaussian"))
    panel.tools.recipes.presets.activated.emit(0)
    assert store.network.blocks[name].layer.preset == "gaussian"
    qtbot.waitUntil(lambda: not np.array_equal(panel.output.scene.values, picture), timeout=PATIENCE)
    picture, steps = panel.output.scene.values.copy(), store.history.undo_label
    hold(panel, 0, 24)
    assert store.history.undo_label == steps
    qtbot.waitUntil(lambda: not np.array_equal(panel.output.scene.values, picture), timeout=PATIENCE)
    QTest.mouseRelease(panel.editor, Qt.MouseButton.LeftButton)
    layer = store.network.blocks[name].layer
    assert (layer.preset, len(layer.numbers)) == ("own", 5)
    store.undo()
    assert store.network.blocks[name].layer.preset == "gaussian"
    store.undo()
    assert store.network == start
    assert panel.chosen.mask.tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
