"""The toolbar: name of the document, undo, the run control in the middle, export and colours at the right."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from convstudio.ui.actions import ActionBook
from convstudio.ui.export.formats import FORMATS
from convstudio.ui.run.run_bar import RunBar
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import strong, tr
from convstudio.ui.theme import theme


class Toolbar(QToolBar):
    """Holds the RunBar and the most used actions; shows the document's name and whether it is saved."""

    def __init__(self, store: DocumentStore, actions: ActionBook, run_bar: RunBar, parent: QWidget) -> None:
        super().__init__(tr("Toolbar"), parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._store = store
        self._logo = QLabel()
        self._name = QLabel()
        self._dot = QLabel("●")
        self._dot.setToolTip(tr("There are changes that are not saved"))
        self._buttons: list[tuple[QToolButton, str]] = []
        left, right = self._side(), self._side()
        for widget in (self._logo, self._name, self._dot):
            left.addWidget(widget)
        for name, sign in (("undo", "↶"), ("redo", "↷"), ("add_block", "+")):
            left.addWidget(self._button(actions, name, sign))
        left.addStretch()
        right.addStretch()
        right.addWidget(self._export_button(actions))
        right.addWidget(self._button(actions, "dark", "◐"))
        self.addWidget(_holder(left))
        run_bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        run_bar.setMaximumWidth(760)
        self.addWidget(run_bar)
        self.addWidget(_holder(right))
        store.state_changed.connect(self.follow)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.follow()

    def follow(self) -> None:
        """Show the document's name and mark."""
        title = self._name.fontMetrics().elidedText(self._store.title, Qt.TextElideMode.ElideMiddle, 150)
        self._name.setText(strong(escape(title)))
        self._name.setToolTip(str(self._store.path or tr("not saved yet")))
        self._dot.setVisible(self._store.history.modified)

    def _side(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        return row

    def _button(self, actions: ActionBook, name: str, sign: str) -> QToolButton:
        action = actions[name]
        button = QToolButton()
        button.setObjectName("icon")
        button.setText(sign)
        button.setAccessibleName(action.text())
        button.clicked.connect(action.trigger)

        def follow() -> None:
            button.setToolTip(f"{action.text()}  {action.shortcut().toString()}")
            button.setEnabled(action.isEnabled())

        action.changed.connect(follow)
        follow()
        return button

    def _export_button(self, actions: ActionBook) -> QToolButton:
        button = QToolButton()
        button.setText(tr("Export") + " ▾")
        button.setToolTip(tr("Take the network away: as a model, with a proof, or on paper"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addAction(actions["export"])
        menu.addSeparator()
        for form in FORMATS:
            menu.addAction(actions[f"export_{form.name}"])
        button.setMenu(menu)
        return button

    def _restyle(self) -> None:
        self._logo.setPixmap(logo(22))
        self._dot.setStyleSheet(f"color: {theme.text('warning')};")


def _holder(row: QHBoxLayout) -> QWidget:
    holder = QWidget()
    holder.setLayout(row)
    holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return holder


def logo(size: int) -> QPixmap:
    """The program's sign: a C on a rounded square."""
    ratio = 2.0
    picture = QPixmap(QSize(size, size) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    area = QRectF(0, 0, size, size)
    painter.drawRoundedRect(area, size / 4, size / 4)
    font = QFont()
    font.setPixelSize(round(size * 0.62))
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.setPen(theme.colour("on_accent"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "C")
    painter.end()
    return picture


def window_icon() -> QIcon:
    """The icon of the window, in the sizes that desktops ask for."""
    icon = QIcon()
    for size in (16, 32, 64, 128):
        icon.addPixmap(logo(size))
    return icon
