"""What is exported and what came of it: the values that the forms of an export share."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from convstudio import __version__
from convstudio.engine.devices import Way
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.facts import Analysis

Format = Literal["source", "script", "safetensors", "onnx", "pt2"]
FORMAT = 1
"""Number of our own conventions in exported files: keys are `<block id>.<weight>`."""
Given = TypeVar("Given")
Batch = NDArray[np.float32]


class ExportFault(Exception):
    """Why a network was not exported; `words` are for people: what, where, what to try."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Stage:
    """How far an export is: what happens now, and the share that is done."""

    words: str
    share: float


Steps = Generator[Stage, None, Given]
"""An export goes on from stage to stage, so that the caller may do other things between; it ends with a result."""


@dataclass(frozen=True)
class Proof:
    """Largest absolute difference between what the written files compute and what the network does.

    Of scores on so many samples, the `largest` of which is so far from 0; of a training script, of the losses of so
    many steps. `program` computed it.
    """

    difference: float
    samples: int
    program: str = ""
    files: tuple[Path, ...] = ()
    largest: float = 0.0

    @property
    def properties(self) -> str:
        """As it is stored in files that have room for it."""
        return json.dumps({"difference": self.difference, "samples": self.samples, "program": self.program})


@dataclass(frozen=True)
class Job:
    """All that the forms need, taken at one moment: training may go on while it is written down and tried.

    `batches` are the samples to try it on, and `expected` the scores that the network gave for them. `folder` is where
    files are written until they are proved.
    """

    document: Document
    analysis: Analysis
    name: str
    title: str
    classes: tuple[str, ...]
    state: dict[str, Tensor]
    source: str
    batches: tuple[Batch, ...]
    expected: tuple[Batch, ...]
    way: Way
    folder: Path

    @property
    def check(self) -> Path:
        """The folder of what only the fresh process needs."""
        return self.folder / "check"

    @property
    def properties(self) -> dict[str, str]:
        """What a file says of itself; the network as the text of a project file, so that it can come back."""
        return {
            "convstudio_format": str(FORMAT),
            "convstudio_version": __version__,
            "title": self.title,
            "classes": json.dumps(self.classes, ensure_ascii=False),
            "network": file.dump(Document(self.document.network)),
        }


def keep(path: Path, data: bytes) -> None:
    """Write a file, and read it again. ExportFault when it does not hold what was written, OSError when it fails."""
    file.write_atomically(path, data)
    if path.read_bytes() != data:
        raise ExportFault("The file reads back differently from what was written. Is the disk full or failing?")
