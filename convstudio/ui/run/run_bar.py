"""The middle of the toolbar: train, pause, stop, how far it is, and where it computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from convstudio.protocol.messages import Device, Metrics
from convstudio.ui.run import glyphs, words
from convstudio.ui.run.device_button import DeviceButton
from convstudio.ui.run.progress_panel import ProgressPanel
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

RunState = Literal["idle", "preparing", "running", "paused", "stopped", "finished", "failed", "lost"]
MAIN: dict[str, tuple[str, glyphs.Sign, str]] = {
    # state: (label, sign, what it does)
    "running": ("Pause", "pause", "Pause between two steps"),
    "paused": ("Resume", "play", "Go on training"),
    "lost": ("Restart", "restart", "Start the worker again; your network is untouched"),
}
TRAIN: tuple[str, glyphs.Sign, str] = ("Train", "play", "Train the network from fresh weights")
WITHOUT_POSITION = ("idle", "preparing")
TOKENS = {"idle": "dim", "failed": "bad", "lost": "bad"}
LAMPS = {"preparing": "busy", "running": "busy", "paused": "waiting", "lost": "lost"}
ROOMY = 560
"""Below this width the device's threads are left out."""
HEIGHT = 30
"""Of all buttons."""
WIDEST = 420
"""Of the progress panel: longer bars are not easier to read."""


class RunBar(QWidget):
    """Shows one run and asks for what its buttons say; knows neither worker nor document."""

    train_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    restart_requested = Signal()
    device_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: RunState = "idle"
        self._metrics: Metrics | None = None
        self._ready = False
        self._focus_went: QWidget | None = None
        self._main = QPushButton()
        self._stop = QPushButton()
        self._progress = ProgressPanel()
        self._device = DeviceButton()
        self._lay_out()
        self._main.clicked.connect(self._on_main)
        self._stop.clicked.connect(self.stop_requested)
        self._device.chosen.connect(self.device_chosen)
        theme.changed.connect(self._paint_icons)
        self.show_state("idle")

    @property
    def device_button(self) -> DeviceButton:
        return self._device

    def show_state(self, state: RunState, message: str = "") -> None:
        """Show what the run does now; `message` says it in the worker's words."""
        if state == "preparing" and self._state != "preparing":
            self._metrics = None
        self._ready = self._ready and state != "lost"
        self._state = state
        self._show_buttons()
        self._show_text(message)
        self._show_lamp()

    def show_progress(self, metrics: Metrics) -> None:
        """Show where the run is."""
        self._metrics = metrics
        if self._state == "running":
            self._show_text("")

    def show_devices(self, devices: Sequence[Device], chosen: str) -> None:
        """What the worker can compute on, and what the document asks for ('auto' or a name)."""
        self._device.set_devices(devices, chosen)

    def show_device(self, name: str, threads: int) -> None:
        """Where the run computes; '' and 0 while that is not known."""
        self._device.show_device(name, threads)

    def show_ready(self, ready: bool) -> None:
        """Whether the worker has said hello."""
        self._ready = ready
        if self._state == "idle":
            self._show_text("")
        self._show_lamp()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._device.set_compact(self.width() < ROOMY)
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        self._main.setObjectName("primary")
        self._stop.setToolTip(tr("End the run; its weights stay"))
        self._stop.setAccessibleName(tr("Stop"))
        for button in (self._main, self._stop, self._device):
            button.setIconSize(glyphs.size(button is self._main) if button is not self._device else button.iconSize())
            button.setFixedHeight(HEIGHT)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._progress.setMaximumWidth(WIDEST)
        self._keep_width()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addStretch(1)
        for widget, stretch in ((self._main, 0), (self._stop, 0), (self._progress, 1000), (self._device, 0)):
            layout.addWidget(widget, stretch)
        layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _keep_width(self) -> None:
        """As wide as its widest label, so that nothing moves when the state changes."""
        self._main.ensurePolished()
        labels = [tr(label) for label, _, _ in (*MAIN.values(), TRAIN)]
        widest = max(self._main.fontMetrics().horizontalAdvance(label) for label in labels)
        self._main.setMinimumWidth(widest + glyphs.size(True).width() + 34)

    def _show_buttons(self) -> None:
        label, _, tip = MAIN.get(self._state, TRAIN)
        self._main.setText(tr(label))
        self._main.setToolTip(tr(tip))
        self._enable_main(self._state != "preparing")
        self._stop.setEnabled(self._state in ("preparing", "running", "paused"))
        self._paint_icons()

    def _enable_main(self, enabled: bool) -> None:
        """A button that is disabled hands the focus on, perhaps to Stop; it gets it back, for Space would then stop."""
        had_focus = self._main.hasFocus()
        self._main.setEnabled(enabled)
        if had_focus and not enabled:
            self._focus_went = QApplication.focusWidget()
        elif enabled and self._focus_went is not None:
            if self._focus_went is QApplication.focusWidget():
                self._main.setFocus()
            self._focus_went = None

    def _show_text(self, message: str) -> None:
        state, word = self._state, tr(words.STATE_WORDS[self._state])
        if message or not self._metrics or state in WITHOUT_POSITION:
            starting = state == "idle" and not self._ready
            text = message or (tr("Starting the worker …") if starting else word)
            self._progress.show_words(text, TOKENS.get(state, "text"))
            self._progress.show_share(self._share())
        elif state == "running":
            self._progress.show_progress(self._metrics)
        else:
            self._progress.show_progress(self._metrics, word, pace=state == "paused")

    def _share(self) -> float | None:
        if self._state == "preparing":
            return None
        return words.share(self._metrics) if self._metrics and self._state != "idle" else 0.0

    def _show_lamp(self) -> None:
        self._device.show_lamp(LAMPS.get(self._state, "ready" if self._ready else "waiting"))

    def _paint_icons(self) -> None:
        sign = MAIN.get(self._state, TRAIN)[1]
        ratio = self.devicePixelRatioF()
        faint = theme.colour("dim")
        self._main.setIcon(glyphs.icon(sign, theme.colour("on_accent"), faint, ratio, labelled=True))
        self._stop.setIcon(glyphs.icon("stop", theme.colour("text"), faint, ratio))

    def _on_main(self) -> None:
        wishes = {"running": self.pause_requested, "paused": self.resume_requested, "lost": self.restart_requested}
        wishes.get(self._state, self.train_requested).emit()
