"""Makes the pictures of the README: starts the real window offscreen, trains the first example, grabs it.

    .venv/bin/python packaging/pictures.py [FOLDER]

FOLDER is assets/pictures unless given. Nothing is drawn by hand; run it again whenever the window changes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.network import edits
from convstudio.ui import app
from convstudio.ui.gallery.gallery import Gallery
from convstudio.ui.main_window import MainWindow
from convstudio.ui.session import Session
from convstudio.ui.swaps.swap_window import SwapWindow
from convstudio.ui.theme import theme
from convstudio.ui.workbench import Workbench

SIZE = (1440, 900)
PATIENCE_MS = 120_000


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "assets" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    application = app.make_application()
    with tempfile.TemporaryDirectory() as scratch:
        window = MainWindow(QSettings(str(Path(scratch) / "settings.ini"), QSettings.Format.IniFormat))
        window.resize(*SIZE)
        window.show()
        bench = app.furnish(window, None)
        session = app.complete(bench, Path(scratch) / "runs")
        try:
            take(bench, session, folder)
        finally:
            session.close()
            window.may_close = lambda: True
            window.close()
            application.processEvents()


def take(bench: Workbench, session: Session, folder: Path) -> None:
    """The pictures, in the order in which the README tells the story."""
    theme.apply(True)
    wait_until(lambda: session.link.hello is not None)
    bench.store.select(("dilated_1",))
    session.runs.train()
    wait_until(lambda: session.runs.state == "running")
    settle(4000)
    grab(bench, folder / "training.png")
    wait_until(lambda: session.runs.state == "finished")
    bench.live.setCurrentWidget(session.live.masks)
    settle(700)
    grab(bench, folder / "masks.png")
    theme.apply(False)
    bench.store.select(("conv_1",))
    bench.live.setCurrentWidget(session.live.maps)
    settle(700)
    grab(bench, folder / "maps-light.png")
    theme.apply(True)
    look_inside(bench, session, folder)
    compare(bench, folder)
    bench.store.edit("Remove Flatten", edits.remove(bench.store.network, ["flatten_1"]))
    bench.store.select(("fc_1",))
    settle(700)
    grab(bench, folder / "problem.png")
    bench.store.undo()
    build(bench, folder)


def look_inside(bench: Workbench, session: Session, folder: Path) -> None:
    """One unit of the dilated convolution in the lens, and the evaluation of the run that has ended."""
    bench.store.select(("dilated_1",))
    session.lens.look("dilated_1", 2, (11, 13))
    settle(1500)
    grab(bench, folder / "lens.png")
    bench.actions["mask_lab"].trigger()
    settle(1500)
    grab(bench, folder / "mask-lab.png")
    bench.store.select(())
    bench.actions["why"].trigger()
    settle(2500)
    grab(bench, folder / "why.png")
    bench.live.setCurrentWidget(session.evaluation.tab)
    settle(2500)
    grab(bench, folder / "evaluation.png")


def compare(bench: Workbench, folder: Path) -> None:
    """The twins of a convolution in their window, measured."""
    bench.store.select(("dilated_1",))
    bench.actions["swap"].trigger()
    settle(8000)
    twins = bench.window.findChild(SwapWindow)
    assert twins is not None
    twins.grab().save(str(folder / "twins.png"))
    print("twins.png")
    twins.close()


def build(bench: Workbench, folder: Path) -> None:
    """A network with groups and its heat, and the gallery."""
    bench.files.open_example(asset("examples", "small-resnet.convstudio"))
    bench.actions["heat_weights"].trigger()
    settle(3000)
    grab(bench, folder / "building.png")
    bench.actions["heat_none"].trigger()
    QTimer.singleShot(1500, lambda: close_gallery(bench, folder))
    bench.actions["templates"].trigger()
    settle(2500)


def close_gallery(bench: Workbench, folder: Path) -> None:
    """Grab the gallery, which is a window of its own, and close it."""
    gallery = bench.window.findChild(Gallery)
    assert gallery is not None
    gallery.grab().save(str(folder / "templates.png"))
    print("templates.png")
    gallery.close()


def grab(bench: Workbench, path: Path) -> None:
    bench.window.grab().save(str(path))
    print(path.name)


def settle(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(reached: Callable[[], bool]) -> None:
    """Let the window live until something is so. SystemExit after two minutes."""
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not reached():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        if deadline.hasExpired():
            raise SystemExit("the window did not get that far within two minutes")


if __name__ == "__main__":
    main()
