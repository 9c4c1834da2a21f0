"""Lining blocks up by an edge or a middle, and spreading them evenly: places worked out from boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Box = tuple[float, float, float, float]
"""Left, top, width and height, in canvas units."""
Edge = Literal["left", "centre", "right", "top", "middle", "bottom"]
Axis = Literal["across", "down"]

SHARE = {"left": 0.0, "centre": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
"""How far from a box's left or top each edge lies, as a share of its size."""


def align(boxes: Mapping[str, Box], edge: Edge) -> dict[str, tuple[float, float]]:
    """The corners of the boxes once their left, right … edges are those of the rectangle around them all."""
    axis = 0 if edge in ("left", "centre", "right") else 1
    share = SHARE[edge]
    least = min((box[axis] for box in boxes.values()), default=0.0)
    most = max((box[axis] + box[axis + 2] for box in boxes.values()), default=0.0)
    line = least + (most - least) * share
    return {name: _corner(box, axis, line - box[axis + 2] * share) for name, box in boxes.items()}


def distribute(boxes: Mapping[str, Box], axis: Axis) -> dict[str, tuple[float, float]]:
    """The corners of the boxes once the gaps between neighbours are equal; the first and the last stay."""
    n = 0 if axis == "across" else 1
    order = sorted(boxes, key=lambda name: (boxes[name][n] + boxes[name][n + 2] / 2, name))
    if len(order) < 3:
        return {name: box[:2] for name, box in boxes.items()}
    first, last = boxes[order[0]], boxes[order[-1]]
    inside = last[n] - first[n] - sum(boxes[name][n + 2] for name in order[:-1])
    gap = inside / (len(order) - 1)
    places, at = {order[0]: first[:2], order[-1]: last[:2]}, first[n] + first[n + 2] + gap
    for name in order[1:-1]:
        places[name] = _corner(boxes[name], n, at)
        at += boxes[name][n + 2] + gap
    return places


def _corner(box: Box, axis: int, value: float) -> tuple[float, float]:
    return (value, box[1]) if axis == 0 else (box[0], value)
