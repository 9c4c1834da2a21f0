"""Which weights each block started from: not kept, but drawn again from the seed when somebody wants to see them."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from convstudio.engine import moving
from convstudio.engine.build import LiveNetwork
from convstudio.engine.weight_memory import Form, form_of, states
from convstudio.network.document import Document


class Starts:
    """By block: the document whose seed its first weights were drawn from, and the id that it had in that.

    An edit in the middle of a run adds blocks that start then; others keep their start, also under another id.
    """

    def __init__(self, draw: Callable[[Document], LiveNetwork]) -> None:
        """`draw` makes the network of a document with the weights that it starts with."""
        self._draw = draw
        self._born: dict[Form, tuple[Document, str]] = {}
        self._drawn: tuple[Document, dict[str, Tensor]] | None = None

    def forget(self) -> None:
        """All blocks start anew."""
        self._born.clear()
        self._drawn = None

    def let_go(self) -> None:
        """Nobody looks: what was drawn again need not be kept."""
        self._drawn = None

    def follow(self, document: Document, live: LiveNetwork, before: LiveNetwork | None) -> None:
        """Blocks of `live` that were not there before start from the seed of `document`."""
        new = {form[0]: form for form in states(live) if form not in self._born}
        if not new:
            return
        came_from = moving.moved(before, live) if before else {}
        for block_id, form in new.items():
            was = came_from.get(block_id)
            old = self._born.get(form_of(was, dict(before.parts[was].state_dict()))) if was and before else None
            self._born[form] = old or (document, block_id)

    def of(self, live: LiveNetwork, block_id: str) -> dict[str, Tensor]:
        """The first weights of a block, by their names in it; those that it has where it is not known."""
        state = dict(live.parts[block_id].state_dict())
        born = self._born.get(form_of(block_id, state))
        if born is None:
            return state
        document, first_id = born
        drawn = self._network(document)
        return {name: drawn.get(f"{first_id}.{name}", value) for name, value in state.items()}

    def _network(self, document: Document) -> dict[str, Tensor]:
        """All weights that a document starts with, by block id and name; the last are kept for the next picture."""
        if self._drawn is None or self._drawn[0] is not document:
            parts = self._draw(document).parts.items()
            weights = {f"{i}.{name}": w for i, part in parts for name, w in part.state_dict().items()}
            self._drawn = document, weights
        return self._drawn[1]
