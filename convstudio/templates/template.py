"""A template: a network that everybody in the field knows, as a function of the samples and the number of classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from convstudio.network import notes
from convstudio.network.document import DataChoice, Document, Network
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings

Draw = Callable[[Shape, int], Network]
"""From the shape of a sample and the number of classes to the network."""


@dataclass(frozen=True)
class Published:
    """The network as its authors describe it, and the figures that are known of it.

    `answer` is the shape of what leaves it. A figure that nobody has published is None.
    """

    shape: Shape
    answer: Shape
    draw: Draw
    parameters: int | None
    multiply_adds: int | None
    source: str
    """Where the figures stand, and how exactly."""


@dataclass(frozen=True)
class Template:
    """What is known of one network, and the ways to draw it.

    `task` says what it answers: a class for the sample, or one for each pixel. `draw` fits it to small samples, such
    as those of the bundled data sets; `adapted` says in words what differs from the publication ('' if nothing does).
    """

    name: str
    title: str
    year: int
    citation: str
    about: str
    draw: Draw
    adapted: str = ""
    task: Literal["classes", "pixels"] = "classes"
    published: Published | None = None
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def document(self, data: str, shape: Shape, classes: int) -> Document:
        """A new document: the network fitted to the samples of a data set, ready to be trained."""
        network = self._noted(self.draw(shape, classes), self.adapted)
        return Document(network, DataChoice(name=data), self.training)

    def as_published(self) -> Document:
        """A new document without data: the network as it was published. ValueError where it was not."""
        if self.published is None:
            raise ValueError(f"{self.title} has no published size")
        known = self.published
        network = self._noted(known.draw(known.shape, known.answer.channels), known.source)
        return Document(network, DataChoice(name=""), self.training)

    def _noted(self, network: Network, remark: str) -> Network:
        """The network with a note above it of what a reader should know."""
        text = "\n\n".join(part for part in (f"{self.title} ({self.year})", self.about, self.citation, remark) if part)
        left, top = min(b.x for b in network.blocks.values()), min(b.y for b in network.blocks.values())
        height = _height(text)
        return notes.add(network, text, (left, top - height - NOTE_GAP, NOTE_WIDTH, height))[0]


NOTE_WIDTH, NOTE_GAP = 620.0, 40.0
"""Width of the note, and its distance from the network below it."""
LETTERS, LINE = 104, 15.0
"""So many letters stand in a line of the note, and so high is a line."""


def _height(text: str) -> float:
    """What a note needs to show all of the text."""
    lines = sum(max(1, -(-len(paragraph) // LETTERS)) for paragraph in text.split("\n"))
    return LINE * lines + 24
