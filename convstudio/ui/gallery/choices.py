"""For which samples a template can be drawn: at its published size, or for one of the data sets that fit its task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from convstudio.blocks import catalogue
from convstudio.data.info import DatasetInfo, available
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.templates import Template
from convstudio.ui.text import tr


@dataclass(frozen=True)
class Choice:
    """One way to draw a template; `info` is None for the published size."""

    template: Template
    info: DatasetInfo | None

    @property
    def words(self) -> str:
        """'Handwritten digits · 1 × 28 × 28, 10 classes'."""
        if self.info:
            shape, count, name = Shape(self.info.channels, self.info.axes), len(self.info.classes), tr(self.info.title)
        else:
            assert self.template.published
            shape, count = self.template.published.shape, self.template.published.answer.channels
            name = tr("Published size")
        return f"{name} · {shape}, {count} {tr('classes')}"

    @property
    def remark(self) -> str:
        """What differs from the publication, or where the published figures stand."""
        if self.info:
            return tr(self.template.adapted)
        assert self.template.published
        return tr(self.template.published.source)

    def document(self) -> Document:
        """The new document."""
        if self.info is None:
            return self.template.as_published()
        return self.template.document(self.info.name, Shape(self.info.channels, self.info.axes), len(self.info.classes))


def choices(template: Template) -> tuple[Choice, ...]:
    """The data sets that fit first: those can be trained at once."""
    fitting = tuple(Choice(template, info) for info in available() if info.task == template.task)
    return (*fitting, Choice(template, None)) if template.published else fitting


def preferred(template: Template, data: str) -> Choice:
    """The choice for the data set of that name where it fits, else the first."""
    found = choices(template)
    return next((c for c in found if c.info and c.info.name == data), found[0])


def famous(template: Template) -> Choice:
    """The choice that a card shows: the network as it is known, else as the first data set has it."""
    found = choices(template)
    return found[-1] if template.published else found[0]


@cache
def analysed(choice: Choice) -> tuple[Document, Analysis]:
    """The document of a choice and what follows from it."""
    document = choice.document()
    return document, resolve(document.network, catalogue())
