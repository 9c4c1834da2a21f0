"""Weights of blocks that an edit changed or removed, kept for a while so that undo gives them back as they were."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from convstudio.engine.build import LiveNetwork

MOST_NUMBERS = 64 * 2**20
"""So many numbers (256 MiB in float32) are kept at most; the oldest go first."""
Form = tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]
"""A block's id and the shapes of its weights by name."""


@dataclass(frozen=True)
class _Kept:
    """The weights of a block by their own names, and what an optimiser knew of them."""

    state: Mapping[str, Tensor]
    known: Mapping[str, Tensor]


class WeightMemory:
    """The last weights of each block in each form that it had."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Form, _Kept] = OrderedDict()

    def remember(self, live: LiveNetwork, following: LiveNetwork, known: Mapping[str, Tensor] | None = None) -> None:
        """Keep a copy of the weights of every block that `following` does not have in the same form.

        `known` is what the optimiser of a run knows of the weights ("conv_1.weight/exp_avg"): that is kept with them.
        """
        stay = states(following)
        for form, state in states(live).items():
            if form not in stay:
                own = {key: value for key, value in (known or {}).items() if key.startswith(f"{form[0]}.")}
                self._kept[form] = _Kept({n: value.detach().cpu().clone() for n, value in state.items()}, own)
                self._kept.move_to_end(form)
        while self._numbers() > MOST_NUMBERS:
            self._kept.popitem(last=False)

    def recall(self, live: LiveNetwork, before: LiveNetwork) -> dict[str, Tensor]:
        """The weights that fit the blocks of `live`, named as in its state_dict: those of `before`, else kept ones."""
        present = states(before)
        found: dict[str, Tensor] = {}
        for form in states(live):
            state = present.get(form) or self._state(form)
            found |= {f"{form[0]}.{name}": value for name, value in state.items()}
        return found

    def returning(self, live: LiveNetwork, before: LiveNetwork) -> dict[str, Mapping[str, Tensor]]:
        """By the id of each block of `live` that gets back what `before` lacks: what the optimiser knew of it."""
        present = states(before)
        return {form[0]: self._kept[form].known for form in states(live) if form in self._kept and form not in present}

    def forget(self) -> None:
        """Another document was opened: its blocks only share their names with those before."""
        self._kept.clear()

    def _numbers(self) -> int:
        return sum(
            value.numel() for kept in self._kept.values() for value in (*kept.state.values(), *kept.known.values())
        )

    def _state(self, form: Form) -> Mapping[str, Tensor]:
        return self._kept[form].state if form in self._kept else {}


def states(live: LiveNetwork) -> dict[Form, dict[str, Tensor]]:
    """The weights of each block that has any, by its form."""
    children = ((block_id, dict(child.state_dict())) for block_id, child in live.parts.items())
    return {form_of(block_id, state): state for block_id, state in children if state}


def form_of(block_id: str, state: Mapping[str, Tensor]) -> Form:
    return block_id, tuple((name, tuple(value.shape)) for name, value in state.items())
