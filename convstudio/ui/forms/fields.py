"""What a form needs to know of each setting, read from the struct's own declaration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import Struct, inspect, structs

Editor = Literal["integer", "number", "choice", "flag", "text", "sizes", "padding", "matrix"]


class Field(Struct, frozen=True):
    """One setting: its name in the file, words for people, the kind of editor, limits and choices.

    `words` are the names of choices for people, where those differ from the words in the file; a declaration gives
    them as `Meta(extra={"words": {...}})`.
    """

    name: str
    title: str
    help: str
    editor: Editor
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    words: Mapping[str, str] = {}


@cache
def fields(kind: type[Struct]) -> tuple[Field, ...]:
    """The settings of a struct in the order of their declaration. TypeError for one that no editor fits.

    The network of a group is left out: the canvas is its editor.
    """
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return tuple(_field(f.name, f.type) for f in info.fields if f.name != "network")


def changed(value: Struct, name: str, entered: Any) -> Struct | str:
    """`value` with one setting changed; a sentence when the setting does not allow it."""
    raw = structs.asdict(value)
    raw[name] = entered
    try:
        return msgspec.convert(raw, type(value))
    except msgspec.ValidationError as error:
        return _words(str(error).partition(" - at ")[0])


def _words(text: str) -> str:
    for technical, plain in (("Expected `int`", "A whole number"), ("Expected `float`", "A number")):
        text = text.replace(technical, plain)
    return text.replace("`", "").replace(">=", "of at least").replace("<=", "of at most") + "."


def _field(name: str, kind: inspect.Type) -> Field:
    extra: dict[str, Any] = {}
    while isinstance(kind, inspect.Metadata):
        extra = {**(kind.extra_json_schema or {}), **(kind.extra or {}), **extra}
        kind = kind.type
    title, help_ = extra.get("title", name), extra.get("description", "")
    return _described(Field(name, title, help_, "text", words=extra.get("words", {})), kind)


def _described(field: Field, kind: inspect.Type) -> Field:
    replace = msgspec.structs.replace
    if isinstance(kind, inspect.BoolType):
        return replace(field, editor="flag")
    if isinstance(kind, inspect.IntType):
        return replace(field, editor="integer", low=kind.ge, high=kind.le)
    if isinstance(kind, inspect.FloatType):
        return replace(field, editor="number", low=kind.ge if kind.ge is not None else kind.gt, high=kind.le)
    if isinstance(kind, inspect.LiteralType):
        return replace(field, editor="choice", choices=tuple(str(v) for v in kind.values))
    if isinstance(kind, inspect.VarTupleType):
        return replace(field, editor="matrix" if _nested(kind) else "sizes")
    if isinstance(kind, inspect.UnionType):
        words = next(t for t in kind.types if isinstance(t, inspect.LiteralType))
        return replace(field, editor="padding", choices=tuple(str(v) for v in words.values))
    if isinstance(kind, inspect.StrType):
        return field
    raise TypeError(f"no editor for {field.name}: {kind}")


def _nested(kind: inspect.VarTupleType) -> bool:
    """Whether a tuple holds tuples, such as rows."""
    item = kind.item_type
    while isinstance(item, inspect.Metadata):
        item = item.type
    return isinstance(item, inspect.VarTupleType)
