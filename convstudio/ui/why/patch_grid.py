"""The patches that excite a unit most, the strongest first: a picture each, with the value and the sample's number."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QToolTip, QWidget

from convstudio.protocol.messages import SamplePatch
from convstudio.ui.live.numbers import significant
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme
from convstudio.ui.why.cells import picture_of
from convstudio.ui.why.heat import fitted

SIDE, GAP, LINES = 76, 10, 30
"""Pixels of a picture's side, between pictures, and of the words below one."""
KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True, eq=False)
class Shown:
    """A patch as it is shown: its picture, value, the number of its sample, and where it lies in words."""

    picture: QImage
    value: float
    number: int
    where: str


def shown(patch: SamplePatch) -> Shown:
    """A patch as it was found, with its picture and its words."""
    spans = ", ".join(f"{first}–{last}" for first, last in patch.spans)
    where = f"{tr('sample')} {patch.number + 1}" + (f", {tr('cells')} {spans}" if spans else "")
    return Shown(picture_of(patch.cells), patch.value, patch.number, f"{where}: {significant(patch.value, 4)}")


class _Patches(QWidget):
    """All patches, in as many columns as there is room for."""

    chosen = Signal(int)
    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.patches: tuple[Shown, ...] = ()
        self.selected = 0
        self.fresh = False
        self.setAccessibleName(tr("Patches that excite the unit most"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    @property
    def columns(self) -> int:
        return max(1, (self.width() + GAP) // (SIDE + GAP))

    def place(self, at: int) -> QRect:
        row, column = divmod(at, self.columns)
        return QRect(column * (SIDE + GAP), row * (SIDE + LINES + GAP), SIDE, SIDE + LINES)

    def fit(self) -> None:
        rows = -(-len(self.patches) // self.columns)
        self.setMinimumHeight(rows * (SIDE + LINES + GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for at in range(len(self.patches)):
            if self.place(at).intersects(event.rect()):
                self.paint_one(painter, at)
        painter.end()
        if self.fresh:
            self.fresh = False
            self.drawn.emit()

    def paint_one(self, painter: QPainter, at: int) -> None:
        """One patch at its place."""
        patch, place = self.patches[at], self.place(at)
        frame = fitted(patch.picture, QRectF(place.left(), place.top(), SIDE, SIDE))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(frame, patch.picture)
        focused = self.hasFocus() and at == self.selected
        painter.setPen(QPen(theme.colour("accent" if focused else "line"), 2 if focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
        painter.setFont(number_font())
        middle = Qt.AlignmentFlag.AlignHCenter
        painter.setPen(theme.colour("text"))
        painter.drawText(QRect(place.left(), place.top() + SIDE + 2, SIDE, 14), middle, significant(patch.value))
        painter.setPen(theme.colour("dim"))
        painter.drawText(QRect(place.left(), place.top() + SIDE + 16, SIDE, 14), middle, f"#{patch.number + 1}")

    def at(self, point: QPoint) -> int | None:
        return next((n for n in range(len(self.patches)) if self.place(n).contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.at(event.position().toPoint())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self.selected = at
            self.update()
            self.chosen.emit(self.patches[at].number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, steps = Qt.Key(event.key()), {Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns, **KEYS}
        if key in steps and 0 <= self.selected + steps[key] < len(self.patches):
            self.selected += steps[key]
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected < len(self.patches):
            self.chosen.emit(self.patches[self.selected].number)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self.at(event.pos())
            QToolTip.showText(event.globalPos(), self.patches[at].where if at is not None else "", self)
            return True
        return super().event(event)


class PatchGrid(QScrollArea):
    """Scrolls the patches where they need more room than there is."""

    chosen = Signal(int)
    """The number of a sample that the person wants to watch."""
    drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumSize(SIDE, 48)
        self.inside = _Patches()
        self.setWidget(self.inside)
        self.inside.chosen.connect(self.chosen)
        self.inside.drawn.connect(self.drawn)

    @property
    def patches(self) -> tuple[Shown, ...]:
        return self.inside.patches

    def show_patches(self, patches: tuple[Shown, ...]) -> None:
        self.inside.patches, self.inside.fresh = patches, True
        self.inside.selected = min(self.inside.selected, max(0, len(patches) - 1))
        self.inside.fit()
        self.inside.update()

    @property
    def whole(self) -> QSize:
        """The size of all patches together."""
        return QSize(self.inside.columns * (SIDE + GAP), self.inside.minimumHeight())

    def paint(self, painter: QPainter) -> None:
        """All patches, on any painter."""
        for at in range(len(self.patches)):
            self.inside.paint_one(painter, at)
