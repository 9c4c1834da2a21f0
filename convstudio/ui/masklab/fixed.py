"""The mask of a Fixed mask block in the lab: its numbers are settings of the block."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from convstudio.blocks.fixed_mask import DIGITS, USES, WORDS, FixedMask
from convstudio.ui.masklab.chosen import Weights
from convstudio.ui.masklab.edit import Edit


def numbers(layer: FixedMask, rank: int) -> Weights:
    """Its mask: places for a signal, rows × columns for an image and for each frame of a clip."""
    rows = np.array(layer.rows(rank), np.float32)
    return rows[0] if rank == 1 else rows


def recipe(layer: FixedMask) -> dict[str, float]:
    return {name: getattr(layer, name) for name in ("sigma", "angle", "wavelength", "phase")}


def edited(layer: FixedMask, edit: Edit) -> FixedMask:
    """The block with another recipe, or with the numbers themselves as its own mask."""
    if edit.preset in WORDS:
        used = USES.get(edit.preset, ())
        return replace(layer, preset=edit.preset, **{n: value for n, value in edit.numbers if n in used})
    rows = np.atleast_2d(edit.values[0, 0])
    found = tuple(tuple(float(f"{n:.{DIGITS}g}") for n in row) for row in rows)
    return replace(layer, preset="own", numbers=found)
