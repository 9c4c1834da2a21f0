"""From the document to a live torch network, and the weights that survive an edit of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from convstudio.engine import by_hand, calls, initialisation, memory, seeding
from convstudio.engine.plan import Plan, Step, run, run_to_end
from convstudio.engine.silence import muted, quiet
from convstudio.network.by_hand import by_id
from convstudio.network.call import Call
from convstudio.network.document import Network
from convstudio.network.expansion import expanded
from convstudio.network.facts import Analysis
from convstudio.network.handmade import Made
from convstudio.network.muting import NONE, Mutes, channels, ports
from convstudio.network.shape import Shape
from convstudio.network.training_settings import Initialisation

MANY_PLANS = 64
"""So many sets of wanted blocks are remembered; views come and go."""
ADVICE = "Make the blocks with the most weights smaller."


class NetworkFault(Exception):
    """A network that cannot be computed; `words` say why, `block` is the id of the block it lies at ('' if none)."""

    def __init__(self, words: str, block: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.block = block


class LiveNetwork(nn.Module):
    """The network with weights. Modules are named by block id, so a weight is called `conv_1.weight`.

    Groups are expanded: a block inside has a path as its id, and `group_1.conv_1.weight` or, where the group is
    repeated, `group_1.0.conv_1.weight` as the name of a weight. `parts` are the modules by block id; `layers` the
    settings of the blocks that have one.

    `shapes` are the results' shapes by block id, in order of computation; `headings` the blocks' names for people;
    `calls` say what each block computes, `sources` which blocks feed it, in the order of its ports;
    `input` and `output` the ids of the blocks where samples enter and scores leave ('' where there is none);
    `activation_bytes` the memory of all results of one sample; `mutes` what is switched off while it is looked at;
    `by_hand` the masks by block id that it starts with instead of drawn ones.
    """

    def __init__(
        self,
        network: Network,
        analysis: Analysis,
        ids: tuple[str, ...],
        seed: int,
        how: Initialisation,
        made: Mapping[str, Made],
    ) -> None:
        """`network` and `analysis` are expanded."""
        super().__init__()
        self._seed, self._how = seed, how
        self.by_hand = made
        self.input = ids[0] if ids else ""
        self.output = analysis.output or ""
        self.shapes = {i: _shape(analysis, i) for i in ids}
        self.headings = {i: network.blocks[i].heading for i in ids}
        self.calls = {i: analysis.blocks[i].call for i in ids}
        self.sources = {i: _sources(network, i) for i in ids}
        self.activation_bytes = sum(analysis.blocks[i].activation_bytes for i in ids)
        self.parts: dict[str, nn.Module] = {}
        self._steps = tuple(self._step(network, analysis, block_id) for block_id in ids[1:])
        self.layers = {i: network.blocks[i].layer for i in self.parts}
        self._calls = {i: call for i in self.parts if (call := analysis.blocks[i].call) and call.is_module}
        self._plans: dict[tuple[frozenset[str], Mutes], Plan] = {}
        self.mutes: Mutes = NONE
        self._frozen: frozenset[str] = frozenset()

    def start_values(self, block_id: str) -> dict[str, Tensor]:
        """The weights that a block begins with, by their own names; none for a block that has none.

        Torch's random state is left as it was.
        """
        call = self._calls.get(block_id)
        if call is None:
            return {}
        with seeding.kept(torch.default_generator):
            return self._made(block_id, call).state_dict()

    def lay_by_hand(self) -> None:
        """Put the masks by hand over whatever weights the blocks have."""
        for block_id, part in self.parts.items():
            by_hand.lay(part, self.by_hand.get(block_id, ()))

    def freeze(self, ids: Collection[str]) -> None:
        """Training leaves the weights of the blocks with these ids as they are, and no others.

        A frozen normalisation goes by the averages that it has, in training too, and does not change them.
        """
        self._frozen = frozenset(ids) & self.parts.keys()
        for block_id, part in self.parts.items():
            part.requires_grad_(block_id not in self._frozen)
        self.train(self.training)

    def train(self, mode: bool = True) -> LiveNetwork:
        super().train(mode)
        for block_id in self._frozen:
            self.parts[block_id].eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """Scores (batch, classes) for images, float32 (batch, channels, *axes). NetworkFault without an Output."""
        if not self.output:
            raise NetworkFault("There is no Output: wire the last block to one.")
        return self.results(images, (self.output,))[self.output]

    def scoring(self) -> Callable[[Tensor], Tensor]:
        """`forward` as a plain function of the network as it is, which torch can compile."""
        plan = self._plan(frozenset((self.output,)), NONE)
        return lambda images: run_to_end(plan, images)

    def results(self, images: Tensor, wanted: Collection[str]) -> dict[str, Tensor]:
        """The results of the `wanted` blocks in one pass that computes nothing else; unknown ids are left out.

        Results are float32 (batch, channels, *axes), in order of computation.
        """
        if self.mutes:
            images = quiet(images, channels(self.mutes, self.input))
        return run(self._plan(frozenset(wanted), self.mutes), images)

    @contextmanager
    def muted(self, mutes: Mutes) -> Iterator[None]:
        """Inside, all results are those of the network with this switched off: for looking, never for a step."""
        before, self.mutes = self.mutes, mutes
        try:
            yield
        finally:
            self.mutes = before

    def arriving(self, block: str, results: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """What arrives at the ports of a block, of the results of all that feed it."""
        closed = ports(self.mutes, block)
        found = (results[source] for source in self.sources.get(block, ()))
        return tuple(torch.zeros_like(result) if n in closed else result for n, result in enumerate(found))

    def _plan(self, wanted: frozenset[str], mutes: Mutes) -> Plan:
        plan = self._plans.get((wanted, mutes))
        if plan is None:
            if len(self._plans) >= MANY_PLANS:
                self._plans.clear()
            steps = tuple(muted(step, mutes) for step in self._steps) if mutes else self._steps
            plan = self._plans[wanted, mutes] = Plan.of(self.input, steps, wanted)
        return plan

    @property
    def steps(self) -> tuple[Step, ...]:
        """All blocks after the Input, in order of computation."""
        return self._steps

    @property
    def classes(self) -> int:
        """How many scores come out; 0 without an Output."""
        return self.shapes[self.output].channels if self.output else 0

    @property
    def sample(self) -> Shape:
        """Shape of one sample. NetworkFault without an Input."""
        if not self.input:
            raise NetworkFault("There is no Input: drag one from the palette.")
        return self.shapes[self.input]

    def _step(self, network: Network, analysis: Analysis, block_id: str) -> Step:
        call = analysis.blocks[block_id].call
        sources = _sources(network, block_id)
        if call is None:
            return Step(block_id, None, sources)
        if not call.is_module:
            applied = calls.function(call)
            if isinstance(applied, nn.Module):
                self.parts[block_id] = applied
                self._place(block_id, applied)
            return Step(block_id, applied, sources, call.function)
        made = self.parts[block_id] = self._made(block_id, call)
        self._place(block_id, made)
        return Step(block_id, made, sources)

    def _made(self, block_id: str, call: Call) -> nn.Module:
        """The module of a block with its start values."""
        torch.default_generator.manual_seed(seeding.mixed(self._seed, block_id))
        made = calls.module(call)
        initialisation.initialise(made, self._how)
        by_hand.lay(made, self.by_hand.get(block_id, ()))
        return made

    def _place(self, block_id: str, made: nn.Module) -> None:
        """Put a module where its path leads; groups on the way are modules that only hold others."""
        parent: nn.Module = self
        *path, name = block_id.split(".")
        for step in path:
            if step not in parent._modules:
                parent.add_module(step, nn.Module())
            parent = parent.get_submodule(step)
        parent.add_module(name, made)


def build(network: Network, analysis: Analysis, seed: int, how: Initialisation = "default") -> LiveNetwork:
    """The blocks of `analysis.live`, groups expanded, as a torch network on the CPU, in training mode.

    Start values are drawn for each block from (seed, block id) alone, so that an edit of one block never changes
    another's start; `how` says by which rule. Masks that were made by hand are put in their place. Without an Output
    everything that the first Input leads to is built. Torch's random state is left as it was. NetworkFault in the words
    of the problem on the way to the Output that forbids it; MemoryFault when the weights would not fit.
    """
    made = by_id(network)
    network, analysis = expanded(network, analysis)
    ids = _buildable(network, analysis)
    memory.require(
        memory.FLOAT * sum(analysis.blocks[i].parameters for i in ids),
        torch.device("cpu"),
        "The weights of this network",
        ADVICE,
    )
    with memory.guarded("the weights of this network", ADVICE), seeding.kept(torch.default_generator):
        return LiveNetwork(network, analysis, ids, seed, how, made)


def _buildable(network: Network, analysis: Analysis) -> tuple[str, ...]:
    """The ids to build, the Input first. NetworkFault in the words of the problem that forbids it."""
    ids = analysis.live
    if not analysis.output and any(network.blocks[i].layer.ends for i in ids):
        raise _first_problem(analysis)
    if analysis.output and (analysis.input is None or any(analysis.blocks[i].output is None for i in ids)):
        raise _first_problem(analysis)
    if analysis.output and any(network.blocks[i].layer.obstacle() for i in ids):
        raise _first_problem(analysis)
    start = analysis.input or next((i for i in ids if not network.blocks[i].layer.ports), "")
    found = {start}
    for block_id in ids:
        sources = _sources(network, block_id)
        if sources and found.issuperset(sources) and not network.blocks[block_id].layer.obstacle():
            found.add(block_id)
    return (start, *(i for i in ids if i in found and i != start)) if start else ()


def _first_problem(analysis: Analysis) -> NetworkFault:
    problem = analysis.errors[0]
    return NetworkFault(f"{problem.title}. {problem.words}", problem.blocks[0] if problem.blocks else "")


def _sources(network: Network, block_id: str) -> tuple[str, ...]:
    """The blocks that feed this one, in the order of its ports."""
    arriving = network.incoming.get(block_id, {})
    return tuple(arriving[port].source for port in network.ports(block_id) if port in arriving)


def _shape(analysis: Analysis, block_id: str) -> Shape:
    shape = analysis.blocks[block_id].output
    assert shape is not None, f"{block_id} is live without a result"
    return shape


def carry_over(old: Mapping[str, Tensor], live: LiveNetwork) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy into `live` the weights of blocks that are still there with the same id and shapes, whole blocks only.

    `old` is a state_dict. Returns (ids of blocks that kept their weights, ids of blocks that start afresh).
    """
    kept: list[str] = []
    fresh: list[str] = []
    for block_id, child in live.parts.items():
        state = child.state_dict()
        if not state:
            continue
        was = {name: old.get(f"{block_id}.{name}") for name in state}
        if not _same_weights(old, block_id, state, was):
            fresh.append(block_id)
            continue
        child.load_state_dict(was)
        kept.append(block_id)
    return tuple(kept), tuple(fresh)


def _same_weights(
    old: Mapping[str, Tensor], block_id: str, state: Mapping[str, Tensor], was: Mapping[str, Tensor | None]
) -> bool:
    count = sum(name.startswith(f"{block_id}.") for name in old)
    return count == len(state) and all(
        (before := was[name]) is not None and before.shape == now.shape for name, now in state.items()
    )
