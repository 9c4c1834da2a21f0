"""`convstudio describe FILE`: every block's shape and costs, without loading torch."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from convstudio.blocks import catalogue
from convstudio.commands.declaring import Commands, command, json_option
from convstudio.commands.printing import console, lines, print_json
from convstudio.commands.project import opened, problem_line
from convstudio.network.costs import CONVENTION
from convstudio.network.document import Document
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.resolve import resolve

EXAMPLES = """\
  convstudio describe digits.convstudio
  convstudio describe digits.convstudio --json | jq .totals
"""


def declare(commands: Commands) -> None:
    about = "Print the shape, weights, multiply-adds and receptive field of every block."
    parser = command(commands, "describe", run, about, EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a project file")
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    from convstudio.data import DataError
    from convstudio.engine.project import analysed

    document = opened(arguments.file)
    fault = ""
    try:
        analysis = analysed(document)
    except DataError as error:
        fault = str(error)
        analysis = resolve(document.network, catalogue())
    if arguments.json:
        print_json(_form(arguments.file, document, analysis, fault))
    else:
        _print(document, analysis, fault)
    return 1 if analysis.errors or fault else 0


def _print(document: Document, analysis: Analysis, fault: str) -> None:
    console().print(_table(document, analysis))
    lines(
        f"{len(document.network.blocks)} blocks, {analysis.parameters:,} weights, "
        f"{analysis.multiply_adds:,} multiply-adds, {analysis.activation_bytes:,} bytes of results for one sample"
    )
    lines(CONVENTION)
    for problem in analysis.problems:
        lines(problem_line(problem))
    if fault:
        lines(f"error: {fault}")


def _table(document: Document, analysis: Analysis) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Block", "What", "Shape"):
        table.add_column(title, no_wrap=True)
    for title in ("Weights", "Multiply-adds", "Receptive field"):
        table.add_column(title, no_wrap=True, justify="right")
    for block_id in _order(document, analysis):
        table.add_row(*_row(document, analysis, block_id))
    return table


def _row(document: Document, analysis: Analysis, block_id: str) -> tuple[str, ...]:
    facts = analysis.blocks[block_id]
    heading = document.network.blocks[block_id].heading.replace("[", r"\[")
    shape = str(facts.output) if facts.output else "?"
    return block_id, heading, shape, f"{facts.parameters:,}", f"{facts.multiply_adds:,}", _field(facts)


def _field(facts: BlockFacts) -> str:
    """Size and stride along each axis: '5 × 5 / 2 × 2'; the size alone where every unit sees the same."""
    if not facts.field:
        return ""
    sizes = " × ".join(str(f.size) for f in facts.field)
    strides = " × ".join(str(f.pace) for f in facts.field)
    return f"{sizes} / {strides}" if any(f.stride for f in facts.field) else sizes


def _order(document: Document, analysis: Analysis) -> tuple[str, ...]:
    """All blocks: first those that can be ordered, then those that go round in a circle."""
    return (*analysis.order, *(i for i in document.network.blocks if i not in set(analysis.order)))


def _form(path: Path, document: Document, analysis: Analysis, fault: str) -> dict[str, Any]:
    return {
        "file": str(path),
        "blocks": [_block_form(document, analysis, i) for i in _order(document, analysis)],
        "totals": {
            "parameters": analysis.parameters,
            "multiply_adds": analysis.multiply_adds,
            "activation_bytes": analysis.activation_bytes,
        },
        "convention": CONVENTION,
        "problems": [
            {"severity": p.severity, "title": p.title, "words": p.words, "blocks": p.blocks} for p in analysis.problems
        ]
        + ([{"severity": "error", "title": "Unknown data set", "words": fault, "blocks": []}] if fault else []),
    }


def _block_form(document: Document, analysis: Analysis, block_id: str) -> dict[str, Any]:
    facts, block = analysis.blocks[block_id], document.network.blocks[block_id]
    names = facts.inputs[0].axis_names if facts.inputs else ()
    start = analysis.blocks[analysis.input].output if analysis.input else None
    return {
        "id": block_id,
        "kind": block.layer.kind,
        "heading": block.heading,
        "settings": msgspec.to_builtins(block.layer),
        "shape": facts.output.dims if facts.output else None,
        "parameters": facts.parameters,
        "multiply_adds": facts.multiply_adds,
        "receptive_field": [
            {"axis": axis, "size": f.size, "stride": int(f.pace) if f.pace == int(f.pace) else float(f.pace)}
            for axis, f in zip(start.axis_names if start else names, facts.field, strict=False)
        ],
        "used": facts.used,
    }
