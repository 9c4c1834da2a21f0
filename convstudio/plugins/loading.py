"""Running a plugin: from the text of a file that the person agreed to, to the kinds of blocks that it declares."""

from __future__ import annotations

import sys
from collections.abc import Collection
from types import ModuleType

from msgspec import Struct

from convstudio.network.layer import Layer
from convstudio.plugins import checking

LARGEST = 2**20
"""Bytes; a longer file is no declaration of blocks."""


class Source(Struct, frozen=True):
    """The text of a plugin: exactly what was agreed to is what is run, here and in the worker."""

    name: str
    text: str


class PluginError(Exception):
    """Why a plugin cannot be used: a sentence that names the file."""


def kinds(source: Source, taken: Collection[str]) -> tuple[type[Layer], ...]:
    """Run a plugin and check what it declares. PluginError when it fails, declares nothing, or something is wrong."""
    module = ModuleType(f"convstudio_plugin_{source.name.removesuffix('.py')}")
    sys.modules[module.__name__] = module  # where the types of its settings are looked up
    try:
        exec(compile(source.text, source.name, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        raise PluginError(f"{source.name} cannot be used: {_place(error, source.name)}{_words(error)}") from error
    found = tuple(v for v in vars(module).values() if _declared(v, module.__name__))
    if not found:
        raise PluginError(f"{source.name} declares no block: there is no class in it that is a Layer with a kind.")
    so_far = set(taken)
    for kind in found:
        if wrong := checking.faults(kind, so_far):
            raise PluginError(f"{source.name}: {kind.__name__} cannot be used: {'; '.join(wrong)}.")
        so_far.add(kind.kind)
        kind.origin = source.name
    return found


def _declared(value: object, module: str) -> bool:
    return isinstance(value, type) and issubclass(value, Layer) and value.__module__ == module and "kind" in vars(value)


def _place(error: BaseException, name: str) -> str:
    """The last line of the plugin on the way to the error."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"line {line}: " if line else ""


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
