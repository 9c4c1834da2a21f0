"""The receptive field on the image: the frame and the words, and the panel that shows both."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from chains import chain
from convstudio.blocks import Convolution, Flatten, FullyConnected, Input, MaxPool, catalogue
from convstudio.network.receptive_field import Field
from convstudio.network.resolve import resolve
from convstudio.network.sight import Sight
from convstudio.ui.lens.field_sight import field_sight, seen, strongest


@pytest.fixture
def sight():
    network = chain(
        Input(channels=3, axes=(12, 10)),
        Convolution(channels=2),
        MaxPool(),
        Convolution(channels=2),
        Flatten(),
        FullyConnected(channels=3),
    )
    return Sight(resolve(network, catalogue()))


def test_the_frame_is_what_the_unit_can_see_cut_at_the_edge(sight) -> None:
    influence = np.zeros((12, 10), np.float32)
    influence[4, 4], influence[5, 5] = 9.5, 0.5
    sample = np.full((3, 12, 10), 51, np.uint8)
    found = field_sight(sight.of("conv_2"), (2, 2), sample, influence, 32)
    assert found.image.covered == ((1, 1), (8, 8))
    assert found.size == "can see 8 × 8"
    assert found.image.values[0, 0] == pytest.approx(0.2)
    assert found.words.startswith("It can see rows 1 to 8, columns 1 to 8.")
    assert "Measured over 32 samples: 90 % of the influence comes from 1 of 2 cells." in found.words
    assert seen(sight.of("conv_2"), (0, 4)) == ((0, 4), (5, 9))


def test_a_neuron_sees_everything_and_a_dead_unit_is_moved_by_nothing(sight) -> None:
    found = field_sight(sight.of("fc_1"), (), None, np.zeros((12, 10), np.float32), 1)
    assert found.image.covered == ((0, 0), (11, 9))
    assert "nothing of the input moves this unit" in found.words
    assert found.image.values.shape == (12, 10)


def test_what_cannot_be_told_and_what_sees_padding_only_is_said() -> None:
    influence = np.ones((4, 4), np.float32)
    assert "cannot be told" in field_sight((), (1, 1), None, influence, 1).words
    padding = (Field(1, 1, -3, 4), Field(1, 1, 0, 4))
    found = field_sight(padding, (0, 0), None, influence, 1)
    assert found.image.covered == ()
    assert "padding only" in found.words


def test_the_strongest_cells_are_the_fewest() -> None:
    assert strongest(np.array([[5, 3], [1, 1]], np.float32)) == 3
    assert strongest(np.zeros((2, 2), np.float32)) == 0


def test_the_panel_shows_it_instead_of_the_input_when_asked(panel, laboratory, sight, qtbot) -> None:
    lab = laboratory(Input(channels=3, axes=(12, 10)), Convolution(channels=2))
    panel.on_explanation(lab.ask("conv_1", 0, (3, 3)))
    toggled = []
    panel.field_toggled.connect(lambda: toggled.append(panel.field_wanted))
    QTest.keyClick(panel, Qt.Key.Key_R)
    panel.show_field(field_sight(sight.of("conv_1"), (3, 3), None, np.ones((12, 10), np.float32), 4))
    assert panel.field.isVisible()
    assert not panel.input.isVisible()
    assert panel.field.measured.scene.covered == ((2, 2), (4, 4))
    qtbot.mouseClick(panel.field_button, Qt.MouseButton.LeftButton)
    assert toggled == [True, False]
    assert panel.input.isVisible()
    assert not panel.field.isVisible()
