"""The journal of unsaved work: what survives a dead process, and what belongs to a living one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.ui.disk.journal import Found, Journal
from convstudio.ui.disk.lock import take

ROOT = Path(__file__).parents[3]
HOLD = """
import sys
from pathlib import Path
from convstudio.ui.disk.lock import take
print(take(Path(sys.argv[1])) is not None, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def document():
    return file.load(asset("examples", "first-steps.convstudio"), catalogue())


def die(journal: Journal) -> None:
    """What the system does when the process of a journal is killed: the lock is gone, and nothing else."""
    os.close(journal._own.handle)
    journal._own = None


def left_behind(root: Path) -> list[Found | str]:
    return list(Journal(root).left_behind(catalogue()))


def test_a_lock_belongs_to_one_and_is_given_back(tmp_path):
    lock = take(tmp_path / "lock")
    assert take(tmp_path / "lock") is None
    lock.release()
    assert not (tmp_path / "lock").exists()
    again = take(tmp_path / "lock")
    again.release()


def test_a_killed_process_loses_its_lock(tmp_path):
    path = tmp_path / "lock"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as holder:
        assert holder.stdout.readline().strip() == b"True"
        assert take(path) is None
        holder.kill()
        holder.wait()
    take(path).release()


def test_work_of_a_dead_process_is_found_whole(tmp_path, document):
    journal = Journal(tmp_path / "journal")
    journal.write(1, "mine", tmp_path / "mine.convstudio", document)
    journal.write(2, "untitled", None, document)
    die(journal)
    found = left_behind(tmp_path / "journal")
    assert [(f.title, f.path) for f in found] == [("mine", tmp_path / "mine.convstudio"), ("untitled", None)]
    assert all(f.document == document for f in found)


def test_work_of_a_living_process_is_left_alone(tmp_path, document):
    journal = Journal(tmp_path)
    journal.write(1, "mine", None, document)
    assert left_behind(tmp_path) == []
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_what_one_process_recovers_no_other_is_offered(tmp_path, document):
    journal = Journal(tmp_path)
    journal.write(1, "mine", None, document)
    die(journal)
    first = Journal(tmp_path)
    assert len(list(first.left_behind(catalogue()))) == 1
    assert left_behind(tmp_path) == []
    first.close()  # neither restored nor discarded
    assert len(left_behind(tmp_path)) == 1


def test_the_last_discarded_entry_takes_its_folder_along(tmp_path, document):
    journal = Journal(tmp_path)
    for number in (1, 2):
        journal.write(number, "mine", None, document)
    die(journal)
    one, other = left_behind(tmp_path)
    one.discard()
    assert other.source.exists()
    other.discard()
    assert list(tmp_path.iterdir()) == []


def test_saved_work_is_no_longer_in_the_journal(tmp_path, document):
    journal = Journal(tmp_path)
    journal.write(1, "mine", None, document)
    journal.remove(1)
    die(journal)
    assert left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        b"[" * 100_000,
        b'{"title": "x", "path": "", "time": 1.0, "document": "{}"}',
        b'{"title": "x", "path": "", "time": 1.0, "document": "{\\"format\\": 99, \\"blocks\\": []}"}',
    ],
)
def test_a_broken_entry_is_told_of_once_kept_and_hides_no_other(tmp_path, document, content):
    journal = Journal(tmp_path)
    for number in (1, 2):
        journal.write(number, "mine", None, document)
    (journal._own.path.parent / "1.journal").write_bytes(content)
    die(journal)
    words, good = left_behind(tmp_path)
    assert "cannot be read" in words
    assert good.document == document
    (kept,) = tmp_path.glob("*.broken")
    assert kept.read_bytes() == content
    good.discard()
    assert left_behind(tmp_path) == []
    assert kept.exists()


def test_half_written_entries_do_no_harm(tmp_path, document):
    journal = Journal(tmp_path)
    journal.write(1, "mine", None, document)
    (journal._own.path.parent / ".1.journal.abc123").write_bytes(b'{"tit')
    die(journal)
    (found,) = left_behind(tmp_path)
    found.discard()
    assert list(tmp_path.iterdir()) == []
