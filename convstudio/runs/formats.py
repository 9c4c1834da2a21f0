"""Small JSON files with a format number, as runs leave them: read with distrust, refused in words."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct

Read = TypeVar("Read")


class UnreadableError(ValueError):
    """Why a file cannot be read: the end of a sentence that begins with its name."""


class _Format(Struct):
    format: int


def decoded(data: bytes, kind: type[Read], newest: int) -> Read:
    """What the text of a file holds. UnreadableError when it is damaged, or of a newer format than `newest`."""
    try:
        number = msgspec.json.decode(data, type=_Format).format
        if number > newest:
            raise UnreadableError(f"has format {number}, made by a newer ConvStudio.")
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"is damaged: {str(error).lower()}.") from error
