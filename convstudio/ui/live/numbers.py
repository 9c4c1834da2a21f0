"""Numbers as people read them: a true minus sign, none before 0, and as many digits as there is room for."""

from __future__ import annotations


def decimals(value: float, digits: int = 3) -> str:
    """0.683, −12.000; four significant digits from 100 on."""
    text = f"{round(value, digits) + 0.0:.{digits}f}" if abs(value) < 100 else f"{value:.4g}"
    return text.replace("-", "−")


def significant(value: float, digits: int = 3) -> str:
    """0.00123, −1.5e−07: `digits` digits that count."""
    return f"{value + 0.0:.{digits}g}".replace("-", "−")


def percent(share: float) -> str:
    """A share of 1 as '97 %'; never 0 or 100 unless it is exactly that; '?' where it is no number."""
    if share != share:
        return "?"
    hundreds = round(100 * share)
    if hundreds in (0, 100) and share not in (0.0, 1.0):
        return "< 1 %" if hundreds == 0 else "> 99 %"
    return f"{hundreds} %"
