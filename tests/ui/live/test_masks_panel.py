"""The Masks tab: every weight can be found, read and is painted on one scale; several stages; odd layers."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from convstudio.blocks import Convolution, Depthwise, FixedMask, Separable, Transposed
from convstudio.network.shape import Shape
from convstudio.protocol.messages import Array, Masks, View
from convstudio.ui.colours import readable_on
from convstudio.ui.live.colour_bar import ColourBar
from convstudio.ui.live.colour_maps import CENTRE, DIVERGING, NOT_A_NUMBER
from convstudio.ui.live.masks_panel import MasksPanel
from convstudio.ui.live.neighbours import Source
from convstudio.ui.live.number_cells import NumberCells
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence


@pytest.fixture
def panel(show):
    panel = show(MasksPanel(), 900, 260)
    panel.show_block("conv_1", "Convolution 3×3")
    return panel


@pytest.fixture
def weights():
    """4 output × 3 input channels of 3 × 3, all different; the largest is 1.0."""
    values = np.linspace(-0.9, 1.0, 4 * 3 * 9, dtype=np.float32)
    return values.reshape(4, 3, 3, 3)


def shown_texts(panel):
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def middle_of(panel, tile, row, column):
    place, layout = panel.grid.place(tile), panel.grid.tile_layout
    return place.topLeft() + QPoint(int((column + 0.5) * layout.across), int((row + 0.5) * layout.down))


def sentence(panel):
    found = panel.findChild(Sentence)
    return found.text() if found.isVisible() else ""


def test_before_anything_is_chosen_a_sentence_says_what_to_do(show):
    panel = show(MasksPanel(), 350, 200)
    assert "Select a convolution" in sentence(panel)
    panel.show_block("relu_1", "ReLU", has_masks=False)
    assert sentence(panel).startswith("ReLU has no masks")
    panel.show_block("conv_1", "Convolution 3×3")
    assert sentence(panel).startswith("Convolution 3×3: its masks appear")


def test_all_masks_stand_in_rows_of_outputs_and_columns_of_inputs(panel, messages, weights, settle):
    panel.on_masks(messages.masks(weights))
    settle()
    assert panel.caption == "conv_1 · 4 × 3 masks of 3 × 3"
    assert panel.grid.tile_layout.columns == 3
    assert panel.grid.tile_layout.rows == 4
    picture = panel.grid.viewport().grab().toImage()
    for output, came, row, column in np.ndindex(4, 3, 3, 3):
        level = CENTRE + round(float(weights[output, came, row, column]) * CENTRE)
        colour = QColor(picture.pixel(middle_of(panel, 3 * output + came, row, column)))
        wanted = QColor(DIVERGING[level])
        assert abs(colour.red() - wanted.red()) <= 2
        assert abs(colour.blue() - wanted.blue()) <= 2
    assert panel.findChild(ColourBar).numbers == ("−1", "0", "1")


def test_a_click_enlarges_a_mask_with_its_numbers(panel, messages, weights, settle, qtbot):
    panel.on_masks(messages.masks(weights))
    settle()
    with qtbot.waitSignal(panel.tile_selected) as heard:
        qtbot.mouseClick(panel.grid.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(panel, 7, 1, 1))
    assert heard.args == [7]
    assert "output 2 ← input 1" in shown_texts(panel)
    mask = weights[2, 1]
    norm = float(np.sqrt((mask.astype(float) ** 2).sum()))
    assert f"mean {mask.mean():.3f} · norm {norm:.3f}" in shown_texts(panel)
    cells = panel.findChild(NumberCells)
    for row, column in np.ndindex(3, 3):
        value = cells.value_at(cells.place(row, column).center().toPoint())
        assert value == pytest.approx(float(mask[row, column]))
    assert cells.number_font() is not None


def test_hovering_says_which_weight_it_is(panel, messages, weights, settle, hand):
    panel.on_masks(messages.masks(weights))
    settle()
    place = middle_of(panel, 5, 2, 0)
    words = f"output 1 ← input 2 · row 2, column 0: {float(weights[1, 2, 2, 0]):.6g}".replace("-", "−")
    assert hand.tooltip(panel.grid.viewport(), place) == words
    hand.hover(panel.grid.viewport(), place)
    assert words in shown_texts(panel)
    weights[1, 2, 2, 0] = 0.5
    panel.on_masks(messages.masks(weights))
    assert "output 1 ← input 2 · row 2, column 0: 0.5" in shown_texts(panel)


def test_both_stages_of_a_separable_convolution_can_be_seen(panel, messages, settle, qtbot):
    depthwise, pointwise = np.ones((16, 1, 3, 3)), np.ones((32, 16, 1, 1))
    message = messages.masks(depthwise, pointwise, names=("depthwise.weight", "pointwise.weight"))
    call = Separable(channels=32).call((Shape(16, (9, 9)),))
    panel.show_block("conv_1", "Separable 3×3", call=call)
    panel.on_masks(message)
    settle()
    assert panel.caption == "conv_1 · 16 masks of 3 × 3, one for each channel"
    assert "channel 0" in shown_texts(panel)
    segments = panel.findChild(Segments)
    assert [segments.tabText(at) for at in range(segments.count())] == ["depthwise", "pointwise"]
    qtbot.mouseClick(segments, Qt.MouseButton.LeftButton, pos=segments.tabRect(1).center())
    assert panel.caption == "conv_1 · 32 × 16 masks of 1 × 1"
    assert panel.grid.tile_layout.count == 512
    panel.on_masks(message)  # the next picture leaves the choice alone
    assert panel.caption == "conv_1 · 32 × 16 masks of 1 × 1"
    qtbot.keyClick(segments, Qt.Key.Key_Left)
    assert panel.caption.startswith("conv_1 · 16 masks")


def test_fully_connected_weights_are_one_matrix(panel, messages, settle, hand):
    weights = np.linspace(-1, 1, 20, dtype=np.float32).reshape(4, 5)
    panel.on_masks(messages.masks(weights))
    settle()
    assert panel.caption == "conv_1 · 4 × 5 weights"
    layout = panel.grid.tile_layout
    assert (layout.count, layout.columns, layout.width, layout.gap) == (4, 1, 5, 0)
    assert hand.tooltip(panel.grid.viewport(), middle_of(panel, 2, 0, 3)) == "output 2 ← input 3: 0.368421"


def test_masks_of_clips_lie_slice_by_slice(panel, messages, settle, hand):
    weights = np.arange(2 * 1 * 3 * 2 * 2, dtype=np.float32).reshape(2, 1, 3, 2, 2)
    panel.on_masks(messages.masks(weights))
    settle()
    assert panel.caption == "conv_1 · 2 × 1 masks of 3 × 2 × 2"
    words = hand.tooltip(panel.grid.viewport(), middle_of(panel, 1, 1, 6))
    assert words == f"output 1 ← input 0 · time 2, row 1, column 0: {weights[1, 0, 2, 1, 0]:g}"
    hand.finds_no_tooltip(panel.grid.viewport(), middle_of(panel, 1, 1, 2))


def test_fewer_masks_than_there_are_is_said(panel, messages):
    panel.on_masks(messages.masks(np.ones((8, 2, 3, 3)), total=(512,)))
    assert panel.caption == "conv_1 · 512 × 2 masks of 3 × 3 · first 8 of 512 output channels"


def test_weights_that_are_no_number_are_marked_and_spare_the_scale(panel, messages, settle):
    weights = np.full((2, 1, 1, 1), 0.5, np.float32)
    weights[1] = np.nan
    panel.on_masks(messages.masks(weights))
    settle()
    assert panel.findChild(ColourBar).numbers == ("−0.5", "0", "0.5")
    picture = panel.grid.viewport().grab().toImage()
    assert picture.pixel(middle_of(panel, 1, 0, 0)) == DIVERGING[NOT_A_NUMBER]
    panel.grid.select(1)
    assert "mean nan · norm nan" in shown_texts(panel)


@pytest.mark.parametrize("fill", [0.0, np.nan, np.inf, 1e-30, 3e38])
def test_masks_of_one_odd_value_are_shown(panel, messages, settle, fill):
    panel.on_masks(messages.masks(np.full((3, 2, 5, 5), fill, np.float32)))
    settle()
    assert panel.caption == "conv_1 · 3 × 2 masks of 5 × 5"


@pytest.mark.parametrize(
    "shape", [(1, 1, 1, 1), (2, 3), (512, 4, 1), (1, 1, 31, 31), (2, 2, 3, 3, 3), (300, 300, 1, 1)]
)
@pytest.mark.parametrize("size", [(350, 200), (1200, 400)])
def test_odd_masks_are_shown_at_any_size(show, messages, settle, shape, size):
    panel = show(MasksPanel(), *size)
    panel.show_block("conv_1", "Convolution")
    panel.on_masks(messages.masks(np.zeros(shape)))
    settle()
    assert panel.grid.tile_layout.count * np.prod(panel.grid.tile_layout.width) > 0
    assert panel.size().toTuple() == size


def test_pictures_of_other_blocks_are_not_shown(panel, messages, weights):
    panel.on_masks(messages.masks(weights, block="conv_2"))
    assert "appear here" in sentence(panel)


def test_another_block_empties_the_panel_the_same_block_does_not(panel, messages, weights, settle):
    panel.on_masks(messages.masks(weights))
    panel.show_block("conv_1", "Convolution 3×3")
    settle()
    assert sentence(panel) == ""
    panel.show_block("conv_2", "Convolution 5×5")
    settle()
    assert sentence(panel).startswith("Convolution 5×5")


def test_each_message_is_answered_once_also_where_nothing_can_be_drawn(panel, messages, weights, settle, qtbot):
    drawn = []
    panel.drawn.connect(lambda: drawn.append(1))
    for number in (1, 2):
        panel.on_masks(messages.masks(weights))
        settle()
        assert len(drawn) == number
    panel.on_masks(messages.masks())
    settle()
    assert len(drawn) == 3
    assert "no masks" in sentence(panel)
    broken = Masks(
        run=0,
        step=0,
        view=View("conv_1", "masks"),
        names=("weight",),
        arrays=(Array("float32", (9,), b""),),
        total=(9,),
    )
    panel.on_masks(broken)
    settle()
    assert len(drawn) == 4
    assert "needs 36 bytes" in sentence(panel)


def test_the_colour_of_numbers_can_be_read_on_every_cell():
    def luminance(colour):
        parts = [colour.redF(), colour.greenF(), colour.blueF()]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for entry in DIVERGING[: 2 * CENTRE + 1]:
        cell, text = sorted([luminance(QColor(entry)), luminance(readable_on(QColor(entry)))])
        assert (text + 0.05) / (cell + 0.05) >= 4.5


def test_a_large_mask_drops_its_numbers_before_they_get_too_small(show, both_themes):
    cells = show(NumberCells("mask"), 200, 120)
    levels = np.full((31, 31), CENTRE, np.uint8)
    cells.set_values(np.zeros((31, 31), np.float32), levels, DIVERGING)
    assert cells.number_font() is None
    cells.set_values(np.zeros((3, 3), np.float32), levels[:3, :3], DIVERGING)
    assert cells.number_font() is not None


def test_the_numbers_have_their_own_tooltip(show, hand):
    cells = show(NumberCells("mask"), 200, 120)
    cells.set_values(np.array([[0.123456789, -2.0]], np.float32), np.array([[1, 2]], np.uint8), DIVERGING)
    assert hand.tooltip(cells, cells.place(0, 0).center().toPoint()) == "0.123457"
    assert hand.tooltip(cells, cells.place(0, 1).center().toPoint()) == "−2"


READINGS = [
    (Convolution(channels=6, groups=2), (6, 2, 3, 3), 7, "6 × 2 masks of 3 × 3, 2 groups", "output 3 ← input 3"),
    (Depthwise(multiplier=2), (8, 1, 3, 3), 5, "8 masks of 3 × 3, 2 for each channel", "channel 2 · mask 1"),
    (Depthwise(), (4, 1, 3, 3), 3, "4 masks of 3 × 3, one for each channel", "channel 3"),
    (Transposed(channels=3), (4, 3, 2, 2), 4, "4 × 3 masks of 2 × 2, input × output channels", "output 1 ← input 1"),
    (Transposed(channels=6, groups=2), (4, 3, 2, 2), 7, "4 × 3 masks", "output 4 ← input 2"),
    (FixedMask(), (4, 1, 3, 3), 0, "1 mask of 3 × 3, the same for every channel", "the mask"),
]


@pytest.mark.parametrize(("layer", "form", "tile", "caption", "words"), READINGS, ids=str)
def test_masks_are_named_by_the_channels_that_they_join(layer, form, tile, caption, words, panel, messages, settle):
    """Checked by hand against torch: which input channel moves which output channel."""
    weights = np.arange(np.prod(form), dtype=np.float32).reshape(form)
    panel.show_block("conv_1", layer.heading(), call=layer.call((Shape(4, (9, 9)),)))
    panel.on_masks(messages.masks(weights))
    settle()
    assert panel.caption.startswith(f"conv_1 · {caption}")
    panel.grid.select(tile)
    assert words in shown_texts(panel)


def of(message, what, trial=False):
    return replace(message, view=replace(message.view, what=what), trial=trial)


def choose(qtbot, segments, words):
    at = next(at for at in range(segments.count()) if segments.tabText(at) == words)
    qtbot.mouseClick(segments, Qt.MouseButton.LeftButton, pos=segments.tabRect(at).center())


def test_gradients_and_changes_are_asked_for_and_shown_beside_the_weights(panel, messages, weights, settle, qtbot):
    panel.on_masks(messages.masks(weights))
    assert panel.wanted == ("masks",)
    with qtbot.waitSignal(panel.wanted_changed):
        choose(qtbot, panel._aspects, "gradient")
    assert panel.wanted == ("masks", "gradients")
    assert panel._nothing.isVisible()
    panel.on_masks(of(messages.masks(weights * 0.01), "gradients", trial=True))
    settle()
    assert panel.caption.endswith("of one mini-batch, not learned from")
    assert panel.findChild(ColourBar).numbers == ("−0.01", "0", "0.01")
    beside, cells = panel._beside, panel._cells
    place = cells.place(1, 2).center().toPoint()
    assert cells.value_at(place) == pytest.approx(float(weights[0, 0, 1, 2]) * 0.01)
    assert beside.isVisible()
    assert beside.value_at(beside.place(1, 2).center().toPoint()) == pytest.approx(float(weights[0, 0, 1, 2]))
    panel.on_masks(of(messages.masks(weights * 0.02), "gradients"))
    assert panel.caption.endswith("of the last step")
    choose(qtbot, panel._aspects, "values")
    assert not beside.isVisible()


def test_masks_in_the_order_of_their_norm_or_change(panel, messages, weights, settle, hand, qtbot):
    panel.on_masks(messages.masks(weights))
    norms = np.sqrt((weights.reshape(4, -1) ** 2).sum(1))
    panel._order.setFocus()
    qtbot.keyClick(panel._order, Qt.Key.Key_Down)
    settle()
    first = int(norms.argmax())
    words = hand.tooltip(panel.grid.viewport(), middle_of(panel, 1, 0, 2))
    assert words == f"output {first} ← input 1 · row 0, column 2: {weights[first, 1, 0, 2]:.6g}".replace("-", "−")
    with qtbot.waitSignal(panel.wanted_changed):
        qtbot.keyClick(panel._order, Qt.Key.Key_Down)
    assert panel.wanted == ("masks", "changes")
    changes = np.zeros_like(weights)
    changes[2] = 0.1
    panel.on_masks(of(messages.masks(changes), "changes"))
    settle()
    assert hand.tooltip(panel.grid.viewport(), middle_of(panel, 0, 0, 0)).startswith("output 2 ← input 0")
    assert "changed by 0.300" in " ".join(shown_texts(panel))


def test_fully_connected_weights_lie_over_the_maps_they_weigh(panel, messages, settle, hand, qtbot):
    weights = np.random.default_rng(0).normal(size=(4, 18)).astype(np.float32)
    over = Source("pool_1", Shape(2, (3, 3)))
    panel.show_block("conv_1", "Fully connected", over=over)
    panel.on_masks(messages.masks(weights))
    settle()
    assert panel.caption == "conv_1 · 4 × 2 maps of weights of 3 × 3, over the maps of pool_1"
    assert panel.grid.tile_layout.columns == 2
    words = hand.tooltip(panel.grid.viewport(), middle_of(panel, 2 * 3 + 1, 2, 0))
    assert words == f"output 3 ← map 1 · row 2, column 0: {weights[3, 9 + 6]:.6g}".replace("-", "−")
    choose(qtbot, panel._segments, "as rows")
    assert panel.caption == "conv_1 · 4 × 18 weights"


def test_fixed_masks_have_no_gradient(panel, messages, qtbot):
    panel.on_masks(messages.masks(np.ones((2, 1, 3, 3))))
    choose(qtbot, panel._aspects, "gradient")
    panel.on_masks(of(messages.masks(), "gradients"))
    assert "fixed" in panel._nothing.text()
