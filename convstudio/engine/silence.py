"""Steps of a network in which maps, results or wires are off: they are computed, and then are 0."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from convstudio.engine.plan import Step
from convstudio.network.muting import Mutes, channels, ports

Function = Callable[..., Tensor]


def quiet(result: Tensor, off: frozenset[int] | None) -> Tensor:
    """(samples, channels, *axes) with these channels 0, None for all; those that there are not are left out."""
    if off is None:
        return torch.zeros_like(result)
    there = sorted(n for n in off if 0 <= n < result.shape[1])
    return result.index_fill(1, torch.tensor(there, device=result.device), 0.0) if there else result


def muted(step: Step, mutes: Mutes) -> Step:
    """A step with what is off in it; the step itself where nothing is.

    It has no name, as it may not change places with its neighbours any more.
    """
    off, closed = channels(mutes, step.block), ports(mutes, step.block)
    if off == frozenset() and not closed:
        return step
    return Step(step.block, _silenced(step.function, off, closed), step.sources)


def _silenced(function: Function | None, off: frozenset[int] | None, closed: frozenset[int]) -> Function:
    def computed(*inputs: Tensor) -> Tensor:
        heard = [torch.zeros_like(x) if n in closed else x for n, x in enumerate(inputs)]
        return quiet(heard[0] if function is None else function(*heard), off)

    return computed
