"""Saved groups: kept as files, offered in the palette, used by drag and by key, renamed and deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from convstudio.blocks import Input, Output, catalogue
from convstudio.network import edits, grouping
from convstudio.network.document import Network, Wire
from convstudio.network.resolve import resolve
from convstudio.ui.palette.group_saving import GroupSaving
from convstudio.ui.palette.palette import YOURS, SavedButton
from convstudio.ui.palette.saved_groups import SavedGroups

PART = ("dilated_1", "separable_1", "concat_1", "relu_2")


@pytest.fixture
def saving(bench, tmp_path) -> GroupSaving:
    """Saved groups lie in a folder that is not made yet."""
    made = bench.findChild(GroupSaving)
    made.saved.folder = tmp_path / "kept" / "groups"
    return made


def saved_from(bench, title: str) -> str:
    store = bench.store
    network, group_id = grouping.group(store.network, PART, title)
    store.edit("Group", network)
    store.select((group_id,))
    bench.actions["save_group"].trigger()
    return group_id


def button(bench, title: str) -> SavedButton:
    return next(b for b in bench.palette.section(YOURS).buttons if b.title == title)


def titles(saving: GroupSaving) -> list[str]:
    return [s.title for s in saving.saved.read()[0] if s.own]


@pytest.mark.parametrize("name", ["Residual block", "Squeeze-and-excite"])
def test_what_comes_with_the_program_fits_any_image(name: str) -> None:
    (saved,) = (s for s in SavedGroups(None).read()[0] if s.title == name)
    network, start = edits.add(Network(), Input(channels=3, axes=(9, 12)), 0, 0)
    network, group_id = edits.append_after(network, start, saved.group)
    network, end = edits.add(network, Output(), 0, 0)
    analysis = resolve(edits.connect(network, Wire(group_id, end)), catalogue())
    assert analysis.errors == ()
    assert analysis.blocks[group_id].output.dims == (16, 9, 12)


def test_a_saved_group_waits_in_the_palette_and_goes_into_a_wire(bench, hands, saving) -> None:
    group_id = saved_from(bench, "Two & more")
    kept = bench.store.network.blocks[group_id].layer
    assert titles(saving) == ["Two & more"]
    waiting = button(bench, "Two & more")
    assert waiting.text() == "Two && more"
    before = bench.store.document
    data = waiting.make_drag().mimeData()
    point = hands.bench.scene.wires[Wire("input_1", "conv_1")].middle()
    carried = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(hands.viewport, QDragEnterEvent(hands.pixel(point), *carried))
    QApplication.sendEvent(hands.viewport, QDropEvent(QPointF(hands.pixel(point)), *carried))
    (new,) = bench.store.selection
    assert bench.store.network.blocks[new].title == "Two & more"
    assert bench.store.network.blocks[new].layer == kept
    assert bench.store.network.incoming[new]["in"].source == "input_1"
    bench.actions["undo"].trigger()
    assert bench.store.document == before


def test_a_saved_group_is_added_by_key_behind_the_selection(bench, saving) -> None:
    bench.store.select(["conv_1"])
    QTest.keyClick(button(bench, "Residual block"), Qt.Key.Key_Return)
    (new,) = bench.store.selection
    assert bench.store.network.blocks[new].title == "Residual block"
    assert bench.store.network.incoming[new]["in"].source == "conv_1"


def test_renaming_and_deleting_and_bringing_back(bench, saving, monkeypatch) -> None:
    saved_from(bench, "First")
    (saved,) = (s for s in saving.saved.read()[0] if s.own)
    monkeypatch.setattr(QInputDialog, "getText", lambda *given, **named: (" Second ", True))
    saving.rename(saved)
    assert titles(saving) == ["Second"]
    saving.delete(button(bench, "Second").saved)
    assert titles(saving) == []
    (_, back), *_ = next(n for n in bench.notices.open if n.actions).actions
    back()
    assert titles(saving) == ["Second"]


def test_equal_titles_are_different_files(bench, saving) -> None:
    saved_from(bench, "Same")
    bench.actions["save_group"].trigger()
    assert titles(saving) == ["Same", "Same"]


def test_broken_files_are_told_and_left_alone(bench, saving) -> None:
    folder: Path = saving.saved.folder
    folder.mkdir(parents=True)
    (folder / "bad.convstudio").write_text("{", encoding="utf-8")
    (folder / "two.convstudio").write_text('{"format": 1, "blocks": []}', encoding="utf-8")
    saving.follow()
    words = " ".join(n.words for n in bench.notices.open)
    assert "bad.convstudio" in words
    assert "two.convstudio: it does not hold one group." in words
    assert len(list(folder.iterdir())) == 2


def test_what_cannot_be_saved_is_said(bench, saving, tmp_path) -> None:
    saving.saved.folder = tmp_path / "file" / "groups"
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    saved_from(bench, "Nowhere")
    assert "cannot be made" in bench.notices.open[0].words
    assert titles(saving) == []


def test_the_search_and_the_palettes_enter_find_saved_groups(bench, saving) -> None:
    saved_from(bench, "Two ways")
    bench.store.select(())
    bench.actions["add_block"].trigger()
    QTest.keyClicks(bench.finder.field, "two ways")
    QTest.keyClick(bench.finder.field, Qt.Key.Key_Return)
    (first,) = bench.store.selection
    assert bench.store.network.blocks[first].title == "Two ways"
    bench.palette.search.setText("two w")
    QTest.keyClick(bench.palette.search, Qt.Key.Key_Return)
    (second,) = bench.store.selection
    assert second != first
    assert bench.store.network.blocks[second].title == "Two ways"
    assert bench.palette.search.text() == ""


def test_saved_groups_are_offered_at_a_double_click_and_at_a_loose_wire(bench, hands, saving) -> None:
    saved_from(bench, "Two ways")
    before = bench.store.document
    bench.actions["fit"].trigger()
    free = QPointF(200, 380)
    QTest.mouseDClick(hands.viewport, Qt.MouseButton.LeftButton, pos=hands.pixel(free))
    chosen(bench, "two ways")
    (first,) = bench.store.selection
    block = bench.store.network.blocks[first]
    assert block.title == "Two ways"
    assert bench.store.network.incoming.get(first) is None
    assert abs(block.x + 75 - free.x()) < 20
    bench.actions["undo"].trigger()
    assert bench.store.document == before
    hands.drag(bench.scene.blocks["conv_1"].output_point(), free)
    chosen(bench, "two ways")
    (second,) = bench.store.selection
    assert bench.store.network.incoming[second]["in"].source == "conv_1"
    assert bench.store.network.blocks[second].title == "Two ways"
    bench.actions["undo"].trigger()
    assert bench.store.document == before
    hands.drag(bench.scene.blocks["fc_1"].output_point(), free)
    QTest.keyClicks(bench.finder.field, "two ways")
    assert bench.finder.list.count() == 0  # it takes maps, and this is a row of numbers
    QTest.keyClick(bench.finder.field, Qt.Key.Key_Escape)


def chosen(bench, words: str) -> None:
    QTest.keyClicks(bench.finder.field, words)
    QTest.keyClick(bench.finder.field, Qt.Key.Key_Return)
