"""The doctor in the real window with the real worker: looks, a run that goes wrong, the mark, and the way out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from convstudio.ui.session import Session

PATIENCE = 60_000


@pytest.fixture
def session(first_steps, with_worker) -> Session:
    wild = {"optimiser": "sgd", "learning_rate": 30, "momentum": 0}
    first_steps(epochs=4, batch_size=20, threads=1, device="cpu", **wild)
    return with_worker()


def looked_at(session):
    return [v.what for v in session.book.views if v.what in ("health", "checkup")]


def test_after_a_number_that_was_none_one_click_goes_on_from_the_last_good_checkpoint(session, bench, qtbot):
    document = bench.store.document
    absurd = with_fields(document.training, learning_rate=100.0, weight_decay=10.0, epochs=1)
    bench.store.do("absurd", replace(document, training=absurd))
    bench.actions["train"].trigger()
    qtbot.waitUntil(lambda: session.runs.state == "failed", timeout=PATIENCE)
    folder = session.runs.folder
    notice = bench.notices.open[0]
    assert "is not a finite number" in notice.words
    label, go_on = notice.actions[0]
    assert label == "Go on: Learning rate 10 instead of 100"
    qtbot.waitUntil(lambda: bool(session.doctoring.findings), timeout=PATIENCE)
    assert session.doctoring.findings[0].rule == "not_a_number"
    changes = []
    session.link.built.connect(lambda built: changes.append(built) if built.run else None)
    go_on()
    assert bench.store.document.training.learning_rate == 10
    assert session.runs.folder == folder
    qtbot.waitUntil(lambda: bool(changes) or session.runs.state == "failed", timeout=PATIENCE)
    assert changes
    bench.actions["stop"].trigger()
    qtbot.waitUntil(lambda: not session.runs.active, timeout=PATIENCE)
    bench.store.undo()
    assert bench.store.document.training.learning_rate == 100


def test_a_run_that_goes_wrong_is_told_marked_and_mended(session, bench, qtbot):
    doctoring = session.doctoring
    assert looked_at(session) == ["checkup"]
    bench.live.setCurrentWidget(doctoring.tab)
    assert looked_at(session) == ["health"]
    qtbot.waitUntil(lambda: "untrained network" in doctoring.tab.words, timeout=PATIENCE)
    bench.actions["train"].trigger()
    qtbot.waitUntil(lambda: bool(doctoring.findings), timeout=PATIENCE)
    bench.actions["stop"].trigger()
    qtbot.waitUntil(lambda: not session.runs.active, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not doctoring._later.isActive(), timeout=PATIENCE)
    marked = {b for f in doctoring.findings for b in f.blocks}
    worn = {i for i, item in bench.scene.blocks.items() if item.finding}
    assert worn == marked
    card = next(c for c in doctoring.tab.findings.cards if c.findChildren(QPushButton))
    before = bench.store.document
    qtbot.mouseClick(card.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert bench.store.document != before
    assert doctoring.findings == ()
    assert not any(item.finding for item in bench.scene.blocks.values())
    bench.store.undo()
    assert bench.store.document == before
    bench.actions["doctor"].trigger()
    bench.live.setCurrentWidget(session.training)
    assert looked_at(session) == []
    assert bench.window.settings.value("doctor", True, type=bool) is False
