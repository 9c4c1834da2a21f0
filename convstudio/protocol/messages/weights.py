"""Messages about weights that a person changes: masks by hand, and blocks that begin again."""

from __future__ import annotations

from convstudio.protocol.messages.base import Array, Message


class ResetWeights(Message, frozen=True, kw_only=True):
    """Give blocks the weights again that they began with, also in the middle of a run.

    `blocks` are paths in the document, 'conv_1' or 'group_1.conv_1'; a group means all blocks in it, in every copy.
    """

    blocks: tuple[str, ...]


class PutBack(Message, frozen=True, kw_only=True):
    """Undo the reset of that number: its blocks get back the weights that they had."""

    number: int


class WeightsReset(Message, frozen=True, kw_only=True):
    """Blocks have the weights again that they began with, or, `back`, those that they had before reset `number`.

    That was after `step` steps of run `run`; `during` says that the run is still under way.
    """

    number: int
    blocks: tuple[str, ...]
    run: int
    step: int
    during: bool
    back: bool = False


class PutMasks(Message, frozen=True, kw_only=True):
    """Give masks of a block these numbers, made by hand, also in the middle of a run; the answer is a MasksPut.

    `name` is that of the weights ('weight', 'depthwise.weight'). `values` are as many of its masks as `outputs` and
    `inputs` say: first of them and how many, along its first two axes. With `first` the answer holds what was there
    before; after the `last` one of a gesture a run keeps a checkpoint.
    """

    ticket: int
    block: str
    name: str
    outputs: tuple[int, int]
    inputs: tuple[int, int]
    values: Array
    first: bool = False
    last: bool = False


class MasksPut(Message, frozen=True, kw_only=True):
    """The masks of request `ticket` have their numbers, after training run `run`, or before any, where that is 0.

    `words` say why not, where they have not. `before` is what they held until then, where that was asked for.
    """

    ticket: int
    words: str = ""
    run: int = 0
    before: Array | None = None


Request = ResetWeights | PutBack | PutMasks
Event = WeightsReset | MasksPut
