"""The clipboard: carries a part of a network as the text of a project file, and the canvas as a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Document, Network
from convstudio.ui.files.drops import IMAGES, bare_picture, local_files

EMPTY = "there is nothing on it that could be pasted here."


class ClipboardError(Exception):
    """Why nothing can be pasted: one sentence for people."""


def put_part(part: Network) -> None:
    """Put a part of a network on the clipboard, for this window and others."""
    QGuiApplication.clipboard().setText(file.dump(Document(part)))


def put_document(document: Document) -> None:
    """Put a whole project on the clipboard, as the text of its file."""
    QGuiApplication.clipboard().setText(file.dump(document))


def put_picture(picture: QImage) -> None:
    QGuiApplication.clipboard().setImage(picture)


def taken_part() -> Network:
    """The network on the clipboard. ClipboardError says in words why there is none."""
    return taken_document().network


def taken_document() -> Document:
    """What is on the clipboard: a copied part, the text of a project, or a copied project file.

    ClipboardError says in words why there is nothing.
    """
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    if data is None:  # the desktop has none, or does not hand it out
        raise ClipboardError(EMPTY)
    if path := _project_file(data):
        return _parsed(path)
    if data.hasText() and data.text().strip():
        return _parsed(data.text())
    raise ClipboardError(EMPTY)


def taken_image() -> Path | QImage | None:
    """The image on the clipboard: a file that was copied in a file manager, or a picture; None where there is none."""
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    if data is None:
        return None
    paths = local_files(data)
    if len(paths) == 1 and paths[0].suffix.lower() in IMAGES:
        return paths[0]
    return None if data.hasText() and not data.hasUrls() else bare_picture(data)


def _project_file(data: QMimeData) -> Path | None:
    """The one project file that was copied in a file manager."""
    paths = local_files(data)
    return paths[0] if len(paths) == 1 and paths[0].suffix == file.SUFFIX else None


def _parsed(source: Path | str) -> Document:
    try:
        found = file.load(source, catalogue()) if isinstance(source, Path) else file.parse(source, catalogue())
    except file.FileError as error:
        raise ClipboardError(str(error)) from error
    if not found.network.blocks and not found.network.notes:
        raise ClipboardError("it is an empty network.")
    return found
