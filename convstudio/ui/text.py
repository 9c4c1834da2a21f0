"""Text for people: the one door that every visible word passes, so that it can be translated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from convstudio.network.numbers import grouped as grouped  # the same words for numbers in and outside the window


def tr(text: str) -> str:
    """`text` in the language of the user; the English text itself where no translation is installed."""
    return QCoreApplication.translate("ConvStudio", text)


def count(number: int, one: str, many: str) -> str:
    """'1 block', '2 blocks': the number with the fitting word."""
    return f"{grouped(number)} {tr(one if number == 1 else many)}"


def blocks_and_notes(blocks: int, notes: int) -> str:
    """'2 blocks', '1 note', '2 blocks, 1 note': what of the two there is."""
    parts = [count(blocks, "block", "blocks")] if blocks or not notes else []
    return ", ".join([*parts, count(notes, "note", "notes")] if notes else parts)


def short(number: float) -> str:
    """With a unit letter where it is long: 31.4 k, 0.65 M, 15.5 G."""
    for limit, letter in ((1e9, "G"), (1e5, "M"), (1e4, "k")):
        if number >= limit:
            size = {"G": 1e9, "M": 1e6, "k": 1e3}[letter]
            return f"{number / size:.3g} {letter}"
    return grouped(int(number))


def strong(text: str) -> str:
    """Rich text in the weight of the bundled semi-bold font."""
    return f"<span style='font-weight:600'>{text}</span>"


def memory(size: int) -> str:
    """A number of bytes for people: 784 B, 24.5 KiB, 3.19 MiB, 1.5 GiB."""
    for unit, letter in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if size >= unit:
            return f"{size / unit:.3g} {letter}" if size < 999.5 * unit else f"{size / unit:,.0f} {letter}"
    return f"{size} B"


def duration(seconds: float) -> str:
    """A short time for people: 850 µs, 12.3 ms, 1.25 s."""
    for unit, name in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= 0.9995 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds * 1e6:.3g} µs"
