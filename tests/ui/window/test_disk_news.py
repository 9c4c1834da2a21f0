"""The open file changes on the disk, is replaced, removed, comes back: what is said, and what the answers do."""

from __future__ import annotations

import os
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import edits, file
from convstudio.ui.app import FIRST_EXAMPLE


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "folder" / "mine.convstudio"
    found.parent.mkdir()
    shutil.copy(asset(*FIRST_EXAMPLE), found)
    return found


@pytest.fixture
def opened(bench, path):
    assert bench.files.open(path)
    return bench


@pytest.fixture
def answers(monkeypatch):
    """Answer questions with Yes; returns those that were asked."""
    asked = []

    def question(*arguments):
        asked.append(arguments[2])
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", question)
    return asked


def changed(path, x=500.0):
    """The document of a file with one block elsewhere."""
    document = file.load(path, catalogue())
    return document.with_network(edits.move(document.network, {"conv_1": (x, 0.0)}))


def move(bench):
    bench.store.edit("move", edits.move(bench.store.network, {"relu_1": (1.0, 2.0)}))


def said(bench):
    return bench.notices.open[0].words if bench.notices.open else ""


def press(bench, words):
    button = next(b for b in bench.notice_bar.findChildren(QPushButton) if b.text() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def rewrite(path, text):
    path.write_text(text)


def replace(path, text):
    """As editors and git do: the name leads to another file."""
    other = path.with_suffix(".new")
    other.write_text(text)
    os.replace(other, path)


@pytest.mark.parametrize("way", [rewrite, replace])
def test_a_change_is_told_and_reloaded_as_a_step(opened, path, qtbot, way):
    before, after = opened.store.document, changed(path)
    way(path, file.dump(after))
    qtbot.waitUntil(lambda: "has changed on the disk." in said(opened))
    assert opened.store.document is before
    press(opened, "Reload")
    assert opened.store.document == after
    assert not opened.window.isWindowModified()
    opened.store.undo()
    assert opened.store.document is before
    assert opened.window.isWindowModified()
    way(path, file.dump(changed(path, 900.0)))  # the file is still watched
    qtbot.waitUntil(lambda: "not saved" in said(opened))


def test_keep_makes_the_document_unsaved_and_saving_asks_no_more(opened, path, qtbot, answers):
    before = opened.store.document
    replace(path, file.dump(changed(path)))
    qtbot.waitUntil(lambda: "has changed on the disk." in said(opened))
    press(opened, "Keep what is here")
    assert opened.store.document is before
    assert opened.window.isWindowModified()
    assert opened.files.save()
    assert answers == []
    assert file.load(path, catalogue()) == before


def test_changes_on_both_sides_are_said_and_mine_stay(opened, path, qtbot):
    move(opened)
    mine = opened.store.document
    rewrite(path, file.dump(changed(path)))
    qtbot.waitUntil(lambda: "changes that are not saved" in said(opened))
    assert opened.notices.open[0].actions[0][0] == "Keep mine"
    press(opened, "Reload (can be undone)")
    assert opened.store.document != mine
    opened.store.undo()
    assert opened.store.document is mine


def test_saving_over_a_change_nobody_answered_asks_once(opened, path, answers):
    move(opened)
    rewrite(path, file.dump(changed(path)))
    assert opened.files.save()  # before the system has told of the change
    assert len(answers) == 1
    assert "changed on the disk by another program" in answers[0]
    move(opened)
    assert opened.files.save()
    assert len(answers) == 1
    assert file.load(path, catalogue()) == opened.store.document


def test_refusing_to_save_over_a_change_leaves_the_file(opened, path, monkeypatch):
    move(opened)
    text = file.dump(changed(path))
    rewrite(path, text)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    assert not opened.files.save()
    assert path.read_text() == text
    assert opened.window.isWindowModified()


def test_our_own_saving_and_a_touch_are_no_news(opened, path, qtbot):
    move(opened)
    opened.files.save()
    watch = opened.window.findChild(type(_watch(opened)))
    stamp = watch._stamp
    os.utime(path, ns=(1, 1))
    qtbot.waitUntil(lambda: watch._stamp != stamp)
    assert not any("disk" in notice.words for notice in opened.notices.open)


def _watch(bench):
    from convstudio.ui.disk.watch import DiskWatch

    return bench.window.findChild(DiskWatch)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_that_vanishes_leaves_the_document_unsaved_until_it_is_back(opened, path, qtbot, what):
    before = opened.store.document
    gone = path if what == "file" else path.parent
    aside = gone.with_name("aside")
    gone.rename(aside)
    qtbot.waitUntil(lambda: "is not on the disk any more" in said(opened))
    assert opened.store.document is before
    assert opened.window.isWindowModified()
    aside.rename(gone)
    qtbot.waitUntil(lambda: not opened.window.isWindowModified())
    assert said(opened) == ""


def test_a_vanished_file_is_saved_again_by_a_click(opened, path, qtbot):
    path.unlink()
    qtbot.waitUntil(lambda: "is not on the disk any more" in said(opened))
    press(opened, "Save it again")
    assert file.load(path, catalogue()) == opened.store.document
    assert not opened.window.isWindowModified()


def test_a_folder_that_is_gone_is_a_sentence_when_saving(opened, path, qtbot):
    shutil.rmtree(path.parent)
    qtbot.waitUntil(lambda: "is not on the disk any more" in said(opened))
    assert not opened.files.save()
    assert "cannot be saved" in said(opened)
    assert opened.window.isWindowModified()


def test_a_file_that_becomes_nonsense_is_not_loaded(opened, path, qtbot):
    before = opened.store.document
    rewrite(path, "<<<<<<< HEAD")
    qtbot.waitUntil(lambda: "has changed on the disk." in said(opened))
    press(opened, "Reload")
    assert "cannot be opened" in said(opened)
    assert opened.store.document is before
    assert opened.window.isWindowModified()  # the only whole copy is the one in the window


def test_another_document_ends_the_watch_over_the_first(opened, path, qtbot):
    opened.files.new()
    rewrite(path, file.dump(changed(path)))
    assert _watch(opened)._watcher.files() == []
    _watch(opened).look()
    assert said(opened) == ""
