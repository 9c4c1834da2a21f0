"""The Evaluation tab alone: figures, cells, samples, scores and copies, by mouse and keys."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from convstudio.protocol.messages import Array
from convstudio.ui.evaluation.case_list import words
from convstudio.ui.evaluation.copying import as_csv, as_markdown, as_text
from convstudio.ui.evaluation.evaluation_tab import EvaluationTab, place_words
from convstudio.ui.evaluation.report import report
from convstudio.ui.live.arrays import ArrayError
from convstudio.ui.theme import theme

NAMES = ("cat", "dog", "owl")


@pytest.fixture
def tab(show, message, settle):
    made = show(EvaluationTab())
    made.set_report(report(message(), NAMES), "Validation part of Pets, 7 samples · after step 63 (epoch 1)")
    settle()
    return made


def click(qtbot, tab, cell):
    qtbot.mouseClick(tab.matrix, Qt.MouseButton.LeftButton, pos=tab.matrix.place(cell).center().toPoint())


def numbers(tab):
    return [tab.cases.item(row).data(Qt.ItemDataRole.UserRole) for row in range(tab.cases.count())]


def test_it_says_of_what_it_is(tab):
    assert "7 samples · after step 63 (epoch 1)" in tab.words
    assert "accuracy 71.4 %" in tab.words
    assert "calibration error 8.6 %" in tab.words


def test_while_a_run_is_under_way_an_empty_tab_says_what_comes(show):
    tab = show(EvaluationTab())
    assert tab.words.startswith("As soon as the network can answer")
    tab.set_running(True)
    assert tab.words.startswith("The validation samples are being evaluated")
    tab.set_running(False)
    assert tab.words.startswith("As soon as")


@pytest.mark.parametrize(
    ("step", "epoch", "run", "end"),
    [
        (0, None, 0, "untrained network"),
        (0, 0, 1, "before the first step"),
        (63, 1, 1, "after step 63 (epoch 1)"),
        (70, None, 1, "after step 70"),
    ],
)
def test_the_place_of_an_evaluation_in_words(step, epoch, run, end):
    assert place_words("Pets", 7, step, epoch, run) == f"Validation part of Pets, 7 samples · {end}"


def test_before_anything_came_a_sentence_says_what_will_be_here(show):
    tab = show(EvaluationTab())
    assert tab.words.startswith("As soon as the network can answer")


def test_the_worst_mistakes_come_first(tab):
    assert numbers(tab) == [5, 2]
    assert words(report_of(tab).worst()[0], NAMES) == "Sample 6 is owl; the network says cat (99 %), owl has < 1 %."


def report_of(tab):
    return tab._report


def test_a_click_on_a_cell_lists_its_samples_and_a_click_on_one_watches_it(tab, qtbot):
    click(qtbot, tab, (0, 0))
    assert numbers(tab) == [1, 0]
    assert tab._list_words.text() == "cat named rightly: 2 of 3 (67 %)"
    click(qtbot, tab, (2, 0))
    assert tab._list_words.text() == "owl → cat: 1 of 2 (50 %)"
    item = tab.cases.item(0)
    with qtbot.waitSignal(tab.sample_requested) as asked:
        place = tab.cases.visualItemRect(item).center()
        qtbot.mouseClick(tab.cases.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [5]


def test_from_a_cell_back_to_the_worst_mistakes(tab, qtbot):
    assert not tab._worst.isVisible()
    click(qtbot, tab, (1, 1))
    assert numbers(tab) == [3, 4]
    qtbot.mouseClick(tab._worst, Qt.MouseButton.LeftButton)
    assert numbers(tab) == [5, 2]
    assert tab.matrix.chosen is None


def test_cells_are_reached_by_the_arrow_keys(tab, qtbot):
    tab.matrix.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(tab.matrix, key)
    assert tab.matrix.chosen == (0, 1)
    assert tab.matrix.accessibleDescription() == "cat → dog: 1 of 3 (33 %)"
    assert numbers(tab) == [2]


def test_the_chosen_cell_stays_when_the_next_evaluation_comes(tab, qtbot, message):
    click(qtbot, tab, (2, 0))
    tab.set_report(report(message(step=126, epoch=2), NAMES), "later")
    assert tab.matrix.chosen == (2, 0)
    assert numbers(tab) == [5]


def test_scores_of_the_classes_with_their_means(tab, qtbot):
    tab._segments.setCurrentIndex(1)
    table = tab._table
    rows = [[table.item(r, c).text() for c in range(5)] for r in range(4)]
    assert rows[1] == ["dog", "0.667", "1.000", "0.800", "2"]
    assert rows[3] == ["mean", "0.778", "0.722", "0.711", "7"]
    table.sortItems(2, Qt.SortOrder.DescendingOrder)
    assert table.item(0, 0).text() == "dog"
    table.cellClicked.emit(0, 0)
    assert tab.matrix.chosen == (1, 1)


def test_what_was_never_answered_has_no_precision(show, message):
    scores = (*message().scores[:2], message().scores[2].__class__(None, 0.0, 0.0, 0.0, 2))
    tab = show(EvaluationTab())
    tab.set_report(report(message(scores=scores), NAMES), "")
    assert tab._table.item(2, 1).text() == "–"


def test_the_reliability_diagram_says_its_bars(tab):
    tab._segments.setCurrentIndex(2)
    diagram = tab._reliability
    assert diagram.words(1) == "50 to 100 % sure: 7 answers, 71 % of them right; mean certainty 80 %."
    assert diagram.words(0) == "0 to 50 % sure: no answers."
    plot = diagram._plot()
    assert diagram.bar(1).height() == pytest.approx(plot.height() * 5 / 7)
    assert diagram.bin_at(diagram.bar(1).center().toPoint()) == 1


def test_copies(tab):
    text, mark, comma = tab.text(as_text), tab.text(as_markdown), tab.text(as_csv)
    assert next(line.split() for line in text.splitlines() if line.startswith("cat ")) == ["cat", "2", "1", "0"]
    assert "| cat | 2 | 1 | 0 |" in mark
    assert "| true \\\\ answered | cat | dog | owl |" in mark
    rows = list(csv.reader(io.StringIO(comma)))
    assert ["owl", "1", "0", "1"] in rows
    assert ["dog", "0.6667", "1.0000", "0.8000", "2"] in rows
    assert ["accuracy", "0.7143"] in rows
    csv_action = tab._copy.menu().actions()[2]
    csv_action.trigger()
    assert QGuiApplication.clipboard().text() == comma


def test_pixels_have_iou_and_lists_of_samples(show, pixel_message, qtbot):
    tab = show(EvaluationTab())
    tab.set_report(report(pixel_message(), ("ground", "thing")), "")
    assert "mean IoU 62.5 %" in tab.words
    assert tab._table.columnCount() == 6
    assert tab._table.item(1, 4).text() == "0.500"
    assert numbers(tab) == [1, 2]
    click(qtbot, tab, (1, 0))
    assert numbers(tab) == [1, 2]
    assert tab._list_words.text() == "thing → ground: 4 of 10 pixels (40 %)"
    assert words(report_of(tab).in_cell(0, 1)[0], ()) == "Sample 2: 50 % of its pixels right, mean certainty 80 %."


def test_a_network_whose_answers_are_no_numbers_is_said_to_be_so(show, message):
    tab = show(EvaluationTab())
    none = tuple(part.__class__(0, 0.0, 0.0) for part in message().bins)
    tab.set_report(report(message(odd=7, loss=float("nan"), bins=none, calibration_error=0.0), NAMES), "")
    assert tab.words.strip() == "accuracy 71.4 % · loss not a number · 7 answers are not numbers"


def test_now_is_offered_while_a_run_is_running(tab, qtbot):
    assert not tab._now.isVisible()
    tab.set_running(True)
    with qtbot.waitSignal(tab.wanted_now):
        qtbot.mouseClick(tab._now, Qt.MouseButton.LeftButton)
    tab.set_running(False)
    assert not tab._now.isVisible()


def test_drawn_is_told_once_for_each_report(show, message, settle):
    tab = show(EvaluationTab())
    drawn = []
    tab.drawn.connect(lambda: drawn.append(1))
    tab.set_report(report(message(), NAMES), "")
    settle()
    tab.repaint()
    assert drawn == [1]


@pytest.mark.parametrize(
    "broken",
    [
        {"confusion": Array("int64", (3, 3), b"short")},
        {"confusion": Array("int64", (1, 2), bytes(16))},
        {"truths": Array("float32", (7,), bytes(28))},
        {"rights": Array("float32", (2,), bytes(8))},
    ],
)
def test_an_evaluation_that_does_not_fit_itself_is_refused_in_a_sentence(message, broken):
    with pytest.raises(ArrayError, match="Restart the worker"):
        report(message(**broken), NAMES)


def test_many_classes_are_drawn_without_numbers(show, message):
    count = 100
    scores = message().scores[:1] * count
    confusion = Array("int64", (count, count), np.eye(count, dtype=np.int64).tobytes())
    tab = show(EvaluationTab(), 460, 210)
    tab.set_report(report(message(confusion=confusion, scores=scores), ()), "")
    assert tab.matrix.place((99, 99)).bottom() <= tab.matrix.height()
    assert tab.matrix.place((99, 99)).right() <= tab.matrix.width()
    assert not tab.matrix.grab().isNull()


def test_the_theme_may_change_while_it_is_there_and_after(tab, settle):
    before = tab.matrix.grab().toImage()
    theme.set_dark(False)
    settle()
    assert tab.matrix.grab().toImage() != before
    gone = EvaluationTab()
    shiboken6.delete(gone)
    theme.set_dark(True)
    settle()
    assert tab.matrix.grab().toImage() == before
