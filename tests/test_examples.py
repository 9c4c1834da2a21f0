"""The example projects: each opens without a problem, fits its data, and lies well on the canvas."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch

from convstudio import data
from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.engine.build import build
from convstudio.engine.project import analysed, sample
from convstudio.network import file
from convstudio.network.document import Block, Document
from convstudio.network.facts import Analysis
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight
from convstudio.templates import TEMPLATES

EXAMPLES = {
    "digits-two-paths": 32_186,
    "first-steps": 9_098,
    "lenet5": 61_706,
    "dilated-context": 5_352,
    "separable-vs-plain": 5_765,
    "small-resnet": 77_717,
    "u-net": 117_446,
}
"""By name: the number of weights."""

CARD, PILL = (150, 142), (70, 26)

every_example = pytest.mark.parametrize("name", EXAMPLES)


def opened(name: str) -> tuple[Document, Analysis]:
    document = file.load(asset("examples", f"{name}.convstudio"), catalogue())
    return document, analysed(document)


def test_all_examples_are_tested() -> None:
    assert {path.stem for path in asset("examples").glob("*.convstudio")} == set(EXAMPLES)


@every_example
def test_an_example_opens_without_a_problem(name: str) -> None:
    _, analysis = opened(name)
    assert analysis.problems == ()
    assert analysis.parameters == EXAMPLES[name]


@every_example
def test_the_file_is_what_saving_it_again_writes(name: str) -> None:
    document, _ = opened(name)
    assert asset("examples", f"{name}.convstudio").read_text(encoding="utf-8") == file.dump(document)


@every_example
def test_no_block_lies_on_another(name: str) -> None:
    document, _ = opened(name)
    for a, b in combinations(document.network.blocks.values(), 2):
        assert apart(a, b), f"{a.id} and {b.id}"


def apart(a: Block, b: Block) -> bool:
    (aw, ah), (bw, bh) = size(a), size(b)
    room = 30
    return a.x + aw + room <= b.x or b.x + bw + room <= a.x or a.y + ah + room <= b.y or b.y + bh + room <= a.y


def size(block: Block) -> tuple[int, int]:
    return PILL if block.layer.pill else CARD


@every_example
def test_an_example_computes(name: str) -> None:
    document, analysis = opened(name)
    live = build(document.network, analysis, 0).eval()
    with torch.no_grad():
        scores = live(torch.rand(2, *live.sample.dims))
    wanted = sample(document.data)
    assert wanted
    assert scores.shape == (2, *wanted.answer.dims)


def test_lenet5_does_the_work_that_was_published() -> None:
    _, analysis = opened("lenet5")
    assert analysis.multiply_adds == 416_520


def test_dilation_widens_what_is_seen_as_the_note_says() -> None:
    document, analysis = opened("dilated-context")
    assert [Sight(analysis).of(i)[0].size for i in ("conv_1", "dilated_1", "dilated_2")] == [3, 7, 15]
    assert "15 × 15" in document.network.notes["note_1"].text


def test_separable_masks_cost_what_the_note_says() -> None:
    document, analysis = opened("separable-vs-plain")
    assert [analysis.blocks[i].parameters for i in ("conv_2", "separable_1")] == [2_320, 432]
    assert "2,320 weights" in document.network.notes["note_1"].text
    assert "432" in document.network.notes["note_1"].text


@pytest.mark.parametrize(("name", "template"), [("small-resnet", "resnet-20"), ("u-net", "u-net")])
def test_an_example_is_the_template_for_its_data(name: str, template: str) -> None:
    document, _ = opened(name)
    info = data.info(document.data.name)
    found = next(t for t in TEMPLATES if t.name == template)
    assert document == found.document(info.name, Shape(info.channels, info.axes), len(info.classes))
