"""Hands that do what nobody planned for: two things at once, keys in the middle of a drag, fields left half typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QSpinBox,
    QTableView,
    QTabWidget,
    QToolButton,
    QWidget,
)
from shiboken6 import delete

from convstudio.assets import asset
from convstudio.data import DataError, Dataset
from convstudio.network import edits, file
from convstudio.network.document import Document, Wire
from convstudio.ui.canvas.painter import paint_block
from convstudio.ui.canvas.view import CanvasView
from convstudio.ui.finder import Finder
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.toolbar import Toolbar
from convstudio.ui.watched import WatchedSample

EXAMPLE = ("examples", "first-steps.convstudio")


def shown(bench, name: str, kind: type):
    """The widget in which a setting of the selected block is typed."""
    form = next(f for f in bench.inspector.block._forms.values() if not f.isHidden())
    return form.editor(name).findChild(kind)


def type_into(line: QLineEdit, text: str) -> None:
    """Type without pressing Enter."""
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


@pytest.mark.parametrize("action", ["delete", "undo"])
def test_a_block_that_vanishes_while_it_is_dragged_ends_the_drag(bench, hands, action):
    new_id = hands.drop("relu", QPointF(300, 0))
    start = hands.middle(new_id)
    hands.press(start)
    hands.move(start + QPointF(60, 60))
    bench.actions[action].trigger()
    assert not bench.canvas.busy
    hands.move(start + QPointF(90, 90))
    hands.release(start + QPointF(90, 90))
    assert new_id not in bench.store.network.blocks


def test_an_arrow_key_during_a_drag_ends_the_drag(bench, hands):
    start = hands.middle("conv_1")
    hands.press(start)
    hands.move(start + QPointF(80, 80))
    hands.key(Qt.Key.Key_Right)
    block, item = bench.store.network.blocks["conv_1"], bench.scene.blocks["conv_1"]
    assert item.pos() == QPointF(block.x, block.y)


def test_a_press_whose_release_was_lost_leaves_no_loose_wire(bench, hands):
    hands.press(bench.scene.blocks["conv_1"].output_point())
    hands.move(QPointF(0, 0))
    items = len(bench.scene.items())
    hands.click(hands.middle("relu_1"))
    assert len(bench.scene.items()) == items - 1


def test_a_click_on_a_connected_port_changes_nothing(bench, hands):
    before = bench.store.document
    hands.click(bench.scene.blocks["conv_1"].input_point("in"))
    assert bench.store.document is before
    assert bench.scene.wires[Wire("input_1", "conv_1")].isVisible()


def test_a_click_on_one_of_several_selected_blocks_selects_it_alone(bench, hands):
    bench.actions["select_all"].trigger()
    hands.click(hands.middle("conv_1"))
    assert bench.store.selection == ("conv_1",)


def test_several_selected_blocks_are_dragged_by_any_of_them(bench, hands):
    bench.actions["select_all"].trigger()
    start = hands.middle("conv_1")
    hands.drag(start, start + QPointF(40, 40))
    assert set(bench.store.selection) == set(bench.store.network.blocks)


def test_only_the_left_button_asks_for_a_block(empty, hands, qtbot):
    for button, asked in ((Qt.MouseButton.MiddleButton, False), (Qt.MouseButton.LeftButton, True)):
        qtbot.mouseDClick(hands.viewport, button)
        assert empty.window.findChild(Finder).isVisible() is asked


def test_a_click_on_the_map_moves_what_floats_over_the_canvas(bench, hands, qtbot):
    bench.store.edit("break", edits.remove(bench.store.network, ["flatten_1"]))
    bench.canvas.zoom_to(1.6)
    bench.canvas.show_block("fc_1")
    bench.store.select(("fc_1",))
    before = bench.bubble.pos()
    qtbot.mouseClick(bench.canvas._minimap, Qt.MouseButton.LeftButton, pos=bench.canvas._minimap.rect().center())
    assert bench.bubble.pos() != before


def test_copies_do_not_lie_on_one_another(bench):
    bench.store.select(("conv_1",))
    bench.actions["copy"].trigger()
    for _ in range(3):
        bench.actions["paste"].trigger()
    places = [(b.x, b.y) for b in bench.store.network.blocks.values()]
    assert len(set(places)) == len(places)


def test_steps_of_a_setting_do_not_merge_after_the_field_was_left(bench):
    bench.files.open_example(asset(*EXAMPLE))
    bench.store.select(("conv_1",))
    box = shown(bench, "channels", QSpinBox)
    before = box.value()
    for _ in range(2):
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Up)
        bench.canvas.setFocus()
    bench.files.may_leave = lambda: True
    bench.store.undo()
    assert bench.store.network.blocks["conv_1"].layer.channels == before + 1


def test_steps_do_not_merge_in_the_second_document_of_a_window(bench):
    bench.store.select(("conv_1",))
    bench.files.open_example(asset(*EXAMPLE))
    test_steps_of_a_setting_do_not_merge_after_the_field_was_left(bench)


def test_what_was_refused_for_one_block_is_not_shown_for_another(bench):
    bench.store.select(("conv_1",))
    bench.actions["duplicate"].trigger()
    (twin,) = bench.store.selection
    line = shown(bench, "mask", QLineEdit)
    type_into(line, "nonsense")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.property("invalid")
    bench.store.select(("conv_1",))
    assert line.text() == "3 × 3"
    assert not line.property("invalid")
    assert bench.store.network.blocks[twin].layer == bench.store.network.blocks["conv_1"].layer


def test_a_half_typed_setting_never_reaches_another_block(bench):
    bench.store.select(("conv_1",))
    type_into(shown(bench, "mask", QLineEdit), "5")
    bench.store.select(("max_pool_1",))
    assert bench.store.network.blocks["max_pool_1"].layer.kind == "max_pool"


def test_what_is_being_typed_counts_for_a_command(bench, tmp_path):
    bench.store.select(("conv_1",))
    type_into(shown(bench, "mask", QLineEdit), "5")
    bench.store.save(tmp_path / "net.convstudio")
    bench.actions["save"].trigger()
    assert '"mask": [5]' in (tmp_path / "net.convstudio").read_text()


def test_an_emptied_title_shows_the_own_heading_again(bench):
    bench.store.select(("conv_1",))
    line = bench.inspector.block._head.renamed
    line.setFocus()
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "Convolution 3×3"


def test_enter_in_the_empty_palette_field_adds_nothing(empty):
    QTest.keyClick(empty.palette.search, Qt.Key.Key_Return)
    assert empty.store.network.blocks == {}


def test_saving_under_a_bare_name_does_not_silently_replace_a_file(bench, tmp_path, monkeypatch):
    there = tmp_path / "net.convstudio"
    there.write_text("mine")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net"), ""))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    assert not bench.files.save_as()
    assert there.read_text() == "mine"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    assert bench.files.save_as()
    assert file.load(there, {b.layer.kind: type(b.layer) for b in bench.store.network.blocks.values()})


def test_a_name_with_a_dot_gets_the_ending_too(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "v1.2"), ""))
    assert bench.files.save_as()
    assert [p.name for p in tmp_path.glob("*.convstudio")] == ["v1.2.convstudio"]


def test_an_example_is_opened_once(bench):
    opened: list[Document] = []
    bench.store.replaced.connect(lambda: opened.append(bench.store.document))
    bench.files.open_example(asset(*EXAMPLE))
    assert len(opened) == 1
    assert bench.store.path is None


def test_the_table_of_blocks_is_used_by_keys(bench):
    bench.inspector.setCurrentWidget(bench.inspector.network)
    table = bench.inspector.network.table.view
    table.setFocus()
    table.selectRow(1)
    table.setCurrentIndex(table.model().index(1, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert bench.store.selection == (table.model().index(1, 0).data(),)


def test_the_tooltip_of_undo_says_what_it_undoes(bench, hands):
    hands.drop("relu", QPointF(300, 0))
    tips = [b.toolTip() for b in bench.window.findChildren(QToolButton)]
    assert any(tip.startswith("Undo: Add ReLU") for tip in tips)


def test_what_is_seen_does_not_jump_when_a_block_is_dropped_or_moved(empty, hands):
    hands.drop("input", QPointF(-300, -100))
    before = hands.pixel(QPointF(0, 0))
    new_id = hands.drop("relu", QPointF(300, 150))
    hands.drag(hands.middle(new_id), hands.middle(new_id) + QPointF(60, 60))
    assert hands.pixel(QPointF(0, 0)) == before
    empty.canvas.zoom_to(0.15)
    before = hands.pixel(QPointF(0, 0))
    hands.drag(hands.middle(new_id), hands.middle(new_id) + QPointF(900, 600))
    assert hands.pixel(QPointF(0, 0)) == before


def test_the_first_drop_stays_under_the_cursor(empty, hands):
    before = hands.pixel(QPointF(-300, -100))
    hands.drop("input", QPointF(-300, -100))
    assert hands.pixel(QPointF(-300, -100)) == before


def test_a_block_added_behind_one_at_the_edge_is_scrolled_to(empty, hands):
    empty.canvas.zoom_to(1.0)
    hands.drop("input", hands.view.mapToScene(hands.viewport.width() - 60, 200))
    empty.palette.button("convolution").chosen.emit(empty.palette.button("convolution").kind)
    (new_id,) = empty.store.selection
    seen = hands.view.mapToScene(hands.viewport.rect()).boundingRect()
    assert seen.contains(hands.middle(new_id))


def test_no_data_is_said_in_words(bench, monkeypatch):
    """Of a data set whose file is missing, and where there is none that an image could be fitted to."""
    said: list[str] = []
    sample = WatchedSample(bench.store)
    sample.failed.connect(said.append)

    def missing(name: str) -> Dataset:
        raise DataError(f"The file of {name} is missing.")

    monkeypatch.setattr("convstudio.ui.watched.load", missing)
    sample.follow()
    assert said == ["The file of digits is missing."]
    assert (sample.image, sample.label, sample.count) == (None, None, 0)
    choice = with_fields(bench.store.document.data, name="nope")
    bench.store.do("Choose data", replace(bench.store.document, data=choice))
    sample.open_image(Path("picture.png"))
    assert said[1:] == ["Choose a data set first: an image is fitted to the shape of its samples."]


def test_titles_are_text_and_no_markup(bench, tmp_path):
    bench.store.edit("Rename", edits.rename(bench.store.network, "conv_1", "<b>x</b>"))
    bench.store.save(tmp_path / "a<i>b.convstudio")
    assert "a&lt;i&gt;b" in bench.window.findChild(Toolbar)._name.text()
    bench.store.edit("break", edits.remove(bench.store.network, ["input_1"]))
    bench.store.select(("conv_1",))
    (card,) = bench.bubble.findChildren(ProblemCard)
    assert card.findChildren(QLabel)[1].textFormat() == Qt.TextFormat.PlainText


def test_a_long_title_ends_in_dots_inside_its_pill(bench):
    bench.store.edit("Rename", edits.rename(bench.store.network, "relu_1", "x" * 200))
    item = bench.scene.blocks["relu_1"]
    look = item.look
    picture = QImage(600, 40, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    paint_block(painter, look, None, selected=False, scale=1.0)
    painter.end()
    beyond = int(look.size[0]) + 8  # the port reaches out
    assert not any(picture.pixelColor(x, 14).alpha() for x in range(beyond, 600))


def test_what_was_refused_in_one_document_is_not_shown_in_the_next(bench):
    bench.inspector.setCurrentWidget(bench.inspector.training)
    line = bench.inspector.training.editor("learning_rate").findChild(QLineEdit)
    type_into(line, "nonsense")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.property("invalid")
    bench.store.open(bench.store.document, None)
    assert line.text() == f"{bench.store.document.training.learning_rate:.6g}"
    assert not line.property("invalid")


def test_a_screen_reader_has_a_name_for_all_that_takes_the_focus(bench):
    def named(widget: QWidget) -> bool:
        return bool(widget.accessibleName() or getattr(widget, "text", str)())

    ours = (CanvasView, QScrollArea, QTabWidget, QAbstractButton, QComboBox, QSpinBox, QTableView)
    bench.store.select(("conv_1",))
    found = [w for kind in ours for w in bench.window.findChildren(kind) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert len(found) > 30
    assert [w for w in found if not named(w)] == []


def test_the_finder_closes_when_what_had_the_focus_is_gone(bench):
    field = QLineEdit(bench.window)
    field.show()
    field.setFocus()
    bench.actions["commands"].trigger()
    delete(field)
    QTest.keyClick(bench.window.findChild(Finder).field, Qt.Key.Key_Escape)
    assert not bench.window.findChild(Finder).isVisible()
