"""Problems and advice by hand: the list, the walk by F8, previews of fixes on the canvas, the switch for advice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from convstudio.network import edits
from convstudio.ui.canvas.items import GhostItem, LooseWireItem
from convstudio.ui.mending import Mending
from convstudio.ui.problem_card import ProblemCard


@pytest.fixture
def mending(bench) -> Mending:
    return bench.findChild(Mending)


@pytest.fixture
def broken(bench):
    bench.store.edit("break", edits.remove(bench.store.network, ["flatten_1"]))
    return bench


def cards(mending) -> list[ProblemCard]:
    return [c for c in mending.panel.findChildren(ProblemCard) if not c.isHidden()]


def button(mending, label: str) -> QPushButton:
    return next(b for c in cards(mending) for b in c.findChildren(QPushButton) if b.text() == label)


def ghosts(bench) -> int:
    return sum(isinstance(i, GhostItem | LooseWireItem) for i in bench.scene.items())


def hover(widget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Enter))


def leave(widget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def test_a_click_on_the_count_lists_problems_and_links_lead_to_blocks(broken, mending):
    assert "1 problem" in broken.status._problems.text()
    QTest.mouseClick(broken.status._problems, Qt.MouseButton.LeftButton)
    assert mending.panel.isVisible()
    (card,) = cards(mending)
    assert "8 · 28 · 28" not in card.accessibleName()
    assert "16 · 14 · 14 = 3136" in card.accessibleName()
    card.block_chosen.emit("fc_1")
    assert broken.store.selection == ("fc_1",)
    QTest.keyClick(mending.panel, Qt.Key.Key_Escape)
    assert not mending.panel.isVisible()


def test_hovering_a_fix_shows_what_it_would_do_and_changes_nothing(broken, mending, qtbot):
    before, places = broken.store.document, {i: b.pos() for i, b in broken.scene.blocks.items()}
    mending.panel.open()
    flatten = button(mending, "Insert Flatten")
    hover(flatten)
    assert ghosts(broken) == 3  # the Flatten and two wires
    assert any("? → 10" in words for words in mending.preview.words)
    assert broken.scene.blocks["fc_1"].pos() != places["fc_1"]
    assert broken.store.document is before
    leave(flatten)
    assert ghosts(broken) == 0
    assert mending.preview.words == ()
    assert {i: b.pos() for i, b in broken.scene.blocks.items()} == places
    assert all(w.opacity() == 1.0 for w in broken.scene.wires.values())
    assert broken.store.document is before


def test_focus_previews_as_the_mouse_does(broken, mending):
    broken.window.activateWindow()
    mending.panel.open()
    button(mending, "Insert Global average").setFocus()
    assert ghosts(broken) == 3
    mending.panel.setFocus()
    assert ghosts(broken) == 0


def test_a_fix_from_the_list_is_one_step_and_its_preview_is_gone(broken, mending, qtbot):
    before = broken.store.document
    mending.panel.open()
    flatten = button(mending, "Insert Flatten")
    hover(flatten)
    QTest.mouseClick(flatten, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: broken.store.document is not before)
    assert broken.store.analysis.problems == ()
    assert not mending.preview.shown
    assert ghosts(broken) == 0
    broken.store.undo()
    assert broken.store.document == before


def test_a_preview_of_removal_makes_what_would_go_faint(bench, mending):
    preview = mending.preview
    network, new = edits.append_after(bench.store.network, "conv_1", bench.store.network.blocks["max_pool_1"].layer)
    bench.store.edit("dead end", network)
    (problem,) = bench.store.analysis.problems
    preview.show(problem.fixes[0])
    assert bench.scene.blocks[new].opacity() < 0.5
    bench.store.undo()
    assert not preview.shown
    bench.store.redo()
    assert bench.scene.blocks[new].opacity() == 1.0


def test_f8_walks_from_problem_to_problem_and_round(bench, mending):
    network, first = edits.append_after(bench.store.network, "conv_1", bench.store.network.blocks["relu_1"].layer)
    network, second = edits.append_after(network, "conv_1", bench.store.network.blocks["relu_1"].layer)
    bench.store.edit("dead ends", network)
    seen = []
    for _ in range(4):
        bench.actions["next_problem"].trigger()
        seen.append(bench.store.selection)
    assert seen[:2] == [(first,), (second,)]
    assert seen[2] == ("fc_1",)  # advice comes last
    assert seen[3] == (first,)
    bench.actions["previous_problem"].trigger()
    assert bench.store.selection == ("fc_1",)


def test_f8_without_anything_to_say_says_so(empty, mending):
    empty.advisor.want(False)
    empty.actions["next_problem"].trigger()
    assert mending.panel.isVisible()


def test_advice_is_calm_and_can_be_switched_off_for_good(bench, mending):
    assert bench.store.analysis.problems == ()
    assert bench.status._problems.text() == "● no problems  ·  1 piece of advice"
    bench.store.select(("fc_1",))
    assert not bench.bubble.isVisible()
    told = [c.accessibleName() for c in bench.inspector.block.findChildren(ProblemCard)]
    assert any("97 %" in words for words in told)
    mending.panel.open()
    mending.panel.advice.click()
    assert cards(mending) == []
    assert bench.status._problems.text() == "● no problems"
    assert not bench.actions["show_advice"].isChecked()
    assert bench.window.settings.value("advice", type=bool) is False
    bench.actions["show_advice"].trigger()
    assert len(cards(mending)) == 1
    assert mending.panel.advice.isChecked()


def test_there_is_no_advice_beside_errors(broken):
    assert broken.advisor.advice == ()
    assert [p.severity for p in broken.advisor.all] == ["error"]


def test_the_bubble_makes_way_for_the_list(broken, mending):
    broken.store.select(("fc_1",))
    assert broken.bubble.isVisible()
    mending.panel.open()
    assert not broken.bubble.isVisible()
    mending.panel.shut()
    assert broken.bubble.isVisible()
