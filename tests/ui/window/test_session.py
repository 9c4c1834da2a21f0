"""The whole program: the real window with its real worker, from Train to the exported file."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from convstudio.network import edits
from convstudio.ui.live.arrays import floats
from convstudio.ui.session import Session
from convstudio.ui.theme import theme

PATIENCE = 30_000


@pytest.fixture
def session(first_steps, with_worker) -> Session:
    """The smallest example in 200 fast steps on one thread."""
    first_steps(epochs=2, batch_size=40, threads=1, device="cpu")
    return with_worker()


def press_train(bench, qtbot):
    qtbot.mouseClick(bench.run_bar._main, Qt.MouseButton.LeftButton)


def test_the_untrained_network_shows_its_maps_on_the_canvas(session, bench, qtbot):
    qtbot.waitUntil(lambda: bench.scene.blocks["conv_1"]._image is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: session.sample_panel.answer != "", timeout=PATIENCE)
    assert bench.scene.blocks["relu_1"]._image is None


def test_train_by_the_button_and_watch_everything(session, bench, qtbot, tmp_path):
    bench.store.select(("conv_1",))
    bench.live.setCurrentWidget(session.live.masks)
    validations = []
    session.runs.validated.connect(validations.append)
    with qtbot.waitSignal(session.runs.progress, timeout=PATIENCE):
        press_train(bench, qtbot)
    qtbot.waitUntil(lambda: session.live.masks.caption == "conv_1 · 8 × 1 masks of 3 × 3", timeout=PATIENCE)
    bench.live.setCurrentWidget(session.live.maps)
    qtbot.waitUntil(lambda: "8 maps of 28 × 28" in session.live.maps.caption, timeout=PATIENCE)
    qtbot.waitUntil(lambda: session.runs.state == "finished", timeout=PATIENCE)
    assert [v.epoch for v in validations] == [0, 1, 2]
    assert validations[-1].accuracy > 0.7
    (run,) = (tmp_path / "runs").iterdir()
    assert {"document.convstudio", "metrics.jsonl", "run.json"} <= {p.name for p in run.iterdir()}


def test_trained_weights_survive_grouping_undo_and_redo(session, bench, qtbot):
    """What the network says of the watched sample stays as it was, and nothing starts afresh."""
    said = []
    session.link.scores_received.connect(said.append)
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE)
    untrained = floats(said[0].probabilities)
    steps = []
    session.runs.progress.connect(lambda metrics: steps.append(metrics.step))
    press_train(bench, qtbot)
    qtbot.waitUntil(lambda: session.runs.state == "finished", timeout=PATIENCE)
    qtbot.waitUntil(lambda: said[-1].step == steps[-1], timeout=PATIENCE)
    trained = pytest.approx(floats(said[-1].probabilities), rel=1e-4)  # sums in another order
    assert untrained != trained
    bench.store.select(("conv_1", "relu_1"))
    for action in ("group", "undo", "redo"):
        before = len(said)
        with qtbot.waitSignal(session.link.built, timeout=PATIENCE) as built:
            bench.actions[action].trigger()
        assert built.args[0].fresh == ()
        qtbot.waitUntil(lambda before=before: len(said) > before, timeout=PATIENCE)
        assert floats(said[-1].probabilities) == trained, action
    assert "group_1" in bench.store.network.blocks


def test_a_closed_view_is_not_asked_for(session, bench, qtbot):
    bench.store.select(("conv_1",))
    bench.live.setCurrentWidget(session.live.masks)
    assert any(v.what == "masks" for v in session.book.views)
    bench.live.setCurrentWidget(session.training)
    assert not any(v.what == "masks" or (v.block and v.limit == 0) for v in session.book.views)
    bench.live.setCurrentWidget(session.live.maps)
    bench.actions["show_live"].trigger()
    assert not any(v.block and v.limit == 0 for v in session.book.views)


def test_pause_resume_and_stop_by_keys(session, bench, qtbot):
    bench.canvas.setFocus()
    with qtbot.waitSignal(session.runs.progress, timeout=PATIENCE):
        bench.actions["train"].trigger()
    bench.actions["train"].trigger()
    qtbot.waitUntil(lambda: session.runs.state == "paused", timeout=PATIENCE)
    bench.actions["train"].trigger()
    qtbot.waitUntil(lambda: session.runs.state == "running", timeout=PATIENCE)
    bench.actions["stop"].trigger()
    qtbot.waitUntil(lambda: session.runs.state == "stopped", timeout=PATIENCE)


def test_a_killed_worker_leaves_the_document_and_a_way_on(session, bench, qtbot):
    before = bench.store.document
    with qtbot.waitSignal(session.runs.validated, timeout=PATIENCE):
        press_train(bench, qtbot)
    with qtbot.waitSignal(session.runs.progress, timeout=PATIENCE):
        pass
    with qtbot.waitSignal(session.link.lost, timeout=PATIENCE):
        os.kill(session.link.hello.process, signal.SIGKILL)
    assert bench.store.document is before
    notice = bench.notices.open[0]
    assert "worker" in notice.words
    with qtbot.waitSignal(session.link.hello_received, timeout=PATIENCE):
        press_train(bench, qtbot)
    qtbot.waitUntil(lambda: session.runs.state == "idle", timeout=PATIENCE)


def test_an_export_ends_in_its_proof(session, bench, qtbot, tmp_path):
    """While training goes on; by the menu's own action."""
    press_train(bench, qtbot)
    bench.actions["export_onnx"].trigger()
    dialog = session.export.dialog
    qtbot.waitUntil(lambda: dialog.previews.list.rowCount() > 3, timeout=PATIENCE)
    dialog.place.field.setText(str(tmp_path / "net.onnx"))
    with qtbot.waitSignal(session.link.exported, timeout=PATIENCE) as exported:
        qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    assert 0 < exported.args[0].difference < 1e-4
    assert exported.args[0].program.startswith("onnxruntime")
    assert "net.onnx written, and tried in a fresh process" in dialog.outcome.text()
    assert (tmp_path / "net.onnx").exists()
    dialog.close()


