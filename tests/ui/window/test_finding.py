"""A block is found on the canvas by its name, its id or its kind."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from convstudio.network import edits, grouping, notes
from convstudio.ui.finder import Finder


@pytest.mark.parametrize("typed", ["dilated_1", "edges", "3×3 · d", "DILATED"])
def test_a_block_is_found_and_shown(bench, hands, typed):
    if typed == "edges":
        bench.store.edit("name", edits.rename(bench.store.network, "dilated_1", "Edges far apart"))
    bench.canvas.zoom_to(2.0)
    bench.canvas.show_block("output_1")
    hands.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    finder = bench.window.findChild(Finder)
    QTest.keyClicks(finder.field, typed)
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert bench.store.selection == ("dilated_1",)
    seen = hands.view.mapToScene(hands.viewport.rect()).boundingRect()
    assert seen.contains(hands.middle("dilated_1"))


def test_escape_leaves_everything(bench, hands):
    before = bench.store.document
    hands.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(bench.window.findChild(Finder).field, Qt.Key.Key_Escape)
    assert bench.store.selection == ()
    assert bench.store.document is before
    assert bench.canvas.hasFocus()


def test_where_nothing_is_found_that_is_said(bench, hands):
    hands.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    finder = bench.window.findChild(Finder)
    QTest.keyClicks(finder.field, "xyzzy")
    assert not finder.list.isVisible()
    assert finder.nothing.isVisible()
    assert "“xyzzy”" in finder.nothing.text()
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert finder.isVisible()
    finder.field.clear()
    assert finder.list.isVisible()
    assert not finder.nothing.isVisible()
    QTest.keyClick(finder.field, Qt.Key.Key_Escape)


@pytest.mark.parametrize("typed", ["far corner", "somewhere"])
def test_a_note_is_found_by_its_words_and_shown(bench, hands, typed):
    network, note_id = notes.add(bench.store.network, "\nA far corner\nsomewhere", (9000, 9000, 200, 80), "frame")
    bench.store.edit("note", network)
    hands.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    finder = bench.window.findChild(Finder)
    QTest.keyClicks(finder.field, typed)
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert bench.store.selected_notes == (note_id,)
    assert bench.canvas.seen().contains(QPointF(9050, 9030))


def test_a_block_in_a_group_is_found_from_outside_and_one_outside_from_within(bench, hands):
    network, group_id = grouping.group(bench.store.network, ("dilated_1", "separable_1", "concat_1"))
    bench.store.edit("Group", network)
    for typed, level, chosen in (("separable", (group_id,), "separable_1"), ("fully", (), "fc_1")):
        hands.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(bench.finder.field, typed)
        shown = bench.finder.list.item(0).data(Qt.ItemDataRole.UserRole).remark
        assert shown == " › ".join((*level, chosen))
        QTest.keyClick(bench.finder.field, Qt.Key.Key_Return)
        assert (bench.store.level, bench.store.selection) == (level, (chosen,))
