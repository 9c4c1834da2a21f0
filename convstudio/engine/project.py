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

    from convstudio.data import Dataset


NO_DATA = "There is nothing to train on: no data set is chosen. Choose one whose samples fit the network."


def sample(choice: DataChoice) -> Sample | None:
    """What the chosen data set hands to the network; None when none is chosen. DataError when it does not exist."""
    if choice.none:
        return None
    facts = data.info(choice.name)
    return Sample(Shape(facts.channels, facts.axes), facts.classes, facts.title, facts.task)


def analysed(document: Document) -> Analysis:
    """All facts of the document's network, judged against its data set, if it has one. DataError as for `sample`."""
    return resolve(document.network, catalogue(), sample(document.data))


def validation_images(choice: DataChoice, count: int | None = None) -> NDArray[np.uint8]:
    """The first `count` samples of the validation part, uint8 (count, channels, *axes). DataError without data."""
    dataset, numbers = validation_part(choice)
    found: NDArray[np.uint8] = dataset.images[numbers[:count]]
    return found


def validation_part(choice: DataChoice) -> tuple[Dataset, NDArray[np.int64]]:
    """The data set and the numbers of the samples that are kept back for validation. DataError without data."""
    if choice.none:
        raise data.DataError(NO_DATA)
    dataset = data.load(choice.name)
    return dataset, dataset.divided(choice.validation_share, choice.seed)[1]


def proof_samples(choice: DataChoice, shape: Shape, count: int) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """What an exported file is tried on: float32 (count, channels, *axes), and the names of the classes.

    Both are empty when no data set is chosen.
    """
    import numpy as np

    if choice.none:
        return np.zeros((0, *shape.dims), np.float32), ()
    return data.to_float(validation_images(choice, count)), data.info(choice.name).classes
