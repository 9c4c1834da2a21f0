"""The Block tab: settings of the selected block or blocks, arithmetic, problems, and what the block is for."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from convstudio.network import edits
from convstudio.network.document import Block
from convstudio.network.facts import BlockFacts
from convstudio.network.group import Group
from convstudio.network.layer import Layer
from convstudio.network.problem import Problem
from convstudio.ui.forms.form import Form
from convstudio.ui.inspector.block_figures import BlockFigures
from convstudio.ui.inspector.block_head import BlockHead
from convstudio.ui.inspector.comparison import Comparison
from convstudio.ui.inspector.cost_share import CostShare
from convstudio.ui.inspector.coverage import Coverage
from convstudio.ui.inspector.freeze_box import FreezeBox
from convstudio.ui.inspector.note_section import NoteSection
from convstudio.ui.inspector.rivals import rivals
from convstudio.ui.inspector.several import SeveralBlocks, applied
from convstudio.ui.masklab.kinds import MASKED
from convstudio.ui.problems.advisor import Advisor
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import count, tr
from convstudio.ui.theme import theme


class BlockTab(QScrollArea):
    """Follows the store: shows the one selected block, several at once, or says what to do when none is selected."""

    masks_requested = Signal()
    """The masks of the selected block are to be edited by hand."""

    def __init__(self, store: DocumentStore, advisor: Advisor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._advisor = store, advisor
        self._shown: str | None = None
        self._told: tuple[Problem, ...] = ()
        self._forms: dict[type[Layer], Form] = {}
        self.setAccessibleName(tr("The selected block"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._make()
        self._arrange()
        self._connect()
        self.follow()

    def _make(self) -> None:
        self._empty = _paragraph(tr("Select a block to see and change its settings."))
        self._head = BlockHead()
        self._place = _paragraph("")
        mouse, keys = Qt.TextInteractionFlag.LinksAccessibleByMouse, Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        self._place.setTextInteractionFlags(mouse | keys)
        self._problems, self._settings = QVBoxLayout(), QVBoxLayout()
        self.mask_button = QPushButton(tr("Edit in the mask lab"))
        self.mask_button.setToolTip(tr("Draw the masks by hand, or make them from a recipe, and watch the maps (M)"))
        self.freeze_box = FreezeBox()
        self._figures, self._share = BlockFigures(), CostShare(self._store)
        self._coverage, self.comparison = Coverage(), Comparison()
        self._about = _paragraph("")
        self.several, self.notes = SeveralBlocks(), NoteSection(self._store)

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        for item in (self._empty, self.several, self._head, self._place, self._problems, self._settings):
            column.addLayout(item) if isinstance(item, QVBoxLayout) else column.addWidget(item)
        facts = (self._figures, self._share, self._coverage, self.comparison, self._about)
        for widget in (self.mask_button, self.freeze_box, *facts, self.notes):
            column.addWidget(widget)
        column.addStretch()
        self.setWidget(inner)

    def _connect(self) -> None:
        store = self._store
        self.mask_button.clicked.connect(self.masks_requested)
        self._head.renamed.editingFinished.connect(self._rename)
        self.several.entered.connect(self._change_all)
        self.several.left.connect(store.seal)
        self._place.linkActivated.connect(self._go)
        store.replaced.connect(self._forget)
        store.level_changed.connect(self._forget)
        store.changed.connect(self._keep_up)
        self._advisor.changed.connect(self.follow)
        store.selection_changed.connect(self.follow)
        theme.changed.connect(self._restyle)

    def follow(self) -> None:
        """Show what is selected now."""
        chosen = self._store.selection
        block = self._store.network.blocks.get(chosen[0]) if len(chosen) == 1 else None
        self._shown = block.id if block else None
        for widget in (self._head, self._place, self._figures, self._about):
            widget.setVisible(block is not None)
        self._empty.setVisible(not chosen and not self._store.selected_notes)
        self.several.setVisible(len(chosen) > 1)
        self.mask_button.setVisible(block is not None and block.layer.kind in MASKED)
        self._share.show_block(self._shown)
        if block:
            self._show(block, self._store.analysis.blocks[block.id])
        else:
            self._show_form(None)
            self._coverage.hide()
            self.comparison.hide()
            self._show_problems(() if chosen or self._store.selected_notes or self._store.empty else self._advisor.here)
        self._show_several()

    def _restyle(self) -> None:
        """Colours stand in the texts, and in the cards."""
        self._told = ()
        _clear(self._problems)
        self.follow()

    def _keep_up(self) -> None:
        """Title and settings are never those of before an edit; all else follows a moment later."""
        if block := self._store.network.blocks.get(self._shown or ""):
            self._head.show_block(block)
            self._show_settings(block, self._store.analysis.blocks[block.id])
        self._show_several()

    def _show_several(self) -> None:
        blocks = [self._store.network.blocks[i] for i in self._store.selection]
        self.freeze_box.show_blocks(blocks)
        if len(blocks) > 1:
            self.several.show_blocks(blocks, self._store.analysis.blocks)

    def _show(self, block: Block, facts: BlockFacts) -> None:
        self._head.show_block(block)
        sources = [w.source for w in self._store.network.incoming.get(block.id, {}).values()]
        after = " · " + tr("after") + " " + ", ".join(_link(i) for i in sources) if sources else ""
        own = f" · {tr('your own block, from')} {block.layer.origin}" if block.layer.origin else ""
        self._place.setText(block.id + after + self._contents(block) + own)
        self.mask_button.setText(_lab_words(block))
        self._show_problems((*facts.problems, *self._advisor.about(block.id)))
        self._show_settings(block, facts)
        self._figures.show_facts(block, facts, self._store.sight.of(block.id))
        self._show_work(block.layer, facts)
        self._about.setText(tr(block.layer.about))

    def _contents(self, block: Block) -> str:
        """The blocks in a group, each a link that leads inside."""
        if not isinstance(block.layer, Group):
            return ""
        before = self._store.full_id(block.id)
        inner = (i for i, b in block.layer.network.blocks.items() if not b.layer.inner)
        links = ", ".join(_link(i, f"{before}.{i}") for i in inner)
        return f"<br>{tr('holds')} {links}" if links else ""

    def _go(self, link: str) -> None:
        """A block of this level by its id, or one in a group by its path."""
        if "." in link:
            self._store.reveal(link)
        else:
            self._store.select((link,))

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Cards are made anew only where they say something else; none of them passes the focus on to another."""
        if problems == self._told:
            return
        self._told = problems
        focused = self.focusWidget()
        if focused and focused.hasFocus() and isinstance(focused.parentWidget(), ProblemCard):
            self.setFocus()
        _clear(self._problems)
        for problem in problems:
            card = ProblemCard(problem)
            card.fix_requested.connect(self._advisor.apply)
            card.fix_hovered.connect(self._advisor.preview_here)
            self._problems.addWidget(card)

    def _show_settings(self, block: Block, facts: BlockFacts) -> None:
        self._show_form(block, facts.inputs[0].rank if facts.inputs else 2)

    def _show_form(self, block: Block | None, rank: int = 2) -> None:
        wanted = self._form(type(block.layer)) if block else None
        for form in self._forms.values():
            form.setVisible(form is wanted)
        if wanted and block:
            wanted.set_value(block.layer, rank, block.id)
            wanted.hide_settings(block.layer.unused())

    def _form(self, kind: type[Layer]) -> Form:
        if kind not in self._forms:
            form = self._forms[kind] = Form(kind)
            form.changed.connect(self._change)
            form.left.connect(self._store.seal)
            self._settings.addWidget(form)
        return self._forms[kind]

    def _forget(self) -> None:
        for form in self._forms.values():
            form.forget()

    def _show_work(self, layer: Layer, facts: BlockFacts) -> None:
        """What a block's mask or window reaches, and what others would cost in its place."""
        fits = facts.output is not None and bool(facts.inputs)
        others = rivals(layer, facts.inputs[0]) if fits else ()
        self.comparison.setVisible(bool(others))
        self.comparison.show_rivals(others)
        self._coverage.setVisible(fits and self._coverage.show_layer(layer, facts.inputs[0].rank))

    def _change(self, name: str, layer: Struct) -> None:
        block = self._store.network.blocks.get(self._shown or "")
        if block and self._shown and isinstance(layer, type(block.layer)):
            label = tr("Change") + f" {name} · {self._shown}"
            network = edits.change(self._store.network, self._shown, layer)
            self._store.edit(label, network, merge=f"{self._shown}.{name}")

    def _change_all(self, name: str, entered: Any) -> None:
        """Change a setting of all selected blocks as one step; those that cannot have it keep theirs."""
        chosen = self._store.selection
        found = applied(self._store.network, chosen, name, entered)
        changed = len(chosen) - len(found.refusals)
        label = tr("Change") + f" {name} · " + count(changed, "block", "blocks")
        self._store.edit(label, found.network, merge=f"{chosen}.{name}")
        self.several.say(found.refusals)
        self.several.complain(name, "" if changed else next(iter(found.refusals.values())))

    def _rename(self) -> None:
        block = self._store.network.blocks.get(self._shown or "")
        if block and self._head.entered() != block.heading:
            self._store.edit(
                tr("Rename") + f" {block.id}", edits.rename(self._store.network, block.id, self._head.entered())
            )
            self.follow()  # the block's own heading, where '' was no change


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label


def _lab_words(block: Block) -> str:
    """What leads to the mask lab, and how many numbers of the masks were made there before training."""
    made = sum(masks.count for masks in block.by_hand)
    told = f" · {count(made, 'number by hand', 'numbers by hand')}" if made else ""
    return tr("Edit in the mask lab") + told


def _link(block_id: str, target: str = "") -> str:
    return f"<a href='{target or block_id}' style='color:{theme.text('dim')}'>{block_id}</a>"


def _clear(layout: QVBoxLayout) -> None:
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
