"""The shelf of plugins: the files in the person's folder, which were agreed to, and the kinds that are in use."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from convstudio import blocks
from convstudio.network import file
from convstudio.network.layer import Layer
from convstudio.plugins.loading import LARGEST, PluginError, Source, kinds

State = Literal["new", "changed", "agreed", "in use", "broken", "forgotten"]
AGREED = "agreed-plugins.json"


class Plugin(Struct, frozen=True):
    """One file of the folder: its state, and in `words` what is wrong with it or which blocks it brings."""

    name: str
    state: State
    words: str = ""


class Shelf:
    """The folder `plugins` below the person's data, and beside it the list of what was agreed to, by content.

    Nothing is run before `use`, and then only files whose content is the one that the person agreed to. What is in
    use stays so until the program ends.
    """

    def __init__(self, data: Path) -> None:
        self.folder = data / "plugins"
        self._list = data / AGREED
        self._used: dict[str, tuple[Source, tuple[type[Layer], ...]]] = {}
        self._broken: dict[str, str] = {}

    def plugins(self) -> tuple[Plugin, ...]:
        """All files of the folder with their states, by name. Runs none of them."""
        agreed = self._agreed()
        return tuple(self._plugin(path, agreed) for path in self._files())

    def text(self, name: str) -> str:
        """What a person reads before agreeing. PluginError when it cannot be read."""
        return _read(self.folder / name).text

    def use(self) -> tuple[str, ...]:
        """Run what was agreed to and is not in use yet, and add its kinds; a sentence for each that cannot be used."""
        agreed = self._agreed()
        complaints: list[str] = []
        for path in self._files():
            if path.name in agreed and path.name not in self._used:
                complaints += self._use(path, agreed[path.name])
                _set_used(self._used.values())
        return tuple(complaints)

    def add(self, plugin: Path) -> None:
        """Copy a file into the folder, not agreed to yet; one of its name that is there stays. OSError if it cannot."""
        place = self.folder / plugin.name
        if not place.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            file.write_atomically(place, plugin.read_bytes())

    def agree(self, name: str) -> tuple[str, ...]:
        """The person agrees to a file as it is now, which is used at once; sentences as of `use`. OSError if unkept."""
        source = _read(self.folder / name)
        self._write({**self._agreed(), name: _digest(source)})
        self._broken.pop(name, None)
        return self.use()

    def forget(self, name: str) -> None:
        """The agreement is taken back; what is in use stays so until the program ends."""
        self._write({n: digest for n, digest in self._agreed().items() if n != name})

    def _use(self, path: Path, digest: str) -> list[str]:
        try:
            source = _read(path)
            if _digest(source) == digest:
                self._used[path.name] = (source, kinds(source, blocks.catalogue()))
        except PluginError as error:
            self._broken[path.name] = str(error)
            return [str(error)]
        return []

    def _plugin(self, path: Path, agreed: dict[str, str]) -> Plugin:
        name = path.name
        try:
            digest = _digest(_read(path))
        except PluginError as error:
            return Plugin(name, "broken", str(error))
        if name not in agreed:
            return Plugin(name, "forgotten" if name in self._used else "new")
        if agreed[name] != digest:
            return Plugin(name, "changed")
        if name in self._used:
            return Plugin(name, "in use", ", ".join(kind.title for kind in self._used[name][1]))
        return Plugin(name, "broken", self._broken[name]) if name in self._broken else Plugin(name, "agreed")

    def _files(self) -> list[Path]:
        return sorted(p for p in self.folder.glob("*.py") if p.is_file()) if self.folder.is_dir() else []

    def _agreed(self) -> dict[str, str]:
        """A list that cannot be read is none: then nothing was agreed to."""
        try:
            found = json.loads(self._list.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(n): str(d) for n, d in found.items()} if isinstance(found, dict) else {}

    def _write(self, agreed: dict[str, str]) -> None:
        self._list.parent.mkdir(parents=True, exist_ok=True)
        file.write_atomically(self._list, (json.dumps(agreed, indent=1, sort_keys=True) + "\n").encode())


_in_use: tuple[Source, ...] = ()


def in_use() -> tuple[Source, ...]:
    """The plugins whose kinds are in the catalogue of this process, for its worker."""
    return _in_use


def _set_used(used: Iterable[tuple[Source, tuple[type[Layer], ...]]]) -> None:
    global _in_use
    pairs = tuple(used)
    _in_use = tuple(source for source, _ in pairs)
    blocks.set_foreign(kind for _, found in pairs for kind in found)


def use_sources(sources: tuple[Source, ...]) -> None:
    """The kinds of these texts and no others, as the worker is told by the window. PluginError when one fails."""
    _set_used(())
    used: list[tuple[Source, tuple[type[Layer], ...]]] = []
    for source in sources:
        used.append((source, kinds(source, blocks.catalogue())))
        _set_used(used)


def own_data() -> Path:
    """The person's data folder, where Qt puts it as well, without loading Qt."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA", home / "AppData" / "Roaming"))
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "ConvStudio" / "ConvStudio"


def _read(path: Path) -> Source:
    try:
        data = path.read_bytes()
        if len(data) > LARGEST:
            raise PluginError(f"{path.name} is too large for a plugin: at most {LARGEST // 1024} KiB.")
        return Source(path.name, data.decode())
    except OSError as error:
        raise PluginError(f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except UnicodeDecodeError as error:
        raise PluginError(f"{path.name} is no text in UTF-8.") from error


def _digest(source: Source) -> str:
    import hashlib  # who has no plugins need not wait for it

    return hashlib.sha256(source.text.encode()).hexdigest()
