"""The Export dialog on a fake worker: what is shown, where it is written, what is told, and what cannot be done."""

from __future__ import annotations

import errno
import os

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from chains import chain
from convstudio.blocks import Flatten, FullyConnected, Input, Output
from convstudio.network import edits
from convstudio.network.document import Document
from convstudio.protocol.messages import Exported
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.export import exporting, papers
from convstudio.ui.export.dialog import ExportDialog
from convstudio.ui.export.exporting import ExportFlow
from convstudio.ui.export.formats import FORMATS
from convstudio.ui.notices.notices import Notices
from convstudio.ui.store import DocumentStore
from convstudio.ui.theme import theme


@pytest.fixture
def store(qapp):
    network = chain(Input(axes=(28, 28)), Flatten(), FullyConnected(channels=10), Output())
    return DocumentStore(Document(network))


@pytest.fixture
def notices(qapp):
    return Notices()


@pytest.fixture
def flow_on(store, notices, link_to, ready, qtbot, tmp_path, monkeypatch):
    """Make a flow on a fake worker, over a window."""
    monkeypatch.setattr(exporting, "PAUSE_MS", 0)
    window = QWidget()
    window.resize(1200, 800)
    qtbot.addWidget(window)
    window.show()
    store._path = tmp_path / "digits.convstudio"

    def make(manner: str = "well", run=None) -> ExportFlow:
        settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
        flow = ExportFlow(store, ready(link_to(manner)), CanvasScene(store), window, settings, lambda: run)
        flow.news.connect(notices.tell)
        return flow

    return make


