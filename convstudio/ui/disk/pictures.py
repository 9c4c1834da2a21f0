"""Small pictures of the networks in files, for lists of files: in both colour schemes, and kept in a cache."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QByteArray, QIODevice, QObject, QSaveFile, QSize, Signal
from PySide6.QtGui import QImage, QImageWriter, QPixmap

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Network
from convstudio.ui.gallery.network_picture import network_picture
from convstudio.ui.theme import theme

SIZE = QSize(160, 90)
RATIO = 2
"""Pixels per unit, so that the pictures are sharp on fine screens."""


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

    def draw(self, path: Path, network: Network) -> None:
        """Draw the picture of a file, which holds this network."""
        for dark in (True, False):
            with theme.lent(dark):
                self._images[path.absolute(), dark] = image = network_picture(network, SIZE, RATIO).toImage()
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
        self.draw(path, document.network)
        return True

    def _keep(self, image: QImage, place: Path) -> None:
        """As a whole or not at all: other windows read it. What fails is drawn again by the next program."""
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
        kept = QSaveFile(str(place))
        if kept.open(QIODevice.OpenModeFlag.WriteOnly):
            QImageWriter(kept, QByteArray(b"PNG")).write(image)
            kept.commit()

    def _place(self, path: Path, dark: bool) -> Path:
        assert self._folder
        name = sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        return self._folder / f"{name}-{'dark' if dark else 'light'}.png"
