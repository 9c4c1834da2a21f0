"""Choosing what is watched, in the real window with the real worker: classes, mistakes, a drawing, pasted pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest

from convstudio.network.document import DataChoice, Document
from convstudio.ui.session import Session
from convstudio.ui.watched import WatchedSample

PATIENCE = 30_000


@pytest.fixture
def session(with_worker) -> Session:
    return with_worker()


@pytest.fixture
def sample(bench) -> WatchedSample:
    made = WatchedSample(bench.store)
    made.follow()
    return made


def test_the_next_and_the_one_before_within_a_class(sample):
    sample.choose_class(3)
    assert (sample.label, sample.place) == (3, (0, 100))
    first = sample.number
    sample.step(1)
    assert (sample.label, sample.place) == (3, (1, 100))
    sample.step(-1)
    sample.step(-1)
    assert (sample.label, sample.place) == (3, (99, 100))
    sample.step(1)
    assert sample.number == first
    sample.choose_class(None)
    assert (sample.number, sample.place) == (first, (first, 1000))
    sample.step(1)
    assert sample.number == first + 1


def test_from_an_own_image_back_to_where_one_was(sample):
    sample.choose(17)
    sample.take_own(np.zeros((1, 28, 28), np.uint8), "your drawing")
    assert (sample.own, sample.label) == (True, None)
    sample.step(1)
    assert (sample.own, sample.number) == (False, 17)


def test_another_data_set_has_other_classes(bench, sample):
    sample.choose_class(9)
    document = bench.store.document
    bench.store.do("other", Document(document.network, DataChoice(name="gratings"), document.training))
    assert sample.only is None
    assert sample.place[1] == sample.count


def paste(bench, **content):
    data = QMimeData()
    for name, value in content.items():
        getattr(data, name)(value)
    QGuiApplication.clipboard().setMimeData(data)
    bench.actions["paste"].trigger()
    QGuiApplication.clipboard().clear()  # Qt does not outlive what Python has put there


def test_a_pasted_picture_and_a_copied_image_file_become_the_sample(bench, sample, tmp_path):
    bench.files.picture_given.connect(sample.take_picture)
    bench.files.image_given.connect(sample.open_image)
    picture = QImage(50, 40, QImage.Format.Format_ARGB32)
    picture.fill(QColor(90, 90, 90))
    before = bench.store.document
    paste(bench, setImageData=picture)
    assert sample.own
    assert set(sample.image.ravel().tolist()) == {90}
    path = tmp_path / "grey.png"
    Image.fromarray(np.full((40, 60), 200, np.uint8)).save(path)
    paste(bench, setUrls=[QUrl.fromLocalFile(str(path))])
    assert set(sample.image.ravel().tolist()) == {200}
    assert bench.store.document is before


def test_a_large_image_does_not_hold_the_window_up(sample, tmp_path, qtbot):
    path = tmp_path / "large.png"
    Image.fromarray(np.full((1200, 1000), 200, np.uint8)).save(path)
    with qtbot.waitSignal(sample.changed):
        sample.open_image(path)
        assert not sample.own
    assert set(sample.image.ravel().tolist()) == {200}
    sample.open_image(path)
    sample.choose(3)  # it is watched by the time that the image is there
    path.write_bytes(path.read_bytes()[:60])
    with qtbot.waitSignal(sample.failed, timeout=10_000) as told:
        sample.open_image(path)
    assert "large.png" in told.args[0]
    assert (sample.own, sample.number) == (False, 3)


def test_hostile_pictures_are_refused_in_a_sentence(bench, sample, tmp_path):
    told = []
    sample.failed.connect(told.append)
    sample.take_picture(QImage())
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    sample.open_image(tmp_path / "bad.png")
    sample.open_image(tmp_path / "gone.png")
    assert len(told) == 3
    assert "no pixels" in told[0]
    assert not sample.own
    huge = QImage(30_000, 2, QImage.Format.Format_Grayscale8)
    huge.fill(77)
    sample.take_picture(huge)
    assert sample.own


def test_mistakes_a_drawing_and_what_cannot_be_drawn_with_the_real_worker(session, bench, qtbot):
    panel = session.sample_panel
    qtbot.waitUntil(lambda: panel.answer != "", timeout=PATIENCE)
    with qtbot.waitSignal(session.link.mistake_found, timeout=PATIENCE) as found:
        bench.actions["next_mistake"].trigger()
    qtbot.waitUntil(lambda: panel.answer.startswith("✗"), timeout=PATIENCE)
    assert session.sample.number == found.args[0].number

    bench.actions["draw_sample"].trigger()
    pad = session.sampling.pad
    qtbot.waitExposed(pad)
    centre = pad.pad.rect().center()
    QTest.mousePress(pad.pad, Qt.MouseButton.LeftButton, pos=centre)
    QTest.mouseMove(pad.pad, centre + QPoint(0, 60))
    QTest.mouseRelease(pad.pad, Qt.MouseButton.LeftButton, pos=centre + QPoint(0, 60))
    qtbot.waitUntil(lambda: session.sample.own and pad.answer.words != "", timeout=PATIENCE)
    assert pad.answer.words == panel.answer
    pad.close()
    bench.actions["next_sample"].trigger()
    assert session.sample.number == found.args[0].number

    bench.actions["draw_sample"].trigger()
    document = bench.store.document
    bench.store.do("other", Document(document.network, DataChoice(name="gratings"), document.training))
    assert pad.pad.area().width() == pytest.approx(pad.pad.area().height())
    assert pad._form.axes == (32, 32)
    bench.store.open(Document(data=DataChoice(name="")), None)
    bench.actions["draw_sample"].trigger()
    assert "Choose a data set first" in bench.notices.open[0].words
    assert not pad.isVisible()
