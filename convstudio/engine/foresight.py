"""How good a network is with the weights that it starts with, judged before its run: Train need not wait for it.

The judgement is kept under everything that it depends on, the weights themselves among them, so that a run which finds
it here has, bitwise, the figure that it would have computed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import torch

from convstudio.engine import team
from convstudio.engine.build import LiveNetwork
from convstudio.engine.evaluation import Judgement, judging
from convstudio.engine.training import Trainer
from convstudio.network.document import Document
from convstudio.network.essence import essence

MOST = 4
"""Judgements that are kept."""
LARGEST = 2**20
"""Weights; to tell whether more of them are the same would itself take time."""

Key = tuple[object, ...]
_known: dict[Key, Judgement] = {}
"""What was judged since this process started, the newest last."""


def foresee(document: Document, trainer: Trainer) -> Iterator[None]:
    """Judge what `trainer` begins with, a pass at a time. Nothing is done where it is known, or not worth it."""
    key = _key(document, trainer)
    if key is None or key in _known:
        return
    data = trainer.data
    judged = yield from judging(
        trainer.live, data.validation_images, data.validation_labels, trainer.settings.batch_size
    )
    for old in list(_known)[: max(0, len(_known) + 1 - MOST)]:
        del _known[old]
    _known[key] = judged


def foreseen(document: Document, trainer: Trainer) -> Judgement | None:
    """What the first validation of `trainer` will give; None where that is not known."""
    key = _key(document, trainer) if _known else None
    return _known.get(key) if key is not None else None


def _key(document: Document, trainer: Trainer) -> Key | None:
    """All that the judgement depends on; None for large networks, accelerators, and processes that share the work."""
    live, data = trainer.live, trainer.data
    weights = sum(w.numel() for w in live.state_dict().values())
    if weights > LARGEST or data.device.type != "cpu" or not team.own().alone:
        return None
    ways = trainer.settings.batch_size, torch.get_num_threads(), data.memory_format
    return (essence(document.network), document.data, *ways, _digest(live))


def _digest(live: LiveNetwork) -> bytes:
    found = hashlib.sha256()
    for name, value in live.state_dict().items():
        found.update(name.encode())
        found.update(value.detach().contiguous().numpy().tobytes())
    return found.digest()
