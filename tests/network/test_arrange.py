"""Lining up and spreading boxes."""

from __future__ import annotations

import pytest

from convstudio.network.arrange import align, distribute

BOXES = {"card": (0.0, 10.0, 150.0, 140.0), "pill": (300.0, 100.0, 72.0, 28.0), "last": (500.0, 0.0, 100.0, 50.0)}


@pytest.mark.parametrize(
    ("edge", "places"),
    [
        ("left", {"card": (0, 10), "pill": (0, 100), "last": (0, 0)}),
        ("right", {"card": (450, 10), "pill": (528, 100), "last": (500, 0)}),
        ("centre", {"card": (225, 10), "pill": (264, 100), "last": (250, 0)}),
        ("top", {"card": (0, 0), "pill": (300, 0), "last": (500, 0)}),
        ("bottom", {"card": (0, 10), "pill": (300, 122), "last": (500, 100)}),
        ("middle", {"card": (0, 5), "pill": (300, 61), "last": (500, 50)}),
    ],
)
def test_blocks_are_lined_up_by_the_rectangle_around_them(edge, places):
    assert align(BOXES, edge) == places


def test_gaps_become_equal_and_the_outer_two_stay():
    places = distribute(BOXES, "across")
    assert places["card"] == BOXES["card"][:2]
    assert places["last"] == BOXES["last"][:2]
    left = places["pill"][0]
    assert left - 150 == 500 - (left + 72)
    assert places["pill"][1] == 100


def test_downwards_too_where_blocks_overlap():
    places = distribute({"a": (0, 0, 10, 100), "b": (0, 20, 10, 100), "c": (0, 90, 10, 100)}, "down")
    assert [places[i][1] for i in "abc"] == [0, 45, 90]


def test_two_have_no_gap_to_even_out():
    two = {"a": (0.0, 0.0, 10.0, 10.0), "b": (50.0, 5.0, 10.0, 10.0)}
    assert distribute(two, "across") == {"a": (0, 0), "b": (50, 5)}
    assert align({}, "left") == {}
