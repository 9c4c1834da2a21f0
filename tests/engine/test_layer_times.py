"""Times of layers: every block is measured in order, forward and backward, and nothing is changed by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from types import SimpleNamespace

import torch

from convstudio.blocks import Add, BatchNorm, Dropout, Input, catalogue
from convstudio.engine import layer_times
from convstudio.engine.build import build
from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.network.resolve import resolve

IMAGES = torch.rand(5, 1, 8, 8)


def ticking() -> Callable[[], float]:
    """A clock that shows a second more at each look."""
    ticks: Iterator[int] = count()
    return lambda: float(next(ticks))


def test_each_block_that_computes_has_its_times(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small(BatchNorm(), Dropout(share=0.3)))
    found = layer_times.layer_times(live, IMAGES)
    assert list(found) == [i for i in live.shapes if i not in ("input_1", "output_1")]
    assert all(times.forward > 0 and times.backward > 0 for times in found.values())


def test_forward_and_backward_are_timed_apart(lab: SimpleNamespace) -> None:
    found = layer_times.layer_times(lab.live(lab.small()), IMAGES, half=True, clock=ticking())
    assert set(found.values()) == {layer_times.LayerTime(1.0, 1.0)}


def test_before_what_learns_nothing_goes_backward(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small(BatchNorm()))
    live.freeze(["conv_1"])
    found = layer_times.layer_times(live, IMAGES)
    assert found["conv_1"].backward == 0
    assert found["batch_norm_1"].backward > 0
    assert found["relu_1"].backward > 0


def test_nothing_is_changed(lab: SimpleNamespace) -> None:
    live = lab.live(lab.random_parts())
    before, state = {n: v.clone() for n, v in live.state_dict().items()}, torch.get_rng_state()
    layer_times.layer_times(live, IMAGES)
    assert all(torch.equal(value, before[name]) for name, value in live.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert all(weights.grad is None for weights in live.parameters())


def test_a_block_that_is_used_twice(lab: SimpleNamespace) -> None:
    network, start = edits.add(lab.chain(Input(channels=2, axes=(6, 6))), Add(), 0, 0)
    network = edits.connect(edits.connect(network, Wire("input_1", start)), Wire("input_1", start, "in_2"))
    live = build(network, resolve(network, catalogue()), 0)
    (found,) = layer_times.layer_times(live, torch.rand(2, 2, 6, 6)).values()
    assert found.backward == 0
