"""Messages about networks that are compared: how long each takes, and races between them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.protocol.messages.base import Array, Message


class Entrant(Struct, frozen=True):
    """A network that is compared with others: its project file, and its `blocks` that the comparison is about.

    Ids are those of the network with groups expanded. `folder` keeps its run, called `name`; '' keeps nothing.
    In a race one of a later `turn` waits until all of those before are over.
    """

    key: str
    text: str
    blocks: tuple[str, ...] = ()
    folder: str = ""
    name: str = ""
    turn: int = 0


class MeasureSwaps(Message, frozen=True, kw_only=True):
    """How long do these networks take for a mini-batch? All are computed in the way that is fastest for the first."""

    number: int
    entrants: tuple[Entrant, ...]


class Race(Message, frozen=True, kw_only=True):
    """Train these networks, each as a run of it would be: side by side, or one after another. Race `number`.

    The network on the bench and a paused run stay as they are; while a run is running the race waits.
    """

    number: int
    entrants: tuple[Entrant, ...]
    together: bool = True


class StopSwaps(Message, frozen=True, kw_only=True):
    """End the race, and measuring, where one is under way."""


class SwapMeasured(Message, frozen=True, kw_only=True):
    """Median seconds of an entrant for a mini-batch of `batch` samples: of its blocks, and of the whole network.

    `message` says why there are none.
    """

    number: int
    key: str
    forward: float = 0.0
    backward: float = 0.0
    whole_forward: float = 0.0
    whole_backward: float = 0.0
    batch: int = 0
    device: str = ""
    threads: int = 0
    message: str = ""


RacerState = Literal["waiting", "preparing", "running", "finished", "stopped", "failed"]


class Validated(Struct, frozen=True):
    """Loss, accuracy and where there is one mean IoU (0..1) on the validation samples after `step` steps."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    mean_iou: float | None = None


class Raced(Message, frozen=True, kw_only=True):
    """What an entrant of race `number` does, and its steps and validations since the last report.

    `step` counts all its steps, `share` says how much of its training is done; `seconds` is the time spent on it.
    `message` says why it has failed, or ended early.
    """

    number: int
    key: str
    state: RacerState
    step: int = 0
    share: float = 0.0
    seconds: float = 0.0
    losses: Array | None = None
    hits: Array | None = None
    validations: tuple[Validated, ...] = ()
    message: str = ""


Request = MeasureSwaps | Race | StopSwaps
Event = SwapMeasured | Raced
