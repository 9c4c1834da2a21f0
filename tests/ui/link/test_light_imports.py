"""What the window needs before its first paint loads neither numpy nor torch nor pyqtgraph."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MODULES = (
    "convstudio.ui.link.worker_link",
    "convstudio.ui.link.view_book",
    "convstudio.ui.run.run_bar",
    "convstudio.ui.run.run_controller",
    "convstudio.ui.export.formats",
    "convstudio.ui.notices.bar",
)
PROGRAM = "import sys, importlib\n[importlib.import_module(m) for m in sys.argv[1:]]\nprint(*sys.modules)"


def test_nothing_heavy_is_loaded():
    root = Path(__file__).parents[3]
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, *MODULES], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = set(found.stdout.split())
    assert set(MODULES) <= loaded
    assert loaded.isdisjoint({"numpy", "torch", "pyqtgraph", "onnx", "PIL"})
