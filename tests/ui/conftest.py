"""What all tests of the window share: no screen, and workers that leave no process behind."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from convstudio.ui import app
from convstudio.ui.canvas import motion
from convstudio.ui.importing import import_process
from convstudio.ui.link import worker_link
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.theme import install_fonts, theme

ROOT = Path(__file__).parents[2]
FAKE = Path(__file__).parent / "link" / "fake_worker.py"


class Line(QObject):
    """A link that keeps what it is told to send."""

    started = Signal()
    masks_received = Signal(object)
    maps_received = Signal(object)
    activity_received = Signal(object)
    evaluation_received = Signal(object)
    health_received = Signal(object)

    def __init__(self):
        super().__init__()
        self.sent = []

    def send(self, request):
        self.sent.append(request)


@pytest.fixture(autouse=True)
def _our_style(qapp):
    """Sizes depend on fonts and style: every test of a widget sees the ones that people see."""
    app.make_application()
    install_fonts()


@pytest.fixture(autouse=True)
def _no_widget_is_left(qapp, _our_style):
    """The widgets of a test are gone before the next: a change of colours would polish them all, again and again.

    That the program itself leaves none behind is tested with its windows (`window/test_closing.py`).
    """
    gc.freeze()
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


@pytest.fixture(autouse=True)
def _no_animation(monkeypatch):
    """Blocks are where an edit puts them at once, as for a person who has switched animation off."""
    monkeypatch.setattr(motion, "duration", lambda: 0)


@pytest.fixture(autouse=True)
def _workers_are_born(request, monkeypatch):
    """The processes that a window starts need not load torch first; the nursery opens with the first of them."""
    monkeypatch.setattr(worker_link, "worker_command", lambda: (*request.getfixturevalue("born"), "worker"))
    monkeypatch.setattr(import_process, "own_command", lambda: request.getfixturevalue("born"))


@pytest.fixture
def workers(qapp, monkeypatch):
    """The links that a test made: all are shut down after it, and every process that said hello must be gone."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    links: list[WorkerLink] = []
    processes: set[int] = set()
    yield links, processes
    for link in links:
        link.shut_down()
    assert not [p for p in processes if Path(f"/proc/{p}").exists()]


@pytest.fixture
def link_to(workers):
    """Make a link to the fake worker; its argument is the manner in which that misbehaves."""
    links, processes = workers

    def make(manner: str) -> WorkerLink:
        link = WorkerLink([sys.executable, str(FAKE), manner])
        link.hello_received.connect(lambda hello: processes.add(hello.process))
        links.append(link)
        return link

    return make


@pytest.fixture
def ready(qtbot):
    """Start a link and wait for the worker's hello."""

    def wait(link: WorkerLink, timeout: int = 10_000) -> WorkerLink:
        with qtbot.waitSignal(link.hello_received, timeout=timeout):
            link.start()
        return link

    return wait


@pytest.fixture
def line(qapp):
    """A link without a worker."""
    return Line()


def _settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


@pytest.fixture
def settle(qapp):
    """Let posted layouts and paintings happen."""
    return _settle


@pytest.fixture
def show(qtbot, settle):
    """Put a widget on the screen at a size and let it paint; dark colours, also after the test."""
    theme.set_dark(True)

    def put(widget, width=700, height=300):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        settle()
        return widget

    yield put
    theme.set_dark(True)
