"""The message that something failed."""

from __future__ import annotations

from typing import Literal

from convstudio.protocol.messages.base import Message


class Fault(Message, frozen=True, kw_only=True):
    """Something failed. `words` is a sentence; `detail` the technical text, for those who open it.

    `about` names what was asked: 'document', 'run', 'export', 'sample'. `block` is the block it happened at, if known.
    `smaller_batch`: the memory did not suffice, and a batch of fewer samples may fit.
    `other_data`: a run was not gone on with as its data set has changed; it can be asked for all the same.
    """

    about: Literal["document", "run", "export", "sample", "protocol"]
    kind: Literal["memory", "shape", "not_a_number", "data", "device", "file", "network", "internal"]
    words: str
    run: int = 0
    block: str = ""
    detail: str = ""
    smaller_batch: bool = False
    other_data: bool = False


Event = Fault
