"""The cards of the gallery: a picture of each template, its name and year, and what it costs at its known size."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from convstudio.templates import TEMPLATES, Template
from convstudio.ui.gallery.choices import analysed, famous
from convstudio.ui.gallery.network_picture import network_picture
from convstudio.ui.text import short, tr
from convstudio.ui.theme import number_font, theme

LEAST, HEIGHT = 214, 164
"""Narrowest card, and the height of all."""
GAP = 10
"""Between two cards."""
PICTURE = 96
TEMPLATE_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class TemplateModel(QAbstractListModel):
    """The templates that a search has found."""

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Template, ...] = TEMPLATES

    def search(self, text: str) -> None:
        """Keep the templates that all words of `text` are about; '' keeps all."""
        words = text.lower().split()
        self.beginResetModel()
        self._found = tuple(t for t in TEMPLATES if all(word in _about(t) for word in words))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        template = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{tr(template.title)} ({template.year})"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return f"{costs(template)}. {tr(template.about)}"
        return template if role == TEMPLATE_ROLE else None


class CardPainter(QStyledItemDelegate):
    """Paints a template as a card; the one that is chosen has an accent around it."""

    def __init__(self) -> None:
        super().__init__()
        self.size = QSize(LEAST + GAP, HEIGHT + GAP)
        self._pictures: dict[tuple[str, int, bool, float], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        template: Template = index.data(TEMPLATE_ROLE)
        area = option.rect.adjusted(0, 0, -GAP, -GAP)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(
            painter, area, bool(state & QStyle.StateFlag.State_Selected), bool(state & QStyle.StateFlag.State_MouseOver)
        )
        painter.drawPixmap(area.topLeft(), self._picture(template, area.width(), painter.device().devicePixelRatioF()))
        _paint_words(painter, area.adjusted(12, PICTURE + 8, -12, -10), template)
        painter.restore()

    def _picture(self, template: Template, width: int, ratio: float) -> QPixmap:
        key = (template.name, width, theme.dark, ratio)
        if key not in self._pictures:
            document, _ = analysed(famous(template))
            self._pictures[key] = network_picture(document.network, QSize(width, PICTURE), ratio)
        return self._pictures[key]


class CardList(QListView):
    """The cards in as many columns as there is room for, which they fill."""

    def __init__(self, model: TemplateModel) -> None:
        super().__init__()
        self._painter = CardPainter()
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(tr("Templates"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView { background: transparent; }")

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = self.viewport().width() - 1
        columns = max(1, room // (LEAST + GAP))
        self._painter.size = QSize(room // columns, HEIGHT + GAP)
        self.setGridSize(self._painter.size)
        super().resizeEvent(event)


def costs(template: Template) -> str:
    """'61.1 M weights · 0.714 G multiply-adds' at the size that the network is known for."""
    _, analysis = analysed(famous(template))
    return f"{short(analysis.parameters)} {tr('weights')} · {short(analysis.multiply_adds)} {tr('multiply-adds')}"


def _about(template: Template) -> str:
    return f"{template.title} {template.year} {template.citation} {template.about} {template.name}".lower()


def _paint_ground(painter: QPainter, area: QRect, chosen: bool, touched: bool) -> None:
    body = QRectF(area).adjusted(1, 1, -1, -1)
    painter.setPen(QPen(theme.colour("accent" if chosen else "line"), 2 if chosen else 1))
    painter.setBrush(theme.colour("hover" if touched and not chosen else "raised"))
    painter.drawRoundedRect(body, 8, 8)
    painter.setPen(QPen(theme.colour("line"), 1))
    y = area.top() + PICTURE + 0.5
    painter.drawLine(round(body.left()) + 1, round(y), round(body.right()) - 1, round(y))


def _paint_words(painter: QPainter, room: QRect, template: Template) -> None:
    top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
    year = str(template.year)
    painter.setFont(number_font(8))
    painter.setPen(theme.colour("dim"))
    width = QFontMetrics(painter.font()).horizontalAdvance(year)
    painter.drawText(room.adjusted(0, 1, 0, 0), top | Qt.AlignmentFlag.AlignRight, year)
    _, analysis = analysed(famous(template))
    figures = f"{short(analysis.parameters)} w · {short(analysis.multiply_adds)} mult-adds"
    painter.setFont(number_font(7.5))
    painter.drawText(room, bottom | Qt.AlignmentFlag.AlignLeft, figures)
    font = QFont()
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    title = QFontMetrics(font).elidedText(tr(template.title), Qt.TextElideMode.ElideRight, room.width() - width - 8)
    painter.drawText(room, top | Qt.AlignmentFlag.AlignLeft, title)
