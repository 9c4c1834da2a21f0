"""The line of the race: how many epochs and seeds, side by side or in turn, kept or not; start, stop, how far."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSpinBox, QWidget

from convstudio.ui.swaps.attempt import MOST_SEEDS
from convstudio.ui.swaps.contest import Contest
from convstudio.ui.text import tr

MOST_EPOCHS = 10_000
USUAL_EPOCHS = 5
"""A race of more epochs than these is the person's own wish."""


class RaceBar(QWidget):
    """Asks for a race, or for its end; knows nothing of the worker."""

    race_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._racing = False
        self._refusal, self._offer = "", ""
        self._make()
        self._arrange()
        self.epochs.valueChanged.connect(self._name_epochs)
        self.seeds.valueChanged.connect(self._name_seeds)
        self._name_epochs(self.epochs.value())
        self._name_seeds(self.seeds.value())
        self.race_button.clicked.connect(self._pressed)

    def _make(self) -> None:
        self.race_button = QPushButton(tr("Race"))
        self.epochs = QSpinBox()
        self.epochs.setRange(1, MOST_EPOCHS)
        self.epochs.setValue(USUAL_EPOCHS)
        self.epochs.lineEdit().setTextMargins(5, 0, 0, 0)
        self.epochs.setAccessibleName(tr("Epochs of the race"))
        self.seeds = QSpinBox()
        self.seeds.setRange(1, MOST_SEEDS)
        self.seeds.lineEdit().setTextMargins(5, 0, 0, 0)
        self.seeds.setAccessibleName(tr("Seeds of the race"))
        self.seeds.setToolTip(
            tr("Each is trained once with each seed, so that mean and standard deviation tell what is chance")
        )
        self.together = QCheckBox(tr("side by side"))
        self.together.setChecked(True)
        self.together.setToolTip(
            tr("All are trained together, a moment each; otherwise one after another, which takes less memory")
        )
        self.keep = QCheckBox(tr("keep as runs"))
        self.keep.setToolTip(tr("Each becomes a run in the Runs tab, with its weights"))
        self._words = QLabel()
        self._words.setObjectName("dim")
        self._words.setWordWrap(True)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(140)
        self._progress.setAccessibleName(tr("How far the race is"))

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.race_button)
        row.addWidget(self.epochs)
        row.addWidget(self.seeds)
        for widget in (self.together, self.keep, self._progress):
            row.addWidget(widget)
        row.addWidget(self._words, 1)

    @property
    def words(self) -> str:
        return self._words.text()

    def set_epochs(self, epochs: int) -> None:
        """Those of the document, if they are not too many for a race."""
        self.epochs.setValue(min(epochs, USUAL_EPOCHS))

    def set_refusal(self, words: str, offer: str = "") -> None:
        """Why there can be no race now; '' when there can. `offer` is what the button does instead."""
        self._refusal, self._offer = words, offer

    def show_contest(self, contest: Contest, verdict: str) -> None:
        """How far the race is, or how it ended."""
        self._racing = contest.racing
        chosen = len(contest.chosen)
        refused = bool(self._refusal) and not self._offer
        self.race_button.setEnabled(self._racing or (chosen > 0 and not refused))
        self.race_button.setText(tr("Stop the race") if self._racing else self._offer or tr("Race"))
        for widget in (self.epochs, self.seeds, self.together, self.keep):
            widget.setEnabled(not self._racing)
        self._progress.setVisible(self._racing)
        self._progress.setValue(round(1000 * contest.share))
        self._words.setText(self._refusal or verdict or self._plan(chosen))

    def _plan(self, chosen: int) -> str:
        if self._racing and self.seeds.value() > 1:
            return tr("The same seeds, samples and settings for all; one seed after another.")
        if self._racing:
            return tr("The same seed, samples and settings for all.")
        return "" if chosen else tr("Mark at least one entrant.")

    def _name_epochs(self, number: int) -> None:
        self.epochs.setSuffix(tr(" epoch") if number == 1 else tr(" epochs"))

    def _name_seeds(self, number: int) -> None:
        self.seeds.setSuffix(tr(" seed") if number == 1 else tr(" seeds"))

    def _pressed(self) -> None:
        if self._racing:
            self.stop_requested.emit()
        else:
            self.race_requested.emit()
