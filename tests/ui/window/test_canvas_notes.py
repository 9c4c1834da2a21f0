"""Notes and frames on the canvas by hand: made, written, moved, resized, coloured, deleted; each one step back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest

from convstudio.blocks import catalogue
from convstudio.network import edits, file, grouping, notes
from convstudio.network.document import Document, Note, Wire
from convstudio.ui.canvas import motion
from convstudio.ui.canvas.note_geometry import area, around, inside, refitted
from convstudio.ui.canvas.note_text import head_height

ALT, SHIFT, CONTROL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def framed(bench):
    """The first example with a frame around two of its blocks."""
    bench.store.select(("dilated_1", "separable_1"))
    bench.actions["frame"].trigger()
    write(bench, "Two paths")
    bench.canvas.fit()
    return bench


def write(bench, text: str) -> None:
    """Type into the field that is open, and leave it by Ctrl+Enter."""
    QTest.keyClicks(bench.canvas.writing.field, text)
    QTest.keyClick(bench.canvas.writing.field, Qt.Key.Key_Return, CONTROL)


def only(bench) -> Note:
    (note,) = bench.store.network.notes.values()
    return note


def head(note: Note) -> QPointF:
    return QPointF(note.x + 40, note.y + 18)


def places(bench, *ids: str) -> list[tuple[float, float]]:
    return [(bench.store.network.blocks[i].x, bench.store.network.blocks[i].y) for i in ids]


def test_the_map_is_not_over_what_is_being_written_and_comes_back(bench):
    small, field_at = bench.canvas._minimap, bench.canvas.writing
    bench.canvas.zoom_to(2.0)
    assert small.isVisible()
    corner = bench.canvas.mapToScene(small.geometry().center())
    network, note_id = notes.add(bench.store.network, "", (corner.x(), corner.y(), 160, 80))
    bench.store.edit("a note", network)
    field_at.write(note_id)
    assert field_at.field.geometry().intersects(small.geometry())
    assert not small.isVisible()
    write(bench, "In the corner")
    assert small.isVisible()
    field_at.rename("input_1")
    assert small.isVisible()  # written elsewhere


def test_a_note_that_is_half_out_of_sight_is_scrolled_into_view_to_be_written(bench, hands):
    view = bench.canvas
    corner = view.mapToScene(view.viewport().rect().bottomRight())
    network, _ = notes.add(bench.store.network, "Half", (corner.x() - 60, corner.y() - 30, 160, 80))
    bench.store.edit("a note", network)
    QTest.mouseDClick(hands.viewport, Qt.MouseButton.LeftButton, pos=hands.pixel(corner - QPointF(30, 15)))
    assert view.rect().contains(view.writing.field.geometry())


# --- making and writing ---------------------------------------------------------------------------------------------


def test_a_note_and_its_text_are_one_step(bench, hands):
    before = bench.store.document
    hands.key(Qt.Key.Key_N)
    write(bench, "Look here")
    assert (only(bench).text, only(bench).kind) == ("Look here", "note")
    assert bench.store.selected_notes == (only(bench).id,)
    assert bench.store.history.undo_label == "Add a note"
    bench.store.undo()
    assert bench.store.document == before
    assert bench.scene.notes.items == {}


def test_a_new_note_covers_nothing(bench, monkeypatch):
    monkeypatch.setattr(bench.canvas, "underMouse", lambda: False)  # wherever an earlier test has left the mouse
    bench.canvas.centerOn(bench.scene.blocks["dilated_1"])
    bench.actions["add_note"].trigger()
    write(bench, "x")
    room = area(only(bench))
    assert not any(room.intersects(around(bench.store.network, [i])) for i in bench.store.network.blocks)


def test_a_note_is_put_where_the_mouse_is(bench, hands, monkeypatch):
    free = QPointF(20, 420)
    monkeypatch.setattr(bench.canvas, "underMouse", lambda: True)
    monkeypatch.setattr(QCursor, "pos", lambda: hands.viewport.mapToGlobal(hands.pixel(free)))
    hands.key(Qt.Key.Key_N)
    write(bench, "x")
    assert (QPointF(only(bench).x, only(bench).y) - free).manhattanLength() < 16


@pytest.mark.parametrize("end", [Qt.Key.Key_Escape, None])
def test_a_note_that_stays_empty_never_was(bench, hands, end):
    before = bench.store.document
    hands.key(Qt.Key.Key_N)
    QTest.keyClick(bench.canvas.writing.field, end) if end else hands.click(QPointF(-5, 420))
    assert bench.store.document == before
    assert bench.store.history.undo_label is None


def test_a_double_click_writes_several_lines_and_a_click_elsewhere_ends_it(framed, hands, qtbot):
    before = framed.store.document
    qtbot.mouseDClick(hands.viewport, Qt.MouseButton.LeftButton, pos=hands.pixel(head(only(framed))))
    field = framed.canvas.writing.field
    assert field.hasFocus()
    QTest.keyClicks(field, "New title")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "and more")
    hands.click(QPointF(-5, 420))
    assert framed.canvas.writing.field is None
    assert only(framed).text == "New title\nand more"
    framed.store.undo()
    assert framed.store.document == before


def test_escape_leaves_the_text_as_it_was(framed, hands):
    before = framed.store.document
    framed.store.select((), notes=(only(framed).id,))
    hands.key(Qt.Key.Key_F2)
    field = framed.canvas.writing.field
    QTest.keyClicks(field, "nonsense")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert framed.store.document is before
    assert framed.canvas.hasFocus()
    assert framed.store.selected_notes == (only(framed).id,)


def test_undo_is_the_fields_own_first_and_then_the_documents(framed, hands):
    framed.store.select((), notes=(only(framed).id,))
    hands.key(Qt.Key.Key_F2)
    field = framed.canvas.writing.field
    QTest.keyClicks(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert framed.canvas.writing.field is field
    assert field.text() == "Two paths"
    QTest.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert framed.canvas.writing.field is None
    assert framed.store.network.notes == {}


def test_letters_and_delete_in_the_field_are_no_commands(bench, hands):
    hands.key(Qt.Key.Key_N)
    field = bench.canvas.writing.field
    QTest.keyClicks(field, "n/n")
    QTest.keyClick(field, Qt.Key.Key_Home)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    assert field.textCursor().selectedText() == "/n"
    assert len(bench.store.network.notes) == 1
    assert set(bench.store.network.blocks) == set(bench.scene.blocks)


def test_what_is_being_written_counts_for_a_command(bench, hands, tmp_path):
    bench.store.save(tmp_path / "net.convstudio")
    hands.key(Qt.Key.Key_N)
    QTest.keyClicks(bench.canvas.writing.field, "saved too")
    bench.actions["save"].trigger()
    assert "saved too" in (tmp_path / "net.convstudio").read_text()


def test_writing_ends_with_the_document(framed, hands):
    framed.store.select((), notes=(only(framed).id,))
    hands.key(Qt.Key.Key_F2)
    framed.store.open(Document(), None)
    assert framed.canvas.writing.field is None


def test_a_text_is_cut_to_what_a_file_can_hold(bench, hands, qapp):
    hands.key(Qt.Key.Key_N)
    qapp.clipboard().setText("word " * 5000)
    QTest.keyClick(bench.canvas.writing.field, Qt.Key.Key_V, CONTROL)
    bench.canvas.writing.finish()
    assert len(only(bench).text) <= 20_000
    assert file.dump(bench.store.document)


def test_a_note_grows_with_its_text_and_a_frame_grows_upwards(framed, hands):
    frame = only(framed)
    bottom, top = frame.y + frame.height, min(y for _, y in places(framed, "dilated_1", "separable_1"))
    framed.store.select((), notes=(frame.id,))
    hands.key(Qt.Key.Key_F2)
    QTest.keyClicks(framed.canvas.writing.field, "Title")
    for _ in range(6):
        QTest.keyClick(framed.canvas.writing.field, Qt.Key.Key_Return)
        QTest.keyClicks(framed.canvas.writing.field, "line")
    framed.canvas.writing.finish()
    grown = only(framed)
    assert grown.y + grown.height == bottom
    assert grown.y + head_height(grown) < top


# --- frames ---------------------------------------------------------------------------------------------------------


def test_a_frame_lies_around_what_was_selected(framed):
    frame = only(framed)
    assert (frame.kind, frame.text) == ("frame", "Two paths")
    assert area(frame).contains(around(framed.store.network, ("dilated_1", "separable_1")))
    assert set(inside(framed.store.network, frame)[0]) == {"dilated_1", "separable_1"}


def test_a_frame_takes_its_blocks_along_and_keeps_them_where_they_are_in_it(framed, hands):
    before, frame = framed.store.document, only(framed)
    hands.drag(head(frame), head(frame) + QPointF(43, -61))
    moved = only(framed)
    assert (moved.x - frame.x, moved.y - frame.y) == (40, -60)
    for block_id, start in before.network.blocks.items():
        end = framed.store.network.blocks[block_id]
        shift = (40, -60) if block_id in ("dilated_1", "separable_1") else (0, 0)
        assert (end.x - start.x, end.y - start.y) == shift
    framed.store.undo()
    assert framed.store.document == before


def test_with_alt_the_frame_alone_is_moved(framed, hands):
    before = framed.store.document
    hands.press(head(only(framed)), ALT)
    hands.move(head(only(framed)) + QPointF(30, 30))
    hands.release(head(only(framed)) + QPointF(100, 50))
    assert only(framed).x == before.network.notes[only(framed).id].x + 100
    assert framed.store.network.blocks == before.network.blocks


def test_the_inside_of_a_frame_is_canvas(framed, hands):
    frame = only(framed)
    point = QPointF(frame.x + 12, frame.y + frame.height - 12)
    hands.click(point)
    assert framed.store.selected_notes == ()
    hands.drag(point, QPointF(frame.x + frame.width / 2, frame.y + frame.height / 2 + 40))
    assert framed.store.selection == ("separable_1",)
    assert framed.store.selected_notes == ()


def test_arrow_keys_move_a_frame_with_its_blocks_as_one_step(framed, hands):
    before = framed.store.document
    hands.click(head(only(framed)))
    for _ in range(3):
        hands.key(Qt.Key.Key_Left)
    assert only(framed).x == before.network.notes[only(framed).id].x - 30
    assert framed.store.network.blocks["dilated_1"].x == before.network.blocks["dilated_1"].x - 30
    framed.store.undo()
    assert framed.store.document == before


def test_a_drag_that_is_left_by_escape_puts_the_frame_back(framed, hands):
    frame = only(framed)
    hands.press(head(frame))
    hands.move(head(frame) + QPointF(90, 90))
    assert framed.scene.notes.items[frame.id].pos() != QPointF(frame.x, frame.y)
    hands.key(Qt.Key.Key_Escape)
    assert framed.scene.notes.items[frame.id].pos() == QPointF(frame.x, frame.y)
    assert only(framed) is frame


def test_tidying_leaves_the_frame_around_its_blocks(framed, hands):
    before, frame = framed.store.document, only(framed)
    ids = ("dilated_1", "separable_1")
    old = around(before.network, ids)
    framed.store.select(())
    framed.actions["tidy"].trigger()
    moved, new = only(framed), around(framed.store.network, ids)
    assert new != old
    assert (moved.x - new.x(), moved.y - new.y()) == (frame.x - old.x(), frame.y - old.y())
    assert moved.x + moved.width - new.right() == frame.x + frame.width - old.right()
    framed.store.undo()
    assert framed.store.document == before


def test_a_frame_grows_with_a_block_that_is_inserted_in_it(bench, hands):
    bench.store.select(("conv_1", "relu_1"))
    bench.actions["frame"].trigger()
    bench.canvas.writing.finish()
    frame = only(bench)
    new_id = hands.drop("batch_norm", bench.scene.wires[Wire("conv_1", "relu_1")].middle())
    assert set(inside(bench.store.network, only(bench))[0]) == {"conv_1", new_id, "relu_1"}
    assert only(bench).width > frame.width
    assert (only(bench).x, only(bench).y, only(bench).height) == (frame.x, frame.y, frame.height)


def test_notes_in_a_frame_go_where_its_blocks_go(framed):
    frame = only(framed)
    network, note_id = notes.add(framed.store.network, "x", (frame.x + 20, frame.y + 200, 60, 30))
    after = refitted(network, edits.shift(network, ("dilated_1", "separable_1"), (), 50, 70))
    assert (after.notes[note_id].x, after.notes[note_id].y) == (frame.x + 70, frame.y + 270)
    assert refitted(network, network) is network


def test_what_lies_in_a_frame_is_taken_into_the_selection(framed, hands):
    hands.click(head(only(framed)))
    framed.actions["select_inside"].trigger()
    assert set(framed.store.selection) == {"dilated_1", "separable_1"}
    assert framed.store.selected_notes == (only(framed).id,)
    framed.store.select(())
    assert not framed.actions["select_inside"].isEnabled()


# --- resizing -------------------------------------------------------------------------------------------------------

EDGES = {
    "left": ((0, 0.12), (-50, 30), (-50, 0, 50, 0)),
    "right": ((1, 0.12), (50, 30), (0, 0, 50, 0)),
    "top": ((0.5, 0), (30, -40), (0, -40, 0, 40)),
    "bottom": ((0.5, 1), (30, 40), (0, 0, 0, 40)),
    "upper left": ((0, 0), (-50, -40), (-50, -40, 50, 40)),
    "lower right": ((1, 1), (50, 40), (0, 0, 50, 40)),
    "lower left": ((0, 1), (-50, 40), (-50, 0, 50, 40)),
    "upper right": ((1, 0), (50, -40), (0, -40, 50, 40)),
}


@pytest.mark.parametrize("edge", EDGES)
def test_each_edge_and_corner_resizes(framed, hands, edge):
    (right, down), pull, change = EDGES[edge]
    before, frame = framed.store.document, only(framed)
    grip = QPointF(frame.x + frame.width * right, frame.y + frame.height * down)
    hands.drag(grip, grip + QPointF(*pull))
    pulled = only(framed)
    moved = (pulled.x - frame.x, pulled.y - frame.y, pulled.width - frame.width, pulled.height - frame.height)
    assert moved == pytest.approx(change, abs=5)
    assert framed.store.network.blocks == before.network.blocks
    framed.store.undo()
    assert framed.store.document == before


def test_a_note_cannot_be_made_smaller_than_its_text(bench, hands):
    bench.actions["add_note"].trigger()
    write(bench, "some words that take more than a line or two of this note, and then some")
    note = only(bench)
    corner = QPointF(note.x + note.width, note.y + note.height)
    hands.drag(corner, QPointF(note.x - 300, note.y - 300))
    assert only(bench).width == 60
    assert only(bench).height == pytest.approx(head_height(only(bench)), abs=10)
    assert (only(bench).x, only(bench).y) == (note.x, note.y)


def test_the_cursor_says_what_a_press_would_hold(framed, hands):
    frame = only(framed)
    for point, cursor in (
        (QPointF(frame.x + frame.width, frame.y + 90), Qt.CursorShape.SizeHorCursor),
        (QPointF(frame.x, frame.y), Qt.CursorShape.SizeFDiagCursor),
        (head(frame), Qt.CursorShape.PointingHandCursor),
        (QPointF(frame.x + 12, frame.y + frame.height - 12), Qt.CursorShape.ArrowCursor),
    ):
        hands.move(point)
        assert hands.viewport.cursor().shape() == cursor


# --- selecting, deleting, colours, copies ---------------------------------------------------------------------------


def test_rubber_band_and_shift_take_notes_along(framed, hands):
    frame, content = only(framed), framed.scene.content()
    hands.drag(content.topLeft() + QPointF(2, 2), content.bottomRight() - QPointF(2, 2))
    assert framed.store.selected_notes == (frame.id,)
    assert set(framed.store.selection) == set(framed.store.network.blocks)
    hands.click(head(frame), SHIFT)
    assert framed.store.selected_notes == ()
    assert set(framed.store.selection) == set(framed.store.network.blocks)
    hands.click(hands.middle("conv_1"))
    hands.click(head(frame), SHIFT)
    assert (framed.store.selection, framed.store.selected_notes) == (("conv_1",), (frame.id,))


def test_delete_takes_the_frame_and_leaves_its_blocks(framed, hands):
    before = framed.store.document
    hands.click(head(only(framed)))
    hands.key(Qt.Key.Key_Delete)
    assert framed.store.network.notes == {}
    assert framed.store.network.blocks == before.network.blocks
    assert framed.store.history.undo_label == "Delete 1 note"
    framed.store.undo()
    assert framed.store.document == before


def test_a_colour_is_chosen_from_the_menu_of_the_right_button(framed, hands, qtbot):
    before, frame = framed.store.document, only(framed)
    (menu,) = [a.menu() for a in framed.canvas.actions() if a.menu()]
    assert not menu.menuAction().isVisible() or framed.store.selected_notes
    qtbot.mousePress(hands.viewport, Qt.MouseButton.RightButton, pos=hands.pixel(head(frame)))
    assert framed.store.selected_notes == (frame.id,)
    assert menu.menuAction().isVisible()
    amber = next(a for a in menu.actions() if a.text() == "Amber")
    amber.trigger()
    assert only(framed).colour == "amber"
    assert amber.isChecked()
    framed.store.undo()
    assert framed.store.document == before


def test_copies_carry_notes_and_what_was_selected_with_them(framed):
    framed.actions["select_all"].trigger()
    framed.actions["copy"].trigger()
    framed.store.open(Document(), None)
    framed.actions["paste"].trigger()
    copy = only(framed)
    assert copy.text == "Two paths"
    assert set(inside(framed.store.network, copy)[0]) == {"dilated_1", "separable_1"}
    assert framed.store.selected_notes == (copy.id,)
    framed.actions["cut"].trigger()
    assert (framed.store.network.blocks, framed.store.network.notes) == ({}, {})


def test_a_note_alone_is_copied(bench):
    bench.actions["add_note"].trigger()
    write(bench, "twice")
    bench.actions["duplicate"].trigger()
    first, second = bench.store.network.notes.values()
    assert second.text == first.text
    assert (second.x, second.y) == (first.x + 40, first.y + 40)


def test_fit_and_the_map_count_notes(bench):
    network, _ = notes.add(bench.store.network, "far away", (3000, 2000, 200, 60))
    bench.store.edit("note", network)
    bench.canvas.fit()
    seen = bench.canvas.mapToScene(bench.canvas.viewport().rect()).boundingRect()
    assert seen.contains(area(only(bench)))


def test_an_edit_of_a_note_works_nothing_out_anew(bench):
    before = bench.store.analysis
    bench.store.edit("note", notes.add(bench.store.network, "x", (0, 0, 90, 40))[0])
    assert bench.store.analysis is before


# --- inside groups, by keys, on the way ---------------------------------------------------------------------------


def test_notes_live_inside_groups_as_outside(bench, hands, tmp_path):
    """Made, written, moved and framed at an inner level; each a step of the document, and kept by its file."""
    made, group_id = grouping.group(bench.store.network, ("dilated_1", "separable_1", "concat_1"))
    bench.store.edit("Group", made)
    bench.store.enter((group_id,))
    before = bench.store.document
    hands.key(Qt.Key.Key_N)
    write(bench, "Look inside")
    note = only(bench)
    hands.key(Qt.Key.Key_Up, SHIFT)
    assert only(bench).y < note.y
    bench.store.select(("dilated_1", "separable_1"))
    hands.key(Qt.Key.Key_F, SHIFT)
    write(bench, "Two paths")
    assert {n.text for n in bench.store.network.notes.values()} == {"Look inside", "Two paths"}
    assert bench.store.document.network.notes == {}
    path = tmp_path / "inside.convstudio"
    bench.store.save(path)
    assert file.load(path, catalogue()) == bench.store.document
    bench.store.leave()
    assert bench.scene.notes.items == {}
    bench.store.enter((group_id,))
    assert len(bench.scene.notes.items) == 2
    while bench.store.document != before:
        bench.actions["undo"].trigger()
    assert bench.store.level == (group_id,)
    assert bench.scene.notes.items == {}


def test_a_note_in_a_group_is_dragged_and_comes_to_lie_under_no_block(bench, hands, monkeypatch):
    made, group_id = grouping.group(bench.store.network, ("dilated_1", "separable_1", "concat_1"))
    bench.store.edit("Group", made)
    bench.store.enter((group_id,))
    block = hands.middle("separable_1")
    monkeypatch.setattr(bench.canvas, "pointed_at", lambda: block)
    hands.key(Qt.Key.Key_N)
    write(bench, "Look inside")
    note = only(bench)
    assert not area(note).intersects(bench.scene.blocks["separable_1"].body)
    middle = area(note).center()
    hands.drag(middle, middle + QPointF(60, 40))
    assert (only(bench).x, only(bench).y) == (note.x + 60, note.y + 40)
    bench.actions["undo"].trigger()
    assert only(bench) == note


def test_tab_reaches_each_note_behind_the_last_block_and_goes_back(framed):
    framed.actions["add_note"].trigger()
    write(framed, "Below")
    order = sorted(framed.store.network.notes.values(), key=lambda n: (n.y, n.x))
    framed.canvas.setFocus()
    framed.store.select(("output_1",))
    for note in order:
        QTest.keyClick(framed.canvas, Qt.Key.Key_Tab)
        assert framed.store.selected_notes == (note.id,)
        assert framed.canvas.seen().contains(area(note).center())
    QTest.keyClick(framed.canvas, Qt.Key.Key_Tab)
    assert not framed.canvas.hasFocus()
    framed.canvas.setFocus()
    framed.store.select(())
    for note in order[::-1]:
        QTest.keyClick(framed.canvas, Qt.Key.Key_Backtab, SHIFT)
        assert framed.store.selected_notes == (note.id,)
    QTest.keyClick(framed.canvas, Qt.Key.Key_Backtab, SHIFT)
    assert framed.store.selection == ("output_1",)


def test_a_frame_glides_with_its_blocks_and_is_there_when_the_mouse_is(framed, hands, monkeypatch):
    monkeypatch.setattr(motion, "duration", lambda: 60_000)
    frame, item = only(framed), framed.scene.notes.items[only(framed).id]
    framed.store.edit("move", edits.shift(framed.store.network, ("dilated_1", "separable_1"), (frame.id,), 0, 400))
    assert item.note == frame
    framed.scene.notes._motion._animation.setCurrentTime(30_000)
    assert frame.y < item.note.y < frame.y + 400
    framed.store.undo()
    assert item.note.y > frame.y
    framed.store.redo()
    hands.press(QPointF(-400, -300))
    assert item.note is only(framed)
    framed.store.open(Document(), None)
    assert framed.scene.notes.items == {}
