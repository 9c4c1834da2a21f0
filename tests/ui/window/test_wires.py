"""Wires: a long one goes around the blocks in its way, says what flows, and is as thick as that is large."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from convstudio.blocks import Add, Convolution, Input, ReLU
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.shape import Shape
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.lanes import APART, way_around

START, END = QPointF(0, 0), QPointF(600, 0)
CARD = QRectF(200, -70, 150, 140)


def passes(line, item) -> bool:
    """Whether a wire runs through a block's body."""
    body = item.body.adjusted(1, 1, -1, -1)
    return any(body.contains(line._path.pointAtPercent(n / 200)) for n in range(201))


def test_nothing_in_the_way_needs_no_way_around():
    assert way_around(START, END, []) is None
    assert way_around(START, END, [CARD.translated(0, 300)]) is None
    assert way_around(START, QPointF(120, 0), [QRectF(50, -20, 20, 40)]) is None


def test_a_wire_passes_a_small_block_between_two_neighbours():
    """A ReLU between a convolution and what both meet in, as close as tidying puts them."""
    pill = QRectF(50, -14, 72, 28)
    lane = way_around(START, QPointF(172, 0), [pill])
    path = geometry.wire_path(START, QPointF(172, 0), lane)
    assert not any(pill.contains(path.pointAtPercent(n / 100)) for n in range(101))


def test_a_wire_passes_on_the_side_of_its_port_unless_that_is_much_farther():
    assert way_around(START, END, [CARD]) > CARD.bottom()
    assert way_around(START, END, [CARD], low=False) < CARD.top()
    assert way_around(START, END, [CARD, CARD.translated(0, 180)]) < CARD.top()


def test_wires_past_the_same_blocks_keep_apart():
    taken: list[tuple[float, float, float]] = []
    for _ in range(4):
        lane = way_around(START, END, [CARD], taken)
        taken.append((0, 600, lane))
    assert all(abs(a[2] - b[2]) >= APART for a, b in combinations(taken, 2))


def test_a_way_around_is_clear_of_other_blocks_too():
    below = CARD.translated(100, 160)
    lane = way_around(START, END, [CARD, below.translated(0, 0)])
    assert not CARD.top() < lane < CARD.bottom()
    assert not below.top() < lane < below.bottom()


@pytest.fixture
def residual(bench) -> Network:
    network, first = edits.add(Network(), Convolution(), 0, 0)
    network, second = edits.append_after(network, first, Convolution())
    network, third = edits.append_after(network, second, Convolution())
    network, end = edits.append_after(network, third, Add())
    network = edits.connect(network, Wire(first, end, "in_2"))
    bench.store.edit("residual", network)
    bench.actions["tidy"].trigger()
    return bench.store.network


def test_no_wire_runs_behind_a_block_after_tidying(bench, residual):
    for wire, line in bench.scene.wires.items():
        for block_id, item in bench.scene.blocks.items():
            if block_id not in (wire.source, wire.target):
                assert not passes(line, item), f"{wire} and {block_id}"


def test_a_wire_makes_way_when_a_block_is_put_into_it_and_returns_when_it_goes(bench, hands):
    network, first = edits.add(Network(), Convolution(), 0, 0)
    network, last = edits.add(network, ReLU(), 700, 56)
    network = edits.connect(network, Wire(first, last))
    bench.store.edit("far", network)
    line = bench.scene.wires[Wire(first, last)]
    straight = line.middle()
    network, between = edits.add(network, Convolution(), 350, 0)
    bench.store.edit("between", network)
    assert not passes(line, bench.scene.blocks[between])
    bench.store.edit("away", edits.move(network, {between: (350, 900)}))
    assert line.middle() == straight
    bench.store.undo()
    bench.store.edit("gone", edits.remove(network, [between]))
    assert line.middle() == straight


