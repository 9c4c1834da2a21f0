"""ConvStudio as a library: a project file as a Python object, and its network as a torch module.

    import convstudio

    project = convstudio.load("digits.convstudio")
    print(project.parameters, project.shapes["conv_1"])
    module = project.to_module("digits-run-1")
    scores = module(images)  # float32 (batch, channels, rows, columns)

Loading a project needs neither Qt nor torch; torch is imported by `to_module`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convstudio import codegen
from convstudio.blocks import catalogue
from convstudio.engine.project import analysed, sample
from convstudio.network import file
from convstudio.network.advice import advise
from convstudio.network.description import description
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.problem import Problem

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Project:
    """An opened project: its document, and what follows from that. Nothing here changes the file."""

    document: Document
    analysis: Analysis

    @property
    def parameters(self) -> int:
        """Weights and biases of the whole network."""
        return self.analysis.parameters

    @property
    def multiply_adds(self) -> int:
        """Multiplications with a weight, each with its addition, for one sample."""
        return self.analysis.multiply_adds

    @property
    def shapes(self) -> dict[str, tuple[int, ...] | None]:
        """Channels and axes of each block's result by block id; None where it cannot be known."""
        return {i: facts.output.dims if facts.output else None for i, facts in self.analysis.blocks.items()}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the network from being computed or trained, errors first."""
        return self.analysis.problems

    def describe(self) -> dict[str, Any]:
        """What `convstudio describe --json` prints: every block with its costs, totals, problems and advice."""
        known = None if self.document.data.none else sample(self.document.data)
        hints = advise(self.document.network, self.analysis, catalogue(), known)
        return description(self.document.network, self.analysis, hints)

    def source(self) -> str:
        """The network as the text of a Python file with a `torch.nn.Module`, without ConvStudio."""
        return codegen.source(self.document.network, self.analysis)

    def to_module(self, run: str | os.PathLike[str] | None = None) -> nn.Module:
        """The network as a torch module on the CPU, in training mode: from float32 (batch, channels, *axes) to scores.

        With the weights of a `run`'s folder, otherwise with those that a training would start from. NetworkFault where
        the network has errors; RunFault or CheckpointFault where the run does not fit or is damaged.
        """
        from convstudio.engine import starting, trained
        from convstudio.engine.build import build

        if run is not None:
            return trained.trained(self.document, self.analysis, Path(run))
        starting.require_sound(self.analysis)
        settings = self.document.training
        return build(self.document.network, self.analysis, settings.seed, settings.initialisation)


def load(path: str | os.PathLike[str]) -> Project:
    """Open a project file. FileError when it cannot be read, DataError when its data set is not known here."""
    document = file.load(Path(path), catalogue())
    return Project(document, analysed(document))
