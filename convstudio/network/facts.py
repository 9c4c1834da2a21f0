"""What is known of a network, as values: facts of each block, totals and problems. `resolve` works them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from msgspec import Struct

from convstudio.network.call import Call
from convstudio.network.document import Network
from convstudio.network.layer import Scan, Window
from convstudio.network.problem import Problem
from convstudio.network.shape import Shape
from convstudio.network.task import TASKS, TaskName


class Sample(Struct, frozen=True):
    """What the chosen data set hands to the network: shape of one sample, names of the classes, title, and the task."""

    shape: Shape
    classes: tuple[str, ...]
    title: str
    task: TaskName = "classes"

    @property
    def answer(self) -> Shape:
        """The shape that must reach the Output."""
        return TASKS[self.task].answer(self.shape, len(self.classes))


class BlockFacts(Struct, frozen=True):
    """What is known of one block. `output` is None where it cannot be computed yet.

    `windows` say what of its input a unit of the result sees, None for all of it; `used` says whether the block leads
    to the Output. Of a group, `inside` holds the analysis of each copy of its network; there is always the first. A
    block that `passes` what it gets has no memory of its own.
    """

    inputs: tuple[Shape, ...] = ()
    output: Shape | None = None
    parameters: int = 0
    multiply_adds: int = 0
    windows: tuple[Window, ...] | None = ()
    arithmetic: tuple[str, ...] = ()
    call: Call | None = None
    scans: tuple[Scan, ...] = ()
    problems: tuple[Problem, ...] = ()
    used: bool = False
    inside: tuple[Analysis, ...] = ()
    passes: bool = False

    @property
    def activation_bytes(self) -> int:
        """Memory of the result for one sample in float32; of a group, of all results in it."""
        if self.inside:
            return sum(copy.activation_bytes for copy in self.inside) if self.output else 0
        return 4 * self.output.size if self.output and not self.passes else 0


@dataclass(frozen=True)
class Analysis:
    """All facts of a network; where its blocks lie, and what they are called, may have changed since.

    `order` lists ids so that each comes after what feeds it; blocks in a circle have no place in it. `input` and
    `output` are the ids of the one Input and the one Output that it leads to; None unless there is exactly one.
    """

    network: Network = field(compare=False)
    order: tuple[str, ...]
    blocks: dict[str, BlockFacts]
    problems: tuple[Problem, ...]
    input: str | None
    output: str | None

    @cached_property
    def live(self) -> tuple[str, ...]:
        """Ids of the blocks that lead to the Output, in order; without an Output all that can be computed."""
        if self.output:
            return tuple(i for i in self.order if self.blocks[i].used)
        return tuple(i for i in self.order if self.blocks[i].output)

    @cached_property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the network from being trained."""
        return tuple(p for p in self.problems if p.severity == "error")

    @cached_property
    def parameters(self) -> int:
        return sum(self.blocks[i].parameters for i in self.live)

    @cached_property
    def multiply_adds(self) -> int:
        """For one sample."""
        return sum(self.blocks[i].multiply_adds for i in self.live)

    @cached_property
    def activation_bytes(self) -> int:
        """Memory of all results for one sample in float32."""
        return sum(self.blocks[i].activation_bytes for i in self.live)
