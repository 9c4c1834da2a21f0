"""A real drag from the palette onto the canvas, through an X server: what offscreen tests cannot show."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

SCRIPT = """
import sys
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from convstudio.network.document import Document
from convstudio.ui import app
from convstudio.ui.main_window import MainWindow

application = app.make_application()
window = MainWindow(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window.show()
bench = app.furnish(window, None)
bench.store.open(Document(), None)
QTest.qWaitForWindowExposed(window)

def place(widget, point):
    return window.windowHandle().mapFromGlobal(widget.mapToGlobal(point))

button = bench.palette.button("convolution")
start = place(button, button.rect().center())
end = place(bench.canvas, bench.canvas.rect().center())
steps = [lambda at=start + (end - start) * n / 8: QTest.mouseMove(window.windowHandle(), at) for n in range(1, 9)]
steps.append(lambda: QTest.mouseRelease(window.windowHandle(), Qt.MouseButton.LeftButton, pos=end))
steps.append(lambda: application.exit(0))  # quit() would ask about the unsaved change

def act():
    step = steps.pop(0)
    if steps:
        QTimer.singleShot(60, act)  # before the step: the drag runs an event loop of its own inside it
    step()

QTimer.singleShot(0, lambda: QTest.mousePress(window.windowHandle(), Qt.MouseButton.LeftButton, pos=start))
QTimer.singleShot(100, act)
application.exec()
print([b.layer.kind for b in bench.store.network.blocks.values()], bench.store.history.undo_label)
"""


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb, a display without a screen")
def test_a_block_is_dragged_from_the_palette_onto_the_canvas(tmp_path):
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as stream:
            display = f":{stream.readline().strip()}"
        environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / "settings.ini")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    finally:
        server.terminate()
        server.wait()
    if "could not load the Qt platform plugin" in done.stderr:
        pytest.skip("Qt's xcb plugin lacks system libraries here")
    assert done.stdout.strip() == "['input', 'convolution'] Add Convolution", done.stderr
