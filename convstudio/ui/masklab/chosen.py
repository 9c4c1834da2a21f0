"""Which masks of a block are edited: one, all of an output channel, or every one; and where their numbers stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from convstudio.ui.live.mask_stage import MaskStage

Weights = NDArray[np.float32]


class Scope(Enum):
    ONE = "one"
    OUTPUT = "output"
    ALL = "all"


@dataclass(frozen=True)
class Region:
    """Part of some weights: along their first two axes the first that is meant, and how many."""

    outputs: tuple[int, int]
    inputs: tuple[int, int]

    def of(self, weights: Weights) -> Weights:
        """That part, as a view."""
        (row, rows), (column, columns) = self.outputs, self.inputs
        return weights[row : row + rows, column : column + columns]


@dataclass(frozen=True)
class Chosen:
    """The mask at a place (`row`, `column`) of the first two axes of the weights in `stage`, and what goes with it."""

    stage: MaskStage
    row: int = 0
    column: int = 0
    scope: Scope = Scope.ONE

    def within(self) -> Chosen:
        """The same with a place that there is."""
        row = min(max(self.row, 0), self.stage.outputs - 1)
        return replace(self, row=row, column=min(max(self.column, 0), self.stage.inputs - 1))

    @property
    def region(self) -> Region:
        if self.scope is Scope.ALL:
            return Region((0, self.stage.outputs), (0, self.stage.inputs))
        if self.scope is Scope.OUTPUT:
            return Region((self.row, 1), (0, self.stage.inputs))
        return Region((self.row, 1), (self.column, 1))

    @property
    def mask(self) -> Weights:
        """The numbers of the mask that is shown, in its own form."""
        found: Weights = self.stage.values[self.row, self.column]
        return found

    @property
    def words(self) -> str:
        """'output 3 ← input 5'."""
        return self.stage.reading.words(self.row, self.column, self.stage.inputs)

    @property
    def input_map(self) -> int:
        """The channel that the mask looks at."""
        reading, stage = self.stage.reading, self.stage
        return self.row if reading.transposed else self.row // reading.each * stage.inputs + self.column

    @property
    def output_map(self) -> int:
        """The channel that it contributes to."""
        reading, stage = self.stage.reading, self.stage
        return self.row // reading.each * stage.inputs + self.column if reading.transposed else self.row

    def with_region(self, values: Weights) -> Chosen:
        """The same with other numbers in its region."""
        whole = self.stage.values.copy()
        self.region.of(whole)[...] = values
        return replace(self, stage=replace(self.stage, values=whole))
