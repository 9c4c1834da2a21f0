"""What text a document may hold: signs that a file can keep and a person can see; anything else is left out."""

from __future__ import annotations

import re
import unicodedata

LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
UNSEEN = ("Cc", "Cs")
"""Control characters, and halves of surrogate pairs, which no file can hold."""


def paragraphs(text: str) -> str:
    """Text of several lines, all ended alike."""
    return "".join(sign for sign in LINE_ENDS.sub("\n", text) if sign in "\n\t" or not _unseen(sign))


def line(text: str) -> str:
    """Text of one line: what would begin another, or leap on, is a space."""
    return paragraphs(text).replace("\n", " ").replace("\t", " ")


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) in UNSEEN
