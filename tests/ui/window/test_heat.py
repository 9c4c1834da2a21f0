"""Heat on the canvas: chosen by its action, live while editing, also in groups and from far."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from convstudio.network import edits, grouping
from convstudio.network.costs import percent, shares
from convstudio.ui.canvas import far
from convstudio.ui.canvas.heat_legend import HeatLegend
from convstudio.ui.canvas.items import BlockItem
from convstudio.ui.heating import Heating
from convstudio.ui.problems.mending import Mending
from convstudio.ui.text import grouped, memory
from tests.ui.window.test_far import chain, shot, unlike

COSTS = (
    ("heat_weights", "parameters"),
    ("heat_multiply_adds", "multiply_adds"),
    ("heat_memory", "activation_bytes"),
)
PART = ("dilated_1", "separable_1", "concat_1", "relu_2")


@pytest.fixture
def repainted(monkeypatch):
    """Ids of the blocks that were told to paint themselves anew."""
    ids: list[str] = []
    update = BlockItem.update

    def counted(item, *area):
        ids.append(item.block_id)
        update(item, *area)

    monkeypatch.setattr(BlockItem, "update", counted)
    return ids


def shown(bench) -> dict[str, str]:
    return {i: item.look.heat.percent for i, item in bench.scene.blocks.items() if item.look.heat}


def legend(bench) -> HeatLegend:
    return bench.canvas.findChild(HeatLegend)


def test_each_block_shows_its_share_of_the_whole(bench):
    for action, what in COSTS:
        bench.actions[action].trigger()
        wanted = shares(bench.store.analysis, what)
        assert shown(bench) == {i: percent(share) for i, share in wanted.items()}
        assert sum(wanted.values()) == pytest.approx(1)
        most = max(wanted.values())
        levels = {i: item.look.heat.level for i, item in bench.scene.blocks.items()}
        assert max(levels.values()) == 1
        assert levels == pytest.approx({i: share / most for i, share in wanted.items()}, abs=0.0126)
    bench.actions["heat_weights"].trigger()
    facts = bench.store.analysis
    assert facts.blocks["fc_1"].parameters / facts.parameters == pytest.approx(31370 / 32186)
    assert shown(bench)["fc_1"] == "97 %"
    assert shown(bench)["conv_1"] == "0.2 %"
    assert shown(bench)["relu_1"] == "0 %"


def test_only_one_is_on_and_none_takes_it_away(bench):
    names = ("heat_none", "heat_weights", "heat_multiply_adds", "heat_memory")
    assert [bench.actions[n].isChecked() for n in names] == [True, False, False, False]
    assert set(names) <= {a.objectName() for a in bench.actions.menus["Heat"].actions()}  # a menu within View
    assert bench.actions.menus["Heat"].menuAction() in bench.actions.menus["View"].actions()
    before = shot(bench)
    document, undoable = bench.store.document, bench.store.history.undo_label
    bench.actions["heat_memory"].trigger()
    assert [bench.actions[n].isChecked() for n in names] == [False, False, False, True]
    assert shot(bench) != before
    bench.actions["heat_none"].trigger()
    assert shown(bench) == {}
    assert not legend(bench).isVisible()
    assert shot(bench) == before
    assert (bench.store.document, bench.store.history.undo_label) == (document, undoable)


def test_an_edit_changes_the_shares_and_undo_brings_them_back(bench):
    bench.actions["heat_weights"].trigger()
    before = shown(bench)
    layer = replace(bench.store.network.blocks["conv_1"].layer, channels=64)
    bench.store.edit("More channels", edits.change(bench.store.network, "conv_1", layer))
    now = {i: percent(share) for i, share in shares(bench.store.analysis, "parameters").items()}
    assert shown(bench) == now != before
    bench.actions["undo"].trigger()
    assert shown(bench) == before


def test_only_blocks_whose_share_is_another_are_painted_anew(bench, repainted):
    bench.actions["heat_weights"].trigger()
    before = shown(bench)
    repainted.clear()
    layer = replace(bench.store.network.blocks["conv_1"].layer, mask=(5, 5))
    bench.store.edit("Wider", edits.change(bench.store.network, "conv_1", layer))
    changed = {i for i, words in shown(bench).items() if words != before[i]}
    assert "conv_1" in changed
    assert set(repainted) == changed


def test_without_heat_nothing_is_worked_out(bench, monkeypatch):
    def forbidden(*_):
        raise AssertionError

    monkeypatch.setattr("convstudio.ui.canvas.heat_map.shares_at", forbidden)
    layer = replace(bench.store.network.blocks["conv_1"].layer, channels=9)
    bench.store.edit("More channels", edits.change(bench.store.network, "conv_1", layer))
    assert shown(bench) == {}


def test_blocks_that_lead_nowhere_have_no_share(bench):
    bench.actions["heat_weights"].trigger()
    wire = next(w for w in bench.store.network.wires if w.source == "separable_1")
    bench.store.edit("Unplug", edits.disconnect(bench.store.network, [wire]))
    assert set(shown(bench)) == set(bench.store.analysis.live)
    assert "separable_1" not in shown(bench)


def test_a_group_counts_with_all_it_holds_and_inside_the_whole_stays_the_whole(bench):
    bench.actions["heat_multiply_adds"].trigger()
    apart = shares(bench.store.analysis, "multiply_adds")
    network, group_id = grouping.group(bench.store.network, PART)
    bench.store.edit("Group", network)
    assert shown(bench)[group_id] == percent(sum(apart[i] for i in PART))
    bench.store.enter((group_id,))
    assert shown(bench) == {i: percent(apart[i]) for i in PART}
    assert legend(bench).words == "Multiply-adds of one sample: 0.646 M in all"
    bench.store.leave()
    assert shown(bench)[group_id] == percent(sum(apart[i] for i in PART))


def test_the_legend_says_what_is_shown_and_how_much_there_is(bench):
    bench.actions["heat_weights"].trigger()
    assert legend(bench).isVisible()
    assert legend(bench).words == f"Weights: {grouped(bench.store.analysis.parameters)} in all"
    bench.actions["heat_memory"].trigger()
    batch = bench.store.document.training.batch_size
    size = memory(bench.store.analysis.activation_bytes * batch)
    assert legend(bench).words == f"Memory of a mini-batch of {batch}: {size} in all"
    assert bench.canvas.rect().contains(legend(bench).geometry())
    bench.actions["problems"].trigger()
    assert not bench.findChild(Mending).panel.geometry().intersects(legend(bench).geometry())
    bench.window.resize(900, 600)
    assert bench.canvas.rect().contains(legend(bench).geometry())


def test_the_choice_is_found_by_the_command_search(bench):
    QTest.keyClick(bench.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(bench.finder.field, "heat mul")
    QTest.keyClick(bench.finder.field, Qt.Key.Key_Return)
    assert bench.scene.heat.what == "multiply_adds"
    assert bench.actions["heat_multiply_adds"].isChecked()


def test_the_choice_is_remembered(bench):
    bench.actions["heat_memory"].trigger()
    bench.scene.heat.show(None)
    Heating(bench)
    assert bench.scene.heat.what == "activation_bytes"
    bench.window.settings.setValue("heat", "no such thing")
    Heating(bench)
    assert bench.scene.heat.what is None
    assert bench.actions["heat_none"].isChecked()


def test_from_far_the_heat_is_that_of_blocks_that_draw_themselves(bench, monkeypatch):
    bench.store.open(chain(far.MANY + 20), None)
    bench.canvas.zoom_to(0.25)
    bench.canvas.centerOn(bench.scene.blocks["b_100"])
    cold = shot(bench)
    bench.actions["heat_weights"].trigger()
    together = shot(bench)
    assert unlike(cold, together) > 0.1
    monkeypatch.setattr(far, "MANY", 10**6)
    bench.scene.far.serve(bench.scene, 0.25)
    assert unlike(together, shot(bench)) < 1.0


def test_an_empty_canvas_has_nothing_to_share(empty):
    empty.actions["heat_weights"].trigger()
    assert shown(empty) == {}
    assert legend(empty).words == "Weights: 0 in all"
