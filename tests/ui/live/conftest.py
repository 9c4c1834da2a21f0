"""What the tests of the live views share: messages of the worker, and a widget on an offscreen window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip

from convstudio.protocol.messages import Array, Maps, Masks, Metrics, Scores, Validation, View
from convstudio.ui.theme import theme


def array_message(values, kind="float32"):
    values = np.ascontiguousarray(values, kind)
    return Array(kind, values.shape, values.tobytes())


def masks_message(*arrays, names=None, total=None, block="conv_1"):
    return Masks(
        run=0,
        step=0,
        view=View(block, "masks"),
        names=names or ("weight",) * len(arrays),
        arrays=tuple(array_message(values) for values in arrays),
        total=total or tuple(len(values) for values in arrays),
    )


def maps_message(maps, low=0.0, high=1.0, total=None, block="conv_1"):
    message = array_message(maps, "uint8")
    return Maps(
        run=0, step=0, view=View(block, "maps"), maps=message, low=low, high=high, total=total or message.shape[0]
    )


def metrics_message(run, step, losses, hits=None, epochs=10, batches=100):
    return Metrics(
        run=run,
        step=step,
        epoch=1,
        epochs=epochs,
        batch=1,
        batches=batches,
        losses=array_message(losses),
        hits=array_message(np.zeros(len(losses)) if hits is None else hits),
        samples_per_second=1.0,
        seconds_left=1.0,
        probe_share=0.0,
    )


class Messages:
    """Makes the worker's messages."""

    array = staticmethod(array_message)
    masks = staticmethod(masks_message)
    maps = staticmethod(maps_message)
    metrics = staticmethod(metrics_message)

    @staticmethod
    def scores(values):
        return Scores(run=0, step=0, probabilities=array_message(values))

    @staticmethod
    def validation(run, step, loss, accuracy):
        return Validation(run=run, step=step, epoch=1, loss=loss, accuracy=accuracy)


class Hand:
    """The person's mouse: real events, delivered as Qt delivers them."""

    def __init__(self, qtbot) -> None:
        self._qtbot = qtbot

    @staticmethod
    def hover(widget, place: QPoint) -> None:
        where = QPointF(place)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            where,
            QPointF(widget.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(widget, event)

    @staticmethod
    def tooltip(widget, place: QPoint) -> str:
        """The tooltip that Qt shows for a place of the widget."""
        QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place)))
        assert QToolTip.isVisible()
        return QToolTip.text()

    def finds_no_tooltip(self, widget, place: QPoint) -> None:
        """One that is open vanishes; none comes."""
        QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place)))
        self._qtbot.waitUntil(lambda: not QToolTip.isVisible())


def pytest_collection_modifyitems(items):
    """The offscreen platform cannot raise a tooltip above other windows, and says so."""
    for item in items:
        if "hand" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)", extend=True))


@pytest.fixture
def messages():
    return Messages


@pytest.fixture
def hand(qtbot):
    yield Hand(qtbot)
    QToolTip.hideText()


@pytest.fixture(scope="session")
def _dressed(qapp):
    theme.set_dark(True)


@pytest.fixture
def both_themes(_dressed):
    """The theme, dark at the start; dark again at the end."""
    theme.set_dark(True)
    yield theme
    theme.set_dark(True)
