"""How soon the mask lab follows a hand: from a changed cell to the painted maps, with the real worker, LeNet-5.

    python tests/benchmarks/mask_lab.py [--edits 60]

The whole window is there, with its thumbnails; the lab shows the maps before and after the block and those behind. The
target is at most 50 ms. Times are of the clock, with the stream between the two processes in them. A Fixed mask in the
place of the first convolution follows in the worker too, and is in the document when the hand lets go. For busy
machines the processor time of both sides is told as well (the worker's on Linux only).
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings, QTimer

from convstudio.assets import asset
from convstudio.blocks import FixedMask
from convstudio.network.replacing import replace_block
from convstudio.protocol.messages import Maps
from convstudio.ui import app
from convstudio.ui.main_window import MainWindow
from convstudio.ui.session import Session


class Hand:
    """Changes one cell and waits until the map that comes out is painted."""

    def __init__(self, session: Session) -> None:
        self.lab, self.panel = session.mask_lab, session.mask_lab.panel
        self._loop = QEventLoop()
        self._block = ""
        self.worker = 0
        session.link.maps_received.connect(self._on_maps)
        self.busy: list[float] = []

    def change(self, cell: int, value: float) -> float:
        """Milliseconds from the change to the painted map."""
        self._block = self.panel.block
        started, busy = perf_counter(), process_time()
        self.panel.editor.hold(cell)
        self.panel.editor.changed.emit(cell, value)
        self._loop.exec()
        self.busy.append((process_time() - busy) * 1000)
        return (perf_counter() - started) * 1000

    def _on_maps(self, message: Maps) -> None:
        if message.view.block == self._block:
            self.panel.output.repaint()
            self._loop.quit()


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def used(process: int) -> float:
    """Milliseconds of processor time that a process has taken; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(hand: Hand, words: str, edits: int) -> None:
    for number in range(5):
        hand.change(0, 0.1 * number)
        wait(20)
    hand.busy.clear()
    times, worker = [], used(hand.worker)
    for number in range(edits):
        times.append(hand.change(number % 9, 0.5 - number / edits))
        wait(30)
    worker = (used(hand.worker) - worker) / edits
    hand.panel.released.emit()
    times.sort()
    print(
        f"{words:32} median {median(times):5.1f} ms, 95 % within {times[int(0.95 * len(times))]:5.1f} ms, worst "
        f"{times[-1]:5.1f} ms; of processor time window {median(hand.busy):4.1f} ms, worker {worker:4.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=60)
    given = parser.parse_args()
    application = app.make_application()
    with tempfile.TemporaryDirectory() as scratch:
        window = MainWindow(QSettings(f"{scratch}/settings.ini", QSettings.Format.IniFormat))
        bench = app.furnish(window, None)
        window.resize(1440, 900)
        window.show()
        session = app.complete(bench, Path(scratch) / "runs")
        bench.files.open_example(asset("examples", "lenet5.convstudio"))
        first = next(i for i, b in bench.store.network.blocks.items() if b.layer.kind == "convolution")
        hand = Hand(session)
        while session.link.hello is None:
            wait(100)
        hand.worker = session.link.hello.process
        bench.store.select((first,))
        session.mask_lab.open()
        while hand.panel.chosen is None or hand.panel.output.scene is None:
            wait(100)
        timed(hand, "a mask of the first convolution", given.edits)
        network, name = replace_block(bench.store.network, first, FixedMask())
        bench.store.edit("A fixed mask", network)
        bench.store.select((name,))
        wait(2000)
        timed(hand, "a Fixed mask in its place", given.edits)
        session.close()
        window.may_close = lambda: True
        window.close()
    application.processEvents()


if __name__ == "__main__":
    main()
