"""Where tiles stand: all of them, inside the room where that is possible, and every pixel knows its cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convstudio.ui.live.tile_layout import MARGIN, Cell, Room, TileLayout, lay_out

layouts = st.builds(
    lay_out,
    st.integers(0, 300),
    st.integers(1, 40),
    st.integers(1, 40),
    st.builds(Room, st.integers(1, 900), st.integers(1, 500)),
    st.none() | st.integers(1, 40),
)


@given(layouts)
def test_the_middle_of_every_tile_leads_back_to_it(layout: TileLayout):
    for tile in range(layout.count):
        left, top, width, height = layout.place(tile)
        found = layout.at(left + width // 2, top + height // 2)
        assert found is not None
        assert found.tile == tile
        assert 0 <= found.row < layout.height
        assert 0 <= found.column < layout.width
        assert layout.at(left - 1, top) is None or layout.gap == 0
        assert left + width + MARGIN <= layout.size.width
        assert top + height + MARGIN <= layout.size.height


@given(layouts, st.integers(0, 5000), st.integers(0, 800))
def test_a_strip_of_pixels_names_every_row_of_tiles_in_it(layout: TileLayout, top: int, height: int):
    rows = layout.rows_between(top, top + height)
    for row in range(layout.rows):
        _, tile_top, _, tile_height = layout.place(row * layout.columns)
        if tile_top < top + height and tile_top + tile_height > top:
            assert row in rows


@given(st.integers(1, 600), st.integers(1, 32), st.integers(200, 1200), st.integers(150, 600))
def test_free_columns_never_need_more_width_than_there_is(count: int, side: int, width: int, height: int):
    assert lay_out(count, side, side, Room(width, height)).size.width <= width


def test_the_largest_magnification_that_fits_is_taken():
    layout = lay_out(8, 28, 28, Room(600, 130), largest=96)
    assert (layout.across, layout.down) == (2, 2)
    assert layout.size.height <= 130
    assert lay_out(8, 28, 28, Room(600, 250), largest=96).across == 3


def test_a_fixed_grid_keeps_its_columns_and_grows_to_the_width():
    layout = lay_out(8 * 16, 3, 3, Room(500, 400), columns=16, smallest=8, largest=48, gap=3)
    assert layout.columns == 16
    assert layout.across == 9
    assert layout.size.width <= 500 < lay_out(128, 3, 3, Room(1, 1), columns=16).columns * (30 + 3)


def test_a_single_map_larger_than_the_room_is_thinned_out_to_fit():
    layout = lay_out(1, 224, 300, Room(160, 120), largest=4096)
    assert layout.size.width <= 160
    assert layout.size.height <= 120
    assert layout.step == 2
    assert layout.at(MARGIN + 1, MARGIN) == Cell(0, 0, 2)


def test_signals_are_strips_over_the_whole_width():
    layout = lay_out(8, 1, 100, Room(420, 300))
    assert layout.columns == 1
    assert layout.across == 4
    assert layout.tile_height >= 10
