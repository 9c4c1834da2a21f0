"""Benchmark: how long it takes from Train to the first point of the curve, and from a step of training to its pixels.

    python tests/benchmarks/latency.py [--example digits-two-paths] [--runs 5] [--seconds 4]

The real window (offscreen unless a display is named) with the real worker, whose steps are noted with the time at
which their weights had moved; the clock is the same in both processes. Train is pressed with the mouse; a point counts
when the plot of the loss has been painted with it. Before, the worker has been left alone until it was quiet. Times are
those of the wall, which a busy machine lengthens; of the first point the processor time of both is told as well.
"""

from __future__ import annotations

import argparse
import os
import struct
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
NOTE = struct.Struct("=qdd")
"""Number of a step, or 0 for a request to train; time; processor time."""
PATIENCE = 60.0


def worker(notes: str) -> None:
    """Be the worker, and note when it is asked to train, and when each step is done."""
    from convstudio.engine.training import StepDone, Trainer
    from convstudio.protocol.messages import Train
    from convstudio.worker import process
    from convstudio.worker.runs import Runs

    target = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    step, begin = Trainer._train, Runs.train

    def stepped(self: Trainer, epoch: int, within: int) -> StepDone:
        done = step(self, epoch, within)
        os.write(target, NOTE.pack(done.step, perf_counter(), process_time()))
        return done

    def asked(self: Runs, request: Train) -> None:
        os.write(target, NOTE.pack(0, perf_counter(), process_time()))
        begin(self, request)

    Trainer._train, Runs.train = stepped, asked  # type: ignore[method-assign]
    sys.exit(process.main())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--example", default="digits-two-paths")
    parser.add_argument("--runs", type=int, default=5, help="how often Train is pressed")
    parser.add_argument("--seconds", type=float, default=4.0, help="of training that is watched")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        worker(given.worker)
    measure(given.example, given.runs, given.seconds)


def measure(example: str, runs: int, seconds: float) -> None:
    from msgspec.structs import replace as with_fields
    from PySide6.QtCore import QSettings, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QPushButton
    from smoothness import live

    from convstudio.assets import asset
    from convstudio.ui import app
    from convstudio.ui.link import worker_link
    from convstudio.ui.main_window import MainWindow

    application = app.make_application()
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "steps"
        worker_link.worker_command = lambda: (sys.executable, __file__, "--worker", str(notes))
        window = MainWindow(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        window.show()
        bench = app.furnish(window, None)
        session = app.complete(bench, Path(folder) / "runs")
        bench.files.open_example(asset("examples", f"{example}.convstudio"))
        long = with_fields(bench.store.document.training, epochs=1000)
        bench.store.do("train long", replace(bench.store.document, training=long))
        bench.live.setCurrentWidget(session.training)
        live(PATIENCE, lambda: session.link.hello is not None)
        painted = watched(session.training)
        quiet(session.link.hello.process, live)  # a person looks at the network first; meanwhile a run is rehearsed
        firsts, costs = [], []
        for _ in range(runs):
            painted.clear()
            notes.write_bytes(b"")
            began, used = perf_counter(), process_time()
            QTest.mouseClick(bench.run_bar.findChild(QPushButton, "primary"), Qt.MouseButton.LeftButton)
            live(PATIENCE, lambda: bool(painted) and painted[-1][0] == session.runs.number)
            firsts.append(next(at for run, _, at in painted if run == session.runs.number) - began)
            asked, first, *_ = NOTE.iter_unpack(notes.read_bytes())
            costs.append(process_time() - used + first[2] - asked[2])
            if len(firsts) < runs:
                stop(session, live)
        report("Train pressed → first point", firsts)
        report("  the same in processor time of both", costs)
        notes.write_bytes(b"")
        painted.clear()
        began, used = perf_counter(), process_time()
        live(seconds)
        busy = (process_time() - used) / (perf_counter() - began)
        times = {step: at for step, at, _ in NOTE.iter_unpack(notes.read_bytes())}
        oldest, newest = ages(times, painted)
        report("a step → its pixels, oldest of each report", oldest)
        report("a step → its pixels, newest of each report", newest)
        print(
            f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; the window took {busy:.0%} of one"
        )
        session.close()
        window.may_close = lambda: True
        window.close()
        application.processEvents()


def watched(panel: object) -> list[tuple[int, int, float]]:
    """Grows by (run, last step that is seen, time) whenever the plot of the loss has been painted with more steps."""
    from convstudio.ui.live.curves import CurvePlot

    found: list[tuple[int, int, float]] = []
    paint = CurvePlot.paintEvent

    def painted(plot: CurvePlot, event: object) -> None:
        paint(plot, event)
        steps = plot.points("train")[0] if plot is panel.charts.loss else ()  # type: ignore[attr-defined]
        run = panel.record.run  # type: ignore[attr-defined]
        if len(steps) and (not found or (run, steps[-1]) > found[-1][:2]):
            found.append((run, int(steps[-1]), perf_counter()))

    CurvePlot.paintEvent = painted  # type: ignore[method-assign]
    return found


def ages(times: dict[int, float], painted: list[tuple[int, int, float]]) -> tuple[list[float], list[float]]:
    """Seconds from the oldest and from the newest step of each painting to its end."""
    oldest, newest = [], []
    for (_, before, _), (_, last, at) in pairwise(painted):
        if before + 1 in times and last in times:
            oldest.append(at - times[before + 1])
            newest.append(at - times[last])
    return oldest, newest


def quiet(process: int, live: Callable[..., None]) -> None:
    """Wait until a process has not computed for three seconds, as it rehearses after two; else, ten seconds."""
    place = Path(f"/proc/{process}/schedstat")
    if not place.exists():
        return live(10.0)
    before, now = -1, int(place.read_text().split()[0])
    while now - before > 5e7:
        live(3.0)
        before, now = now, int(place.read_text().split()[0])


def stop(session: object, live: Callable[..., None]) -> None:
    session.runs.stop()  # type: ignore[attr-defined]
    live(PATIENCE, lambda: not session.runs.active)  # type: ignore[attr-defined]
    live(0.5)


def report(name: str, seconds: list[float]) -> None:
    found = sorted(1000 * s for s in seconds)
    share = found[min(len(found) - 1, int(0.95 * len(found)))]
    print(f"{name:44} median {median(found):6.0f} ms   95 % {share:6.0f}   largest {found[-1]:6.0f}   ({len(found)})")


if __name__ == "__main__":
    main()
