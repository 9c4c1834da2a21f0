"""ONNX nodes for what changes the size of maps: padding, cropping, upsampling and pooling to a given size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from convstudio.engine.onnx_parts import Part, UnknownOperator, axes, constant, node, step

if TYPE_CHECKING:
    from onnx import NodeProto

MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}
"""ONNX's words for torch's ways to fill padding; circular has none before operator set 19."""


def padded_before(part: Part, around: list[int], mode: str) -> tuple[list[NodeProto], Part]:
    """Nodes that pad what comes in, where the operator itself knows only zeros; and the part behind them.

    `around` are the cells in front of all axes, then behind them.
    """
    if mode == "zeros" or not any(around):
        return [], part
    padded = part.weight("padded")
    return _padding(replace(part, output=padded), around, mode), replace(part, inputs=(padded,))


def pad(part: Part) -> list[NodeProto]:
    """`F.pad` as torch wants it: before and behind the last axis first; fewer than no cells are cut off."""
    (cells,) = part.call.arguments
    assert isinstance(cells, tuple)
    sides = list(zip(cells[::2], cells[1::2], strict=True))[::-1]
    return _padding(part, [n for n, _ in sides] + [n for _, n in sides], part.options(mode="constant")["mode"])


def _padding(part: Part, around: list[int], mode: str) -> list[NodeProto]:
    if min(around) < 0:
        return _cropping(part, around)
    if mode == "circular":
        return _circular(part, around)
    if mode not in MODES:
        raise UnknownOperator(f"{part.call.function} with mode {mode}")
    half = len(around) // 2
    pads = part.weight("pads")
    return [
        constant(pads, [0, 0, *around[:half], 0, 0, *around[half:]]),
        step("Pad", (part.inputs[0], pads), part.output, mode=MODES[mode]),
    ]


def _cropping(part: Part, around: list[int]) -> list[NodeProto]:
    half = len(around) // 2
    inside = {name: part.weight(name) for name in ("from", "to", "axes")}
    ends = [cells or 2**62 for cells in around[half:]]
    return [
        constant(inside["from"], [-n for n in around[:half]]),
        constant(inside["to"], ends),
        constant(inside["axes"], list(range(2, 2 + half))),
        step("Slice", (part.inputs[0], inside["from"], inside["to"], inside["axes"]), part.output),
    ]


def _circular(part: Part, around: list[int]) -> list[NodeProto]:
    """Axis after axis, the last cells are put in front once more and the first behind."""
    found: list[NodeProto] = []
    edge, half = part.inputs[0], len(around) // 2
    wanted = [axis for axis in range(half) if around[axis] or around[half + axis]]
    for axis in wanted:
        before, after = around[axis], around[half + axis]
        pieces = [edge]
        if before:
            pieces.insert(0, _slice(found, part, edge, f"end_{axis}", axis, -before, 2**62))
        if after:
            pieces.append(_slice(found, part, edge, f"start_{axis}", axis, 0, after))
        edge = part.output if axis == wanted[-1] else part.weight(f"round_{axis}")
        found.append(step("Concat", tuple(pieces), edge, axis=axis + 2))
    return found


def _slice(found: list[NodeProto], part: Part, edge: str, name: str, axis: int, first: int, end: int) -> str:
    """Add the nodes that cut cells from `first` to before `end` out of an axis; the edge that holds them."""
    name = part.weight(name)
    for what, value in (("from", first), ("to", end), ("axis", axis + 2)):
        found.append(constant(f"{name}.{what}", [value]))
    found.append(step("Slice", (edge, f"{name}.from", f"{name}.to", f"{name}.axis"), name))
    return name


def resize(part: Part) -> list[NodeProto]:
    """Upsampling by a whole factor, as torch lays the cells: middles on middles, without aligned corners."""
    options = part.options(scale_factor=1, mode="nearest")
    scales = part.weight("scales")
    nearest = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    linear = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
    return [
        constant(scales, [1.0, 1.0, *map(float, axes(options["scale_factor"], part.rank))]),
        step(
            "Resize", (part.inputs[0], "", scales), part.output, **(nearest if options["mode"] == "nearest" else linear)
        ),
    ]


def adaptive(pool: str, reduce: str) -> Callable[[Part], list[NodeProto]]:
    """Pooling to a given size: the operator `pool` where all regions are alike, else `reduce` of each, axis by axis."""

    def row(part: Part) -> list[NodeProto]:
        part.options()
        sizes = axes(part.call.arguments[0], part.rank)
        if all(length % size == 0 for length, size in zip(part.came.axes, sizes, strict=True)):
            window = [length // size for length, size in zip(part.came.axes, sizes, strict=True)]
            return node(part, pool, kernel_shape=window, strides=window, pads=[0] * 2 * part.rank)
        found: list[NodeProto] = []
        edge = part.inputs[0]
        for axis, (length, size) in enumerate(zip(part.came.axes, sizes, strict=True)):
            result = part.output if axis == part.rank - 1 else part.weight(f"along_{axis}")
            found += _regions(part, reduce, edge, result, axis, length, size)
            edge = result
        return found

    return row


def _regions(part: Part, reduce: str, edge: str, result: str, axis: int, length: int, size: int) -> list[NodeProto]:
    found: list[NodeProto] = []
    along = part.weight(f"axis_{axis}")
    found.append(constant(along, [axis + 2]))
    cells = []
    for cell in range(size):
        name = f"region_{axis}_{cell}"
        cut = _slice(found, part, edge, name, axis, cell * length // size, -(-(cell + 1) * length // size))
        cells.append(f"{cut}.cell")
        found.append(step(reduce, (cut, along), cells[-1], keepdims=1))
    found.append(step("Concat", tuple(cells), result, axis=axis + 2))
    return found
