"""The dialog of the range test: how far it is, the plot, what is suggested and why, and the rate to use."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from convstudio.protocol.messages import Array, RatesTested
from convstudio.ui.rates.range_plot import RangePlot
from convstudio.ui.text import tr

ABOUT = (
    "A copy of the network is trained for at most 100 mini-batches while the learning rate rises from 0.000001 to 10. "
    "Your network and a paused run stay as they are."
)
SUGGESTED = (
    "Suggested is {rate}, where the smoothed loss falls fastest: well before the rate at which it rises again. Click "
    "into the plot to choose another."
)
NOTHING = (
    "The loss did not fall at any rate, so none is suggested. Is the network sound, and do all blocks learn? Click "
    "into the plot to choose one all the same."
)


def rounded(rate: float) -> float:
    """Two digits are more than such a test can tell."""
    return float(f"{rate:.2g}")


class RangeDialog(QDialog):
    """Shows one test at a time; knows neither worker nor document."""

    begin_requested = Signal()
    cancel_requested = Signal()
    rate_requested = Signal(float)
    """The person wants to train with this rate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Find a learning rate"))
        self.setMinimumSize(480, 420)
        self._running = False
        self.plot, self._words, self._bar = RangePlot(), QLabel(), QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(tr("How far the test is"))
        self.use_button = QPushButton()
        self.use_button.setObjectName("primary")
        self.again_button = QPushButton()
        self.close_button = QPushButton(tr("Close"))
        self._arrange()
        self.plot.chosen.connect(self._show_use)
        self.use_button.clicked.connect(self._use)
        self.again_button.clicked.connect(self._again)
        self.close_button.clicked.connect(self.close)
        self.begin()

    def _arrange(self) -> None:
        about = QLabel(tr(ABOUT))
        about.setObjectName("dim")
        for label in (about, self._words):
            label.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.again_button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.use_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(about)
        column.addWidget(self.plot, 1)
        column.addWidget(self._bar)
        column.addWidget(self._words)
        column.addLayout(buttons)

    @property
    def words(self) -> str:
        """What is said of the test."""
        return self._words.text()

    def begin(self) -> None:
        """A test is about to begin."""
        self._running = True
        self.plot.show_points((), (), ())
        self.plot.show_suggestion(0)
        self.plot.show_choice(0)
        self._say(tr("Loading the samples and measuring what is fastest here …"), 0.0)

    def show_test(self, test: RatesTested) -> None:
        """Show how far the test is, or how it ended."""
        rates = _numbers(test.rates)
        self._running = test.state == "running"
        if len(rates) or test.state == "running":
            self.plot.show_points(rates, _numbers(test.losses), _numbers(test.smoothed))
        if test.state == "done":
            self.plot.show_suggestion(test.suggestion)
            self.plot.show_choice(test.suggestion)
        self._say(self._told(test), test.share)

    def lose(self, words: str) -> None:
        """The worker is gone, and the test with it."""
        if self._running:
            self._running = False
            self._say(words, 0.0)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._cancel()
        super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes too."""
        self._cancel()
        super().reject()

    def _told(self, test: RatesTested) -> str:
        match test.state:
            case "running":
                return tr("Testing …")
            case "failed":
                return test.message
            case "cancelled":
                return tr("Cancelled. Nothing was changed.")
        if not test.suggestion:
            return tr(NOTHING)
        return tr(SUGGESTED).format(rate=f"{rounded(test.suggestion):g}")

    def _say(self, words: str, share: float) -> None:
        self._words.setText(words)
        self._bar.setValue(round(1000 * share))
        self._bar.setVisible(self._running)
        self.again_button.setText(tr("Cancel the test") if self._running else tr("Test again"))
        self._show_use()

    def _show_use(self) -> None:
        rate = rounded(self.plot.choice)
        self.use_button.setEnabled(rate > 0)
        self.use_button.setText(tr("Use {rate}").format(rate=f"{rate:g}") if rate else tr("Use this rate"))

    def _use(self) -> None:
        self._cancel()
        self.rate_requested.emit(rounded(self.plot.choice))
        self.hide()

    def _again(self) -> None:
        if self._running:
            self._cancel()
        else:
            self.begin()
            self.begin_requested.emit()

    def _cancel(self) -> None:
        if self._running:
            self.cancel_requested.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.plot.setFocus(Qt.FocusReason.OtherFocusReason)


def _numbers(array: Array) -> list[float]:
    found: list[float] = np.frombuffer(array.data, np.float32).tolist()
    return found
