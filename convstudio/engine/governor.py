"""How often to look: seldom enough that watching costs at most 2 % of the training time, on any network."""

from __future__ import annotations

INTERVAL = 1 / 15
"""Seconds between two probes, even if they cost nothing."""
SHARE = 0.019
"""Part of the training time that probes may take: a little less than the 2 % that are promised, because the newest is
paid for only by the steps after it."""


class Governor:
    """Spaces probes and keeps their account.

    Every probe is followed by at least its own cost ÷ `SHARE` before the next, so the share stays at or under 2 % by
    construction when `now` comes from a clock that only runs while training does (`Trainer.seconds`).
    """

    def __init__(self) -> None:
        self.probes = 0.0
        self._now = 0.0
        self._next: float | None = None

    def may_probe(self, now: float) -> bool:
        """Whether a probe may be taken at `now` (seconds on the training clock). The first always may."""
        self._now = now
        return self._next is None or now >= self._next

    def spent(self, seconds: float) -> None:
        """A probe taken since the last question cost `seconds`, which the training clock did not count.

        Of several probes since then, each puts the next one off by its own cost.
        """
        self.probes += seconds
        self._next = max(self._now, self._next or 0.0) + max(INTERVAL, seconds / SHARE)

    @property
    def share(self) -> float:
        """Seconds of probes ÷ seconds of training up to the last question; 0 before any training."""
        return self.probes / self._now if self._now > 0 else 0.0
