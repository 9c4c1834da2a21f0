"""Benchmark: a long run in the real window with every view opened in turn: does memory grow, does training slow down?

    python tests/benchmarks/soak.py [--minutes 30] [--example digits-two-paths] [--every 60]

The real window (offscreen unless a display is named) with the real worker, on one thread. Every tab below the canvas is
shown for some seconds, masks and maps of one block after the other; now and then the sample is another one. Meanwhile
blocks are muted and heard again, masks are changed by hand and taken back, and twins are compared. Printed are
the memory of window and worker, and images a second of the worker's processor time, which other programs on the machine
disturb less than the clock; at the end how they differ between the second and the last quarter of the time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from msgspec.structs import replace as with_fields
from PySide6.QtCore import QSettings
from smoothness import live

from convstudio.assets import asset
from convstudio.ui import app
from convstudio.ui.main_window import MainWindow

PATIENCE = 120.0
LOOK = 3.0
"""Seconds that each view is looked at."""
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Sample:
    """How things stand: minutes, MB of memory, images of a second of the processor."""

    minutes: float
    window: float
    worker: float
    speed: float


class Gauge:
    """Reads the memory of both processes, and the worker's work since it was read last."""

    def __init__(self, worker: int) -> None:
        self._worker = worker
        self.images = 0
        self._began = perf_counter()
        self._used = self._busy()

    def read(self) -> Sample:
        used, self._used = self._used, self._busy()
        images, self.images = self.images, 0
        minutes = (perf_counter() - self._began) / 60
        return Sample(minutes, _memory("self"), _memory(str(self._worker)), images / max(1e-9, self._used - used))

    def _busy(self) -> float:
        """Seconds of the processor that the worker has had."""
        fields = Path(f"/proc/{self._worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: str) -> float:
    """MB that lie in the memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--example", default="digits-two-paths")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two lines")
    given = parser.parse_args()
    application = app.make_application()
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        window.resize(1600, 1000)
        window.show()
        bench = app.furnish(window, None)
        session = app.complete(bench, Path(folder) / "runs")
        bench.files.open_example(asset("examples", f"{given.example}.convstudio"))
        long = with_fields(bench.store.document.training, epochs=10_000, threads=1, device="cpu")
        bench.store.do("train long", replace(bench.store.document, training=long))
        live(PATIENCE, lambda: session.link.hello is not None)
        session.runs.train()
        live(PATIENCE, lambda: session.runs.state == "running")
        assert session.link.hello is not None
        gauge = Gauge(session.link.hello.process)
        batch, last = long.batch_size, 0

        def count(metrics: object) -> None:
            nonlocal last
            gauge.images += batch * (metrics.step - last)  # type: ignore[attr-defined]
            last = metrics.step  # type: ignore[attr-defined]

        session.runs.progress.connect(count)
        samples = watched(bench, session, gauge, 60 * given.minutes, given.every)
        state, news = session.runs.state, [notice.words for notice in bench.notices.open]
        session.close()
        window.may_close = lambda: True
        window.close()
        application.processEvents()
    print(f"the run was {state} at step {last}" + "".join(f"\n  said: {words}" for words in news))
    verdict(samples)


def watched(bench: object, session: object, gauge: Gauge, seconds: float, every: float) -> list[Sample]:
    """Open one view after the other; a line of figures now and then."""
    tabs, store = bench.live, bench.store  # type: ignore[attr-defined]
    blocks = cycle(store.network.blocks)
    pages = cycle(range(tabs.count()))
    deeds = cycle((muted, edited, compared))
    began, told, samples = perf_counter(), 0.0, []
    print("minutes   window MB   worker MB   images a second of the processor")
    while (now := perf_counter() - began) < seconds and session.runs.state == "running":  # type: ignore[attr-defined]
        page = next(pages)
        tabs.setCurrentIndex(page)
        if page == 0:
            bench.actions["next_sample"].trigger()  # type: ignore[attr-defined]
        store.select((next(blocks),))
        live(LOOK / 2)
        undone = next(deeds)(bench, session)
        live(LOOK / 2)
        undone()
        if now - told >= every:
            told = now
            samples.append(gauge.read())
            found = samples[-1]
            print(f"{found.minutes:7.1f}   {found.window:9.0f}   {found.worker:9.0f}   {found.speed:9,.0f}", flush=True)
    return samples


def muted(bench: object, session: object) -> Callable[[], object]:
    """Silence the block that is selected; how it is heard again."""
    bench.actions["mute"].trigger()  # type: ignore[attr-defined]
    return bench.actions["unmute_all"].trigger  # type: ignore[attr-defined,no-any-return]


def edited(bench: object, session: object) -> Callable[[], object]:
    """Change a cell of a mask by hand, where the block has masks; how that is undone."""
    panel, before = session.mask_lab.panel, bench.store.history.undo_label  # type: ignore[attr-defined]
    session.mask_lab.open()  # type: ignore[attr-defined]
    live(LOOK / 2)
    if panel.chosen is not None:
        panel.editor.changed.emit(0, 0.5)
        panel.released.emit()
    return lambda: bench.store.history.undo_label == before or bench.store.undo()  # type: ignore[attr-defined]


def compared(bench: object, session: object) -> Callable[[], object]:
    """Open the table of twins, which during a run says why it does not measure; how it is closed."""
    bench.actions["swap"].trigger()  # type: ignore[attr-defined]
    window = session.swapping.window  # type: ignore[attr-defined]
    return window.close if window else lambda: None


def verdict(samples: list[Sample]) -> None:
    """How the last quarter differs from the second: caches have filled by then."""
    quarter = len(samples) // 4
    if not quarter:
        return print("too short to compare")
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    for name, unit in (("window", "MB"), ("worker", "MB"), ("speed", "images a second")):
        before, after = (median(getattr(s, name) for s in part) for part in (early, late))
        print(f"{name:7} {before:9,.0f} → {after:9,.0f} {unit}   {after / before - 1:+.1%}")


if __name__ == "__main__":
    main()
