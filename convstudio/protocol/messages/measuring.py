"""Messages about measurements beside a run: the test of learning rates, and the time that each block takes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.protocol.messages.base import Array, Message


class TestRates(Message, frozen=True, kw_only=True):
    """Train a copy of the network with a learning rate that rises from step to step, as test `number`.

    Of a paused run its network as it stands; otherwise with the start values.
    """

    number: int


class CancelRates(Message, frozen=True, kw_only=True):
    """End the test of learning rates that is under way."""


TestState = Literal["running", "done", "cancelled", "failed"]


class RatesTested(Message, frozen=True, kw_only=True):
    """How far test `number` of learning rates is: for each step its rate, its loss, and the smoothed loss (float32).

    `share` of all steps are made; fewer than all where the loss has diverged. `suggestion` is the rate at which the
    smoothed loss falls fastest, 0 where there is none; `message` says why a test has failed.
    """

    number: int
    state: TestState
    share: float
    rates: Array
    losses: Array
    smoothed: Array
    suggestion: float = 0.0
    message: str = ""


class MeasureTimes(Message, frozen=True, kw_only=True):
    """How long does each block take for a mini-batch, forward and backward? Measurement `number`."""

    number: int


class BlockTime(Struct, frozen=True):
    """Median seconds of one block for a mini-batch; its id is that of the network with groups expanded."""

    block: str
    forward: float
    backward: float


class LayerTimes(Message, frozen=True, kw_only=True):
    """The times of all blocks that compute something, for a mini-batch of `batch` samples.

    Without blocks `message` says why there are none.
    """

    number: int
    batch: int = 0
    device: str = ""
    threads: int = 0
    memory_format: Literal["contiguous", "channels_last"] = "contiguous"
    blocks: tuple[BlockTime, ...] = ()
    message: str = ""


Request = TestRates | CancelRates | MeasureTimes
Event = RatesTested | LayerTimes
