"""The many kinds in the window: folding the palette, a mask of one's own, what is told of masks and of costs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit

from convstudio.blocks import (
    BROUGHT,
    AveragePool,
    Convolution,
    Depthwise,
    Dilated,
    FixedMask,
    GroupNorm,
    MaxPool,
    Multiply,
    ReLU,
    Separable,
    Transposed,
    catalogue,
)
from convstudio.network import edits
from convstudio.network.resolve import measure, resolve
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight
from convstudio.ui.forms.matrix import parsed
from convstudio.ui.inspector.comparison import Comparison
from convstudio.ui.inspector.coverage import reach
from convstudio.ui.inspector.rivals import rivals
from convstudio.ui.palette.palette import Palette
from convstudio.ui.status import last_field


@pytest.fixture
def palette(qtbot, tmp_path):
    def made() -> Palette:
        palette = Palette(catalogue(), QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
        qtbot.addWidget(palette)
        palette.show()
        return palette

    return made


def test_a_folded_section_is_remembered_and_searched(palette, qtbot):
    first = palette()
    pooling = first.section("Pooling")
    button = first.button("max_pool")
    assert button.isVisible()
    qtbot.mouseClick(pooling.head, Qt.MouseButton.LeftButton)
    assert not button.isVisible()
    QTest.keyClicks(first.search, "max pool")
    assert button.isVisible()
    first.search.clear()
    assert not button.isVisible()
    again = palette()
    assert again.section("Pooling").closed
    QTest.keyClick(again.section("Pooling").head, Qt.Key.Key_Space)
    assert again.button("max_pool").isVisible()
    assert not palette().section("Pooling").closed


def test_every_kind_has_a_place_in_the_palette(palette):
    shown = palette()
    for kind in catalogue().values():
        if kind not in BROUGHT:  # those come with an import, from no hand
            assert shown.button(kind.kind).text()


def chosen(bench, layer):
    network, block = edits.insert_before(bench.store.network, "relu_1", "in", layer)
    bench.store.edit("Insert", network)
    bench.store.select((block,))
    return block


def test_a_mask_of_ones_own_is_typed_row_by_row(bench):
    block = chosen(bench, FixedMask(preset="own"))
    before = bench.store.network
    (lines,) = [e for e in bench.inspector.block.findChildren(QPlainTextEdit) if e.isVisible()]
    lines.selectAll()
    QTest.keyClicks(lines, "1 2 x")
    assert bench.store.network.blocks[block].layer.numbers == ((1.0, 2.0),)
    QTest.keyClick(lines, Qt.Key.Key_Backspace)
    QTest.keyClicks(lines, "1")
    assert bench.store.network.blocks[block].layer.numbers == ((1.0, 2.0, 1.0),)
    QTest.keyClick(lines, Qt.Key.Key_Return)
    QTest.keyClicks(lines, "0 -.5 0")
    assert bench.store.network.blocks[block].layer.numbers == ((1.0, 2.0, 1.0), (0.0, -0.5, 0.0))
    lines.clearFocus()
    bench.store.undo()
    assert bench.store.network == before


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "One row"), ("1 2\n3", "hold 2, 1 numbers"), ("1 2\n3 a", "Line 2: 'a' is not"), (" \n", "One row")],
)
def test_what_is_no_mask_is_said(text, words):
    assert words in parsed(text)


def test_numbers_may_be_parted_in_many_ways():
    assert parsed("1, 2;3\n-4 −5 6e-1\n") == ((1.0, 2.0, 3.0), (-4.0, -5.0, 0.6))


def test_only_the_settings_of_the_preset_are_shown(bench):
    chosen(bench, FixedMask(preset="gaussian"))
    shown = {label.text() for label in bench.inspector.block.findChildren(QLabel) if label.isVisible()}
    assert {"Mask", "Mask size", "Sigma", "Stride"} <= shown
    assert not {"Angle", "Wavelength", "Phase", "Numbers"} & shown


CAME = Shape(8, (12, 12))
PLACES = [
    (Convolution(), {"Convolution 5×5", "Dilated 3×3 · d 2", "Separable 5×5", "Separable 3×3"}),
    (Dilated(), {"Convolution 5×5", "Convolution 3×3", "Separable 3×3"}),
    (Depthwise(multiplier=2), {"Convolution 3×3", "Separable 3×3"}),
    (Transposed(), {"Transposed 4×4", "Upsample 2×2 + Convolution 3×3", "Upsample 2×2 + Separable 3×3"}),
    (MaxPool(), {"Average pool 2×2", "Convolution 2×2", "Depthwise 2×2"}),
    (AveragePool(), {"Max pool 2×2", "Convolution 2×2", "Depthwise 2×2"}),
]


@pytest.mark.parametrize(("layer", "others"), PLACES, ids=lambda v: getattr(v, "kind", None))
def test_others_in_its_place_give_the_same_shape_and_say_what_they_cost(layer, others):
    found = rivals(layer, CAME)
    names = {r.name for r in found}
    assert others <= names
    (own,) = (r for r in found if r.present)
    assert (own.name, own.parameters) == (layer.heading(), measure(layer, (CAME,)).parameters)
    assert [r.parameters for r in found] == sorted((r.parameters for r in found), reverse=True)


def test_the_costs_of_two_blocks_are_added():
    (chain,) = (r for r in rivals(Transposed(), CAME) if r.name == "Upsample 2×2 + Convolution 3×3")
    assert chain.parameters == 8 * 8 * 9 + 8
    assert chain.multiply_adds == 24 * 24 * 8 * 8 * 9


def test_where_nothing_compares_nothing_is_shown():
    assert rivals(ReLU(), CAME) == ()
    assert rivals(Convolution(mask=(20,), padding="none"), CAME) == ()
    assert reach(ReLU(), 2) is None
    assert reach(Convolution(mask=(3, 3, 3)), 3) is None
    assert reach(FixedMask(preset="sobel_y"), 1) is None


@pytest.mark.parametrize(
    ("layer", "headline"),
    [
        (Convolution(), "9 weights see 3×3"),
        (Separable(mask=(1,)), "1 weight sees 1×1"),
        (Depthwise(dilation=(2,)), "9 weights see 5×5"),
        (Transposed(), "4 weights reach 2×2"),
        (FixedMask(), "9 numbers"),
        (MaxPool(window=(2, 3)), "6 cells become 1"),
    ],
    ids=lambda v: getattr(v, "kind", None),
)
def test_what_a_mask_reaches_is_told(layer, headline):
    assert reach(layer, 2).headline == headline


def test_what_others_would_cost_is_told_in_words_too(qtbot):
    card = Comparison()
    qtbot.addWidget(card)
    card.show_rivals(rivals(Convolution(channels=8), CAME))
    words = card.bars.accessibleName().split("; ")
    assert len(words) == len(card.bars.rivals)
    assert card.bars.height() == 30 * len(words)
    assert any(line.startswith("Convolution 3×3: ") and " w · " in line for line in words)
    card.show_rivals(())
    assert card.bars.accessibleName() == ""


def test_the_status_bar_names_the_field_of_the_last_maps(bench):
    network = bench.store.network
    assert last_field(Sight(resolve(network, catalogue()))) == "×".join(
        str(f.size) for f in bench.store.sight.of("max_pool_1")
    )
    normal, _ = edits.insert_before(network, "max_pool_1", "in", GroupNorm())
    assert last_field(Sight(resolve(normal, catalogue()))) == "whole input"


def test_a_gate_sees_everything_that_its_other_way_sees():
    found = measure(Multiply(), (CAME, Shape(8)))
    assert found.output == CAME
    assert str(found.call.applied(("x", "g"))) == "x * g[:, :, None, None]"
