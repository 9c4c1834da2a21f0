"""Benchmark: what a killed program loses, and what keeping the journal costs the window.

    python tests/benchmarks/lost_edits.py [--blocks 1000] [--kills 5]

The real window (offscreen unless a display is named) moves a block every 20 ms until it is killed at a random moment
without warning; printed is how old the oldest edit is that the journal does not hold. The target is below a second.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.document import Block, Document, Network, Wire
from convstudio.ui.disk.journal import Found, Journal

EDITING = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from convstudio.network import edits
from convstudio.ui import app
from convstudio.ui.folders import Folders
from convstudio.ui.windows import Windows

home, path = Path(sys.argv[1]), Path(sys.argv[2])
application = app.make_application()
settings = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
windows = Windows(settings, Folders(home / "data", home / "cache"), lambda bench: begin(bench))
count = 0

def begin(bench):
    bench.canvas.zoom_to(1.0)
    timer = QTimer(bench, interval=20)
    timer.timeout.connect(lambda: edit(bench))
    timer.start()

def edit(bench):
    global count
    count += 1
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (float(count), 0.0)}))
    print(count, time.time(), flush=True)

windows.open(lambda bench: bench.files.open(path))
application.exec()
"""


def chain(blocks: int) -> Document:
    """Convolutions in a row, on the canvas in lines of fifty."""
    layer = catalogue()["convolution"]()
    ids = [f"conv_{number}" for number in range(1, blocks + 1)]
    placed = {i: Block(i, layer, "", n % 50 * 200.0, n // 50 * 160.0) for n, i in enumerate(ids)}
    return Document(Network(placed, tuple(Wire(a, b) for a, b in pairwise(ids))))


def killed(home: Path, path: Path) -> float:
    """Edit, kill, and look: seconds from the first lost edit to the kill."""
    command = [sys.executable, "-c", EDITING, str(home), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(random.uniform(1.5, 3.5))
        running.kill()
        end = time.time()
        done = [line.split() for line in running.stdout.read().splitlines()]
    times = {int(number): float(when) for number, when in (words for words in done if len(words) == 2)}
    (found,) = Journal(home / "data" / "journal").left_behind(catalogue())
    assert isinstance(found, Found), found
    kept = int(found.document.network.blocks["conv_1"].x)
    found.discard()
    return end - times.get(kept + 1, end)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--blocks", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.convstudio"
        file.save(path, chain(arguments.blocks))
        before = path.read_bytes()
        lost = sorted(killed(Path(folder), path) for _ in range(arguments.kills))
        assert path.read_bytes() == before
    print(f"{arguments.blocks} blocks, {arguments.kills} kills: oldest lost edit", *(f"{s:.2f}" for s in lost), "s")


if __name__ == "__main__":
    main()
