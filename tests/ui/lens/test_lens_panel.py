"""The Lens tab alone: what it shows of an explanation, and which unit its mouse and keys ask for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from chains import chain
from convstudio.blocks import Concatenate, Convolution, FullyConnected, Input
from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.ui.lens.lens_panel import LensPanel
from convstudio.ui.theme import theme


@pytest.fixture
def small(laboratory):
    """Six rows and five columns through a dilated mask with padding, three maps."""
    return laboratory(Input(channels=2, axes=(6, 5)), Convolution(channels=3, dilation=(2,), padding=(2,)))


@pytest.fixture
def asked(panel):
    """What the panel asks for."""
    found = []
    panel.unit_chosen.connect(lambda channel, place: found.append((channel, place)))
    return found


def middle(picture, row, column) -> QPoint:
    return picture.cell(row, column).center().toPoint()


def test_it_shows_the_unit_its_patch_and_its_sum(panel: LensPanel, small) -> None:
    panel.on_explanation(small.ask("conv_1", 1, (0, 4)))
    found = panel.found
    assert panel.head.unit == "conv_1 · output channel 1 of 3 · row 0, column 4"
    assert panel.formula.text().startswith("Σ over 2 channels = ")
    assert panel.formula.text().endswith(f"= {found.terms.result:.4g}".replace("-", "−"))
    scene = panel.input.picture.scene
    assert (scene.margin.top, scene.margin.left, scene.margin.bottom, scene.margin.right) == (2, 2, 2, 2)
    assert [(dot.row, dot.column) for dot in scene.dots] == [(r, c) for r in (-2, 0, 2) for c in (2, 4, 6)]
    assert [dot.padded for dot in scene.dots] == [True, True, True, False, False, True, False, False, True]
    assert [(dot.row, dot.column) for dot in panel.output.picture.scene.dots] == [(0, 4)]
    assert "Dilated" in panel.view.words
    assert "padding (zeros)" in panel.view.words


def test_of_maps_put_one_behind_the_other_the_input_is_shown_that_the_value_comes_from(
    panel: LensPanel, laboratory_of
) -> None:
    network = chain(Input(channels=1, axes=(6, 5)), Convolution(channels=3), Concatenate())
    lab = laboratory_of(edits.connect(network, Wire("input_1", "concat_1", "in_2")))
    for channel in (3, 0):
        panel.on_explanation(lab.ask("concat_1", channel, (1, 1)))
        assert panel.port == (channel > 0)
        assert panel.formula.text().startswith(f"{panel.ports.currentText()}[")
    panel.ports.setCurrentIndex(1)
    panel.on_explanation(lab.ask("concat_1", 0, (1, 2)))
    assert panel.port == 1, "what was chosen by hand stays while the value comes from the same input"


def test_the_formula_is_seen_whole_where_the_window_is_small(panel: LensPanel, laboratory, qtbot) -> None:
    """As large as the panel is in a window of 1024 × 700."""
    network = laboratory(Input(channels=4, axes=()), FullyConnected(channels=3))
    panel.resize(504, 198)
    panel.on_explanation(network.ask("fc_1", 1))
    formula = panel.formula
    qtbot.waitUntil(lambda: formula.height() >= formula.heightForWidth(formula.width()))
    assert formula.height() <= formula.fontMetrics().lineSpacing() * 4


def test_a_click_on_the_output_map_chooses_that_unit(panel, small, asked, qtbot) -> None:
    panel.on_explanation(small.ask("conv_1", 1, (0, 4)))
    qtbot.mouseClick(panel.output.picture, Qt.MouseButton.LeftButton, pos=middle(panel.output.picture, 3, 1))
    assert asked == [(1, (3, 1))]


def test_keys_move_the_unit_and_stop_at_the_edge(panel, small, asked) -> None:
    panel.on_explanation(small.ask("conv_1", 1, (0, 4)))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(panel, key)
    assert asked == [(1, (0, 3)), (1, (1, 4)), (2, (0, 4)), (1, (0, 0)), (1, (5, 4))]
    asked.clear()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(panel, key)
    assert asked == []


def test_channels_of_the_input_are_reached_by_keys_and_by_the_strip(panel, small, qtbot) -> None:
    panel.on_explanation(small.ask("conv_1", 1, (2, 2), shown=0))
    chosen = []
    panel.input_chosen.connect(lambda port, channel: chosen.append((port, channel)))
    QTest.keyClick(panel, Qt.Key.Key_Period)
    strip = panel.input.strip
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.place(1).center())
    assert chosen == [(0, 1), (0, 1)]


def test_the_scan_goes_from_place_to_place_and_the_map_fills(panel, small, qtbot) -> None:
    panel.unit_chosen.connect(lambda channel, place: panel.on_explanation(small.ask("conv_1", channel, place)))
    panel.on_explanation(small.ask("conv_1", 0, (5, 3)))
    qtbot.mouseClick(panel.scan.on, Qt.MouseButton.LeftButton)
    assert panel.found.place == (5, 4)
    panel.scan.speed.setCurrentIndex(3)
    qtbot.mouseClick(panel.scan.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.found.place > (0, 2), timeout=5000)
    assert panel.output.picture.scene.until == panel.found.place[0] * 5 + panel.found.place[1]
    QTest.keyClick(panel, Qt.Key.Key_Space)
    assert not panel.scan.playing
    panel.scan.slider.setValue(12)
    assert panel.found.place == (2, 2)
    qtbot.mouseClick(panel.output.picture, Qt.MouseButton.LeftButton, pos=middle(panel.output.picture, 4, 0))
    assert panel.output.picture.scene.until is None


def test_numbers_are_copied_as_a_table(panel, small) -> None:
    panel.on_explanation(small.ask("conv_1", 1, (0, 4)))
    QTest.keyClick(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("# conv_1")
    assert lines[2] == "input channel,cell,place,padding,value,weight,product"
    assert len(lines) == 3 + 2 * 9 + 2
    products = [float(line.rsplit(",", 1)[1]) for line in lines[3:]]
    assert sum(products[:-1]) == pytest.approx(products[-1], abs=1e-5)


def test_the_patch_cell_under_the_mouse_is_told(panel, small) -> None:
    panel.on_explanation(small.ask("conv_1", 1, (2, 2)))
    sheet, width = panel.sheet, panel.view.picture.width()
    row = panel.found.terms.rows[1]
    place = sheet.places(1, width).mask.place(4).center()
    words = sheet.tip(place.x(), place.y(), width)
    assert words.startswith("channel 1 · row 2, column 2: ")
    assert words.endswith(f"= {row.products[4]:.4g}".replace("-", "−"))


@pytest.mark.parametrize("dark", [True, False])
def test_it_is_painted_in_both_themes(panel, small, dark) -> None:
    theme.set_dark(dark)
    panel.on_explanation(small.ask("conv_1", 1, (0, 4)))
    picture = panel.grab().toImage()
    mark = theme.colour("dilated").rgb()
    found = {picture.pixel(x, y) for x in range(picture.width() // 3) for y in range(0, picture.height(), 2)}
    assert mark in found
    theme.set_dark(True)
