"""The written PyTorch module: one file as a careful person would have written it."""

from __future__ import annotations

from convstudio import __version__
from convstudio.codegen.classes import Classes
from convstudio.codegen.naming import TAKEN, class_name, plain
from convstudio.network.call import Call
from convstudio.network.document import Network
from convstudio.network.facts import Analysis
from convstudio.network.shape import Shape

SIGNATURE = f"Written by ConvStudio {__version__}."
"""The last line of the docstring of what is written."""


class SourceError(ValueError):
    """Why no source can be written for a network: one sentence for people."""


def source(network: Network, analysis: Analysis, name: str = "Network", title: str = "") -> str:
    """The network as the text of a Python file: one `nn.Module`, and before it one for each different group.

    The class is `class_name(name)`, that of a group is named after its title; their attributes are the ids of the
    blocks, so the `state_dict` of the live network fits as it is. Only blocks that lead to the Output are written.
    SourceError when the network is not complete.
    """
    check(network, analysis)
    main = class_name(name)
    classes = Classes(main, *TAKEN)
    body = classes.body(network, analysis)
    parts = [
        _docstring(title or name, analysis),
        _imports(classes.calls),
        "",
        *classes.lines(),
        f"class {main}(nn.Module):",
        *body,
    ]
    return "\n".join(parts) + "\n"


def proof_line(difference: float, samples: int) -> str:
    """What the docstring says of a proof with the trained weights."""
    return (
        f"Checked in a fresh process with the weights of that time: on {samples} samples its scores\n"
        f"differed from the network's by at most {difference:.2g}."
    )


def check(network: Network, analysis: Analysis) -> None:
    """SourceError when anything is missing on the way from the Input to the Output."""
    if analysis.input is None or analysis.output is None:
        which = "Output" if analysis.output is None else "Input"
        raise SourceError(f"A network without exactly one {which} cannot be written as source. {_first(analysis)}")
    for block_id in analysis.live:
        if analysis.blocks[block_id].output is None:
            heading = network.blocks[block_id].heading
            raise SourceError(f"{heading} ({block_id}) cannot be computed yet. {_first(analysis)}")
        if words := network.blocks[block_id].layer.obstacle():
            raise SourceError(words)
    if analysis.output not in analysis.live:
        raise SourceError(f"The network goes round in a circle. {_first(analysis)}")


def _first(analysis: Analysis) -> str:
    return analysis.errors[0].words if analysis.errors else "Complete it on the canvas first."


def _docstring(title: str, analysis: Analysis) -> str:
    came, result = _shape(analysis, analysis.input), _shape(analysis, analysis.output)
    dims = ", ".join(str(n) for n in ("batch", *came.dims))
    scores = ", ".join(str(n) for n in ("batch", *result.dims))
    return (
        f'"""{plain(title)}\n\n'
        f"Input: float32 ({dims}), values from 0 to 1. Result: float32 ({scores}).\n"
        f"{analysis.parameters:,} parameters; {analysis.multiply_adds:,} multiply-adds for one sample\n"
        "(weights of convolutions and fully connected layers, one multiply-add = 1;\n"
        "bias, normalisation, activation and pooling are not counted).\n\n"
        f"{SIGNATURE}\n"
        '"""\n'
    )


def _shape(analysis: Analysis, block_id: str | None) -> Shape:
    shape = analysis.blocks[block_id].output if block_id else None
    assert shape is not None
    return shape


def _imports(calls: list[Call]) -> str:
    used = functions(calls)
    lines = ["from collections import OrderedDict\n"] if "OrderedDict" in used else []
    lines.append("import torch")
    if any(f.startswith("F.") for f in used):
        lines.append("import torch.nn.functional as F")
    return "\n".join([*lines, "from torch import nn", ""])


def functions(calls: list[Call]) -> set[str]:
    """The names of all functions in these calls, those in arguments included."""
    found: set[str] = set()
    for call in calls:
        values = [*call.arguments, *(value for _, value in call.options)]
        found |= {call.function} | functions([v for v in values if isinstance(v, Call)])
    return found
