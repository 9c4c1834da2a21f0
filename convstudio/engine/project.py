"""What a document means together with its data set: the shape of a sample, and the analysis. Loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convstudio import data
from convstudio.blocks import catalogue
from convstudio.network.document import DataChoice, Document
from convstudio.network.facts import Analysis, Sample
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def sample(choice: DataChoice) -> Sample:
    """What the chosen data set hands to the network. DataError when there is none of that name."""
    facts = data.info(choice.name)
    return Sample(Shape(facts.channels, facts.axes), facts.classes, facts.title)


def analysed(document: Document) -> Analysis:
    """All facts of the document's network, judged against its data set. DataError when there is none of that name."""
    return resolve(document.network, catalogue(), sample(document.data))


def validation_images(choice: DataChoice, count: int | None = None) -> NDArray[np.uint8]:
    """The first `count` samples of the validation part, uint8 (count, channels, *axes). DataError without data."""
    dataset = data.load(choice.name)
    _, validation = data.split(dataset.labels, choice.validation_share, choice.seed)
    found: NDArray[np.uint8] = dataset.images[validation[:count]]
    return found
