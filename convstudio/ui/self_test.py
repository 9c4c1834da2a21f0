"""Proves that the window works on this machine: opens it offscreen, trains a few steps in the real worker."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer

from convstudio.ui import app
from convstudio.ui.main_window import MainWindow
from convstudio.ui.session import Session
from convstudio.ui.text import tr

PATIENCE_MS = 120_000


class SelfTestError(Exception):
    """What did not work, as a sentence."""


def window() -> str:
    """Open the window with its first example and train a few steps. Returns a sentence; SelfTestError when it fails."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = app.make_application()
    with tempfile.TemporaryDirectory() as folder:
        shown = MainWindow(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        shown.show()
        bench = app.furnish(shown, None)
        session = app.complete(bench, Path(folder) / "runs")
        try:
            steps = _trained(session)
        finally:
            shown.may_close = lambda: True
            shown.close()
            application.processEvents()
    return tr("the window opened, and the worker trained") + f" {steps} " + tr("steps")


def _trained(session: Session) -> int:
    """Train until the first metrics have come. Returns the number of steps done."""
    loop, steps = QEventLoop(), [0]
    faults: list[str] = []

    def progress(metrics: object) -> None:
        steps[0] = getattr(metrics, "step", 0)
        loop.quit()

    def failed(words: str, _detail: object = "") -> None:
        faults.append(words)
        loop.quit()

    session.runs.progress.connect(progress)
    session.link.lost.connect(failed)
    session.link.fault_received.connect(lambda fault: failed(fault.words))
    session.link.hello_received.connect(lambda _hello: session.runs.train())
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    loop.exec()
    session.runs.stop()
    if faults or not steps[0]:
        raise SelfTestError(faults[0] if faults else "The worker did not train within two minutes.")
    return steps[0]
