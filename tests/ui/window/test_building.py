"""Building a network by hand: drop, wire, select, move, delete, insert; every edit taken back and done again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt

from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.network.shape import Shape
from convstudio.ui.canvas.building import SPACE

CHAIN = ("input", "convolution", "relu", "max_pool", "flatten", "fully_connected", "output")


def test_a_network_is_built_from_the_palette_and_undone_to_nothing(empty, hands):
    for number, kind in enumerate(CHAIN):
        hands.drop(kind, QPointF(-500 + number % 4 * 330, -150 + number // 4 * 260))
    ids = list(empty.store.network.blocks)
    for source, target in pairwise(ids):
        hands.connect(source, target)
    built = empty.store.document
    assert set(built.network.wires) == {Wire(s, t) for s, t in pairwise(ids)}
    assert empty.store.analysis.problems == ()
    assert empty.store.analysis.blocks["conv_1"].output == Shape(8, (28, 28))
    while empty.store.history.undo_label:
        empty.actions["undo"].trigger()
    assert empty.store.network.blocks == {}
    assert len(empty.scene.items()) == 0
    while empty.store.history.redo_label:
        empty.actions["redo"].trigger()
    assert empty.store.document == built
    assert set(empty.scene.blocks) == set(ids)


@pytest.mark.parametrize(
    "kind",
    ["input", "convolution", "dilated", "separable", "max_pool", "fully_connected", "relu", "flatten", "output"],
)
def test_every_kind_of_the_issue_can_be_dropped(empty, hands, kind):
    new_id = hands.drop(kind, QPointF(0, 0))
    assert empty.store.network.blocks[new_id].layer.kind == kind
    assert empty.scene.blocks[new_id].sceneBoundingRect().contains(QPointF(0, 0))


def test_a_drop_on_a_wire_inserts_and_makes_room(bench, hands):
    before = bench.store.document
    wire = Wire("input_1", "conv_1")
    new_id = hands.drop("relu", bench.scene.wires[wire].middle())
    network = bench.store.network
    assert wire not in network.wires
    assert {Wire("input_1", new_id), Wire(new_id, "conv_1")} <= set(network.wires)
    right = network.blocks[new_id].x + bench.scene.blocks[new_id].look.size[0]
    assert right < network.blocks["conv_1"].x
    bench.store.undo()
    assert bench.store.document == before


def test_a_drop_beside_a_loose_end_appends(empty, hands):
    first = hands.drop("input", QPointF(-200, 0))
    second = hands.drop("convolution", QPointF(20, 10))
    assert empty.store.network.wires == (Wire(first, second),)


def test_a_drop_with_the_mouse_close_to_a_loose_end_appends_beside_it(empty, hands):
    """The block is held in its middle: half of it may lie over the one that it is appended to."""
    first = hands.drop("input", QPointF(-200, 0))
    start = empty.scene.blocks[first].output_point()
    second = hands.drop("convolution", start + QPointF(40, 10))
    assert empty.store.network.wires == (Wire(first, second),)
    assert empty.scene.blocks[second].pos().x() == start.x() + SPACE


def test_what_is_held_over_the_canvas_leaves_no_trace(bench, hands):
    before, items = bench.store.document, len(bench.scene.items())
    hands.hold("relu", bench.scene.wires[Wire("input_1", "conv_1")].middle())
    assert len(bench.scene.items()) == items + 1
    hands.take_away()
    assert len(bench.scene.items()) == items
    assert bench.store.document is before


def test_a_drop_of_something_else_is_refused(bench, hands):
    before = bench.store.document
    hands.hold("no such kind", QPointF(0, 0))
    assert not bench.canvas.busy
    assert bench.store.document is before


def test_blocks_are_dragged_to_the_grid_in_one_step(bench, hands):
    before = bench.store.document
    start = hands.middle("conv_1")
    hands.drag(start, start + QPointF(63, 118))
    moved, old = bench.store.network.blocks["conv_1"], before.network.blocks["conv_1"]
    assert (moved.x - old.x, moved.y - old.y) == pytest.approx((63, 118), abs=6)
    assert moved.x % 10 == 0
    bench.store.undo()
    assert bench.store.document == before


def test_escape_leaves_a_drag_as_if_it_had_never_been(bench, hands):
    before = bench.store.document
    start = hands.middle("conv_1")
    hands.press(start)
    hands.move(start + QPointF(80, 80))
    assert bench.scene.blocks["conv_1"].pos() != QPointF(before.network.blocks["conv_1"].x, 0)
    hands.key(Qt.Key.Key_Escape)
    hands.release(start + QPointF(80, 80))
    old = before.network.blocks["conv_1"]
    assert bench.scene.blocks["conv_1"].pos() == QPointF(old.x, old.y)
    assert bench.store.document is before


def test_delete_heals_the_chain(bench, hands):
    before = bench.store.document
    hands.click(hands.middle("relu_1"))
    assert bench.store.selection == ("relu_1",)
    bench.actions["delete"].trigger()
    assert "relu_1" not in bench.store.network.blocks
    assert {Wire("conv_1", "dilated_1"), Wire("conv_1", "separable_1")} <= set(bench.store.network.wires)
    bench.store.undo()
    assert bench.store.document == before


def test_a_wire_is_selected_and_deleted(bench, hands):
    wire = Wire("input_1", "conv_1")
    hands.click(bench.scene.wires[wire].middle())
    assert bench.store.selected_wire == wire
    bench.actions["delete"].trigger()
    assert wire not in bench.store.network.wires
    assert bench.store.selected_wire is None
    assert bench.store.analysis.blocks["conv_1"].problems[0].title == "Not connected"


def test_a_wire_end_is_lifted_off_and_put_elsewhere(bench, hands):
    wire = Wire("input_1", "conv_1")
    target = bench.scene.blocks["conv_1"].input_point("in")
    hands.drag(target, target + QPointF(0, 190))
    assert wire not in bench.store.network.wires
    bench.store.undo()
    assert wire in bench.store.network.wires


def test_a_circle_is_refused_in_words_while_the_wire_is_drawn(bench, hands):
    before = bench.store.document
    hands.press(bench.scene.blocks["max_pool_1"].output_point())
    hands.move(hands.middle("separable_1"))
    hands.move(hands.middle("conv_1"))
    assert "circle" in bench.canvas.signs.hint.text()
    assert bench.canvas.signs.hint.isVisible()
    hands.release(hands.middle("conv_1"))
    assert bench.store.document is before
    assert not bench.canvas.signs.hint.isVisible()


def test_what_does_not_fit_yet_is_said_and_allowed(bench, hands):
    bench.store.edit("cut", edits.disconnect(bench.store.network, [Wire("flatten_1", "fc_1")]))
    end = bench.scene.blocks["fc_1"].input_point("in")
    hands.press(bench.scene.blocks["max_pool_1"].output_point())
    hands.move(end)
    assert "one row of numbers" in bench.canvas.signs.hint.text()
    hands.release(end)
    assert Wire("max_pool_1", "fc_1") in bench.store.network.wires
    assert bench.scene.blocks["fc_1"].look.mark == "error"


def test_a_wire_can_be_drawn_backwards(empty, hands):
    first = hands.drop("input", QPointF(-300, 0))
    second = hands.drop("convolution", QPointF(200, 200))
    blocks = empty.scene.blocks
    hands.drag(blocks[second].input_point("in"), blocks[first].output_point())
    assert empty.store.network.wires == (Wire(first, second),)


def test_a_merging_block_grows_a_port_for_each_wire(empty, hands):
    sources = [hands.drop("input", QPointF(-350, -200 + 180 * n)) for n in range(3)]
    add = hands.drop("add", QPointF(250, 0))
    for source in sources:
        free = empty.store.network.free_port(add)
        hands.connect(source, add, free)
    assert [w.port for w in empty.store.network.wires] == ["in", "in_2", "in_3"]
    assert empty.store.network.ports(add)[-1] == "in_4"


def test_rubber_band_and_shift_select(bench, hands):
    area = bench.scene.content()
    hands.drag(area.topLeft() + QPointF(2, 2), area.bottomRight() - QPointF(2, 2))
    assert set(bench.store.selection) == set(bench.store.network.blocks)
    hands.click(hands.middle("conv_1"), Qt.KeyboardModifier.ShiftModifier)
    assert "conv_1" not in bench.store.selection
    hands.click(area.topLeft() + QPointF(2, 2))
    assert bench.store.selection == ()


def test_arrow_keys_move_the_selection_as_one_step(bench, hands):
    before = bench.store.document
    hands.click(hands.middle("conv_1"))
    for _ in range(3):
        hands.key(Qt.Key.Key_Right)
    assert bench.store.network.blocks["conv_1"].x == before.network.blocks["conv_1"].x + 30
    bench.store.undo()
    assert bench.store.document == before


def test_copies_have_ids_and_wires_of_their_own(bench):
    bench.store.select(("conv_1", "relu_1"))
    bench.actions["copy"].trigger()
    bench.actions["paste"].trigger()
    assert bench.store.selection == ("conv_2", "relu_3")
    assert Wire("conv_2", "relu_3") in bench.store.network.wires
    bench.actions["duplicate"].trigger()
    assert bench.store.selection == ("conv_3", "relu_4")


def test_a_foreign_clipboard_is_answered_in_words(bench, qapp):
    before = bench.store.document
    qapp.clipboard().setText("a shopping list")
    bench.actions["paste"].trigger()
    assert "clipboard" in bench.notices.open[0].words
    assert bench.store.document is before


def test_a_title_that_is_too_long_for_its_button_ends_in_an_ellipsis(bench):
    button = bench.palette.button("global_max_pool")
    button.resize(90, button.height())
    assert button.text().endswith("…")
    button.resize(200, button.height())
    assert button.text() == "Global max pool"
