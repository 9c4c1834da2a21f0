"""How soon the lens answers: from the window's question to the painted answer, with the real worker, LeNet-5.

    python tests/benchmarks/lens.py [--units 40]

Every block is asked about random units; the target is at most 50 ms. Times are of the clock, with the stream between
the two processes in them; what each side alone needs is told as well, in processor time, for busy machines.
"""

from __future__ import annotations

import argparse
import os
import random
from statistics import median
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import torch
from PySide6.QtCore import QEventLoop

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.engine.build import build
from convstudio.engine.lens.explaining import Question, explain
from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.resolve import resolve
from convstudio.protocol.messages import SetDocument
from convstudio.ui import app
from convstudio.ui.lens.asking import LensQuestions
from convstudio.ui.lens.lens_panel import LensPanel
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.theme import install_fonts, theme


class Desk:
    """A worker with LeNet-5, and a panel that shows its answers."""

    def __init__(self, document: Document) -> None:
        self.link = WorkerLink()
        self.panel = LensPanel()
        self.panel.resize(900, 330)
        self.panel.show()
        self.questions = LensQuestions(self.link)
        self.questions.answered.connect(self._show)
        self._loop = QEventLoop()
        self.busy: list[float] = []
        """The window's own processor time for each answer, in ms."""
        self.link.start()
        self.link.send(SetDocument(revision=1, text=file.dump(document)))

    def ask(self, block: str, channel: int, place: tuple[int, ...]) -> float:
        """Milliseconds from the question to the painted answer."""
        started, busy = perf_counter(), process_time()
        self.questions.ask(block, channel, place)
        self._loop.exec()
        self.busy.append((process_time() - busy) * 1000)
        return (perf_counter() - started) * 1000

    def _show(self, answer: object) -> None:
        self.panel.on_explanation(answer)  # type: ignore[arg-type]
        self.panel.repaint()
        self._loop.quit()


def pass_alone(document: Document, units: list[tuple[str, int, tuple[int, ...]]]) -> None:
    """What the engine alone needs."""
    torch.set_num_threads(1)
    live = build(document.network, resolve(document.network, catalogue()), 0)
    image = torch.rand(live.sample.dims)
    costs = []
    for block, channel, place in units:
        started = process_time()
        explain(live, image, Question(block, channel, place))
        costs.append((process_time() - started) * 1000)
    print(f"engine alone: median {median(costs):.2f} ms, worst {max(costs[5:]):.2f} ms of processor time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=40, help="random units of each block")
    given = parser.parse_args()
    application = app.make_application()
    install_fonts()
    theme.apply(True)
    document = file.load(asset("examples", "lenet5.convstudio"), catalogue())
    analysis = resolve(document.network, catalogue())
    chance = random.Random(1)
    shapes = {block: shape.dims for block in analysis.live if (shape := analysis.blocks[block].output)}
    units = [
        (block, unit[0], tuple(unit[1:]))
        for block, dims in shapes.items()
        for _ in range(given.units)
        if (unit := [chance.randrange(length) for length in dims])
    ]
    pass_alone(document, units)
    desk = Desk(document)
    for block, channel, place in units[:5]:
        desk.ask(block, channel, place)  # torch and fonts are loaded by then
    times = {block: [desk.ask(*unit) for unit in units if unit[0] == block] for block in shapes}
    for block, taken in times.items():
        print(f"{block:12} median {median(taken):6.1f} ms, worst {max(taken):6.1f} ms")
    together = sorted(t for taken in times.values() for t in taken)
    print(f"all          median {median(together):6.1f} ms, 95 % within {together[int(0.95 * len(together))]:.1f} ms")
    print(f"window alone: median {median(desk.busy):.1f} ms of processor time, worst {max(desk.busy[5:]):.1f} ms")
    desk.link.shut_down()
    desk.panel.close()
    application.processEvents()


if __name__ == "__main__":
    main()
