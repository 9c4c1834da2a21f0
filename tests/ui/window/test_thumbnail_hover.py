"""The unit under the mouse on a block's card: which map, which place; nothing beside the thumbnails."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from convstudio.protocol.messages import Array, Maps, View
from convstudio.ui.canvas.painter import thumbnail_place
from convstudio.ui.lens.thumbnail_hover import ThumbnailHover, unit_at
from convstudio.ui.live.tile_picture import thumbnail

PLACES = [
    ((8, 28, 28), (0.0, 0.0), (0, (0, 0))),
    ((8, 28, 28), (0.99, 0.99), (7, (27, 26))),
    ((8, 4, 4), (0.3, 0.6), (5, (0, 0))),
    ((3, 4, 4), (0.9, 0.1), None),
    ((1, 10, 20), (0.5, 0.5), (0, (5, 10))),
    ((5, 1, 30), (0.5, 0.5), (2, (15,))),
    ((10, 1, 1), (0.5, 0.5), (5, (0,))),
    ((1, 1, 10), (0.5, 0.5), (0, ())),
    ((2, 3, 4, 4), (0.5, 0.5), None),
    ((8, 4, 4), (1.0, 0.5), None),
]


@pytest.mark.parametrize(("shape", "part", "unit"), PLACES)
def test_parts_of_a_thumbnail_are_units(shape, part, unit) -> None:
    assert unit_at(shape, *part) == unit


class Pictures:
    """The maps of one block, as the cards have them."""

    def __init__(self, block: str, maps: np.ndarray) -> None:
        packed = Array("uint8", maps.shape, maps.tobytes())
        view = View(block=block, what="maps")
        self.shown = {block: Maps(run=0, step=0, view=view, maps=packed, low=0, high=1, total=len(maps))}

    def picture(self, block: str) -> Maps | None:
        return self.shown.get(block)


def test_the_mouse_over_a_card_tells_the_unit_and_beside_it_nothing(bench, hands, qtbot) -> None:
    maps = np.zeros((8, 28, 28), np.uint8)
    hover = ThumbnailHover(bench.canvas, Pictures("conv_1", maps))  # type: ignore[arg-type]
    item = bench.scene.blocks["conv_1"]
    item.set_image(thumbnail(maps))
    bench.canvas.centerOn(item)
    room = thumbnail_place(item.look, item.image).translated(item.pos())
    inside = room.topLeft() + QPointF(room.width() * 0.38, room.height() * 0.75)
    with qtbot.waitSignal(hover.unit_hovered) as told:
        QTest.mouseMove(hands.viewport, hands.pixel(inside))
    block, channel, (row, column) = told.args
    assert (block, channel) == ("conv_1", 5)
    assert 11 <= row <= 17
    assert 11 <= column <= 17
    with qtbot.waitSignal(hover.unit_left):
        QTest.mouseMove(hands.viewport, hands.pixel(item.pos() + QPointF(10, 8)))
