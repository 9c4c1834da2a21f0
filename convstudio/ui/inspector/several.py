"""Several blocks in the Block tab: what they cost together, and a form of the settings that all of them share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from convstudio.network import edits
from convstudio.network.document import Block, Network
from convstudio.network.facts import BlockFacts
from convstudio.network.layer import Layer
from convstudio.ui.forms.fields import Field, changed
from convstudio.ui.forms.shared_form import SharedForm, shared
from convstudio.ui.text import count, grouped, short, strong, tr
from convstudio.ui.theme import number_font

NAMED = 3
"""So many of the blocks that refuse a value are named."""


class Outcome(NamedTuple):
    """What became of a setting entered for several blocks: the network, and why some keep theirs, by id."""

    network: Network
    refusals: dict[str, str]


def applied(network: Network, ids: Sequence[str], name: str, entered: Any) -> Outcome:
    """Give each of these blocks the setting as entered; those that cannot have it keep theirs."""
    layers: dict[str, Layer] = {}
    refusals: dict[str, str] = {}
    for block_id in ids:
        result = changed(network.blocks[block_id].layer, name, entered)
        if isinstance(result, Layer):
            layers[block_id] = result
        else:
            refusals[block_id] = str(result)
    return Outcome(edits.change_all(network, layers), refusals)


class SeveralBlocks(QWidget):
    """Shows a selection of two or more blocks. `entered` carries a setting's name and what the person entered."""

    entered = Signal(str, object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._title = QLabel()
        self._title.setObjectName("title")
        self._kinds, self._none = _dim(), _dim()
        self._none.setText(tr("They have no setting in common."))
        self._costs = QLabel()
        self._costs.setFont(number_font(8.5))
        self._costs.setWordWrap(True)
        self._costs.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._refused = QLabel()
        self._refused.setObjectName("bad")
        self._refused.setTextFormat(Qt.TextFormat.PlainText)
        self._refused.setWordWrap(True)
        self._form: SharedForm | None = None
        self._settings: tuple[Field, ...] = ()
        self._place = QVBoxLayout()
        for part in (self._title, self._kinds, self._costs, self._place, self._none, self._refused):
            column.addLayout(part) if isinstance(part, QVBoxLayout) else column.addWidget(part)

    @property
    def form(self) -> SharedForm | None:
        """The form of the shared settings, where there are any."""
        return self._form

    def show_blocks(self, blocks: Sequence[Block], facts: Mapping[str, BlockFacts]) -> None:
        chosen = tuple(b.id for b in blocks)
        self.say({})
        self._title.setText(count(len(blocks), "block", "blocks"))
        kinds = Counter(tr(b.layer.title) for b in blocks)
        self._kinds.setText(" · ".join(f"{n} × {title}" for title, n in kinds.most_common()))
        self._costs.setText(costs([facts[i] for i in chosen]))
        self._show_form([b.layer for b in blocks], [facts[i] for i in chosen])

    def complain(self, name: str, words: str) -> None:
        """Mark what was entered for a setting as wrong for all of the blocks."""
        if self._form:
            self._form.editor(name).set_complaint(words)

    def say(self, refusals: Mapping[str, str]) -> None:
        """Say which blocks keep their settings, and why."""
        self._refused.setVisible(bool(refusals))
        named = [f"{block_id}: {reason}" for block_id, reason in list(refusals.items())[:NAMED]]
        if len(refusals) > NAMED:
            named.append(f"… {tr('and')} {len(refusals) - NAMED} {tr('more')}")
        words = tr("keeps its own") if len(refusals) == 1 else tr("keep their own")
        self._refused.setText("\n".join([count(len(refusals), "block", "blocks") + f" {words}.", *named]))

    def _show_form(self, layers: Sequence[Layer], facts: Sequence[BlockFacts]) -> None:
        settings = shared(dict.fromkeys(type(layer) for layer in layers))
        if settings != self._settings or self._form is None:
            self._make_form(settings)
        ranks = {f.inputs[0].rank for f in facts if f.inputs}
        if self._form:
            self._form.show_values(layers, ranks.pop() if len(ranks) == 1 else 1)
        self._none.setVisible(not settings)

    def _make_form(self, settings: tuple[Field, ...]) -> None:
        if self._form:
            self._form.hide()
            self._form.deleteLater()
        self._settings, self._form = settings, SharedForm(settings)
        self._form.entered.connect(self.entered)
        self._form.left.connect(self.left)
        self._place.addWidget(self._form)


def costs(facts: Sequence[BlockFacts]) -> str:
    """Weights and multiply-adds of some blocks together; says of how many they are not known."""
    adds = sum(f.multiply_adds for f in facts)
    parts = [f"{strong(grouped(sum(f.parameters for f in facts)))} {tr('weights')}"]
    parts.append(f"{strong(short(adds))} {tr('multiply-adds')}")
    unknown = sum(f.output is None for f in facts)
    if unknown:
        parts.append(tr("without") + " " + count(unknown, "block", "blocks") + " " + tr("that cannot compute yet"))
    return " · ".join(parts)


def _dim() -> QLabel:
    label = QLabel()
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label
