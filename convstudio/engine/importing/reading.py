"""Reading an ONNX file that may be broken or hostile: all that is not as it should be is an ImportFault in words."""

from __future__ import annotations

import stat
from collections import deque
from collections.abc import Iterable, Iterator
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convstudio.engine.importing.graph import Graph, ImportFault, Node, Numbers

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

LARGEST = 2**31 - 1
"""Bytes: a protobuf message ends there."""
MOST_NUMBERS = 2**31
"""In all weights together: 8 GiB in float32."""
MOST_NODES = 20_000
MOST_AXES = 8


def read_bytes(path: Path) -> bytes:
    """All of a file. ImportFault when it is none, cannot be read, or is larger than any such file may be."""
    if require_file(path) > LARGEST:
        raise ImportFault(f"{path.name} is larger than 2 GiB, which no ONNX file can be.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImportFault(f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}.") from error


def require_file(path: Path) -> int:
    """How many bytes a file has. ImportFault where there is none at the path, but a folder or a device."""
    try:
        found = path.stat()
    except OSError as error:
        raise ImportFault(f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise ImportFault(f"{path.name} is not a file.")
    return found.st_size


def parsed(path: Path, data: bytes) -> ModelProto:
    """The model in the bytes of a file. ImportFault when there is none."""
    import onnx

    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf's own classes, which are not ours to name
        raise ImportFault(f"{path.name} is no ONNX file, or it is cut off or damaged.") from error
    if not model.HasField("graph") or not (model.graph.node or model.graph.output):
        raise ImportFault(f"{path.name} is no ONNX file: there is no network in it.")
    if len(model.graph.node) > MOST_NODES:
        raise ImportFault(
            f"{path.name} has {len(model.graph.node)} operations; at most {MOST_NODES} can be brought in."
        )
    return model


def graph(path: Path, model: ModelProto) -> Graph:
    """The model as plain values. ImportFault when it contradicts itself."""
    found = model.graph
    if any(isinstance(name, bytes) for name in _names(found)):
        raise ImportFault(f"{path.name} is damaged: it has names that are no text.")
    opset = next((i.version for i in model.opset_import if i.domain in ("", "ai.onnx")), 1)
    constants = _weights(path, found)
    nodes, written = _nodes(found, constants)
    inputs = {v.name: _dims(v) for v in found.input if v.name not in constants}
    outputs = tuple(v.name for v in found.output if v.name)
    if not inputs:
        raise ImportFault(f"{path.name} has no input: there is nowhere for samples to enter.")
    if not outputs:
        raise ImportFault(f"{path.name} has no output.")
    shapes = {v.name: dims for v in (*found.value_info, *found.output) if (dims := _dims(v)) is not None}
    known = {*inputs, *constants}
    folded = {"Constant": len(written)} if written else {}
    return Graph(
        nodes=_sorted(path, nodes, known, outputs),
        constants=constants,
        inputs=inputs,
        outputs=outputs,
        shapes=shapes,
        opset=opset,
        producer=" ".join(f"{model.producer_name} {model.producer_version}".split())[:100],
        properties={p.key: p.value for p in model.metadata_props},
        written=written,
        folded=folded,
    )


def _names(graph: GraphProto) -> Iterator[object]:
    """All names; protobuf hands out those as bytes that are no text."""
    for node in graph.node:
        yield from (node.op_type, node.domain, node.name, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)
    for tensor in graph.initializer:
        yield tensor.name
        yield from (text for entry in tensor.external_data for text in (entry.key, entry.value))
    yield from (value.name for value in (*graph.input, *graph.output, *graph.value_info))


def _weights(path: Path, graph: GraphProto) -> dict[str, Numbers]:
    """All numbers that the file holds; those of foreign kinds (texts, complex numbers) are passed over."""
    found: dict[str, Numbers] = {}
    total = 0
    for tensor in graph.initializer:
        total += prod(n for n in tensor.dims)
        if total > MOST_NUMBERS:
            raise ImportFault(f"{path.name} claims to hold more than {MOST_NUMBERS} weights.")
        if (array := _array(path, tensor)) is not None:
            found[tensor.name] = array
    return found


def _array(path: Path, tensor: TensorProto) -> Numbers | None:
    """The numbers of one tensor, floats as float32. ImportFault when there are not as many as its shape says."""
    from onnx import TensorProto, helper, numpy_helper

    known = (*_FLOATS, *_WHOLE)
    kind = TensorProto.DataType.Name(tensor.data_type) if tensor.data_type in TensorProto.DataType.values() else ""
    if kind not in known:
        return None
    dims = tuple(tensor.dims)
    if len(dims) > MOST_AXES or any(n < 0 for n in dims):
        raise ImportFault(f"{path.name} is damaged: the weights {tensor.name!r} have the shape {dims}.")
    wide = helper.tensor_dtype_to_np_dtype(tensor.data_type)
    size = prod(dims)
    if tensor.data_location == TensorProto.EXTERNAL:
        raw = _outside(path, tensor, size * wide.itemsize)
        array = np.frombuffer(raw, wide).reshape(dims)
    else:
        _require_numbers(path, tensor, size, wide.itemsize)
        array = numpy_helper.to_array(tensor)
    return np.asarray(array, np.float32, order="C") if kind in _FLOATS else array.astype(np.int64)


_FLOATS = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16")
_WHOLE = ("INT64", "INT32", "INT16", "INT8", "UINT8", "UINT16", "UINT32", "BOOL")


def _require_numbers(path: Path, tensor: TensorProto, size: int, width: int) -> None:
    """Before anything is made of it: a shape of billions may stand before no numbers at all."""
    lists = (tensor.float_data, tensor.double_data, tensor.int32_data, tensor.int64_data, tensor.uint64_data)
    given = len(tensor.raw_data) // width if tensor.raw_data else max(len(numbers) for numbers in lists)
    if given != size:
        raise ImportFault(
            f"{path.name} is cut off or damaged: the weights {tensor.name!r} should be {size} numbers, and there are "
            f"{given}."
        )


def _outside(path: Path, tensor: TensorProto, size: int) -> bytes | np.memmap[Any, np.dtype[np.uint8]]:
    """Numbers that lie in a file of their own, which must be in the folder of the model; read as they are needed."""
    told = {entry.key: entry.value for entry in tensor.external_data}
    place = told.get("location", "").replace("\0", "/../../")
    folder = path.parent.resolve()
    beside = (folder / place).resolve()
    if not place or not beside.is_relative_to(folder) or beside == folder:
        raise ImportFault(f"{path.name} asks for weights outside its own folder ({place!r}); they are not read.")
    try:
        start, length = int(told.get("offset") or 0), int(told.get("length") or size)
        if start < 0 or length != size or not beside.is_file() or beside.stat().st_size < start + size:
            raise ImportFault(
                f"The weights of {path.name} lie in {place!r} beside it, and that file is missing or too short."
            )
        return np.memmap(beside, np.uint8, "r", start, (size,)) if size else b""
    except ValueError as error:
        raise ImportFault(f"{path.name} does not say where in {place!r} its weights {tensor.name!r} lie.") from error
    except OSError as error:
        raise ImportFault(f"{place!r}, with weights of {path.name}, cannot be read: {error.strerror}.") from error


def _nodes(graph: GraphProto, constants: dict[str, Numbers]) -> tuple[list[Node], frozenset[str]]:
    """The operations; those that only hold numbers go to the constants."""
    found, written = [], set()
    for proto in graph.node:
        node = Node(
            proto.op_type if proto.domain in ("", "ai.onnx") else f"{proto.domain}.{proto.op_type}",
            tuple(proto.input),
            tuple(proto.output),
            proto.name,
            _settings(proto),
        )
        if node.operator == "Constant" and len(node.outputs) == 1 and (array := _held(node)) is not None:
            constants[node.outputs[0]] = array
            written.add(node.outputs[0])
        else:
            found.append(node)
    return found, frozenset(written)


def _held(node: Node) -> Numbers | None:
    value = next(iter(node.settings.values()), None)
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, float) or (isinstance(value, tuple) and value and isinstance(value[0], float)):
        return np.asarray(value, np.float32)
    if isinstance(value, int) or (isinstance(value, tuple) and all(isinstance(n, int) for n in value)):
        return np.asarray(value, np.int64)
    return None


