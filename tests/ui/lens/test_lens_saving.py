"""Explanations as files: pictures, drawings and tables of what is shown, and words where they cannot be written."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage

from convstudio.blocks import Convolution, Input
from convstudio.ui.lens.lens_saving import LensSaving
from convstudio.ui.lens.poster import WIDTH, Poster
from convstudio.ui.lens.words import headline
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.store import DocumentStore


@pytest.fixture
def shown(panel, laboratory):
    lab = laboratory(Input(channels=2, axes=(6, 5)), Convolution(channels=3))
    panel.on_explanation(lab.ask("conv_1", 1, (0, 4)))
    return panel


@pytest.fixture
def saved(shown, qtbot, tmp_path):
    """Save by the panel's menu into a folder; the file, and the news."""
    told = []
    ask = lambda title, place, kinds, done: done(tmp_path / place.name)  # noqa: E731
    files = PictureFiles(DocumentStore(), shown, ask)
    LensSaving(shown, files)
    files.news.connect(lambda severity, words, detail, actions: told.append((severity, words)))

    def save(kind: str):
        word = {"png": "picture", "svg": "drawing", "pdf": "document", "csv": "numbers (CSV)"}[kind]
        next(a for a in shown.menu().actions() if word in a.text() and a.text().startswith("Save")).trigger()
        return next(tmp_path.glob(f"*.{kind}"), None), told

    return save


def test_a_picture_holds_everything_in_fine_pixels(saved, shown) -> None:
    path, told = saved("png")
    assert path.name == "untitled-conv_1-1-0-4.png"
    assert told == [("info", f"{path.name} written.")]
    picture = QImage(str(path))
    poster = Poster(shown.sheet, 0, headline(shown.found))
    assert (picture.width(), picture.height()) == (2 * WIDTH, 2 * poster.size.height())
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 5) for y in range(0, 600, 5)}) > 20


def test_a_drawing_is_svg_with_the_words_in_it(saved) -> None:
    path, _ = saved("svg")
    text = path.read_text()
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "conv_1" in text


def test_a_document_is_a_pdf(saved) -> None:
    path, _ = saved("pdf")
    assert path.read_bytes().startswith(b"%PDF")


def test_a_table_holds_each_product(saved, shown) -> None:
    path, _ = saved("csv")
    lines = path.read_text().splitlines()
    assert len(lines) == 3 + 18 + 2
    assert f"{shown.found.terms.result:.9g}" in lines[-1]


def test_a_folder_that_cannot_be_written_is_said(shown, tmp_path) -> None:
    told = []
    place = tmp_path / "gone" / "x.csv"
    files = PictureFiles(DocumentStore(), shown, lambda title, suggestion, kinds, done: done(place))
    saving = LensSaving(shown, files)
    files.news.connect(lambda severity, words, detail, actions: told.append((severity, words, actions)))
    saving.start("csv")
    ((severity, words, actions),) = told
    assert severity == "error"
    assert "Choose another place." in words
    assert [label for label, _ in actions] == ["Choose…"]
