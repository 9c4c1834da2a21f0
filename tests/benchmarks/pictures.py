"""How long the live pictures take to change: a mosaic of 512 maps and a curve of a million steps, beside pyqtgraph's.

Run it by hand: `python tests/benchmarks/pictures.py`. Each figure is the median of interleaved updates, in
milliseconds with painting, offscreen; the ratio to pyqtgraph from the same run is what to compare across machines.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from convstudio.ui.live.colour_maps import DIVERGING, MAGMA
from convstudio.ui.live.curves import CurvePlot, polyline
from convstudio.ui.live.levels import largest_magnitude, signed_levels
from convstudio.ui.live.pyramid import Pyramid
from convstudio.ui.live.tile_grid import TileGrid
from convstudio.ui.theme import theme

ROUNDS = 31
SIDE = 800


def main() -> None:
    application = QApplication([])
    application.setStyle("Fusion")
    theme.apply(True)
    print(f"medians of {ROUNDS} updates with painting, {SIDE} × {SIDE} pixels")
    report("512 maps of 28 × 28", grid_of(512, 28), mosaic_item(512, 28))
    report("64 maps of 28 × 28", grid_of(64, 28), mosaic_item(64, 28))
    report("512 masks of 3 × 3, float32", masks_of(512, 3), mosaic_item(512, 3))
    report("a step more after 1 000 000 steps", own_curve(1_000_000), plot_item(1_000_000))
    report("a step more after 1 000 steps", own_curve(1_000), plot_item(1_000))


def report(name: str, own: Callable[[int], None], other: Callable[[int], None]) -> None:
    """Time both by turns, so that a busy machine troubles both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 3):
        for update, kept in zip((own, other), times, strict=True):
            start = time.perf_counter()
            update(number)
            kept.append(1000 * (time.perf_counter() - start))
    ours, theirs = (median(kept[3:]) for kept in times)
    print(f"{name:36} {ours:7.2f} ms   pyqtgraph {theirs:7.2f} ms   {theirs / ours:5.1f} × faster")


def shown(widget: QWidget) -> QWidget:
    widget.resize(SIDE, SIDE)
    widget.show()
    QApplication.processEvents()
    return widget


def grid_of(count: int, side: int) -> Callable[[int], None]:
    grid = TileGrid("maps")
    shown(grid)
    tiles = np.random.default_rng(0).integers(0, 250, (4, count, side, side), dtype=np.uint8)

    def update(number: int) -> None:
        grid.set_tiles(tiles[number % 4], MAGMA)
        grid.viewport().repaint()

    return update


def masks_of(count: int, side: int) -> Callable[[int], None]:
    grid = TileGrid("masks")
    grid.set_arrangement(32, smallest=8, largest=48, gap=3)
    shown(grid)
    weights = np.random.default_rng(0).normal(size=(4, count, side, side)).astype(np.float32)

    def update(number: int) -> None:
        values = weights[number % 4]
        grid.set_tiles(signed_levels(values, largest_magnitude(values)), DIVERGING)
        grid.viewport().repaint()

    return update


def mosaic_item(count: int, side: int) -> Callable[[int], None]:
    """One pyqtgraph ImageItem for all tiles, with a colour table."""
    view = pg.GraphicsLayoutWidget()
    box = view.addViewBox(lockAspect=True)
    item = pg.ImageItem(axisOrder="row-major")
    item.setLookupTable(np.random.default_rng(1).integers(0, 255, (256, 3), dtype=np.uint8))
    box.addItem(item)
    shown(view)
    columns = int(np.ceil(np.sqrt(count)))
    tiles = np.random.default_rng(0).integers(0, 250, (4, count, side, side), dtype=np.uint8)

    def update(number: int) -> None:
        padded = np.zeros((columns * columns, side + 1, side + 1), np.uint8)
        padded[:count, :side, :side] = tiles[number % 4]
        grid = padded.reshape(columns, columns, side + 1, side + 1).transpose(0, 2, 1, 3)
        item.setImage(grid.reshape(columns * (side + 1), -1), levels=(0, 255), autoLevels=False)
        view.viewport().repaint()

    return update


def own_curve(count: int) -> Callable[[int], None]:
    plot = CurvePlot("loss")
    shown(plot)
    plot.set_range(0, count + ROUNDS + 3, -4, 4)
    series = Pyramid()
    series.append(np.random.default_rng(0).normal(size=count).astype(np.float32))

    def update(number: int) -> None:
        series.append([0.5])
        plot.set_curve("train", *polyline(series, 0, 0, len(series), plot.width()))
        plot.viewport().repaint()

    return update


def plot_item(count: int) -> Callable[[int], None]:
    """pyqtgraph's PlotDataItem with its own downsampling, ranges fixed."""
    plot = pg.PlotWidget()
    curve = plot.plot(pen=pg.mkPen("w", width=1), autoDownsample=True, downsampleMethod="peak", clipToView=True)
    shown(plot)
    plot.setRange(xRange=(0, count), yRange=(-4, 4), padding=0, disableAutoRange=True)
    values = np.random.default_rng(0).normal(size=count + ROUNDS + 3).astype(np.float32)

    def update(number: int) -> None:
        curve.setData(values[: count + number + 1])
        plot.viewport().repaint()

    return update


if __name__ == "__main__":
    main()
