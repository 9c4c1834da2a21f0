"""An ONNX file as plain values: operations in the order in which they compute, and numbers that are always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
Dims = tuple[int, ...]


class ImportFault(Exception):
    """Why a file cannot be brought in; `words` are for people."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Unsuited(Exception):
    """Why no block expresses an operation: a sentence for people, which its opaque block wears."""


@dataclass(frozen=True)
class Node:
    """One operation: the edges that go in ('' where an optional one is left out) and come out."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    name: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def input(self, number: int) -> str:
        """The edge at a place; '' where it is left out."""
        return self.inputs[number] if number < len(self.inputs) else ""


@dataclass
class Graph:
    """A whole model. `inputs` are the shapes that samples arrive in, batch first, None for a free length.

    `shapes` are those that the file itself gives for edges between operations.
    """

    nodes: list[Node]
    constants: dict[str, Numbers]
    inputs: dict[str, tuple[int | None, ...] | None]
    outputs: tuple[str, ...]
    shapes: dict[str, tuple[int | None, ...]]
    opset: int
    producer: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    written: frozenset[str] = frozenset()
    """Constants that the file holds as operations, not as weights."""
    folded: dict[str, int] = field(default_factory=dict)
    """Operations that were taken out so far because they are always the same, by operator."""


MALFORMED = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError, ZeroDivisionError)
"""What reading an operation may raise whose settings or inputs are not of the kind that its operator has."""


def place_of(axis: int, count: int) -> int:
    """An axis that may be counted from the end, from the front. Unsuited when there is none."""
    if not -count <= axis < count:
        raise Unsuited(f"It names axis {axis} of {count}.")
    return axis % count


def whole_numbers(array: Numbers) -> tuple[int, ...]:
    """The numbers of an array as Python's. Unsuited when they are none, or too many to be a shape."""
    if array.dtype.kind not in "iu" or array.size > 4096:
        raise Unsuited("Its settings are not whole numbers.")
    return tuple(int(n) for n in np.ravel(array))


def digits(value: Any) -> float:
    """A float32 setting as people wrote it: 0.1, not 0.10000000149."""
    return float(f"{value:.7g}")
