"""Fixed ranges of the curves' axes: round ends that change only when data leave the view. No Qt."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10

_ROUND = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def round_above(value: float) -> float:
    """The smallest round number (1, 1.2, 1.6, 2 … times a power of ten) that is not below a positive `value`."""
    if not isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next((factor * power for factor in _ROUND if factor * power >= value * (1 - 1e-9)), 10 * power)


def steps_end(end: float, step: int, total: int) -> float:
    """The right end of the steps: as it is while `step` is in view, else the next round one or `total`."""
    if step <= end:
        return end
    grown = max(100.0, round_above(step))
    return min(grown, float(total)) if step <= total else grown


def loss_top(top: float, smooth: float, validation: float, raw: float) -> float:
    """The upper end of the losses: as it is while they are in view, else the next round one.

    `smooth`, `validation`, `raw` are the largest of each (NaN: none). Single steps may leave the view: a lone spike
    must not press the curve flat.
    """
    known = [value for value in (smooth, validation) if isfinite(value)]
    if not known:
        return top
    highest = max([*known, min(raw, 1.5 * max(known)) if isfinite(raw) else 0.0])
    return top if highest <= top else round_above(highest)


def decades(low: float, high: float) -> tuple[float, float]:
    """Powers of ten around positive numbers, as exponents; at least one decade."""
    if not (isfinite(low) and isfinite(high) and 0 < low <= high):
        return -2.0, 1.0
    bottom, top = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
    return float(bottom), float(max(top, bottom + 1))
