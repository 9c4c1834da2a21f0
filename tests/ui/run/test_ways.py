"""The table of what was measured: each way with its figure, the chosen one marked; hidden until there is one."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from convstudio.protocol.messages import Measured, Way
from convstudio.ui.inspector.ways import Ways

WAYS = (Way(1, "channels_last", 5120.4), Way(1, "contiguous", 4210.0), Way(2, "contiguous", 39_000.0))


def test_each_way_has_its_figure_and_one_is_chosen(qtbot):
    table = Ways()
    qtbot.addWidget(table)
    assert table.isHidden()
    table.show_measured(Measured(run=1, batch=32, device="cpu", ways=WAYS, chosen=2))
    assert not table.isHidden()
    assert table.rows == (
        "1 thread, Channels last: 5 120 images a second",
        "1 thread, Contiguous: 4 210 images a second",
        "2 threads, Contiguous: 39 000 images a second (chosen)",
    )
    cells = [cell.text() for cell in table.findChildren(QLabel)]
    assert any("mini-batches of 32" in words for words in cells)
    assert [words for words in cells if "✓" in words and "39" in words]
    assert "–" in cells  # two threads with the channels last were not tried


def test_nothing_measured_shows_nothing(qtbot):
    table = Ways()
    qtbot.addWidget(table)
    table.show_measured(Measured(run=1, batch=32, device="cpu", ways=WAYS, chosen=0))
    table.show_measured(Measured(run=2, batch=32, device="cpu", ways=(), chosen=-1))
    assert table.isHidden()
