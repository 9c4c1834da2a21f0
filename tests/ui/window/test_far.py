"""A large network seen from far is drawn in one go, and looks and behaves as if each block drew itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsItem

from convstudio.blocks import Convolution, Input, ReLU
from convstudio.network import edits
from convstudio.network.document import Block, Document, Network, Wire
from convstudio.ui.canvas import far
from convstudio.ui.canvas.photograph import photograph

COLUMNS = 16


def chain(count: int) -> Document:
    """Input, then convolutions and ReLUs in turn, in rows."""
    layers = [Input(), *(ReLU() if n % 2 else Convolution(channels=2) for n in range(count - 1))]
    places = [(number % COLUMNS * 200.0, number // COLUMNS * 220.0) for number in range(count)]
    blocks = {f"b_{n}": Block(f"b_{n}", layer, "", *at) for n, (layer, at) in enumerate(zip(layers, places))}  # noqa: B905
    return Document(network=Network(blocks, tuple(Wire(f"b_{n}", f"b_{n + 1}") for n in range(count - 1))))


@pytest.fixture
def large(bench):
    bench.store.open(chain(far.MANY + 20), None)
    bench.canvas.zoom_to(0.2)
    bench.canvas.centerOn(bench.scene.blocks["b_100"])
    return bench


def shot(bench) -> QImage:
    return bench.canvas.viewport().grab().toImage()


def bare(item: QGraphicsItem) -> bool:
    return bool(item.flags() & QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)


def unlike(one: QImage, other: QImage) -> float:
    """Mean difference of the grey values, 0 to 255."""
    smooth = Qt.TransformationMode.SmoothTransformation  # a letter half a pixel further is the same letter
    grey = [i.convertToFormat(QImage.Format.Format_Grayscale8) for i in (one, other)]
    pair = [i.scaled(200, 120, mode=smooth).convertToFormat(QImage.Format.Format_Grayscale8) for i in grey]
    sums = [abs(a - b) for a, b in zip(*(bytes(i.constBits()) for i in pair), strict=True)]
    return sum(sums) / len(sums)


def test_from_far_one_item_draws_and_from_near_each_its_own(large):
    assert large.scene.far.serving
    assert all(bare(item) for item in (*large.scene.blocks.values(), *large.scene.wires.values()))
    large.canvas.zoom_to(1.0)
    assert not large.scene.far.serving
    assert not any(bare(item) for item in (*large.scene.blocks.values(), *large.scene.wires.values()))


def test_a_small_network_draws_its_own_blocks_at_every_scale(bench):
    bench.canvas.zoom_to(0.15)
    assert not bench.scene.far.serving


@pytest.mark.parametrize("scale", [0.38, 0.25, 0.15])
def test_the_picture_is_that_of_blocks_that_draw_themselves(large, monkeypatch, scale):
    large.store.select(("b_100",))
    large.scene.set_thumbnail("b_101", QImage(8, 8, QImage.Format.Format_RGB32))
    large.canvas.zoom_to(scale)
    together = shot(large)
    monkeypatch.setattr(far, "MANY", 10**6)
    large.scene.far.serve(large.scene, scale)
    assert not large.scene.far.serving
    assert unlike(together, shot(large)) < 1.0


def test_a_click_from_far_selects_and_is_seen(large, hands):
    before = shot(large)
    hands.click(hands.middle("b_101"))
    assert large.store.selection == ("b_101",)
    assert shot(large) != before
    QTest.keyClick(large.canvas, Qt.Key.Key_Escape)
    assert large.store.selection == ()
    assert shot(large) == before


def test_a_block_is_dragged_from_far_and_back_by_undo(large, hands):
    before, start = shot(large), hands.middle("b_101")
    hands.press(start)
    hands.move(start + QPointF(100, 60))
    assert shot(large) != before
    hands.move(start + QPointF(200, 120))
    hands.release(start + QPointF(200, 120))
    assert large.store.network.blocks["b_101"].x > chain(200).network.blocks["b_101"].x
    large.store.undo()
    large.store.select(())
    large.scene.arrive()
    assert shot(large) == before


def test_edits_from_far_are_seen(large):
    before = shot(large)
    network = large.store.network
    x, y = network.blocks["b_100"].x, network.blocks["b_100"].y
    large.store.edit("add", edits.add(network, Convolution(), x + 100, y + 100)[0])
    added = shot(large)
    assert added != before
    large.store.edit("no wire", edits.disconnect(large.store.network, [Wire("b_100", "b_101")]))
    assert shot(large) != added
    large.store.undo()
    large.store.undo()
    assert shot(large) == before


def test_thumbnails_are_seen_where_they_can_be_made_out(large):
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.yellow)
    large.canvas.zoom_to(0.3)
    before = shot(large)
    card = next(i for i, item in large.scene.blocks.items() if not item.look.pill and item.body.center().y() > 1000)
    large.canvas.centerOn(large.scene.blocks[card])
    before = shot(large)
    large.scene.set_thumbnail(card, picture)
    assert shot(large) != before


def test_a_network_that_becomes_small_draws_its_own_blocks(large):
    keep = dict(list(large.store.network.blocks.items())[:10])
    large.store.edit("few", Network(keep, large.store.network.wires[:9]))
    assert not large.scene.far.serving
    assert not any(bare(item) for item in large.scene.blocks.values())


def test_a_photograph_from_far_has_all_details(large):
    large.store.select(("b_100", "b_101"))
    taken = photograph(large.scene).image()
    assert large.scene.far.serving
    large.canvas.zoom_to(1.0)
    assert photograph(large.scene).image() == taken
