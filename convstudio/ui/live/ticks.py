"""Where an axis has its numbers: round values that people count in, for the range in view. No Qt."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """At most `most` (at least 2) round values from `low` to `high`, equally far apart, with their texts."""
    if not (isfinite(low) and isfinite(high) and low < high):
        return []
    step = _step((high - low) / max(1, most - 1))
    first, last = ceil(low / step - 1e-6), floor(high / step + 1e-6)
    digits = max(0, _is_quarter(step) - floor(log10(step) + 1e-9))
    return [(number * step, _text(number * step, digits)) for number in range(first, last + 1)]


def decade_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """The same for exponents of ten: powers of ten, between them 2 and 5 where there is room for `most` numbers."""
    if not (isfinite(low) and isfinite(high) and low < high):
        return []
    powers = range(floor(low), ceil(high) + 1)
    factors = (1, 2, 5) if 3 * (high - low) < most else (1,)
    every = max(1, -(-len(powers) // max(2, most)))
    values = [factor * 10.0**power for power in powers if power % every == 0 for factor in factors]
    return [(log10(value), f"{value:.3g}") for value in values if low - 1e-6 <= log10(value) <= high + 1e-6]


def _step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in _STEPS if factor * power >= least * (1 - 1e-9))


def _is_quarter(step: float) -> bool:
    return abs(step / 10.0 ** floor(log10(step) + 1e-9) - 2.5) < 1e-6


def _text(value: float, digits: int) -> str:
    return f"{value:,.{min(digits, 9)}f}".replace(",", " ").replace("-", "−")
