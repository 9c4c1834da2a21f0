"""Names in the written source: of the class, and of the variable that holds each block's result in `forward`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence

TAKEN = {"F", "OrderedDict"}
"""Names that the written file imports and that a class could be called as well."""


def class_name(name: str) -> str:
    """`name` in CamelCase as a valid class name: 'digits-two-paths' → 'DigitsTwoPaths'; '' → 'Network'."""
    words = re.findall(r"[^\W_]+", name)
    camel = "".join(word[0].upper() + word[1:] for word in words)
    if not camel.isidentifier():
        camel = f"Network{camel}"
    if not camel.isidentifier():
        return "Network"
    return f"{camel}Network" if keyword.iskeyword(camel) or camel in TAKEN else camel


def variables(order: Sequence[str], makers: Mapping[str, Sequence[str]], start: str) -> dict[str, str]:
    """The variable for the result of each block of `order`; `makers` says which results a block takes.

    `x` where nothing else is still needed, as along a chain; the block's id where branches run side by side. So a
    variable is never overwritten while its value is needed.
    """
    last_use = {maker: place for place, block in enumerate(order) for maker in makers[block]}
    names = {start: "x"}
    pending = {start}
    for place, block in enumerate(order):
        pending = {maker for maker in pending if last_use.get(maker, -1) > place}
        names[block] = block if pending else "x"
        pending.add(block)
    return names
