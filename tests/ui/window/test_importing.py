"""Bringing foreign files into the window: by the menu, by dropping them, from the command line; with a real process."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton

from convstudio.protocol.messages import Reopen
from convstudio.runs.run_folders import RunFolders
from convstudio.ui.files import leaving
from convstudio.ui.files.drops import DropTarget
from convstudio.ui.importing.importing import Importing
from convstudio.ui.run.run_controller import RunController

PLACE = Path(__file__).parents[1] / "importing" / "conftest.py"
HOW = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def model(path: Path, *more: object) -> Path:
    spec = importlib.util.spec_from_file_location("tiny_models", PLACE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.model(path, *more)


@pytest.fixture
def importing(bench, link_to, ready, tmp_path, monkeypatch):
    """The importing of a window with a fake worker; `sent` is what was asked of that."""
    link = ready(link_to("well"))
    runs = RunController(bench.store, link, RunFolders(tmp_path / "runs"))
    made = Importing(bench, runs, tmp_path / "runs")
    made.runs, made.sent = runs, []
    send = link.send
    monkeypatch.setattr(link, "send", lambda request: (made.sent.append(request), send(request)))
    yield made
    made.process.cancel()


WEIGHTS = """
import json, pathlib, sys
report = json.dumps({"source": "safetensors", "name": "w.safetensors", "matching": 1, "missing": ["fc_1.bias"]})
folder = pathlib.Path(sys.argv[sys.argv.index("--run") + 1])
folder.mkdir(parents=True)
(folder / "import.json").write_text(report)
print('{"report": ' + report + '}')
"""
"""What the process says of weights that fit in part."""


def said(bench, words: str) -> bool:
    return any(words in notice.words for notice in bench.notices.open)


def shown(qtbot, importing):
    qtbot.waitUntil(lambda: importing.card.isVisible(), timeout=20_000)
    return importing.card


def test_a_dropped_model_becomes_the_document_with_its_weights_and_a_report(bench, importing, qtbot, tmp_path):
    from onnx import helper

    path = model(tmp_path / "odd.onnx", helper.make_node("Softsign", ["y"], ["end"], name="last"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    entering = QDragEnterEvent(QPoint(200, 100), Qt.DropAction.CopyAction, data, *HOW)
    QApplication.sendEvent(bench.canvas.viewport(), entering)
    assert bench.window.findChild(DropTarget).text() == "Release to bring in “odd.onnx”"
    QApplication.sendEvent(bench.window, QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, *HOW))
    card = shown(qtbot, importing)
    assert bench.store.title == "odd"
    assert bench.store.document.data.name == "digits"
    assert bench.store.path is None
    folder = importing.runs.given
    assert folder.parent == tmp_path / "runs"
    assert [r.folder for r in importing.sent if isinstance(r, Reopen)] == [str(folder)]
    (problem,) = bench.store.analysis.errors
    assert "Softsign" in problem.words
    (show,) = (b for b in card.area.widget().findChildren(QPushButton) if b.text() == "Show")
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert bench.store.selection == ("opaque_1",)
    bench.store.edit("Remove", problem.fixes[0].apply(bench.store.network))
    assert not bench.store.analysis.errors
    bench.store.undo()
    assert "opaque_1" in bench.store.network.blocks
    card.close()
    assert bench.actions["import_report"].isEnabled()
    bench.actions["import_report"].trigger()
    assert card.isVisible()


def test_weights_go_into_the_network_that_is_shown(bench, importing, qtbot, tmp_path):
    importing.process._command = (sys.executable, "-c", WEIGHTS)
    before = bench.store.document
    bench.files.open(tmp_path / "w.safetensors")
    card = shown(qtbot, importing)
    assert bench.store.document is before
    assert importing.runs.given is not None
    assert said(bench, "w.safetensors: 1 of 2 keys match. The others keep their start values.")
    card.close()


def test_a_broken_file_is_said_and_changes_nothing(bench, importing, qtbot, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"\x08\x07 rubbish")
    before = bench.store.document
    bench.files.open(tmp_path / "broken.onnx")
    qtbot.waitUntil(lambda: said(bench, "broken.onnx is no ONNX file"), timeout=20_000)
    assert [notice.severity for notice in bench.notices.open] == ["error"]
    assert bench.store.document is before
    assert importing.runs.given is None
    assert not (tmp_path / "runs").exists()


def test_what_was_not_saved_is_asked_about(bench, importing, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(leaving, "may_leave", lambda *_: False)
    before = bench.store.document
    importing.take(model(tmp_path / "tiny.onnx"))
    qtbot.waitUntil(lambda: said(bench, "tiny.onnx is kept among the runs"), timeout=20_000)
    assert bench.store.document is before


def test_a_long_import_can_be_cancelled_and_no_other_begins_meanwhile(bench, importing, qtbot, tmp_path):
    importing.process._command = (sys.executable, "-c", "import time; time.sleep(60)")
    importing.take(tmp_path / "huge.onnx")
    qtbot.waitUntil(lambda: bool(bench.notices.open), timeout=5000)
    assert bench.notices.open[0].words == "Reading huge.onnx …"
    importing.take(tmp_path / "other.onnx")
    assert bench.notices.open[0].words == "huge.onnx is still being read."
    dict(bench.notices.open[1].actions)["Cancel"]()
    assert importing.process.path is None
    assert [notice.words for notice in bench.notices.open] == ["huge.onnx is still being read."]


def test_a_run_comes_first(bench, importing, monkeypatch, tmp_path):
    monkeypatch.setattr(RunController, "active", True)
    importing.take(tmp_path / "x.onnx")
    assert "A run is under way" in bench.notices.open[0].words
    assert importing.process.path is None


def test_a_model_named_at_the_start_waits_until_it_can_be_brought_in(bench, link_to, ready, tmp_path, qtbot):
    bench.files.open(model(tmp_path / "tiny.onnx"))
    assert bench.files.models == [tmp_path / "tiny.onnx"]
    runs = RunController(bench.store, ready(link_to("well")), RunFolders(tmp_path / "runs"))
    importing = Importing(bench, runs, tmp_path / "runs")
    shown(qtbot, importing).close()
    assert bench.store.title == "tiny"
    assert bench.files.models == []


def test_the_menu_asks_for_a_file(bench, importing, tmp_path, monkeypatch):
    asked = []
    importing._ask = asked.append
    bench.actions["import"].trigger()
    assert asked == [importing.take]
