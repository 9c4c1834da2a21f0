"""Control of training in the real window with its real worker: reset, put back, times of layers, the range test."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from convstudio.ui.rates.range_testing import RangeTesting
from convstudio.ui.session import Session

PATIENCE = 60_000


@pytest.fixture
def session(first_steps, with_worker) -> Session:
    """The smallest example on one thread."""
    first_steps(threads=1, memory_format="contiguous", device="cpu", batch_size=8)
    return with_worker()


def test_weights_times_and_rates_by_hand(session, bench, qtbot):
    said = []
    bench.notices.posted.connect(lambda notice: said.append(notice))
    bench.store.select(("conv_1",))
    bench.actions["reset_weights"].trigger()
    qtbot.waitUntil(lambda: len(said) == 1, timeout=PATIENCE)
    assert said[0].words == "conv_1: the weights are the start values again."
    dict(said[0].actions)["Put back"]()
    qtbot.waitUntil(lambda: len(said) == 2, timeout=PATIENCE)
    assert said[1].words == "conv_1: the weights from before the reset are back."

    bench.actions["measure_times"].trigger()
    qtbot.waitUntil(lambda: bench.store.times.known, timeout=PATIENCE)
    assert bench.store.times.at("conv_1").forward > 0

    before = bench.store.document
    qtbot.mouseClick(bench.inspector.training.rate_button, Qt.MouseButton.LeftButton)
    dialog = bench.findChild(RangeTesting).dialog
    qtbot.waitUntil(lambda: dialog.again_button.text() == "Test again", timeout=PATIENCE)
    assert "Suggested is" in dialog.words
    qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    assert bench.store.document.training.learning_rate == float(f"{dialog.plot.choice:.2g}")
    bench.store.undo()
    assert bench.store.document == before
