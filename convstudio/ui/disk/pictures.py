"""Small pictures of networks for lists of files: drawn from the canvas, in both colour schemes, and kept in a cache."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.store import DocumentStore
from convstudio.ui.theme import theme

SIZE = QSize(184, 104)
RATIO = 2
"""Pixels per unit, so that the pictures are sharp on fine screens."""
LARGER = 2.5
"""How much larger than as a whole a long chain is drawn."""
FINER = 2
"""Drawn larger by this and scaled down, since the canvas draws small things with hard edges."""


class Pictures(QObject):
    """The pictures by the path of their file."""

    changed = Signal()

    def __init__(self, folder: Path | None) -> None:
        """`folder` is the cache; None: the pictures end with the program."""
        super().__init__()
        self._folder = folder
        self._images: dict[tuple[Path, bool], QImage] = {}
        self._hopeless: set[Path] = set()
        self.version = 0
        """Counts the pictures drawn."""

    def get(self, path: Path) -> QPixmap | None:
        """The picture of a file in the colours of now; None when none was drawn yet."""
        key = path.absolute(), theme.dark
        if key not in self._images and self._folder:
            image = QImage(str(self._place(*key)))
            if not image.isNull():
                self._images[key] = image
        if key not in self._images:
            return None
        pixmap = QPixmap.fromImage(self._images[key])
        pixmap.setDevicePixelRatio(RATIO)
        return pixmap

    def draw(self, path: Path, scene: CanvasScene) -> None:
        """Draw the picture of a file from the canvas on which it is open."""
        for dark in (True, False):
            with theme.lent(dark):
                self._images[path.absolute(), dark] = image = picture(scene)
            if self._folder:
                self._keep(image, self._place(path.absolute(), dark))
        self.version += 1
        self.changed.emit()

    def draw_file(self, path: Path) -> bool:
        """Draw the picture of a file that is not open; False when it cannot be read, now or the last time."""
        if path in self._hopeless:
            return False
        try:
            document = file.load(path, catalogue())
        except file.FileError:
            self._hopeless.add(path)
            return False
        self.draw(path, CanvasScene(DocumentStore(document)))
        return True

    def _keep(self, image: QImage, place: Path) -> None:
        with suppress(OSError):  # the picture is shown all the same, and drawn again next time
            place.parent.mkdir(parents=True, exist_ok=True)
            image.save(str(place))

    def _place(self, path: Path, dark: bool) -> Path:
        assert self._folder
        name = sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        return self._folder / f"{name}-{'dark' if dark else 'light'}.png"


def picture(scene: CanvasScene) -> QImage:
    """The whole canvas, as small as `SIZE`, with everything on it and nothing chosen."""
    image = QImage(SIZE * RATIO * FINER, QImage.Format.Format_RGB32)
    image.fill(theme.colour("canvas"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    view = _looking_at(scene.content(), QRectF(image.rect()))
    for item in scene.items(Qt.SortOrder.AscendingOrder):
        _paint(painter, item, view)
    painter.end()
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(SIZE * RATIO, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def _looking_at(area: QRectF, room: QRectF) -> QTransform:
    """Show `area` in the middle of `room`, not larger than life; of a long chain its beginning."""
    if area.isEmpty():
        return QTransform()
    across, down = room.width() / area.width(), room.height() / area.height()
    factor = min(max(across, min(down / 2, across * LARGER)), down, RATIO * FINER / 2)
    left = min(area.center().x(), area.left() + room.width() / factor / 2)
    view = QTransform.fromTranslate(room.center().x(), room.center().y()).scale(factor, factor)
    return view.translate(-left, -area.center().y())


def _paint(painter: QPainter, item: QGraphicsItem, view: QTransform) -> None:
    """Let an item paint itself. Not by the scene: that would take what it painted before in other colours."""
    painter.save()
    painter.setTransform(item.sceneTransform() * view)
    item.paint(painter, QStyleOptionGraphicsItem(), None)
    painter.restore()
