"""What a person calls a run and notes about it: a small file beside the run's own, which training never touches."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from convstudio.network.file import write_atomically

FILE = "about.json"
LONGEST_NAME, LONGEST_NOTE = 200, 2000


class About(Struct, frozen=True):
    """'' where the person has said nothing."""

    name: str = ""
    note: str = ""


def read(folder: Path) -> About:
    """What is noted; nothing where there is no such file, or none that can be read."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=About)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return About()


def write(folder: Path, about: About) -> None:
    """Keep it. OSError when that fails."""
    kept = About(_line(about.name)[:LONGEST_NAME], about.note[:LONGEST_NOTE])
    write_atomically(folder / FILE, msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def _line(text: str) -> str:
    return " ".join(text.split())
