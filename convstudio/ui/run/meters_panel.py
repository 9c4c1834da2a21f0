"""What training takes of the machine, as rows of words, a bar and a figure: the head of the device button's menu."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from convstudio.protocol.messages import Meters
from convstudio.ui.live.numbers import percent
from convstudio.ui.run import words
from convstudio.ui.text import count, memory, tr
from convstudio.ui.theme import number_font, theme

WIDTH, HEAD, ROW, BAR, PAD = 330, 44, 30, 5, 14


class Gauge(NamedTuple):
    """One row; `share` of the bar is filled, 0 to 1; None has no bar."""

    words: str
    figure: str
    share: float | None


class MetersPanel(QWidget):
    """Paints the last reading; rows of what is not known are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._speed = "", ""
        self._gauges: tuple[Gauge, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.show_nothing()

    @property
    def gauges(self) -> tuple[Gauge, ...]:
        return self._gauges

    @property
    def head(self) -> str:
        """Which device computes, and how fast."""
        return f"{self._title} · {self._speed}"

    def show_nothing(self) -> None:
        """Nothing is known: the worker has not answered."""
        self._show(tr("The worker has not answered yet"), tr("no figures"), ())

    def show_meters(self, meters: Meters, samples_per_second: float) -> None:
        """Show a reading; a speed of 0 says that nothing is being trained."""
        threads = count(meters.threads, "thread", "threads")
        title = f"{meters.device} · {threads}" if meters.card_total is None else meters.device
        speed = words.rate(samples_per_second) if samples_per_second else tr("no run is computing")
        self._show(title, speed, gauges(meters))

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEAD + ROW * len(self._gauges) + PAD)

    def _show(self, title: str, speed: str, found: tuple[Gauge, ...]) -> None:
        taller = len(found) != len(self._gauges)
        self._title, self._speed, self._gauges = title, speed, found
        self.setAccessibleName(tr("Device"))
        self.setAccessibleDescription("\n".join([self.head, *(f"{g.words}: {g.figure}" for g in found)]))
        if taller:
            self.setFixedHeight(self.sizeHint().height())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(PAD, 8, -PAD, 0)
        title = QFont(self.font())
        title.setWeight(QFont.Weight.DemiBold)
        painter.setFont(title)
        painter.setPen(theme.colour("text"))
        cut = QFontMetricsF(title).elidedText(self._title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignTop, cut)
        painter.setFont(number_font(8.5))
        painter.setPen(theme.colour("dim"))
        painter.drawText(room.adjusted(0, 17, 0, 0), Qt.AlignmentFlag.AlignTop, self._speed)
        for number, gauge in enumerate(self._gauges):
            top = HEAD + ROW * number
            self._paint_gauge(painter, QRectF(room.left(), top, room.width(), ROW), gauge)

    def _paint_gauge(self, painter: QPainter, room: QRectF, gauge: Gauge) -> None:
        line = QRectF(room.left(), room.top() + 2, room.width(), 16)
        painter.setFont(self.font())
        painter.setPen(theme.colour("text"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, gauge.words)
        painter.setFont(number_font(8.5))
        painter.setPen(theme.colour("dim"))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, gauge.figure)
        if gauge.share is None:
            return
        bar = QRectF(room.left(), room.top() + 20, room.width(), BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        painter.setBrush(theme.colour("bad" if gauge.share > 0.95 else "accent"))
        filled = max(BAR, bar.width() * min(1.0, gauge.share)) if gauge.share > 0 else 0.0
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), filled, BAR), 2.5, 2.5)


def gauges(meters: Meters) -> tuple[Gauge, ...]:
    """The rows of what is known."""
    cores = f"{meters.cores:.1f} {tr('of')} {count(meters.all_cores, 'core', 'cores')}"
    found = [Gauge(tr("Processor, the worker"), cores, meters.cores / max(1, meters.all_cores))]
    if meters.machine is not None:
        found.append(Gauge(tr("Processor, all programs"), percent(meters.machine), meters.machine))
    if meters.own is not None:
        share = meters.own / meters.total if meters.total else None
        found.append(Gauge(tr("Memory of the worker"), memory(meters.own), share))
    if meters.used is not None and meters.total:
        found.append(_filled(tr("Memory, all programs"), meters.used, meters.total))
    if meters.card_own is not None and meters.card_total:
        found.append(_filled(tr("Graphics memory of the worker"), meters.card_own, meters.card_total))
    if meters.card_used is not None and meters.card_total:
        found.append(_filled(tr("Graphics memory, all programs"), meters.card_used, meters.card_total))
    return tuple(found)


def _filled(label: str, used: int, total: int) -> Gauge:
    return Gauge(label, f"{memory(used)} {tr('of')} {memory(total)}", used / total)
