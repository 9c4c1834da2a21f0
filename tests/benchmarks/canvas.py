"""Benchmark: how long the canvas takes with a thousand blocks: opened, edited, undone, panned, zoomed, all in view.

    python tests/benchmarks/canvas.py [--blocks 1000 5000] [--rounds 15]

The real window, furnished but without a worker, offscreen unless a display is named; its canvas is 1280 × 800 pixels
at least. A figure is the median time from the act until what it changes is painted on the canvas: on the clock,
and as processor time, which other programs disturb less. `then` is the processor time of what follows a moment later:
figures, advice, totals, the map. `edit (channels)` changes one misfit into another, `edit (all behind)` makes half of
the blocks impossible and possible again. The targets for 1,000 blocks: open 500 ms, edit and undo 16, pan 16.7 (60
frames a second), zoom and everything in view 33. Beside another program: `peer.py`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from large import residual
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QSettings
from PySide6.QtWidgets import QApplication

from convstudio.blocks import catalogue
from convstudio.network import edits, file
from convstudio.ui import app
from convstudio.ui.main_window import MainWindow
from convstudio.ui.workbench import Workbench

SIZE = (1900, 1260)
"""Of the window, so that the canvas in it is about 1280 × 800."""
Times = tuple[float, float, float]
"""Milliseconds on the clock and of the processor until the canvas was painted, and of the processor from then on."""


class Stage:
    """The furnished window with a document of so many blocks, and the acts that are timed in it."""

    def __init__(self, bench: Workbench, count: int) -> None:
        self.bench, self.view, self.store = bench, bench.canvas, bench.store
        self.text = file.dump(residual(count))
        self._painted: tuple[float, float] | None = None
        self.view.painted.connect(self._note)

    def _note(self) -> None:
        """The first paint after an act is the one that shows it."""
        self._painted = self._painted or (perf_counter(), process_time())

    def timed(self, act: Callable[[], object]) -> Times:
        """How long it takes from the act until the canvas was painted, and until nothing more waits to be done."""
        self._painted, clock, processor = None, perf_counter(), process_time()
        act()
        while self._painted is None:
            QApplication.processEvents()
        QApplication.processEvents()
        seen, worked = self._painted
        return (seen - clock) * 1000, (worked - processor) * 1000, (process_time() - worked) * 1000

    def open(self) -> None:
        self.store.open(file.parse(self.text, catalogue()), None, "benchmark")

    def chosen(self) -> str:
        """A convolution in the middle of the network, selected and shown at actual size."""
        convolutions = [i for i in self.store.network.blocks if i.startswith("conv_")]
        block_id = convolutions[len(convolutions) // 2]
        self.store.select((block_id,))
        self.view.zoom_to(1.0)
        self.view.centerOn(self.bench.scene.blocks[block_id])
        QApplication.processEvents()
        return block_id

    def edit(self, block_id: str, **settings: object) -> None:
        """Change settings as the inspector does."""
        layer = replace(self.store.network.blocks[block_id].layer, **settings)
        self.store.edit("edit", edits.change(self.store.network, block_id, layer))

    def move(self, block_id: str) -> None:
        block = self.store.network.blocks[block_id]
        self.store.edit("move", edits.move(self.store.network, {block_id: (block.x + 10, block.y + 10)}))

    def pan(self) -> None:
        for bar in (self.view.horizontalScrollBar(), self.view.verticalScrollBar()):
            bar.setValue(bar.value() + 7)

    def zoom(self, factor: float) -> None:
        self.view.zoom_to(self.view.scale_factor * factor, QPointF(400, 300))


def figures(stage: Stage, rounds: int) -> Iterator[tuple[str, list[Times]]]:
    """Each act by its name, with its times."""
    yield "open", [stage.timed(stage.open) for _ in range(max(3, rounds // 5))]
    block_id = stage.chosen()
    masks = [{"mask": (5,)}, {"mask": (7,)}] * rounds
    yield "edit (mask)", [stage.timed(lambda m=m: stage.edit(block_id, **m)) for m in masks[:rounds]]  # type: ignore[misc]
    yield "undo", [stage.timed(stage.store.undo) for _ in range(rounds)]
    wide = [{"channels": 24}, {"channels": 32}] * rounds
    yield "edit (channels)", [stage.timed(lambda m=m: stage.edit(block_id, **m)) for m in wide[:rounds]]  # type: ignore[misc]
    broken = [{"channels": 16}, {"channels": 24}] * rounds
    yield "edit (all behind)", [stage.timed(lambda m=m: stage.edit(block_id, **m)) for m in broken[:rounds]]  # type: ignore[misc]
    stage.edit(block_id, channels=16)
    yield "move", [stage.timed(lambda: stage.move(block_id)) for _ in range(rounds)]
    yield (
        "select",
        [stage.timed(lambda i=i: stage.store.select((i,))) for i in stage_neighbours(stage, block_id, rounds)],
    )  # type: ignore[misc]
    yield "pan", [stage.timed(stage.pan) for _ in range(rounds)]
    yield "zoom, 1 to 0.1", [stage.timed(lambda: stage.zoom(0.9)) for _ in range(22)]
    yield "zoom, 0.1 to 1", [stage.timed(lambda: stage.zoom(1 / 0.9)) for _ in range(22)]
    stage.view.fit()
    yield "everything in view", [stage.timed(stage.view.viewport().update) for _ in range(rounds)]
    yield "everything, edit", [stage.timed(lambda m=m: stage.edit(block_id, **m)) for m in masks[:rounds]]  # type: ignore[misc]


def stage_neighbours(stage: Stage, block_id: str, rounds: int) -> list[str]:
    """Blocks beside the chosen one, in turn."""
    ids = list(stage.store.network.blocks)
    at = ids.index(block_id)
    return [ids[at + 1 + number % 2] for number in range(rounds)]


@contextmanager
def window() -> Iterator[Workbench]:
    """The furnished window, without a worker."""
    with tempfile.TemporaryDirectory() as folder:
        shown = MainWindow(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        bench = app.furnish(shown, None)
        shown.resize(*SIZE)
        shown.show()
        QApplication.processEvents()
        yield bench
        shown.may_close = lambda: True
        shown.close()


def report(count: int, rounds: int) -> float:
    """Print all figures for so many blocks; returns the milliseconds to open the document, of the processor."""
    opened = 0.0
    with window() as bench:
        stage = Stage(bench, count)
        size = bench.canvas.viewport().size()
        print(f"{count:,} blocks, canvas {size.width()} × {size.height()}")
        for name, times in figures(stage, rounds):
            clock, processor, then = (median(column) for column in zip(*times, strict=True))
            print(f"  {name:20} {clock:7.1f} ms   processor {processor:7.1f} ms   then {then:6.1f}", flush=True)
            opened = opened or processor
    return opened


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, nargs="+", default=[1000])
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    application = app.make_application()
    for count in given.blocks:
        report(count, given.rounds)
    del application


if __name__ == "__main__":
    main()
