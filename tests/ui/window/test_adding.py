"""Adding blocks: behind what is selected, into the selected wire, at the end of a loose wire; LeNet-5 in 12 actions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from convstudio.blocks import catalogue
from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.building import WIDEST
from convstudio.ui.canvas.offers import kinds_after, kinds_before, kinds_with_help
from convstudio.ui.finder import Finder

LENET = (
    *("convolution", "relu", "max_pool", "convolution", "relu", "max_pool"),
    *("fully_connected", "relu", "fully_connected", "relu", "fully_connected", "output"),
)
WHOLE = [
    *("input", "convolution", "relu", "max_pool", "convolution", "relu", "max_pool", "flatten"),
    *("fully_connected", "relu", "fully_connected", "relu", "fully_connected", "output"),
]


def type_name(bench, hands, name: str) -> str:
    """One action: `/`, the name, Enter."""
    hands.key(Qt.Key.Key_Slash)
    finder = bench.window.findChild(Finder)
    QTest.keyClicks(finder.field, name)
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    (new_id,) = bench.store.selection
    return new_id


def kinds(bench) -> list[str]:
    """The kinds along the chain."""
    network = bench.store.network
    here = next(i for i, b in network.blocks.items() if not b.layer.ports)
    found = [network.blocks[here].layer.kind]
    while here in network.outgoing:
        (wire,) = network.outgoing[here]
        here = wire.target
        found.append(network.blocks[here].layer.kind)
    return found


def overlapping(bench) -> list[tuple[str, str]]:
    items = list(bench.scene.blocks.values())
    bodies = {i.block_id: (i.pos().x(), i.pos().y(), *i.look.size) for i in items}
    return [
        (a, b)
        for a, (ax, ay, aw, ah) in bodies.items()
        for b, (bx, by, bw, bh) in bodies.items()
        if a < b and ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah
    ]


def test_lenet5_by_mouse_in_twelve_drags(empty, hands):
    empty.canvas.zoom_to(0.3)
    at = QPointF(-1200, 0)
    for kind in LENET:
        new_id = hands.drop(kind, at)
        item = empty.scene.blocks[new_id]
        at = item.output_point() + QPointF(60 + 75, 0)
    assert kinds(empty) == WHOLE
    assert overlapping(empty) == []
    assert empty.store.analysis.problems == ()
    for _ in LENET:
        empty.store.undo()
    assert empty.store.network.blocks == {}


def test_lenet5_by_keyboard_in_twelve_names(empty, hands):
    for kind in LENET:
        type_name(empty, hands, catalogue()[kind].title)
    assert kinds(empty) == WHOLE
    assert overlapping(empty) == []
    assert empty.store.analysis.problems == ()
    lines = {b.y + geometry.size(b.layer)[1] / 2 for b in empty.store.network.blocks.values()}
    assert len(lines) == 2  # rows
    for _ in LENET:
        empty.store.undo()
    assert empty.store.network.blocks == {}


def test_a_row_that_grows_by_itself_goes_on_in_the_next_one(empty, hands):
    """What has become too wide to be read as a whole goes on below its beginning, and can be undone block by block."""
    first = type_name(empty, hands, "input")
    while len({geometry.place(b).center().y() for b in empty.store.network.blocks.values()}) == 1:
        before, last = empty.store.document, type_name(empty, hands, "convolution")
    start, end = empty.store.network.blocks[first], empty.store.network.blocks[last]
    assert end.x == start.x
    assert end.y > start.y + geometry.CARD[1]
    assert empty.store.network.incoming[last]["in"].source in before.network.blocks
    assert overlapping(empty) == []
    beside = type_name(empty, hands, "convolution")
    assert empty.store.network.blocks[beside].y == end.y
    assert empty.store.network.blocks[beside].x > end.x
    empty.store.undo()
    empty.store.undo()
    assert empty.store.document == before


def test_a_row_behind_ways_that_met_goes_on_below_the_beginning_of_all(empty, hands):
    first = type_name(empty, hands, "input")
    fork = type_name(empty, hands, "convolution")
    ends = [type_name(empty, hands, "convolution")]
    below = empty.scene.blocks[ends[0]].pos() + QPointF(75, 260)
    ends.append(hands.drop("pointwise", below))
    hands.connect(fork, ends[1])
    empty.store.select(ends)
    met = type_name(empty, hands, "add")
    assert {w.source for w in empty.store.network.incoming[met].values()} == set(ends)
    line = empty.store.network.blocks[met].y
    last = met
    while empty.store.network.blocks[last].y == line:
        last = type_name(empty, hands, "relu")
    places = {i: geometry.place(b) for i, b in empty.store.network.blocks.items()}
    assert places[last].left() == places[first].left()
    assert all(place.bottom() < places[last].top() for i, place in places.items() if i != last)
    assert max(p.right() for p in places.values()) - places[first].left() <= WIDEST
    assert overlapping(empty) == []


def test_a_block_is_inserted_into_a_wire_by_one_drag_or_one_name(bench, hands):
    before = bench.store.document
    wire = Wire("relu_2", "max_pool_1")
    dropped = hands.drop("batch_norm", bench.scene.wires[wire].middle())
    by_mouse = bench.store.network
    assert {Wire("relu_2", dropped), Wire(dropped, "max_pool_1")} <= set(by_mouse.wires)
    bench.store.undo()
    hands.click(bench.scene.wires[wire].middle())
    typed = type_name(bench, hands, "batch norm")
    assert set(bench.store.network.wires) == set(by_mouse.wires)
    assert typed == dropped
    assert overlapping(bench) == []
    bench.store.undo()
    assert bench.store.document == before


def test_what_leaves_a_block_goes_through_the_one_that_is_added_behind_it(bench, hands):
    bench.store.select(("relu_1",))
    new_id = type_name(bench, hands, "batch norm")
    wires = set(bench.store.network.wires)
    assert {Wire("relu_1", new_id), Wire(new_id, "dilated_1"), Wire(new_id, "separable_1")} <= wires
    assert not {Wire("relu_1", "dilated_1"), Wire("relu_1", "separable_1")} & wires
    assert overlapping(bench) == []


def test_two_selected_blocks_meet_in_a_merging_one(bench, hands):
    bench.store.edit("part", edits.remove(bench.store.network, ["concat_1"]))
    bench.store.select(("dilated_1", "separable_1"))
    new_id = type_name(bench, hands, "add")
    assert {Wire("dilated_1", new_id), Wire("separable_1", new_id, "in_2")} <= set(bench.store.network.wires)


def test_an_input_has_the_shape_of_the_data(bench, hands):
    new_id = hands.drop("input", QPointF(0, 600))
    assert bench.store.network.blocks[new_id].layer.output(()) == Shape(1, (28, 28))


def test_the_hint_says_what_comes_along(empty, hands):
    hands.hold("convolution", QPointF(0, 0))
    assert empty.canvas.signs.hint.text() == "release to begin with an Input"
    hands.take_away()
    conv = hands.drop("convolution", QPointF(0, 0))
    place = empty.scene.blocks[conv].output_point() + QPointF(130, 10)
    data = hands.hold("fully_connected", place)
    assert empty.canvas.signs.hint.text() == "release to append to Convolution 3×3, with a Flatten"
    hands.let_go(data, place)
    assert kinds(empty) == ["input", "convolution", "flatten", "fully_connected"]
    empty.store.undo()
    assert kinds(empty) == ["input", "convolution"]


# --- the end of a wire in the void ----------------------------------------------------------------------------------


def offered(bench) -> set[str]:
    finder = bench.window.findChild(Finder)
    assert finder.isVisible()
    return {finder.list.item(n).text() for n in range(finder.list.count())}


def test_a_wire_let_go_in_the_void_offers_what_fits(bench, hands):
    before = bench.store.document
    start = bench.scene.blocks["flatten_1"].output_point()
    hands.drag(start, start + QPointF(60, 130))
    names = offered(bench)
    assert {"Fully connected", "ReLU", "Dropout", "Output"} <= names
    assert not {"Convolution", "Max pool", "Input"} & names
    QTest.keyClicks(bench.window.findChild(Finder).field, "dropout")
    QTest.keyClick(bench.window.findChild(Finder).field, Qt.Key.Key_Return)
    (new_id,) = bench.store.selection
    assert Wire("flatten_1", new_id) in bench.store.network.wires
    placed = bench.scene.blocks[new_id].input_point("in")
    assert (placed - start).toTuple() == pytest.approx((60, 130), abs=6)
    bench.store.undo()
    assert bench.store.document == before


def test_a_wire_let_go_backwards_offers_what_can_feed_the_port(empty, hands):
    pool = hands.drop("max_pool", QPointF(200, 0))
    empty.store.edit("alone", edits.remove(empty.store.network, ["input_1"]))
    end = empty.scene.blocks[pool].input_point("in")
    hands.drag(end, end - QPointF(160, -100))
    names = offered(empty)
    assert {"Input", "Convolution", "Add"} <= names
    assert not {"Output", "Flatten", "Fully connected"} & names
    QTest.keyClicks(empty.window.findChild(Finder).field, "convol")
    QTest.keyClick(empty.window.findChild(Finder).field, Qt.Key.Key_Return)
    (new_id,) = empty.store.selection
    assert empty.store.network.wires == (Wire(new_id, pool),)


def test_what_fits_with_another_block_between_is_offered_with_it(bench, hands):
    start = bench.scene.blocks["max_pool_1"].output_point()
    hands.drag(start, start + QPointF(-30, -190))
    finder = bench.window.findChild(Finder)
    QTest.keyClicks(finder.field, "fully")
    assert finder.list.item(0).data(Qt.ItemDataRole.UserRole).remark == "with a Flatten"
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    (new_id,) = bench.store.selection
    assert {Wire("max_pool_1", "flatten_2"), Wire("flatten_2", new_id)} <= set(bench.store.network.wires)


@pytest.mark.parametrize("leave", ["escape", "click", "undo"])
def test_leaving_the_offer_leaves_nothing(bench, hands, leave):
    hands.drop("relu", QPointF(0, 700))
    before, items = bench.store.document, len(bench.scene.items())
    start = bench.scene.blocks["conv_1"].output_point()
    hands.drag(start, start + QPointF(60, 330))
    assert len(bench.scene.items()) == items + 1
    if leave == "escape":
        QTest.keyClick(bench.window.findChild(Finder).field, Qt.Key.Key_Escape)
    elif leave == "click":
        hands.click(QPointF(-300, -200))
        bench.canvas.setFocus()
    else:
        bench.store.undo()
        bench.store.redo()
    assert len(bench.scene.items()) == items
    assert not bench.canvas.busy
    assert bench.store.document == before


def test_a_new_offer_takes_the_place_of_the_one_before(bench, hands):
    items, at = len(bench.scene.items()), QPointF(60, 700)
    for block in ("conv_1", "flatten_1"):
        hands.view.signs.offer(block, "", True, at)
    assert len(bench.scene.items()) == items + 1
    QTest.keyClick(bench.window.findChild(Finder).field, Qt.Key.Key_Escape)
    assert len(bench.scene.items()) == items


# --- where a wire may lead ------------------------------------------------------------------------------------------


def test_legal_ports_shine_and_the_rest_steps_back_while_a_wire_is_drawn(bench, hands):
    loose = hands.drop("convolution", QPointF(150, 600))
    dense = hands.drop("fully_connected", QPointF(420, 600))
    bench.store.edit("part", edits.disconnect(bench.store.network, [Wire(loose, dense)]))
    blocks = bench.scene.blocks
    hands.press(blocks["relu_1"].output_point())
    assert blocks["conv_1"].opacity() == 1
    hands.move(QPointF(0, 500))
    kinds = {i: item._lit.kind for i, item in blocks.items() if item._lit}
    assert (kinds[loose], kinds[dense], kinds["conv_1"], kinds["max_pool_1"]) == ("good", "unfit", "refused", "refused")
    assert kinds["concat_1"] == "good"
    assert blocks["conv_1"].opacity() < 0.5
    hands.key(Qt.Key.Key_Escape)
    assert all(item._lit is None and item.opacity() == 1 for item in blocks.values())


def test_each_kind_can_be_asked_what_goes_before_and_behind_it(bench):
    """Groups among them, whose ports are those of what they hold."""
    for kind in catalogue().values():
        network, new_id = edits.add(bench.store.network, kind(), 0, 900)
        analysis = resolve(network, catalogue())
        assert kinds_with_help(analysis, "conv_1") is not None
        assert all(k.ends or k().ports for k in kinds_after(analysis, new_id))
        assert not any(k.ends for k in kinds_before(network, analysis, new_id))
