"""What advice claims, checked with torch: weights that learn nothing, cells that are missed, one layer for two."""

from __future__ import annotations

import pytest
import torch

from chains import chain
from convstudio.blocks import Convolution, Dilated, Input, MaxPool, Output, catalogue
from convstudio.engine.build import build
from convstudio.network.advice import advise
from convstudio.network.layer import Layer
from convstudio.network.resolve import resolve


def lived(*layers: Layer):
    """The live network and all that is advised."""
    network = chain(*layers)
    analysis = resolve(network, catalogue())
    words = " ".join(p.words for p in advise(network, analysis, catalogue()))
    return build(network, analysis, 0), words


@pytest.mark.parametrize(
    ("before", "layer", "idle"),
    [
        ((8, 8), Convolution(channels=2), 8),
        ((16, 16), Convolution(channels=2, mask=(5,)), 16),
        ((24, 24), Dilated(channels=2, dilation=(3,)), 8),
        ((16, 24), Convolution(channels=2, mask=(5, 3), stride=(2, 1), padding=(2, 1)), 9),
    ],
)
def test_cells_said_to_learn_nothing_have_no_gradient(before: tuple[int, int], layer: Layer, idle: int) -> None:
    """Pooling by 8 leaves 1 × 1, 2 × 2, 3 × 3 and 2 × 3."""
    live, words = lived(Input(axes=before), MaxPool(window=(8,), stride=(8,)), layer, Output())
    live(torch.rand(4, *live.sample.dims)).square().sum().backward()
    weights = next(p for n, p in live.named_parameters() if n.endswith("weight"))
    still = int((weights.grad.abs().sum((0, 1)) == 0).sum())
    assert still == idle
    assert f"the other {idle} always meet padding" in words


def test_cells_said_to_be_missed_have_no_gradient() -> None:
    live, words = lived(Input(axes=(25, 25)), *[Dilated(channels=4)] * 3, Output())
    sample = torch.rand(1, 1, 25, 25, requires_grad=True)
    live(sample)[0, :, 12, 12].sum().backward()
    assert int((sample.grad != 0).sum()) == 49
    assert "49 of 169 cells" in words


def test_two_convolutions_are_the_one_that_is_named() -> None:
    """The product of the masks, laid out: a convolution of 5 × 5 without padding gives the same inside."""
    live, words = lived(
        Input(axes=(12, 12)), Convolution(channels=3, padding="none"), Convolution(channels=4, padding="none"), Output()
    )
    assert "masks of 5 × 5" in words
    probe = torch.zeros(1, 1, 12, 12, requires_grad=True)
    out = live(probe)[0, :, 3, 3]
    masks = torch.stack([torch.autograd.grad(o, probe, retain_graph=True)[0][0, :, 3:8, 3:8] for o in out])
    sample = torch.rand(2, 1, 12, 12)
    one = torch.nn.functional.conv2d(sample, masks, live(torch.zeros(1, 1, 12, 12))[0, :, 0, 0])
    torch.testing.assert_close(one, live(sample))
