"""What an import found in a file: the report that is shown, printed, and kept in the folder of its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from convstudio.network.file import write_atomically

FILE = "import.json"
LARGEST = 2**26
Source = Literal["onnx", "safetensors"]


class Taken(Struct, frozen=True):
    """So many operations of one kind, and the block that they became; '' where they became none."""

    operator: str
    count: int
    block: str = ""


class Unread(Struct, frozen=True):
    """An operation that no block expresses: its name in the file, the opaque block, the result's shape, and why."""

    operator: str
    name: str
    block: str
    shape: str
    reason: str


class Unlike(Struct, frozen=True):
    """Weights that have another shape than the network's."""

    key: str
    found: tuple[int, ...]
    wanted: tuple[int, ...]


class Report(Struct, frozen=True, kw_only=True):
    """All that people are told. `whole`: the file was written by ConvStudio and holds the network as it was drawn.

    `recognised` became blocks, `folded` is contained in others or does nothing, `opaque` is what no block expresses.
    The keys say which weights of the file the network took (`matching`), lacks (`missing`), has no place for
    (`unexpected`), or has in another shape (`unlike`).
    """

    source: Source
    name: str
    producer: str = ""
    opset: int = 0
    whole: bool = False
    blocks: int = 0
    parameters: int = 0
    recognised: tuple[Taken, ...] = ()
    folded: tuple[Taken, ...] = ()
    opaque: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    matching: int = 0
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    unlike: tuple[Unlike, ...] = ()


def write(folder: Path, report: Report) -> None:
    """Keep it. OSError when that fails."""
    write_atomically(folder / FILE, msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def read(folder: Path) -> Report | None:
    """The report of the import in a folder; None where there is none, or none that can be read."""
    try:
        with (folder / FILE).open("rb") as file:
            return decoded(file.read(LARGEST))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def decoded(text: bytes | str) -> Report:
    """The report in a text. msgspec.DecodeError when there is none."""
    return msgspec.json.decode(text, type=Report)


def is_import(folder: Path) -> bool:
    """Whether the weights in the folder of a run were brought in from a file, not trained there."""
    return (folder / FILE).is_file()
