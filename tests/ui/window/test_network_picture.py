"""The network saved as a picture, a drawing and a document: what is in the files, and what cannot be saved."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage

from convstudio.ui.canvas.photograph import photograph
from convstudio.ui.theme import theme


@pytest.fixture
def save(bench, monkeypatch, tmp_path):
    """Choose a menu row, and answer the question for a file with this path."""

    def chosen(kind: str, path=None):
        path = path or tmp_path / f"net.{kind}"
        monkeypatch.setattr(bench.picture_files, "_ask", lambda title, suggestion, kinds, answer: answer(path))
        bench.actions[f"picture_{kind}"].trigger()
        return path

    return chosen


def test_a_picture_shows_all_in_fine_pixels(bench, save):
    size = photograph(bench.scene).size
    found = QImage(str(save("png")))
    assert (found.width(), found.height()) == (2 * size.width(), 2 * size.height())
    assert found.pixelColor(0, 0) == theme.colour("canvas")
    block = bench.scene.blocks["conv_1"]
    corner = photograph(bench.scene).area.topLeft()
    middle = (block.pos() - corner + block.boundingRect().center()) * 2
    assert found.pixelColor(middle.toPoint()) != theme.colour("canvas")
    assert bench.notices.open[0].words == "net.png written."


def test_a_drawing_has_the_titles_as_text(bench, save):
    text = save("svg").read_text()
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "Max pool 2" in text


def test_a_document_is_one_page_of_that_size(bench, save):
    data = save("pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    size = photograph(bench.scene).size
    width, height = (float(n) for n in data.split(b"/MediaBox [")[1].split(b"]")[0].split()[2:])
    assert width == pytest.approx(size.width() * 0.75, abs=1)
    assert height == pytest.approx(size.height() * 0.75, abs=1)


def test_only_what_is_selected_is_shown_and_without_its_marks(bench, save):
    whole = QImage(str(save("png")))
    bench.store.select(("conv_1",))
    one = QImage(str(save("png")))
    assert one.width() < whole.width()
    assert bench.store.selection == ("conv_1",)


def test_the_file_is_suggested_beside_the_project_and_the_ending_added(bench, save, tmp_path, monkeypatch):
    assert save("svg", tmp_path / "net").with_name("net.svg").exists()
    asked = []
    monkeypatch.setattr(bench.picture_files, "_ask", lambda *question: asked.append(question[1]))
    bench.actions["picture_pdf"].trigger()
    assert asked[0].parent == tmp_path  # where the last one went
    assert asked[0].name == f"{bench.store.title}.pdf"


def test_an_empty_canvas_is_said(empty, save):
    assert not save("png").exists()
    assert "the canvas is empty" in empty.notices.open[0].words


def test_a_place_that_cannot_be_written_is_said(bench, save, tmp_path):
    save("pdf", tmp_path / "gone" / "net.pdf")
    assert "cannot be written" in bench.notices.open[0].words
    assert [label for label, _ in bench.notices.open[0].actions] == ["Choose…"]
