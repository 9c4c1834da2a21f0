"""Freezing by hand: from the menu of a block and the inspector, for several blocks and groups, and undone."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from convstudio.network import freezing, grouping
from convstudio.ui.editing.context_menu import ContextMenu


def frozen(bench):
    return freezing.frozen_ids(bench.store.document.network)


def test_the_menu_of_a_block_freezes_it_and_lets_it_learn_again(bench, monkeypatch):
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # where there is no screen, no menu can take the keyboard
    bench.store.select(("conv_1",))
    menu = bench.findChild(ContextMenu)
    menu.open("block", QPointF(), bench.window.pos())
    (action,) = [a for a in menu.menu.actions() if a.objectName() == "freeze"]
    assert not action.isChecked()
    action.trigger()
    assert frozen(bench) == {"conv_1"}
    assert bench.scene.blocks["conv_1"].look.frozen
    assert bench.actions["freeze"].isChecked()
    bench.actions["freeze"].trigger()
    assert frozen(bench) == set()
    bench.store.undo()
    assert frozen(bench) == {"conv_1"}
    bench.store.undo()
    assert not bench.scene.blocks["conv_1"].look.frozen


def test_the_box_in_the_inspector_serves_several_blocks_as_one_step(bench, qtbot):
    box = bench.inspector.block.freeze_box
    before = bench.store.document
    bench.store.select(("conv_1", "relu_1", "fc_1"))
    assert not box.isHidden()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert frozen(bench) == {"conv_1", "fc_1"}
    assert box.checkState() == Qt.CheckState.Checked
    bench.store.select(("conv_1", "dilated_1"))
    assert box.checkState() == Qt.CheckState.PartiallyChecked
    box.click()
    assert frozen(bench) == {"conv_1", "fc_1", "dilated_1"}
    bench.store.undo()
    bench.store.undo()
    assert bench.store.document == before


def test_what_has_no_weights_offers_nothing_to_freeze(bench):
    bench.store.select(("relu_1",))
    assert bench.inspector.block.freeze_box.isHidden()
    assert not bench.actions["freeze"].isEnabled()


def test_a_group_and_a_block_in_it(bench):
    network, group_id = grouping.group(bench.store.network, ["conv_1", "relu_1"])
    bench.store.edit("group", network)
    bench.store.select((group_id,))
    bench.actions["freeze"].trigger()
    assert frozen(bench) == {f"{group_id}.conv_1"}
    assert bench.scene.blocks[group_id].look.frozen
    bench.store.enter((group_id,))
    assert bench.scene.blocks["conv_1"].look.frozen
    bench.store.select(("conv_1",))
    bench.actions["freeze"].trigger()
    assert frozen(bench) == set()
