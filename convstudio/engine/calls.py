"""From a block's `Call` to the function that torch runs: by look-up in torch's own names, never by evaluation."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable
from functools import reduce
from types import BuiltinFunctionType, FunctionType
from typing import Any

import torch
from torch import Tensor, nn

from convstudio.network.call import Call, Value

Function = Callable[..., Tensor]

OPERATORS: dict[str, Function] = {"+": operator.add, "*": operator.mul}


class UnknownCall(Exception):
    """A block asks for a function that is not among those that may be called. Its text names it."""


def module(call: Call) -> nn.Module:
    """A new module with torch's default start values, drawn from torch's global random state. UnknownCall if none."""
    made = _made(call)
    if not isinstance(made, nn.Module):
        raise UnknownCall(f"{call.function} is no module")
    return made


def function(call: Call) -> Function:
    """What is applied to the results of the blocks before: positional tensors in, one tensor out."""
    if call.function in OPERATORS:
        return _joined(OPERATORS[call.function], call.lifted)
    applied, arguments, options = _function(call.function), call.arguments, dict(call.options)
    if call.constant:
        return _WithConstant(applied, call)
    if call.gather:
        return lambda *inputs: applied(inputs, *arguments, **options)
    if not arguments and not options:
        return applied
    return lambda *inputs: applied(*inputs, *arguments, **options)


class _WithConstant(nn.Module):
    """A function with numbers that go along to the device and are neither trained nor part of a checkpoint."""

    numbers: Tensor

    def __init__(self, applied: Function, call: Call) -> None:
        super().__init__()
        assert call.constant
        numbers = torch.tensor(call.constant.values, dtype=torch.float32).repeat(*call.constant.repeats)
        self.register_buffer("numbers", numbers, persistent=False)
        self._applied, self._arguments, self._options = applied, call.arguments, dict(call.options)

    def forward(self, *inputs: Tensor) -> Tensor:
        return self._applied(*inputs, self.numbers, *self._arguments, **self._options)


def _joined(between: Function, lifted: tuple[int, ...]) -> Function:
    """a + b + c, from the left, as the exported source does; `lifted` as in `Call`."""
    if not any(lifted):
        return lambda *inputs: reduce(between, inputs)
    places = tuple((slice(None), slice(None), *(None,) * axes) for axes in lifted)
    return lambda *inputs: reduce(between, (x[place] for x, place in zip(inputs, places, strict=True)))


def _made(value: Value) -> Any:
    """The Python object a `Value` stands for: calls are made, everything else is itself."""
    if not isinstance(value, Call):
        return value
    arguments = [_made(a) for a in value.arguments]
    options = {name: _made(option) for name, option in value.options}
    if value.function == "OrderedDict":
        return OrderedDict(options)
    return _module_class(value.function)(*arguments, **options)


def _module_class(name: str) -> type[nn.Module]:
    place, _, last = name.partition(".")
    found = getattr(nn, last, None) if place == "nn" and _plain(last) else None
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise UnknownCall(f"{name} is no module of torch {torch.__version__}")
    return found


def _function(name: str) -> Function:
    """F.* are torch's functions on layers; of torch.* only compiled ones are taken, so nothing that loads or runs."""
    place, _, last = name.partition(".")
    allowed = {"F": (nn.functional, (FunctionType, BuiltinFunctionType)), "torch": (torch, (BuiltinFunctionType,))}
    if place not in allowed or not _plain(last):
        raise UnknownCall(f"{name} is not a function that a block may use")
    space, kinds = allowed[place]
    found = getattr(space, last, None)
    if not isinstance(found, kinds):
        raise UnknownCall(f"{name} is no function of torch {torch.__version__}")
    return found


def _plain(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_")
