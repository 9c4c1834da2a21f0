"""The project file `NAME.convstudio`: JSON text with a format number; strict to read, atomic to write."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from convstudio.network import network_form
from convstudio.network.document import DataChoice, Document, Network
from convstudio.network.group import Group
from convstudio.network.layer import Catalogue, Layer
from convstudio.network.training_settings import TrainingSettings

FORMAT = 1
SUFFIX = ".convstudio"
MAX_BYTES = 32 * 2**20
STALE = 3600.0
"""Seconds after which nobody is still writing a file: the process was killed."""
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""By format number: the step from that format to the next."""


class FileError(Exception):
    """Why a file cannot be read or written: one sentence for people."""


class _File(Struct, forbid_unknown_fields=True):
    format: int
    blocks: network_form.Blocks
    wires: network_form.Wires = []
    data: DataChoice = DataChoice()
    training: TrainingSettings = TrainingSettings()
    notes: network_form.Notes = []


def dump(document: Document) -> str:
    """The document as text, in a stable order: the same document gives the same text."""
    network = network_form.form(document.network)
    form = _File(FORMAT, network.blocks, network.wires, document.data, document.training, network.notes)
    return _text(msgspec.to_builtins(form))


def parse(text: str | bytes, catalogue: Catalogue) -> Document:
    """The document in `text`. FileError says what is wrong and where."""
    form = _decode(text)
    try:
        network = network_form.network(network_form.NetworkForm(form.blocks, form.wires, form.notes), catalogue)
    except network_form.FormError as error:
        raise FileError(str(error)) from error
    return Document(network, form.data, form.training)


def load(path: Path, catalogue: Catalogue) -> Document:
    """Read a project file. FileError says what is wrong and where; the file is never changed."""
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"{path.name} cannot be read: {_reason(error)}.") from error
    if len(data) > MAX_BYTES:
        raise FileError(f"{path.name} is too large: a project file has at most {MAX_BYTES // 2**20} MB.")
    try:
        return parse(data, catalogue)
    except FileError as error:
        raise FileError(f"{path.name} cannot be opened: {error}") from error


def save(path: Path, document: Document) -> None:
    """Write a project file so that a crash at any moment leaves the old or the new one.

    FileError when it fails, or when what would be written could not be opened again.
    """
    try:
        data = dump(document).encode()
        parse(data, _kinds(document.network))
    except (FileError, UnicodeEncodeError) as error:
        raise FileError(f"{path.name} was not saved, because it could not be opened again: {error}") from error
    try:
        if not _writable(path):
            raise PermissionError(errno.EACCES, "the file is write-protected")
        write_atomically(path, data)
    except OSError as error:
        raise FileError(f"{path.name} cannot be saved in {path.parent}: {_reason(error)}.") from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside, flush to the disk, rename. OSError when any of it fails; then `path` is as it was."""
    import tempfile  # who only reads need not wait for it

    path = Path(os.path.realpath(path))  # a link stays a link
    _sweep(path)
    handle, name = tempfile.mkstemp(prefix=_beside(path), dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _mode(path))
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _beside(path: Path) -> str:
    """What the names of files begin with that become `path` once they are whole."""
    return f".{path.name[:40]}."


def _sweep(path: Path) -> None:
    """Remove what processes left beside `path` that were killed while they wrote it; what may be at work is not."""
    name = re.compile(re.escape(_beside(path)) + "[a-z0-9_]{8}")
    latest = time.time() - STALE
    with suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if name.fullmatch(entry.name) and entry.is_file(follow_symlinks=False) and _older(entry, latest):
                with suppress(OSError):
                    os.unlink(entry.path)


def _older(entry: os.DirEntry[str], latest: float) -> bool:
    return entry.stat(follow_symlinks=False).st_mtime < latest


def _writable(path: Path) -> bool:
    """Whether nobody has protected the file at `path` against us; renaming would replace such a file all the same."""
    return not path.exists() or bool(path.stat().st_mode & 0o222 and os.access(path, os.W_OK))


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced; those of any new file otherwise."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _kinds(network: Network) -> Catalogue:
    """The kinds of all blocks, those in groups included."""
    found: dict[str, type[Layer]] = {}
    for block in network.blocks.values():
        found[block.layer.kind] = type(block.layer)
        if isinstance(block.layer, Group):
            found |= _kinds(block.layer.network)
    return found


def _text(form: dict[str, Any]) -> str:
    """JSON with one block, wire, or note a line, so that a change of one shows as one line in a diff."""
    return _parts(form, " ") + "\n"


def _parts(form: dict[str, Any], indent: str) -> str:
    parts = [f'{indent}"{name}": {_lines(value, indent)}' for name, value in form.items()]
    return "{\n" + ",\n".join(parts) + f"\n{indent[1:]}}}"


def _lines(value: object, indent: str) -> str:
    if not isinstance(value, list) or not value:
        return _line(value)
    return "[\n" + ",\n".join(f"{indent} {_item(item, indent + ' ')}" for item in value) + f"\n{indent}]"


def _item(item: dict[str, Any], indent: str) -> str:
    """One line; a group has further ones for its blocks and wires."""
    inner = item.get("settings", {}).get("network")
    if inner is None:
        return _line(item)
    others = {name: value for name, value in item["settings"].items() if name != "network"}
    head = _line({**{n: v for n, v in item.items() if n != "settings"}, "settings": others})
    return f'{head.removesuffix("}}")}, "network": {_parts(inner, indent + " ")}}}}}'


def _line(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


def _decode(text: str | bytes) -> _File:
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise FileError(f"it is not a whole JSON text ({error}).") from error
    except RecursionError as error:
        raise FileError("it is nested too deeply.") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("format"), int):
        raise FileError("it does not look like a ConvStudio project: there is no format number.")
    number = raw["format"]
    if number > FORMAT:
        raise FileError(f"it has format {number}, made by a newer ConvStudio; this one knows up to {FORMAT}.")
    for step in range(number, FORMAT):
        if step not in MIGRATIONS:
            raise FileError(f"format {number} is unknown.")
        raw = MIGRATIONS[step](raw)
    try:
        return msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        raise FileError(network_form.words(error, "the file")) from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
