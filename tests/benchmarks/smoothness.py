"""Benchmark: how late the window's event loop is while it trains and draws, beside the same window at rest.

    python tests/benchmarks/smoothness.py [--seconds 4] [--blocks 1000]

A timer of 5 ms runs in the real window (offscreen unless a display is named) with the real worker; printed is by how
much its ticks come late, at rest and while training with each live view open. A frame at 60 Hz is 16.7 ms.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from large import residual
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QEventLoop, QObject, QSettings, Qt, QTimer

from convstudio.ui import app
from convstudio.ui.main_window import MainWindow

TICK_MS = 5
PATIENCE = 60.0


class Watch(QObject):
    """Records by how many milliseconds each tick is late."""

    def __init__(self) -> None:
        super().__init__()
        self._late: list[float] = []
        self._last = perf_counter()
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = perf_counter()
        self._late.append((now - self._last) * 1000 - TICK_MS)
        self._last = now

    def measured(self, seconds: float) -> tuple[float, float, float, float]:
        """Median, 95th and 99th percentile and maximum over the next `seconds`, in ms."""
        live(0.3)
        self._late.clear()
        live(seconds)
        late = sorted(self._late)
        return tuple(late[min(len(late) - 1, int(len(late) * share))] for share in (0.5, 0.95, 0.99, 1.0))  # type: ignore[return-value]


def live(seconds: float, reached: Callable[[], bool] = lambda: False) -> None:
    """Let the window live until something is so, at most so long."""
    loop, look = QEventLoop(), QTimer(interval=50)
    look.timeout.connect(lambda: loop.quit() if reached() else None)
    look.start()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--blocks", type=int, help="a residual network of so many blocks instead of the first example")
    given = parser.parse_args()
    seconds = given.seconds
    application = app.make_application()
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        window.show()
        bench = app.furnish(window, None)
        session = app.complete(bench, Path(folder) / "runs")
        live(PATIENCE, lambda: session.link.hello is not None)
        long = with_fields(bench.store.document.training, epochs=1000, threads=1)
        bench.store.do("train long", replace(bench.store.document, training=long))
        if given.blocks:
            bench.store.open(replace(residual(given.blocks), training=long), None)
        bench.store.select(("conv_9" if given.blocks else "dilated_1",))
        live(2.0)
        watch = Watch()
        report("at rest", watch.measured(seconds))
        session.runs.train()
        live(PATIENCE, lambda: session.runs.state == "running")
        for name, panel in (("curves", session.training), ("masks", session.live.masks), ("maps", session.live.maps)):
            bench.live.setCurrentWidget(panel)
            report(f"training, {name}", watch.measured(seconds))
        window.may_close = lambda: True
        window.close()
        application.processEvents()


def report(name: str, late: tuple[float, ...]) -> None:
    print(f"{name:18} median {late[0]:5.1f} ms   95 % {late[1]:5.1f}   99 % {late[2]:5.1f}   max {late[3]:5.1f}")


if __name__ == "__main__":
    main()
