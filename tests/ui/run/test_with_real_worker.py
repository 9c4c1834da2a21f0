"""The window's side with the real worker process and the first example: train, kill, continue, export."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QWidget

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.protocol.messages import View
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.export.exporting import ExportFlow
from convstudio.ui.link.view_book import ViewBook
from convstudio.ui.link.worker_link import WorkerLink

START = 60_000
"""Milliseconds that loading torch may take on a busy machine."""


@pytest.fixture
def link(workers, ready):
    links, processes = workers
    link = WorkerLink()
    link.hello_received.connect(lambda hello: processes.add(hello.process))
    links.append(link)
    return ready(link, START)


@pytest.fixture
def first_steps(store):
    """The first example, set to train so long that it cannot end by itself here."""
    path = asset("examples", "first-steps.convstudio")
    store.open(file.load(path, catalogue()), path)
    training = with_fields(store.document.training, epochs=1000, threads=1, device="cpu")
    store.do("Long", replace(store.document, training=training))
    return store


def test_killed_in_the_middle_of_a_step_then_continued(link, first_steps, controller_on, notices, press, until, qtbot):
    controller = controller_on(link)
    steps = []
    controller.progress.connect(lambda metrics: steps.append(metrics.step))
    controller.train()
    qtbot.waitUntil(lambda: len(steps) >= 3, timeout=START)
    controller.pause()
    until(controller, "paused", START)
    kept = steps[-1]
    controller.resume()
    qtbot.waitUntil(lambda: steps[-1] > kept, timeout=START)
    folder = controller.folder
    assert controller.state == "running"

    os.kill(link.hello.process, 9)
    until(controller, "lost")
    assert "Your network is safe." in notices.open[0].words

    steps.clear()
    press(notices, "Restart and continue")
    qtbot.waitUntil(lambda: steps != [], timeout=START)
    assert steps[0] >= kept  # from the checkpoint of the pause or a later one, not from the start
    assert controller.folder == folder
    controller.stop()
    until(controller, "stopped", START)


def test_pictures_and_an_export_of_an_untrained_network(link, first_steps, controller_on, notices, qtbot, tmp_path):
    _controller = controller_on(link)  # sends the document as long as it lives
    book = ViewBook(link)
    block = next(i for i in first_steps.network.blocks if i.startswith("conv"))
    seen = []
    book.open(View(block, "masks"), seen.append)
    qtbot.waitUntil(lambda: seen != [], timeout=START)
    assert seen[0].view.block == block

    window = QWidget()
    qtbot.addWidget(window)
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    flow = ExportFlow(first_steps, link, CanvasScene(first_steps), window, settings, lambda: None)
    flow.open("source")
    qtbot.waitUntil(lambda: "nn.Module" in flow.dialog.previews.code.toPlainText(), timeout=START)
    flow.dialog.place.field.setText(str(tmp_path / "net"))
    qtbot.mouseClick(flow.dialog.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "differ by at most 0." in flow.dialog.outcome.text(), timeout=START)
    assert flow.dialog.outcome.text().startswith("net.py written, and tried in a fresh process by PyTorch")
    assert (tmp_path / "net.py").exists()
