"""The peer of the canvas benchmark: as many nodes with as many wires in NodeGraphQt (the extra `benchmarks`)."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time

from PySide6.QtWidgets import QApplication

from convstudio.network.document import Network


def milliseconds(act: Callable[[], object], rounds: int) -> float:
    """The median of the processor time of an act."""
    taken = []
    for _ in range(rounds):
        started = process_time()
        act()
        taken.append((process_time() - started) * 1000)
    return median(taken)


def node_graph(network: Network, size: tuple[int, int], rounds: int) -> dict[str, float]:
    """Milliseconds to build the network there, and to repaint it at actual size and as a whole."""
    from NodeGraphQt import BaseNode, NodeGraph

    class Node(BaseNode):
        __identifier__ = "benchmark"
        NODE_NAME = "Convolution"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("in", multi_input=True)
            self.add_output("out")

    graph = NodeGraph()
    graph.register_node(Node)
    viewer = graph.viewer()
    viewer.resize(*size)
    viewer.show()

    def build() -> None:
        nodes = {}
        for block in network.blocks.values():
            place = (block.x, block.y)
            nodes[block.id] = graph.create_node("benchmark.Node", block.id, pos=place, selected=False, push_undo=False)
        for wire in network.wires:
            nodes[wire.source].output(0).connect_to(nodes[wire.target].input(0), push_undo=False)
        QApplication.processEvents()

    built = milliseconds(build, 1)
    nodes = viewer.all_nodes()
    viewer.zoom_to_nodes(nodes)
    QApplication.processEvents()
    whole = milliseconds(viewer.viewport().repaint, rounds)
    viewer.reset_zoom()
    viewer.centerOn(nodes[len(nodes) // 2])
    QApplication.processEvents()
    near = milliseconds(viewer.viewport().repaint, rounds)
    return {"open": built, "repainted, everything": whole, "repainted, actual size": near}
