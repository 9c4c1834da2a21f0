"""What a block or wire shows, as values: worked out from the document, compared, and painted only where different."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QPointF

from convstudio.network.document import Block, Network, Wire
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.freezing import is_frozen
from convstudio.network.group import Group
from convstudio.network.shape import Shape
from convstudio.ui.canvas import geometry
from convstudio.ui.text import grouped

HEAT_STEPS = 40
"""Heats are told apart this finely, so that a block is painted anew only where it is seen."""
Mark = Literal["", "warning", "error"]


@dataclass(frozen=True)
class Heat:
    """A block's share of the network's costs: beside the largest one, 0 to 1, and as per cent of the whole."""

    level: float
    percent: str


class BlockLook(Struct, frozen=True):
    """Everything visible of a block except its place, its thumbnail and the selection."""

    heading: str
    glyph: str
    colour: str
    pill: bool
    shape: str
    weights: str
    mark: Mark
    complaint: str
    inputs: tuple[tuple[str, float, float], ...]
    output: tuple[float, float] | None
    size: tuple[float, float]
    copies: int = 1
    """Of a repeated group; drawn as a stack with a tag."""
    foreign: bool = False
    frozen: bool = False
    """Training leaves its weights as they are; drawn as a lock."""
    heat: Heat | None = None
    """What it has of the cost that the person wants to see on the canvas; None where none is wanted."""

    def port(self, name: str) -> QPointF:
        """Centre of an input port in the block's own coordinates; KeyError when there is none of that name."""
        return next(QPointF(x, y) for n, x, y in self.inputs if n == name)


class WireLook(Struct, frozen=True):
    """Everything visible of a wire except its course and the selection."""

    width: float
    wrong: bool
    words: str
    label: str = ""


def block_look(network: Network, analysis: Analysis, block: Block, heat: Heat | None = None) -> BlockLook:
    facts = analysis.blocks[block.id]
    out = geometry.output_port(block.layer)
    mark, complaint = _mark(facts)
    return BlockLook(
        heading=block.heading,
        glyph=block.layer.glyph,
        colour=block.layer.colour,
        pill=block.layer.pill,
        shape=_carried(facts.output)[2] or "?",
        weights=_weights(block, facts),
        mark=mark,
        complaint=complaint,
        inputs=geometry.input_ports(network, block.id),
        output=(out.x(), out.y()) if out else None,
        foreign=bool(block.layer.origin),
        frozen=is_frozen(block),
        size=geometry.size(block.layer),
        copies=block.layer.repeat if isinstance(block.layer, Group) else 1,
        heat=heat,
    )


def wire_look(network: Network, analysis: Analysis, wire: Wire) -> WireLook:
    shape: Shape | None = analysis.blocks[wire.source].output
    target = analysis.blocks[wire.target]
    wrong = target.output is None and any(p.severity == "error" for p in target.problems) and shape is not None
    width, words, label = _carried(shape)
    return WireLook(width, wrong, words, label)


@lru_cache(maxsize=4096)
def _carried(shape: Shape | None) -> tuple[float, str, str]:
    """Width, words and label of all wires that carry this: there are many wires, and few shapes."""
    words, label = (shape.words, shape.compact) if shape else ("", "")
    return geometry.wire_width(shape), words, label


def _weights(block: Block, facts: BlockFacts) -> str:
    if not block.layer.ports:
        return "input"
    if block.layer.ends:
        return "output"
    return f"{grouped(facts.parameters)} w" if facts.output else "– w"


def _mark(facts: BlockFacts) -> tuple[Mark, str]:
    for severity in ("error", "warning"):
        for problem in facts.problems:
            if problem.severity == severity:
                return ("error" if severity == "error" else "warning"), problem.title
    return "", ""
