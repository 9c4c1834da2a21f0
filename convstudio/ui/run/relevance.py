"""What of a document matters to the worker: everything that changes a result, nothing that only changes the canvas."""

from __future__ import annotations

from msgspec import Struct

from convstudio.network.document import DataChoice, Document, Wire
from convstudio.network.layer import Layer
from convstudio.network.training_settings import TrainingSettings


class Essence(Struct, frozen=True):
    """Blocks without places and titles, wires, data and training settings; no notes. Equal means: same results."""

    layers: tuple[tuple[str, Layer], ...]
    wires: tuple[Wire, ...]
    data: DataChoice
    training: TrainingSettings


def essence(document: Document) -> Essence:
    """What matters to the worker. Two documents of equal essence train to the same weights."""
    layers = tuple((block_id, block.layer) for block_id, block in document.network.blocks.items())
    return Essence(layers, document.network.wires, document.data, document.training)