def test_twins_are_measured_and_raced_and_their_runs_kept(session, bench, qtbot, tmp_path):
    plain = with_fields(bench.store.document.training, memory_format="contiguous")  # nothing to try out
    bench.store.do("plain", replace(bench.store.document, training=plain))
    bench.store.select(("max_pool_1",))
    bench.actions["swap"].trigger()
    window = session.swapping.window
    contest = window.contest
    qtbot.waitUntil(lambda: not contest.measuring, timeout=PATIENCE)
    assert all(lane.measured.forward > 0 and not lane.measured.message for lane in contest.possible)
    for key, lane in contest.lanes.items():
        lane.chosen = key in ("present", "strided_depthwise")
    window.bar.epochs.setValue(1)
    window.bar.keep.setChecked(True)
    qtbot.mouseClick(window.bar.race_button, Qt.MouseButton.LeftButton)
    assert contest.racing
    qtbot.waitUntil(lambda: not contest.racing, timeout=PATIENCE)
    assert [lane.state for lane in contest.chosen] == ["finished", "finished"]
    attempts = [attempt for lane in contest.chosen for attempt in lane.attempts]
    assert all(attempt.step == 100 and attempt.accuracy > 30 for attempt in attempts)
    bench.live.setCurrentWidget(session.kept_runs.panel)
    kept = session.kept_runs.shelf
    wanted = {f"first-steps: {lane.entrant.variant.name}": "finished" for lane in contest.chosen}
    qtbot.waitUntil(lambda: {e.name: e.summary.state for e in kept.entries} == wanted, timeout=PATIENCE)


def test_a_network_with_a_problem_is_not_trained_but_explained(session, bench, qtbot):
    bench.store.edit("break", edits.remove(bench.store.network, ["flatten_1"]))
    press_train(bench, qtbot)
    assert session.runs.state == "idle"
    assert "row of numbers" in bench.notices.open[0].words
    assert bench.scene.blocks["output_1"]._image is None


def test_another_sample_is_another_picture(session, bench, qtbot):
    qtbot.waitUntil(lambda: session.sample_panel.answer != "", timeout=PATIENCE)
    before = session.sample.image.copy()
    with qtbot.waitSignal(session.link.scores_received, timeout=PATIENCE):
        qtbot.mouseClick(session.sample_panel._next, Qt.MouseButton.LeftButton)
    assert session.sample.number == 1
    assert (session.sample.image != before).any()


def test_an_image_that_is_none_is_refused_in_words(session, bench, tmp_path):
    path = tmp_path / "picture.png"
    path.write_text("no picture")
    session.sample.open_image(path)
    assert "picture.png" in bench.notices.open[0].words
    assert not session.sample.own


def test_colours_change_while_pictures_are_shown(session, bench, qtbot):
    qtbot.waitUntil(lambda: bench.scene.blocks["fc_1"]._image is not None, timeout=PATIENCE)
    theme.set_dark(True)
    dark = bench.scene.blocks["fc_1"]._image
    theme.set_dark(False)
    assert bench.scene.blocks["fc_1"]._image != dark
    theme.set_dark(True)


def test_the_device_menu_offers_what_the_worker_found(session, bench):
    words = [a.text() for a in bench.run_bar._device.menu().actions() if a.text()]  # the meters have none
    assert words[0].startswith("Auto")
    assert any("CPU" in w for w in words)
    QTest.mouseMove(bench.run_bar._device, QPoint(5, 5))
