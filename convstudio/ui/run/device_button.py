"""The button that says where training computes, with a menu to choose another place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QStyle, QToolButton, QWidget, QWidgetAction

from convstudio.protocol.messages import Device
from convstudio.ui.run.meters_panel import MetersPanel
from convstudio.ui.run.words import device_title
from convstudio.ui.text import count, tr
from convstudio.ui.theme import theme

DOT = 8
ICON = QSize(DOT + 5, DOT)
"""The lamp, with room before the text."""
LAMPS = {"ready": "good", "busy": "accent", "waiting": "warning", "lost": "bad"}


class DeviceButton(QToolButton):
    """'● CPU · 2 threads ▾'. The lamp says how the worker is; its state is also in the tooltip."""

    chosen = Signal(str)
    """A device was picked: 'auto', or its name as torch knows it."""
    opened = Signal(bool)
    """The menu, with the meters in it, is seen from now on, or no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: dict[str, str] = {}
        self._offered: tuple[tuple[Device, ...], str] | None = None
        self._name, self._threads, self._lamp = "", 0, "waiting"
        self._compact = False
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(ICON)
        self.setAccessibleName(tr("Device"))
        self.setMenu(QMenu(self))
        self.meters = MetersPanel()
        self._meters = QWidgetAction(self)
        self._meters.setDefaultWidget(self.meters)
        self.menu().aboutToShow.connect(lambda: self.opened.emit(True))
        self.menu().aboutToHide.connect(lambda: self.opened.emit(False))
        self._group = QActionGroup(self)
        self.set_devices((), "auto")
        theme.changed.connect(self._refresh)

    def set_devices(self, devices: Sequence[Device], chosen: str) -> None:
        """What can be chosen, and what the document asks for ('auto' or a name)."""
        if (offered := (tuple(devices), chosen)) == self._offered:
            return
        self._offered = offered
        self._titles = {device.name: device.title for device in devices}
        self.menu().clear()
        self.menu().addAction(self._meters)
        self.menu().addSeparator()
        self._add(tr("Auto: the fastest device"), "auto", chosen)
        if devices:
            self.menu().addSeparator()
        for device in devices:
            self._add(device.title, device.name, chosen)
        if chosen != "auto" and chosen not in self._titles:
            self._add(tr("{name} (not found here)").format(name=chosen), chosen, chosen)
        self._refresh()

    def show_device(self, name: str, threads: int) -> None:
        """Where the run computes; '' and 0 while that is not known."""
        self._name, self._threads = name, threads
        self._refresh()

    def show_lamp(self, lamp: str) -> None:
        """ready, busy, waiting or lost."""
        self._lamp = lamp
        self._refresh()

    def set_compact(self, compact: bool) -> None:
        """Leave out the threads, to save room."""
        if compact != self._compact:
            self._compact = compact
            self._refresh()

    def sizeHint(self) -> QSize:
        """Without the room that Qt keeps for an arrow of its own: ours is in the text."""
        arrow = self.style().pixelMetric(QStyle.PixelMetric.PM_MenuButtonIndicator, None, self)
        return super().sizeHint() - QSize(arrow, 0)

    def _add(self, title: str, name: str, chosen: str) -> None:
        action = QAction(title, self.menu(), checkable=True, checked=name == chosen)
        action.setData(name)
        action.triggered.connect(lambda: self.chosen.emit(name))
        self._group.addAction(action)
        self.menu().addAction(action)

    def _chosen_title(self) -> str:
        checked = self._group.checkedAction()
        name = self._name or (str(checked.data()) if checked else "auto")
        return tr("Auto") if name == "auto" else device_title(name, self._titles)

    def _long(self) -> str:
        threads = f" · {count(self._threads, 'thread', 'threads')}" if self._threads else ""
        return f"{self._chosen_title()}{threads}"

    def _shown(self) -> str:
        return self._chosen_title() if self._compact else self._long()

    def _refresh(self) -> None:
        self.setText(f"{self._shown()} ▾")
        self.setIcon(_dot(theme.colour(LAMPS[self._lamp]), self.devicePixelRatioF()))
        states = {
            "ready": tr("the worker is ready"),
            "busy": tr("training"),
            "waiting": tr("the worker is starting"),
            "lost": tr("the worker is gone"),
        }
        words = f"{self._long()} – {states[self._lamp]}"
        self.setToolTip(tr("Where to compute: {words}").format(words=words))
        self.setAccessibleDescription(words)


def _dot(colour: QColor, ratio: float) -> QIcon:
    pixmap = QPixmap(ICON * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(0, 0, DOT, DOT)
    painter.end()
    return QIcon(pixmap)
