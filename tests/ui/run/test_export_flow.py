"""Exporting: the question, the request, and the proof in words; or why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from convstudio.network import edits
from convstudio.ui.run.export_menu import FORMATS, ExportFlow, export_menu

ONNX = FORMATS[0]


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def flow_on(store, notices, window, link_to, ready):
    """Make a flow on a fake worker; its question is answered with `answer`, or cancelled."""

    def make(manner="well", answer=None):
        asked = []

        def ask(title, suggestion, kinds, done):
            asked.append((title, suggestion, kinds))
            if answer:
                done(answer)

        flow = ExportFlow(store, ready(link_to(manner)), window, ask)
        flow.news.connect(notices.tell)
        return flow, asked

    return make


def test_the_proof_is_told_in_words(flow_on, notices, tmp_path, qtbot):
    flow, asked = flow_on(answer=tmp_path / "digits.onnx")
    flow.start(ONNX)
    qtbot.waitUntil(lambda: notices.open != ())
    assert notices.open[0].words == "digits.onnx written and checked: largest difference 3.0e-08 on 32 samples."
    assert notices.open[0].severity == "info"
    assert asked == [("Export as ONNX model", Path.home() / "untitled.onnx", "ONNX model (*.onnx)")]


def test_a_missing_suffix_is_added(flow_on, notices, tmp_path, qtbot):
    flow, _ = flow_on(answer=tmp_path / "v1.2")
    flow.start(ONNX)
    qtbot.waitUntil(lambda: notices.open != ())
    assert notices.open[0].detail == str(tmp_path / "v1.2.onnx")


def test_the_next_question_starts_in_the_last_folder(flow_on, notices, tmp_path, qtbot):
    flow, asked = flow_on(answer=tmp_path / "a.onnx")
    flow.start(ONNX)
    qtbot.waitUntil(lambda: notices.open != ())
    flow.start(FORMATS[2])
    assert asked[1][1] == tmp_path / "untitled.py"


def test_a_fault_is_told_as_it_is(flow_on, notices, tmp_path, qtbot):
    flow, _ = flow_on("full disk", tmp_path / "a.onnx")
    flow.start(ONNX)
    qtbot.waitUntil(lambda: notices.open != ())
    assert (notices.open[0].severity, notices.open[0].words) == ("error", "The disk is full.")


def test_cancelling_says_nothing(flow_on, notices):
    flow, asked = flow_on()
    flow.start(ONNX)
    assert (len(asked), notices.open) == (1, ())


def test_a_broken_network_is_not_exported(flow_on, notices, store):
    flow, asked = flow_on()
    store.edit("Remove", edits.remove(store.network, ["output_1"]))
    flow.start(ONNX)
    assert asked == []
    assert store.analysis.errors[0].words in notices.open[0].words


def test_two_at_once_are_refused(flow_on, notices, tmp_path):
    flow, _ = flow_on(answer=tmp_path / "a.onnx")
    flow.start(ONNX)
    flow.start(ONNX)
    assert notices.open[0].words == "a.onnx is still being written."


def test_without_a_worker_it_is_said(flow_on, notices):
    flow, asked = flow_on()
    flow._link.shut_down()
    flow.start(ONNX)
    assert asked == []
    assert "The worker is gone" in notices.open[0].words


def test_the_menu_asks_by_the_real_dialog(store, window, link_to, qtbot, tmp_path):
    flow = ExportFlow(store, link_to_started(link_to), window)
    menu = export_menu(flow, window)
    assert [action.text() for action in menu.actions()] == [f"{form.title} …" for form in FORMATS]
    menu.actions()[0].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog.defaultSuffix() == "onnx"
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def link_to_started(link_to):
    link = link_to("well")
    link.start()
    return link
