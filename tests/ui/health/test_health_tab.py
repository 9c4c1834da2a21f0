"""The Health tab alone: histories, strips, rows by mouse and keys, findings with their buttons."""

from __future__ import annotations

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from convstudio.blocks import ReLU
from convstudio.doctor.finding import Finding, Remedy
from convstudio.network.document import Block, Network
from convstudio.network.group import Group
from convstudio.protocol.messages import Figures, Health, LayerHealth, View
from convstudio.ui.health import marks
from convstudio.ui.health.health_tab import HealthTab
from convstudio.ui.health.history import MOST, History, strip, widest
from convstudio.ui.theme import theme

VIEW = View(block="", what="health")


def figures(limit=1.0, bins=None, odd=0):
    bins = bins or (0,) * 31 + (3, 5) + (0,) * 31
    return Figures(sum(bins), 0.01, 0.25, -0.5, 0.75, 2.5, limit, tuple(bins), odd)


def look(step=1, run=1, blocks=("conv_1", "relu_1", "fc_1"), dead=2, odd=0):
    layers = [LayerHealth(b, figures(odd=odd), figures(0.5), 0.002, figures(4.0), 0, 0, None) for b in blocks]
    layers[1] = LayerHealth(blocks[1], None, None, None, figures(), 8, dead, None)
    return Health(run=run, step=step, view=VIEW, samples=32, layers=tuple(layers))


def finding(**changed):
    fields = {
        "rule": "dead",
        "serious": True,
        "title": "Dead units",
        "words": "They never come back.",
        "evidence": ("relu_1: 8 of 8",),
        "blocks": ("relu_1",),
        "remedies": (Remedy("Learning rate 0.1 instead of 1", (("learning_rate", 0.1),)),),
    }
    return Finding(**(fields | changed))


HEADINGS = {"conv_1": ("Convolution", "convolution"), "relu_1": ("ReLU", "activation"), "fc_1": ("Dense", "dense")}


@pytest.fixture
def tab(show, settle):
    made = show(HealthTab())
    history = History()
    for step in (1, 5, 9):
        history.add(look(step))
    made.set_history(history, HEADINGS, 0.013)
    settle()
    return made


# --- histories


def test_a_history_begins_anew_with_another_run_network_or_an_earlier_step():
    for other in (look(20, run=2), look(20, blocks=("a", "b")), look(3)):
        history = History()
        history.add(look(5))
        history.add(look(9))
        assert len(history.looks) == 2
        history.add(other)
        assert history.looks == [other]


def test_a_look_that_was_had_is_not_counted_again():
    history = History()
    for step in (1, 2, 2):
        history.add(look(step))
    assert [seen.step for seen in history.looks] == [1, 2]


def test_a_long_history_is_thinned_out_and_keeps_the_newest():
    history = History()
    for step in range(1, 3 * MOST):
        history.add(look(step))
        assert history.looks[-1].step == step
        assert len(history.looks) <= MOST
    steps = [entry.step for entry in history.looks]
    assert steps == sorted(steps)
    assert steps[0] < MOST


def test_a_strip_has_one_scale_for_all_looks():
    """The bin of a value of 0.2 out of ±1 and of the same value out of ±4 lie at the same height."""
    values = {1.0: int((0.2 + 1) / 2 * 64), 4.0: int((0.2 + 4) / 8 * 64)}
    made = [figures(limit, [1 if n == place else 0 for n in range(64)]) for limit, place in values.items()]
    found = strip([*made, None])
    assert found.shape == (64, 3)
    assert found[:, 0].argmax() == found[:, 1].argmax() == 63 - values[4.0]
    assert found.sum(axis=0).tolist() == [1, 1, 0]
    assert widest([*made, None]) == 4.0


# --- the tab


def test_it_says_of_which_step_and_what_watching_costs(tab):
    assert tab.words == "step 9 · a batch of 32 samples · 3 looks · all watching takes 1.3 % of the training time"


def test_before_anything_came_a_sentence_says_what_will_be_here(show):
    assert show(HealthTab()).words.startswith("As soon as")


def test_a_row_says_its_figures(tab):
    words = tab.layers.words(0)
    assert words.startswith("Convolution (conv_1)")
    assert "Weights (8): mean 0.01, standard deviation 0.25, from −0.5 to 0.75, norm 2.5" in words
    assert "Change of the weights in this step: 0.002 of their norm (usual)" in words
    assert "Weights ±1" in words
    assert "Dead: 2 of 8 units are 0 for the whole batch" in tab.layers.words(1)


