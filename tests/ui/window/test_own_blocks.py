"""Your own blocks in the window: the dialog asks, agreeing brings the block into the palette, with its mark."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton

from convstudio.assets import asset
from convstudio.network import edits
from convstudio.plugins import shelf
from convstudio.ui import app
from convstudio.ui.folders import Folders
from convstudio.ui.main_window import MainWindow
from convstudio.ui.palette.own_blocks import OwnBlocks
from convstudio.ui.palette.palette import badge
from convstudio.ui.windows import Windows

EXAMPLE = asset("plugins", "soft_threshold.py").read_text(encoding="utf-8")


@pytest.fixture
def bench(qtbot, tmp_path):
    (tmp_path / "data" / "plugins").mkdir(parents=True)
    (tmp_path / "data" / "plugins" / "soft_threshold.py").write_text(EXAMPLE, encoding="utf-8")
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    window = MainWindow(settings)
    qtbot.addWidget(window)
    window.show()
    bench = app.furnish(window, None, Windows(settings, Folders(tmp_path / "data", tmp_path / "cache")))
    window.may_close = lambda: True
    yield bench
    window.close()
    shelf.use_sources(())


def test_agreeing_brings_the_block_and_forgetting_asks_again(bench, qtbot):
    (own,) = bench.findChildren(OwnBlocks)
    bench.actions["own_blocks"].trigger()
    dialog = own.dialog
    assert dialog.isVisible()
    assert "not agreed to yet" in dialog.state.text()
    assert "class SoftThreshold" in dialog.text.toPlainText()
    with pytest.raises(StopIteration):
        bench.palette.button("soft_threshold")
    qtbot.mouseClick(dialog.agree, Qt.MouseButton.LeftButton)
    button = bench.palette.button("soft_threshold")
    assert "soft_threshold.py" in button.toolTip()
    assert dialog.state.text() == "Soft threshold"
    assert not dialog.agree.isEnabled()
    network, block = edits.insert_before(bench.store.network, "relu_1", "in", button.kind())
    bench.store.edit("Insert", network)
    bench.store.select((block,))
    assert bench.scene.blocks[block].look.foreign
    assert "your own block, from soft_threshold.py" in bench.inspector.block._place.text()
    qtbot.mouseClick(dialog.forget, Qt.MouseButton.LeftButton)
    assert "its blocks stay until the program ends" in dialog.state.text()
    assert bench.palette.button("soft_threshold")
    assert not dialog.forget.isEnabled()
    qtbot.mouseClick(dialog.agree, Qt.MouseButton.LeftButton)
    assert dialog.state.text() == "Soft threshold"


def test_the_example_is_put_into_an_empty_folder_and_a_changed_one_stays(bench, qtbot, tmp_path):
    folder = tmp_path / "data" / "plugins"
    (folder / "soft_threshold.py").unlink()
    folder.rmdir()
    (own,) = bench.findChildren(OwnBlocks)
    bench.actions["own_blocks"].trigger()
    assert own.dialog.chosen == ""
    assert "no plugin in the folder yet" in own.dialog.state.text()
    add = next(b for b in own.dialog.findChildren(QPushButton) if b.text() == "Add the example")
    qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
    assert own.dialog.chosen == "soft_threshold.py"
    assert own.dialog.text.toPlainText() == EXAMPLE
    assert own.dialog.agree.isEnabled()  # nothing has been run
    (folder / "soft_threshold.py").write_text("changed", encoding="utf-8")
    qtbot.mouseClick(add, Qt.MouseButton.LeftButton)
    assert own.dialog.text.toPlainText() == "changed"


def test_a_foreign_badge_is_marked(qapp):
    (kind,) = shelf.kinds(shelf.Source("a.py", EXAMPLE), ())
    marked = badge(kind).toImage()
    kind.origin = ""
    assert marked != badge(kind).toImage()
