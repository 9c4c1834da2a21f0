"""New from template: the gallery is searched and walked through by keys and mouse, and opens a new document."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox

from convstudio.blocks import Flatten
from convstudio.network import edits
from convstudio.network.document import Network
from convstudio.templates import TEMPLATES
from convstudio.ui.gallery.cards import costs
from convstudio.ui.gallery.choices import analysed, choices, famous, preferred
from convstudio.ui.gallery.gallery import Gallery
from convstudio.ui.gallery.network_picture import network_picture
from convstudio.ui.theme import theme

BY_NAME = {t.name: t for t in TEMPLATES}


@pytest.fixture
def gallery(bench) -> Gallery:
    bench.actions["templates"].trigger()
    found = bench.window.findChild(Gallery)
    yield found
    found.close()


def shown(gallery: Gallery) -> list[str]:
    return [gallery.model.index(row).data() for row in range(gallery.model.rowCount())]


def test_all_templates_are_there_and_the_search_has_the_focus(gallery):
    assert len(shown(gallery)) == len(TEMPLATES)
    assert gallery.focusWidget() is gallery.field
    assert gallery.detail.choice.words == "Handwritten digits · 1 × 28 × 28, 10 classes"


def test_typing_searches_title_year_and_authors(gallery):
    QTest.keyClicks(gallery.field, "simonyan")
    assert shown(gallery) == ["VGG11 (2014)", "VGG16 (2014)"]
    gallery.field.clear()
    QTest.keyClicks(gallery.field, "2012 alex")
    assert shown(gallery) == ["AlexNet (2012)"]


def test_nothing_found_cannot_be_opened(gallery, bench):
    before = bench.store.document
    QTest.keyClicks(gallery.field, "transformer")
    assert shown(gallery) == []
    QTest.keyClick(gallery.field, Qt.Key.Key_Return)
    assert gallery.isVisible()
    assert bench.store.document is before
    QTest.keyClick(gallery.field, Qt.Key.Key_Backspace)


def test_enter_opens_a_new_document_for_the_data_at_hand(gallery, bench):
    QTest.keyClicks(gallery.field, "lenet")
    QTest.keyClick(gallery.field, Qt.Key.Key_Return)
    assert not gallery.isVisible()
    store = bench.store
    assert (store.title, store.path, store.history.modified) == ("LeNet-5", None, False)
    assert store.document.data.name == "digits"
    assert store.analysis.problems == ()
    assert store.analysis.parameters == 61_706


def test_arrow_keys_move_among_the_cards_while_the_search_has_the_focus(gallery):
    first = gallery.cards.currentIndex().row()
    QTest.keyClick(gallery.field, Qt.Key.Key_Down)
    assert gallery.cards.currentIndex().row() > first
    QTest.keyClick(gallery.field, Qt.Key.Key_Up)
    assert gallery.cards.currentIndex().row() == first


def test_the_published_size_by_mouse(gallery, bench):
    row = list(BY_NAME).index("alexnet")
    index = gallery.model.index(row)
    gallery.cards.scrollTo(index)
    QTest.mouseClick(gallery.cards.viewport(), Qt.MouseButton.LeftButton, pos=gallery.cards.visualRect(index).center())
    radio = gallery.detail._group.buttons()[-1]
    assert radio.text() == "Published size · 3 × 224 × 224, 1000 classes"
    QTest.mouseClick(radio, Qt.MouseButton.LeftButton, pos=QPoint(8, radio.height() // 2))
    assert "61 100 840" in gallery.detail._figures.text().replace("\u202f", " ")
    assert "one tower" in gallery.detail._remark.text()
    QTest.mouseClick(gallery.detail._open, Qt.MouseButton.LeftButton)
    assert bench.store.title == "AlexNet"
    assert bench.store.document.data.none
    assert bench.store.analysis.problems == ()


def test_escape_leaves_all_as_it_was(gallery, bench):
    before = bench.store.document
    QTest.keyClick(gallery.field, Qt.Key.Key_Escape)
    assert not gallery.isVisible()
    assert bench.store.document is before


def test_unsaved_changes_are_asked_about(gallery, bench, monkeypatch):
    changed, _ = edits.add(bench.store.network, Flatten(), 0, 900)
    bench.store.edit("add", changed)
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *a: asked.append(a[2]) or QMessageBox.StandardButton.Cancel)
    QTest.keyClick(gallery.field, Qt.Key.Key_Return)
    assert len(asked) == 1
    assert bench.store.network is changed


def test_the_gallery_is_found_by_command_search(bench):
    bench.actions["commands"].trigger()
    finder = bench.window.focusWidget()
    QTest.keyClicks(finder, "template")
    QTest.keyClick(finder, Qt.Key.Key_Return)
    assert bench.window.findChild(QDialog).isVisible()
    bench.window.findChild(QDialog).close()


def test_the_data_at_hand_are_preferred_where_they_fit():
    assert preferred(BY_NAME["resnet-18"], "shapes").info.name == "shapes"
    assert preferred(BY_NAME["resnet-18"], "").info.name == "digits"
    assert famous(BY_NAME["vgg16"]).info is None
    assert [c.info is None for c in choices(BY_NAME["lecture"])].count(True) == 0


def test_a_card_says_what_the_network_costs():
    assert costs(BY_NAME["vgg16"]) == "138 M weights · 15.5 G multiply-adds"


@pytest.mark.parametrize("dark", [True, False])
def test_the_picture_of_a_network_shows_its_kinds(dark):
    theme.set_dark(dark)
    document, _ = analysed(famous(BY_NAME["vgg11"]))
    picture = network_picture(document.network, QSize(300, 120)).toImage()
    seen = {picture.pixelColor(x, y).name() for x in range(300) for y in range(120)}
    for token in ("convolution", "pooling", "dense", "data"):
        assert theme.text(token) in seen
    theme.set_dark(True)


def test_the_picture_of_nothing_is_empty():
    picture = network_picture(Network(), QSize(40, 30)).toImage()
    assert {picture.pixelColor(x, y).alpha() for x in range(40) for y in range(30)} == {0}
