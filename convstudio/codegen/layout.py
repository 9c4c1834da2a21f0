"""Breaking long expressions over lines, in the style of the common formatters, at 100 columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convstudio.network.call import OPERATORS, Call, Constant, Value

WIDTH = 100
STEP = "    "


@dataclass(frozen=True)
class Term:
    """`head(item, item)` as a tree; `head` may carry the name of an argument: 'depthwise=nn.Conv2d'."""

    head: str
    items: tuple[Term | str, ...]

    def __str__(self) -> str:
        return f"{self.head}({', '.join(map(str, self.items))})"


def construction(call: Call) -> Term:
    """The expression that makes a module."""
    return _term("", call, ())


def application(call: Call, inputs: tuple[str, ...]) -> Term | str:
    """The expression that applies a function to variables; operators between many may come as text of several lines."""
    if call.function in OPERATORS:
        return call.applied(inputs)
    return _term("", call, (Term("", inputs),) if call.gather else inputs)


def buffer(name: str, constant: Constant) -> Term:
    """The expression that gives a module numbers which are neither trained nor part of its `state_dict`."""
    return Term("self.register_buffer", (f'"{name}"', str(constant), "persistent=False"))


def statement(expression: Term) -> list[str]:
    """Lines of an expression that stands alone in the body of a method."""
    line = f"{STEP * 2}{expression}"
    return [line] if len(line) <= WIDTH else _broken(f"{STEP * 2}{expression.head}", expression.items, "", STEP * 2)


def assignment(target: str, expression: Term | str, comment: str) -> list[str]:
    """Lines of `target = expression` in the body of a method, with a comment behind or, for want of room, above."""
    indent = STEP * 2
    line = f"{indent}{target} = {expression}"
    if len(line) + len("  # ") + len(comment) <= WIDTH or (not comment and len(line) <= WIDTH):
        return [f"{line}  # {comment}" if comment else line]
    above = [f"{indent}# {comment}"] if comment else []
    if len(line) <= WIDTH:
        return [*above, line]
    if isinstance(expression, str):
        return [*above, *_joined(f"{indent}{target} = ", expression, indent)]
    return [*above, *_broken(f"{indent}{target} = {expression.head}", expression.items, "", indent)]


def signature(name: str, arguments: tuple[str, ...]) -> list[str]:
    """The first line, or lines, of a method that gives a tensor."""
    tail = " -> torch.Tensor:"
    line = f"{STEP}def {name}({', '.join(arguments)}){tail}"
    return [line] if len(line) <= WIDTH else _broken(f"{STEP}def {name}", arguments, tail, STEP)


def _term(before: str, call: Call, inputs: tuple[Term | str, ...]) -> Term:
    named = [_item(f"{name}=", value) for name, value in call.options]
    return Term(before + call.function, (*inputs, *(_item("", a) for a in call.arguments), *named))


def _item(before: str, value: Value) -> Term | str:
    return _term(before, value, ()) if isinstance(value, Call) else f"{before}{value!r}"


def _broken(head: str, items: Sequence[Term | str], tail: str, indent: str) -> list[str]:
    """All items on one line of their own where they fit, otherwise one a line."""
    inner = indent + STEP
    row = inner + ", ".join(map(str, items))
    if len(row) <= WIDTH:
        return [f"{head}(", row, f"{indent}){tail}"]
    comma = "," if len(items) > 1 else ""
    lines = [line for item in items for line in _item_lines(item, comma, inner)]
    return [f"{head}(", *lines, f"{indent}){tail}"]


def _item_lines(item: Term | str, comma: str, indent: str) -> list[str]:
    if isinstance(item, Term) and len(f"{indent}{item}{comma}") > WIDTH:
        return _broken(indent + item.head, item.items, comma, indent)
    return [f"{indent}{item}{comma}"]


def _joined(head: str, expression: str, indent: str) -> list[str]:
    """`a + b + c` in parentheses: on one line of its own where it fits, otherwise a name a line."""
    inner = indent + STEP
    if len(inner + expression) <= WIDTH:
        return [f"{head}(", inner + expression, f"{indent})"]
    first, *rest = expression.split(" ")
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return [f"{head}(", inner + first, *(f"{inner}{sign} {name}" for sign, name in pairs), f"{indent})"]
