"""Convolutions and poolings of a file as blocks: padding of both sides and in words, ceil_mode, groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace

from convstudio.blocks.adaptive_average_pool import AdaptiveAveragePool
from convstudio.blocks.adaptive_max_pool import AdaptiveMaxPool
from convstudio.blocks.average_pool import AveragePool
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.crop import Crop
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.dilated import Dilated
from convstudio.blocks.fixed_mask import FixedMask
from convstudio.blocks.global_average_pool import GlobalAveragePool
from convstudio.blocks.global_max_pool import GlobalMaxPool
from convstudio.blocks.max_pool import MaxPool
from convstudio.blocks.pad import Pad
from convstudio.blocks.pointwise import Pointwise
from convstudio.blocks.sliding import Padding, Slide
from convstudio.blocks.transposed import Transposed
from convstudio.engine.importing.graph import Node, Numbers, Unsuited, place_of
from convstudio.engine.importing.reader import Edge, Made, Reader, Row
from convstudio.network.layer import Layer, shortened
from convstudio.network.shape import Shape

Cells = tuple[int, ...]
MOST_MULTIPLIED = 256
ROW_MAKERS = ("Flatten", "Reshape", "Squeeze")
"""What makes a row of 1 × 1 maps."""


def convolution(reader: Reader, node: Node) -> Edge:
    masks, bias = reader.floats(node.input(1)), reader.optional(node.input(2))
    came = reader.shape(node.inputs[0])
    groups, cells = node.settings.get("group", 1), masks.shape[2:]
    _require_axes(came, len(cells))
    if groups < 1 or masks.shape[1] * groups != came.channels:
        raise Unsuited(f"Its masks are for {masks.shape[1] * groups} channels, and {came.channels} arrive.")
    stride, dilation = _each(node, "strides", came), _each(node, "dilations", came)
    before, after = _pads(node, came, cells, stride, dilation)
    source = reader.block(node.inputs[0])
    padding = in_words(before, after, cells, stride, dilation)
    settings: dict[str, Any] = {"mask": shortened(cells), "stride": shortened(stride), "dilation": shortened(dilation)}
    if padding is None:
        source, padding = reader.draft.add(Pad(before=shortened(before), after=shortened(after)), [source]), "none"
    spare = ""
    if padding == "none" and (joined := _pad_before(reader, node.inputs[0], cells, stride, dilation)):
        spare = source
        source, padding, settings["padding_mode"] = joined
    settings["padding"] = padding
    if _one_fixed_mask(reader, node, masks, groups, bias):
        made = reader.put_behind(node, _fixed(masks, settings), [source])
    else:
        layer = _of_kind(masks, groups, reader.draft.shapes[source], {**settings, "bias": bias is not None})
        made = reader.put_behind(node, layer, [source], named(masks, bias))
    if spare:
        reader.draft.take_out(spare)
    return made


def _of_kind(masks: Numbers, groups: int, came: Shape, settings: dict[str, Any]) -> Layer:
    """The block that says best what a convolution does: depthwise, pointwise, dilated, or plain."""
    made = masks.shape[0]
    multiplier, rest = divmod(made, came.channels)
    if 1 < groups == came.channels and not rest and multiplier <= MOST_MULTIPLIED:
        return Depthwise(multiplier=multiplier, **settings)
    plain = settings["stride"] == settings["dilation"] == (1,) and settings["padding"] in ("none", "same")
    if groups == 1 and plain and settings["mask"] == (1,):
        return Pointwise(channels=made, bias=settings["bias"])
    kind = Dilated if settings["dilation"] != (1,) else Convolution
    return kind(channels=made, groups=groups, **settings)


def _one_fixed_mask(reader: Reader, node: Node, masks: Numbers, groups: int, bias: Numbers | None) -> bool:
    """Whether all maps are filtered by one mask that is no weight of the file, but part of the computation."""
    alone = groups == masks.shape[0] and masks.shape[1] == 1
    fixed = node.input(1) in reader.graph.written and bias is None
    return fixed and alone and bool(np.all(masks == masks[:1])) and 1 <= masks.ndim - 2 <= 3


def _fixed(masks: Numbers, settings: dict[str, Any]) -> FixedMask:
    rows = masks[0, 0] if masks.ndim > 3 else masks[0]
    if rows.ndim == 3:
        if rows.shape[0] != 1:
            raise Unsuited("Its fixed mask reaches over several frames of a clip.")
        rows = rows[0]
    settings = {name: value for name, value in settings.items() if name in ("stride", "padding", "dilation")}
    numbers = tuple(tuple(float(f"{n:.6g}") for n in row) for row in rows)
    if not np.allclose(np.array(numbers, np.float32), rows, rtol=1e-6, atol=0):
        raise Unsuited("The numbers of its fixed mask have more than six digits.")
    return FixedMask(preset="own", numbers=numbers, **settings)


def transposed(reader: Reader, node: Node) -> Edge:
    masks, bias = reader.floats(node.input(1)), reader.optional(node.input(2))
    came, cells = reader.shape(node.inputs[0]), masks.shape[2:]
    _require_axes(came, len(cells))
    groups = node.settings.get("group", 1)
    stride, dilation = _each(node, "strides", came), _each(node, "dilations", came)
    added = tuple(node.settings.get("output_padding", (0,) * came.rank))
    before, after = _cut(node, came, cells, stride, dilation, added)
    more = tuple(n + b - a for n, b, a in zip(added, before, after, strict=True))
    inside = all(0 <= n < s for n, s in zip(more, stride, strict=True)) and min(before) >= 0
    layer = Transposed(
        channels=masks.shape[1] * groups,
        mask=shortened(cells),
        stride=shortened(stride),
        padding=shortened(before) if inside else (0,),
        output_padding=shortened(more) if inside else (0,),
        dilation=shortened(dilation),
        groups=groups,
        bias=bias is not None,
    )
    made = reader.put(node, layer, node.inputs[0], weights=named(masks, bias))
    if inside:
        return made
    behind = tuple(a - n for a, n in zip(after, added, strict=True))
    return reader.put_behind(node, Crop(before=shortened(before), after=shortened(behind)), [made.block])


def _cut(node: Node, came: Shape, cells: Cells, stride: Cells, dilation: Cells, added: Cells) -> tuple[Cells, Cells]:
    """Cells that a transposed convolution cuts off at both ends."""
    auto, wanted = node.settings.get("auto_pad", "NOTSET"), node.settings.get("output_shape")
    if wanted is None and not auto.startswith("SAME"):
        pads = node.settings.get("pads", (0,) * 2 * came.rank) if auto != "VALID" else (0,) * 2 * came.rank
        return tuple(pads[: came.rank]), tuple(pads[came.rank :])
    before, after = [], []
    wanted = wanted[-came.rank :] if wanted else [n * s for n, s in zip(came.axes, stride, strict=True)]
    for length, goal, k, s, d, more in zip(came.axes, wanted, cells, stride, dilation, added, strict=True):
        total = s * (length - 1) + more + (k - 1) * d + 1 - goal
        first = total // 2 if auto != "SAME_LOWER" else total - total // 2
        before.append(first)
        after.append(total - first)
    return tuple(before), tuple(after)


@dataclass(frozen=True)
class Regions:
    """What a pooling of a file looks at; `after` includes the cells by which ceil_mode goes `beyond` the padded map."""

    window: Cells
    stride: Cells
    gaps: Cells
    before: Cells
    after: Cells
    beyond: bool

    @property
    def even(self) -> bool:
        """Whether our pools can pad so on their own."""
        halves = all(n <= k // 2 for n, k in zip(self.before, self.window, strict=True))
        return self.before == self.after and halves

    @property
    def settings(self) -> dict[str, Cells]:
        padding = self.before if self.even else (0,)
        return {"window": shortened(self.window), "stride": shortened(self.stride), "padding": shortened(padding)}


def max_pool(reader: Reader, node: Node) -> Edge:
    """Where the sides are padded unlike, or the last region reaches beyond the map, its outermost cells are repeated.

    Every region holds the cell that is repeated, so that its largest value stays what it is.
    """
    found = _regions(reader, node)
    source = reader.block(node.inputs[0])
    if not found.even:
        if max(found.gaps) > 1:
            raise Unsuited("Its cells stand apart, and its padding is uneven or more than half the window.")
        if any(n >= k for n, k in zip((*found.before, *found.after), found.window * 2, strict=True)):
            raise Unsuited("Regions of it lie wholly in the padding.")
        layer = Pad(before=shortened(found.before), after=shortened(found.after), mode="replicate")
        source = reader.draft.add(layer, [source])
    return reader.put_behind(node, MaxPool(dilation=shortened(found.gaps), **found.settings), [source])


def average_pool(reader: Reader, node: Node) -> Edge:
    found = _regions(reader, node)
    counted = bool(node.settings.get("count_include_pad", 0))
    source = reader.block(node.inputs[0])
    if max(found.gaps) > 1:
        raise Unsuited("The cells of its regions stand apart, which only max pooling knows here.")
    if not found.even:
        if not counted or found.beyond:
            raise Unsuited("Its means leave out cells beyond the edge, at one side only.")
        source = reader.draft.add(Pad(before=shortened(found.before), after=shortened(found.after)), [source])
    counts = counted or not (found.even and any(found.before))
    return reader.put_behind(node, AveragePool(count_padding=counts, **found.settings), [source])


def _regions(reader: Reader, node: Node) -> Regions:
    came = reader.shape(node.inputs[0])
    window = tuple(node.settings.get("kernel_shape", ()))
    _require_axes(came, len(window))
    stride, gaps = _each(node, "strides", came), _each(node, "dilations", came)
    before, after = _pads(node, came, window, stride, gaps)
    more = (0,) * came.rank
    if node.settings.get("ceil_mode", 0):
        moves = (Slide(*n) for n in zip(window, stride, gaps, before, after, strict=True))
        more = tuple(_beyond(n, move) for n, move in zip(came.axes, moves, strict=True))
    behind = tuple(n + m for n, m in zip(after, more, strict=True))
    return Regions(window, stride, gaps, before, behind, any(more))


def _beyond(length: int, move: Slide) -> int:
    """Cells by which the last region reaches beyond the padded map with ceil_mode."""
    places = -(-(length + move.before + move.after - move.extent) // move.stride) + 1
    if (places - 1) * move.stride >= length + move.before:  # a region must begin in the map or in the padding before it
        places -= 1
    return max(0, (places - 1) * move.stride + move.extent - length - move.before - move.after)


def global_pool(row_kind: type[Layer], map_kind: type[AdaptiveAveragePool]) -> Row:
    """Of maps one number each: a row where that is what follows, else maps of 1 × 1."""

    def row(reader: Reader, node: Node) -> Edge:
        came = reader.shape(node.inputs[0])
        if not came.rank:
            raise Unsuited("There are no maps to pool.")
        ones = (came.channels, *(1,) * came.rank)
        follows = reader.followers(node.outputs[0])
        if all(f.operator in (*ROW_MAKERS, "Shape") for f in follows):
            return Edge(reader.put(node, row_kind(), node.inputs[0]).block, ones)
        return reader.put(node, map_kind(size=(1,)), node.inputs[0])

    return row


global_average = global_pool(GlobalAveragePool, AdaptiveAveragePool)
global_max = global_pool(GlobalMaxPool, AdaptiveMaxPool)


def reduced(pool: Row, kind: type[Layer]) -> Row:
    """ReduceMean or ReduceMax over all axes of the maps."""

    def row(reader: Reader, node: Node) -> Made:
        came = reader.shape(node.inputs[0])
        axes = node.settings.get("axes")
        if axes is None and node.input(1):
            axes = tuple(int(n) for n in np.ravel(reader.constant(node.input(1))))
        whole = came.rank + 2
        if axes is None or sorted(place_of(a, whole) for a in axes) != list(range(2, whole)):
            raise Unsuited("It works along other axes than all those of the maps.")
        if node.settings.get("keepdims", 1):
            return pool(reader, node)
        return reader.put(node, kind(), node.inputs[0])

    return row


def adaptive(reader: Reader, node: Node) -> Edge:
    """Regions along one axis; one that follows another such along another axis joins it."""
    came = reader.shape(node.inputs[0])
    axis = node.settings["axis"] - 2
    if axis >= came.rank or came.axes[axis] != node.settings["length"]:
        raise Unsuited("Its regions do not cover the maps.")
    kind = AdaptiveAveragePool if node.settings["kind"] == "ReduceMean" else AdaptiveMaxPool
    size = (*came.axes[:axis], node.settings["size"], *came.axes[axis + 1 :])
    source = reader.block(node.inputs[0])
    before = reader.draft.blocks[source].layer
    if type(before) is kind and reader.alone(node.inputs[0]) and source == reader.draft.last:
        reader.draft.change(source, kind(size=shortened(size)))
        return Edge(source, reader.draft.shapes[source].dims)
    return reader.put_behind(node, kind(size=shortened(size)), [source])


def in_words(before: Cells, after: Cells, cells: Cells, stride: Cells, dilation: Cells) -> Padding | None:
    """The padding as our convolutions say it; None where it needs a block of its own."""
    if min((*before, *after)) < 0:
        raise Unsuited("Its padding cuts cells off.")
    totals = [d * (k - 1) for k, d in zip(cells, dilation, strict=True)]
    if not any((*before, *after)):
        return "none"
    same = [t // 2 for t in totals], [t - t // 2 for t in totals]
    even = before == after
    if (list(before), list(after)) == same and (even or set(stride) == {1}):
        return "same"
    return shortened(before) if even else None


def _pad_before(
    reader: Reader, edge: str, cells: Cells, stride: Cells, dilation: Cells
) -> tuple[str, Padding, str] | None:
    """A Pad that only this convolution needs becomes its own padding: what feeds that Pad, the padding, the mode."""
    source = reader.came(edge).block
    layer = reader.draft.blocks[source].layer
    if not isinstance(layer, Pad) or not reader.alone(edge) or source != reader.draft.last:
        return None
    rank = len(cells)
    before, after = (sides * rank if len(sides) == 1 else sides for sides in (layer.before, layer.after))
    padding = in_words(before, after, cells, stride, dilation)
    if padding is None:
        return None
    (feed,) = reader.draft.sources[source]
    return feed, padding, layer.mode


def named(masks: Numbers, bias: Numbers | None) -> dict[str, Numbers]:
    """Weights by the names that torch gives them."""
    return {"weight": masks} if bias is None else {"weight": masks, "bias": bias.reshape(-1)}


def with_bias(layer: Layer) -> Layer:
    """The same layer, with a bias if it can have one."""
    return replace(layer, bias=True) if getattr(layer, "bias", True) is False else layer


def _each(node: Node, name: str, came: Shape) -> Cells:
    """A setting for every axis; 1 where it is left out."""
    found = tuple(node.settings.get(name, (1,) * came.rank))
    if len(found) != came.rank or min(found) < 1:
        raise Unsuited(f"Its {name} are {found} for {came.rank} axes.")
    return found


def _pads(node: Node, came: Shape, cells: Cells, stride: Cells, dilation: Cells) -> tuple[Cells, Cells]:
    """Cells in front of and behind each axis; `SAME` puts the odd one behind (UPPER) or in front (LOWER)."""
    auto = node.settings.get("auto_pad", "NOTSET")
    if auto == "NOTSET":
        pads = tuple(node.settings.get("pads", (0,) * 2 * came.rank))
        if len(pads) != 2 * came.rank:
            raise Unsuited(f"Its padding has {len(pads)} numbers for {came.rank} axes.")
        return pads[: came.rank], pads[came.rank :]
    if auto == "VALID":
        return (0,) * came.rank, (0,) * came.rank
    totals = [
        max(0, (-(-n // s) - 1) * s + (k - 1) * d + 1 - n)
        for n, k, s, d in zip(came.axes, cells, stride, dilation, strict=True)
    ]
    less, more = tuple(t // 2 for t in totals), tuple(t - t // 2 for t in totals)
    return (more, less) if auto == "SAME_LOWER" else (less, more)


def _require_axes(came: Shape, rank: int) -> None:
    if came.rank != rank or not rank:
        raise Unsuited(f"It slides along {rank} axes, and what arrives has {came.rank}.")
