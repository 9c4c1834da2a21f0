"""The model card of a kept run: its figures are those of the run, and its curves those that were written down."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor

from chains import chain
from convstudio.blocks import Flatten, FullyConnected, Input, Output, catalogue
from convstudio.network import edits, file
from convstudio.network.document import Document
from convstudio.network.resolve import resolve
from convstudio.runs import brought, metrics, summary
from convstudio.runs.brought import Report
from convstudio.runs.summary import Summary
from convstudio.ui.export import papers
from convstudio.ui.export.page import Page


@pytest.fixture
def document() -> Document:
    network = chain(Input(axes=(28, 28)), Flatten(), FullyConnected(channels=10), Output())
    return Document(edits.rename(network, "fc_1", "a|b"))


@pytest.fixture
def run(tmp_path, document):
    """A folder as a run of three steps leaves it."""
    file.save(tmp_path / "document.convstudio", document)
    rows = [{"step": n, "epoch": 1, "loss": 2.0 / n, "accuracy": n / 4, "learning_rate": 0.1} for n in (1, 2, 3)]
    judged = {"step": 3, "epoch": 1, "validation_loss": 0.5, "validation_accuracy": 0.875}
    metrics.record(tmp_path, [*rows, judged])
    told = Summary(
        name="run",
        state="finished",
        started=0.0,
        updated=9.0,
        device="cpu",
        dataset="digits",
        parameters=7850,
        multiply_adds=7840,
        epochs=1,
        epoch=1,
        step=3,
        seconds=75.0,
        loss=1.2222,
        accuracy=0.5,
        validation_loss=0.5,
        validation_accuracy=0.875,
        best_validation_loss=0.4,
    )
    (tmp_path / summary.FILE).write_bytes(summary.dump(told))
    return tmp_path


def test_the_figures_are_those_of_the_run(qapp, document, run):
    made = papers.model_card("A *bold* net", document, resolve(document.network, catalogue()), run)
    assert made.text.startswith("# A \\*bold\\* net\n")
    for row in ("| Validation accuracy | 87.5 % |", "| Steps | 3 |", "| Time of training | 1 min 15 s |", "| 0.4000 |"):
        assert row in made.text
    assert "intersection" not in made.text
    drawing = made.drawings["curves.svg"].decode()
    assert drawing.count("<path clip-path") == 4
    assert "Accuracy in %" in drawing


def test_a_run_of_another_network_says_nothing_of_this_one(qapp, document, run):
    other = replace(document, network=edits.change(document.network, "fc_1", FullyConnected(channels=9)))
    made = papers.model_card("net", other, resolve(other.network, catalogue()), run)
    assert "was not trained" in made.text
    assert set(made.drawings) == {"network.svg"}


def test_weights_that_were_brought_in_are_not_called_start_values(qapp, document, run):
    """Nor are they where a summary of no steps lies beside them."""
    brought.write(run, Report(source="onnx", name="res_net.onnx"))
    made = papers.model_card("net", document, resolve(document.network, catalogue()), run)
    assert "The weights were brought in from res\\_net.onnx, and not trained since." in made.text
    assert "| Steps |" not in made.text
    assert made.trained
    other = replace(document, network=edits.change(document.network, "fc_1", FullyConnected(channels=9)))
    assert "was not trained" in papers.model_card("net", other, resolve(other.network, catalogue()), run).text


def test_a_folder_that_is_no_run_says_nothing(qapp, document, tmp_path):
    made = papers.model_card("net", document, resolve(document.network, catalogue()), tmp_path / "gone")
    assert "was not trained" in made.text


def test_the_preview_shows_the_pictures(qtbot, document, run):
    page = Page()
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    made = papers.model_card("net", document, resolve(document.network, catalogue()), run)
    page.show_page(made.text, made.images)
    shown = page.grab().toImage()
    canvas, sides = QColor("#f4f5f8"), (shown.width() // 3, shown.height() // 4)
    assert any(QColor(shown.pixelColor(sides[0], y)) == canvas for y in range(40, shown.height(), 4))
    assert page.loadResource(2, QUrl("/etc/hostname")) is None
