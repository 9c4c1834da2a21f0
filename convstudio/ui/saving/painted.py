"""A painting as the bytes of a file: a picture in pixels, or a drawing whose lines stay sharp at any size."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QSize, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageSize, QPaintDevice, QPainter, QPdfWriter

Paint = Callable[[QPainter], None]
"""Paints onto an area of the given size, from its left upper corner."""
LARGEST = 8192
"""Pixels along the longer side of a picture at most."""
FINE = 2.0
"""A picture has so many pixels for each unit, while it does not become too large."""
POINTS = 0.75
"""Of a printed page for each unit: 96 units an inch, 72 points an inch."""


def image(size: QSize, paint: Paint) -> QImage:
    """In two pixels for each unit."""
    fine = min(FINE, LARGEST / max(size.width(), size.height()))
    made = QImage((size * fine).expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(fine)
    _painted(made, paint)
    made.setDevicePixelRatio(1)
    return made


def png(size: QSize, paint: Paint) -> bytes:
    """An `image` in the format PNG."""
    buffer = _buffer()
    QImageWriter(buffer, QByteArray(b"PNG")).write(image(size, paint))
    return bytes(buffer.data().data())


def svg(size: QSize, paint: Paint) -> bytes:
    """As W3C's Scalable Vector Graphics."""
    from PySide6.QtSvg import QSvgGenerator  # rarely needed

    buffer, generator = QBuffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle("ConvStudio")
    _painted(generator, paint)
    return bytes(buffer.data().data())


def pdf(size: QSize, paint: Paint) -> bytes:
    """As one page of that size, without a margin."""
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setCreator("ConvStudio")
    writer.setPageSize(QPageSize(QSizeF(size) * POINTS, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    writer.setResolution(96)
    _painted(writer, paint)
    return bytes(buffer.data().data())


FORMS: dict[str, Callable[[QSize, Paint], bytes]] = {"png": png, "svg": svg, "pdf": pdf}


def _painted(device: QPaintDevice, paint: Paint) -> None:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    paint(painter)
    painter.end()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
