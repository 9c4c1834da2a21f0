"""What an import brings: a document, its weights, and the report."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.data import available
from convstudio.engine.importing.graph import Numbers
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.shape import Shape
from convstudio.runs.brought import Report


@dataclass(frozen=True, eq=False)
class Brought:
    """`weights` are arrays by the keys of the state_dict."""

    document: Document
    weights: dict[str, Numbers]
    report: Report


def fitting(analysis: Analysis) -> str:
    """The first data set whose samples and classes fit a network; '' where none does."""
    if analysis.input is None or analysis.output is None:
        return ""
    came, answer = analysis.blocks[analysis.input].output, analysis.blocks[analysis.output].output
    for entry in available():
        shape = Shape(entry.channels, entry.axes)
        wanted = Shape(len(entry.classes), entry.axes if entry.task == "pixels" else ())
        if (came, answer) == (shape, wanted):
            return entry.name
    return ""
