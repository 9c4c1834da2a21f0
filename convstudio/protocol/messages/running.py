"""Messages about a run: starting, pausing and ending it, and the facts that it reports."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.protocol.messages.base import Array, Message

Until = Literal["start", "step", "epoch", "end"]
"""How far a run goes before it pauses: no step, one, to the end of the epoch, or all the way."""


class Train(Message, frozen=True, kw_only=True):
    """Start run `run` on the last document, with fresh weights from its seed; or continue `resume`'s last checkpoint.

    `folder` receives the run (created by the worker); '' keeps nothing on the disk. `name` is what it is called there.
    It pauses after `until`. With `branch` (0 or more), `resume` stays as it is: the new run in `folder` begins at its
    snapshot after so many steps. Where weights were brought in for the document, a new run begins with those, unless
    it is to begin `anew`. A run whose data set has changed goes on only with `other_data`.
    """

    run: int
    name: str = ""
    anew: bool = False
    branch: int = -1
    folder: str = ""
    resume: str = ""
    other_data: bool = False
    until: Until = "end"


class Reopen(Message, frozen=True, kw_only=True):
    """Give the last document's network the weights with which the run in `folder` ended; it is run `run` from now on.

    Where `folder` holds an import, its weights go into the blocks that they fit, and new runs of the document begin
    with them.

    State says that this run is stopped, or that it failed.
    """

    run: int
    folder: str


class Pause(Message, frozen=True, kw_only=True):
    """Stop between two steps until Resume."""


class Resume(Message, frozen=True, kw_only=True):
    """Go on after Pause, and pause again after `until`."""

    until: Until = "end"


class Stop(Message, frozen=True, kw_only=True):
    """End the run; the weights stay."""


class State(Message, frozen=True, kw_only=True):
    """What the run does now; `message` is a sentence for people ('' if there is nothing to say)."""

    run: int
    state: Literal["preparing", "running", "paused", "stopped", "finished", "failed"]
    device: str = ""
    threads: int = 0
    message: str = ""
    folder: str = ""


class Way(Struct, frozen=True):
    """A way to compute that was tried before a run: how many samples a second it trains."""

    threads: int
    memory_format: Literal["contiguous", "channels_last"]
    samples_per_second: float


class Measured(Message, frozen=True, kw_only=True):
    """What was measured on this network before run `run` began, and the way that was chosen; `batch` is a step's size.

    A device other than the CPU has no number of threads to choose.
    """

    run: int
    batch: int
    device: str
    ways: tuple[Way, ...]
    chosen: int


class Metrics(Message, frozen=True, kw_only=True):
    """Steps done since the last Metrics: `losses`, `hits` (right answers, share of the batch) and learning `rates`.

    `step` counts steps done in the whole run; `batch` of `batches` in `epoch` (from 1) of `epochs`.
    `probe_share` is time spent on pictures ÷ time spent on training, by the worker's own account.
    """

    run: int
    step: int
    epoch: int
    epochs: int
    batch: int
    batches: int
    losses: Array
    hits: Array
    samples_per_second: float
    seconds_left: float
    probe_share: float
    rates: Array | None = None


class Validation(Message, frozen=True, kw_only=True):
    """Loss and accuracy (share of right answers, 0..1) on the validation samples after `step` steps.

    `mean_iou` is the mean intersection over union of the classes, where each pixel has one.
    """

    run: int
    step: int
    epoch: int
    loss: float
    accuracy: float
    mean_iou: float | None = None


class Marked(Message, frozen=True, kw_only=True):
    """Something happened to the run after `step` steps: an edit, another learning rate, a pause, its end …"""

    run: int
    step: int
    kind: Literal["edit", "rate", "pause", "early", "stop", "fault", "continue", "branch"]
    words: str


class Snapshots(Message, frozen=True, kw_only=True):
    """The run in `folder` can be looked back on at these moments: numbers of steps, in order."""

    run: int
    folder: str
    steps: tuple[int, ...]


Request = Train | Reopen | Pause | Resume | Stop
Event = State | Measured | Metrics | Validation | Marked | Snapshots
