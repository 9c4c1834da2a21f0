"""The check of a foreign declaration: is it whole, and do its rules give what they must on sample shapes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from convstudio.network.call import OPERATORS, Call
from convstudio.network.layer import Layer, Misfit, Window
from convstudio.network.shape import Shape

SAMPLES = (Shape(12), Shape(4, (23,)), Shape(4, (12, 10)), Shape(2, (7, 8, 6)))
"""A vector, a signal, an image and a clip."""
COLOURS = ("convolution", "dilated", "separable", "pooling", "dense", "activation", "normalisation", "combine", "data")
TEXTS = ("kind", "title", "section", "colour", "glyph", "stem", "about")
STEM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


def faults(kind: type[Layer], taken: Collection[str]) -> tuple[str, ...]:
    """What is wrong with a declaration, a sentence each; `taken` are the kinds that there are. Never raises."""
    try:
        return tuple(_faults(kind, taken))
    except Exception as error:
        return (f"it fails while it is checked: {type(error).__name__}: {error}",)


def _faults(kind: type[Layer], taken: Collection[str]) -> Iterator[str]:
    missing = [name for name in TEXTS if not isinstance(getattr(kind, name, None), str) or not getattr(kind, name)]
    if missing:
        yield f"it must say its {', '.join(missing)} (a text each)"
        return
    if not (STEM.match(kind.kind) and len(kind.kind) <= 40):
        yield f"kind “{kind.kind}” must be small letters, digits and single _"
    if kind.kind in taken:
        yield f"kind “{kind.kind}” is taken by another block"
    if not (STEM.match(kind.stem) and len(kind.stem) <= 40):
        yield f"stem “{kind.stem}” must be small letters, digits and single _"
    if len(kind.glyph) != 1:
        yield f"glyph “{kind.glyph}” must be one letter"
    if kind.colour not in COLOURS:
        yield f"colour “{kind.colour}” must be one of {', '.join(COLOURS)}"
    found = (*_settings(kind), *_ports(kind))
    yield from found
    if not found:
        yield from _rules(kind)


def _ports(kind: type[Layer]) -> Iterator[str]:
    ports = kind.ports
    if not (isinstance(ports, tuple) and ports and ports[0] == "in"):
        yield "ports must be a tuple that starts with “in”"
    if kind.ends:
        yield "it cannot end the network: only Output does"


def _settings(kind: type[Layer]) -> Iterator[str]:
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    for field in info.fields:
        if field.required:
            yield f"setting {field.name} needs a default"
        extra, inner = _unwrapped(field.type)
        if not extra.get("title") or not extra.get("description"):
            yield f"setting {field.name} needs a title and a description: Annotated[…, Meta(title=…, description=…)]"
        if not _bounded(inner):
            yield f"setting {field.name} needs a type with limits: int or float with ge and le, bool, or Literal words"


def _unwrapped(kind: Any) -> tuple[dict[str, Any], Any]:
    extra: dict[str, Any] = {}
    while isinstance(kind, msgspec.inspect.Metadata):
        extra = {**(kind.extra_json_schema or {}), **extra}
        kind = kind.type
    return extra, kind


def _bounded(kind: Any) -> bool:
    _, inner = _unwrapped(kind)
    if isinstance(inner, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        return inner.ge is not None and (inner.le is not None or inner.lt is not None)
    if isinstance(inner, msgspec.inspect.VarTupleType):
        return inner.max_length is not None and _bounded(inner.item_type)
    return isinstance(inner, msgspec.inspect.BoolType | msgspec.inspect.LiteralType)


def _rules(kind: type[Layer]) -> Iterator[str]:
    layer = kind()
    if layer.fault() is not None:
        yield f"its own defaults are refused: {layer.fault()}"
        return
    if not isinstance(layer.heading(), str):
        yield "heading must give a text"
    fits = 0
    for shape in SAMPLES:
        inputs = (shape,) * len(kind.ports)
        found = layer.output(inputs)
        if isinstance(found, Misfit):
            continue
        if not isinstance(found, Shape):
            yield f"output must give a Shape or a Misfit; for {shape} it gave {found!r}"
            return
        fits += 1
        yield from _results(layer, inputs, found)
    if not fits:
        yield "it takes none of a vector, a signal, an image and a clip with its own defaults"


def _results(layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> Iterator[str]:
    if not all(isinstance(n, int) and n > 0 for n in output.dims):
        yield f"output gave {output.dims} for {inputs[0]}: all lengths must be whole numbers above 0"
    for name in ("parameters", "multiply_adds"):
        count = getattr(layer, name)(inputs)
        if not isinstance(count, int) or count < 0:
            yield f"{name} must give a whole number; for {inputs[0]} it gave {count!r}"
    windows = layer.windows(inputs)
    rank = inputs[0].rank
    if windows is not None and (len(windows) != rank or not all(isinstance(w, Window) for w in windows)):
        yield f"windows must give a Window for each of the {rank} axes of {inputs[0]}, or None"
    if not all(isinstance(line, str) for line in layer.arithmetic(inputs)):
        yield "arithmetic must give texts"
    call = layer.call(inputs)
    if call is not None and not (isinstance(call, Call) and _allowed(call.function)):
        yield f"call must give a Call of a name under nn, F or torch; for {inputs[0]} it gave {call!r}"


def _allowed(function: str) -> bool:
    place, _, name = function.partition(".")
    return function in OPERATORS or (place in ("nn", "F", "torch") and name.isidentifier() and name[0] != "_")
