"""The receptive field of a block in words: how much a unit sees, how far the next one, and where the first begins."""

from __future__ import annotations

from convstudio.network.layer import NOTHING
from convstudio.network.receptive_field import Field
from convstudio.network.shape import AXIS_NAMES
from convstudio.ui.text import count, tr


def field_words(fields: tuple[Field, ...]) -> list[str]:
    """A line for all axes of the input, and where the first unit begins: once where the axes are alike."""
    if not fields:
        return []
    size = " × ".join(str(f.size) for f in fields)
    stride = " × ".join(str(f.pace) for f in fields)
    step = f"{tr('stride')} {stride}" if any(f.stride for f in fields) else tr("the same for all units")
    lines = [f"{tr('receptive field')} {size}, {step}"]
    begins = [_begin(f) for f in fields]
    if len(set(begins)) == 1:
        return [*lines, begins[0]]
    names = AXIS_NAMES[len(fields)]
    return [*lines, *(f"{tr(name)}: {words}" for name, words in zip(names, begins, strict=True))]


def _begin(field: Field) -> str:
    """Where the first unit begins to see."""
    if not field.stride:
        return tr("every unit sees") + f" {field.size} {tr('of')} " + count(field.length, "cell", "cells")
    span = field.span(0)
    if span == NOTHING:
        return tr("the first unit sees padding only")
    words = tr("the first unit begins") + " " + _place(span[0])
    return (
        f"{words}; {tr('the pattern repeats after')} {count(field.period, 'unit', 'units')}" if field.phases else words
    )


def _place(start: int) -> str:
    if start < 0:
        return count(-start, "cell", "cells") + " " + tr("before the edge, in the padding")
    return tr("at the edge") if start == 0 else count(start, "cell", "cells") + " " + tr("inside")
