"""The Block tab: settings of the selected block, its arithmetic, its problems, and what it is for."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.separable import Separable
from convstudio.network import edits
from convstudio.network.document import Block
from convstudio.network.facts import BlockFacts
from convstudio.network.layer import Layer, across, times
from convstudio.network.problem import Fix, Problem
from convstudio.ui.forms.form import Form
from convstudio.ui.inspector.comparison import Comparison, rivals
from convstudio.ui.inspector.mask_figure import MaskFigure
from convstudio.ui.palette import badge
from convstudio.ui.problem_card import ProblemCard
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import grouped, short, strong, tr
from convstudio.ui.theme import number_font, theme


class BlockTab(QScrollArea):
    """Follows the store: shows the one selected block, or says what to do when it is not one."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._shown: str | None = None
        self._forms: dict[type[Layer], Form] = {}
        self.setAccessibleName(tr("The selected block"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(10)
        self._empty = _paragraph(tr("Select a block to see and change its settings."))
        self._head = _Head()
        self._place = _paragraph("")
        mouse, keys = Qt.TextInteractionFlag.LinksAccessibleByMouse, Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        self._place.setTextInteractionFlags(mouse | keys)
        self._problems = QVBoxLayout()
        self._settings = QVBoxLayout()
        self._figures = _Figures()
        self._coverage = _Coverage()
        self._comparison = Comparison()
        self._about = _paragraph("")
        for item in (self._empty, self._head, self._place, self._problems, self._settings):
            self._column.addLayout(item) if isinstance(item, QVBoxLayout) else self._column.addWidget(item)
        for widget in (self._figures, self._coverage, self._comparison, self._about):
            self._column.addWidget(widget)
        self._column.addStretch()
        self.setWidget(inner)
        self._head.renamed.editingFinished.connect(self._rename)
        self._place.linkActivated.connect(lambda block_id: store.select((block_id,)))
        store.replaced.connect(self._forget)
        store.changed.connect(self.follow)
        store.selection_changed.connect(self.follow)
        theme.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show what is selected now."""
        chosen = self._store.selection
        block = self._store.network.blocks.get(chosen[0]) if len(chosen) == 1 else None
        self._shown = block.id if block else None
        for widget in (self._head, self._place, self._figures, self._about):
            widget.setVisible(block is not None)
        self._empty.setVisible(block is None)
        self._empty.setText(self._invitation(len(chosen)))
        _clear(self._problems)
        if block:
            self._show(block, self._store.analysis.blocks[block.id])
        else:
            self._show_form(None)
            self._coverage.hide()
            self._comparison.hide()
            self._show_problems(self._store.analysis.problems if not chosen else ())

    def _invitation(self, count: int) -> str:
        if count > 1:
            return f"{count} " + tr("blocks are selected. Select one to change its settings.")
        return tr("Select a block to see and change its settings.")

    def _show(self, block: Block, facts: BlockFacts) -> None:
        self._head.show_block(block)
        sources = [w.source for w in self._store.network.incoming.get(block.id, {}).values()]
        after = " · " + tr("after") + " " + ", ".join(_link(i) for i in sources) if sources else ""
        self._place.setText(block.id + after)
        self._show_problems(facts.problems)
        rank = facts.inputs[0].rank if facts.inputs else 2
        self._show_form(block, rank)
        self._figures.show_facts(block, facts)
        self._show_convolution(block.layer, facts)
        self._about.setText(tr(block.layer.about))

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            card = ProblemCard(problem)
            card.fix_requested.connect(self._apply)
            self._problems.addWidget(card)

    def _show_form(self, block: Block | None, rank: int = 2) -> None:
        wanted = self._form(type(block.layer)) if block else None
        for form in self._forms.values():
            form.setVisible(form is wanted)
        if wanted and block:
            wanted.set_value(block.layer, rank, block.id)

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

    def _show_convolution(self, layer: Layer, facts: BlockFacts) -> None:
        fits = isinstance(layer, Convolution | Separable) and facts.output is not None
        self._comparison.setVisible(fits)
        self._coverage.setVisible(fits and self._coverage.show_layer(layer))
        if fits and isinstance(layer, Convolution | Separable):
            self._comparison.show_rivals(rivals(layer, facts.inputs[0]))

    def _change(self, name: str, layer: Struct) -> None:
        block = self._store.network.blocks.get(self._shown or "")
        if block and self._shown and isinstance(layer, type(block.layer)):
            label = tr("Change") + f" {name} · {self._shown}"
            network = edits.change(self._store.network, self._shown, layer)
            self._store.edit(label, network, merge=f"{self._shown}.{name}")

    def _rename(self) -> None:
        block = self._store.network.blocks.get(self._shown or "")
        if block and self._head.entered() != block.heading:
            self._store.edit(
                tr("Rename") + f" {block.id}", edits.rename(self._store.network, block.id, self._head.entered())
            )
            self.follow()  # the block's own heading, where '' was no change

    def _apply(self, fix: Fix) -> None:
        self._store.edit(fix.label, fix.apply(self._store.network))


class _Head(QWidget):
    """Badge and title; the title can be changed."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._badge = QLabel()
        self.renamed = QLineEdit()
        self.renamed.setStyleSheet(
            "QLineEdit { background: transparent; border: none; font-weight: 600; font-size: 11pt; padding: 2px 0; }"
        )
        self.renamed.setAccessibleName(tr("Title"))
        self.renamed.setToolTip(tr("Type another title; empty returns to the block's own"))
        self.renamed.setMaxLength(200)
        row.addWidget(self._badge)
        row.addWidget(self.renamed)

    def show_block(self, block: Block) -> None:
        self._badge.setPixmap(badge(type(block.layer), 18))
        if not self.renamed.hasFocus() or self.renamed.text() != block.heading:
            self.renamed.setText(block.heading)
            self.renamed.setCursorPosition(0)

    def entered(self) -> str:
        return self.renamed.text().strip()


class _Figures(QFrame):
    """Shapes, the formulas with their numbers, costs and receptive field."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setFont(number_font(8.5))
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._text)

    def show_facts(self, block: Block, facts: BlockFacts) -> None:
        dim = theme.text("dim")
        came = " + ".join(str(s) for s in facts.inputs)
        lines = [f"<span style='color:{dim}'>in&nbsp;</span> {came}"] if came else []
        lines.append(f"<span style='color:{dim}'>out</span> {facts.output or '?'}")
        lines += [f"<span style='color:{dim}'>{line}</span>" for line in facts.arithmetic]
        if facts.multiply_adds:
            shown = grouped(facts.multiply_adds)
            lines.append(f"<span style='color:{dim}'>{shown} multiply-adds ({short(facts.multiply_adds)})</span>")
        if facts.field and block.layer.ports:
            size = " × ".join(str(f.size) for f in facts.field)
            stride = " × ".join(str(f.pace) for f in facts.field)
            step = f", stride {stride}" if any(f.stride for f in facts.field) else ""
            lines.append(f"<span style='color:{dim}'>receptive field {size}{step}</span>")
        self._text.setText("<br>".join(lines))


class _Coverage(QFrame):
    """The mask as a figure, and in words how far it reaches with how many weights."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(12)
        self._figure = MaskFigure()
        self._words = QLabel()
        self._words.setWordWrap(True)
        row.addWidget(self._figure)
        row.addWidget(self._words, 1)

    def show_layer(self, layer: Layer) -> bool:
        """Show a convolution's mask; False, and nothing changes, when it is not flat."""
        if not isinstance(layer, Convolution | Separable):
            return False
        mask, dilation = across(layer.mask, 2), across(layer.dilation, 2)
        if mask is None or dilation is None:
            return False
        self._figure.show_mask((mask[0], mask[1]), (dilation[0], dilation[1]), layer.colour)
        cells = mask[0] * mask[1]
        reach = times(tuple((k - 1) * d + 1 for k, d in zip(mask, dilation, strict=True)))
        weights = tr("weight sees") if cells == 1 else tr("weights see")
        self._words.setText(strong(f"{cells} {weights} {reach}") + "<br>" + _sight(layer, dilation))
        return True


def _sight(layer: Convolution | Separable, dilation: tuple[int, ...]) -> str:
    dim = theme.text("dim")
    if any(d > 1 for d in dilation):
        nth = {2: tr("second"), 3: tr("third"), 4: tr("fourth")}.get(dilation[0], f"{dilation[0]}th")
        words = tr("The mask samples every") + f" {nth} " + tr("pixel: a wide context for the price of a")
        words += f" {times(layer.mask)}."
    else:
        words = tr("The mask lies on neighbouring pixels and is scanned over the whole image.")
    return f"<span style='color:{dim}'>{words}</span>"


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label


def _link(block_id: str) -> str:
    return f"<a href='{block_id}' style='color:{theme.text('dim')}'>{block_id}</a>"


def _clear(layout: QVBoxLayout) -> None:
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
