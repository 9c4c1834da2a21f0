"""A finding of the doctor: what goes wrong, in words and numbers, and the changes that may help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from msgspec.structs import replace as with_fields

from convstudio.network.document import Document
from convstudio.network.problem import Fix

Rule = Literal[
    "not_a_number",
    "diverged",
    "exploding",
    "vanishing",
    "dead",
    "saturated",
    "rate_high",
    "rate_low",
    "overfitting",
    "imbalance",
]


@dataclass(frozen=True)
class Remedy:
    """A change that can be made by one click: of training settings by name, or of the network."""

    label: str
    settings: tuple[tuple[str, float | int], ...] = ()
    fix: Fix | None = None

    def apply(self, document: Document) -> Document:
        """The document with the change."""
        training = with_fields(document.training, **dict(self.settings))
        network = self.fix.apply(document.network) if self.fix else document.network
        return replace(document.with_network(network), training=training)


@dataclass(frozen=True)
class Finding:
    """`blocks` are ids as the worker has them; none where the run as a whole is meant.

    `words` say what it is and what to try; `evidence` are the numbers that speak for it, a line each.
    """

    rule: Rule
    serious: bool
    title: str
    words: str
    evidence: tuple[str, ...]
    blocks: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
