"""Numbers in words for people: thousands stand apart, the same wherever the program says a number."""

from __future__ import annotations


def grouped(number: int) -> str:
    """Thousands apart by a space: 31 370."""
    return f"{number:,}".replace(",", " ")
