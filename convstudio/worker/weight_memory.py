"""Weights of blocks that an edit changed or removed, kept for a while so that undo gives them back as they were."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from torch import Tensor

from convstudio.engine.build import LiveNetwork

MOST_NUMBERS = 64 * 2**20
"""So many numbers (256 MiB in float32) are kept at most; the oldest go first."""
Form = tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]
"""A block's id and the shapes of its weights by name."""


class WeightMemory:
    """The last weights of each block in each form that it had."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Form, dict[str, Tensor]] = OrderedDict()

    def remember(self, live: LiveNetwork) -> None:
        """Keep a copy of the weights of every block."""
        for block_id, child in live.named_children():
            state = {name: value.detach().cpu().clone() for name, value in child.state_dict().items()}
            if state:
                form = _form(block_id, state)
                self._kept[form] = state
                self._kept.move_to_end(form)
        while self._numbers() > MOST_NUMBERS:
            self._kept.popitem(last=False)

    def recall(self, live: LiveNetwork) -> dict[str, Tensor]:
        """The kept weights that fit the blocks of `live`, named as in its state_dict."""
        found: dict[str, Tensor] = {}
        for block_id, child in live.named_children():
            state = self._kept.get(_form(block_id, child.state_dict()), {})
            found |= {f"{block_id}.{name}": value for name, value in state.items()}
        return found

    def forget(self) -> None:
        """Another document was opened: its blocks only share their names with those before."""
        self._kept.clear()

    def _numbers(self) -> int:
        return sum(value.numel() for state in self._kept.values() for value in state.values())


def _form(block_id: str, state: Mapping[str, Tensor]) -> Form:
    return block_id, tuple((name, tuple(value.shape)) for name, value in state.items())
