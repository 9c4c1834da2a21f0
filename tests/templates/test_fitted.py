"""The templates fitted to data sets: they open without a problem, compute, learn, and lie well on the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
import torch
from torch.nn.functional import cross_entropy

from convstudio import data
from convstudio.blocks import catalogue
from convstudio.data import DatasetInfo
from convstudio.engine.build import build
from convstudio.engine.project import analysed
from convstudio.network import file
from convstudio.network.document import Block, Document, Network
from convstudio.network.group import Group
from convstudio.network.shape import Shape
from convstudio.templates import TEMPLATES, Template

CARD, PILL = (150, 138), 28
PAIRS = [
    pytest.param(template, info, id=f"{template.name} on {info.name}")
    for template in TEMPLATES
    for info in data.available()
    if template.task == info.task
]


def fitted(template: Template, info: DatasetInfo) -> Document:
    return template.document(info.name, Shape(info.channels, info.axes), len(info.classes))


def drawings() -> list[tuple[str, Document]]:
    """Every template in every form, once."""
    found = [(t.name, t.as_published()) for t in TEMPLATES if t.published]
    return found + [(p.id or "", fitted(*p.values)) for p in PAIRS]  # type: ignore[misc]


@pytest.mark.parametrize(("template", "info"), PAIRS)
def test_a_template_fits_the_data(template: Template, info: DatasetInfo) -> None:
    document = fitted(template, info)
    assert analysed(document).problems == ()
    assert file.parse(file.dump(document), catalogue()) == document


@pytest.mark.parametrize(("name", "document"), drawings())
def test_no_block_lies_on_another_and_the_note_above_all(name: str, document: Document) -> None:
    for network in everywhere(document.network):
        for a, b in combinations(network.blocks.values(), 2):
            assert apart(a, b), f"{name}: {a.id} and {b.id}"
    (note,) = document.network.notes.values()
    assert note.y + note.height < min(b.y for b in document.network.blocks.values())


def everywhere(network: Network) -> Iterator[Network]:
    """The network, and those in its groups."""
    yield network
    for block in network.blocks.values():
        if isinstance(block.layer, Group):
            yield from everywhere(block.layer.network)


def apart(a: Block, b: Block, room: int = 14) -> bool:
    (aw, ah), (bw, bh) = size(a), size(b)
    return a.x + aw + room <= b.x or b.x + bw + room <= a.x or a.y + ah + room <= b.y or b.y + bh + room <= a.y


def size(block: Block) -> tuple[float, float]:
    return (max(72.0, 36 + 7.2 * len(block.heading)), PILL) if block.layer.pill else CARD


@pytest.mark.parametrize(("template", "info"), {p.values[0]: p for p in reversed(PAIRS)}.values())
def test_the_gradient_reaches_every_weight(template: Template, info: DatasetInfo) -> None:
    """One step on a few samples: the loss is a number, and nothing is left out of learning."""
    document = fitted(template, info)
    live = build(document.network, analysed(document), 0)
    torch.manual_seed(0)
    scores = live(torch.rand(4, info.channels, *info.axes))
    assert scores.shape[1] == len(info.classes)
    loss = cross_entropy(scores, torch.zeros((4, *scores.shape[2:]), dtype=torch.int64))
    torch.autograd.backward(loss)
    assert torch.isfinite(loss)
    for name, weights in live.named_parameters():
        assert weights.grad is not None, name
        assert torch.isfinite(weights.grad).all(), name


def test_names_and_words() -> None:
    assert len({t.name for t in TEMPLATES}) == len(TEMPLATES)
    for template in TEMPLATES:
        assert 1980 < template.year < 2020
        assert 120 < len(template.about) < 420, template.name
        assert template.citation.endswith(".")
        assert template.adapted or template.published is None, template.name
