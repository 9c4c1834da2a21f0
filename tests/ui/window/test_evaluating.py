"""The Evaluation tab in the real window with the real worker: open, untrained, trained, watched, edited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import Qt

from convstudio.ui.session import Session

PATIENCE = 60_000


@pytest.fixture
def session(first_steps, with_worker) -> Session:
    first_steps(epochs=1, batch_size=100, threads=1, device="cpu")
    return with_worker()


def test_from_the_untrained_network_to_a_sample_that_becomes_the_watched_one(session, bench, qtbot):
    tab = session.evaluation.tab
    assert not any(v.what == "evaluation" for v in session.book.views)
    bench.live.setCurrentWidget(tab)
    qtbot.waitUntil(lambda: "untrained network" in tab.words, timeout=PATIENCE)
    bench.actions["train"].trigger()
    qtbot.waitUntil(lambda: "(epoch 1)" in tab.words, timeout=PATIENCE)
    assert "Validation part of Handwritten digits, 1 000 samples · after step 40" in tab.words.replace("\u202f", " ")
    qtbot.waitUntil(lambda: session.runs.state == "finished", timeout=PATIENCE)
    item = tab.cases.item(0)
    number = item.data(Qt.ItemDataRole.UserRole)
    place = tab.cases.visualItemRect(item).center()
    qtbot.mouseClick(tab.cases.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.sample.number == number
    truth, answer = tab.matrix._report.truths[number], tab.matrix._report.answers[number]
    assert session.sample.label == truth != answer
    bench.live.setCurrentWidget(session.training)
    assert not any(v.what == "evaluation" for v in session.book.views)
    bench.store.do("other data", replace(bench.store.document, data=with_fields(bench.store.document.data, seed=9)))
    assert tab.words.startswith("As soon as")
