"""The reliability diagram: how often answers of each certainty are right; on the diagonal certainty can be trusted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from convstudio.protocol.messages import CertaintyBin
from convstudio.ui.evaluation.report import Report
from convstudio.ui.live.numbers import percent
from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font, theme

LEFT, BOTTOM, TOP = 34.0, 30.0, 6.0
COUNTS = 0.22
"""Part of the height that the bars of counts take, below."""


class Reliability(QWidget):
    """Bars of accuracy over certainty, the gap to the diagonal hatched in, and how many answers each bar stands for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: tuple[CertaintyBin, ...] = ()
        self.setMinimumSize(140, 110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Reliability diagram: share of right answers over certainty"))
        theme.changed.connect(self.update)

    def set_report(self, report: Report) -> None:
        self._bins = report.bins
        self.setAccessibleDescription(" ".join(self.words(n) for n, b in enumerate(self._bins) if b.answers))
        self.update()

    def words(self, number: int) -> str:
        """'80 to 90 % sure: 40 answers, 75 % of them right; mean certainty 86 %.'"""
        part, count = self._bins[number], len(self._bins)
        between = f"{100 * number / count:.0f} {tr('to')} {100 * (number + 1) / count:.0f} % {tr('sure')}"
        if not part.answers:
            return f"{between}: {tr('no answers')}."
        right = f"{percent(part.accuracy)} {tr('of them right')}"
        mean = f"{tr('mean certainty')} {percent(part.certainty)}"
        return f"{between}: {grouped(part.answers)} {tr('answers')}, {right}; {mean}."

    def bin_at(self, point: QPoint) -> int | None:
        """The bar in whose column a point lies."""
        plot = self._plot()
        if not self._bins or not plot.left() <= point.x() < plot.right():
            return None
        return int((point.x() - plot.left()) / plot.width() * len(self._bins))

    def bar(self, number: int) -> QRectF:
        """Where the bar of accuracy stands."""
        plot, count = self._plot(), len(self._bins)
        wide, tall = plot.width() / count, plot.height() * self._bins[number].accuracy
        return QRectF(plot.left() + number * wide + 1, plot.bottom() - tall, wide - 2, tall)

    def sizeHint(self) -> QSize:
        return QSize(260, 220)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            number = self.bin_at(event.pos())
            QToolTip.showText(event.globalPos(), "" if number is None else self.words(number), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._bins:
            self._paint_frame(painter)
            for number, part in enumerate(self._bins):
                if part.answers:
                    self._paint_bar(painter, number, part)
            self._paint_diagonal(painter)
            self._paint_counts(painter)
        painter.end()

    def _plot(self) -> QRectF:
        room = max(10.0, self.height() - TOP - BOTTOM)
        return QRectF(LEFT, TOP, max(10.0, self.width() - LEFT - 8), room * (1 - COUNTS))

    def _paint_frame(self, painter: QPainter) -> None:
        plot = self._plot()
        painter.setFont(number_font(7.5))
        for share in (0.0, 0.5, 1.0):
            y = plot.bottom() - share * plot.height()
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(theme.colour("dim"))
            beside = QRectF(0, y - 8, LEFT - 5, 16)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * share:.0f}")
            x = plot.left() + share * plot.width()
            below = QRectF(x - 20, self.height() - BOTTOM + 1, 40, 12)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{100 * share:.0f}")
        words = tr("certainty % · bars: right answers % · below: how many")
        foot = QRectF(plot.left(), self.height() - 15, plot.width(), 14)
        short = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(foot.width()))
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, short)

    def _paint_bar(self, painter: QPainter, number: int, part: CertaintyBin) -> None:
        bar, plot = self.bar(number), self._plot()
        fill = QColor(theme.colour("train"))
        fill.setAlphaF(0.75)
        painter.fillRect(bar, fill)
        sure = plot.bottom() - part.certainty * plot.height()
        gap = QRectF(bar.left(), min(sure, bar.top()), bar.width(), abs(sure - bar.top()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colour("bad")))
        painter.setOpacity(0.35)
        painter.drawRect(gap)
        painter.setOpacity(1.0)

    def _paint_diagonal(self, painter: QPainter) -> None:
        plot = self._plot()
        painter.setPen(QPen(theme.colour("dim"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())

    def _paint_counts(self, painter: QPainter) -> None:
        plot, most = self._plot(), max(b.answers for b in self._bins) or 1
        room = (self.height() - BOTTOM) - plot.bottom() - 4
        wide = plot.width() / len(self._bins)
        for number, part in enumerate(self._bins):
            tall = max(1.0, room * part.answers / most) if part.answers else 0.0
            place = QRectF(plot.left() + number * wide + 1, self.height() - BOTTOM - tall, wide - 2, tall)
            painter.fillRect(place, theme.colour("wire"))