def _settings(proto: NodeProto) -> dict[str, Any]:
    return {a.name: value for a in proto.attribute if (value := _setting(a)) is not None}


def _setting(attribute: AttributeProto) -> Any:
    """A setting as a Python value; None for those that hold graphs and other things that no block knows."""
    from onnx import AttributeProto

    kind = AttributeProto.AttributeType
    if attribute.type == kind.FLOAT:
        return float(attribute.f)
    if attribute.type == kind.INT:
        return int(attribute.i)
    if attribute.type == kind.STRING:
        return attribute.s.decode(errors="replace")
    if attribute.type == kind.FLOATS:
        return tuple(float(n) for n in attribute.floats)
    if attribute.type == kind.INTS:
        return tuple(int(n) for n in attribute.ints)
    if attribute.type == kind.TENSOR:
        return _array(Path("The file"), attribute.t)
    return None


def _dims(value: ValueInfoProto) -> tuple[int | None, ...] | None:
    """The shape that a file gives for an edge; None where it gives none."""
    if not value.type.HasField("tensor_type") or not value.type.tensor_type.HasField("shape"):
        return None
    dims = value.type.tensor_type.shape.dim
    return tuple(d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else None for d in dims)


def _sorted(path: Path, nodes: list[Node], known: Iterable[str], outputs: tuple[str, ...]) -> list[Node]:
    """The operations so that each comes after what feeds it. ImportFault for circles and for edges from nowhere."""
    makers: dict[str, int] = {}
    given = set(known)
    for number, node in enumerate(nodes):
        for edge in filter(None, node.outputs):
            if edge in makers or edge in given:
                raise ImportFault(f"{path.name} is damaged: two operations make {edge!r}.")
            makers[edge] = number
    for edge in (*(e for node in nodes for e in node.inputs), *outputs):
        if edge and edge not in makers and edge not in given:
            raise ImportFault(f"{path.name} is damaged: {edge!r} is used, and nothing makes it.")
    waiting = [len({makers[e] for e in node.inputs if e in makers}) for node in nodes]
    followers: dict[int, list[int]] = {}
    for number, node in enumerate(nodes):
        for maker in {makers[e] for e in node.inputs if e in makers}:
            followers.setdefault(maker, []).append(number)
    ready = deque(n for n, count in enumerate(waiting) if not count)
    order: list[Node] = []
    while ready:
        number = ready.popleft()
        order.append(nodes[number])
        for follower in followers.get(number, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    if len(order) < len(nodes):
        stuck = next(nodes[n] for n, count in enumerate(waiting) if count)
        raise ImportFault(f"{path.name} goes round in a circle at {stuck.name or stuck.operator!r}: it needs itself.")
    return order
