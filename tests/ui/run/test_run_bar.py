"""The run bar: each state's buttons and words, clicks that ask, and what gives way when there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from convstudio.protocol.messages import Array, Device, Metrics
from convstudio.ui.run import words
from convstudio.ui.run.caption_line import fitting
from convstudio.ui.run.run_bar import RunBar

DEVICES = (Device("cpu", "CPU · 8 cores"), Device("cuda:0", "Fast card"))


@pytest.fixture
def bar(qtbot):
    bar = RunBar()
    qtbot.addWidget(bar)
    bar.resize(900, 50)
    bar.show()
    return bar


def metrics(epoch=3, batch=121):
    one = Array("float32", (1,), b"\0\0\0\0")
    return Metrics(
        run=1,
        step=1,
        epoch=epoch,
        epochs=10,
        batch=batch,
        batches=225,
        losses=one,
        hits=one,
        samples_per_second=12430.0,
        seconds_left=42.0,
        probe_share=0.0,
    )


@pytest.mark.parametrize(
    ("state", "label", "signal"),
    [
        ("idle", "Train", "train_requested"),
        ("running", "Pause", "pause_requested"),
        ("paused", "Resume", "resume_requested"),
        ("stopped", "Train", "train_requested"),
        ("finished", "Train", "train_requested"),
        ("failed", "Train", "train_requested"),
        ("lost", "Restart", "restart_requested"),
    ],
)
def test_the_main_button_asks_for_what_it_says(bar, qtbot, state, label, signal):
    bar.show_state(state)
    assert bar._main.text() == label
    with qtbot.waitSignal(getattr(bar, signal)):
        qtbot.mouseClick(bar._main, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("state", "can_stop"),
    [("idle", False), ("preparing", True), ("running", True), ("paused", True), ("finished", False), ("lost", False)],
)
def test_only_what_is_under_way_can_be_stopped(bar, qtbot, state, can_stop):
    asked = []
    bar.stop_requested.connect(lambda: asked.append(1))
    bar.show_state(state)
    qtbot.mouseClick(bar._stop, Qt.MouseButton.LeftButton)
    assert bool(asked) == can_stop


def test_every_control_has_a_name_and_a_tip(bar):
    for widget in (bar._main, bar._stop, bar._device):
        assert widget.accessibleName() or widget.text()
        assert widget.toolTip()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_progress_in_words_and_as_a_bar(bar):
    bar.show_state("running")
    bar.show_progress(metrics())
    assert bar._progress.text == "epoch 3/10 · batch 121/225 · 12 430 images/s · 0:42 left"
    assert bar._progress._bar.value() == round(1000 * (2 + 121 / 225) / 10)


def test_the_last_position_stays_when_it_ends(bar):
    bar.show_state("running")
    bar.show_progress(metrics())
    bar.show_state("stopped")
    assert bar._progress.text == "Stopped · epoch 3/10 · batch 121/225"


def test_another_document_begins_with_an_empty_bar(bar):
    bar.show_state("running")
    bar.show_progress(metrics())
    bar.show_state("stopped")
    bar.show_state("idle")
    assert bar._progress._bar.value() == 0


def test_a_new_run_forgets_the_last(bar):
    bar.show_state("running")
    bar.show_progress(metrics())
    bar.show_state("stopped")
    bar.show_state("preparing", "measuring …")
    assert bar._progress.text == "measuring …"
    bar.show_state("running")
    assert bar._progress.text == "Training"
    assert bar._progress._bar.value() == 0


def test_a_message_is_shown_in_every_state_but_while_numbers_come(bar):
    bar.show_state("running")
    bar.show_progress(metrics())
    bar.show_state("paused", "The disk is full.")
    assert bar._progress.text == "The disk is full."


def test_waiting_for_the_worker_is_said_until_it_is_ready(bar):
    assert bar._progress.text == "Starting the worker …"
    bar.show_ready(True)
    assert bar._progress.text == "Ready to train"


def test_the_focus_does_not_slip_from_train_to_stop(bar, qtbot):
    bar.activateWindow()
    bar._main.setFocus()
    qtbot.waitUntil(bar._main.hasFocus)
    bar.show_state("preparing")
    bar.show_state("running")
    assert bar._main.hasFocus()


def test_choosing_a_device_is_a_wish(bar, qtbot):
    bar.show_devices(DEVICES, "auto")
    actions = {action.data(): action for action in bar._device.menu().actions() if action.data()}
    assert list(actions) == ["auto", "cpu", "cuda:0"]
    assert actions["auto"].isChecked()
    with qtbot.waitSignal(bar.device_chosen) as seen:
        actions["cuda:0"].trigger()
    assert seen.args == ["cuda:0"]


def test_a_device_that_is_not_here_is_still_shown(bar):
    bar.show_devices(DEVICES, "mps")
    assert bar._device.menu().actions()[-1].text() == "mps (not found here)"


def test_the_threads_give_way_in_a_narrow_bar(bar, qtbot):
    bar.show_devices(DEVICES, "auto")
    bar.show_device("cpu", 2)
    assert bar._device.text() == "CPU · 2 threads ▾"
    bar.resize(400, 50)
    qtbot.waitUntil(lambda: bar._device.text() == "CPU ▾")
    assert "2 threads" in bar._device.toolTip()


@pytest.mark.parametrize("width", [None, 400, 560, 1000])
def test_nothing_lies_outside_the_bar(bar, qtbot, width):
    bar.show_state("running")
    bar.show_progress(metrics())
    assert bar.minimumSizeHint().width() <= 400
    width = width or bar.minimumSizeHint().width()
    bar.resize(width, 50)
    qtbot.waitUntil(lambda: bar._device.geometry().right() < width)
    for widget in (bar._main, bar._stop, bar._progress, bar._device):
        assert bar.rect().contains(widget.geometry())


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (100, ("epoch 3 · batch 7", "fast · 1 left")),
        (40, ("epoch 3 · batch 7", "1 left")),
        (20, ("epoch 3 · batch 7", "")),
        (10, ("epoch 3", "")),
        (2, ("epoch 3", "")),
    ],
)
def test_the_longest_wording_that_fits(room, shown):
    left, right = ("epoch 3 · batch 7", "epoch 3"), ("fast · 1 left", "1 left")
    assert fitting(left, right, room, len) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (42.4, "0:42"), (725, "12:05"), (11_220, "3:07:00"), (-1, "0:00")]
)
def test_clock(seconds, shown):
    assert words.clock(seconds) == shown


@pytest.mark.parametrize(("speed", "shown"), [(12430.2, "12 430 images/s"), (3.14, "3.1 images/s")])
def test_rate(speed, shown):
    assert words.rate(speed) == shown
