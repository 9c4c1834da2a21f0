"""The grid of dots covers all of an area, wherever the area begins."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF

from convstudio.ui.canvas import geometry


@pytest.mark.parametrize("spacing", [24.0, 48.0])
@pytest.mark.parametrize(
    "area",
    [QRectF(0, 0, 10, 10), QRectF(-35.5, 23.9, 384, 383.9), QRectF(101, -7, 1330.4, 850), QRectF(24, 24, 384, 24)],
)
def test_each_place_of_the_grid_has_its_dot(area, spacing):
    left, top = area.left() // spacing * spacing, area.top() // spacing * spacing
    found = {(left + p.x(), top + p.y()) for p in geometry.dots(area.width(), area.height(), spacing)}
    columns = [n * spacing for n in range(-5, 70) if area.left() <= n * spacing <= area.right()]
    rows = [n * spacing for n in range(-5, 70) if area.top() <= n * spacing <= area.bottom()]
    assert {(x, y) for x in columns for y in rows} <= found