def press(qtbot, button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(qtbot, dialog: ExportDialog, title: str) -> None:
    """Click on a format."""
    press(qtbot, next(b for b in dialog._buttons.buttons() if b.text() == title))


def test_source_is_shown_in_colours_and_follows_the_name(flow_on, qtbot, tmp_path):
    flow = flow_on()
    flow.open()
    dialog, code = flow.dialog, flow.dialog.previews.code
    qtbot.waitUntil(lambda: code.toPlainText().startswith("class Digits:"))
    assert dialog.title.text() == "Python source"
    assert dialog.caption.text() == "A class."
    assert dialog.place.path == tmp_path / "digits.py"
    assert dialog.place.words.text() == "digits.py will be written."
    keyword = code.document().firstBlock().layout().formats()[0]
    assert keyword.format.foreground().color() == QColor(theme.colour("frozen"))
    dialog.place.field.selectAll()
    qtbot.keyClicks(dialog.place.field, str(tmp_path / "mine"))
    qtbot.waitUntil(lambda: code.toPlainText().startswith("class Mine:"))
    assert dialog.place.path == tmp_path / "mine.py"


def test_the_nodes_of_onnx_are_a_list_and_the_proof_is_told(flow_on, qtbot, tmp_path, notices):
    flow = flow_on()
    flow.open("onnx")
    dialog = flow.dialog
    qtbot.waitUntil(lambda: dialog.previews.list.rowCount() == 2)
    assert dialog.previews.list.item(0, 1).text() == "Gemm"
    assert "was not trained" in dialog.caption.text()
    press(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: "digits.onnx written" in dialog.outcome.text())
    assert "in a fresh process by onnxruntime 1: the scores of 32 samples differ by at most 3e-08." in (
        dialog.outcome.text()
    )
    assert dialog.folder_button.isVisible()
    assert notices.open == ()


def test_large_scores_are_told_with_the_difference():
    told = Exported(format="onnx", path="/x/a.onnx", difference=6700.0, samples=3, largest=1.05e10)
    assert exporting.proof(told).endswith("differ by at most 6.7e+03. The largest score is 1e+10.")
    assert "largest" not in exporting.proof(Exported(format="onnx", path="/x/a.onnx", difference=1e-6, samples=3))


def test_a_closed_dialog_tells_in_the_window(flow_on, qtbot, notices):
    flow = flow_on()
    flow.open("onnx")
    press(qtbot, flow.dialog.export_button)
    flow.dialog.close()
    qtbot.waitUntil(lambda: notices.open != ())
    assert notices.open[0].severity == "info"
    assert [label for label, _ in notices.open[0].actions] == ["Show in its folder"]


def test_progress_is_shown_and_can_be_cancelled(flow_on, qtbot):
    flow = flow_on("slow")
    flow.open("pt2")
    dialog = flow.dialog
    qtbot.waitUntil(lambda: dialog.previews.code.toPlainText() != "")
    press(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: dialog.bar.value() == 500)
    assert dialog.outcome.text() == "Computing with it …"
    assert not dialog.place.isEnabled()
    assert dialog.export_button.text() == "Cancel"
    press(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: dialog.outcome.text() == "Cancelled. Nothing was written.")
    assert dialog.place.isEnabled()
    assert not dialog.bar.isVisible()


def test_asked_for_another_format_while_one_is_written_the_dialog_stays_at_that(flow_on, qtbot):
    """As the File menu asks, when the dialog was closed in the meantime."""
    flow = flow_on("slow")
    flow.open("pt2")
    dialog = flow.dialog
    qtbot.waitUntil(lambda: dialog.previews.code.toPlainText() != "")
    press(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: dialog.bar.value() == 500)
    dialog.close()
    flow.open("onnx")
    assert dialog.isVisible()
    assert (dialog.format.name, dialog.bar.value(), dialog.export_button.text()) == ("pt2", 500, "Cancel")
    press(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: dialog.outcome.text() == "Cancelled. Nothing was written.")
    flow.open("onnx")
    assert dialog.format.name == "onnx"


def test_a_fault_is_told_as_it_is(flow_on, qtbot):
    flow = flow_on("full disk")
    flow.open("onnx")
    press(qtbot, flow.dialog.export_button)
    qtbot.waitUntil(lambda: flow.dialog.outcome.text() == "The disk is full.")
    assert theme.text("bad") in flow.dialog.outcome.styleSheet()


def test_what_cannot_be_written_is_said_instead_of_a_preview(flow_on, qtbot):
    flow = flow_on("no preview")
    flow.open("onnx")
    words = flow.dialog.previews.words
    qtbot.waitUntil(lambda: words.text() == "ONNX has no operator for that.")
    assert flow.dialog.previews.currentWidget() is words
    assert not flow.dialog.export_button.isEnabled()


def test_a_broken_network_is_no_model_but_a_picture(flow_on, store, qtbot):
    store.edit("Remove", edits.remove(store.network, ["output_1"]))
    flow = flow_on()
    flow.open("onnx")
    assert store.analysis.errors[0].words in flow.dialog.previews.words.text()
    assert not flow.dialog.export_button.isEnabled()
    choose(qtbot, flow.dialog, "Picture of the network")
    assert flow.dialog.previews.currentWidget() is flow.dialog.previews.picture
    assert flow.dialog.export_button.isEnabled()
    store.undo()
    choose(qtbot, flow.dialog, "ONNX model")
    qtbot.waitUntil(lambda: flow.dialog.previews.list.rowCount() == 2)
    assert flow.dialog.export_button.isEnabled()


def test_an_empty_canvas_gives_nothing(flow_on, store):
    store.edit("Remove", edits.remove(store.network, list(store.network.blocks)))
    flow = flow_on()
    for form in FORMATS:
        flow.open(form.name)
        assert "canvas is empty" in flow.dialog.previews.words.text()
        assert not flow.dialog.export_button.isEnabled()


def test_without_a_worker_it_is_said(flow_on):
    flow = flow_on()
    flow._link.shut_down()
    flow.open("source")
    assert "The worker is gone" in flow.dialog.previews.words.text()


def test_the_line_below_the_path_says_what_will_happen(flow_on, qtbot, tmp_path):
    flow = flow_on()
    flow.open("script")
    place = flow.dialog.place
    assert place.words.text() == "train_digits.py and train_digits-data.npz will be written."
    (tmp_path / "train_digits-data.npz").touch()
    place.follow()
    assert place.words.text() == "train_digits-data.npz will be replaced."
    for path, words in (
        ("nowhere.py", "Name the file with its whole path."),
        ("", "Name the file with its whole path."),
        (str(tmp_path / "no" / "such.py"), f"There is no folder {tmp_path / 'no'}."),
    ):
        place.field.setText(path)
        assert (place.words.text(), flow.dialog.export_button.isEnabled()) == (words, False)
    (tmp_path / "dir.py").mkdir()
    place.field.setText(str(tmp_path / "dir"))
    assert "is a folder" in place.words.text()


def test_names_and_folders_are_remembered_by_format(flow_on, qtbot, tmp_path):
    flow = flow_on()
    (tmp_path / "out").mkdir()
    flow.open("onnx")
    flow.dialog.place.field.selectAll()
    qtbot.keyClicks(flow.dialog.place.field, str(tmp_path / "out" / "mine.onnx"))
    press(qtbot, flow.dialog.export_button)
    choose(qtbot, flow.dialog, "ONNX model")
    qtbot.waitUntil(lambda: "written" in flow.dialog.outcome.text())
    choose(qtbot, flow.dialog, "Weights")
    assert flow.dialog.place.path == tmp_path / "out" / "digits.safetensors"
    choose(qtbot, flow.dialog, "ONNX model")
    assert flow.dialog.place.path == tmp_path / "out" / "mine.onnx"
    flow.dialog.close()
    flow.open()
    assert flow.dialog.format.name == "onnx"


@pytest.mark.parametrize(("kind", "begin"), [("SVG", b"<?xml"), ("PDF", b"%PDF"), ("PNG", b"\x89PNG")])
def test_a_picture_is_written_in_light_or_dark(kind, begin, flow_on, qtbot, tmp_path):
    flow = flow_on()
    flow.open("picture")
    dialog = flow.dialog
    dialog.form.setCurrentText(kind)
    assert dialog.place.path == tmp_path / f"digits.{kind.lower()}"
    written = []
    for dark in (False, True):
        dialog.colours.setCurrentIndex(int(dark))
        press(qtbot, dialog.export_button)
        assert "written" in dialog.outcome.text()
        written.append((tmp_path / f"digits.{kind.lower()}").read_bytes())
    assert all(data.startswith(begin) for data in written)
    assert written[0] != written[1]
    assert theme.dark


@pytest.mark.parametrize(
    ("kind", "begin"), [("Markdown", "| Block |"), ("LaTeX", r"\begin{tabular}"), ("CSV", "Block,")]
)
def test_the_table_of_layers_has_the_exact_numbers(kind, begin, flow_on, qtbot):
    flow = flow_on()
    flow.open("table")
    flow.dialog.form.setCurrentText(kind)
    shown = flow.dialog.previews.code.toPlainText()
    assert shown.startswith(begin)
    assert ("7850" if kind == "CSV" else "7,850") in shown
    press(qtbot, flow.dialog.export_button)
    assert flow.dialog.place.path.read_text(encoding="utf-8") == shown


def test_the_card_of_an_untrained_network(flow_on, qtbot, tmp_path):
    flow = flow_on()
    flow.open("card")
    dialog = flow.dialog
    assert "not trained" in dialog.previews.page.toPlainText()
    press(qtbot, dialog.export_button)
    folder = tmp_path / "digits-card"
    assert sorted(os.listdir(folder)) == ["README.md", "network.svg"]
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# digits\n")
    for words in (
        "7,850 weights",
        "![The network](network.svg)",
        "| fc_1 |",
        "Handwritten digits",
        "| Learning rate |",
    ):
        assert words in text
    assert "CPU threads | measured" in text
    dialog.place.follow()
    assert dialog.place.words.text() == "The page in digits-card will be replaced."


def test_what_the_window_cannot_write_is_told(flow_on, qtbot, tmp_path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    flow = flow_on()
    monkeypatch.setattr(os, "fsync", full)
    for name in ("picture", "table", "card"):
        flow.open(name)
        before = sorted(os.listdir(tmp_path))
        press(qtbot, flow.dialog.export_button)
        assert "no space left on device" in flow.dialog.outcome.text()
        assert sorted(os.listdir(tmp_path)) == before


def test_the_picture_on_a_card_is_light_whatever_the_window_is(store):
    made = papers.model_card("digits", store.document, store.whole, None)
    assert QColor(made.images["network.svg"].pixelColor(2, 2)) == QColor("#f4f5f8")


def test_a_worker_that_dies_in_the_middle_is_told(flow_on, qtbot):
    flow = flow_on("slow")
    flow.open("onnx")
    dialog = flow.dialog
    press(qtbot, dialog.export_button)
    qtbot.waitUntil(lambda: dialog.bar.value() == 500)
    os.kill(flow._link.hello.process, 9)
    qtbot.waitUntil(lambda: dialog.export_button.text() == "Export")
    assert theme.text("bad") in dialog.outcome.styleSheet()
    qtbot.waitUntil(lambda: "The worker is gone" in dialog.previews.words.text())
    assert not dialog.export_button.isEnabled()


def test_the_keyboard_chooses_exports_and_closes(flow_on, qtbot):
    flow = flow_on()
    flow.open("source")
    dialog = flow.dialog
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    assert dialog.format.name == "script"
    qtbot.waitUntil(lambda: dialog.previews.code.toPlainText() != "")
    qtbot.keyClick(dialog.place.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "the losses of its first 32 steps" in dialog.outcome.text())
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
