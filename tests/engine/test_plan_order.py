"""Which steps of a plan change places: a max pool after a ReLU, and no others."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from convstudio.engine.plan import Plan, Step, run

BENDS = {
    "F.relu": nn.functional.relu,
    "F.leaky_relu": nn.functional.leaky_relu,
    "F.elu": nn.functional.elu,
    "F.gelu": nn.functional.gelu,
    "F.silu": nn.functional.silu,
    "torch.sigmoid": torch.sigmoid,
    "torch.tanh": torch.tanh,
}
"""GELU and SiLU fall before they rise: for them the order would change the result."""


def max_pool(x: Tensor) -> Tensor:
    return nn.functional.max_pool1d(x, 2)


def average_pool(x: Tensor) -> Tensor:
    return nn.functional.avg_pool1d(x, 2)


def amax(x: Tensor) -> Tensor:
    return torch.amax(x, 2)


POOLS = {"F.max_pool1d": max_pool, "F.avg_pool1d": average_pool, "torch.amax": amax}


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("bend", BENDS)
def test_only_max_pool_and_relu_change_places(bend: str, pool: str) -> None:
    steps = (Step("bend", BENDS[bend], ("start",), bend), Step("pool", POOLS[pool], ("bend",), pool))
    plan = Plan.of("start", steps, ("pool",))
    swapped = bend == "F.relu" and pool == "F.max_pool1d"
    functions = [BENDS[bend], POOLS[pool]]
    assert [move[0] for move in plan.moves] == (functions[::-1] if swapped else functions)
    images = torch.tensor([[[-3.0, -0.5, -0.7, -2.0, 1.0, -1.0]]])
    assert torch.equal(run(plan, images)["pool"], POOLS[pool](BENDS[bend](images)))
