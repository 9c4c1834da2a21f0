"""A form for several structs at once: the settings that all of them share; where they differ it says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from convstudio.ui.forms.fields import Field, fields
from convstudio.ui.forms.rows import Rows


class SharedForm(Rows):
    """Shows the values of several structs; those that differ as mixed."""

    def show_values(self, values: Sequence[Struct], rank: int) -> None:
        """`rank` is the number of axes of the signals that the structs deal with, where it is the same for all."""
        for name, made in self._editors.items():
            found = {getattr(value, name) for value in values}
            made.set_rank(rank)
            if len(found) == 1:
                made.set_value(found.pop())
            else:
                made.set_mixed()


def shared(kinds: Iterable[type[Struct]]) -> tuple[Field, ...]:
    """The settings that all kinds have, by name and sort, in the order of the first; limits wide enough for all."""
    first, *others = kinds
    common = list(fields(first))
    for kind in others:
        known = {f.name: f for f in fields(kind)}
        common = [_wide(f, known[f.name]) for f in common if f.name in known and _alike(f, known[f.name])]
    return tuple(common)


def _alike(one: Field, other: Field) -> bool:
    return one.editor == other.editor and one.choices == other.choices


def _wide(one: Field, other: Field) -> Field:
    low = None if one.low is None or other.low is None else min(one.low, other.low)
    high = None if one.high is None or other.high is None else max(one.high, other.high)
    return structs.replace(one, low=low, high=high)
