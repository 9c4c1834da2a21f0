"""The palette: every kind of block, by section, to be dragged onto the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSettings, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFont,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QPixmapCache,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from convstudio.network.group import Group, offered
from convstudio.network.layer import Catalogue, Layer
from convstudio.ui.canvas.carrying import BLOCK_MIME, GROUP_MIME
from convstudio.ui.palette import saved_groups
from convstudio.ui.palette.saved_groups import Saved
from convstudio.ui.palette.section import PaletteSection
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

BESIDE_TITLE = 26
"""Pixels of a button that its badge and its margins take."""
YOURS = "Your blocks"


def badge(kind: type[Layer], size: int = 16) -> QPixmap:
    """The kind's coloured badge with its letter, `size` pixels wide; drawn once for all palettes."""
    name = f"badge/{kind.colour}/{kind.glyph}/{bool(kind.origin)}/{size}/{theme.dark}"
    picture = QPixmap()
    if not QPixmapCache.find(name, picture):
        picture = _drawn(kind, size)
        QPixmapCache.insert(name, picture)
    return picture


def _drawn(kind: type[Layer], size: int) -> QPixmap:
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
    painter.setPen(theme.colour("on_kind"))
    font = QFont()
    font.setPixelSize(round(size * 0.62))
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, kind.glyph)
    if kind.origin:
        painter.setBrush(theme.colour("warning"))
        painter.setPen(theme.colour("panel"))
        painter.drawEllipse(QRectF(size * 0.62, 0, size * 0.38, size * 0.38))
    painter.end()
    return picture


FOLDED = "palette/folded"
"""Where the names of the folded sections are remembered, a line each."""
FIRST_FOLDED = ("Resize",)


class PaletteButton(QPushButton):
    """One kind of block. Drag it onto the canvas; a double-click or Enter puts it there as well."""

    chosen = Signal(object)

    def __init__(self, kind: type[Layer]) -> None:
        super().__init__(tr(kind.title))
        self.kind = kind
        self.choice: object = kind
        """What `chosen` carries."""
        self.title = tr(kind.title)
        self._pressed: QPoint | None = None
        own = f"\n{tr('Your own block, from')} {kind.origin}" if kind.origin else ""
        self.setToolTip(f"{tr(kind.about)}{own}\n{tr('Drag it onto the canvas, or double-click.')}")
        self.setAccessibleName(tr("Add") + f" {tr(kind.title)}")
        self.setObjectName("block")
        self.setMinimumWidth(84)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.repaint_badge()

    def repaint_badge(self) -> None:
        """Draw the badge in the colours of the theme."""
        self.setIcon(QIcon(badge(self.kind)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = max(0, self.width() - BESIDE_TITLE)
        title = self.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, room)
        self.setText(title.replace("&", "&&"))

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
        self.chosen.emit(self.choice)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.choice)
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


class SavedButton(PaletteButton):
    """A saved group: dragged and chosen like any block; its menu renames and deletes it."""

    menu_requested = Signal(object, QPoint)

    def __init__(self, saved: Saved) -> None:
        super().__init__(Group)
        self.choice = self.saved = saved
        self.title = saved.title
        about = tr("A block of your own.") if saved.own else tr("A block that comes with ConvStudio.")
        self.setToolTip(f"{escape(saved.title)}<br>{about} {tr('Drag it onto the canvas, or double-click.')}")
        self.setAccessibleName(tr("Add") + f" {saved.title}")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(self.saved, event.globalPos())

    def make_drag(self) -> QDrag:
        drag = super().make_drag()
        drag.mimeData().setData(GROUP_MIME, saved_groups.text(self.saved).encode())
        return drag


