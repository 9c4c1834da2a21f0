"""Where to write: a field with the path, a button that asks for another, and a line that says what will happen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from convstudio.ui.export.formats import Format
from convstudio.ui.text import tr
from convstudio.ui.theme import theme


class Place(QWidget):
    """Knows one path at a time, and the suffix that it is to have; '' where it is a folder."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._suffix = ""
        self._format: Format | None = None
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("File to write"))
        self.button = QPushButton(tr("Choose…"))
        self.words = QLabel()
        self.words.setObjectName("dim")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.field, 0, 0)
        grid.addWidget(self.button, 0, 1)
        grid.addWidget(self.words, 1, 0, 1, 2)
        self.field.textChanged.connect(self.follow)
        self.button.clicked.connect(self._ask)
        theme.changed.connect(self.follow)

    @property
    def path(self) -> Path:
        """With the suffix, also where the person left it away."""
        given = Path(self.field.text().strip()).expanduser()
        if not self._suffix or given.suffix.lower() == self._suffix:
            return given
        return given.with_name(given.name + self._suffix) if given.name else given

    @property
    def usable(self) -> bool:
        """There is a folder to write in, and a name."""
        path = self.path
        return (
            bool(path.name) and path.is_absolute() and path.parent.is_dir() and (not self._suffix or not path.is_dir())
        )

    def show_path(self, path: Path, form: Format, suffix: str) -> None:
        """Suggest a path for this format."""
        self._format, self._suffix = form, suffix
        self.field.setText(str(path))
        self.follow()

    def follow(self) -> None:
        """Say what will happen at the path that stands there now."""
        token, words = self._said()
        self.words.setText(words)
        self.words.setStyleSheet(f"color: {theme.text(token)};")
        self.changed.emit()

    def _said(self) -> tuple[str, str]:
        path = self.path
        if not path.name or not path.is_absolute():
            return "bad", tr("Name the file with its whole path.")
        if not path.parent.is_dir():
            return "bad", tr("There is no folder {folder}.").format(folder=path.parent)
        if self._suffix and path.is_dir():
            return "bad", tr("{name} is a folder. Choose a name for the file.").format(name=path.name)
        there = [other.name for other in self._written(path) if other.exists()]
        if there:
            words = tr("{names} will be replaced.") if self._suffix else tr("The page in {names} will be replaced.")
            return "warning_text", words.format(names=tr(" and ").join(there))
        names = tr(" and ").join(other.name for other in self._written(path))
        return "dim", tr("{names} will be written.").format(names=names)

    def _written(self, path: Path) -> list[Path]:
        beside = [path.with_name(f"{path.stem}-data.npz")] if self._format and self._format.name == "script" else []
        return [path, *beside]

    def _ask(self) -> None:
        """In the system's dialog, which does not block the window."""
        assert self._format is not None
        kinds = f"{tr(self._format.title)} (*{self._suffix})" if self._suffix else ""
        dialog = QFileDialog(self, tr("Export"), str(self.path), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # the line below the field says it
        dialog.setDefaultSuffix(self._suffix.lstrip("."))
        dialog.fileSelected.connect(self.field.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
