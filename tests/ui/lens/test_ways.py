"""Counts of ways, against torch: the gradient of a network of ones with respect to its input."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPointF

from convstudio.blocks import (
    AdaptiveAveragePool,
    Add,
    AveragePool,
    Convolution,
    Depthwise,
    Dilated,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    Input,
    Pointwise,
    ReLU,
    Separable,
    Transposed,
    Upsample,
    catalogue,
)
from convstudio.engine.build import build
from convstudio.network import edits
from convstudio.network.document import Network, Wire
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve
from convstudio.ui.lens.ways import way_counts, ways
from convstudio.ui.lens.ways_picture import WaysPicture


def chain(*layers: Layer, axes: tuple[int, ...] = (15, 13)) -> tuple[Network, str]:
    network, last = edits.add(Network(), Input(channels=1, axes=axes), 0, 0)
    for layer in layers:
        network, last = edits.append_after(network, last, layer)
    return network, last


def by_torch(network: Network, block: str, place: tuple[int, ...]) -> np.ndarray:
    """How much a unit grows with each cell when every weight is 1 and every block has one map."""
    live = build(network, resolve(network, catalogue()), 0).double()
    with torch.no_grad():
        for name, weights in live.named_parameters():
            weights.fill_(0.0 if name.endswith("bias") else 1.0)
    image = torch.ones(1, *live.sample.dims, dtype=torch.double, requires_grad=True)
    live.results(image, (block,))[block][(0, 0, *place)].backward()
    assert image.grad is not None
    return image.grad[0, 0].numpy()


def one(kind: type, **settings: object) -> Layer:
    return kind(channels=1, **settings)


CASES = {
    "dilated 1 2 4": ((one(Convolution), one(Dilated, dilation=(2,)), one(Dilated, dilation=(4,))), (7, 6)),
    "dilated 2 2 2": ((one(Dilated, dilation=(2,)),) * 3, (7, 6)),
    "at the border": ((one(Dilated, dilation=(2,)), one(Convolution, mask=(5,))), (0, 12)),
    "strides": ((one(Convolution, stride=(2,)), ReLU(), one(Convolution, mask=(3, 1), stride=(2, 1))), (1, 3)),
    "no padding": ((one(Convolution, mask=(5,), padding="none"), one(Dilated, padding="none")), (2, 2)),
    "depthwise pointwise separable": ((Depthwise(), one(Pointwise), one(Separable, mask=(5,))), (4, 4)),
    "transposed": ((one(Convolution, stride=(2,)), one(Transposed, mask=(3,)), one(Convolution)), (5, 6)),
}


@pytest.mark.parametrize("name", CASES)
def test_as_many_ways_as_torch_counts(name: str) -> None:
    layers, place = CASES[name]
    network, last = chain(*layers)
    found = way_counts(network, resolve(network, catalogue()), last, place)
    assert found is not None
    assert np.array_equal(found, by_torch(network, last, place))


def test_signals_clips_and_pools() -> None:
    network, last = chain(one(Dilated, dilation=(3,)), one(Dilated, dilation=(3,)), axes=(31,))
    found = way_counts(network, resolve(network, catalogue()), last, (15,))
    assert np.array_equal(found, by_torch(network, last, (15,)))
    network, last = chain(one(Convolution), one(Convolution), axes=(5, 6, 7))
    found = way_counts(network, resolve(network, catalogue()), last, (2, 3, 3))
    assert np.array_equal(found, by_torch(network, last, (2, 3, 3)))
    network, last = chain(Upsample(), one(Convolution))
    found = way_counts(network, resolve(network, catalogue()), last, (9, 4))
    assert np.array_equal(found, by_torch(network, last, (9, 4)))
    network, last = chain(one(Convolution), AdaptiveAveragePool(size=(4, 3)))
    found = way_counts(network, resolve(network, catalogue()), last, (1, 2))
    assert found is not None
    assert np.array_equal(found > 0, by_torch(network, last, (1, 2)) > 0)
    network, last = chain(AveragePool(window=(3,), stride=(2,)), one(Convolution))
    found = way_counts(network, resolve(network, catalogue()), last, (2, 2))
    assert np.allclose(found, 9 * by_torch(network, last, (2, 2)))


def test_ways_add_up_where_branches_meet() -> None:
    network, conv = chain(one(Convolution))
    network, wide = edits.append_after(network, conv, one(Dilated, dilation=(3,)))
    network, add = edits.add(network, Add(), 0, 0)
    for port, source in zip(network.ports(add), (conv, wide), strict=False):
        network = edits.connect(network, Wire(source, add, port))
    found = way_counts(network, resolve(network, catalogue()), add, (7, 6))
    assert np.array_equal(found, by_torch(network, add, (7, 6)))


def test_a_neuron_sees_each_cell_once_and_so_does_a_mean() -> None:
    for layers in ((Flatten(), FullyConnected(channels=2)), (GlobalAveragePool(),)):
        network, last = chain(*layers)
        assert (way_counts(network, resolve(network, catalogue()), last, ()) == 1).all()


def test_gridding_is_told_and_its_remedy_has_no_gaps() -> None:
    network, last = chain(*CASES["dilated 2 2 2"][0], axes=(21, 21))
    found = ways(network, resolve(network, catalogue()), last, (10, 10))
    assert found is not None
    assert (found.counts.shape, found.row, found.column) == ((13, 13), 4, 4)
    assert found.words() == "A cell reaches it in up to 49 ways; 120 of 169 cells of its field never do"
    network, last = chain(*CASES["dilated 1 2 4"][0], axes=(21, 21))
    found = ways(network, resolve(network, catalogue()), last, (10, 10))
    assert found is not None
    assert found.counts.shape == (15, 15)
    assert found.words().endswith("no gaps")


def test_what_is_not_there_has_no_ways() -> None:
    network, last = chain(one(Convolution))
    analysis = resolve(network, catalogue())
    for block, place in ((last, (99, 0)), (last, (1,)), (last, ()), ("nobody", (0, 0))):
        assert ways(network, analysis, block, place) is None


def test_the_picture_tells_place_and_number(qtbot) -> None:
    picture = WaysPicture()
    qtbot.addWidget(picture)
    picture.resize(200, 160)
    assert picture.tip(QPointF(5, 5)) == ""
    network, last = chain(*CASES["dilated 2 2 2"][0], axes=(21, 21))
    picture.show_ways(ways(network, resolve(network, catalogue()), last, (10, 10)))
    assert picture.tip(picture.cell(6, 6).center()) == "row 10, column 10: 49 ways"
    assert picture.tip(picture.cell(1, 0).center()) == "row 5, column 4: 0 ways"
    pixels = picture.grab().toImage()
    gap, reached = (pixels.pixelColor(picture.cell(*at).center().toPoint()) for at in ((1, 1), (2, 2)))
    assert gap != reached
