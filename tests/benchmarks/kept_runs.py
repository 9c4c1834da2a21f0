"""How long the list of runs takes: 500 kept runs looked at for the first time and again, shown, sorted and filtered.

Run it by hand: `python tests/benchmarks/kept_runs.py`. Milliseconds of processor time; what the window does itself, and
what a thread does for it, are told apart.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from convstudio.runs import entry, metrics, summary
from convstudio.runs.figures import FigureReader
from convstudio.runs.summary import Summary
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.runs.columns import NAMES
from convstudio.ui.runs.loading import feed
from convstudio.ui.runs.runs_panel import RunsPanel
from convstudio.ui.runs.shelf import RunShelf
from convstudio.ui.theme import theme

RUNS = 500
STEPS = 200_000


def main() -> None:
    application = QApplication([])
    application.setStyle("Fusion")
    theme.apply(True)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        make(root)
        shelf = RunShelf(root)
        told("thread: all heads for the first time", shelf._found)
        told("thread: look again, nothing new", shelf._found)
        entries = tuple(entry.read(folder) for folder in entry.folders(root))
        panel = RunsPanel(QSettings(str(root / "settings.ini"), QSettings.Format.IniFormat))
        panel.resize(1000, 240)
        panel.show()
        told("window: show all for the first time", lambda: shown(panel, entries))
        told("window: show again, one changed", lambda: shown(panel, changed(entries)))
        view = panel.view
        told(
            "window: sort by accuracy",
            lambda: painted(view.sortByColumn(NAMES.index("validation_accuracy"), Qt.SortOrder.DescendingOrder)),
        )
        told("window: filter by two words", lambda: painted(panel.filter.setText("vgg 17")))
        told(f"thread: {STEPS:,} steps of one run read", lambda: read(root / "run-000"))


def make(root: Path) -> None:
    for number in range(RUNS):
        folder = root / f"run-{number:03}"
        folder.mkdir()
        head = Summary(
            name=("vgg", "lenet", "digits")[number % 3],
            state="finished",
            started=1.7e9 + number,
            updated=1.7e9 + number,
            device="cpu",
            dataset="digits",
            parameters=31_370,
            multiply_adds=645_568,
            epochs=10,
            validation_loss=1 / (number + 1),
            validation_accuracy=number / RUNS,
        )
        (folder / summary.FILE).write_bytes(summary.dump(head))
    losses = np.random.default_rng(0).random(STEPS).tolist()
    rows = ({"step": n + 1, "epoch": 1, "loss": x, "accuracy": x, "learning_rate": 0.003} for n, x in enumerate(losses))
    metrics.record(root / "run-000", rows)


def told(what: str, call: Callable[[], object]) -> None:
    start = time.process_time()
    call()
    print(f"{what:42} {1000 * (time.process_time() - start):8.1f} ms")


def painted(_: object) -> None:
    QApplication.processEvents()


def shown(panel: RunsPanel, entries: tuple[entry.Entry, ...]) -> None:
    panel.show_entries(entries)
    QApplication.processEvents()


def changed(entries: tuple[entry.Entry, ...]) -> tuple[entry.Entry, ...]:
    first = entries[0]
    return (entry.Entry(first.folder, first.summary, entry.About("renamed")), *entries[1:])


def read(folder: Path) -> None:
    record = RunRecord(1)
    feed(record, FigureReader(folder).news())
    assert len(record.loss.raw) == STEPS


if __name__ == "__main__":
    main()
