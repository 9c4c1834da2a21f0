"""The palette: every kind of block, by section, to be dragged onto the canvas."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFont, QIcon, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from convstudio.network.group import misplaced
from convstudio.network.layer import Catalogue, Layer
from convstudio.ui.canvas.view import BLOCK_MIME
from convstudio.ui.text import tr
from convstudio.ui.theme import theme


def badge(kind: type[Layer], size: int = 16) -> QPixmap:
    """The kind's coloured badge with its letter, `size` pixels wide."""
    ratio = 2.0
    picture = QPixmap(QSize(size, size) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme.colour(kind.colour))
    painter.setPen(Qt.PenStyle.NoPen)
    area = QRectF(0, 0, size, size)
    painter.drawRoundedRect(area, 4, 4)
    painter.setPen(QColor("#0d1016") if theme.dark else QColor("#ffffff"))
    font = QFont()
    font.setPixelSize(round(size * 0.62))
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, kind.glyph)
    painter.end()
    return picture


class PaletteButton(QPushButton):
    """One kind of block. Drag it onto the canvas; a double-click or Enter puts it there as well."""

    chosen = Signal(object)

    def __init__(self, kind: type[Layer]) -> None:
        super().__init__(tr(kind.title))
        self.kind = kind
        self._pressed: QPoint | None = None
        self.setToolTip(f"{tr(kind.about)}\n{tr('Drag it onto the canvas, or double-click.')}")
        self.setAccessibleName(tr("Add") + f" {tr(kind.title)}")
        self.setStyleSheet("text-align: left; padding: 5px 3px; font-size: 8pt;")
        self.setMinimumWidth(84)
        self.repaint_badge()

    def repaint_badge(self) -> None:
        """Draw the badge in the colours of the theme."""
        self.setIcon(QIcon(badge(self.kind)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        distance = (event.position().toPoint() - self._pressed).manhattanLength()
        if distance >= QApplication.startDragDistance():
            self._pressed = None
            self.setDown(False)
            self.make_drag().exec(Qt.DropAction.CopyAction)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        self.chosen.emit(self.kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.kind)
        else:
            super().keyPressEvent(event)

    def make_drag(self) -> QDrag:
        """What the cursor carries from here to the canvas."""
        data = QMimeData()
        data.setData(BLOCK_MIME, self.kind.kind.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(badge(self.kind, 22))
        return drag


class Palette(QWidget):
    """All kinds by section, with a field that filters them."""

    kind_chosen = Signal(object)

    def __init__(self, kinds: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[PaletteButton] = []
        self._sections: list[tuple[QLabel, QWidget, list[PaletteButton]]] = []
        self._within = False
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a block…"))
        self.search.setAccessibleName(tr("Find a block"))
        self.search.setToolTip(tr("Enter adds the first that fits"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_first)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 0, 8, 8)
        column.setSpacing(4)
        for section, members in groupby(_ordered(kinds), key=lambda k: k.section):
            self._add_section(column, section, list(members))
        column.addStretch()
        area = QScrollArea()
        area.setAccessibleName(tr("Kinds of blocks"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 12, 0, 0)
        whole.setSpacing(8)
        field = QVBoxLayout()
        field.setContentsMargins(12, 0, 12, 0)
        field.addWidget(self.search)
        whole.addLayout(field)
        whole.addWidget(area)
        theme.changed.connect(self._restyle)
        self._filter("")

    def set_within(self, within: bool) -> None:
        """Offer what belongs inside a group, or outside."""
        self._within = within
        self._filter(self.search.text())

    def button(self, kind: str) -> PaletteButton:
        """The button of a kind, by its word in the file."""
        return next(b for b in self._buttons if b.kind.kind == kind)

    def _add_section(self, column: QVBoxLayout, section: str, kinds: list[type[Layer]]) -> None:
        label = QLabel(tr(section).upper())
        label.setObjectName("section")
        label.setContentsMargins(0, 6, 0, 2)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        made = [PaletteButton(kind) for kind in kinds]
        for place, button in enumerate(made):
            grid.addWidget(button, place // 2, place % 2)
            button.chosen.connect(self.kind_chosen)
        self._buttons += made
        column.addWidget(label)
        column.addWidget(holder)
        self._sections.append((label, holder, made))

    def _filter(self, text: str) -> None:
        for label, holder, buttons in self._sections:
            for button in buttons:
                button.setVisible(self._offers(button.kind, text))
            some = any(self._offers(b.kind, text) for b in buttons)
            label.setVisible(some)
            holder.setVisible(some)

    def _offers(self, kind: type[Layer], text: str) -> bool:
        return matches(kind, text) and not misplaced(kind, self._within)

    def _choose_first(self) -> None:
        text = self.search.text()
        found = [b.kind for b in self._buttons if self._offers(b.kind, text)]
        if found and text.strip():
            self.search.clear()
            self.kind_chosen.emit(min(found, key=lambda k: not k.title.lower().startswith(text.lower())))

    def _restyle(self) -> None:
        for button in self._buttons:
            button.repaint_badge()


def matches(kind: type[Layer], text: str) -> bool:
    """Whether every word of `text` occurs in the kind's name or in what it says about itself."""
    known = f"{kind.title} {kind.kind} {kind.section} {kind.about}".lower()
    return all(word in known for word in text.lower().split())


def _ordered(kinds: Catalogue) -> list[type[Layer]]:
    sections = list(dict.fromkeys(k.section for k in kinds.values()))
    return sorted(kinds.values(), key=lambda k: sections.index(k.section))
