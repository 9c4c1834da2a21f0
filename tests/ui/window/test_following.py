"""The scene after many edits is the scene of the document made anew: nothing that changed was left out."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPointF

from convstudio.blocks import Convolution
from convstudio.network import edits
from convstudio.network.document import Document, Wire
from convstudio.ui.canvas.scene import CanvasScene


def picture(scene: CanvasScene) -> object:
    """All that can be seen of the blocks and wires of a scene."""
    scene.arrive()
    blocks = {i: (b.look, b.pos().toTuple(), b._chosen) for i, b in scene.blocks.items()}
    wires = {w: (line._look, line._ends, line._chosen) for w, line in scene.wires.items()}
    return blocks, wires, scene.content(), scene.bodies


def act(bench, dice: random.Random) -> None:
    store = bench.store
    network = store.network
    block = dice.choice(list(network.blocks.values()))
    kind = dice.randrange(8)
    if kind == 0 and isinstance(block.layer, Convolution):
        store.edit("a", edits.change(network, block.id, Convolution(channels=dice.choice((4, 9)), mask=(99,))))
    elif kind == 1:
        store.edit("b", edits.move(network, {block.id: (dice.randrange(900), dice.randrange(400))}))
    elif kind == 2 and network.wires:
        store.edit("c", edits.disconnect(network, [dice.choice(network.wires)]))
    elif kind == 3 and len(network.blocks) > 4:
        store.edit("d", edits.remove(network, [block.id]))
    elif kind == 4 and (port := network.free_port(block.id)):
        wire = Wire(dice.choice(list(network.blocks)), block.id, port)
        if edits.refusal(network, wire) is None:
            store.edit("e", edits.connect(network, wire))
    elif kind == 5:
        store.select(dice.sample(list(network.blocks), 2))
    elif kind == 6 and network.wires:
        store.select((), dice.choice(network.wires))
    else:
        dice.choice((store.undo, store.redo))()


@pytest.mark.parametrize("seed", range(6))
def test_the_scene_is_that_of_the_document(bench, seed):
    dice = random.Random(seed)
    for _ in range(40):
        act(bench, dice)
        fresh = CanvasScene(bench.store)
        assert picture(bench.scene) == picture(fresh)
        bench.store.changed.disconnect(fresh.follow)
        fresh.deleteLater()


def test_the_map_shows_where_blocks_lie_now(bench):
    bench.canvas.zoom_to(2.0)
    map_ = bench.canvas._minimap
    before = map_.grab().toImage()
    block_id = next(iter(bench.store.network.blocks))
    bench.store.edit("move", edits.move(bench.store.network, {block_id: (3000.0, 2000.0)}))
    after = map_.grab().toImage()
    assert after != before
    bench.store.undo()
    assert map_.grab().toImage() == before


def test_bodies_stay_the_same_list_while_no_block_moves(bench):
    bodies, block_id = bench.scene.bodies, next(iter(bench.store.network.blocks))
    bench.store.edit("title", edits.rename(bench.store.network, block_id, "here"))
    assert bench.scene.bodies is bodies
    bench.store.edit("move", edits.move(bench.store.network, {block_id: (1.0, 2.0)}))
    assert bench.scene.bodies is not bodies


def test_an_empty_document_has_no_bodies(bench):
    bench.store.open(Document(), None)
    assert bench.scene.bodies == []
    assert bench.scene.content().isEmpty()
    assert bench.scene.block_at(QPointF(0, 0)) is None
