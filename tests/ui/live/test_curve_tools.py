"""What can be done with curves: crosshair, frames, following, the learning rate, and files that other programs read."""

from __future__ import annotations

import csv
import io
import os
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from convstudio.network.document import Document
from convstudio.protocol.messages import Marked, Validation
from convstudio.runs.marks import Mark
from convstudio.ui.live.curve_saving import CurveSaving
from convstudio.ui.live.curve_table import COLUMNS, csv_text
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.store import DocumentStore

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def panel(show):
    return show(TrainingPanel(), 1200, 260)


@pytest.fixture
def fed(panel, messages, settle):
    """A panel with 200 steps, two validations and a mark whose words need escaping."""
    rates = np.linspace(0.01, 0.002, 200)
    metrics = messages.metrics(1, 200, np.linspace(2.0, 1.0, 200), np.linspace(0.0, 0.5, 200))
    metrics = type(metrics)(
        **{f: getattr(metrics, f) for f in metrics.__struct_fields__} | {"rates": messages.array(rates)}
    )
    panel.on_metrics(metrics)
    panel.on_validation(messages.validation(1, 100, 1.6, 0.25))
    panel.on_validation(Validation(run=1, step=200, epoch=2, loss=1.2, accuracy=0.5, mean_iou=0.25))
    panel.on_marked(Marked(run=1, step=120, kind="edit", words='Set <b> & "c"'))
    panel.refresh()
    settle()
    return panel


def in_view(plot):
    (left, right), (bottom, top) = plot.getPlotItem().getViewBox().viewRange()
    return left, right, bottom, top


def test_the_learning_rate_has_its_plot_and_its_number(fed, messages):
    steps, rates = fed.charts.rate.points("train")
    np.testing.assert_array_equal(steps, np.arange(1, 201))
    np.testing.assert_allclose(rates, np.linspace(0.01, 0.002, 200), rtol=1e-6)
    assert fed.legends[2].text == "Learning rate 0.002"
    assert in_view(fed.charts.rate) == (0, 200, 0, 0.012)


def test_a_narrow_panel_has_no_room_for_the_rate_unless_it_is_asked_for(fed, settle):
    assert not fed.charts.rate.isHidden()
    fed.resize(600, 260)
    settle()
    assert fed.charts.rate.isHidden()
    entry = next(action for action in fed.menu().actions() if action.text() == "Plot the learning rate")
    assert not entry.isChecked()
    entry.trigger()
    assert not fed.charts.rate.isHidden()


def test_a_run_that_goes_on_earlier_overwrites_its_rates():
    record = RunRecord(1)
    ones = np.ones(5, np.float32)
    record.add_steps(5, ones, ones, ones)
    record.add_steps(4, 2 * ones[:2], ones[:2])  # a worker that tells no rates
    assert record.loss.raw.values.tolist() == [1, 1, 2, 2]
    np.testing.assert_array_equal(record.rate.values, [1, 1, np.nan, np.nan])


def test_the_crosshair_stands_in_all_plots_with_a_number_of_each_curve(fed, hand, settle):
    hand.hover(fed.charts.loss.viewport(), fed.charts.loss.place(101, 1.5).toPoint())
    settle()
    steps = {plot.cross for plot in fed.charts.plots}
    assert len(steps) == 1
    step = int(steps.pop())
    assert abs(step - 101) <= 1
    raw = float(np.linspace(2, 1, 200)[step - 1])
    assert f"raw {raw:#.3g}" in fed.legends[0].text
    assert f"{np.linspace(0.01, 0.002, 200)[step - 1]:.3g}" in fed.legends[2].text
    hand.hover(fed.charts.loss.viewport(), QPoint(2, 2))
    assert {plot.cross for plot in fed.charts.plots} == {None}
    assert "raw" not in fed.legends[0].text


def test_a_frame_is_zoomed_into_in_all_plots_and_a_double_click_shows_all(fed, settle):
    plot = fed.charts.accuracy
    whole = in_view(plot)
    start, end = plot.place(50, 40).toPoint(), plot.place(150, 10).toPoint()
    view = plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for place in (start + QPoint(20, 10), (start + end) / 2, end):
        QTest.mouseMove(view, place)
        settle()
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    settle()
    left, right, bottom, top = in_view(plot)
    assert (left, right) == pytest.approx((50, 150), abs=2)
    assert (bottom, top) == pytest.approx((10, 40), abs=2)
    assert in_view(fed.charts.loss)[:2] == (left, right)
    assert in_view(fed.charts.loss)[2:] == (0, 2)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=start)
    assert in_view(plot) == whole


def test_only_the_newest_steps_are_followed_where_that_is_chosen(fed, messages):
    follow = next(action.menu() for action in fed.menu().actions() if action.menu())
    next(action for action in follow.actions() if "100" in action.text() and "000" not in action.text()).trigger()
    assert in_view(fed.charts.loss)[:2] == (100, 200)
    fed.on_metrics(messages.metrics(1, 250, np.full(50, 0.9)))
    fed.refresh()
    assert in_view(fed.charts.loss)[:2] == (150, 250)
    assert in_view(fed.charts.loss)[2] > 0.5  # and the values that there are


