"""Files dragged from a file manager onto the window: real drag events with file addresses."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.ui.app import FIRST_EXAMPLE
from convstudio.ui.files.drops import DropTarget

HOW = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def paths(tmp_path):
    found = [tmp_path / "one.convstudio", tmp_path / "two.convstudio"]
    for path in found:
        shutil.copy(asset(*FIRST_EXAMPLE), path)
    return found


def carry(*addresses):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(a)) if not isinstance(a, QUrl) else a for a in addresses])
    return data


def hold(bench, data):
    """Over the canvas, which wants no files; so the window takes them."""
    event = QDragEnterEvent(QPoint(200, 100), Qt.DropAction.CopyAction, data, *HOW)
    QApplication.sendEvent(bench.canvas.viewport(), event)
    return bench.window.findChild(DropTarget)


def drop(bench, *addresses):
    data = carry(*addresses)
    hold(bench, data)
    QApplication.sendEvent(bench.window, QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, *HOW))


def test_a_network_is_opened_and_promised_before(bench, paths, qtbot):
    target = hold(bench, carry(paths[0]))
    assert target.isVisible()
    assert target.text() == "Release to open “one”"
    assert bench.store.path is None
    drop(bench, paths[0])
    qtbot.waitUntil(lambda: bench.store.path == paths[0])
    assert not target.isVisible()


def test_leaving_the_window_opens_nothing(bench, paths, qapp):
    target = hold(bench, carry(paths[0]))
    QApplication.sendEvent(bench.window, QDragLeaveEvent())
    qapp.processEvents()
    assert not target.isVisible()
    assert bench.store.path is None


def test_several_networks_open_in_several_windows(bench, paths, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(bench.windows, "open_file", opened.append)
    assert "2 networks" in hold(bench, carry(*paths)).text()
    drop(bench, *paths)
    qtbot.waitUntil(lambda: opened == paths[1:])
    assert bench.store.path == paths[0]


def test_an_image_is_handed_on_to_be_watched(bench, tmp_path, qtbot):
    image = tmp_path / "three.PNG"
    assert "watch" in hold(bench, carry(image)).text()
    with qtbot.waitSignal(bench.files.image_given) as given:
        drop(bench, image)
    assert given.args == [image]


@pytest.mark.parametrize("name", ["notes.txt", "folder", "archive.convstudio.zip"])
def test_other_files_are_refused_in_words(bench, tmp_path, qtbot, name):
    drop(bench, tmp_path / name)
    qtbot.waitUntil(lambda: bench.notices.open != ())
    assert f"“{name}” is neither a network" in bench.notices.open[0].words


def test_what_lies_elsewhere_is_refused_in_words(bench, qtbot):
    drop(bench, QUrl("https://example.org/net.convstudio"))
    qtbot.waitUntil(lambda: bench.notices.open != ())
    assert "on this computer" in bench.notices.open[0].words
