"""The Training tab: curves, ranges, runs, the numbers under the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox

from convstudio.protocol.messages import Array, Marked, Validation
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.live.training_panel import TrainingPanel


@pytest.fixture
def panel(show):
    return show(TrainingPanel(), 900, 260)


def box(panel, text):
    return next(box for box in panel.findChildren(QCheckBox) if box.text() == text)


def feed(panel, messages, run=1, count=200, level=1.0):
    losses = level * np.linspace(2.0, 1.0, count)
    panel.on_metrics(messages.metrics(run, count, losses, np.linspace(0.0, 0.5, count)))
    panel.on_validation(messages.validation(run, count // 2, level * 1.6, 0.25))
    panel.on_validation(messages.validation(run, count, level * 1.2, 0.5))
    panel.refresh()


def in_view(plot):
    (left, right), (bottom, top) = plot.getPlotItem().getViewBox().viewRange()
    return left, right, bottom, top


def test_without_a_run_a_sentence_says_what_to_do(panel, messages):
    assert panel.findChild(Sentence).isVisible()
    assert "Press Train" in panel.findChild(Sentence).text()
    feed(panel, messages)
    assert not panel.findChild(Sentence).isVisible()
    panel.clear()
    assert panel.findChild(Sentence).isVisible()


def test_the_curves_are_the_numbers_of_the_messages(panel, messages):
    box_ = panel.findChild(QComboBox)
    box_.setCurrentIndex(0)  # not smoothed
    for start in (0, 50):
        panel.on_metrics(messages.metrics(1, start + 50, np.arange(start, start + 50), np.full(50, 0.25)))
    panel.on_validation(messages.validation(1, 60, 42.0, 0.75))
    panel.refresh()
    steps, losses = panel.charts.loss.points("train")
    np.testing.assert_array_equal(steps, np.arange(1, 101))
    np.testing.assert_allclose(losses, np.arange(100))
    np.testing.assert_array_equal(panel.charts.loss.points("raw")[1], losses)
    np.testing.assert_array_equal(panel.charts.accuracy.points("train")[1], 25)
    assert [values.tolist() for values in panel.charts.loss.points("validation")] == [[60], [42]]
    assert [values.tolist() for values in panel.charts.accuracy.points("validation")] == [[60], [75]]


def test_the_legend_has_the_newest_numbers(panel, messages):
    feed(panel, messages)
    loss, accuracy, rate = panel.legends
    assert loss.text == "Loss train 1.01 validation 1.20"
    assert accuracy.text == "Accuracy train 49.6 % validation 50.0 %"
    assert rate.text == "Learning rate"  # not told by this worker


def test_ranges_stay_until_the_data_leave_them(panel, messages):
    feed(panel, messages, count=200)
    assert in_view(panel.charts.loss) == (0, 200, 0, 2)
    assert in_view(panel.charts.accuracy) == (0, 200, 0, 101)
    panel.on_metrics(messages.metrics(1, 201, [1.0]))
    panel.refresh()
    before = in_view(panel.charts.loss)
    assert before == (0, 240, 0, 2)
    panel.on_metrics(messages.metrics(1, 239, np.full(38, 0.9)))
    panel.refresh()
    assert in_view(panel.charts.loss) == before
    panel.on_validation(messages.validation(1, 239, 7.0, 0.1))
    panel.refresh()
    assert in_view(panel.charts.loss) == (0, 240, 0, 8)


def test_a_new_run_begins_anew_and_leaves_the_old_one_faint(panel, messages):
    feed(panel, messages, run=1, count=200, level=3.0)
    old = panel.charts.loss.points("train")
    feed(panel, messages, run=2, count=80)
    assert panel.record.run == 2
    assert len(panel.charts.loss.points("train")[0]) == 80
    np.testing.assert_array_equal(
        panel.charts.loss.points("previous")[1], old[1][: len(panel.charts.loss.points("previous")[1])]
    )
    assert in_view(panel.charts.loss)[3] == 2
    panel.on_metrics(messages.metrics(1, 300, [9.0]))  # late news of the old run
    panel.on_validation(messages.validation(1, 300, 9.0, 0.0))
    assert panel.record.run == 2
    assert panel.record.step == 80


def test_after_clear_no_old_curve_comes_back(panel, messages):
    feed(panel, messages, run=1)
    feed(panel, messages, run=2)
    panel.clear()
    panel.on_metrics(messages.metrics(2, 201, [1.0]))  # late news of a run that was cleared away
    assert panel.findChild(Sentence).isVisible()
    feed(panel, messages, run=3, count=50)
    assert len(panel.charts.loss.points("previous")[0]) == 0


def test_the_logarithmic_scale_draws_exponents(panel, messages, qtbot):
    losses = np.array([10.0, 1.0, 0.1, 0.0, np.nan], np.float32)
    panel.findChild(QComboBox).setCurrentIndex(0)
    panel.on_metrics(messages.metrics(1, 5, losses))
    panel.on_validation(messages.validation(1, 5, 1.0, 0.5))
    box(panel, "log scale").setFocus()
    qtbot.keyClick(box(panel, "log scale"), Qt.Key.Key_Space)
    _, _, bottom, top = in_view(panel.charts.loss)
    assert top == 1.0
    assert bottom <= -1.0
    assert panel.charts.loss.place(1, 10.0).y() < panel.charts.loss.place(1, 1.0).y()
    ten, one, tenth = (panel.charts.loss.place(1, value).y() for value in (10.0, 1.0, 0.1))
    assert one - ten == pytest.approx(tenth - one, abs=1.5)


def test_smoothing_can_be_chosen_and_leaves_the_raw_numbers(panel, messages):
    panel.on_metrics(messages.metrics(1, 100, np.tile([0.0, 2.0], 50)))
    panel.refresh()
    choice = panel.findChild(QComboBox)
    spread = {}
    for index in range(choice.count()):
        choice.setCurrentIndex(index)
        spread[index] = float(np.ptp(panel.charts.loss.points("train")[1][50:]))
        assert float(np.ptp(panel.charts.loss.points("raw")[1])) == 2.0
    assert spread[0] == 2.0
    assert spread[0] > spread[1] > spread[2] > spread[3]


def test_the_mouse_reads_the_numbers_of_a_step(panel, messages, hand, settle):
    panel.findChild(QComboBox).setCurrentIndex(0)
    feed(panel, messages)
    settle()
    place = panel.charts.loss.place(101, 1.5).toPoint()
    hand.hover(panel.charts.loss.viewport(), place)
    settle()
    words = panel.legends[0].text
    step = int(words.split("step ")[1].split()[0])
    assert abs(step - 101) <= 1
    assert f"train {float(np.linspace(2, 1, 200)[step - 1]):#.3g}" in words
    assert "validation 1.60" in words
    assert f"step {step} " in panel.legends[1].text
    hand.hover(panel.charts.loss.viewport(), QPoint(2, 2))
    assert "step" not in panel.legends[0].text


def test_zooming_ends_following_and_following_brings_everything_back(panel, messages, settle, qtbot):
    feed(panel, messages)
    settle()
    everything = in_view(panel.charts.loss)
    plot, place = panel.charts.loss, QPointF(panel.charts.loss.rect().center())
    wheel = QWheelEvent(
        place,
        QPointF(plot.mapToGlobal(place.toPoint())),
        QPoint(0, 0),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot.viewport(), wheel)
    zoomed = in_view(plot)
    assert zoomed[1] - zoomed[0] < everything[1] - everything[0]
    assert not box(panel, "follow").isChecked()
    panel.on_metrics(messages.metrics(1, 260, np.ones(60)))
    panel.refresh()
    assert in_view(plot) == zoomed
    box(panel, "follow").click()
    assert in_view(plot)[:2] == (0, 300)


def test_the_curve_is_painted_where_the_numbers_are(panel, messages, settle, both_themes):
    panel.findChild(QComboBox).setCurrentIndex(0)
    panel.on_metrics(messages.metrics(1, 100, np.full(100, 1.0)))
    for dark in (True, False):
        both_themes.set_dark(dark)
        panel.refresh()
        settle()
        picture = panel.charts.loss.grab().toImage()
        place = panel.charts.loss.place(50, 1.0).toPoint()
        near = [picture.pixelColor(place.x(), place.y() + by) for by in (-2, -1, 0, 1, 2)]
        assert QColor(both_themes.colour("train")) in near
        assert picture.pixelColor(place.x(), place.y() + 20) == QColor(both_themes.colour("panel"))


def test_long_runs_are_drawn_with_few_points_that_keep_every_spike(panel, messages):
    losses = np.ones(200_000, np.float32)
    losses[123_456] = 1.4
    panel.on_metrics(messages.metrics(1, len(losses), losses, batches=100_000))
    panel.refresh()
    steps, values = panel.charts.loss.points("raw")
    assert len(steps) < 4000
    assert values.max() == np.float32(1.4)
    spike = steps[values.argmax()]
    assert abs(spike - 123_457) < 1000


@pytest.mark.parametrize("size", [(350, 200), (640, 200), (1400, 500)])
def test_the_legend_is_whole_at_every_size(show, messages, settle, size):
    panel = show(TrainingPanel(), *size)
    feed(panel, messages)
    settle()
    assert panel.size().toTuple() == size
    for legend in panel.legends:
        assert legend.sizeHint().width() <= legend.width()


def test_numbers_that_are_none_leave_a_hole(panel, messages):
    panel.on_metrics(messages.metrics(1, 4, [1.0, np.nan, np.inf, 2.0]))
    panel.on_validation(messages.validation(1, 4, float("nan"), 0.0))
    panel.refresh()
    assert "train" in panel.legends[0].text
    assert "validation" not in panel.legends[0].text


def test_a_broken_message_is_said_in_words(panel, messages):
    message = messages.metrics(1, 4, [1.0])
    broken = type(message)(
        **{**{f: getattr(message, f) for f in message.__struct_fields__}, "losses": Array("float32", (4,), b"1")}
    )
    panel.on_metrics(broken)
    assert "needs 16 bytes" in panel.findChild(Sentence).text()


def test_hidden_curves_are_drawn_when_they_are_seen(panel, messages, qtbot):
    panel.hide()
    panel.on_metrics(messages.metrics(1, 10, np.ones(10)))
    assert len(panel.charts.loss.points("raw")[0]) == 0
    panel.show()
    qtbot.waitUntil(lambda: len(panel.charts.loss.points("raw")[0]) == 10)


def test_the_mean_iou_is_a_third_curve_where_there_is_one(panel, messages):
    panel.on_metrics(messages.metrics(1, 3, [1.0, 0.8, 0.6]))
    panel.on_validation(Validation(run=1, step=3, epoch=1, loss=0.7, accuracy=0.9, mean_iou=0.625))
    panel.refresh()
    assert "mean IoU 62.5 %" in panel.legends[1].text
    assert panel.record.overlaps()[1].tolist() == [62.5]
    panel.on_metrics(messages.metrics(2, 3, [1.0, 0.8, 0.6]))
    panel.on_validation(Validation(run=2, step=3, epoch=1, loss=0.7, accuracy=0.9))
    panel.refresh()
    assert "IoU" not in panel.legends[1].text


def test_a_change_of_the_run_is_marked_and_said_under_the_mouse(panel, messages):
    feed(panel, messages)
    panel.on_marked(Marked(run=1, step=120, kind="rate", words="Learning rate 0.003 → 0.001"))
    panel.refresh()
    plot = panel.charts.loss
    assert plot.marks.words_at(121) == "step 120: Learning rate 0.003 → 0.001"
    assert plot.marks.words_at(20) == ""
    assert [mark.step for mark in plot.marks.marks] == [120]
    feed(panel, messages, run=2)
    panel.refresh()
    assert plot.marks.words_at(120) == ""
