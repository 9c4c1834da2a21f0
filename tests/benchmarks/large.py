"""A large network as people draw them: residual units in rows, each with a way around it, some blocks with titles."""

from __future__ import annotations

from convstudio.blocks import Add, BatchNorm, Convolution, Flatten, FullyConnected, Input, Output, ReLU
from convstudio.network.document import Block, Document, Network, Wire
from convstudio.network.layer import Layer

UNIT: tuple[type[Layer], ...] = (Convolution, BatchNorm, ReLU, Convolution, BatchNorm, Add, ReLU)
COLUMNS = 28
"""Blocks in a row: four units."""
STEP = (200.0, 220.0)
CHANNELS = 16


def residual(count: int) -> Document:
    """Input, a convolution, as many residual units as fit into `count` blocks, and a classifier: exactly `count`."""
    blocks: dict[str, Block] = {}
    wires: list[Wire] = []
    last = ""
    for layer in _layers(count):
        number = len(blocks)
        row, column = divmod(number, COLUMNS)
        title = f"Stage {row + 1}" if column == 0 and number else ""
        block_id = f"{layer.stem}_{1 + sum(b.layer.stem == layer.stem for b in blocks.values())}"
        blocks[block_id] = Block(block_id, layer, title, column * STEP[0], row * STEP[1])
        if last:
            wires.append(Wire(last, block_id))
        if isinstance(layer, Add):
            wires.append(Wire(list(blocks)[number - 6], block_id, "in_2"))
        last = block_id
    return Document(network=Network(blocks, tuple(wires)))


def _layers(count: int) -> list[Layer]:
    start: list[Layer] = [Input(), Convolution(channels=CHANNELS)]
    end: list[Layer] = [Flatten(), FullyConnected(channels=10), Output()]
    units, rest = divmod(count - len(start) - len(end), len(UNIT))
    middle = [_made(kind) for kind in UNIT * units]
    return [*start, *middle, *(ReLU() for _ in range(rest)), *end]


def _made(kind: type[Layer]) -> Layer:
    return Convolution(channels=CHANNELS) if kind is Convolution else kind()
