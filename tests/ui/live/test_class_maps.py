"""Maps of classes in the panel of the sample: colours, legend, the share of right pixels, and bad messages."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from convstudio.protocol.messages import Array, ClassMap
from convstudio.ui.live.class_colours import class_colour, class_image
from convstudio.ui.live.class_maps import CAPTION, ClassMaps, shares
from convstudio.ui.live.numbers import percent
from convstudio.ui.live.sample_panel import SamplePanel
from convstudio.ui.theme import theme

CLASSES = ("background", "circle", "square", "triangle", "cross", "ring")


def truth() -> np.ndarray:
    numbers = np.zeros((8, 8), np.uint8)
    numbers[2:5, 2:5] = 5
    return numbers


def message(numbers: np.ndarray) -> ClassMap:
    return ClassMap(run=1, step=2, classes=Array("uint8", numbers.shape, numbers.tobytes()))


@pytest.fixture
def panel(show):
    panel = show(SamplePanel(), 240, 330)
    panel.set_classes(CLASSES)
    panel.set_sample(np.full((3, 8, 8), 90, np.uint8), 0, 400, 5, truth())
    return panel


def test_maps_stand_in_the_place_of_the_bars(panel):
    assert panel._answer._maps.isVisible()
    assert not panel.bars.isVisible()
    panel.set_sample(np.zeros((1, 8, 8), np.uint8), 0, 10, 3)
    assert panel.bars.isVisible()
    assert not panel._answer._maps.isVisible()


def test_the_share_of_right_pixels_is_said(panel):
    answer = truth()
    answer[2, 2:5] = 0
    panel.on_class_map(message(answer))
    assert panel.answer == f"{percent(61 / 64)} of the pixels right"
    panel.clear_scores()
    assert panel.answer == ""


def test_for_an_image_of_ones_own_it_says_what_was_seen(panel):
    panel.set_sample(np.full((3, 8, 8), 90, np.uint8))
    panel.on_class_map(message(truth()))
    assert panel.answer == "background 86 %, ring 14 %"
    assert panel._answer._maps.isVisible()


def test_a_broken_message_is_said(panel):
    panel.on_class_map(ClassMap(run=1, step=1, classes=Array("uint8", (4, 4), b"abc")))
    assert panel.answer


@pytest.mark.parametrize("dark", [True, False])
def test_pixels_have_the_colours_of_the_legend(show, dark, settle):
    theme.set_dark(dark)
    widget = show(ClassMaps(), 240, 180)
    widget.set_classes(CLASSES)
    widget.set_maps(truth(), truth())
    settle()
    seen = widget.grab().toImage()
    side = widget._side()
    at = int(side * 3.5 / 8), int(CAPTION + side * 3.5 / 8)
    assert seen.pixelColor(*at).name() == class_colour(5, CLASSES).name()
    assert seen.pixelColor(3, int(CAPTION) + 3).name() == class_colour(0, CLASSES).name()
    assert [name for name, _, _ in widget._legend()] == list(CLASSES)
    assert widget.height() >= max(place.y() for _, place, _ in widget._legend()) + 10
    theme.set_dark(True)


def test_colours_of_classes_are_all_different():
    names = ("background", *(f"thing {n}" for n in range(24)))
    colours = {class_colour(number, names).name() for number in range(len(names))}
    assert len(colours) == len(names)
    assert class_colour(1, names) == QColor(theme.colour("dense"))


def test_a_picture_has_the_size_of_its_map():
    assert (class_image(np.zeros((5, 9), np.uint8), CLASSES).width(), 5) == (9, 5)


def test_rare_classes_are_not_told():
    numbers = np.zeros((20, 20), np.uint8)
    numbers[0, 0] = 3
    numbers[5:10, :] = 1
    assert shares(numbers, CLASSES) == "background 75 %, circle 25 %"
    assert shares(numbers, ()) == "0 75 %, 1 25 %"