def test_marks_near_each_other_are_all_told(fed):
    fed.on_marked(Marked(run=1, step=121, kind="pause", words="Paused"))
    fed.refresh()
    assert fed.charts.loss.marks.words_at(121).splitlines() == ["step 121: Paused", 'step 120: Set <b> & "c"']


def test_the_table_has_every_step_and_what_happened(fed):
    rows = list(csv.DictReader(io.StringIO(csv_text(fed.record))))
    assert tuple(rows[0]) == COLUMNS
    assert [int(row["step"]) for row in rows] == list(range(1, 201))
    np.testing.assert_allclose([float(row["loss"]) for row in rows], np.linspace(2, 1, 200), rtol=1e-6)
    np.testing.assert_allclose([float(row["learning_rate"]) for row in rows], np.linspace(0.01, 0.002, 200), rtol=1e-6)
    assert (rows[99]["validation_loss"], rows[99]["validation_accuracy_percent"]) == ("1.6", "25")
    assert (rows[199]["validation_mean_iou_percent"], rows[98]["validation_loss"]) == ("25", "")
    assert rows[119]["event"] == 'Set <b> & "c"'


def test_numbers_that_are_none_are_empty_and_words_are_no_formulas():
    record = RunRecord(1)
    record.add_steps(2, np.array([np.nan, np.inf], np.float32), np.zeros(2, np.float32))
    record.add_validation(0, 2.3, 0.1)
    record.marks.append(Mark(2, "edit", "=HYPERLINK(1)"))
    rows = list(csv.DictReader(io.StringIO(csv_text(record))))
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    assert [row["loss"] for row in rows] == ["", "", ""]
    assert rows[0]["validation_loss"] == "2.3"
    assert rows[2]["event"] == "'=HYPERLINK(1)"


class Asking:
    """A person who answers every question for a file with the same path."""

    def __init__(self, path) -> None:
        self.path = path
        self.suggested: list[str] = []

    def __call__(self, title, suggestion, kinds, answer) -> None:
        self.suggested.append(suggestion.name)
        answer(self.path)


@pytest.fixture
def saving(fed, qtbot, tmp_path):
    """Save the curves as a file of some kind; what was told comes back."""
    window = QWidget()
    qtbot.addWidget(window)
    asking = Asking(tmp_path)
    files = PictureFiles(DocumentStore(Document()), window, asking)
    CurveSaving(fed, files)

    def save(kind: str, path) -> tuple[str, str]:
        asking.path = path
        with qtbot.waitSignal(files.news) as told:
            fed.save_requested.emit(kind)
        return told.args[0], told.args[1]

    save.window = window  # which lives as long as the test
    return save


def test_the_drawing_is_valid_and_its_words_are_escaped(saving, tmp_path):
    assert saving("svg", tmp_path / "curves") == ("info", "curves.svg written.")
    root = ElementTree.parse(tmp_path / "curves.svg").getroot()
    titles = [text.text for text in root.iter(f"{SVG}text") if text.get("font-weight")]
    assert titles == ["Loss", "Accuracy", "Learning rate"]
    assert [title.text for title in root.iter(f"{SVG}title")] == ['Set <b> & "c"'] * 3
    paths = [path for path in root.iter(f"{SVG}path") if path.get("clip-path")]
    assert len(paths) == 8  # raw, train and validation twice, mean IoU, and the rate
    first = next(path for path in paths if path.get("stroke-opacity") == "0.35")
    assert first.get("d").startswith("M60.0 34.0L")  # step 1 of 200, loss 2 of 2


def test_a_hole_in_a_curve_is_a_hole_in_the_drawing(fed, messages, saving, tmp_path):
    fed.on_metrics(messages.metrics(2, 4, [1.0, np.nan, 1.0, 1.0]))
    fed.refresh()
    saving("svg", tmp_path / "hole.svg")
    root = ElementTree.parse(tmp_path / "hole.svg").getroot()
    raw = next(path for path in root.iter(f"{SVG}path") if path.get("stroke-opacity") == "0.35")
    assert raw.get("d").count("M") == 2


def test_the_picture_and_the_table_are_written(fed, saving, tmp_path):
    assert saving("png", tmp_path / "a.png")[0] == "info"
    picture = QImage(str(tmp_path / "a.png"))
    assert picture.width() == 2 * fed.charts.width()
    assert saving("csv", tmp_path / "a.csv")[0] == "info"
    assert (tmp_path / "a.csv").read_text().replace("\r\n", "\n") == csv_text(fed.record).replace("\r\n", "\n")
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "a.png"]  # nothing half-written is left


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_what_cannot_be_written_is_said(saving, tmp_path, kind):
    severity, words = saving(kind, tmp_path / "missing" / f"a.{kind}")
    assert severity == "error"
    assert words == (
        f"a.{kind} cannot be written in {tmp_path / 'missing'}: no such file or directory. Choose another place."
    )
