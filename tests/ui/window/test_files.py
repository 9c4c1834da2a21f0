"""Saving and going back: copies, odd names, protected files, full disks, Revert."""

from __future__ import annotations

import errno
import os

import pytest
from PySide6.QtWidgets import QFileDialog

from convstudio.blocks import catalogue
from convstudio.network import edits, file
from convstudio.ui.files.names import LONGEST, flaw, warning


@pytest.fixture
def choose(monkeypatch):
    """Let the dialog for saving answer with this path."""

    def answer(path):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    return answer


def move(bench, x=10.0):
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (x, 20.0)}))


def test_a_copy_leaves_the_document_with_its_file(bench, tmp_path, choose):
    bench.store.save(tmp_path / "mine.convstudio")
    move(bench)
    choose(tmp_path / "copy")
    bench.actions["save_copy"].trigger()
    assert file.load(tmp_path / "copy.convstudio", catalogue()) == bench.store.document
    assert bench.store.path == tmp_path / "mine.convstudio"
    assert bench.store.history.modified


def test_revert_is_a_step_that_can_be_undone(bench, tmp_path):
    bench.store.save(tmp_path / "mine.convstudio")
    saved = bench.store.document
    assert not bench.actions["revert"].isEnabled()
    move(bench)
    edited = bench.store.document
    bench.actions["revert"].trigger()
    assert bench.store.document == saved
    assert not bench.store.history.modified
    bench.store.undo()
    assert bench.store.document == edited
    assert bench.store.history.modified


def test_revert_without_the_file_says_so_and_changes_nothing(bench, tmp_path):
    path = tmp_path / "mine.convstudio"
    bench.store.save(path)
    move(bench)
    path.unlink()
    before = bench.store.document
    bench.actions["revert"].trigger()
    assert bench.store.document is before
    assert "mine.convstudio cannot be read" in bench.notices.open[0].words


def test_undo_back_to_the_saved_state_clears_the_mark(bench, tmp_path):
    move(bench, 1.0)
    bench.store.save(tmp_path / "mine.convstudio")
    move(bench, 2.0)
    move(bench, 3.0)
    assert bench.window.isWindowModified()
    bench.store.undo()
    bench.store.undo()
    assert not bench.window.isWindowModified()
    bench.store.undo()
    assert bench.window.isWindowModified()
    bench.store.redo()
    assert not bench.window.isWindowModified()


def test_a_protected_file_is_not_replaced(bench, tmp_path):
    path = tmp_path / "mine.convstudio"
    bench.store.save(path)
    before = path.read_bytes()
    path.chmod(0o444)
    move(bench)
    assert not bench.files.save()
    assert "write-protected" in bench.notices.open[0].words
    assert bench.notices.open[0].actions[0][0] == "Save as…"
    assert path.read_bytes() == before
    assert bench.store.history.modified


def test_a_full_disk_loses_nothing(bench, tmp_path, monkeypatch):
    path = tmp_path / "mine.convstudio"
    bench.store.save(path)
    before = path.read_bytes()
    move(bench)

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    bench.actions["save"].trigger()
    assert "no space left" in bench.notices.open[0].words
    assert path.read_bytes() == before
    assert list(tmp_path.glob(".*")) == []
    assert bench.store.history.modified
    monkeypatch.undo()
    assert bench.files.save()
    assert not bench.store.history.modified


def test_a_link_stays_a_link(bench, tmp_path):
    target, link = tmp_path / "target.convstudio", tmp_path / "link.convstudio"
    bench.store.save(target)
    link.symlink_to(target)
    assert bench.files.open(link)
    move(bench)
    assert bench.files.save()
    assert link.is_symlink()
    assert file.load(target, catalogue()) == bench.store.document


@pytest.mark.parametrize("length", [LONGEST, LONGEST + 1])
def test_the_longest_name_is_saved_and_a_longer_one_refused_in_words(bench, tmp_path, choose, length):
    name = "n" * (length - len(file.SUFFIX))
    choose(tmp_path / name)
    assert bench.files.save_as() is (length <= LONGEST)
    assert (bench.store.path == tmp_path / f"{name}.convstudio") is (length <= LONGEST)
    assert ("too long" in bench.notices.open[0].words) is (length > LONGEST)


@pytest.mark.parametrize("name", ["con", "NUL", "com1.old", "lpt9", "a:b", "what?", "a|b"])
def test_names_that_windows_cannot_open(name):
    assert "Windows" in flaw(name + file.SUFFIX, "win32")
    assert flaw(name + file.SUFFIX, "linux") is None
    assert "cannot be opened on Windows" in warning(name + file.SUFFIX, "linux")


@pytest.mark.parametrize("name", ["digits", "contest", "com10", "my net.v2", "합성곱", "näme"])
def test_good_names_are_good_everywhere(name):
    for system in ("win32", "linux", "darwin"):
        assert flaw(name + file.SUFFIX, system) is None
        assert warning(name + file.SUFFIX, system) is None


@pytest.mark.parametrize("name", ["", "  ", "."])
def test_an_ending_alone_is_no_name(name):
    assert "needs a name" in flaw(name + file.SUFFIX, "linux")


def test_a_device_name_is_saved_here_and_warned_about(bench, tmp_path, choose):
    choose(tmp_path / "con.convstudio")
    assert bench.files.save_as()
    assert "device on Windows" in bench.notices.open[0].words
