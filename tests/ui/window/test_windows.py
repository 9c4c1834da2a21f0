"""Several windows: each with its own document, opened, raised, listed, asked and closed."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from shiboken6 import isValid

from convstudio.assets import asset
from convstudio.network import edits, file, grouping
from convstudio.ui.app import FIRST_EXAMPLE
from convstudio.ui.palette.palette import YOURS
from convstudio.ui.theme import theme


@pytest.fixture
def paths(tmp_path):
    """Two project files."""
    found = [tmp_path / "one.convstudio", tmp_path / "two.convstudio"]
    for path in found:
        shutil.copy(asset(*FIRST_EXAMPLE), path)
    return found


def move(bench, x=10.0):
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (x, 20.0)}))


def test_a_new_window_has_a_document_of_its_own(windows, open_window, qtbot, paths):
    first = open_window(lambda bench: bench.files.open(paths[0]))
    with qtbot.waitSignal(windows.changed):
        QTest.keyClick(
            first.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
    second = windows.benches[1]
    assert second.store.network.blocks == {}
    second.files.open(paths[1])
    move(second)
    assert second.window.isWindowModified()
    assert not first.window.isWindowModified()
    first.store.undo()
    assert second.store.history.undo_label == "move"


def test_a_file_that_is_open_is_raised_and_not_opened_twice(windows, open_window, paths, tmp_path, qtbot):
    first = open_window(lambda bench: bench.files.open(paths[0]))
    second = open_window()
    link = tmp_path / "link.convstudio"
    link.symlink_to(paths[0])
    for path in (paths[0], link):
        second.window.activateWindow()
        assert second.files.open(path)
        assert second.store.path is None
        qtbot.waitUntil(first.window.isActiveWindow)
    windows.open_file(paths[0])
    assert len(windows.benches) == 2


def test_a_file_of_another_window_is_not_saved_over(open_window, paths, monkeypatch):
    first, second = open_window(lambda bench: bench.files.open(paths[0])), open_window()
    before = paths[0].read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(paths[0]), ""))
    assert not second.files.save_as()
    assert "is open in another window" in second.notices.open[0].words
    assert paths[0].read_bytes() == before
    assert first.files.save_as()


def test_a_window_closed_at_once_is_never_furnished(windows):
    window = windows.open(lambda _bench: None)
    window.close()
    window.painted.emit()
    assert windows.benches == ()


def test_several_files_open_in_several_windows(windows, open_window, paths, qtbot):
    first = open_window()
    with qtbot.waitSignal(windows.changed):
        first.files.open_all(paths)
    assert [b.store.path for b in windows.benches] == paths


def test_blocks_are_copied_from_one_window_to_another(open_window, paths):
    first, second = open_window(lambda bench: bench.files.open(paths[0])), open_window()
    first.store.select(("conv_1", "dilated_1"))
    first.actions["copy"].trigger()
    second.actions["paste"].trigger()
    assert [b.layer.kind for b in second.store.network.blocks.values()] == ["convolution", "dilated"]
    second.store.undo()
    assert second.store.network.blocks == {}


def test_the_menu_lists_the_windows_and_leads_to_them(open_window, paths, qtbot):
    first, second = open_window(lambda bench: bench.files.open(paths[0])), open_window()
    move(first)
    menu = second.actions.menus["Window"]
    menu.aboutToShow.emit()
    lines = menu.actions()[-2:]
    assert [(line.text(), line.isChecked()) for line in lines] == [("one (not saved)", False), ("untitled", True)]
    second.window.activateWindow()
    lines[0].trigger()
    qtbot.waitUntil(first.window.isActiveWindow)
    first.actions["next_window"].trigger()
    qtbot.waitUntil(second.window.isActiveWindow)


def test_quit_asks_each_window_with_changes_and_closes_all_or_none(windows, open_window, paths, monkeypatch):
    first, second = (open_window(lambda bench, path=path: bench.files.open(path)) for path in paths)
    third = open_window()
    for bench in (first, second):
        move(bench)
    answers = [QMessageBox.StandardButton.Discard, QMessageBox.StandardButton.Cancel]
    asked = []

    def answer(*question):
        asked.append(question[2])
        return answers[len(asked) - 1]

    monkeypatch.setattr(QMessageBox, "question", answer)
    third.actions["quit"].trigger()
    assert ["one" in asked[0], "two" in asked[1]] == [True, True]
    assert [b.window.isVisible() for b in (first, second, third)] == [True, True, True]
    assert first.store.history.modified
    answers += [QMessageBox.StandardButton.Discard, QMessageBox.StandardButton.Save]
    third.actions["quit"].trigger()
    assert windows.benches == ()
    saved = file.load(paths[1], {b.layer.kind: type(b.layer) for b in second.store.network.blocks.values()})
    assert saved == second.store.document


def test_a_closed_window_is_gone_and_the_others_live_on(windows, open_window, paths, qapp):
    first, second = open_window(), open_window(lambda bench: bench.files.open(paths[0]))
    move(second)
    second.store.undo()
    window = second.window
    QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qapp.sendPostedEvents(None, 52)  # QEvent::DeferredDelete
    qapp.processEvents()
    assert not isValid(window)
    assert windows.benches == (first,)
    assert not first.actions["next_window"].isEnabled()
    theme.set_dark(False)
    theme.set_dark(True)
    first.window.grab()


def test_a_new_window_looks_like_the_last_and_does_not_hide_it(open_window, qtbot):
    first = open_window()
    first.window.resize(780, 600)  # the offscreen screen is 800 × 800
    qtbot.waitUntil(first.actions["show_live"].isChecked)
    first.actions["show_live"].trigger()
    second = open_window()
    assert second.window.size() == first.window.size()
    qtbot.waitUntil(second.docks["live"].isHidden)
    assert second.window.pos() != first.window.pos()


def test_the_canvas_of_a_new_window_is_as_large_as_that_of_the_last(open_window, qtbot):
    first = open_window()
    first.window.resize(780, 760)  # the offscreen screen is 800 × 800
    qtbot.waitUntil(lambda: first.canvas.height() > 200)
    second = open_window()
    qtbot.waitUntil(lambda: second.canvas.size() == first.canvas.size())
    assert second.canvas.height() > 200


def test_a_group_saved_in_one_window_waits_in_the_palette_of_the_other(open_window, paths):
    first = open_window(lambda bench: bench.files.open(paths[0]))
    second = open_window()
    network, group_id = grouping.group(first.store.network, ("conv_1", "relu_1"), "Shared")
    first.store.edit("Group", network)
    first.store.select((group_id,))
    first.actions["save_group"].trigger()
    waiting = {button.title: button.saved for button in second.palette.section(YOURS).buttons}
    assert waiting["Shared"].own
