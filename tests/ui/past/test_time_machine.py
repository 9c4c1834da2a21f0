"""The time bar: scrubbing asks for moments, films play to their end, branches begin, and films are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDockWidget, QTabWidget, QWidget

from convstudio.protocol.messages import Array, LookBack, Maps, Masks, Metrics, Snapshots, Validation, View
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.main_window import MainWindow
from convstudio.ui.notices.notices import Notices
from convstudio.ui.past import film_saving
from convstudio.ui.past.film_saving import FilmSaving
from convstudio.ui.past.time_machine import TimeMachine
from convstudio.ui.store import DocumentStore


class Link(QObject):
    """A worker that writes down what it is sent."""

    started = Signal()
    snapshots_received = Signal(object)
    masks_received = Signal(object)
    maps_received = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[LookBack] = []

    def send(self, request) -> None:
        self.sent.append(request)


class Runs(QObject):
    """What of a controller the time machine needs."""

    run_began = Signal(int, bool)
    progress = Signal(object)
    number = 3

    def __init__(self) -> None:
        super().__init__()
        self.branched: list[tuple[Path, int]] = []

    def branch(self, parent: Path, step: int) -> None:
        self.branched.append((parent, step))


class Panel(QWidget):
    """A live view that says when it has painted."""

    drawn = Signal()


class Live:
    """The two views that films are made of."""

    def __init__(self) -> None:
        self.masks, self.maps = Panel(), Panel()


class Bench(QObject):
    """A window with the dock of live views."""

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.window = MainWindow(settings)
        self.store, self.notices, self.live = DocumentStore(), Notices(self), QTabWidget()
        self.docks = {"live": QDockWidget()}
        self.window.setCentralWidget(self.docks["live"])


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    made.window.resize(900, 300)
    qtbot.addWidget(made.window)
    return made


@pytest.fixture
def machine(bench, qtbot):
    """A run with five moments."""
    training = TrainingPanel()
    bench.live.addTab(training, "Training")
    made = TimeMachine(bench, Link(), Runs(), training)
    bench.window.show()
    floats = Array("float32", (1500,), np.ones(1500, np.float32).tobytes())
    metrics = Metrics(
        run=3,
        step=1500,
        epoch=7,
        epochs=10,
        batch=1,
        batches=225,
        losses=floats,
        hits=floats,
        samples_per_second=1.0,
        seconds_left=1.0,
        probe_share=0.0,
    )
    training.on_metrics(metrics)
    made._runs.progress.emit(metrics)
    training.on_validation(Validation(run=3, step=1350, epoch=6, loss=0.2, accuracy=0.948))
    made._link.snapshots_received.emit(Snapshots(run=3, folder="/runs/one", steps=(0, 10, 100, 1400, 1500)))
    return made


def test_without_moments_there_is_no_bar(bench):
    training = TrainingPanel()
    made = TimeMachine(bench, Link(), Runs(), training)
    bench.window.show()
    assert not made.bar.isVisible()
    made._link.snapshots_received.emit(Snapshots(run=2, folder="/runs/old", steps=(0, 1, 2)))
    assert not made.bar.isVisible()  # of another run
    made._link.snapshots_received.emit(Snapshots(run=3, folder="/runs/one", steps=(0, 1)))
    assert made.bar.isVisible()
    assert made.bar.words == "live · 2 moments kept"


def test_scrubbing_shows_the_past_and_escape_the_present(machine, qtbot):
    slider = machine.bar.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert machine._link.sent == [LookBack(folder="/runs/one", step=1400)]
    assert machine.bar.words == "step 1 400 of 1 500 · epoch 7 · val 94.8 %"
    assert machine._training.charts.loss._moment.isVisible()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert machine._link.sent[-1].step == 0
    qtbot.keyClick(machine.bar, Qt.Key.Key_Escape)
    assert machine._link.sent[-1] == LookBack()
    assert machine.bar.words == "live · 5 moments kept"
    assert not machine._training.charts.loss._moment.isVisible()


def test_moments_that_come_and_go_leave_the_one_that_is_shown(machine):
    machine.look(2)
    machine._link.snapshots_received.emit(Snapshots(run=3, folder="/runs/one", steps=(0, 100, 1500, 1600)))
    assert machine.place == 1
    assert machine._link.sent[-1].step == 100
    machine._link.snapshots_received.emit(Snapshots(run=3, folder="/runs/one", steps=(0, 1500, 1600)))
    assert machine._link.sent[-1].step == 0  # the nearest that there is


def test_a_film_plays_every_moment_and_ends_live(machine, qtbot):
    machine._film.setInterval(1)
    machine.bar.play_requested.emit()
    qtbot.waitUntil(lambda: machine._link.sent[-1] == LookBack())
    assert [request.step for request in machine._link.sent[:-1]] == [0, 10, 100, 1400, 1500]
    assert machine.place is None


def test_a_branch_begins_where_one_looks(machine, qtbot):
    machine.bar.branch_requested.emit()
    assert machine._runs.branched == []
    machine.look(1)
    machine.bar.branch_requested.emit()
    assert machine._runs.branched == [(Path("/runs/one"), 10)]
    assert machine._link.sent[-1] == LookBack()


def test_another_run_or_document_begins_without_a_past(machine):
    machine.look(1)
    machine._runs.run_began.emit(4, False)
    assert machine._link.sent[-1] == LookBack()
    assert machine.steps == ()
    assert machine.bar.isVisible()  # it waits for the moments of the new run: nothing is laid out anew
    assert not machine.bar.isEnabled()
    machine._link.snapshots_received.emit(Snapshots(run=machine._runs.number, folder="/runs/two", steps=(0, 1)))
    assert machine.bar.isEnabled()
    machine._bench.store.replaced.emit()
    assert not machine.bar.isVisible()


@pytest.fixture
def film(machine, bench, tmp_path):
    """Films are taken of the Masks tab, and written into a folder."""
    live = Live()
    bench.live.addTab(live.masks, "Masks")
    bench.live.setCurrentWidget(live.masks)
    into = tmp_path / "film"
    into.mkdir()
    made = FilmSaving(
        bench, machine, live, machine._link, lambda t, s, k, a: a(into / "run"), lambda title, answer: answer(into)
    )
    made.live = live
    return made


def answer(film, machine, view=None) -> None:
    """The worker sends the moment that was asked for, and the view paints it."""
    step = machine.steps[machine.place]
    array = Array("float32", (1, 1), b"\0\0\0\0")
    view = view or View("conv_1", "masks")
    machine._link.masks_received.emit(
        Masks(run=3, step=step, view=view, names=("weight",), arrays=(array,), total=(1,))
    )
    film.live.masks.drawn.emit()


def test_a_film_is_taken_moment_by_moment_and_written(film, machine, bench, qtbot, tmp_path):
    film.save_gif()
    for place in range(5):
        qtbot.waitUntil(lambda place=place: machine.place == place)
        film.live.masks.drawn.emit()  # painted for another reason
        assert machine.place == place
        answer(film, machine)
    qtbot.waitUntil(lambda: bench.notices.open != ())
    assert bench.notices.open[0].words == "run.gif written: 5 pictures."
    assert (tmp_path / "film" / "run.gif").read_bytes()[:6] == b"GIF89a"
    assert machine.place is None


def test_a_film_that_cannot_be_written_is_told(film, machine, bench, qtbot, monkeypatch):
    def full(*_: object) -> None:
        raise OSError("there is no room")

    monkeypatch.setattr(film_saving, "write_atomically", full)
    film.save_gif()
    for place in range(5):
        qtbot.waitUntil(lambda place=place: machine.place == place)
        answer(film, machine)
    qtbot.waitUntil(lambda: bool(bench.notices.open))
    (notice,) = bench.notices.open
    assert (notice.severity, notice.words) == ("error", "The film cannot be written: there is no room.")


def test_pictures_are_numbered(film, machine, bench, qtbot, tmp_path):
    film.save_pictures()
    for place in range(5):
        qtbot.waitUntil(lambda place=place: machine.place == place)
        answer(film, machine)
    qtbot.waitUntil(lambda: bench.notices.open != ())
    names = sorted(path.name for path in (tmp_path / "film").iterdir())
    assert names == [f"film-{n:04}.png" for n in range(5)]
    assert QImage(str(tmp_path / "film" / names[0])).width() == film.live.masks.width()


def test_thumbnails_and_late_pictures_are_not_the_film(film, machine, qtbot):
    film.save_gif()
    array = Array("uint8", (1, 1), b"\0")
    maps = Maps(run=3, step=0, view=View("conv_1", "maps", 8), maps=array, low=0.0, high=1.0, total=1)
    machine._link.maps_received.emit(maps)
    film.live.maps.drawn.emit()
    assert film._frames == []
    film._give_up()


def test_a_film_that_does_not_come_is_given_up(film, machine, bench, qtbot, monkeypatch):
    film._patience.setInterval(1)
    film.save_gif()
    qtbot.waitUntil(lambda: bench.notices.open != ())
    assert "not finished" in bench.notices.open[0].words
    assert machine.place is None


def test_a_film_that_cannot_be_written_is_said(film, machine, bench, qtbot, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(film_saving, "write_atomically", full)
    film.save_gif()
    for place in range(5):
        qtbot.waitUntil(lambda place=place: machine.place == place)
        answer(film, machine)
    qtbot.waitUntil(lambda: bench.notices.open != ())
    assert "No space left" in bench.notices.open[0].words
    assert bench.notices.open[0].severity == "error"
