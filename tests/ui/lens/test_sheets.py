"""The sheets of the lens: every kind of block has one, its words, formula and table tell the result, and it paints."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from convstudio.blocks import (
    KINDS,
    Add,
    Convolution,
    Dropout,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    Input,
    MaxPool,
    Output,
    Pad,
    ReLU,
    Separable,
    Transposed,
)
from convstudio.network import edits, grouping
from convstudio.network.document import Network
from convstudio.network.terms import Sum
from convstudio.ui.lens import scenes
from convstudio.ui.lens.ink import Ink
from convstudio.ui.lens.sheet import Sheet, short
from convstudio.ui.lens.sheets import sheet

pytestmark = pytest.mark.filterwarnings("ignore:Using padding=.same.:UserWarning")


def painted(made: Sheet, width: int = 420) -> QImage:
    picture = QImage(width, max(40, made.height(width)), QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    made.paint(Ink(painter), width, QRect(0, 0, width, picture.height()))
    painter.end()
    return picture


def colours(picture: QImage) -> set[int]:
    return {picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_of_block_is_drawn_and_told(kind, block_cases, laboratory_of) -> None:
    for case in [c for c in block_cases.CASES if type(c.layer) is kind][:3]:
        network, block = block_cases.network(case)
        lab = laboratory_of(network)
        made = sheet(lab.ask(block))
        result = made.found.terms.result
        assert len(made.words()) > 40
        assert short(result) in made.formula() or f"{result:.3g}" in made.formula()
        assert any(f"{result:.9g}" in row for row in made.table())
        assert len({len(row) for row in made.table()}) == 1
        for width in (180, 420):
            assert len(colours(painted(made, width))) > 2
        for port in range(len(made.found.inputs)):
            scenes.input_scene(made, port)
        assert len(scenes.output_scene(made).dots) == 1


@pytest.fixture
def digits(laboratory):
    return laboratory(
        Input(channels=2, axes=(8, 8)),
        Convolution(channels=3),
        MaxPool(),
        Flatten(),
        FullyConnected(channels=4),
        Output(),
    )


def test_the_window_of_a_pool_is_marked_and_its_winner_apart(digits) -> None:
    made = sheet(digits.ask("max_pool_1", 1, (2, 3)))
    marks = made.marks(0, 1)
    assert [mark.place for mark in marks] == [(4, 6), (4, 7), (5, 6), (5, 7)]
    assert sum(mark.chosen for mark in marks) == 1
    assert made.marks(0, 0) == ()
    assert "the whole gradient goes to it" in made.words()


def test_a_neuron_lists_the_largest_contributions_first_with_their_places(digits) -> None:
    found = digits.ask("fc_1", 2)
    made = sheet(found)
    _, first, second, *_ = made.table()
    assert abs(float(first[4])) >= abs(float(second[4]))
    assert first[1].startswith("map ")
    row, weights = found.terms.rows[0], found.terms.rows[0].weights
    number = int(first[0])
    assert float(first[2]) * float(first[3]) == pytest.approx(row.values[number] * weights[number])
    channel, rest = divmod(number, 16)
    assert first[1] == f"map {channel}, row {rest // 4}, column {rest % 4}"
    assert "3 × 4 × 4" in made.words()


def test_the_output_tells_the_loss_of_the_right_class(digits) -> None:
    found = digits.ask("output_1", 1, target=3)
    assert f"= {short(found.terms.loss)}" in sheet(found).formula()
    named = sheet(found, ("cat", "dog", "owl", "fox"))
    assert [row[0] for row in named.table()[1:5]] == ["cat", "dog", "owl", "fox"]
    assert len(colours(painted(named))) > 2
    assert [row[0] for row in sheet(found, ("too", "few")).table()[1:3]] == ["0", "1"]
    assert "not known" in sheet(digits.ask("output_1", 1)).words()


def test_a_value_in_the_row_tells_where_it_was(digits) -> None:
    made = sheet(digits.ask("flatten_1", 2 * 16 + 3 * 4 + 1))
    assert "2 · 16 + 3 · 4 + 1 = 45" in made.formula()
    assert [mark.place for mark in made.marks(0, 2)] == [(3, 1)]


def test_both_stages_of_a_separable_convolution_add_up(laboratory) -> None:
    lab = laboratory(Input(channels=2, axes=(6, 6)), Separable(channels=3, between="relu", dilation=(2,)))
    found = lab.ask("separable_1", 1, (3, 2))
    made = sheet(found)
    assert "ReLU" in made.words()
    assert len(found.terms.first) == 2
    assert made.top_of(0, 1, 420) == made.height(420) // 2


def test_a_transposed_convolution_shows_where_one_input_is_spread(laboratory) -> None:
    lab = laboratory(Input(channels=1, axes=(4, 4)), Transposed(channels=1, mask=(3,), padding=(1,)))
    made = sheet(lab.ask("transposed_1", 0, (3, 4)))
    first, last = made.covered()
    assert [b - a for a, b in zip(first, last, strict=True)] == [2, 2]
    assert first[0] <= 3 <= last[0]
    assert first[1] <= 4 <= last[1]


def test_where_a_stride_leaves_gaps_that_is_said(laboratory) -> None:
    lab = laboratory(Input(channels=1, axes=(3, 3)), Transposed(channels=1, mask=(1,), stride=(2,)))
    made = sheet(lab.ask("transposed_1", 0, (1, 1)))
    assert "gaps" in made.words()
    assert made.height(300) == 0


def test_dropout_says_that_it_does_nothing_here(laboratory) -> None:
    lab = laboratory(Input(channels=1, axes=(3, 3)), Dropout(share=0.2))
    words = sheet(lab.ask("dropout_1", 0, (1, 1))).words()
    assert "20 %" in words
    assert "1.25" in words
    assert "does nothing" in words


def test_padding_by_cells_of_the_map_names_the_cell(laboratory) -> None:
    lab = laboratory(Input(channels=1, axes=(5, 5)), Pad(mode="reflect", before=(2,)))
    made = sheet(lab.ask("pad_1", 0, (0, 3)))
    assert "repeats another one (reflect)" in made.words()
    assert [mark.place for mark in made.marks(0, 0)] == [(2, 1)]
    assert "padding" not in sheet(lab.ask("pad_1", 0, (3, 3))).words()


def test_an_addition_marks_the_cell_in_each_input(laboratory_of, block_cases) -> None:
    case = next(c for c in block_cases.CASES if isinstance(c.layer, Add) and c.inputs[0].rank == 2)
    network, block = block_cases.network(case)
    made = sheet(laboratory_of(network).ask(block, 1, (2, 3)))
    for port in range(2):
        assert [mark.place for mark in made.marks(port, 1)] == [(2, 3)]
        assert made.marks(port, 0) == ()


def test_a_group_says_that_it_is_to_be_opened(laboratory_of) -> None:
    network, start = edits.add(Network(), Input(channels=1, axes=(6, 6)), 0, 0)
    network, conv = edits.append_after(network, start, Convolution(channels=2))
    network, relu = edits.append_after(network, conv, ReLU())
    network, group = grouping.group(network, (conv, relu))
    lab = laboratory_of(network)
    made = sheet(lab.ask(group, 1, (2, 2)))
    assert "Open the group" in made.words()
    inside = next(block for block in lab.live.shapes if block.endswith(conv))
    assert isinstance(lab.ask(inside, 1, (2, 2)).terms, Sum)


def test_very_many_cells_are_painted_as_one_picture_of_the_same_colours(laboratory) -> None:
    lab = laboratory(Input(channels=1, axes=(48, 40)), GlobalAveragePool())
    found = lab.ask("global_avg_1", 0, ())
    made = sheet(found)
    picture, scale = painted(made), made.scale()
    grid = made._grids(420)[0]
    for cell in (0, 41, 48 * 40 - 1):
        middle = grid.place(cell).center()
        wanted = scale.colour(found.terms.rows[0].values[cell])
        assert picture.pixelColor(int(middle.x()), int(middle.y())) == wanted
