"""`convstudio describe FILE`: every block's shape and costs, without loading torch."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from convstudio.blocks import catalogue
from convstudio.commands.declaring import Commands, command, json_option, plugins_option
from convstudio.commands.printing import lines, print_json, print_table
from convstudio.commands.project import opened, problem_line
from convstudio.network.advice import advise
from convstudio.network.costs import CONVENTION
from convstudio.network.description import description, ordered_ids
from convstudio.network.document import Document, Network
from convstudio.network.facts import Analysis
from convstudio.network.group import Group, repetition
from convstudio.network.numbers import grouped
from convstudio.network.problem import Problem
from convstudio.network.resolve import resolve
from convstudio.network.sight import Fields, Sight

EXAMPLES = """\
  convstudio describe digits.convstudio
  convstudio describe digits.convstudio --json | jq .totals
"""


HEADS = ("Block", "What", "Shape", "Weights", "Multiply-adds", "Receptive field")


def declare(commands: Commands) -> None:
    about = "Print the shape, weights, multiply-adds and receptive field of every block."
    parser = command(commands, "describe", run, about, EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a project file")
    plugins_option(parser)
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    from convstudio.data import DataError
    from convstudio.engine.project import analysed, sample

    document = opened(arguments.file, arguments.plugins)
    fault, known = "", None
    try:
        analysis, known = analysed(document), sample(document.data)
    except DataError as error:
        fault = str(error)
        analysis = resolve(document.network, catalogue())
    hints = advise(document.network, analysis, catalogue(), known)
    if arguments.json:
        found = {"file": str(arguments.file)} | description(document.network, analysis, hints)
        if fault:
            odd = {"severity": "error", "title": "Unknown data set", "words": fault, "blocks": []}
            found["problems"] = [*found["problems"], odd]
        print_json(found)
    else:
        _print(document, analysis, fault, hints)
    return 1 if analysis.errors or fault else 0


def _print(document: Document, analysis: Analysis, fault: str, hints: tuple[Problem, ...]) -> None:
    rows = _rows(document.network, analysis, Sight(analysis), "")
    print_table(HEADS, rows, right=range(3, 6))
    lines(
        f"{len(document.network.blocks)} blocks, {grouped(analysis.parameters)} weights, "
        f"{grouped(analysis.multiply_adds)} multiply-adds, "
        f"{grouped(analysis.activation_bytes)} bytes of results for one sample"
    )
    lines(CONVENTION)
    for problem in (*analysis.problems, *hints):
        lines(problem_line(problem))
    if fault:
        lines(f"error: {fault}")


def _rows(network: Network, analysis: Analysis, sight: Sight, indent: str) -> Iterator[tuple[str, ...]]:
    """A row a block; below a group, indented, those of its first copy."""
    for block_id in ordered_ids(network, analysis):
        block, facts = network.blocks[block_id], analysis.blocks[block_id]
        heading = block.heading + repetition(block.layer)
        shape = str(facts.output) if facts.output else "?"
        figures = (shape, grouped(facts.parameters), grouped(facts.multiply_adds), _field(sight.of(block_id)))
        yield (f"{indent}{block_id}", heading, *figures)
        if isinstance(block.layer, Group):
            yield from _rows(block.layer.network, facts.inside[0], sight.inside(block_id), f"{indent}  ")


def _field(fields: Fields) -> str:
    """Size and stride along each axis: '5 × 5 / 2 × 2'; the size alone where every unit sees the same."""
    if not fields:
        return ""
    sizes = " × ".join(str(f.size) for f in fields)
    strides = " × ".join(str(f.pace) for f in fields)
    return f"{sizes} / {strides}" if any(f.stride for f in fields) else sizes
