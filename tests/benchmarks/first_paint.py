"""Benchmark: from the start of the process to the first paint, ConvStudio's window ÷ an empty QMainWindow.

    python tests/benchmarks/first_paint.py [--pairs 7]

Both are fresh Python processes, started in turn; the time ends when the first paint event has been handled. The target
is a ratio of at most 1.3.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from statistics import median

EMPTY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: (print(time.time()), application.quit()))
application = QApplication(sys.argv)
window = Window()
window.resize(1440, 900)
window.menuBar().addMenu("File")
window.show()
application.exec()
"""
OURS = """
import sys, time
from PySide6.QtCore import QSettings
from convstudio.ui import app
application = app.make_application()

from convstudio.ui.main_window import MainWindow
window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.painted.connect(lambda: (print(time.time()), application.quit()))
window.show()
application.exec()
"""


def seconds(source: str, settings: str) -> float:
    """One fresh process: seconds from its start to its first paint."""
    start = time.time()
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    done = subprocess.run(
        [sys.executable, "-c", source, settings], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1]) - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=7)
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory() as folder:
        settings = os.path.join(folder, "settings.ini")
        for source in (EMPTY, OURS):
            seconds(source, settings)
        found = [(seconds(EMPTY, settings), seconds(OURS, settings)) for _ in range(pairs)]
    empty, ours = (median(column) for column in zip(*found, strict=True))
    ratio = median(o / e for e, o in found)
    print(f"empty QMainWindow {empty * 1000:.0f} ms, ConvStudio {ours * 1000:.0f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
