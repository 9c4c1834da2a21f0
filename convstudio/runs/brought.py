"""What an import found in a file: the report that is shown, printed, and kept in the folder of its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from convstudio.network.file import write_atomically
from convstudio.network.numbers import grouped

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


def told(report: Report) -> list[str]:
    """The report as lines of text: a head, and below it what there is to be said."""
    head = f"{report.name}: {report.blocks} blocks, {grouped(report.parameters)} weights"
    origin = f"ONNX, operator set {report.opset}" if report.source == "onnx" else "weights by their keys"
    found = [head, " · ".join(part for part in (origin, report.producer) if part)]
    if report.whole:
        found.append("Written by ConvStudio: the network is as it was drawn, with its groups and titles.")
    for title, taken in (("Recognised", report.recognised), ("Folded", report.folded)):
        if taken:
            found += [f"{title}:", *(f"  {_line(t, title == 'Folded')}" for t in taken)]
    if report.opaque:
        found += ["Not recognised, shown as opaque blocks:", *(f"  {_opaque(o)}" for o in report.opaque)]
    if report.source == "safetensors":
        found += _keys(report)
    return [*found, *(f"Note: {note}" for note in report.notes)]


def _line(taken: Taken, folded: bool) -> str:
    became = f"in {taken.block}" if folded and taken.block else "left out" if folded else taken.block
    return f"{taken.count} × {taken.operator} → {became}"


def _opaque(unread: Unread) -> str:
    return f"{unread.operator} ({unread.name}) {unread.shape}" + (f": {unread.reason}" if unread.reason else "")


def _keys(report: Report) -> list[str]:
    """What became of the weights of a file."""
    unlike = [f"{u.key}: {_dims(u.found)} in the file, {_dims(u.wanted)} in the network" for u in report.unlike]
    parts = (
        ("Missing in the file, with start values", report.missing),
        ("Without a place in the network", report.unexpected),
        ("Of another shape, with start values", unlike),
    )
    found = [f"{report.matching} weights match."]
    for title, keys in parts:
        if keys:
            found += [f"{title}: {len(keys)}", *(f"  {key}" for key in keys)]
    return found


def _dims(dims: tuple[int, ...]) -> str:
    return " × ".join(map(str, dims)) or "one number"


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