def test_a_click_or_a_key_chooses_the_block(tab, qtbot):
    with qtbot.waitSignal(tab.block_chosen) as chosen:
        place = tab.layers.row_place(1).center()
        qtbot.mouseClick(tab.layers.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["relu_1"]
    tab.layers.setFocus()
    with qtbot.waitSignal(tab.block_chosen) as chosen:
        qtbot.keyClick(tab.layers, Qt.Key.Key_Down)
    assert chosen.args == ["fc_1"]
    assert tab.layers.accessibleDescription().startswith("Dense (fc_1)")


def test_a_wide_tab_shows_all_kinds_side_by_side(tab, qtbot, settle):
    assert tab.layers.kinds == ("weights",)
    tab._kinds.setCurrentIndex(2)
    assert tab.layers.kinds == ("results",)
    tab.resize(1500, 300)
    settle()
    assert tab.layers.kinds == ("weights", "gradients", "results")
    assert not tab._kinds.isVisible()


def test_in_a_slim_tab_the_findings_are_a_page_of_their_own(tab, settle):
    assert tab.findings.isVisible()
    tab.resize(460, 240)
    settle()
    assert not tab.findings.isVisible()
    tab._kinds.setCurrentIndex(3)
    assert tab.findings.isVisible()
    assert not tab.layers.isVisible()
    tab._kinds.setCurrentIndex(1)
    settle()
    assert tab.layers.kinds == ("gradients",)
    (column,) = tab.layers._columns()
    assert column[1].right() < tab.layers._change_left()
    tab.resize(700, 240)
    settle()
    assert tab.findings.isVisible()
    assert tab.layers.isVisible()


def test_the_findings_do_not_keep_a_slim_tab_from_shrinking(tab, settle):
    for kind in (3, 0):
        tab.resize(600, 240)
        tab._kinds.setCurrentIndex(kind)
        settle()
        assert tab.minimumSizeHint().width() <= 400
        assert tab.layers.isVisible() is (kind == 0)


def test_drawn_is_told_for_each_look(show, settle):
    tab, drawn, history = show(HealthTab()), [], History()
    tab.drawn.connect(lambda: drawn.append(1))
    for step in (1, 2):
        history.add(look(step))
        tab.set_history(history, HEADINGS, 0.0)
        settle()
    assert drawn == [1, 1]


def test_many_layers_scroll_to_the_chosen_one(show, qtbot):
    tab, history = show(HealthTab(), 460, 200), History()
    blocks = tuple(f"conv_{n}" for n in range(40))
    history.add(look(1, blocks=blocks))
    tab.set_history(history, {}, 0.0)
    qtbot.keyClick(tab.layers, Qt.Key.Key_End)
    place = tab.layers.row_place(39)
    assert place.top() >= 0
    assert place.bottom() <= tab.layers.viewport().height() + 1


def test_numbers_that_are_none_are_said(show):
    tab, history = show(HealthTab()), History()
    history.add(look(1, odd=3))
    tab.set_history(history, HEADINGS, 0.0)
    assert "3 are no finite numbers" in tab.layers.words(0)


def test_findings_with_their_evidence_and_changes(tab, qtbot, settle):
    assert tab.findings.cards == []
    tab.set_findings((finding(),), "", marks.ailing([finding()]))
    settle()
    (card,) = tab.findings.cards
    assert card.accessibleName() == "Dead units. They never come back. relu_1: 8 of 8"
    assert tab.layers.words(1).endswith("! Dead units\nrelu_1: 8 of 8")
    with qtbot.waitSignal(tab.remedy_requested) as asked:
        qtbot.mouseClick(card.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert asked.args == [finding().remedies[0]]
    with qtbot.waitSignal(tab.block_chosen):
        card.block_chosen.emit("relu_1")
    tab.set_findings((finding(),), "", {})
    assert tab.findings.cards == [card]
    tab.set_findings((), "nothing wrong", {})
    assert tab.findings.cards == []


def test_a_group_wears_the_marks_of_what_is_in_it():
    inner = Network({"relu_1": Block("relu_1", ReLU())})
    network = Network({"group_1": Block("group_1", Group(network=inner, repeat=2)), "relu_2": Block("relu_2", ReLU())})
    found = {"group_1.1.relu_1": "! Dead", "relu_2": "! Flat", "gone_1": "! Gone"}
    assert marks.on_level(found, network, ()) == {"group_1": "relu_1: ! Dead", "relu_2": "! Flat"}
    assert marks.on_level(found, network, ("group_1",)) == {"relu_1": "! Dead"}


def test_pictures_are_made_in_both_themes_and_the_theme_may_change_later(tab, settle):
    tab.set_findings((finding(serious=False),), "", {"conv_1": "! Dead"})
    before = tab.grab().toImage()
    theme.set_dark(False)
    settle()
    after = tab.grab().toImage()
    assert np.mean([before.pixel(x, 90) != after.pixel(x, 90) for x in range(0, 600, 5)]) > 0.3
    gone = HealthTab()
    shiboken6.delete(gone)
    theme.set_dark(True)
    settle()