def test_a_wire_that_leads_back_runs_between_blocks_that_lie_between_the_rows(bench):
    network, first = edits.add(Network(), Convolution(), 900, 0)
    network, last = edits.add(network, Convolution(), 0, 500)
    network = edits.connect(network, Wire(first, last))
    bench.store.edit("back", network)
    line = bench.scene.wires[Wire(first, last)]
    half_way = line.middle()
    assert line.lane is None
    network, between = edits.add(network, Convolution(), 500, 230)
    bench.store.edit("between", network)
    assert not passes(line, bench.scene.blocks[between])
    assert line.middle() != half_way
    bench.store.undo()
    assert line.middle() == half_way


def test_a_long_wire_says_what_flows_and_a_hover_says_it_in_words(bench, residual):
    line = bench.scene.wires[Wire("conv_1", "add_1", "in_2")]
    assert line.labelled is False  # nothing flows: there is no Input
    network, start = edits.add(residual, Input(), -300, 0)
    bench.store.edit("input", edits.connect(network, Wire(start, "conv_1")))
    assert line.labelled
    assert line._look.label == "8×28×28"
    assert line.toolTip() == "8 feature maps of 28 × 28"
    assert line.boundingRect().contains(QRectF(line.middle() - QPointF(40, 7), line.middle() + QPointF(40, 7)))


def test_a_label_is_left_out_where_it_could_not_be_read(bench, residual):
    network, start = edits.add(residual, Input(), -300, 0)
    bench.store.edit("input", edits.connect(network, Wire(start, "conv_1")))
    line = bench.scene.wires[Wire("conv_1", "add_1", "in_2")]

    def painted(scale: float) -> QImage:
        picture = QImage(200, 40, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.translate(100, 20)
        painter.scale(scale, scale)
        painter.translate(-line.middle())
        line.paint(painter, None)
        painter.end()
        return picture

    beside = 5
    assert painted(1.0).pixelColor(100, 20 + beside).alpha() > 0
    assert painted(0.2).pixelColor(100, 20 + beside).alpha() == 0


def test_a_label_goes_out_of_the_way_of_a_block_and_back_and_is_left_out_where_nothing_is_free(bench, hands):
    network, start = edits.add(Network(), Input(), 0, 0)
    network, last = edits.add(network, ReLU(), 900, 56)
    network, loose = edits.add(network, ReLU(), 300, 500)
    network = edits.connect(network, Wire(start, last))
    bench.store.edit("far", network)
    bench.scene.arrive()
    bench.canvas.fit()
    line, pill = bench.scene.wires[Wire(start, last)], bench.scene.blocks[loose]
    middle = line.label_at
    assert middle == line.middle()
    hands.press(hands.middle(loose))
    hands.move(middle)
    assert line.label_at != middle
    assert not pill.body.intersects(QRectF(line.label_at, line.label_size).translated(-line.label_size.width() / 2, -7))
    hands.key(Qt.Key.Key_Escape)
    assert line.label_at == middle
    bench.store.edit("onto it", edits.move(bench.store.network, {loose: (middle.x() - 36, middle.y() - 14)}))
    bench.scene.arrive()
    assert line.label_at != middle
    bench.store.undo()
    bench.scene.arrive()
    assert line.label_at == middle
    network, near = edits.add(bench.store.network, ReLU(), 200, 56)
    network = edits.connect(edits.disconnect(network, [Wire(start, last)]), Wire(start, near))
    for n in range(4):
        network, _ = edits.add(network, ReLU(), 150 + 15 * n, 40 + 10 * n)
    bench.store.edit("crowded", network)
    assert bench.scene.wires[Wire(start, near)].label_at is None


def test_the_larger_the_signal_the_thicker_the_wire():
    widths = [geometry.wire_width(s) for s in (Shape(10), Shape(120), Shape(8, (28, 28)), Shape(64, (224, 224)))]
    assert widths == sorted(set(widths))
    assert geometry.wire_width(None) < widths[-1] < 6
