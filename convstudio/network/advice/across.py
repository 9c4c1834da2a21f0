"""Advice that sees through the borders of groups: two layers of which one is inside, a group that follows itself.

The rules look at the network with its groups expanded, of many copies that are alike only at a few; what they find is
then said of the blocks that people see, and mended where these are. What stands within one network is left to the rules
that look at that network alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import structs

from convstudio.network.advice.collapse import no_activation_between
from convstudio.network.advice.ending import before_the_output
from convstudio.network.advice.gridding import gaps
from convstudio.network.advice.scene import Scene
from convstudio.network.advice.weights import heavy_layer
from convstudio.network.document import Network, Wire
from convstudio.network.expansion import LeftOut, abridged, located
from convstudio.network.group import Entry, Group
from convstudio.network.grouping import Path, inside
from convstudio.network.problem import ChangeLayers, Fix, InsertBefore, MendInside, Problem, RemoveBlock, ReplaceBlock
from convstudio.network.sight import Fields

RULES: tuple[Callable[[Scene], list[Problem]], ...] = (no_activation_between, heavy_layer, gaps, before_the_output)
"""Those that follow wires from block to block."""


class Expanded(Scene, frozen=True):
    """A network with its groups expanded, and the network with groups that it was made from."""

    whole: Network
    missing: Mapping[str, LeftOut]

    @property
    def left_out(self) -> Mapping[str, LeftOut]:
        return self.missing

    def fields(self, block_id: str) -> Fields:
        """As in the whole document: copies that are left out count."""
        sight, path = self.sight, block_id.split(".")
        while len(path) > 1:
            group_id, *path = path
            copy = int(path.pop(0)) if path[0].isdigit() else 0
            sight = sight.inside(group_id, copy)
        return sight.of(path[0])

    def name(self, block_id: str) -> str:
        """'Convolution 3 × 3 (conv_1 in Stem, copy 2 of 3)'."""
        path, own = _place(self.whole, block_id)
        found = f"{self.network.blocks[block_id].heading} ({own}"
        if path:
            found += f" in {inside(self.whole, path[:-1]).blocks[path[-1]].heading}{_copy(self.whole, block_id)}"
        return found + ")"

    def effort(self, wire: Wire) -> int:
        """2 where nothing can be put into a wire, since it is none of the document; 1 where that changes all copies."""
        at = _port(self.whole, wire.target, wire.port)
        return 2 if at is None else int(_repeated(self.whole, at[0]))


def across(scene: Scene, told: Iterable[Problem]) -> list[Problem]:
    """What the rules say about the network of a whole document with its groups expanded, beyond what is `told`."""
    if not any(isinstance(b.layer, Group) for b in scene.network.blocks.values()):
        return []
    flat, analysis, missing = abridged(scene.network, scene.analysis)
    around = scene.catalogue, scene.sample, scene.weights, scene.sight
    wide = Expanded(flat, analysis, *around, scene.network, missing)
    known = {_meant(scene.network, problem) for problem in told}
    found = []
    for problem in (p for rule in RULES for p in rule(wide)):
        if (meant := _meant(scene.network, problem)) not in known:
            known.add(meant)
            found.append(_worn(scene.network, problem))
    return found


def seen_at(level: Path, network: Network, problem: Problem) -> Problem | None:
    """Advice of the whole document in the terms of the network at `level`; None where it names nothing there."""
    places = [_place(network, i) for i in problem.places]
    here = tuple(dict.fromkeys((*path, own)[len(level)] for path, own in places if path[: len(level)] == level))
    if not here:
        return None
    fixes = tuple(f for fix in problem.fixes if (f := peeled(level, fix)))
    return structs.replace(problem, blocks=here, fixes=fixes, inside=())


def peeled(level: Path, fix: Fix) -> Fix | None:
    """A fix of the document in the terms of a level; None where it mends something elsewhere."""
    for group_id in level:
        if not isinstance(fix, MendInside) or fix.block != group_id:
            return None
        fix = fix.fix
    return fix


def _place(network: Network, flat_id: str) -> tuple[Path, str]:
    found = located(network, flat_id)
    assert found, flat_id
    return found


def _meant(network: Network, problem: Problem) -> tuple[str, frozenset[tuple[Path, str]]]:
    """The same for a problem of each copy."""
    return problem.title, frozenset(_place(network, i) for i in problem.places)


def _worn(network: Network, problem: Problem) -> Problem:
    """What is said of blocks of the expanded network, worn by the blocks of the document that hold them."""
    outer = tuple(dict.fromkeys(i.split(".")[0] for i in problem.blocks))
    fixes = tuple(f for fix in problem.fixes if (f := _nested(network, fix)))
    return structs.replace(problem, blocks=outer, fixes=fixes, inside=problem.blocks)


def _nested(network: Network, fix: Fix) -> Fix | None:
    """A fix of the expanded network as one of the document; None where it would also change what it need not."""
    if isinstance(fix, InsertBefore):
        at = _port(network, fix.block, fix.port)
        return _within(at[0], structs.replace(fix, block=at[1], port=at[2])) if at else None
    homes = {_place(network, i)[0] for i in _touched(fix)}
    if len(homes) != 1 or _repeated(network, home := homes.pop()):
        return None
    if isinstance(fix, ChangeLayers):
        own = tuple((_place(network, i)[1], layer) for i, layer in fix.layers)
        return _within(home, structs.replace(fix, layers=own))
    assert isinstance(fix, ReplaceBlock | RemoveBlock)
    return _within(home, structs.replace(fix, block=_place(network, fix.block)[1]))


def _touched(fix: Fix) -> tuple[str, ...]:
    if isinstance(fix, ChangeLayers):
        return tuple(i for i, _ in fix.layers)
    return (fix.block,) if isinstance(fix, ReplaceBlock | RemoveBlock) else ()


def _within(path: Path, fix: Fix) -> Fix:
    for block_id in reversed(path):
        fix = MendInside(fix.label, block_id, fix)
    return fix


def _port(network: Network, flat_id: str, port: str) -> tuple[Path, str, str] | None:
    """The port of the document that a wire of the expanded network leads to; None where there is none.

    What leads to an Entry leads to the group's port, but to a later copy no wire is drawn, nor out of a group.
    """
    path, own = _place(network, flat_id)
    layer = inside(network, path).blocks[own].layer
    if isinstance(layer, Group):
        return None
    if not isinstance(layer, Entry):
        return path, own, port
    if _copy_number(network, flat_id):
        return None
    entries = inside(network, path).entries
    return path[:-1], path[-1], next(p for p, entry in entries.items() if entry == own)


def _repeated(network: Network, path: Path) -> bool:
    """Whether an edit at `path` changes several copies."""
    layers = [inside(network, path[:n]).blocks[path[n]].layer for n in range(len(path))]
    return any(isinstance(layer, Group) and layer.repeat > 1 for layer in layers)


def _copy_number(network: Network, flat_id: str) -> int:
    """Which copy of the innermost group a block is in, from 0 on."""
    before = flat_id.split(".")[-2:-1]
    return int(before[0]) if before and before[0].isdigit() else 0


def _copy(network: Network, flat_id: str) -> str:
    path, _ = _place(network, flat_id)
    group = inside(network, path[:-1]).blocks[path[-1]].layer
    assert isinstance(group, Group)
    return f", copy {_copy_number(network, flat_id) + 1} of {group.repeat}" if group.repeat > 1 else ""