class Palette(QWidget):
    """All kinds by section, with a field that filters them; which sections are folded away is remembered."""

    kind_chosen = Signal(object)
    saved_chosen = Signal(object)
    saved_menu_requested = Signal(object, QPoint)

    def __init__(self, kinds: Catalogue, settings: QSettings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._buttons: list[PaletteButton] = []
        self._sections: list[PaletteSection] = []
        self._saved: tuple[Saved, ...] = ()
        self._within = False
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Find a block…"))
        self.search.setAccessibleName(tr("Find a block"))
        self.search.setToolTip(tr("Enter adds the first that fits"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_first)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(8, 0, 8, 8)
        self._column.setSpacing(6)
        self._column.addStretch()
        area = QScrollArea(self)
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
        self.set_kinds(kinds)

    def set_kinds(self, kinds: Catalogue) -> None:
        """Show these kinds instead of those before."""
        for section in self._sections:
            section.hide()
            section.deleteLater()
        folded = self._folded()
        self._buttons, self._sections = [], []
        for name, members in groupby(_ordered(kinds), key=lambda k: k.section):
            made = [PaletteButton(kind) for kind in members]
            for button in made:
                button.chosen.connect(self.kind_chosen)
            section = PaletteSection(name, made, name in folded, parent=self._column.parentWidget())
            section.folded.connect(self._remember)
            self._buttons += made
            self._sections.append(section)
            self._column.insertWidget(self._column.count() - 1, section)
        self.show_saved(self._saved)
        self._filter(self.search.text())

    def show_saved(self, saved: Sequence[Saved]) -> None:
        """Show these groups, which wait to be used again, in a section of their own at the end."""
        self._saved = tuple(saved)
        for section in [s for s in self._sections if s.name == YOURS]:
            section.hide()
            section.deleteLater()
            self._sections.remove(section)
        if saved:
            made = [SavedButton(s) for s in saved]
            for button in made:
                button.chosen.connect(self.saved_chosen)
                button.menu_requested.connect(self.saved_menu_requested)
            section = PaletteSection(YOURS, made, YOURS in self._folded(), 1, self._column.parentWidget())
            section.folded.connect(self._remember)
            self._sections.append(section)
            self._column.insertWidget(self._column.count() - 1, section)
            self._seek(section, self.search.text())

    def set_within(self, within: bool) -> None:
        """Offer what belongs inside a group, or outside."""
        if within != self._within:
            self._within = within
            self._filter(self.search.text())

    def button(self, kind: str) -> PaletteButton:
        """The button of a kind, by its word in the file."""
        return next(b for b in self._buttons if b.kind.kind == kind)

    def section(self, name: str) -> PaletteSection:
        """A section by its name; StopIteration when there is none."""
        return next(s for s in self._sections if s.name == name)

    def _folded(self) -> set[str]:
        kept = self._settings.value(FOLDED, None) if self._settings else None
        return set(str(kept).split("\n")) if kept is not None else set(FIRST_FOLDED)

    def _remember(self) -> None:
        if self._settings:
            self._settings.setValue(FOLDED, "\n".join(s.name for s in self._sections if s.closed))

    def _filter(self, text: str) -> None:
        for section in self._sections:
            self._seek(section, text)

    def _seek(self, section: PaletteSection, text: str) -> None:
        found = [b for b in section.buttons if isinstance(b, PaletteButton) and self._shows(b, text)]
        section.seek(found, bool(text.strip()))

    def _shows(self, button: PaletteButton, text: str) -> bool:
        if isinstance(button, SavedButton):
            return all(word in button.saved.title.lower() for word in text.lower().split())
        return self._offers(button.kind, text)

    def _offers(self, kind: type[Layer], text: str) -> bool:
        return matches(kind, text) and offered(kind, self._within)

    def _choose_first(self) -> None:
        text = self.search.text()
        buttons = [b for s in self._sections for b in s.buttons if isinstance(b, PaletteButton)]
        found = [b for b in buttons if self._shows(b, text)]
        if found and text.strip():
            self.search.clear()
            best = min(found, key=lambda b: not b.title.lower().startswith(text.lower()))
            best.chosen.emit(best.choice)

    def _restyle(self) -> None:
        for section in self._sections:
            for button in section.buttons:
                if isinstance(button, PaletteButton):
                    button.repaint_badge()


def matches(kind: type[Layer], text: str) -> bool:
    """Whether every word of `text` occurs in the kind's name or in what it says about itself."""
    known = f"{kind.title} {kind.kind} {kind.section} {kind.about}".lower()
    return all(word in known for word in text.lower().split())


def _ordered(kinds: Catalogue) -> list[type[Layer]]:
    shown = [k for k in kinds.values() if k.section]
    sections = list(dict.fromkeys(k.section for k in shown))
    return sorted(shown, key=lambda k: sections.index(k.section))
