"""A network in plain words and numbers, as a program reads them: what `describe --json` and the library give."""

from __future__ import annotations

from typing import Any

from convstudio.network import network_form
from convstudio.network.costs import CONVENTION
from convstudio.network.document import Block, Network
from convstudio.network.facts import Analysis, BlockFacts
from convstudio.network.group import Group
from convstudio.network.problem import Problem
from convstudio.network.shape import Shape
from convstudio.network.sight import Sight


def description(network: Network, analysis: Analysis, hints: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """Every block with its settings, shape, costs and receptive field; totals, problems, and `hints` as advice."""
    return {
        "blocks": _block_forms(network, Sight(analysis), analysis, _start(analysis)),
        "totals": {
            "parameters": analysis.parameters,
            "multiply_adds": analysis.multiply_adds,
            "activation_bytes": analysis.activation_bytes,
        },
        "convention": CONVENTION,
        "problems": [_problem_form(p) for p in analysis.problems],
        "advice": [_problem_form(p) for p in hints],
    }


def ordered_ids(network: Network, analysis: Analysis) -> tuple[str, ...]:
    """All blocks: first those that can be ordered, then those that go round in a circle."""
    known = set(analysis.order)
    return (*analysis.order, *(i for i in network.blocks if i not in known))


def _problem_form(problem: Problem) -> dict[str, Any]:
    return {"severity": problem.severity, "title": problem.title, "words": problem.words, "blocks": problem.blocks}


def _start(analysis: Analysis) -> Shape | None:
    return analysis.blocks[analysis.input].output if analysis.input else None


def _block_forms(network: Network, sight: Sight, analysis: Analysis, start: Shape | None) -> list[dict[str, Any]]:
    """`start` is the shape of the network's input, to which receptive fields refer."""
    return [_block_form(network.blocks[i], sight, analysis.blocks[i], start) for i in ordered_ids(network, analysis)]


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
