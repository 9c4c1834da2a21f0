"""The rule about labels: are some classes so rare that a network may ignore them?"""

from __future__ import annotations

from convstudio.doctor.finding import Finding
from convstudio.doctor.statistics import Statistics
from convstudio.network.costs import percent
from convstudio.network.document import Network

TIMES = 5.0
"""The most frequent class has so many times the samples of the rarest one."""


def imbalance(found: Statistics, network: Network) -> Finding | None:
    """Training samples are spread very unevenly over the classes."""
    counts = found.counts
    if len(counts) < 2 or max(counts) < TIMES * min(counts) or not max(counts):
        return None
    rare, often = counts.index(min(counts)), counts.index(max(counts))
    share = max(counts) / sum(counts)
    return Finding(
        "imbalance",
        False,
        "Labels are unbalanced",
        f"Always answering “{_name(found, often)}” would already be right for {percent(share)} of the "
        "training samples. Judge by recall and F1 of each class (Evaluation), not by accuracy, and add samples of the "
        "rare classes.",
        (
            f"most frequent: {_name(found, often)}, {max(counts):,} samples",
            f"rarest: {_name(found, rare)}, {min(counts):,} samples",
        ),
    )


def _name(found: Statistics, number: int) -> str:
    return found.classes[number] if number < len(found.classes) else str(number)
