"""Messages about what is switched off: showing the network without it, and measuring what that costs."""

from __future__ import annotations

from convstudio.network.muting import Mute
from convstudio.protocol.messages.base import Array, Message


class SetMuted(Message, frozen=True, kw_only=True):
    """Show the network with this switched off, and nothing else; training goes on with everything."""

    mutes: tuple[Mute, ...] = ()


class MeasureMuted(Message, frozen=True, kw_only=True):
    """How much accuracy and loss does what is switched off cost? Of a `block`: how much does each of its maps carry?

    `now`: at once; otherwise when the answer is another than the last and there is time for it. Each of these replaces
    the one before; `stop` asks nothing.
    """

    ticket: int
    block: str = ""
    now: bool = True
    stop: bool = False


class MutedMeasured(Message, frozen=True, kw_only=True):
    """What was asked by MeasureMuted, as far as `share` of the work is done; on all `samples` of the validation part.

    `loss` and `accuracy` are those of the whole network, of a `block` those with what is off already. `losses` and
    `accuracies` (float32) are those with everything off that is, of a block with each of its maps off, in order.
    """

    run: int
    step: int
    ticket: int
    block: str
    share: float
    samples: int
    loss: float
    accuracy: float
    losses: Array
    accuracies: Array


class Unmeasured(Message, frozen=True, kw_only=True):
    """Why there is no answer to MeasureMuted; a sentence."""

    ticket: int
    words: str


Request = SetMuted | MeasureMuted
Event = MutedMeasured | Unmeasured
