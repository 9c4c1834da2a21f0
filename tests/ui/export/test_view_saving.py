"""Every view as a picture: by the right button, as a file of each kind, on the clipboard, and by the command search."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QVBoxLayout, QWidget

from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.saving.view_saving import FORMS, ViewSaving, savable
from convstudio.ui.store import DocumentStore
from convstudio.ui.theme import theme


@pytest.fixture
def view(qtbot):
    view = QWidget()
    inner = QLabel("masks")
    inner.setStyleSheet("background: #ff0000;")
    QVBoxLayout(view).addWidget(inner)
    view.resize(120, 80)
    qtbot.addWidget(view)
    view.show()
    return view


@pytest.fixture
def files(view, tmp_path):
    return PictureFiles(
        DocumentStore(), view, lambda _title, suggestion, _kinds, done: done(tmp_path / suggestion.name)
    )


@pytest.mark.parametrize(("kind", "begin"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_each_kind_of_file(kind, begin, view, files, tmp_path):
    ViewSaving(view, "masks", "Masks", files).save(kind)
    assert (tmp_path / f"untitled-masks.{kind}").read_bytes().startswith(begin)


def test_the_right_button_on_a_part_of_the_view_opens_the_menu(view, files, monkeypatch):
    opened = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: opened.append(menu))  # this platform grabs no keys
    ViewSaving(view, "masks", "Masks", files)
    inner = view.findChild(QLabel)
    place = QPoint(5, 5)
    QApplication.sendEvent(inner, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, inner.mapToGlobal(place)))
    (menu,) = opened
    copy, _, *saves = menu.actions()
    assert [action.text() for action in saves] == list(FORMS.values())
    copy.trigger()
    picture = QGuiApplication.clipboard().image()
    assert picture.width() == 2 * view.width()
    assert picture.pixelColor(view.width(), view.height() + 20) == QColor("#ff0000")
    assert picture.pixelColor(2, 2) == theme.colour("panel")


def test_the_search_offers_what_is_seen(view, files, tmp_path):
    entries = savable([(view, "masks", "Masks")], files)
    (entry,) = entries()
    assert entry.words == "Masks: Save the view as a picture…"
    entry.choose()
    assert (tmp_path / "untitled-masks.png").exists()
    view.hide()
    assert entries() == []
