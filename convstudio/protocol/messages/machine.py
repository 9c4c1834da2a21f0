"""Messages about the worker itself: its greeting, what it takes of the machine, its end."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from convstudio.protocol.messages.base import Message

PROTOCOL = 1


class Device(Struct, frozen=True):
    """A place to compute: `name` as torch knows it ('cpu', 'cuda:0'), `title` for people.

    It computes `bfloat16` as it is made for it, or in float32 with rounding, which is slower, or not at all.
    """

    name: str
    title: str
    bfloat16: Literal["made for it", "emulated", "none"] = "made for it"


class Hello(Message, frozen=True, kw_only=True):
    """The first message of a worker."""

    protocol: int
    torch: str
    devices: tuple[Device, ...]
    process: int


class ReadMeters(Message, frozen=True, kw_only=True):
    """What does computing take of the machine now?"""


class Meters(Message, frozen=True, kw_only=True):
    """What the worker takes of its machine; None where the system does not tell.

    `device` is the title of the one that computes, with `threads`. Since the last reading `cores` of `all_cores` were
    kept busy by the worker, and the share `machine` of all cores by all programs. Memory is in bytes: `own` of the
    worker, `used` of `total` of the machine; the same of the graphics card.
    """

    device: str
    threads: int
    cores: float
    all_cores: int
    machine: float | None
    own: int | None
    used: int | None
    total: int | None
    card_own: int | None = None
    card_used: int | None = None
    card_total: int | None = None


class Quit(Message, frozen=True, kw_only=True):
    """End the worker."""


Request = ReadMeters | Quit
Event = Hello | Meters
