"""A closed window is gone: its widgets, its document and all that was tied to it. Ten windows a day cost no memory."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import getCppPointer, isValid

from convstudio.assets import asset
from convstudio.network import edits
from convstudio.ui import app
from convstudio.ui.link import worker_link

FAKE = Path(__file__).parents[1] / "link" / "fake_worker.py"


@pytest.fixture
def complete(windows, monkeypatch, tmp_path):
    """Every window has all its panels, and a worker that only says hello."""
    monkeypatch.setattr(worker_link, "worker_command", lambda: (sys.executable, str(FAKE), "good"))
    sessions = weakref.WeakSet()
    windows._finish = lambda bench: sessions.add(app.complete(bench, tmp_path / "runs"))
    yield
    for session in filter(isValid, tuple(sessions)):
        session.close()


def example(bench):
    bench.files.open_example(asset(*app.FIRST_EXAMPLE))


def work(bench):
    """What a person does before closing a window."""
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (10.0, 20.0)}))
    bench.store.select(("conv_1",))
    bench.actions["add_note"].trigger()
    bench.store.undo()
    bench.store.undo()


def closed(bench):
    bench.window.may_close = lambda: True
    bench.window.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def parts(bench):
    """The objects that carry what is large: the document with its history, its drawing, its panels."""
    found = [bench, bench.window, bench.store, bench.scene, bench.canvas, bench.inspector, bench.palette, bench.notices]
    return {type(part).__name__: weakref.ref(part) for part in found}


def widgets():
    """Where in memory each widget is; no object of Python is held."""
    for _ in range(2):
        gc.collect()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    return {getCppPointer(widget)[0] for widget in QApplication.allWidgets()}


@pytest.mark.parametrize("panels", [False, True])
def test_of_a_closed_window_nothing_is_left(open_window, panels, request):
    if panels:
        request.getfixturevalue("complete")
    open_window(example)
    before = widgets()
    bench = open_window(example)
    work(bench)
    left = parts(bench)
    new = widgets() - before
    assert len(new) > 300
    closed(bench)
    del bench
    assert widgets() & new == set()
    assert [name for name, part in left.items() if part() is not None] == []
