"""An ONNX model becomes a document with weights, and a report of what was recognised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from convstudio.blocks import catalogue
from convstudio.engine.importing import reading, whole
from convstudio.engine.importing.brought import Brought, fitting
from convstudio.engine.importing.graph import Dims, Graph, Numbers
from convstudio.engine.importing.reader import Reader
from convstudio.engine.importing.rows import ROWS
from convstudio.engine.importing.shapes import Shapes
from convstudio.network import edits
from convstudio.network.document import DataChoice, Document, Network
from convstudio.network.facts import Analysis
from convstudio.network.layer import Layer
from convstudio.network.layout import tidy
from convstudio.network.resolve import resolve
from convstudio.runs.brought import Report

if TYPE_CHECKING:
    from onnx import ModelProto

CARD, PILL_HEIGHT = (150.0, 138.0), 28.0
"""Sizes of blocks on the canvas, for the layout."""


def brought(path: Path, size: Dims | None = None) -> Brought:
    """Read an ONNX file. `size` are the axes of a sample where the file leaves them open. ImportFault in words."""
    model = reading.parsed(path, reading.read_bytes(path))
    graph = reading.graph(path, model)
    if found := whole.network(graph, model):
        return _as_drawn(path, graph, *found)
    return _read(path, graph, model, size)


def _as_drawn(path: Path, graph: Graph, network: Network, weights: dict[str, Numbers]) -> Brought:
    """The file is one of ours, and holds the network with its groups, titles and places."""
    analysis = resolve(network, catalogue())
    report = _report(path, graph, analysis)
    return Brought(_document(network, analysis), weights, replace(report, whole=True))


def _read(path: Path, graph: Graph, model: ModelProto, size: Dims | None) -> Brought:
    reader = Reader(graph, ROWS, Shapes(graph, model))
    reader.read(size)
    network = laid_out(reader.draft.network)
    analysis = resolve(network, catalogue())
    report = replace(
        _report(path, graph, analysis),
        recognised=reader.taken(),
        folded=reader.folded(),
        opaque=tuple(reader.unread),
        notes=tuple(dict.fromkeys(reader.notes)),
    )
    return Brought(_document(network, analysis), reader.draft.weights, report)


def _report(path: Path, graph: Graph, analysis: Analysis) -> Report:
    return Report(
        source="onnx",
        name=path.name,
        producer=graph.producer,
        opset=graph.opset,
        blocks=analysis.network.count,
        parameters=analysis.parameters,
    )


def laid_out(network: Network) -> Network:
    """The same network with tidy places."""
    sizes = {i: _size(b.layer) for i, b in network.blocks.items()}
    return edits.move(network, tidy(network, sizes))


def _size(layer: Layer) -> tuple[float, float]:
    return (max(72.0, 36.0 + 7.2 * len(layer.heading())), PILL_HEIGHT) if layer.pill else CARD


def _document(network: Network, analysis: Analysis) -> Document:
    """With a data set whose samples and classes fit, or without data."""
    return Document(network, DataChoice(name=fitting(analysis)))
