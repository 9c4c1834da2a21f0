"""The dialog of one's own blocks: the plugins in the folder with their states and texts, to agree to or to forget."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.plugins.shelf import Plugin
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

ABOUT = (
    "Python files in the plugin folder can bring blocks of your own. A file is run only after you have agreed to it, "
    "and never again unasked once it has changed. It may do whatever a program may: agree only to what you trust."
)
STATES = {
    "new": "not agreed to yet",
    "changed": "has changed since you agreed",
    "agreed": "agreed to; in use from the next start",
    "in use": "in use",
    "broken": "cannot be used",
    "forgotten": "forgotten; its blocks stay until the program ends",
}


class PluginsDialog(QDialog):
    """Shows what it is handed; the signals carry the name of the chosen file."""

    agreed = Signal(str)
    forgotten = Signal(str)
    looked_at = Signal(str)
    example_requested = Signal()
    folder_requested = Signal()
    refresh_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Your own blocks"))
        self.resize(900, 620)
        self._plugins: tuple[Plugin, ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Plugins"))
        self.list.setFixedHeight(120)
        self.list.currentRowChanged.connect(self._follow)
        self.state = _words("")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(number_font(8.5))
        self.text.setAccessibleName(tr("The text of the plugin"))
        self.agree = QPushButton(tr("Agree and use"))
        self.forget = QPushButton(tr("Forget"))
        self.forget.setToolTip(tr("Its blocks stay until the program ends"))
        self.agree.clicked.connect(lambda: self.agreed.emit(self.chosen))
        self.forget.clicked.connect(lambda: self.forgotten.emit(self.chosen))
        self._arrange()

    def _arrange(self) -> None:
        about = _words(tr(ABOUT))
        about.setObjectName("dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        for widget in (about, self.list, self.state, self.text):
            column.addWidget(widget)
        column.addLayout(self._row())

    def _row(self) -> QHBoxLayout:
        """The buttons: what is done with a plugin, and what with all of them."""
        example = QPushButton(tr("Add the example"))
        example.setToolTip(tr("Puts a small block into the folder, to read, to change and to use"))
        folder, again, close = (QPushButton(tr(w)) for w in ("Open the folder", "Look again", "Close"))
        example.clicked.connect(self.example_requested)
        folder.clicked.connect(self.folder_requested)
        again.clicked.connect(self.refresh_requested)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        for button in (self.agree, self.forget):
            row.addWidget(button)
        row.addStretch()
        for button in (example, folder, again, close):
            row.addWidget(button)
        return row

    @property
    def chosen(self) -> str:
        """The name of the chosen file; '' when there is none."""
        row = self.list.currentRow()
        return self._plugins[row].name if 0 <= row < len(self._plugins) else ""

    def show_plugins(self, plugins: Sequence[Plugin], chosen: str = "") -> None:
        """Show these files; `chosen` is chosen, without it the one that was."""
        before = chosen or self.chosen
        self._plugins = tuple(plugins)
        self.list.blockSignals(True)
        self.list.clear()
        for plugin in plugins:
            self.list.addItem(QListWidgetItem(f"{plugin.name}    {tr(STATES[plugin.state])}"))
        names = [p.name for p in plugins]
        self.list.setCurrentRow(names.index(before) if before in names else 0)
        self.list.blockSignals(False)
        self._follow()

    def show_text(self, text: str) -> None:
        """The text of the chosen file, to be read before agreeing."""
        self.text.setPlainText(text)

    def _follow(self) -> None:
        plugin = next((p for p in self._plugins if p.name == self.chosen), None)
        self.agree.setEnabled(plugin is not None and plugin.state in ("new", "changed", "broken", "forgotten"))
        self.forget.setEnabled(plugin is not None and plugin.state not in ("new", "forgotten"))
        if plugin is None:
            self.state.setText(tr("There is no plugin in the folder yet. Add the example, or put a Python file there."))
            self.text.clear()
            return
        self.state.setText(plugin.words or f"{plugin.name}: {tr(STATES[plugin.state])}.")
        self.looked_at.emit(plugin.name)


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
