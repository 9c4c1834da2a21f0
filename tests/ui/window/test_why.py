"""Why this class, in the real window with the real worker: every method, a dream, and nothing while it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from convstudio.assets import asset
from convstudio.ui import app
from convstudio.ui.session import Session
from convstudio.ui.why import words

PATIENCE = 30_000
WAYS = [way.method for way in words.WAYS]


@pytest.fixture
def session(bench, qtbot, tmp_path) -> Iterator[Session]:
    bench.files.open_example(asset("examples", "first-steps.convstudio"))
    slow = with_fields(bench.store.document.training, epochs=500, batch_size=40, threads=1, device="cpu")
    bench.store.do("long", replace(bench.store.document, training=slow))
    made = app.complete(bench, tmp_path / "runs")
    with qtbot.waitSignal(made.link.hello_received, timeout=PATIENCE):
        pass
    yield made
    made.close()


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
