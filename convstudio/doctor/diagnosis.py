"""The diagnosis: all rules, asked one after the other, the most serious first."""

from __future__ import annotations

from collections.abc import Callable

from convstudio.doctor import course, gradients, labels, units
from convstudio.doctor.finding import Finding
from convstudio.doctor.statistics import Statistics
from convstudio.network.document import Network

RULES: tuple[Callable[[Statistics, Network], Finding | None], ...] = (
    course.not_a_number,
    course.diverged,
    gradients.exploding,
    gradients.vanishing,
    units.dead,
    units.saturated,
    course.rate_high,
    course.rate_low,
    course.overfitting,
    labels.imbalance,
)


def diagnose(found: Statistics, network: Network) -> tuple[Finding, ...]:
    """What goes wrong in a run of `network`; nothing for a healthy one."""
    findings = [finding for rule in RULES if (finding := rule(found, network)) is not None]
    return tuple(sorted(findings, key=lambda finding: not finding.serious))
