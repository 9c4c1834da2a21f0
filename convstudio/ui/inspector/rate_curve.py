"""The learning rate over the whole run as a small curve, drawn from the settings before anything is trained."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.network import schedule
from convstudio.network.training_settings import TrainingSettings
from convstudio.ui.text import count, tr
from convstudio.ui.theme import number_font, theme

HEIGHT = 76
POINTS = 240
EDGE = 10


class RateCurve(QWidget):
    """Draws one schedule; the axis below is epochs, the number above the highest rate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = TrainingSettings()
        self._rates: list[float] = []
        self.setAccessibleName(tr("Learning rate over the run"))
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def rates(self) -> tuple[float, ...]:
        """What is drawn, from the first step to the last."""
        return tuple(self._rates)

    def show_rate(self, settings: TrainingSettings, steps_an_epoch: int) -> None:
        """Draw the schedule of these settings."""
        last = settings.epochs * steps_an_epoch - 1
        self._settings = settings
        steps = sorted({round(last * n / (POINTS - 1)) for n in range(POINTS)})
        self._rates = [schedule.rate(settings, step, steps_an_epoch) for step in steps]
        self.setToolTip(
            f"{tr('Learning rate')}: {self._rates[0]:.3g} {tr('at first')}, {max(self._rates):.3g} {tr('at most')}, "
            f"{self._rates[-1]:.3g} {tr('at the end')}"
        )
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setFont(number_font(7.5))
        painter.setPen(theme.colour("dim"))
        words = self.rect().adjusted(EDGE, 5, -EDGE, -5)
        painter.drawText(words, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, f"{max(self._rates):.3g}")
        epochs = count(self._settings.epochs, "epoch", "epochs")
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, epochs)
        painter.setPen(QPen(theme.colour("train"), 1.6))
        painter.drawPolyline(self._line(QRectF(self.rect()).adjusted(EDGE, 22, -EDGE, -20)))

    def _line(self, room: QRectF) -> QPolygonF:
        top, last = max(self._rates), max(1, len(self._rates) - 1)
        points = [
            QPointF(room.left() + room.width() * n / last, room.bottom() - room.height() * rate / top)
            for n, rate in enumerate(self._rates)
        ]
        return QPolygonF(points if len(points) > 1 else [points[0], QPointF(room.right(), points[0].y())])

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)
