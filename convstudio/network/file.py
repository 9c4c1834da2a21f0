"""The project file `NAME.convstudio`: JSON text with a format number; strict to read, atomic to write."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from convstudio.network.document import Block, DataChoice, Document, Network, Note, NoteId, Place, Title, Wire, accepts
from convstudio.network.layer import Catalogue
from convstudio.network.training_settings import TrainingSettings

FORMAT = 1
SUFFIX = ".convstudio"
MAX_BYTES = 32 * 2**20
MAX_BLOCKS = 10_000
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""By format number: the step from that format to the next."""

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*_[0-9]+\Z", max_length=64)]


class FileError(Exception):
    """Why a file cannot be read or written: one sentence for people."""


class _Block(Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: Id
    kind: Annotated[str, Meta(max_length=64)]
    at: tuple[Place, Place]
    settings: dict[str, Any] = {}
    title: Title = ""


class _Wire(Struct, forbid_unknown_fields=True, omit_defaults=True, rename={"source": "from", "target": "to"}):
    source: Id
    target: Id
    port: Annotated[str, Meta(pattern=r"^in(_[1-9][0-9]{0,3})?\Z")] = "in"


class _Note(Note, frozen=True, kw_only=True):
    """A note as it is written; without an id it gets one."""

    id: NoteId | None = None  # type: ignore[assignment]


class _File(Struct, forbid_unknown_fields=True):
    format: int
    blocks: Annotated[list[_Block], Meta(max_length=MAX_BLOCKS)]
    wires: Annotated[list[_Wire], Meta(max_length=10 * MAX_BLOCKS)] = []
    data: DataChoice = DataChoice()
    training: TrainingSettings = TrainingSettings()
    notes: Annotated[list[_Note], Meta(max_length=MAX_BLOCKS)] = []


def dump(document: Document) -> str:
    """The document as text, in a stable order: the same document gives the same text."""
    network = document.network
    form = _File(
        FORMAT,
        [
            _Block(b.id, b.layer.kind, (float(b.x), float(b.y)), msgspec.to_builtins(b.layer), b.title)
            for b in network.blocks.values()
        ],
        [_Wire(w.source, w.target, w.port) for w in network.wires],
        document.data,
        document.training,
        [_Note(**structs.asdict(note)) for note in network.notes.values()],
    )
    return _text(msgspec.to_builtins(form))


def parse(text: str | bytes, catalogue: Catalogue) -> Document:
    """The document in `text`. FileError says what is wrong and where."""
    form = _decode(text)
    blocks: dict[str, Block] = {}
    for number, block in enumerate(form.blocks):
        where = f"block {number + 1} ({block.id})"
        if block.id in blocks:
            raise FileError(f"two blocks have the id {block.id}; ids must be unique.")
        blocks[block.id] = _block(block, catalogue, where)
    network = Network(blocks, tuple(Wire(w.source, w.target, w.port) for w in form.wires), _notes(form.notes))
    _check_wires(network)
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
        parse(data, {b.layer.kind: type(b.layer) for b in document.network.blocks.values()})
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
    path = Path(os.path.realpath(path))  # a link stays a link
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
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


def _text(form: dict[str, Any]) -> str:
    """JSON with one block, wire, or note a line, so that a change of one shows as one line in a diff."""
    parts = [f' "{name}": {_lines(value)}' for name, value in form.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(value: object) -> str:
    if not isinstance(value, list) or not value:
        return _line(value)
    return "[\n" + ",\n".join(f"  {_line(item)}" for item in value) + "\n ]"


def _line(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


def _decode(text: str | bytes) -> _File:
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
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
        raise FileError(_words(error, "the file")) from error


def _block(block: _Block, catalogue: Catalogue, where: str) -> Block:
    kind = catalogue.get(block.kind)
    if kind is None:
        raise FileError(f"{where} is of the unknown kind “{block.kind}”. A newer ConvStudio or a plugin may know it.")
    try:
        layer = msgspec.convert(block.settings, kind)
    except msgspec.ValidationError as error:
        raise FileError(_words(error, where)) from error
    return Block(block.id, layer, block.title, *block.at)


def _notes(written: list[_Note]) -> dict[str, Note]:
    """Notes by id; those without an id get the first free ones."""
    found: dict[str, Note] = {}
    taken = {n.id for n in written}
    free = (i for i in (f"note_{n}" for n in count(1)) if i not in taken)
    for note in written:
        note_id = note.id or next(free)
        if note_id in found:
            raise FileError(f"two notes have the id {note_id}; ids must be unique.")
        found[note_id] = Note(**{**structs.asdict(note), "id": note_id})
    return found


def _check_wires(network: Network) -> None:
    taken: set[tuple[str, str]] = set()
    for wire in network.wires:
        for end in (wire.source, wire.target):
            if end not in network.blocks:
                raise FileError(f"the wire {wire.source} → {wire.target} names {end}, which is no block.")
        layer = network.blocks[wire.target].layer
        if not accepts(layer, wire.port):
            raise FileError(f"the wire {wire.source} → {wire.target} ends at “{wire.port}”, which is no input there.")
        if network.blocks[wire.source].layer.ends:
            raise FileError(f"the wire {wire.source} → {wire.target} starts at an Output.")
        if (wire.target, wire.port) in taken:
            raise FileError(f"two wires end at the same input of {wire.target}.")
        taken.add((wire.target, wire.port))


def _words(error: msgspec.ValidationError, where: str) -> str:
    text = str(error)
    detail, _, path = text.partition(" - at ")
    place = path.strip("`").removeprefix("$").lstrip(".")
    return f"{where}{', ' + place if place else ''}: {detail.lower()}."


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
