"""The bar below the lens: play the scan, go on or back by a step, drag to any position, and how fast."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSlider, QToolButton, QWidget

from convstudio.ui.text import grouped, tr
from convstudio.ui.theme import number_font

SPEEDS = (1, 2, 8, 32)
PER_SECOND = 3
"""Positions a second at speed 1."""
FRAME_MS = 40
"""Faster than this the picture is not changed; more than one position is passed at a time instead."""


class ScanBar(QWidget):
    """Knows a position of so many; asks for others, and asks on by itself while it plays."""

    position_requested = Signal(int)
    playing_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position, self._count = 0, 0
        self._waiting = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.play = QPushButton(tr("▶ Scan"))
        self.play.setObjectName("primary")
        self.play.setToolTip(tr("Move over the map place by place (Space)"))
        self.back, self.on = QToolButton(), QToolButton()
        self.back.setText("‹")
        self.on.setText("›")
        self.back.setToolTip(tr("One place back (Left)"))
        self.on.setToolTip(tr("One place on (Right)"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Position of the scan"))
        self.words = QLabel()
        self.words.setObjectName("dim")
        self.words.setFont(number_font())
        self.speed = QComboBox()
        self.speed.setAccessibleName(tr("Speed of the scan"))
        for speed in SPEEDS:
            self.speed.addItem(f"{speed}×", speed)
        self.speed.setCurrentIndex(2)
        self._build()

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def show_position(self, position: int, count: int) -> None:
        """Where the unit lies; while playing, the next step may come now."""
        self._position, self._count, self._waiting = position, count, False
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, count - 1))
            self.slider.setValue(position)
        self.words.setText(f"{grouped(position + 1)} {tr('of')} {grouped(count)}")
        self.words.setToolTip(f"{tr('position')} {self.words.text()}")
        self.setEnabled(count > 0)

    def show_nothing(self) -> None:
        """There is no unit to move."""
        self.stop()
        self._count = 0
        self.words.setText("")
        self.setEnabled(False)

    def toggle(self) -> None:
        """Play, from the start where the end was reached; or stop."""
        if self.playing:
            self.stop()
            return
        if self._position >= self._count - 1:
            self._ask(0)
        self._timer.start(max(FRAME_MS, 1000 // self._rate()))
        self._show_playing()

    def stop(self) -> None:
        if self.playing:
            self._timer.stop()
            self._show_playing()

    def step(self, distance: int) -> None:
        """So many places on or back, as by hand: a scan that plays ends."""
        self.stop()
        self.go(self._position + distance)

    def go(self, position: int) -> None:
        """To a position, or the nearest there is."""
        position = min(max(position, 0), self._count - 1)
        if self._count and position != self._position:
            self._ask(position)

    def _tick(self) -> None:
        """The next position; the last answer must have been drawn, and at the end it stops."""
        if self._waiting:
            return
        if self._position >= self._count - 1:
            self.stop()
            return
        passed = max(1, round(self._rate() * self._timer.interval() / 1000))
        self._waiting = True
        self.go(self._position + passed)

    def _rate(self) -> int:
        return PER_SECOND * int(self.speed.currentData())

    def _ask(self, position: int) -> None:
        self._position = position
        self.position_requested.emit(position)

    def _show_playing(self) -> None:
        self.play.setText(tr("❚❚ Pause") if self.playing else tr("▶ Scan"))
        self.playing_changed.emit()

    def _by_hand(self, position: int) -> None:
        self.stop()
        self.go(position)

    def _change_speed(self) -> None:
        if self.playing:
            self._timer.setInterval(max(FRAME_MS, 1000 // self._rate()))

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.play, self.back, self.on):
            row.addWidget(widget)
        row.addWidget(self.slider, 1)
        row.addWidget(self.words)
        row.addWidget(self.speed)
        self.slider.setMinimumWidth(60)
        self.play.clicked.connect(self.toggle)
        self.back.clicked.connect(lambda: self.step(-1))
        self.on.clicked.connect(lambda: self.step(1))
        self.slider.valueChanged.connect(self._by_hand)
        self.speed.currentIndexChanged.connect(self._change_speed)
