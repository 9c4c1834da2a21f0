"""Names in the written source: classes, and variables that are never overwritten while they are needed."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convstudio.codegen.naming import class_name, variables


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("digits-two-paths", "DigitsTwoPaths"),
        ("LeNet-5", "LeNet5"),
        ("my net (copy 2)", "MyNetCopy2"),
        ("3x3", "Network3x3"),
        ("", "Network"),
        ("...", "Network"),
        ("none", "NoneNetwork"),
        ("F", "FNetwork"),
        ("ordered_dict", "OrderedDictNetwork"),
        ("숫자 망", "숫자망"),
    ],
)
def test_class_names(name: str, expected: str) -> None:
    assert class_name(name) == expected


@given(st.text())
def test_any_name_gives_a_valid_class_name(name: str) -> None:
    made = class_name(name)
    assert made.isidentifier()
    assert not keyword.iskeyword(made)


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=3), min_size=1, max_size=15))
def test_no_variable_is_overwritten_while_it_is_needed(graph: list[list[int]]) -> None:
    """Run the assignments on names, and look whether each use still finds the value that it wants."""
    blocks = [f"b_{n}" for n in range(len(graph) + 1)]
    makers = {blocks[n + 1]: [blocks[s % (n + 1)] for s in sources] for n, sources in enumerate(graph)}
    names = variables(blocks[1:], makers, {blocks[0]: "x"})
    held = {"x": blocks[0]}
    for block in blocks[1:]:
        assert [held[names[maker]] for maker in makers[block]] == makers[block]
        held[names[block]] = block
