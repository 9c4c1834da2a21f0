"""The mask of a Fixed mask block in the lab: its numbers are settings of the block, which it gets after a gesture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from convstudio.blocks.fixed_mask import DIGITS, USES, WORDS, FixedMask
from convstudio.network import edits
from convstudio.network.document import Block
from convstudio.ui.masklab.chosen import Region, Weights
from convstudio.ui.masklab.edit import Edit
from convstudio.ui.masklab.putting import Putting
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

WEIGHTS = "numbers"
"""What the worker calls the mask."""
ONE = Region((0, 1), (0, 1))


@dataclass(frozen=True)
class _Held:
    """What a gesture has made of a block so far."""

    label: str
    full_id: str
    block: str
    layer: FixedMask


class FixedEdits:
    """Edits of Fixed masks. While a hand holds the mask only the worker follows; then it is one step of the document.

    So a drag is as quick as that of a convolution's mask: the worker does not build the network anew for each move.
    """

    def __init__(self, store: DocumentStore, putting: Putting) -> None:
        self._store, self._putting = store, putting
        self._held: _Held | None = None

    def layer(self, block: Block) -> FixedMask:
        """The block's settings, as a gesture has them that is not over."""
        held = self._held
        if held and held.full_id == self._store.full_id(block.id):
            return held.layer
        assert isinstance(block.layer, FixedMask)
        return block.layer

    def edit(self, block: Block, edit: Edit, rank: int, held: bool) -> None:
        """Do it at once, or, while the hand `held` it, when it lets go."""
        was = self.layer(block)
        layer = edited(was, edit)
        label = f"{tr(WORDS[layer.preset])} · {block.id}" if edit.preset else edit.label
        values = numbers(layer, rank)
        self._held = _Held(label, self._store.full_id(block.id), block.id, layer)
        if held and values.shape == numbers(was, rank).shape:
            self._putting.put(label, self._held.full_id, WEIGHTS, ONE, values[None, None])
        else:
            self.release()

    def release(self) -> None:
        """The gesture is over: the document gets what it made."""
        held, self._held = self._held, None
        block = self._store.network.blocks.get(held.block) if held else None
        if held and block and self._store.full_id(held.block) == held.full_id and isinstance(block.layer, FixedMask):
            self._store.edit(held.label, edits.change(self._store.network, held.block, held.layer))


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
