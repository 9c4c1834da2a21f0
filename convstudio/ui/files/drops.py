"""Files dragged from a file manager onto the window: networks are opened, models brought in, an image is watched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QLabel, QWidget

from convstudio.network.file import SUFFIX
from convstudio.ui.files.files import MODELS, Files
from convstudio.ui.notices.notices import Notices
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
MARGIN = 12
WATCH = "Release to watch this image"


class FileDrops(QObject):
    """Takes the drags of files that no widget of the window wants for itself."""

    def __init__(self, window: QWidget, canvas: QWidget, files: Files, notices: Notices) -> None:
        super().__init__(window)
        self._files, self._notices = files, notices
        self._target = DropTarget(canvas)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self._target.hide()
            return True
        if not isinstance(event, QDropEvent) or not (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            return False
        paths, picture = local_files(event.mimeData()), bare_picture(event.mimeData())
        if event.type() == QEvent.Type.Drop:
            self._target.hide()
            do = partial(self._files.picture_given.emit, picture) if picture else partial(self.take, paths)
            QTimer.singleShot(0, self, do)  # a question would hold up the file manager
        elif event.type() == QEvent.Type.DragEnter:
            self._target.say(tr(WATCH) if picture else promise(paths))
        event.acceptProposedAction()
        return True

    def take(self, paths: Sequence[Path]) -> None:
        """Do what was promised; say which files nothing can be done with."""
        self._files.open_all([p for p in paths if p.suffix == SUFFIX])
        images = [p for p in paths if p.suffix.lower() in IMAGES]
        if images:
            self._files.image_given.emit(images[0])
        models = [p for p in paths if p.suffix.lower() in MODELS]
        if models:
            self._files.bring_in(models[0])
        for path in (p for p in paths if p.suffix != SUFFIX and p not in (*images, *models)):
            words = tr("is neither a network nor an image.")
            self._notices.warn(f"“{path.name}” {words}")
        if not paths:
            self._notices.warn(tr("Only files on this computer can be opened."))


class DropTarget(QLabel):
    """Lies over the canvas while files are held over the window, and says what letting go would do."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas, alignment=Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str) -> None:
        ground = theme.colour("canvas")
        self.setStyleSheet(
            f"background: rgba({ground.red()}, {ground.green()}, {ground.blue()}, 225); color: {theme.text('text')};"
            f" border: 2px dashed {theme.text('accent')}; border-radius: 12px; font-size: 12pt;"
        )
        self.setText(words)
        canvas = self.parentWidget()
        assert canvas is not None
        self.setGeometry(canvas.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))
        self.show()
        self.raise_()


def local_files(data: QMimeData) -> list[Path]:
    """The files of this computer that a drag carries."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def bare_picture(data: QMimeData) -> QImage | None:
    """The picture that a drag or the clipboard carries, as a browser's does, where it is no file of this computer."""
    picture = data.imageData() if data.hasImage() and not local_files(data) else None
    return picture if isinstance(picture, QImage) and not picture.isNull() else None


def promise(paths: Sequence[Path]) -> str:
    """What letting go would do, in words."""
    networks = [p for p in paths if p.suffix == SUFFIX]
    if len(networks) > 1:
        return f"{tr('Release to open')} {len(networks)} {tr('networks, each in its window')}"
    if networks:
        return f"{tr('Release to open')} “{networks[0].stem}”"
    if models := [p for p in paths if p.suffix.lower() in MODELS]:
        return f"{tr('Release to bring in')} “{models[0].name}”"
    if any(p.suffix.lower() in IMAGES for p in paths):
        return tr(WATCH)
    return tr("This is neither a network nor an image")
