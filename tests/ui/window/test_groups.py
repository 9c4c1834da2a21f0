"""Groups in the window: made, opened, edited inside, repeated, left and dissolved by hand, and all of it undone."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from convstudio.blocks import ReLU, catalogue
from convstudio.network import edits, file, grouping
from convstudio.network.document import Block, Document, Network
from convstudio.network.group import Group
from convstudio.ui.canvas.placing import PlaceBlock
from convstudio.ui.editing import clipboard
from convstudio.ui.editing.breadcrumbs import Breadcrumbs
from convstudio.ui.palette.saved_groups import Saved

PART = ("dilated_1", "separable_1", "concat_1", "relu_2")


def grouped(bench, title: str = "Two paths") -> str:
    """Group a part of the example as a person does, and give the group a title."""
    bench.store.select(PART)
    QTest.keyClick(bench.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    field = bench.canvas.writing.field
    field.selectAll()
    QTest.keyClicks(field, title)
    QTest.keyClick(field, Qt.Key.Key_Return)
    (group_id,) = bench.store.selection
    return group_id


def opened(bench, hands, title: str = "Two paths") -> str:
    group_id = grouped(bench, title)
    point = hands.middle(group_id) + QPointF(0, 20)
    QTest.mouseDClick(hands.viewport, Qt.MouseButton.LeftButton, pos=hands.pixel(point))
    return group_id


def way(bench) -> list[str]:
    shown = bench.canvas.findChild(Breadcrumbs)
    return [b.text() for b in shown.findChildren(QToolButton) if b.isVisible()] if shown.isVisible() else []


def test_a_group_is_made_named_and_undone(bench):
    before = bench.store.document
    group_id = grouped(bench)
    assert bench.store.network.blocks[group_id].title == "Two paths"
    assert set(PART) <= set(grouping.inside(bench.store.network, (group_id,)).blocks)
    assert bench.store.analysis.errors == ()
    assert set(bench.scene.blocks) == set(bench.store.network.blocks)
    bench.actions["undo"].trigger()
    bench.actions["undo"].trigger()
    assert bench.store.document == before


def test_what_cannot_be_grouped_is_said(bench):
    before = bench.store.document
    bench.store.select(["input_1", "conv_1"])
    bench.actions["group"].trigger()
    assert bench.store.document == before
    assert "cannot be in a group" in bench.notices.open[0].words


def test_a_double_click_looks_inside_and_escape_comes_out(bench, hands):
    group_id = opened(bench, hands)
    assert bench.store.level == (group_id,)
    assert set(bench.scene.blocks) == {*PART, "entry_1", "exit_1"}
    assert way(bench) == ["digits-two-paths"]
    assert not bench.palette.button("input").isVisible()
    assert bench.palette.button("entry").isVisible()
    hands.key(Qt.Key.Key_Escape)
    assert bench.store.level == ()
    assert bench.store.selection == (group_id,)
    assert way(bench) == []
    hands.key(Qt.Key.Key_Return)
    assert bench.store.level == (group_id,)
    QTest.keyClick(bench.window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert bench.store.level == ()


def test_an_edit_inside_is_an_edit_of_the_document(bench, hands):
    group_id = opened(bench, hands)
    before = bench.store.document
    hands.drag(hands.middle("separable_1"), hands.middle("separable_1") + QPointF(40, 60))
    bench.store.select(["dilated_1"])
    hands.key(Qt.Key.Key_Delete)
    assert "dilated_1" not in grouping.inside(bench.store.document.network, (group_id,)).blocks
    bench.actions["undo"].trigger()
    bench.actions["undo"].trigger()
    assert bench.store.document == before
    assert bench.store.level == (group_id,)


def test_undoing_the_group_leads_out_of_it(bench, hands):
    before = bench.store.document
    opened(bench, hands)
    bench.actions["undo"].trigger()
    bench.actions["undo"].trigger()
    assert bench.store.document == before
    assert bench.store.level == ()
    assert set(bench.scene.blocks) == set(bench.store.network.blocks)
    bench.actions["redo"].trigger()
    assert bench.store.level == ()
    assert set(bench.scene.blocks) == set(bench.store.network.blocks)


def test_groups_lie_in_one_another_and_the_way_leads_back(bench, hands):
    outer = opened(bench, hands, "Outer & co")
    bench.store.select(["relu_2"])
    bench.actions["group"].trigger()
    QTest.keyClick(bench.canvas.writing.field, Qt.Key.Key_Return)
    (inner,) = bench.store.selection
    bench.actions["open_group"].trigger()
    assert bench.store.level == (outer, inner)
    assert way(bench) == ["digits-two-paths", "Outer && co"]
    first = next(b for b in bench.canvas.findChild(Breadcrumbs).findChildren(QToolButton) if b.isVisible())
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert bench.store.level == ()
    assert bench.store.selection == (outer,)


def test_ungrouping_gives_the_network_back(bench):
    before = bench.store.network
    grouped(bench)
    bench.actions["ungroup"].trigger()
    assert bench.store.network.blocks == before.blocks
    assert set(bench.store.network.wires) == set(before.wires)
    assert set(bench.store.selection) == set(PART)


def test_the_inspector_repeats_a_group_and_the_card_shows_it(bench):
    group_id = grouped(bench)
    network = bench.store.network
    layer = replace(grouping.group_at(network, group_id), repeat=3)
    bench.store.edit("Repeat", edits.change(network, group_id, layer))
    assert bench.scene.blocks[group_id].look.copies == 3
    assert bench.scene.blocks[group_id].look.weights == "3 648 w"
    assert bench.store.full_id("x") == "x"
    bench.store.enter((group_id,))
    assert bench.store.full_id("dilated_1") == f"{group_id}.0.dilated_1"
    bench.store.reveal(f"{group_id}.2.relu_2")
    assert bench.store.selection == ("relu_2",)


def test_the_inspector_leads_to_the_blocks_inside(bench):
    outer = grouped(bench)
    bench.inspector.block._place.linkActivated.emit(f"{outer}.relu_2")
    assert bench.store.level == (outer,)
    assert bench.store.selection == ("relu_2",)
    bench.actions["level_up"].trigger()
    assert f"<a href='{outer}.dilated_1'" in bench.inspector.block._place.text()


def test_problems_inside_are_told_outside_and_mended_inside(bench, hands):
    group_id = opened(bench, hands)
    bench.store.edit("Cut", edits.disconnect(bench.store.network, bench.store.network.incoming["exit_1"].values()))
    assert bench.store.whole.errors
    hands.key(Qt.Key.Key_Escape)
    assert bench.scene.blocks[group_id].look.mark == "error"
    problem = next(p for p in bench.store.analysis.blocks[group_id].problems if p.severity == "error")
    bench.store.edit("Mend", problem.fixes[0].apply(bench.store.network))
    assert bench.store.whole.errors == ()


def test_an_empty_group_comes_from_the_palette(bench, hands):
    new = hands.drop("group", QPointF(300, 500))
    assert isinstance(bench.store.network.blocks[new].layer, Group)
    bench.store.enter((new,))
    assert set(bench.scene.blocks) == {"entry_1", "exit_1"}


def test_a_group_travels_by_the_clipboard(bench):
    group_id = grouped(bench)
    bench.actions["copy"].trigger()
    bench.actions["paste"].trigger()
    (copy,) = bench.store.selection
    assert grouping.group_at(bench.store.network, copy) == grouping.group_at(bench.store.network, group_id)


def test_a_window_saves_the_whole_document_from_inside(bench, hands, tmp_path):
    from convstudio.blocks import catalogue

    group_id = opened(bench, hands)
    path = tmp_path / "net.convstudio"
    bench.store.save(path)
    assert file.load(path, catalogue()) == bench.store.document
    bench.store.open(Document(), None)
    assert bench.store.level == ()
    assert group_id not in bench.scene.blocks


def test_groups_too_deep_to_be_saved_are_refused_where_they_would_come_in(bench, hands):
    """Eight may lie one in another: pasted, added by the search, or dragged, in words."""
    inner, group_id = grouping.group(edits.add(Network(), ReLU(), 0, 0)[0], ("relu_1",))
    for _ in range(6):
        inner, group_id = grouping.group(inner, (group_id,))
    deep = inner.blocks[group_id].layer
    bench.store.open(Document(Network()), None)
    bench.store.edit("Group", grouping.group(edits.add(Network(), ReLU(), 0, 0)[0], ("relu_1",))[0])
    bench.store.enter(("group_1",))
    before = bench.store.document
    clipboard.put_part(Network({"group_1": Block("group_1", replace(deep, network=inner))}))
    bench.actions["paste"].trigger()
    bench.store.edit("seven", edits.add(bench.store.network, deep, 300, 0)[0])
    assert file.parse(file.dump(bench.store.document), catalogue()) == bench.store.document
    bench.store.undo()
    assert bench.store.document == before
    assert [n.words for n in bench.notices.open] == ["Groups can lie 8 deep in one another, not deeper."]
    bench.palette.saved_chosen.emit(Saved("Deep", replace(deep, network=inner), Path(), True))
    held = PlaceBlock(bench.scene, bench.canvas.signs, replace(deep, network=inner), "Deep")
    held.move(QPointF(50, 50))
    held.release(QPointF(50, 50))
    assert bench.store.document == before
