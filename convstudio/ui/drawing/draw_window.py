"""The draw pad in a window of its own: paper, tools, what the network gets of the drawing, and what it says."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.data import as_sample
from convstudio.protocol.messages import ClassMap, Scores
from convstudio.ui.drawing.form import DrawingForm
from convstudio.ui.drawing.pad import DrawPad
from convstudio.ui.drawing.swatches import Swatches
from convstudio.ui.live.answer import Answer
from convstudio.ui.live.caption import Caption
from convstudio.ui.live.sample_picture import SamplePicture
from convstudio.ui.text import tr

INTERVAL = 50
"""Milliseconds between two samples while a stroke is drawn."""
WIDTHS = (2, 40)
"""Least and largest width of the pen, in quarters of a 28th of the sample's longer side."""
USUAL = 9
SIDE = 176


class DrawWindow(QWidget):
    """Stays above its main window, and closes with Escape. What was drawn remains the sample."""

    seen = Signal()
    """The window was opened, or closed."""
    drawn = Signal(object)
    """The drawing as a sample, uint8 (channels, rows, columns)."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog)
        self.setWindowTitle(tr("Draw a sample"))
        self.pad, self.answer = DrawPad(), Answer()
        self._form: DrawingForm | None = None
        self._preview = SamplePicture(88)
        self._pens, self._papers = Swatches(tr("Pen")), Swatches(tr("Paper"))
        self._pen_words, self._paper_words = Caption(tr("Pen")), Caption(tr("Paper"))
        self._pen, self._eraser = _tool("Pen"), _tool("Eraser")
        self._width, self._width_words = QSlider(Qt.Orientation.Horizontal), Caption()
        self._undo, self._redo, self._clear = (QPushButton(tr(words)) for words in ("Undo", "Redo", "Clear"))
        self._words = QLabel()
        self._later = QTimer(self, singleShot=True, interval=INTERVAL)
        self._build()
        self._connect()
        self._follow_history()

    # --- slots

    def set_form(self, form: DrawingForm) -> None:
        """Draw such samples from now on; a drawing of another form is gone."""
        if form == self._form:
            return
        self._form = form
        self._pens.set_colours(form.pens)
        self._papers.set_colours(form.papers)
        self._pen_words.setVisible(len(form.pens) > 1)
        self._paper_words.setVisible(len(form.papers) > 1)
        self._words.setText(form.words)
        self.pad.colour = form.pens[0][0]
        self.pad.set_size(*form.axes)
        self.pad.set_paper(form.papers[0][0])
        self._set_width(self._width.value())
        self._later.stop()
        self._preview.set_sample(None)
        self.answer.set_truth(None)

    def set_classes(self, classes: Sequence[str]) -> None:
        """The names of the classes."""
        self.answer.set_classes(classes)

    def on_scores(self, scores: Scores) -> None:
        """The network's answer for the sample, if that is the drawing."""
        if not self.pad.empty:
            self.answer.on_scores(scores)

    def on_class_map(self, answer: ClassMap) -> None:
        """The network's answer for each pixel, if the sample is the drawing."""
        if not self.pad.empty:
            self.answer.on_class_map(answer)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._send_now()
        super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit()

    # --- inside

    def _draw_on(self) -> None:
        """The drawing has changed: at once where the last one was some time ago, else as soon as it was."""
        if self._form and not self._later.isActive():
            self._later.start()

    def _send_now(self) -> None:
        if self._later.isActive():
            self._later.stop()
            self._send()

    def _send(self) -> None:
        assert self._form is not None
        form = self._form
        sample = as_sample(self.pad.picture(), form.channels, form.axes, form.longest)
        self._preview.set_sample(sample)
        self.drawn.emit(sample)

    def _set_width(self, value: int) -> None:
        assert self._form is not None
        self.pad.pen_width = value / 4 * max(self._form.axes) / 28
        self._width_words.setText(f"{tr('Width')} · {self.pad.pen_width:.1f} {tr('pixels')}")

    def _set_tool(self) -> None:
        self.pad.erases = self._eraser.isChecked()

    def _take_colour(self, colour: str) -> None:
        self.pad.colour = colour
        self._pen.setChecked(True)
        self._set_tool()

    def _follow_history(self) -> None:
        sketch = self.pad.sketch
        self._undo.setEnabled(sketch.can_undo)
        self._redo.setEnabled(sketch.can_redo)
        self._clear.setEnabled(bool(sketch.strokes))

    def _connect(self) -> None:
        self.pad.changed.connect(self._draw_on)
        self.pad.history_changed.connect(self._follow_history)
        self._later.timeout.connect(self._send)
        self._width.valueChanged.connect(self._set_width)
        self._pen.toggled.connect(self._set_tool)
        self._pens.chosen.connect(self._take_colour)
        self._papers.chosen.connect(self.pad.set_paper)
        for button, call, keys in (
            (self._undo, self.pad.undo, "Ctrl+Z"),
            (self._redo, self.pad.redo, "Ctrl+Shift+Z"),
            (self._clear, self.pad.clear, "Del"),
        ):
            button.clicked.connect(lambda _=False, do=call: do())
            QShortcut(QKeySequence(keys), self, call)
            button.setToolTip(f"{button.text()} ({keys})")
        QShortcut(QKeySequence("Esc"), self, self.close)

    def _build(self) -> None:
        self._pen.setChecked(True)
        self._width.setRange(*WIDTHS)
        self._width.setValue(USUAL)
        self._width.setAccessibleName(tr("Width of the pen"))
        self._width.setToolTip(tr("Width of the pen, in pixels of the sample"))
        self._words.setObjectName("dim")
        self._words.setWordWrap(True)
        side = QVBoxLayout()
        side.setSpacing(5)
        side.addLayout(_row(self._pen, self._eraser))
        for widget in (self._width_words, self._width, self._pen_words, self._pens, self._paper_words, self._papers):
            side.addWidget(widget)
        side.addLayout(_row(self._undo, self._redo, self._clear))
        side.addSpacing(8)
        side.addWidget(Caption(tr("What the network gets")))
        side.addWidget(self._preview)
        side.addWidget(self.answer)
        side.addStretch()
        column = QWidget()
        column.setLayout(side)
        column.setFixedWidth(SIDE)
        side.setContentsMargins(0, 0, 0, 0)
        left = QVBoxLayout()
        left.addWidget(self.pad)
        left.addWidget(self._words)
        left.addStretch()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(14)
        whole.addLayout(left, 1)
        whole.addWidget(column)


def _tool(name: str) -> QToolButton:
    button = QToolButton()
    button.setText(tr(name))
    button.setCheckable(True)
    button.setAutoExclusive(True)
    button.setObjectName("choice")
    return button


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        widget.setStyleSheet("padding: 3px 6px")
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(widget, 1)
    return row
