"""The tasks that a network can learn from a data set, as a table: what must leave the Output, and the words for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from convstudio.network.shape import Shape

TaskName = Literal["classes", "pixels"]


class Task(Struct, frozen=True):
    """One task: from the shape of a sample and the number of classes to the shape of the answer.

    `title` is the problem of an answer that has another form.
    """

    answer: Callable[[Shape, int], Shape]
    title: str


TASKS: dict[TaskName, Task] = {
    "classes": Task(lambda sample, classes: Shape(classes), "The output is not a row of numbers"),
    "pixels": Task(
        lambda sample, classes: Shape(classes, sample.axes),
        "The output does not name every pixel",
    ),
}
"""By the word in the table of data sets: a class for the whole sample, or one for each of its pixels."""
