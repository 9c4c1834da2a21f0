"""The bar under the live views: a slider over the moments of a run that were kept, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSlider, QToolButton, QWidget

from convstudio.ui.live.caption import Caption
from convstudio.ui.run import glyphs
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font, theme

ROOMY = 620
"""Below this width the words on the buttons are short."""
WORDS_SHARE = 0.4
"""Part of the width that the words may take from the slider."""


class TimeBar(QWidget):
    """Knows places on the slider and no steps; the last place is the newest moment."""

    moved = Signal(int)
    """The person wants to see the moment at this place."""
    live_requested = Signal()
    play_requested = Signal()
    branch_requested = Signal()
    gif_requested = Signal()
    pictures_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._play, self._live, self._branch, self._more = QToolButton(), QPushButton(), QPushButton(), QToolButton()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._words = Caption(name="text")
        self._playing = False
        self._past = False
        self._filmed = True
        self._full = self._short = ""
        self._lay_out()
        self._slider.valueChanged.connect(self.moved)
        self._live.clicked.connect(self.live_requested)
        self._play.clicked.connect(self.play_requested)
        self._branch.clicked.connect(self.branch_requested)
        self._more.clicked.connect(self._open_menu)
        theme.changed.connect(self._paint)
        self._paint()

    def show_places(self, number: int, place: int) -> None:
        """So many moments there are, and this one is shown; nobody is told of it as of a wish."""
        self._slider.blockSignals(True)
        self._slider.setRange(0, max(0, number - 1))
        self._slider.setValue(place)
        self._slider.blockSignals(False)

    def show_words(self, words: str, short: str) -> None:
        """What is shown: 'step 1 400 of 2 250 · epoch 7 · val 94.8 %', and what there is always room for."""
        self._full, self._short = words, short
        self._slider.setAccessibleDescription(words)
        self._paint_words()

    def show_past(self, past: bool) -> None:
        """Whether a moment of the past is shown, or the present."""
        self._past = past
        self._branch.setEnabled(past)
        self._paint()

    def show_playing(self, playing: bool) -> None:
        self._playing = playing
        self._paint()

    def show_filmed(self, filmed: bool) -> None:
        """Whether the view above can be made a film of."""
        self._filmed = filmed

    @property
    def words(self) -> str:
        return self._full

    @property
    def slider(self) -> QSlider:
        return self._slider

    def menu(self) -> QMenu:
        """The ways to take a film away."""
        menu = QMenu(self)
        menu.addAction(tr("Save as an animated GIF…"), self.gif_requested.emit).setEnabled(self._filmed)
        menu.addAction(tr("Save as a sequence of PNG pictures…"), self.pictures_requested.emit).setEnabled(self._filmed)
        if not self._filmed:
            menu.addAction(tr("Masks and Feature maps can be made films of")).setEnabled(False)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._past:
            self.live_requested.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.play_requested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._paint()
        self._paint_words()

    def _open_menu(self) -> None:
        self.menu().popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _paint_words(self) -> None:
        words = self._full if self.width() >= ROOMY else self._short
        needed = self._words.fontMetrics().horizontalAdvance(words) + 4
        room = int(WORDS_SHARE * self.width())
        self._words.setMinimumWidth(min(room, max(self._words.minimumWidth(), needed)))  # the slider gives way once
        self._words.setText(words)
        self._words.setToolTip(self._full)

    def _paint(self) -> None:
        roomy = self.width() >= ROOMY
        sign: glyphs.Sign = "pause" if self._playing else "play"
        self._play.setIcon(glyphs.icon(sign, theme.colour("text"), theme.colour("dim"), self.devicePixelRatioF()))
        self._play.setToolTip(tr("Stop the film") if self._playing else tr("Play the run as a film"))
        self._play.setAccessibleName(self._play.toolTip())
        colour = theme.text("text" if self._past else "good_text")
        self._live.setText(f"{'○' if self._past else '●'} {tr('Live')}")
        self._live.setStyleSheet(f"padding: 3px 8px; color: {colour}")
        self._live.setEnabled(self._past)
        self._branch.setText(tr("Branch from here…") if roomy else tr("Branch…"))

    def _lay_out(self) -> None:
        self._slider.setAccessibleName(tr("Moment of the run"))
        self._slider.setToolTip(tr("Look back over the run: masks, maps and probabilities as they were"))
        self._words.setFont(number_font(number_font().pointSizeF() - 0.5))
        self._live.setToolTip(tr("Back to the network as it is now (Escape)"))
        self._branch.setToolTip(tr("Rewind to this moment and change one thing: a new run begins here, and waits"))
        self._branch.setEnabled(False)
        self._more.setText("⋯")
        self._more.setToolTip(tr("Save the film"))
        self._more.setAccessibleName(tr("Save the film"))
        self._slider.setMinimumWidth(80)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 12, 5)
        row.setSpacing(8)
        for button in (self._play, self._branch, self._more):
            button.setStyleSheet("padding: 3px 8px")
        for widget, stretch in (
            (self._play, 0),
            (self._slider, 3),
            (self._words, 2),
            (self._live, 0),
            (self._branch, 0),
            (self._more, 0),
        ):
            row.addWidget(widget, stretch)
