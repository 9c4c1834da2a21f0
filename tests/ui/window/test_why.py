"""Why this class, in the real window with the real worker: every method, a dream, and nothing while it is closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from convstudio.ui.session import Session
from convstudio.ui.why import words

PATIENCE = 30_000
WAYS = [way.method for way in words.WAYS]


@pytest.fixture
def session(first_steps, with_worker) -> Session:
    first_steps(epochs=500, batch_size=40, threads=1, device="cpu")
    return with_worker()


def test_every_method_answers_trained_or_not_and_while_training(session, bench, qtbot) -> None:
    panel, questions = session.why.panel, session.why.questions

    def answered(method: str) -> None:
        panel.ways.setCurrentIndex(WAYS.index(method))
        here = lambda: panel.found is not None and panel.found.share == 1 and panel.found.method == method  # noqa: E731
        qtbot.waitUntil(here, timeout=PATIENCE)

    assert questions.asked is None
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    bench.canvas.setFocus()
    QTest.keyClick(bench.canvas, Qt.Key.Key_Y)
    assert bench.live.currentWidget() is panel
    for method in ("gradient", "integrated", "gradcam"):
        answered(method)
        assert panel.found.block == "output_1"
    panel.unit.choose("conv_2", 3)
    for method in ("occlusion", "patches"):
        answered(method)
        assert (panel.found.block, panel.found.channel) == ("conv_2", 3)
    assert len(panel.patches.patches) == 24
    session.sample.choose(5)
    qtbot.waitUntil(lambda: panel.found is not None and panel.found.share == 1, timeout=PATIENCE)

    session.runs.train()
    answered("integrated")
    qtbot.waitUntil(lambda: panel.found.step > 0 and panel.found.share == 1, timeout=PATIENCE)
    found = panel.found
    assert found.total == pytest.approx(found.value - found.baseline, rel=0.05, abs=1e-2)

    panel.ways.setCurrentIndex(WAYS.index("maximise"))
    qtbot.mouseClick(panel.options.dream, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.dream.curve.values) > 4, timeout=PATIENCE)
    assert questions.asked is None
    bench.live.setCurrentWidget(session.training)
    assert not session.why.dreams.going
    session.runs.stop()
    qtbot.waitUntil(lambda: session.runs.state == "stopped", timeout=PATIENCE)
