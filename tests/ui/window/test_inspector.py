"""The inspector by hand: typed settings, words for wrong ones, fixes, titles, training settings; undone again."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSpinBox

from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.protocol.messages import Measured, Way
from convstudio.runs.run_folders import RunFolders
from convstudio.ui.computing import Computing
from convstudio.ui.inspector.rate_curve import RateCurve
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.rates.range_testing import RangeTesting
from convstudio.ui.run.run_controller import RunController


def shown_form(bench):
    """The form of the selected block."""
    return next(f for f in bench.inspector.block._forms.values() if not f.isHidden())


def field(bench, name: str, kind: type):
    """The widget in which a setting of the selected block is typed."""
    return shown_form(bench).editor(name).findChild(kind)


def enter(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_a_typed_number_is_one_step_however_many_keys(bench):
    before = bench.store.document
    bench.store.select(("conv_1",))
    box = field(bench, "channels", QSpinBox)
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "124")
    assert bench.store.network.blocks["conv_1"].layer.channels == 124
    assert bench.store.analysis.blocks["conv_1"].parameters == 124 * 10
    bench.store.undo()
    assert bench.store.document == before
    assert box.value() == 8


@pytest.mark.parametrize(
    ("typed", "expected"), [("5", (5,)), ("3x7", (3, 7)), ("3 × 7", (3, 7)), ("5, 5", (5,)), ("1*3", (1, 3))]
)
def test_mask_sizes_are_understood_as_people_write_them(bench, typed, expected):
    bench.store.select(("conv_1",))
    enter(field(bench, "mask", QLineEdit), typed)
    assert bench.store.network.blocks["conv_1"].layer.mask == expected


@pytest.mark.parametrize("typed", ["", "big", "0", "-3", "3.5", "99999999999", "1 2 3 4"])
def test_a_wrong_size_is_marked_with_a_sentence_and_changes_nothing(bench, typed):
    before = bench.store.document
    bench.store.select(("conv_1",))
    line = field(bench, "mask", QLineEdit)
    enter(line, typed) if typed else (line.clear(), QTest.keyClick(line, Qt.Key.Key_Return))
    assert bench.store.document is before
    assert line.property("invalid") is True
    assert shown_form(bench).editor("mask").toolTip().endswith(".")


def test_a_size_for_three_axes_on_an_image_says_why(bench):
    bench.store.select(("conv_1",))
    enter(field(bench, "mask", QLineEdit), "3 × 3 × 5")
    (problem,) = [p for p in bench.store.analysis.problems if "conv_1" in p.blocks]
    assert "3 sizes for 2 axes" in problem.title


def test_padding_is_a_word_or_numbers(bench):
    bench.store.select(("conv_1",))
    box = shown_form(bench).editor("padding")
    line = box.findChild(QLineEdit)
    enter(line, "2")
    assert bench.store.network.blocks["conv_1"].layer.padding == (2,)
    enter(line, "none")
    assert bench.store.network.blocks["conv_1"].layer.padding == "none"
    assert bench.store.analysis.blocks["conv_1"].output.axes == (26, 26)


def test_undo_reaches_the_document_from_inside_a_field(bench):
    before = bench.store.document
    bench.store.select(("conv_1",))
    box = field(bench, "channels", QSpinBox)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert bench.store.network.blocks["conv_1"].layer.channels == 9
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.store.document == before


def test_a_half_typed_field_takes_undo_for_itself(bench):
    bench.store.select(("conv_1",))
    enter(field(bench, "mask", QLineEdit), "5")
    line = field(bench, "mask", QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "77")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.store.network.blocks["conv_1"].layer.mask == (5,)


def test_the_fix_of_a_problem_is_one_click_and_one_step(bench, qtbot):
    bench.store.edit("break", edits.remove(bench.store.network, ["flatten_1"]))
    broken = bench.store.document
    bench.store.select(("fc_1",))
    assert bench.bubble.isVisible()
    button, other = bench.bubble.findChildren(QPushButton)
    assert (button.text(), other.text()) == ("Insert Flatten", "Insert Global average")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.store.analysis.problems == ()
    assert not bench.bubble.isVisible()
    bench.store.undo()
    assert bench.store.document == broken


def test_a_title_is_changed_and_emptied(bench):
    bench.store.select(("conv_1",))
    line = bench.inspector.block._head.renamed
    enter(line, "Edges")
    assert bench.scene.blocks["conv_1"].look.heading == "Edges"
    line.setFocus()
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.scene.blocks["conv_1"].look.heading == "Convolution 3×3"


def test_a_tab_is_made_when_a_click_opens_it(bench):
    inspector = bench.inspector
    assert (inspector.made_network, inspector.made_training) == (None, None)
    for place, title in ((2, "Training"), (1, "Network"), (2, "Training")):
        bar = inspector.tabBar()
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
        assert inspector.currentWidget() is (inspector.made_training if place == 2 else inspector.made_network)
        assert inspector.tabText(place) == title
        assert inspector.currentWidget().isVisible()
    assert inspector.count() == 3
    assert inspector.network.table.model.rowCount() == len(bench.store.network.blocks)


def test_a_tab_that_is_opened_late_shows_what_was_told_before(bench, tmp_path):
    link = WorkerLink(["nobody"], parent=bench)
    runs = RunController(bench.store, link, RunFolders(tmp_path), bench)
    Computing(bench, link, runs)
    testing = RangeTesting(bench, link, runs)
    way = Way(threads=1, memory_format="contiguous", samples_per_second=4210.0)
    link.measured.emit(Measured(run=runs.number, batch=32, device="cpu", ways=(way,), chosen=0))
    tab = bench.inspector.training
    assert tab.ways.rows == ("1 thread, Contiguous: 4 210 images a second (chosen)",)
    assert tab.rate_button.isEnabled() is bench.actions["find_rate"].isEnabled() is True
    QTest.mouseClick(tab.rate_button, Qt.MouseButton.LeftButton)
    assert testing.dialog is not None


def test_the_figures_are_those_of_the_analysis(bench):
    bench.store.select(("dilated_1",))
    text = bench.inspector.block._figures._text.text()
    assert "weights 8 · (8 · 3 · 3) + 8 = 584" in text
    assert "receptive field 7 × 7" in text
    assert "9 weights see 5×5" in bench.inspector.block._coverage._words.text()


def test_settings_that_change_nothing_are_not_shown(bench):
    tab = bench.inspector.training
    bench.inspector.setCurrentWidget(tab)
    assert not tab.editor("momentum").isVisibleTo(tab)
    choice = tab.editor("optimiser").findChild(QComboBox)
    choice.setFocus()
    QTest.keyClicks(choice, "sgd")
    choice.activated.emit(choice.currentIndex())
    assert bench.store.document.training.optimiser == "sgd"
    assert tab.editor("momentum").isVisibleTo(tab)
    assert tab.editor("nesterov").isVisibleTo(tab)
    bench.store.undo()
    assert not tab.editor("momentum").isVisibleTo(tab)


def test_the_learning_rate_is_drawn_over_the_run(bench):
    curve = bench.inspector.training.findChild(RateCurve)
    training = bench.store.document.training
    assert set(curve.rates) == {training.learning_rate}
    cosine = with_fields(training, schedule="cosine", learning_rate=0.5)
    bench.store.do("cosine", replace(bench.store.document, training=cosine))
    assert curve.rates[0] == 0.5
    assert curve.rates[-1] < 0.001
    assert all(one >= other for one, other in pairwise(curve.rates))
    assert "0.5 at first" in curve.toolTip()


def test_training_settings_are_part_of_the_document_and_of_undo(bench):
    before = bench.store.document
    tab = bench.inspector.training
    bench.inspector.setCurrentWidget(tab)
    line = tab.editor("learning_rate").findChild(QLineEdit)
    enter(line, "0,01")
    assert bench.store.document.training.learning_rate == 0.01
    enter(line, "-1")
    assert bench.store.document.training.learning_rate == 0.01
    assert line.property("invalid") is True
    bench.store.undo()
    assert bench.store.document == before


def test_other_data_ask_for_another_input_and_the_fix_gives_it(bench):
    box = bench.inspector.training.data_set
    box.setCurrentIndex(box.findData("shapes"))
    box.activated.emit(box.currentIndex())
    titles = [p.title for p in bench.store.analysis.problems]
    assert titles == ["The input does not match the data", "The output does not match the classes"]
    for _ in range(2):
        problem = bench.store.analysis.problems[0]
        bench.store.edit("fix", problem.fixes[0].apply(bench.store.network))
    assert bench.store.analysis.problems == ()
    assert bench.store.analysis.blocks["input_1"].output.dims == (3, 32, 32)


def test_removing_a_selected_block_empties_the_inspector(bench):
    bench.store.select(("conv_1",))
    bench.actions["delete"].trigger()
    assert bench.store.selection == ()
    assert not bench.inspector.block._empty.isHidden()
    assert Wire("input_1", "relu_1") in bench.store.network.wires


@pytest.mark.parametrize("block_id", ["conv_1", "separable_1", "fc_1"])
def test_a_low_window_scrolls_the_settings_and_squeezes_none(bench, qtbot, block_id):
    bench.window.resize(1024, 560)
    bench.store.select((block_id,))
    area, inner = bench.inspector.block, bench.inspector.block.widget()
    qtbot.waitUntil(lambda: inner.height() == max(area.viewport().height(), inner.heightForWidth(inner.width())))
    editors = shown_form(bench)._editors.values()
    assert all(made.height() >= made.sizeHint().height() for made in editors if made.isVisible())
    rows = [made.geometry().center().y() for made in editors if made.isVisible()]
    assert min(later - former for former, later in pairwise(rows)) >= 28


def test_a_selected_note_is_not_below_advice(bench):
    assert [c for c in bench.inspector.block.findChildren(ProblemCard) if c.isVisible()]
    bench.actions["add_note"].trigger()
    assert bench.store.selected_notes
    assert not [c for c in bench.inspector.block.findChildren(ProblemCard) if c.isVisible()]
