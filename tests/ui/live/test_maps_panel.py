"""The Feature maps tab and the bars of vectors."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel

from convstudio.protocol.messages import Activity, Array, Maps, View
from convstudio.ui.live.bars import Bars
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.live.colour_maps import MAGMA
from convstudio.ui.live.maps_panel import MapsPanel
from convstudio.ui.live.neighbours import Pair
from convstudio.ui.live.prob_bars import ProbBars
from convstudio.ui.live.sentence import Sentence


@pytest.fixture
def panel(show):
    panel = show(MapsPanel(), 900, 260)
    panel.show_block("conv_1", "Convolution 3×3")
    return panel


def shown_texts(panel):
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def cell_middle(grid, tile, row, column):
    place, layout = grid.place(tile), grid.tile_layout
    return place.topLeft() + QPoint(int((column + 0.5) * layout.across), int((row + 0.5) * layout.down))


def maps_8():
    return np.random.default_rng(3).integers(0, 250, (8, 6, 6), dtype=np.uint8)


def test_all_maps_are_painted_on_one_scale(panel, messages, settle):
    maps = maps_8()
    panel.on_maps(messages.maps(maps, low=-1.0, high=1.55))
    settle()
    assert panel.caption == "conv_1 · 8 maps of 6 × 6"
    assert panel.findChild(ColourBar).numbers == ("−1", "0.275", "1.55")
    picture = panel.grid.viewport().grab().toImage()
    for tile, row, column in np.ndindex(8, 6, 6):
        assert picture.pixel(cell_middle(panel.grid, tile, row, column)) == MAGMA[maps[tile, row, column]]


def test_a_map_is_enlarged_and_its_values_can_be_read(panel, messages, settle, hand, qtbot):
    maps = maps_8()
    maps[5, 2, 3] = 100
    panel.on_maps(messages.maps(maps, low=-1.0, high=1.55))
    settle()
    with qtbot.waitSignal(panel.tile_selected) as heard:
        qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=cell_middle(panel.grid, 5, 0, 0))
    settle()
    assert heard.args == [5]
    assert panel.enlarged.tile_layout.across > panel.grid.tile_layout.across
    place = cell_middle(panel.enlarged, 0, 2, 3)
    assert panel.enlarged.viewport().grab().toImage().pixel(place) == MAGMA[100]
    hand.hover(panel.enlarged.viewport(), place)
    assert "map 5 · row 2, column 3: 0" in shown_texts(panel)
    assert hand.tooltip(panel.enlarged.viewport(), place) == "map 5 · row 2, column 3: 0"


def test_dead_maps_are_counted_and_marked(panel, messages, settle):
    maps = maps_8()
    maps[3] = 77
    panel.on_maps(messages.maps(maps))
    settle()
    assert panel.caption.endswith("· 1 constant for this sample")
    place = panel.grid.place(3)
    picture = panel.grid.viewport().grab().toImage()
    diagonal = {picture.pixel(place.left() + at, place.bottom() - at) for at in range(3, place.width() - 3)}
    beside = picture.pixel(place.left() + 2, place.top() + 2)
    assert beside == MAGMA[77]
    assert MAGMA[77] not in diagonal
    panel.grid.select(3)
    assert "map 3 · constant for this sample" in shown_texts(panel)


def activity(messages, low, high, block="conv_1"):
    low, high = messages.array(low), messages.array(high)
    return Activity(run=0, step=0, view=View(block, "activity"), samples=64, low=low, high=high, mean=high)


def test_a_map_that_is_zero_for_every_sample_is_dead(panel, messages, settle):
    maps = maps_8()
    maps[3] = maps[4] = 0
    panel.on_maps(messages.maps(maps))
    panel.on_activity(activity(messages, [0] * 8, [1, 1, 1, 0, 1, 1, 1, 1]))
    settle()
    assert panel.caption == (
        "conv_1 · 8 maps of 6 × 6 · 1 dead: 0 for all of 64 validation samples · 1 constant for this sample"
    )
    panel.grid.select(3)
    assert "map 3 · dead: 0 for all of 64 validation samples" in shown_texts(panel)
    panel.show_block("conv_2", "Other")
    panel.on_activity(activity(messages, [0] * 8, [0] * 8))
    panel.on_maps(messages.maps(maps_8(), block="conv_2"))
    assert "dead" not in panel.caption


def test_the_map_after_the_activation_stands_beside_on_the_same_scale(panel, messages, settle, hand):
    panel.show_block("conv_1", "Convolution 3×3", Pair("conv_1", "relu_1"))
    before = np.full((1, 4, 4), 51, np.uint8)  # −1 + 51 · 2 / 255 = −0.6
    before[0, 1, 2] = 204  # 0.6
    after = np.zeros((1, 4, 4), np.uint8)
    after[0, 1, 2] = 255  # of 0 to 0.6
    panel.on_maps(messages.maps(before, low=-1.0, high=1.0))
    assert not panel.side.partner.isVisible()
    panel.on_maps(messages.maps(after, low=0.0, high=0.6, block="relu_1"))
    settle()
    assert "after: relu_1" in shown_texts(panel)
    partner = panel.side.partner
    picture = partner.viewport().grab().toImage()
    assert picture.pixel(cell_middle(partner, 0, 0, 0)) == MAGMA[128]
    assert picture.pixel(cell_middle(partner, 0, 1, 2)) == MAGMA[204]
    assert hand.tooltip(partner.viewport(), cell_middle(partner, 0, 1, 2)) == "map 0 · row 1, column 2: 0.6"
    assert partner.mapTo(panel, QPoint(0, 0)).x() > panel.enlarged.mapTo(panel, QPoint(0, 0)).x()
    panel.show_block("relu_1", "ReLU", Pair("conv_1", "relu_1"))
    panel.on_maps(messages.maps(after, low=0.0, high=0.6, block="relu_1"))
    panel.on_maps(messages.maps(before, low=-1.0, high=1.0))
    settle()
    assert "before: conv_1" in shown_texts(panel)
    assert partner.mapTo(panel, QPoint(0, 0)).x() < panel.enlarged.mapTo(panel, QPoint(0, 0)).x()
    panel.show_block("pool_1", "Pool", None)
    assert not partner.isVisible()


def test_the_input_shines_through(panel, messages, settle, qtbot):
    picture = QImage(6, 6, QImage.Format.Format_RGB32)
    picture.fill(QColor(0, 200, 0))
    panel.set_input(picture)
    panel.on_maps(messages.maps(np.zeros((2, 6, 6))))
    settle()
    place = cell_middle(panel.enlarged, 0, 3, 3)
    assert panel.enlarged.viewport().grab().toImage().pixel(place) == MAGMA[0]
    panel.side.over.setFocus()
    for _ in range(10):
        qtbot.keyClick(panel.side.over, Qt.Key.Key_PageUp)
    settle()
    assert panel.enlarged.viewport().grab().toImage().pixelColor(place).green() == 200
    assert panel.grid.viewport().grab().toImage().pixel(cell_middle(panel.grid, 0, 3, 3)) == MAGMA[0]


def test_the_histogram_counts_every_value(panel, messages, hand, settle):
    maps = np.zeros((2, 4, 4), np.uint8)
    maps[0, 0] = 255
    panel.on_maps(messages.maps(maps, low=0.0, high=6.4))
    settle()
    histogram = panel.side.histogram
    assert hand.tooltip(histogram, QPoint(1, 9)) == "0 … 0.1: 75 % of this map, 88 % of all maps"
    right = histogram.width() - 1
    assert hand.tooltip(histogram, QPoint(right, 9)) == "6.3 … 6.4: 25 % of this map, 12 % of all maps"


@pytest.mark.parametrize("way", ["grid", "enlarged"])
def test_a_unit_is_chosen_by_a_double_click_or_with_control(panel, messages, settle, qtbot, way):
    panel.on_maps(messages.maps(maps_8()))
    panel.grid.select(5)
    settle()
    grid, tile = (panel.grid, 5) if way == "grid" else (panel.enlarged, 0)
    with qtbot.waitSignal(panel.unit_chosen) as heard:
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=cell_middle(grid, tile, 2, 4))
    assert heard.args == ["conv_1", 5, (2, 4)]
    with qtbot.waitSignal(panel.unit_chosen) as heard:
        place, control = cell_middle(grid, tile, 1, 3), Qt.KeyboardModifier.ControlModifier
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, control, place)
    assert heard.args == ["conv_1", 5, (1, 3)]


def test_a_bar_of_a_vector_is_a_unit(panel, messages, settle, qtbot):
    panel.on_maps(messages.maps(np.arange(10).reshape(1, 10) * 25, total=1))
    settle()
    with qtbot.waitSignal(panel.unit_chosen) as heard:
        place = panel.bars.place(6).center().toPoint()
        qtbot.mouseDClick(panel.bars, Qt.MouseButton.LeftButton, pos=place)
    assert heard.args == ["conv_1", 6, ()]


@pytest.mark.parametrize("shape", [(10,), (1, 10), (10, 1), (10, 1, 1), (1, 1, 10)])
def test_a_vector_is_bars_with_numbers(panel, messages, settle, hand, shape):
    panel.on_maps(messages.maps(np.arange(10).reshape(shape) * 25, low=-1.0, high=1.55, total=1))
    settle()
    assert "conv_1 · 10 values" in shown_texts(panel)
    assert panel.bars.isVisible()
    assert panel.bars.highest == 9
    assert hand.tooltip(panel.bars, panel.bars.place(6).center().toPoint()) == "6: 0.5"
    assert panel.bars.text_of(9) == "9: 1.25"


def test_a_signal_is_one_strip_a_channel(panel, messages, settle, hand):
    panel.on_maps(messages.maps(np.arange(200).reshape(4, 1, 50), high=255.0))
    settle()
    assert panel.caption == "conv_1 · 4 maps of 50"
    assert panel.grid.tile_layout.columns == 1
    assert hand.tooltip(panel.grid.viewport(), cell_middle(panel.grid, 2, 0, 7)) == "map 2 · place 7: 107"


def test_fewer_maps_than_there_are_is_said(panel, messages):
    panel.on_maps(messages.maps(maps_8(), total=64))
    assert panel.caption == "conv_1 · 64 maps of 6 × 6 · first 8"


def test_sentences_for_nothing_chosen_waiting_and_broken(panel, messages, settle):
    found = panel.findChild(Sentence)
    assert found.text().startswith("Convolution 3×3: its feature maps")
    drawn = []
    panel.drawn.connect(lambda: drawn.append(1))
    panel.on_maps(
        Maps(run=0, step=0, view=View("conv_1", "maps"), maps=Array("uint8", (3,), b""), low=0, high=1, total=3)
    )
    assert "needs 3 bytes" in found.text()
    panel.on_maps(messages.maps(np.zeros((0, 3, 3))))
    assert "no feature maps" in found.text()
    assert drawn == [1, 1]
    panel.show_block(None, "")
    assert "Select a block" in found.text()


def test_maps_and_vectors_are_reported_once_painted(panel, messages, settle):
    drawn = []
    panel.drawn.connect(lambda: drawn.append(1))
    for number, maps in enumerate([maps_8(), np.zeros((1, 1, 7)), maps_8()], start=1):
        panel.on_maps(messages.maps(maps))
        settle()
        assert len(drawn) == number


@pytest.mark.parametrize("shape", [(1, 1, 1), (2000, 5, 5), (3, 500, 700), (2, 4, 9, 9), (1, 1, 9000), (64, 1, 20000)])
@pytest.mark.parametrize("size", [(350, 200), (1200, 400)])
def test_odd_maps_are_shown_at_any_size(show, messages, settle, shape, size):
    panel = show(MapsPanel(), *size)
    panel.show_block("b", "Block")
    drawn = []
    panel.drawn.connect(lambda: drawn.append(1))
    panel.on_maps(messages.maps(np.zeros(shape), block="b"))
    settle()
    assert drawn == [1]
    assert panel.size().toTuple() == size


def test_bars_stand_on_zero_and_reach_their_value(show):
    bars = show(Bars("values"), 300, 120)
    bars.set_values(np.array([2.0, -1.0, 0.0, 1.0], np.float32), -1.0, 2.0, numbers=False)
    zero = bars.place(0).bottom()
    assert bars.place(1).top() == pytest.approx(zero)
    assert bars.place(3).bottom() == pytest.approx(zero)
    assert bars.place(0).height() == pytest.approx(2 * bars.place(3).height())
    assert bars.place(1).height() == pytest.approx(bars.place(3).height())


@pytest.mark.parametrize("count", [0, 1, 3, 1000, 9000])
@pytest.mark.parametrize("fill", [0.0, 1.0, float("nan"), float("inf")])
def test_bars_of_odd_numbers_are_painted(show, settle, count, fill):
    bars = show(Bars("values"), 200, 60)
    bars.set_values(np.full(count, fill, np.float32), 0.0, 1.0)
    settle()
    assert 0 <= bars.highest <= max(0, count - 1)


def test_a_lone_high_value_among_thousands_is_painted(show, settle, both_themes):
    bars = show(Bars("values"), 200, 60)
    values = np.zeros(9000, np.float32)
    values[4501] = 1.0
    bars.set_values(values, 0.0, 1.0)
    settle()
    picture = bars.grab().toImage()
    assert both_themes.colour("accent").rgb() in {picture.pixel(x, 25) for x in range(200)}


def test_probabilities_are_named(show, hand):
    bars = show(ProbBars(), 180, 52)
    bars.set_probabilities(np.array([0.01, 0.96, 0.03], np.float32), ("cat", "dog", "owl"))
    assert hand.tooltip(bars, QPoint(90, 30)) == "dog: 96 %"
    assert bars.accessibleDescription() == "dog: 96 %"
    assert bars.place(1).height() > 10 * bars.place(2).height() / 2


def test_a_double_click_and_a_click_with_ctrl_choose_a_unit(show, messages, qtbot):
    maps = np.arange(3 * 8 * 6, dtype=np.uint8).reshape(3, 8, 6)
    panel = show(MapsPanel(), 700, 300)
    panel.show_block("conv_1", "Convolution")
    panel.on_maps(messages.maps(maps))
    chosen = []
    panel.unit_chosen.connect(lambda *unit: chosen.append(unit))
    layout, grid = panel.grid.tile_layout, panel.grid
    corner = grid.place(2).topLeft() + QPoint(layout.across * 3 + 1, layout.down * 5 + 1)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert chosen[-1] == ("conv_1", 2, (5, 3))
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert len(chosen) == 1
    large = panel.enlarged
    place = large.place(0).topLeft() + QPoint(large.tile_layout.across * 2 + 1, large.tile_layout.down * 4 + 1)
    qtbot.mouseClick(large.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    assert chosen[-1] == ("conv_1", 2, (4, 2))
