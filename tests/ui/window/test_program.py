"""The program as a process: several windows with real workers, and an end that leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from convstudio.assets import asset
from convstudio.ui.app import FIRST_EXAMPLE

ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from convstudio.ui import app
from convstudio.ui.folders import Folders
from convstudio.ui.link import worker_link
from convstudio.ui.windows import Windows

home, paths = Path(sys.argv[1]), [Path(a) for a in sys.argv[2:4]]
commands = [worker_link.worker_command(), (*sys.argv[4:], "worker")]  # one worker is started in earnest, one is born
worker_link.worker_command = lambda: commands.pop()
application = app.make_application()
settings = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
workers = []

def finish(bench):
    session = app.complete(bench)
    session.link.hello_received.connect(lambda hello: greeted(hello.process))

def greeted(process):
    workers.append(process)
    if len(workers) == len(paths):
        print(*workers, *sorted(b.store.title for b in windows.benches), flush=True)
        for bench in windows.benches:
            bench.actions["close"].trigger()

windows = Windows(settings, Folders(home / "data", home / "cache"), finish)
windows.open(lambda bench: app.begin(bench, paths))
sys.exit(application.exec())
"""


def test_the_last_closed_window_ends_the_program_and_every_worker(tmp_path, born):
    paths = [tmp_path / "one.convstudio", tmp_path / "two.convstudio"]
    for path in paths:
        shutil.copy(asset(*FIRST_EXAMPLE), path)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), *map(str, paths), *born]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    *workers, first, second = done.stdout.split()
    assert [first, second] == ["one", "two"]
    assert len(set(workers)) == 2
    assert not [w for w in workers if Path(f"/proc/{w}").exists()]
    assert not (tmp_path / "data" / "journal").exists()
