"""Messages about how the layers fare: their numbers, gradients and updates."""

from __future__ import annotations

from msgspec import Struct

from convstudio.protocol.messages.base import Message
from convstudio.protocol.messages.watching import View


class Figures(Struct, frozen=True):
    """Statistics of `size` finite numbers; `odd` more are not. `std` divides by the count; `norm` is Euclid's.

    `bins` count the values in equal parts from `-limit` to `limit`, a power of two above every value.
    """

    size: int
    mean: float
    std: float
    low: float
    high: float
    norm: float
    limit: float
    bins: tuple[int, ...]
    odd: int


class LayerHealth(Struct, frozen=True):
    """One block in one step of training; None where it has no such thing.

    `weights` are its masks, `gradients` theirs before clipping, `update` the norm of their change ÷ their norm;
    `results` are of the first samples of the batch. Of `units` of a ReLU, `dead` gave 0 everywhere for the batch;
    `saturated` is the share of a sigmoid's or tanh's results where it is nearly flat.
    """

    block: str
    weights: Figures | None
    gradients: Figures | None
    update: float | None
    results: Figures
    units: int
    dead: int
    saturated: float | None


class Health(Message, frozen=True, kw_only=True):
    """How all layers fare, in order of computation, on a batch of `samples` in step `step` of training.

    Without training it is of a batch that nothing was learnt from, after so many steps.
    """

    run: int
    step: int
    view: View
    samples: int
    layers: tuple[LayerHealth, ...]


Event = Health
