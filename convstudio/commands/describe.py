"""`convstudio describe FILE`: every block's shape and costs, without loading torch."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convstudio.blocks import catalogue
from convstudio.commands.declaring import Commands, command, json_option, plugins_option
from convstudio.commands.printing import lines, print_json, print_table
from convstudio.commands.project import opened, problem_line
from convstudio.network import network_form
from convstudio.network.advice import advise
from convstudio.network.costs import CONVENTION
from convstudio.network.document import Block, Document, Network
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.group import Group, repetition
from convstudio.network.numbers import grouped
from convstudio.network.problem import Problem
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
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
        print_json(_form(arguments.file, document, analysis, fault, hints))
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
    for block_id in _order(network, analysis):
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


def _order(network: Network, analysis: Analysis) -> tuple[str, ...]:
    """All blocks: first those that can be ordered, then those that go round in a circle."""
    ordered = set(analysis.order)
    return (*analysis.order, *(i for i in network.blocks if i not in ordered))


def _form(path: Path, document: Document, analysis: Analysis, fault: str, hints: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "file": str(path),
        "blocks": _block_forms(document.network, Sight(analysis), analysis, _start(analysis)),
        "totals": {
            "parameters": analysis.parameters,
            "multiply_adds": analysis.multiply_adds,
            "activation_bytes": analysis.activation_bytes,
        },
        "convention": CONVENTION,
        "problems": [_problem_form(p) for p in analysis.problems]
        + ([{"severity": "error", "title": "Unknown data set", "words": fault, "blocks": []}] if fault else []),
        "advice": [_problem_form(p) for p in hints],
    }


def _problem_form(problem: Problem) -> dict[str, Any]:
    return {"severity": problem.severity, "title": problem.title, "words": problem.words, "blocks": problem.blocks}


def _start(analysis: Analysis) -> Shape | None:
    return analysis.blocks[analysis.input].output if analysis.input else None


def _block_forms(network: Network, sight: Sight, analysis: Analysis, start: Shape | None) -> list[dict[str, Any]]:
    """`start` is the shape of the network's input, to which receptive fields refer."""
    return [_block_form(network.blocks[i], sight, analysis.blocks[i], start) for i in _order(network, analysis)]


def _block_form(block: Block, sight: Sight, facts: BlockFacts, start: Shape | None) -> dict[str, Any]:
    names = facts.inputs[0].axis_names if facts.inputs else ()
    made: dict[str, Any] = {
        "id": block.id,
        "kind": block.layer.kind,
        "heading": block.heading,
        "settings": network_form.settings(block.layer),
        "shape": facts.output.dims if facts.output else None,
        "parameters": facts.parameters,
        "multiply_adds": facts.multiply_adds,
        "receptive_field": [
            {"axis": axis, "size": f.size, "stride": int(f.pace) if f.pace == int(f.pace) else float(f.pace)}
            for axis, f in zip(start.axis_names if start else names, sight.of(block.id), strict=False)
        ],
        "used": facts.used,
    }
    if isinstance(block.layer, Group):
        copies = enumerate(facts.inside)
        made["copies"] = [
            _block_forms(block.layer.network, sight.inside(block.id, number), copy, start) for number, copy in copies
        ]
    return made
