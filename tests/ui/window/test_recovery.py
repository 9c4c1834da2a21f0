"""Autosave and recovery: real processes that are killed, and what the next start offers."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import edits, file
from convstudio.ui.app import FIRST_EXAMPLE
from convstudio.ui.disk.journal import Journal
from convstudio.ui.disk.recovery import Recovery

ROOT = Path(__file__).parents[3]
EDITING = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from convstudio.network import edits
from convstudio.ui import app
from convstudio.ui.folders import Folders
from convstudio.ui.windows import Windows

home, path = Path(sys.argv[1]), Path(sys.argv[2])
application = app.make_application()
settings = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
windows = Windows(settings, Folders(home / "data", home / "cache"), lambda bench: begin(bench))
count = 0

def begin(bench):
    bench.autosave.kept.connect(lambda: print(int(bench.autosave._written[2].network.blocks["conv_1"].x), flush=True))
    timer = QTimer(bench, interval=5)
    timer.timeout.connect(lambda: edit(bench))
    timer.start()

def edit(bench):
    global count
    count += 1
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (float(count), 0.0)}))

windows.open(lambda bench: bench.files.open(path))
application.exec()
"""
SAVING = """
import sys
from pathlib import Path
from convstudio.blocks import catalogue
from convstudio.network import edits, file

path = Path(sys.argv[1])
document = file.load(path, catalogue())
for number in range(10**9):
    network = edits.move(document.network, {"conv_1": (float(number), 0.0)})
    file.save(path, document.with_network(network))
    print(number, flush=True)
"""


@contextmanager
def process(source: str, *arguments: Path):
    """A real process that runs `source`; killed without warning at the end, wherever it is."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", source, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as made:
        try:
            yield made
        finally:
            made.kill()
            made.wait()


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "mine.convstudio"
    shutil.copy(asset(*FIRST_EXAMPLE), found)
    return found


@pytest.fixture
def left(folders, path):
    """What a dead process left in the journal: a later state of `path`. Returns that document."""
    saved = file.load(path, catalogue())
    document = saved.with_network(edits.move(saved.network, {"conv_1": (777.0, 0.0)}))
    journal = Journal(folders.journal)
    journal.write(1, "mine", path, document)
    os.close(journal._own.handle)
    return document


def entries(folders):
    return list(folders.journal.rglob("*.journal"))


def press(bench, words):
    """Click a button of the newest message."""
    button = next(b for b in bench.notice_bar.findChildren(QPushButton) if b.text() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_process_killed_while_it_edits_leaves_its_work(tmp_path, path, folders):
    before = path.read_bytes()
    for round_number in range(2):
        with process(EDITING, tmp_path, path) as running:
            seen = [int(running.stdout.readline()) for _ in range(2 + round_number)][-1]
        (found,) = Journal(folders.journal).left_behind(catalogue())
        assert found.path == path
        assert found.document.network.blocks["conv_1"].x >= seen
        assert path.read_bytes() == before
        found.discard()


@pytest.mark.parametrize("seed", range(3))
def test_a_process_killed_while_it_saves_leaves_the_old_file_or_the_new(path, seed):
    lines = random.Random(seed).randrange(1, 60)
    with process(SAVING, path) as running:
        for _ in range(lines):
            last = int(running.stdout.readline())
    number = file.load(path, catalogue()).network.blocks["conv_1"].x
    assert number >= last
    assert number == int(number)


def test_an_edit_is_in_the_journal_and_a_save_takes_it_out(open_window, path, folders, qtbot):
    bench = open_window(lambda bench: bench.files.open(path))
    assert entries(folders) == []
    with qtbot.waitSignal(bench.autosave.kept):
        bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (5.0, 5.0)}))
    assert len(entries(folders)) == 1
    bench.files.save()
    qtbot.waitUntil(lambda: entries(folders) == [])
    with qtbot.waitSignal(bench.autosave.kept):
        bench.store.undo()
    bench.store.redo()
    qtbot.waitUntil(lambda: entries(folders) == [])


def test_a_closed_program_leaves_no_journal(open_window, path, folders, qtbot):
    bench = open_window(lambda bench: bench.files.open(path))
    with qtbot.waitSignal(bench.autosave.kept):
        bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (5.0, 5.0)}))
    bench.window.may_close = lambda: True  # "Discard"
    bench.window.close()
    assert list(folders.journal.iterdir()) == []


def test_restore_brings_back_document_path_and_mark_and_touches_no_file(open_window, path, left, folders, qtbot):
    bench = open_window()
    before = path.read_bytes()
    Recovery(bench, bench.windows.keeper).offer()
    assert "“mine” had unsaved changes" in bench.notices.open[0].words
    with qtbot.waitSignal(bench.autosave.kept):
        press(bench, "Restore")
    assert (bench.store.document, bench.store.path, bench.store.title) == (left, path, "mine")
    assert bench.window.isWindowModified()
    assert path.read_bytes() == before
    assert len(entries(folders)) == 1  # its own; the one that was found is gone
    bench.store.undo()
    assert bench.store.document == file.load(path, catalogue())
    assert not bench.window.isWindowModified()


def test_restore_goes_into_a_window_of_its_own_where_work_would_be_lost(open_window, path, left, qtbot, windows):
    bench = open_window(lambda bench: bench.files.open_example(asset(*FIRST_EXAMPLE)))
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (5.0, 5.0)}))
    mine = bench.store.document
    Recovery(bench, windows.keeper).offer()
    with qtbot.waitSignal(windows.changed):
        press(bench, "Restore")
    assert bench.store.document is mine
    assert windows.benches[1].store.document == left
    assert windows.benches[1].store.path == path


def test_restore_goes_to_the_window_that_has_the_file(open_window, path, left, windows):
    bench = open_window(lambda bench: bench.files.open(path))
    Recovery(bench, windows.keeper).offer()
    press(bench, "Restore")
    assert len(windows.benches) == 1
    assert bench.store.document == left
    bench.store.undo()
    assert bench.store.document != left


def test_what_is_restored_is_in_view_as_a_whole(open_window, path, left, folders):
    path.unlink()
    bench = open_window()
    Recovery(bench, bench.windows.keeper).offer()
    press(bench, "Restore")
    seen = bench.canvas.camera.seen
    assert all(seen.contains(block.pos()) for block in bench.scene.blocks.values())


def test_restore_works_when_the_file_is_gone(open_window, path, left):
    path.unlink()
    bench = open_window()
    Recovery(bench, bench.windows.keeper).offer()
    press(bench, "Restore")
    assert (bench.store.document, bench.store.path) == (left, path)
    assert bench.window.isWindowModified()


def test_discard_is_for_good(open_window, left, folders):
    bench = open_window()
    Recovery(bench, bench.windows.keeper).offer()
    press(bench, "Discard")
    assert bench.store.empty
    assert entries(folders) == []


def test_a_message_that_is_only_closed_comes_again(open_window, left, folders):
    bench = open_window()
    Recovery(bench, bench.windows.keeper).offer()
    bench.notices.close(bench.notices.open[0])
    bench.window.close()
    assert len(list(Journal(folders.journal).left_behind(catalogue()))) == 1


def test_a_journal_that_cannot_be_written_is_told_of_once(open_window, path, folders, qtbot):
    folders.data.mkdir(parents=True)
    folders.journal.write_text("a file where the folder should be")
    bench = open_window(lambda bench: bench.files.open(path))
    for x in (1.0, 2.0):
        with qtbot.waitSignal(bench.autosave._keeper.done):
            bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (x, 5.0)}))
    assert [n.words for n in bench.notices.open if "kept safe" in n.words] == [bench.notices.open[0].words]
