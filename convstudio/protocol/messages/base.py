"""What every message is made of: the struct that they all are, and numbers as bytes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Message(Struct, frozen=True, tag=True, kw_only=True):
    """Base of all messages; the class name is the tag on the wire."""


class Array(Struct, frozen=True):
    """Numbers: `data` holds them in C order, of numpy type `kind` ('float32', 'uint8'), with this `shape`."""

    kind: Literal["float32", "uint8", "int64"]
    shape: tuple[int, ...]
    data: bytes
