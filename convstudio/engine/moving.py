"""Which blocks of a network are those of another under a new id, because they came into or out of a group."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from itertools import chain

from torch import Tensor

from convstudio.engine.build import LiveNetwork


def moved(was: LiveNetwork, now: LiveNetwork) -> dict[str, str]:
    """By the id of a block with weights in `now`: the id that it had in `was`, where it is another one.

    A block is the same when its settings and the shapes of its weights are equal and its place agrees: it is in the
    first copy of what has another number of copies now; or it alone has the name that it had; or, where a group was
    made or dissolved, it is the first, second … of equally many such blocks.
    """
    gone = [i for i in was.parts if i not in now.parts]
    come = [i for i in now.parts if i not in was.parts]
    found: dict[str, str] = {}
    for rule, single in ((_first_copy, True), (_name, True), (_any, False)):
        before = _sorted_by(rule, was, [i for i in gone if i not in found.values()])
        after = _sorted_by(rule, now, [i for i in come if i not in found])
        for key in after.keys() & before.keys():
            pairs = before[key], after[key]
            if len(pairs[0]) == len(pairs[1]) and (len(pairs[0]) == 1 or not single) and _grouped(*pairs):
                found |= dict(zip(pairs[1], pairs[0], strict=True))
    return found


def weights(was: LiveNetwork, now: LiveNetwork) -> dict[str, Tensor]:
    """The weights in `was` of blocks that have another id in `now`, named as in the state_dict of `now`."""
    return {
        f"{new_id}.{name}": value.detach().cpu().clone()
        for new_id, old_id in moved(was, now).items()
        for name, value in was.parts[old_id].state_dict().items()
    }


def _sorted_by(rule: Callable[[str], str], live: LiveNetwork, ids: list[str]) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = {}
    for block_id in ids:
        state = live.parts[block_id].state_dict()
        form = tuple((name, tuple(value.shape)) for name, value in state.items())
        if form:
            layer = live.layers[block_id]
            found.setdefault((rule(block_id), type(layer), layer, form), []).append(block_id)
    return found


def _first_copy(block_id: str) -> str:
    return re.sub(r"\.0(?=\.)", "", block_id)


def _name(block_id: str) -> str:
    return block_id.rpartition(".")[2]


def _any(block_id: str) -> str:
    return ""


def _grouped(*ids: list[str]) -> bool:
    """Whether any of these blocks is in a group, before or after."""
    return any("." in block_id for block_id in chain(*ids))
