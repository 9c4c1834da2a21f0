"""What an export would write, for a person to look at before: text, or a list of what is in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from convstudio import codegen, data
from convstudio.engine import by_hand, onnx_writer
from convstudio.engine.build import LiveNetwork
from convstudio.engine.devices import Way
from convstudio.engine.exporting.job import ExportFault, Format
from convstudio.engine.exporting.script_form import NO_DATA, computed
from convstudio.engine.exporting.wording import in_words
from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.numbers import grouped

if TYPE_CHECKING:
    from onnx import NodeProto

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Preview:
    """`text` is Python; otherwise `rows` under the words of `head`. `caption` says in a line what it is."""

    caption: str
    text: str = ""
    head: tuple[str, ...] = ()
    rows: Rows = ()


def preview(
    format: Format, name: str, title: str, document: Document, analysis: Analysis, live: LiveNetwork, way: Way
) -> Preview:
    """Of the network with the weights of `live`, in a file called `name`. ExportFault where there can be none."""
    with in_words(Path(name)):
        return _preview(format, name, title, document, analysis, live, way)


def _preview(
    format: Format, name: str, title: str, document: Document, analysis: Analysis, live: LiveNetwork, way: Way
) -> Preview:
    match format:
        case "source" | "pt2":
            text = codegen.source(document.network, analysis, name, title)
            traced = "torch.export traces this class, with the weights, for any number of samples."
            return Preview(traced if format == "pt2" else "A class that needs PyTorch alone.", text)
        case "script":
            text = _script(name, title, document, analysis, live, way)
            return Preview("It trains from the start values, as here.", text)
        case "safetensors":
            return _weights(live)
        case "onnx":
            return _onnx(document, analysis, live)


def _script(name: str, title: str, document: Document, analysis: Analysis, live: LiveNetwork, way: Way) -> str:
    if document.data.none:
        raise ExportFault(NO_DATA)
    made = by_hand.fitting(document.network, live.state_dict())
    how = computed(name, data.info(document.data.name).title, way, made)
    return codegen.script(document, analysis, name, title or name, how)


def _weights(live: LiveNetwork) -> Preview:
    rows = tuple(
        (name, str(value.dtype).removeprefix("torch."), _size(tuple(value.shape)), grouped(value.numel()))
        for name, value in live.state_dict().items()
    )
    numbers = sum(value.numel() for value in live.state_dict().values())
    caption = f"{grouped(len(rows))} tensors with {grouped(numbers)} numbers; the keys are those of the Python source."
    return Preview(caption, head=("Tensor", "Type", "Size", "Numbers"), rows=rows)


def _onnx(document: Document, analysis: Analysis, live: LiveNetwork) -> Preview:
    sizes = {name: tuple(value.shape) for name, value in live.state_dict().items()}
    nodes, shapes = onnx_writer.listed(document.network, analysis)
    rows = tuple(
        (node.name, node.op_type, _settings(node), _weights_of(node, sizes), shapes.get(node.output[0], ""))
        for node in nodes
    )
    caption = f"Operator set {onnx_writer.OPSET}; {grouped(len(rows))} nodes; the batch may have any size."
    return Preview(caption, head=("Node", "Operator", "Settings", "Weights", "Result"), rows=rows)


def _settings(node: NodeProto) -> str:
    from onnx import helper

    values = {a.name: helper.get_attribute_value(a) for a in node.attribute if a.name != "value"}
    return "; ".join(f"{name} {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _weights_of(node: NodeProto, sizes: dict[str, tuple[int, ...]]) -> str:
    found = [(name, sizes[name]) for name in node.input if name in sizes]
    return ", ".join(f"{name.rpartition('.')[2]} {_size(size)}" for name, size in found)


def _size(dims: tuple[int, ...]) -> str:
    return "×".join(map(str, dims)) or "1"
