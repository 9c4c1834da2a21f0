"""The settings of a run as options of the command line, made from their declarations, so that none can be forgotten."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, inspect

from convstudio.commands.failure import UsageError
from convstudio.network.document import DataChoice, Document
from convstudio.network.training_settings import TrainingSettings

KINDS: dict[type, tuple[type, str]] = {
    inspect.IntType: (int, "N"),
    inspect.FloatType: (float, "X"),
    inspect.StrType: (str, "NAME"),
    inspect.LiteralType: (str, "NAME"),
}
"""How a setting's type is read from the command line."""
DATA = {"name": "data-set", "seed": "split-seed"}
"""Options of the choice of data that are not called as their fields are."""
Settings = TypeVar("Settings", DataChoice, TrainingSettings)


def declare_settings(parser: argparse.ArgumentParser) -> None:
    """An option for every setting of the window's Training tab."""
    group = parser.add_argument_group("settings", "instead of those in the project file, which is not changed")
    for kind in (TrainingSettings, DataChoice):
        info = inspect.type_info(kind)
        assert isinstance(info, inspect.StructType)
        for field in info.fields:
            _declare(group, kind, field)


def overridden(document: Document, arguments: argparse.Namespace) -> Document:
    """The document with the settings that were named. UsageError when one is out of its limits."""
    return replace(
        document, data=_overridden(document.data, arguments), training=_overridden(document.training, arguments)
    )


def option(kind: type[Struct], name: str) -> str:
    """What a setting is called on the command line."""
    return "--" + (DATA.get(name, name) if kind is DataChoice else name).replace("_", "-")


def _declare(group: argparse._ArgumentGroup, struct: type[Struct], field: inspect.Field) -> None:
    kind, about, title = field.type, "", ""
    while isinstance(kind, inspect.Metadata):
        schema = kind.extra_json_schema or {}
        about, title, kind = about or schema.get("description", ""), title or schema.get("title", ""), kind.type
    about = about or f"{title}."
    if isinstance(kind, inspect.LiteralType):
        about = f"{about} One of: {', '.join(map(str, kind.values))}."
    words: dict[str, Any] = {"dest": _place(struct, field.name), "help": about.replace("%", "%%")}
    if isinstance(kind, inspect.BoolType):
        group.add_argument(option(struct, field.name), action=argparse.BooleanOptionalAction, **words)
    else:
        read, shown = KINDS[type(kind)]
        group.add_argument(option(struct, field.name), type=read, metavar=shown, **words)


def _place(kind: type[Struct], name: str) -> str:
    """Where argparse keeps it."""
    return f"{kind.__name__}.{name}"


def _overridden(settings: Settings, arguments: argparse.Namespace) -> Settings:
    kind = type(settings)
    named = {name: getattr(arguments, _place(kind, name)) for name in kind.__struct_fields__}
    given = {name: value for name, value in named.items() if value is not None}
    try:
        return msgspec.convert(msgspec.to_builtins(settings) | given, kind)
    except msgspec.ValidationError as error:
        detail, _, place = str(error).partition(" - at ")
        name = place.strip("`").removeprefix("$.")
        raise UsageError(f"{option(kind, name)}: {detail.lower()}.{_known(kind, name)}") from error


def _known(kind: type[Struct], name: str) -> str:
    """The words that a setting may have, as a sentence; '' where it is no choice between words."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    found = next((field.type for field in info.fields if field.name == name), None)
    while isinstance(found, inspect.Metadata):
        found = found.type
    return f" One of: {', '.join(map(str, found.values))}." if isinstance(found, inspect.LiteralType) else ""
