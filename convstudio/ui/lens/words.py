"""What the lens says of a unit and of the maps beside it, in words."""

from __future__ import annotations

from convstudio.protocol.messages import Explanation, Seen
from convstudio.ui.lens.sheet import at
from convstudio.ui.text import count, tr


def headline(found: Explanation) -> str:
    """'conv_1 · output channel 2 of 8 · row 13, column 15'."""
    channels = found.output.dims[0]
    word = tr("output channel") if found.place else tr("number")
    where = at(found.place)
    return f"{found.block} · {word} {found.channel} {tr('of')} {channels}" + (f" · {where}" if where else "")


def input_words(seen: Seen) -> str:
    """'Input: map 4 of 8 of relu_1', 'Input: 120 numbers of relu_3'."""
    if len(seen.dims) == 1:
        return f"{tr('Input')}: {_numbers(seen)}"
    if seen.dims[0] == 1:
        return f"{tr('Input')}: {tr('the map of')} {seen.block}"
    return f"{tr('Input')}: {tr('map')} {seen.channel} {tr('of')} {seen.dims[0]} {tr('of')} {seen.block}"


def output_words(seen: Seen, channel: int) -> str:
    """'Output: map 4 of conv_1', 'Output: 10 numbers of output_1'."""
    if len(seen.dims) == 1:
        return f"{tr('Output')}: {_numbers(seen)}"
    return f"{tr('Output')}: {tr('map')} {channel} {tr('of')} {seen.block}"


def _numbers(seen: Seen) -> str:
    return f"{count(seen.dims[0], 'number', 'numbers')} {tr('of')} {seen.block}"
