"""The written PyTorch module: one file as a careful person would have written it."""

from __future__ import annotations

import re

from convstudio import __version__
from convstudio.codegen import layout
from convstudio.codegen.naming import class_name, variables
from convstudio.codegen.order import sources, writing_order
from convstudio.network.call import Call
from convstudio.network.document import Network
from convstudio.network.facts import Analysis
from convstudio.network.shape import Shape


class SourceError(ValueError):
    """Why no source can be written for a network: one sentence for people."""


def source(network: Network, analysis: Analysis, name: str = "Network", title: str = "") -> str:
    """The network as the text of a Python file with one `nn.Module`.

    The class is `class_name(name)`; its attributes are the ids of the blocks, so the `state_dict` of the live
    network fits it as it is. Only blocks that lead to the Output are written. SourceError when the network is not
    complete.
    """
    start, order = _checked(network, analysis)
    calls = {block_id: call for block_id in order if (call := analysis.blocks[block_id].call)}
    parts = [
        _docstring(title or name, analysis, order),
        _imports(list(calls.values())),
        "",
        f"class {class_name(name)}(nn.Module):",
        *_init(calls),
        *_forward(network, analysis, start, order, calls),
    ]
    return "\n".join(parts) + "\n"


def _checked(network: Network, analysis: Analysis) -> tuple[str, tuple[str, ...]]:
    """The Input's id and all ids in writing order; SourceError when anything is missing on the way."""
    if analysis.input is None or analysis.output is None:
        which = "Output" if analysis.output is None else "Input"
        raise SourceError(f"A network without exactly one {which} cannot be written as source. {_first(analysis)}")
    for block_id in analysis.live:
        if analysis.blocks[block_id].output is None:
            heading = network.blocks[block_id].heading
            raise SourceError(f"{heading} ({block_id}) cannot be computed yet. {_first(analysis)}")
    if analysis.output not in analysis.live:
        raise SourceError(f"The network goes round in a circle. {_first(analysis)}")
    return analysis.input, writing_order(network, analysis.output)


def _first(analysis: Analysis) -> str:
    return analysis.errors[0].words if analysis.errors else "Complete it on the canvas first."


def _docstring(title: str, analysis: Analysis, order: tuple[str, ...]) -> str:
    came, result = _shape(analysis, analysis.input), _shape(analysis, analysis.output)
    dims = ", ".join(str(n) for n in ("batch", *came.dims))
    scores = ", ".join(str(n) for n in ("batch", *result.dims))
    return (
        f'"""{_plain(title)}\n\n'
        f"Input: float32 ({dims}), values from 0 to 1. Result: float32 ({scores}).\n"
        f"{analysis.parameters:,} parameters; {analysis.multiply_adds:,} multiply-adds for one sample\n"
        "(weights of convolutions and fully connected layers, one multiply-add = 1;\n"
        "bias, normalisation, activation and pooling are not counted).\n\n"
        f"Written by ConvStudio {__version__}.\n"
        '"""\n'
    )


def _shape(analysis: Analysis, block_id: str | None) -> Shape:
    shape = analysis.blocks[block_id].output if block_id else None
    assert shape is not None
    return shape


def _plain(title: str) -> str:
    """One line of text that cannot end the docstring it stands in, nor say something else in it."""
    printable = "".join(c if c.isprintable() else " " for c in title)
    line = re.sub(r" +", " ", printable).strip().replace("\\", "\\\\").replace('"', '\\"')
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _imports(calls: list[Call]) -> str:
    used = _functions(calls)
    lines = ["from collections import OrderedDict\n"] if "OrderedDict" in used else []
    lines.append("import torch")
    if any(f.startswith("F.") for f in used):
        lines.append("import torch.nn.functional as F")
    return "\n".join([*lines, "from torch import nn", ""])


def _functions(calls: list[Call]) -> set[str]:
    found: set[str] = set()
    for call in calls:
        values = [*call.arguments, *(value for _, value in call.options)]
        found |= {call.function} | _functions([v for v in values if isinstance(v, Call)])
    return found


def _init(calls: dict[str, Call]) -> list[str]:
    modules = {block_id: call for block_id, call in calls.items() if call.is_module}
    if not modules:
        return []
    lines = ["    def __init__(self) -> None:", "        super().__init__()"]
    for block_id, call in modules.items():
        lines += layout.assignment(f"self.{block_id}", layout.construction(call), "")
    return [*lines, ""]


def _forward(
    network: Network, analysis: Analysis, start: str, order: tuple[str, ...], calls: dict[str, Call]
) -> list[str]:
    makers = _makers(network, order, calls)
    names = variables([i for i in order if i in calls], makers, start)
    lines = ["    def forward(self, x: torch.Tensor) -> torch.Tensor:"]
    for block_id, call in calls.items():
        inputs = tuple(names[maker] for maker in makers[block_id])
        applied = Call(f"self.{block_id}") if call.is_module else call
        shape = _shape(analysis, block_id).compact
        lines += layout.assignment(names[block_id], layout.application(applied, inputs), shape)
    (result,) = makers[order[-1]]
    return [*lines, f"        return {names[result]}"]


def _makers(network: Network, order: tuple[str, ...], calls: dict[str, Call]) -> dict[str, tuple[str, ...]]:
    """By block: the blocks whose results it takes, looking through those that hand their input on unchanged."""
    makers: dict[str, tuple[str, ...]] = {}
    for block_id in order:
        makers[block_id] = tuple(_maker(source, makers, calls) for source in sources(network, block_id))
    return makers


def _maker(block_id: str, makers: dict[str, tuple[str, ...]], calls: dict[str, Call]) -> str:
    while block_id not in calls and makers[block_id]:
        (block_id,) = makers[block_id]
    return block_id
