"""The grid of tiles under a real mouse and keyboard: values, tooltips, pixels, scrolling, selection."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from convstudio.ui.live.colour_maps import MAGMA
from convstudio.ui.live.tile_grid import TileGrid
from convstudio.ui.live.tile_layout import Cell


@pytest.fixture
def grid(show):
    """Twelve maps of 4 × 4 with different numbers everywhere."""
    grid = show(TileGrid("maps"), 300, 200)
    grid.set_tiles(np.arange(192, dtype=np.uint8).reshape(12, 4, 4), MAGMA)
    grid.words = lambda cell: f"tile {cell.tile} row {cell.row} column {cell.column}"
    return grid


def middle_of(grid, tile, row=0, column=0):
    """The pixel in the middle of a cell."""
    place, layout = grid.place(tile), grid.tile_layout
    return place.topLeft() + QPoint(
        int((column + 0.5) * layout.across / layout.step), int((row + 0.5) * layout.down / layout.step)
    )


def test_every_cell_is_painted_in_the_colour_of_its_level(grid, settle):
    settle()
    picture = grid.viewport().grab().toImage()
    for tile, row, column in np.ndindex(12, 4, 4):
        level = 16 * tile + 4 * row + column
        assert picture.pixel(middle_of(grid, tile, row, column)) == MAGMA[level]


def test_hovering_tells_the_cell_and_leaving_tells_that_too(grid, hand, qtbot):
    with qtbot.waitSignal(grid.hovered) as heard:
        hand.hover(grid.viewport(), middle_of(grid, 5, 2, 3))
    assert heard.args == [5, 2, 3]
    assert grid.hovered_cell == Cell(5, 2, 3)
    with qtbot.waitSignal(grid.left):
        QApplication.sendEvent(grid.viewport(), QEvent(QEvent.Type.Leave))
    assert grid.hovered_cell is None


def test_the_tooltip_says_the_words_of_the_cell_and_nothing_in_a_gap(grid, hand):
    assert hand.tooltip(grid.viewport(), middle_of(grid, 7, 1, 0)) == "tile 7 row 1 column 0"
    hand.finds_no_tooltip(grid.viewport(), QPoint(0, 0))


def test_a_click_selects_a_tile_and_frames_it(grid, qtbot, settle, both_themes):
    with qtbot.waitSignal(grid.selected) as heard:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(grid, 6))
    assert heard.args == [6]
    settle()
    place = grid.place(6)
    frame = grid.viewport().grab().toImage().pixelColor(place.left() + place.width() // 2, place.top() - 1)
    assert frame == QColor(both_themes.colour("accent"))
    with qtbot.assertNotEmitted(grid.selected):
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.RightButton, pos=middle_of(grid, 2))


def test_arrow_keys_walk_over_the_tiles_and_stop_at_the_edges(grid, qtbot):
    columns = grid.tile_layout.columns
    walk = [
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns if 1 + columns < 12 else 1),
        (Qt.Key.Key_End, 11),
        (Qt.Key.Key_Right, 11),
        (Qt.Key.Key_Down, 11),
        (Qt.Key.Key_Home, 0),
    ]
    for key, expected in walk:
        qtbot.keyClick(grid, key)
        assert grid.selected_tile == expected, key


def test_the_tile_that_a_key_selects_scrolls_into_view(grid, qtbot, settle):
    grid.set_tiles(np.zeros((2000, 9, 9), np.uint8), MAGMA)
    settle()
    assert grid.verticalScrollBar().maximum() > 0
    assert not grid.viewport().rect().contains(grid.place(1999))
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.viewport().rect().contains(grid.place(1999))
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert grid.viewport().rect().contains(grid.place(0))


def test_a_scrolled_grid_paints_and_names_the_right_tiles(grid, hand, qtbot, settle):
    tiles = np.arange(2000, dtype=np.uint16)[:, None, None] % 250 + np.zeros((1, 9, 9), np.uint16)
    grid.set_tiles(tiles.astype(np.uint8), MAGMA)
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    settle()
    picture = grid.viewport().grab().toImage()
    seen = [tile for tile in range(2000) if grid.viewport().rect().contains(grid.place(tile))]
    assert 20 < len(seen) < 2000
    for tile in seen:
        assert picture.pixel(middle_of(grid, tile, 4, 4)) == MAGMA[tile % 250]
    hand.hover(grid.viewport(), middle_of(grid, seen[3], 8, 1))
    assert grid.hovered_cell == Cell(seen[3], 8, 1)


def test_new_numbers_of_the_same_shape_keep_the_selection_others_start_anew(grid):
    grid.select(4)
    grid.set_tiles(np.zeros((12, 4, 4), np.uint8), MAGMA)
    assert grid.selected_tile == 4
    grid.set_tiles(np.zeros((3, 4, 4), np.uint8), MAGMA)
    assert grid.selected_tile == 0


def test_each_picture_is_reported_once_and_only_after_it_was_painted(grid, qtbot, settle):
    settle()
    drawn = []
    grid.drawn.connect(lambda: drawn.append(grid.viewport().size()))
    grid.viewport().update()
    settle()
    assert drawn == []
    grid.set_tiles(np.ones((12, 4, 4), np.uint8), MAGMA)
    assert drawn == []
    settle()
    assert len(drawn) == 1


def test_a_hidden_grid_reports_nothing_until_it_is_seen(grid, settle):
    drawn = []
    grid.drawn.connect(lambda: drawn.append(1))
    grid.hide()
    grid.set_tiles(np.ones((12, 4, 4), np.uint8), MAGMA)
    settle()
    assert drawn == []
    grid.show()
    settle()
    assert drawn == [1]


@pytest.mark.parametrize("shape", [(0, 3, 3), (1, 1, 1), (1, 300, 2), (3, 0, 0), (2000, 1, 1), (5, 1, 4000)])
@pytest.mark.parametrize("size", [(60, 48), (700, 300)])
def test_odd_tiles_are_painted_at_any_size_without_complaint(show, settle, shape, size):
    grid = show(TileGrid("odd"), *size)
    grid.set_tiles(np.zeros(shape, np.uint8), MAGMA)
    settle()
    last = grid.tile_layout.rows - 1
    assert last < shape[0]
    assert not grid.viewport().grab().isNull()


def test_no_tile_can_be_selected_where_there_is_none(show, qtbot):
    grid = show(TileGrid("none"))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert grid.selected_tile == -1


def test_the_theme_reaches_what_is_between_the_tiles(grid, both_themes, settle):
    for dark in (True, False):
        both_themes.set_dark(dark)
        settle()
        corner = grid.viewport().grab().toImage().pixelColor(grid.viewport().rect().bottomRight())
        assert corner == QColor(both_themes.colour("panel"))


def test_scroll_bars_are_there_only_where_something_is_hidden(show, settle):
    grid = show(TileGrid("one", selectable=False), 90, 90)
    grid.set_arrangement(None, largest=4096)
    for side in (224, 2, 45, 83):
        grid.set_tiles(np.zeros((1, side, side), np.uint8), MAGMA)
        settle()
        assert not grid.verticalScrollBar().isVisible()
        assert not grid.horizontalScrollBar().isVisible()
