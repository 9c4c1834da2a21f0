"""Benchmark: the same network as nodes of NodeGraphQt, built and repainted, beside this program's canvas.

    python tests/benchmarks/peer.py [--blocks 1000] [--rounds 15]

NodeGraphQt is installed for this alone: `pip install NodeGraphQt Qt.py setuptools`. Both show the same network at
actual size with the same part of it in the middle of as large a view, and then all of it. Times are of the processor.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")

from canvas import Stage, window
from large import residual
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication, QGraphicsView

from convstudio.network.document import Network, port_name
from convstudio.ui import app
from convstudio.ui.canvas import geometry


def repainted(view: QGraphicsView, rounds: int) -> float:
    """Milliseconds of the processor for the whole viewport, painted anew."""
    times = []
    for _ in range(rounds):
        start = process_time()
        view.viewport().repaint()
        times.append((process_time() - start) * 1000)
    return median(times)


def report(name: str, built: float, near: QGraphicsView, rounds: int, all_in_view: Callable[[], None]) -> None:
    size = near.viewport().size()
    print(f"{name}, view {size.width()} × {size.height()}")
    print(f"  built                {built:8.1f} ms")
    print(f"  repaint, actual size {repainted(near, rounds):8.1f} ms", flush=True)
    all_in_view()
    QApplication.processEvents()
    print(f"  repaint, all in view {repainted(near, rounds):8.1f} ms", flush=True)


def ours(count: int, rounds: int) -> tuple[QRectF, tuple[int, int]]:
    """Report on this program; returns the part of the canvas that was seen, and the size of the view."""
    with window() as bench:
        stage = Stage(bench, count)
        built = stage.timed(stage.open)[1]
        stage.chosen()
        stage.store.select(())
        QApplication.processEvents()
        seen, size = stage.view.seen(), stage.view.viewport().size()
        report("ConvStudio", built, stage.view, rounds, stage.view.fit)
    return seen, (size.width(), size.height())


def theirs(network: Network, rounds: int, seen: QRectF, size: tuple[int, int]) -> None:
    """Report on NodeGraphQt with the same blocks and wires at the same places."""
    from NodeGraphQt import NodeGraph

    graph = NodeGraph()
    view = graph.viewer()
    view.resize(*size)
    view.show()
    start = process_time()
    _build(graph, network)
    QApplication.processEvents()
    built = (process_time() - start) * 1000
    view.resetTransform()
    view.setSceneRect(seen)
    QApplication.processEvents()
    report("NodeGraphQt", built, view, rounds, lambda: view.fitInView(_extent(network)))


def _build(graph: object, network: Network) -> None:
    from NodeGraphQt import BaseNode

    class Card(BaseNode):  # type: ignore[misc]
        __identifier__ = "peer"
        NODE_NAME = "Card"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("in")
            self.add_input(port_name(2))
            self.add_output("out")

    graph.register_node(Card)  # type: ignore[attr-defined]
    nodes = {}
    for block_id, block in network.blocks.items():
        place = [block.x, block.y]
        nodes[block_id] = graph.create_node("peer.Card", block.heading, pos=place, selected=False, push_undo=False)  # type: ignore[attr-defined]
    for wire in network.wires:
        target = nodes[wire.target].inputs()[wire.port]
        nodes[wire.source].outputs()["out"].connect_to(target, push_undo=False)


def _extent(network: Network) -> QRectF:
    found = QRectF()
    for block in network.blocks.values():
        found |= geometry.place(block)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    application = app.make_application()
    started = perf_counter()
    seen, size = ours(given.blocks, given.rounds)
    theirs(residual(given.blocks).network, given.rounds, seen, size)
    print(f"({perf_counter() - started:.0f} s)")
    del application


if __name__ == "__main__":
    main()
