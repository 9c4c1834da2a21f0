"""Every declaration of a block is whole: names, texts for people, a word for each setting, sensible limits."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
import pytest

from convstudio.blocks import BROUGHT, KINDS, STRUCTURE, catalogue
from convstudio.network.layer import Layer

COLOURS = {
    "convolution",
    "dilated",
    "separable",
    "pooling",
    "dense",
    "activation",
    "normalisation",
    "combine",
    "data",
}

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)


def metas(kind: type[Layer], name: str) -> list[msgspec.Meta]:
    hint = get_type_hints(kind, include_extras=True)[name]
    return [m for m in get_args(hint)[1:] if isinstance(m, msgspec.Meta)] if get_origin(hint) is Annotated else []


@every_kind
def test_texts_are_there(kind: type[Layer]) -> None:
    own = vars(kind)
    assert {"kind", "title", "glyph", "stem", "about"} <= own.keys()
    assert kind.kind.isidentifier()
    assert kind.kind.islower()
    assert kind.title[0].isupper()
    assert len(kind.glyph) == 1
    assert len(kind.about.split()) >= 8
    assert kind.about.rstrip().endswith(".")
    assert kind.section
    assert kind.colour in COLOURS


@every_kind
def test_stem_makes_ids_that_a_file_may_hold(kind: type[Layer]) -> None:
    msgspec.convert(f"{kind.stem}_1", annotated_id())


def annotated_id() -> Any:
    from convstudio.network.network_form import Id

    return Id


@every_kind
def test_every_setting_says_what_it_is(kind: type[Layer]) -> None:
    for name in kind.__struct_fields__:
        found = metas(kind, name)
        assert any(m.title for m in found), name
        assert any(m.description for m in found), name


@every_kind
def test_defaults_keep_their_own_limits(kind: type[Layer]) -> None:
    default = kind()
    assert msgspec.convert(msgspec.to_builtins(default), kind) == default
    assert default.fault() is None
    assert default.heading()


@every_kind
def test_numbers_have_an_end(kind: type[Layer]) -> None:
    """A setting without limits would let a file ask for anything."""
    for name in kind.__struct_fields__:
        info = msgspec.inspect.type_info(get_type_hints(kind, include_extras=True)[name])
        assert bounded(info), name


def bounded(info: Any) -> bool:
    match info:
        case msgspec.inspect.Metadata(type=inner):
            return bounded(inner)
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
            return info.ge is not None and (info.le is not None or info.lt is not None)
        case msgspec.inspect.VarTupleType(item_type=item):
            return info.max_length is not None and bounded(item)
        case msgspec.inspect.UnionType(types=types):
            return all(bounded(t) for t in types)
    return isinstance(info, msgspec.inspect.BoolType | msgspec.inspect.LiteralType)


@pytest.mark.parametrize("field", ["kind", "stem", "title"])
def test_names_are_unique(field: str) -> None:
    names = [getattr(kind, field) for kind in KINDS]
    assert len(set(names)) == len(names)


def test_catalogue_is_the_explicit_list() -> None:
    assert tuple(catalogue().values()) == (*KINDS, *STRUCTURE, *BROUGHT)
    assert all(name == kind.kind for name, kind in catalogue().items())


@every_kind
def test_one_kind_one_file_with_a_first_sentence(kind: type[Layer]) -> None:
    module = inspect.getmodule(kind)
    assert module is not None
    assert module.__name__ == f"convstudio.blocks.{kind.kind}"
    assert module.__doc__
    assert [k for k in KINDS if k.__module__ == kind.__module__] == [kind]
