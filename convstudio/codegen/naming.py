"""Names in the written source: of the class, and of the variable that holds each block's result in `forward`."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import count

LONGEST = 40
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


def group_class_name(title: str, taken: Collection[str]) -> str:
    """A class name for a group of this title, at most LONGEST letters and another than those that are taken."""
    words = re.findall(r"[^\W_]+", title)
    while len("".join(words)) > LONGEST and len(words) > 1:
        words.pop()
    name = class_name(" ".join(words) or "Group")[:LONGEST]
    numbered = (f"{name}{number}" for number in count(2))
    return name if name not in taken else next(n for n in numbered if n not in taken)


def plain(title: str) -> str:
    """One line of text that cannot end the docstring it stands in, nor say something else in it."""
    printable = "".join(c if c.isprintable() else " " for c in title)
    line = re.sub(r" +", " ", printable).strip().replace("\\", "\\\\").replace('"', '\\"')
    return line if line.endswith((".", "!", "?")) else f"{line}."


def variables(order: Sequence[str], makers: Mapping[str, Sequence[str]], starts: Mapping[str, str]) -> dict[str, str]:
    """The variable for the result of each block of `order`; `makers` says which results a block takes.

    `starts` are the names of the arguments, by the blocks where they come in.

    `x` where nothing else is still needed, as along a chain; the block's id where branches run side by side. So a
    variable is never overwritten while its value is needed.
    """
    last_use = {maker: place for place, block in enumerate(order) for maker in makers[block]}
    names = dict(starts)
    pending = set(starts)
    for place, block in enumerate(order):
        pending = {maker for maker in pending if last_use.get(maker, -1) > place}
        names[block] = block if pending else "x"
        pending.add(block)
    return names
