"""Messages about the lens: how the value of one unit comes about."""

from __future__ import annotations

from msgspec import Struct

from convstudio.network.terms import Place, Terms
from convstudio.protocol.messages.base import Array, Message


class Explain(Message, frozen=True, kw_only=True):
    """How does the value of one unit of `block` come about? Channel -1 asks for the unit with the largest value.

    Of input `port` channel `shown` is pictured (-1: the one that says most). `target` is the right class of that place,
    -1 where none is known. With `influence` it is also measured what of the input moves the unit. `now`: at once;
    otherwise when the answer is another than the last and there is time for it. Each of these replaces the one before;
    without a block nothing is asked any more.
    """

    ticket: int
    block: str = ""
    channel: int = -1
    place: Place = ()
    port: int = 0
    shown: int = -1
    target: int = -1
    influence: bool = False
    now: bool = True


class Seen(Struct, frozen=True):
    """A block's result for the watched sample as the lens pictures it; `dims` is its shape, channels first.

    `map` (float32, rows × columns) is the map of `channel`, of a clip its frame number `frame`; of a large one every
    `step`-th row and column; a vector is one row of all its numbers. `small` (uint8) are the maps of all channels, from
    `low` to `high`.
    """

    block: str
    dims: tuple[int, ...]
    channel: int
    frame: int
    step: int
    map: Array
    small: Array
    low: float
    high: float


class Influence(Struct, frozen=True):
    """How much each cell of the network's input moves a unit: |d unit / d input|, summed over channels and frames.

    `map` (float32, rows × columns) is the mean over so many `samples`.
    """

    map: Array
    samples: int


class Explanation(Message, frozen=True, kw_only=True):
    """How the value of a unit comes about, with what it looks at and where it lies: all of one moment."""

    run: int
    step: int
    ticket: int
    block: str
    channel: int
    place: Place
    terms: Terms
    inputs: tuple[Seen, ...]
    output: Seen
    influence: Influence | None = None


class Unexplained(Message, frozen=True, kw_only=True):
    """Why a unit cannot be explained now; a sentence."""

    ticket: int
    block: str
    words: str


Request = Explain
Event = Explanation | Unexplained
