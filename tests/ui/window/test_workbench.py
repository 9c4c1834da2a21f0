"""The window as a whole: files, search, colours, docks, keys, and what it must not import."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from convstudio.network import edits, file
from convstudio.ui.app import check_qt
from convstudio.ui.files.files import examples
from convstudio.ui.finder import Finder


def test_save_and_open_again(bench, tmp_path):
    path = tmp_path / "mine.convstudio"
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (10.0, 20.0)}))
    assert bench.store.history.modified
    bench.store.save(path)
    saved = bench.store.document
    assert not bench.store.history.modified
    assert "mine" in bench.window.windowTitle()
    bench.store.edit("delete", edits.remove(bench.store.network, ["conv_1"]))
    bench.store.undo()
    assert not bench.store.history.modified
    bench.files.open(examples()[0])
    bench.files.open(path)
    assert bench.store.document == saved
    assert bench.store.history.undo_label is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not a whole JSON text"),
        ('{"format": 99, "blocks": []}', "newer ConvStudio"),
        ('{"format": 1, "blocks": [{"id": "x_1", "kind": "magic", "at": [0, 0]}]}', "unknown kind"),
        ("[1, 2, 3]", "does not look like a ConvStudio project"),
    ],
)
def test_a_broken_file_leaves_the_document_and_says_why(bench, tmp_path, content, words):
    before = bench.store.document
    path = tmp_path / "broken.convstudio"
    path.write_text(content)
    assert not bench.files.open(path)
    assert words in bench.notices.open[0].words
    assert bench.store.document is before
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_keeps_the_document(bench, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (10.0, 20.0)}))
    assert not bench.files._write(blocker / "mine.convstudio")
    assert "cannot be saved" in bench.notices.open[0].words
    assert bench.store.history.modified


@pytest.mark.parametrize(
    ("answer", "left"), [(QMessageBox.StandardButton.Discard, True), (QMessageBox.StandardButton.Cancel, False)]
)
def test_unsaved_changes_are_asked_about(bench, monkeypatch, answer, left):
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (10.0, 20.0)}))
    monkeypatch.setattr(QMessageBox, "question", lambda *_args: answer)
    bench.actions["new"].trigger()
    assert (bench.store.network.blocks == {}) is left


def test_an_example_opens_without_a_path_so_that_saving_spares_it(bench):
    assert bench.files.open_example(next(p for p in examples() if p.stem == "lenet5"))
    assert bench.store.path is None
    assert bench.store.analysis.parameters == 61_706


def test_two_thousand_blocks_open_and_can_be_edited(bench, tmp_path):
    blocks = [f'{{"id": "relu_{n}", "kind": "relu", "at": [{n % 50 * 100}, {n // 50 * 60}]}}' for n in range(1, 2001)]
    wires = [f'{{"from": "relu_{n}", "to": "relu_{n + 1}"}}' for n in range(1, 2000)]
    path = tmp_path / "long.convstudio"
    path.write_text(f'{{"format": 1, "blocks": [{",".join(blocks)}], "wires": [{",".join(wires)}]}}')
    assert bench.files.open(path)
    assert len(bench.scene.blocks) == 2000
    bench.store.select(("relu_1000",))
    bench.actions["delete"].trigger()
    assert len(bench.scene.wires) == 1998


def test_a_block_is_found_by_what_it_does_and_added_by_keys(empty, qtbot):
    empty.canvas.setFocus()
    empty.actions["add_block"].trigger()
    finder = empty.window.findChild(Finder)
    QTest.keyClicks(finder.field, "dilat")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert [b.layer.kind for b in empty.store.network.blocks.values()] == ["input", "dilated"]


def test_a_double_click_on_free_canvas_searches_there(empty, hands, qtbot):
    point = QPointF(-200, 40)
    QTest.mouseDClick(hands.viewport, Qt.MouseButton.LeftButton, pos=hands.pixel(point))
    finder = empty.window.findChild(Finder)
    assert finder.isVisible()
    QTest.keyClicks(finder.field, "flatten")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert empty.scene.blocks["flatten_1"].sceneBoundingRect().contains(point)


def test_every_command_can_be_found(bench):
    bench.actions["commands"].trigger()
    finder = bench.window.findChild(Finder)
    QTest.keyClicks(finder.field, "select all")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert set(bench.store.selection) == set(bench.store.network.blocks)


def test_the_palette_filters_and_adds_by_enter(empty):
    field = empty.palette.search
    QTest.keyClicks(field, "strongest")
    shown = [b.kind.kind for b in empty.palette._buttons if not b.isHidden()]
    assert shown[0] == "max_pool"
    assert all("max_pool" in kind for kind in shown)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [b.layer.kind for b in empty.store.network.blocks.values()] == ["input", "max_pool"]


def test_a_double_click_in_the_palette_adds_behind_the_selection(empty, qtbot):
    for kind in ("input", "convolution"):
        qtbot.mouseDClick(empty.palette.button(kind), Qt.MouseButton.LeftButton)
    assert [(w.source, w.target) for w in empty.store.network.wires] == [("input_1", "conv_1")]


def test_the_palette_carries_the_kind(bench):
    from convstudio.ui.canvas.carrying import BLOCK_MIME

    drag = bench.palette.button("separable").make_drag()
    assert bytes(drag.mimeData().data(BLOCK_MIME).data()) == b"separable"


def test_docks_are_hidden_and_shown_from_the_menu(bench):
    dock = bench.docks["inspector"]
    bench.actions["show_inspector"].trigger()
    assert dock.isHidden()
    bench.actions["show_inspector"].trigger()
    assert not dock.isHidden()


def test_zoom_keeps_what_is_under_the_cursor(bench):
    view = bench.canvas
    at = QPointF(300, 200)
    before = view.mapToScene(at.toPoint())
    view.zoom_to(view.scale_factor * 1.7, at)
    after = view.mapToScene(at.toPoint())
    assert abs(after.x() - before.x()) < 3
    assert abs(after.y() - before.y()) < 3
    bench.actions["fit"].trigger()
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    assert seen.contains(bench.scene.content())


def test_every_shortcut_is_given_once(bench):
    keys = [a.shortcut().toString() for a in bench.actions if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


def test_first_paint_needs_neither_numpy_nor_pyqtgraph_and_the_window_never_torch():
    source = (
        "import sys\n"
        "from PySide6.QtCore import QSettings\n"
        "from convstudio.ui import app\n"
        "from convstudio.ui.main_window import MainWindow\n"
        "application = app.make_application()\n"
        "window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))\n"
        "window.painted.connect(application.quit)\n"
        "window.show()\n"
        "application.exec()\n"
        "early = {'numpy', 'pyqtgraph', 'torch', 'msgspec'} & set(sys.modules)\n"
        "app.furnish(window, None)\n"
        "import convstudio.ui.session\n"
        "print(sorted(early), sorted({'torch', 'convstudio.engine', 'convstudio.worker'} & set(sys.modules)))\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", source, os.devnull], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[] []", done.stderr


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_canvas_operations_give_back_every_reference_to_none(bench, hands, qapp):
    """PySide6 6.12.0 loses one at each call and aborts Python 3.11 within seconds of dragging."""
    point = hands.middle("conv_1")
    for _ in range(3):
        hands.drag(point, point)
    before = sys.getrefcount(None)
    for _ in range(100):
        hands.drag(point, point)
        bench.window.repaint()
        qapp.processEvents()
    assert sys.getrefcount(None) - before > -100


def test_the_qt_that_crashes_this_python_is_refused_in_words():
    with pytest.raises(SystemExit, match="Install another one"):
        check_qt((3, 11), "6.12.0")
    check_qt((3, 12), "6.12.0")
    check_qt((3, 11), "6.11.3")


def test_what_is_saved_is_what_the_command_line_reads(bench, tmp_path):
    from convstudio.blocks import catalogue

    path = tmp_path / "a folder" / "näme.convstudio"
    path.parent.mkdir()
    bench.store.save(path)
    assert file.load(path, catalogue()) == bench.store.document


def test_a_file_with_an_unknown_data_set_opens_and_says_so(bench, tmp_path):
    path = tmp_path / "other.convstudio"
    path.write_text(file.dump(bench.store.document).replace('"name": "digits"', '"name": "nope"'))
    assert bench.files.open(path)
    assert "no data set “nope”" in bench.store.analysis.errors[0].words
    QApplication.processEvents()
    assert "1 problem" in bench.status._problems.text()
    assert bench.inspector.training.data_set.currentIndex() == -1
    bench.inspector.training.data_set.setCurrentIndex(0)
    bench.inspector.training.data_set.activated.emit(0)
    assert bench.store.analysis.problems == ()


@pytest.mark.parametrize("axes", ["[]", "[30]", "[4, 6, 8]"])
def test_networks_for_other_than_images_open_and_are_edited(bench, tmp_path, axes):
    path = tmp_path / "other.convstudio"
    block = f'{{"id": "input_1", "kind": "input", "at": [0, 0], "settings": {{"channels": 2, "axes": {axes}}}}}'
    convolution = '{"id": "conv_1", "kind": "convolution", "at": [200, 0]}'
    wires = '[{"from": "input_1", "to": "conv_1"}]'
    path.write_text(f'{{"format": 1, "blocks": [{block}, {convolution}], "wires": {wires}}}')
    assert bench.files.open(path)
    bench.store.select(("conv_1",))
    bench.window.grab()
    fits = bench.store.analysis.blocks["conv_1"].output is not None
    assert fits is (axes != "[]")
