"""The classes of a written file: one for the network, and one for each different content of a group."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from convstudio.codegen import layout
from convstudio.codegen.layout import Term
from convstudio.codegen.naming import group_class_name, plain, variables
from convstudio.codegen.order import sources, writing_order
from convstudio.network.call import Call
from convstudio.network.document import Block, Network
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.group import Group
from convstudio.network.shape import Shape

FEW = 2
"""So many equal copies are written one by one; more of them as a loop."""


@dataclass(frozen=True)
class _Part:
    """What is written of one block: how its module or numbers are made, if it has any, and how it is applied."""

    made: Term | None
    applied: Call


class Classes:
    """Writes classes, those of groups before what uses them; groups of equal content at equal shapes share one."""

    def __init__(self, *taken: str, as_computed: bool = False) -> None:
        """`taken` are names that no class of a group may have.

        `as_computed` writes the lines of `forward` in the order of the engine, where it matters who draws random
        numbers first; otherwise in the one that a person would choose.
        """
        self._as_computed = as_computed
        self._taken = set(taken)
        self._names: dict[str, str] = {}
        self._written: list[str] = []
        self.calls: list[Call] = []
        """All calls that were written."""

    def lines(self) -> list[str]:
        """The classes of groups, each followed by two empty lines."""
        return self._written

    def body(self, network: Network, analysis: Analysis) -> list[str]:
        """The methods of the class that computes a network, which must be complete."""
        assert analysis.output is not None
        order = self._order(network, analysis, analysis.output)
        parts = {i: part for i in order if (part := self._part(network.blocks[i], analysis.blocks[i]))}
        return [*_init(parts), *_forward(network, analysis, order, parts)]

    def _order(self, network: Network, analysis: Analysis, end: str) -> tuple[str, ...]:
        order = writing_order(network, end)
        return tuple(i for i in analysis.order if i in set(order)) if self._as_computed else order

    def _part(self, block: Block, facts: BlockFacts) -> _Part | None:
        """None for a block that hands its input on unchanged."""
        itself = Call(f"self.{block.id}")
        if isinstance(block.layer, Group):
            return _Part(self._group(block, block.layer, facts), itself)
        call = facts.call
        if call is None:
            return None
        self.calls.append(call)
        if call.constant:
            return _Part(layout.buffer(block.id, call.constant), call)
        return _Part(layout.construction(call), itself) if call.is_module else _Part(None, call)

    def _group(self, block: Block, group: Group, facts: BlockFacts) -> Term:
        names = [self._class(block, group, copy) for copy in facts.inside]
        if group.repeat == 1:
            return Term(names[0], ())
        copies: list[Term | str] = []
        for name, equal in groupby(names):
            count = len(list(equal))
            one = Term(name, ())
            copies += [one] * count if count <= FEW else [f"*({one} for _ in range({count}))"]
        return Term("nn.Sequential", tuple(copies))

    def _class(self, block: Block, group: Group, copy: Analysis) -> str:
        """The name of the class for a copy of a group, which is written if there is none like it yet."""
        body = "\n".join(self.body(group.network, copy))
        if body not in self._names:
            name = group_class_name(block.heading, self._taken)
            self._taken.add(name)
            self._names[body] = name
            title = f'    """{plain(block.heading).removesuffix(".")}: {_shapes(group, copy)}."""'
            self._written += [f"class {name}(nn.Module):", title, "", body, "", ""]
        return self._names[body]


def _shapes(group: Group, copy: Analysis) -> str:
    came = " and ".join(_shape(copy, i).compact for i in needed_entries(group.network))
    return f"{came} → {_shape(copy, copy.output).compact}"


def needed_entries(network: Network) -> tuple[str, ...]:
    """Ids of the Entries that lead to the Exit, in the order of the group's ports."""
    return tuple(i for i in network.entries.values() if i in network.leading)


def _shape(analysis: Analysis, block_id: str | None) -> Shape:
    shape = analysis.blocks[block_id].output if block_id else None
    assert shape is not None
    return shape


def _init(parts: dict[str, _Part]) -> list[str]:
    modules = {block_id: part.made for block_id, part in parts.items() if part.made}
    if not modules:
        return []
    lines = ["    def __init__(self) -> None:", "        super().__init__()"]
    for block_id, made in modules.items():
        buffer = parts[block_id].applied.constant
        lines += layout.statement(made) if buffer else layout.assignment(f"self.{block_id}", made, "")
    return [*lines, ""]


def _forward(network: Network, analysis: Analysis, order: tuple[str, ...], parts: dict[str, _Part]) -> list[str]:
    makers = _makers(network, order, parts)
    entries = needed_entries(network)
    starts = {i: i for i in entries} if len(entries) > 1 else {entries[0] if entries else str(analysis.input): "x"}
    names = variables([i for i in order if i in parts], makers, starts)
    lines = layout.signature("forward", ("self", *(f"{name}: torch.Tensor" for name in starts.values())))
    for block_id, part in parts.items():
        inputs = tuple(names[maker] for maker in makers[block_id])
        inputs += (f"self.{block_id}",) if part.applied.constant else ()
        shape = _shape(analysis, block_id).compact
        lines += layout.assignment(names[block_id], layout.application(part.applied, inputs), shape)
    (result,) = makers[order[-1]]
    return [*lines, f"        return {names[result]}"]


def _makers(network: Network, order: tuple[str, ...], parts: dict[str, _Part]) -> dict[str, tuple[str, ...]]:
    """By block: the blocks whose results it takes, looking through those that hand their input on unchanged."""
    makers: dict[str, tuple[str, ...]] = {}
    for block_id in order:
        makers[block_id] = tuple(_maker(source, makers, parts) for source in sources(network, block_id))
    return makers


def _maker(block_id: str, makers: dict[str, tuple[str, ...]], parts: dict[str, _Part]) -> str:
    while block_id not in parts and makers[block_id]:
        (block_id,) = makers[block_id]
    return block_id
