"""Problems and advice by hand: the list, the walk by F8, previews of fixes on the canvas, the switch for advice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from convstudio.blocks import Convolution, ReLU
from convstudio.network import edits, grouping
from convstudio.network.document import Wire
from convstudio.ui.canvas.items import GhostItem, LooseWireItem
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.problems.fix_button import FixButton
from convstudio.ui.problems.mending import Mending

SMALL = Convolution(channels=16, mask=(1,))


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
    assert "16 · 14 · 14 = 3 136" in card.accessibleName()
    card.block_chosen.emit("fc_1")
    assert broken.store.selection == ("fc_1",)
    QTest.keyClick(mending.panel, Qt.Key.Key_Escape)
    assert not mending.panel.isVisible()


@pytest.mark.parametrize(("size", "scale"), [((1440, 900), 1.0), ((1024, 700), 0.5)])
def test_a_link_leads_to_a_block_beside_the_list_and_not_below_it(broken, mending, size, scale):
    canvas = broken.canvas
    broken.window.resize(*size)
    mending.panel.open()
    canvas.zoom_to(scale)
    item = broken.scene.blocks["fc_1"]
    corner = canvas.mapToScene(mending.panel.geometry().center())
    canvas.centerOn(canvas.visible_centre() + item.body.center() - corner)
    assert mending.panel.geometry().contains(canvas.mapFromScene(item.body.center()))
    cards(mending)[0].block_chosen.emit("fc_1")
    shown = QRect(canvas.mapFromScene(item.body.topLeft()), canvas.mapFromScene(item.body.bottomRight()))
    assert not mending.panel.geometry().intersects(shown)
    assert canvas.viewport().rect().contains(shown)
    before = canvas.visible_centre()
    cards(mending)[0].block_chosen.emit("fc_1")
    assert canvas.visible_centre() == before


def test_a_fix_with_many_words_shortens_them_where_it_has_little_room(qtbot):
    column = QWidget()
    qtbot.addWidget(column)
    button = FixButton("Average each map instead of Flatten")
    QVBoxLayout(column).addWidget(button)
    column.resize(400, 60)
    column.show()
    assert button.shown == button.text()
    assert button.toolTip() == ""
    column.resize(150, 60)
    assert column.width() == 150
    assert button.shown.endswith("…")
    assert button.toolTip() == button.text()


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


def test_words_of_a_preview_lie_beside_one_another_also_from_far(broken, mending):
    broken.canvas.zoom_to(0.3)
    mending.panel.open()
    hover(button(mending, "Insert Flatten"))
    places = [label.geometry() for label, _ in mending.preview._labels]
    assert len(places) > 1
    assert not any(one.intersects(other) for n, one in enumerate(places) for other in places[:n])
    leave(button(mending, "Insert Flatten"))


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


def test_f8_goes_to_errors_first_and_goes_on_where_one_was_mended(bench, mending):
    relu = bench.store.network.blocks["relu_1"].layer
    network, loose = edits.append_after(bench.store.network, "conv_1", relu)
    bench.store.edit("dead end", network)
    bench.actions["next_problem"].trigger()
    assert bench.store.selection == (loose,)
    bench.store.edit("break", edits.remove(bench.store.network, ["flatten_1"]))
    bench.advisor.changed.emit()
    bench.actions["next_problem"].trigger()
    assert bench.store.selection == ("fc_1",)
    assert [p.severity for p in bench.advisor.all] == ["error", "warning"]
    bench.advisor.mend(bench.advisor.all[0].fixes[0])
    bench.actions["next_problem"].trigger()
    assert bench.store.selection == (loose,)


def test_advice_across_a_border_is_mended_from_inside_the_group(bench, mending):
    network, first = edits.insert_before(bench.store.network, "max_pool_1", "in", Convolution(channels=16))
    network, second = edits.insert_before(network, "max_pool_1", "in", Convolution(channels=16))
    network, group_id = grouping.group(network, ("relu_2", first))
    bench.store.edit("group", network)
    (said,) = [p for p in bench.advisor.advice if p.inside]
    assert said.inside == (f"group_1.{first}", second)
    bench.store.enter((group_id,))
    (here,) = bench.advisor.about(first)
    bench.advisor.preview_here(here.fixes[0])
    assert ghosts(bench) == 3
    bench.advisor.apply(here.fixes[0])
    assert [b.layer.kind for b in bench.store.network.blocks.values()].count("relu") == 2
    assert bench.advisor.about(first) == ()


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


def test_on_a_narrow_canvas_the_bubble_does_not_repeat_the_inspector(broken, qtbot):
    broken.store.select(("fc_1",))
    broken.window.resize(1024, 700)
    qtbot.waitUntil(lambda: not broken.bubble.isVisible())
    assert broken.inspector.block.isVisible()
    broken.inspector.setCurrentWidget(broken.inspector.network)
    assert broken.bubble.isVisible()
    broken.inspector.setCurrentWidget(broken.inspector.block)
    assert not broken.bubble.isVisible()
    flatten = next(b for b in broken.inspector.block.findChildren(QPushButton) if b.text() == "Insert Flatten")
    qtbot.mouseClick(flatten, Qt.MouseButton.LeftButton)
    assert broken.store.analysis.problems == ()


def test_the_bubble_makes_way_for_the_list(broken, mending):
    broken.store.select(("fc_1",))
    assert broken.bubble.isVisible()
    mending.panel.open()
    assert not broken.bubble.isVisible()
    mending.panel.shut()
    assert broken.bubble.isVisible()


@pytest.fixture
def advised_inside(bench):
    """A group with two convolutions that have no activation between them."""
    network = edits.remove(bench.store.network, ["relu_2"])
    network, second = edits.append_after(network, "concat_1", SMALL)
    network = edits.disconnect(network, [Wire("concat_1", "max_pool_1")])
    network = edits.connect(network, Wire(second, "max_pool_1"))
    network, _ = grouping.group(network, ("dilated_1", "separable_1", "concat_1", second))
    inner = grouping.inside(network, ("group_1",))
    inner, third = edits.append_after(inner, second, SMALL)
    inner = edits.disconnect(inner, [Wire(second, "exit_1")])
    bench.store.edit("advised", grouping.put(network, ("group_1",), edits.connect(inner, Wire(third, "exit_1"))))
    assert bench.store.whole.problems == ()
    return bench


def test_a_block_that_there_is_advice_about_wears_a_sign_with_the_words(bench, hands):
    fc, plain = bench.scene.blocks["fc_1"], bench.scene.blocks["conv_1"]
    assert "97 %" in fc.toolTip()
    assert plain.toolTip() == ""
    corner = hands.pixel(fc.pos() + QPointF(fc.look.size[0] - 16, 0)) - QPoint(8, 8)
    signed = bench.canvas.viewport().grab(QRect(corner, QSize(16, 16))).toImage()
    bench.advisor.want(False)
    assert fc.toolTip() == ""
    assert bench.canvas.viewport().grab(QRect(corner, QSize(16, 16))).toImage() != signed
    bench.advisor.want(True)
    assert bench.canvas.viewport().grab(QRect(corner, QSize(16, 16))).toImage() == signed


def test_advice_about_the_inside_of_a_group_leads_there(advised_inside, mending):
    bench = advised_inside
    assert "2 pieces of advice" in bench.status._problems.text()
    assert "No activation" in bench.scene.blocks["group_1"].toolTip()
    mending.panel.open()
    card = next(c for c in cards(mending) if "No activation" in c.accessibleName())
    links = [label.text() for label in card.findChildren(QLabel) if "href" in label.text()]
    assert "group_1 › conv_2" in links[0]
    card.block_chosen.emit("group_1.conv_2")
    assert bench.store.level == ("group_1",)
    assert bench.store.selection == ("conv_2",)
    QApplication.processEvents()
    assert "No activation" in bench.scene.blocks["conv_2"].toolTip()
    assert "2 pieces of advice" in bench.status._problems.text()
    assert len(cards(mending)) == 2  # the list says what the count says, whatever level is open
    seen = []
    for _ in range(3):
        bench.actions["next_problem"].trigger()
        seen.append((bench.store.level, bench.store.selection))
    assert seen == [((), ("fc_1",)), (("group_1",), ("conv_2", "conv_1")), ((), ("fc_1",))]


def test_a_fix_of_the_list_mends_whatever_level_is_open_and_shows_what_is_there(advised_inside, mending, qtbot):
    bench = advised_inside
    before = bench.store.document
    for level in ((), ("group_1",)):
        bench.store.enter(level)
        mending.panel.open()
        mend = button(mending, "Insert ReLU between them")
        hover(mend)
        assert ghosts(bench) == (3 if level else 0)
        QTest.mouseClick(mend, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bench.store.document is not before)
        assert "relu_1" in grouping.inside(bench.store.document.network, ("group_1",)).blocks
        bench.store.undo()
        assert bench.store.document == before
    bench.store.enter(("group_1",))
    mending.panel.open()
    average = button(mending, "Average each map instead of Flatten")
    hover(average)
    assert not mending.preview.shown
    QTest.mouseClick(average, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "global_avg_1" in bench.store.document.network.blocks)
    assert bench.store.level == ("group_1",)


def test_the_list_counts_as_the_status_bar_does_inside_groups(advised_inside, mending):
    bench = advised_inside
    inner = grouping.inside(bench.store.network, ("group_1",))
    bench.store.edit("dead end", edits.append_after(bench.store.network, "conv_1", ReLU())[0])
    QApplication.processEvents()
    assert "1 warning" in bench.status._problems.text()
    bench.store.enter(("group_1",))
    mending.panel.open()
    QApplication.processEvents()
    assert "1 warning" in bench.status._problems.text()
    assert sum("Leads nowhere" in c.accessibleName() for c in cards(mending)) == 1
    broken_inside = edits.change(inner, "conv_2", Convolution(mask=(99,), padding="none"))
    bench.store.edit("break", broken_inside)
    QApplication.processEvents()
    assert "1 problem" in bench.status._problems.text()
    (card,) = [c for c in cards(mending) if "does not fit" in c.accessibleName()]
    assert card.accessibleName().startswith("The mask does not fit. Inside Group, Convolution")
