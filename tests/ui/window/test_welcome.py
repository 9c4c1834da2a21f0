"""What an empty canvas offers, the list of recent files, and their pictures."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.ui.app import FIRST_EXAMPLE
from convstudio.ui.disk.pictures import RATIO, SIZE, Pictures
from convstudio.ui.disk.recent import MOST, Recent
from convstudio.ui.files.commands import FileCommands
from convstudio.ui.files.files import examples
from convstudio.ui.folders import Folders
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.theme import TOKENS, theme
from convstudio.ui.welcome.welcome import Welcome
from convstudio.ui.windows import Windows


@pytest.fixture
def paths(tmp_path):
    found = [tmp_path / "one.convstudio", tmp_path / "two.convstudio"]
    for path in found:
        shutil.copy(asset(*FIRST_EXAMPLE), path)
    return found


def welcome(bench):
    return bench.canvas.findChild(Welcome)


def cards(bench):
    return {card.accessibleName(): card for card in welcome(bench).cards if card.isVisible()}


def test_it_is_there_exactly_while_the_canvas_is_empty(bench, hands):
    assert not welcome(bench).isVisible()
    bench.files.new()
    assert welcome(bench).isVisible()
    hands.drop("input", QPointF(0, 0))
    assert not welcome(bench).isVisible()
    bench.store.undo()
    assert welcome(bench).isVisible()
    assert bench.store.empty


def test_it_makes_room_for_what_is_dragged_in(empty, hands, qtbot):
    hands.hold("input", QPointF(0, 0))
    assert not welcome(empty).isVisible()
    hands.take_away()
    qtbot.waitUntil(welcome(empty).isVisible)


def test_it_is_no_part_of_what_the_canvas_does(empty, hands):
    middle = welcome(empty).geometry().center()
    QTest.mouseDClick(empty.canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert empty.finder.isVisible()


def test_a_card_opens_its_example_by_mouse_and_by_key(empty, qtbot):
    card = cards(empty)["first steps"]
    assert empty.canvas.viewport().rect().contains(card.mapTo(empty.canvas.viewport(), card.rect().bottomRight()))
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert empty.store.title == "first-steps"
    assert empty.store.path is None
    empty.files.new()
    card = cards(empty)["lenet5"]
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Space)
    assert empty.store.title == "lenet5"


def test_recent_files_come_first_and_only_while_they_are_there(empty, paths, qtbot):
    for path in paths:
        assert empty.files.open(path)
    empty.files.new()
    assert list(cards(empty))[:2] == ["two", "one"]
    paths[1].unlink()
    empty.windows.recent.changed.emit()
    assert next(iter(cards(empty))) == "one"
    qtbot.mouseClick(cards(empty)["one"], Qt.MouseButton.LeftButton)
    assert empty.store.path == paths[0]


def test_missing_pictures_are_drawn_while_the_window_lives(empty, qtbot):
    qtbot.waitUntil(lambda: all(empty.windows.pictures.get(p) for p in examples()[:4]))
    empty.window.resize(800, 560)
    qtbot.waitUntil(lambda: len(cards(empty)) < 4)
    assert cards(empty)


def test_a_picture_shows_the_network_in_both_schemes_and_is_kept(bench, tmp_path):
    path = tmp_path / "mine.convstudio"
    before = theme.dark
    Pictures(tmp_path / "cache").draw(path, bench.store.network)
    assert theme.dark is before
    kept = Pictures(tmp_path / "cache")
    for scheme, dark in enumerate((True, False)):
        theme.set_dark(dark)
        image = kept.get(path).toImage()
        assert image.size() == SIZE * RATIO
        colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(image.height())}
        assert image.pixelColor(0, 0).alpha() == 0  # the ground is that of the card
        assert {TOKENS["dilated"][scheme], TOKENS["separable"][scheme], TOKENS["pooling"][scheme]} <= colours
    theme.set_dark(before)


def test_the_menu_offers_recent_files_and_greys_those_that_are_gone(bench, paths):
    menu = bench.findChild(FileCommands).recent_menu.menu
    assert not menu.isEnabled()
    for path in paths:
        bench.files.open(path)
    paths[0].unlink()
    assert menu.isEnabled()
    menu.aboutToShow.emit()
    lines = [(a.text().split("\t"), a.isEnabled()) for a in menu.actions() if a.text()]
    assert [(words[0], enabled) for words, enabled in lines] == [
        ("two", True),
        ("one", False),
        ("Clear the list", True),
    ]
    assert lines[1][0][1] == "not found"
    bench.files.new()
    menu.actions()[0].trigger()
    assert bench.store.path == paths[1]
    menu.actions()[-1].trigger()
    assert not menu.isEnabled()


def test_recent_files_are_found_as_commands_with_their_pictures(bench, paths, qtbot):
    bench.files.open(paths[0])
    qtbot.waitUntil(lambda: bench.windows.pictures.get(paths[0]) is not None)
    bench.files.new()
    bench.actions["commands"].trigger()
    QTest.keyClicks(bench.finder.field, "recent one")
    assert not bench.finder.list.item(0).icon().isNull()
    QTest.keyClick(bench.finder.field, Qt.Key.Key_Return)
    assert bench.store.path == paths[0]


def test_the_list_is_short_without_doubles_and_outlives_the_program(tmp_path):
    kept = tmp_path / "data" / "recent.json"
    recent = Recent(kept)
    for number in range(MOST + 3):
        recent.add(tmp_path / f"{number}.convstudio")
    recent.add(tmp_path / "5.convstudio")
    again = Recent(kept).paths
    assert len(again) == MOST
    assert [p.stem for p in again[:3]] == ["5", str(MOST + 2), str(MOST + 1)]
    Recent(kept).clear()
    assert recent.paths == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'["a"'])
def test_a_broken_list_is_an_empty_one(tmp_path, content):
    kept = tmp_path / "recent.json"
    kept.write_bytes(content)
    recent = Recent(kept)
    assert recent.paths == ()
    recent.add(tmp_path / "a.convstudio")
    assert Recent(kept).paths == (tmp_path / "a.convstudio",)


def test_who_has_recent_files_begins_with_an_empty_canvas(qtbot, tmp_path, paths):
    from convstudio.ui import app

    folders = Folders(tmp_path / "data", tmp_path / "cache")
    Recent(folders.recent).add(paths[0])
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    windows = Windows(settings, folders, lambda bench: None)
    with qtbot.waitSignal(windows.changed):
        windows.open(lambda bench: app.begin(bench, ()))
    (bench,) = windows.benches
    assert bench.store.empty
    qtbot.waitUntil(lambda: "one" in cards(bench))
    bench.window.close()


def test_the_empty_canvas_is_no_alarm(empty, hands):
    assert empty.status._problems.text() == "○ nothing to run yet"
    assert not [c for c in empty.inspector.block.findChildren(ProblemCard) if c.isVisible()]
    assert empty.store.analysis.errors
    hands.drop("output", QPointF(0, 0))
    empty.store.select(())
    QApplication.processEvents()
    assert "nothing" not in empty.status._problems.text()
