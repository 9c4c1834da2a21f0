"""Operations of a file that lay values out anew: reshaping, padding, cutting, enlarging, joining."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np
from msgspec.structs import replace

from convstudio.blocks.channel_shuffle import ChannelShuffle
from convstudio.blocks.channel_slice import ChannelSlice
from convstudio.blocks.concatenate import Concatenate
from convstudio.blocks.crop import Crop
from convstudio.blocks.pad import Pad
from convstudio.blocks.sliding import Mode
from convstudio.blocks.upsample import Upsample
from convstudio.engine.importing import inputs
from convstudio.engine.importing.graph import Dims, Node, Unsuited, place_of, whole_numbers
from convstudio.engine.importing.reader import Edge, Reader
from convstudio.network.layer import across, shortened

MODES: dict[str, Mode] = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def flatten(reader: Reader, node: Node) -> Edge:
    came = reader.came(node.inputs[0])
    whole = (reader.batch, *came.dims)
    axis = node.settings.get("axis", 1)
    axis = axis if axis == len(whole) else place_of(axis, len(whole))
    if prod(whole[:axis]) != reader.batch:
        raise Unsuited("It lays samples out together.")
    return reader.seen_as(came, (prod(whole[axis:]),))


def reshape(reader: Reader, node: Node) -> Edge:
    came = reader.came(node.inputs[0])
    return reader.seen_as(came, _form(reader, came.dims, node.settings, node.input(1)))


def _form(reader: Reader, dims: Dims, settings: Mapping[str, Any], edge: str) -> Dims:
    """What a Reshape with these settings and this second input makes of a shape, both without the batch."""
    told = settings.get("shape")
    form = list(told if told is not None else whole_numbers(reader.constant(edge)))
    whole = (reader.batch, *dims)
    if not settings.get("allowzero", 0):
        form = [whole[n] if size == 0 and n < len(whole) else size for n, size in enumerate(form)]
    if form.count(-1) == 1:
        rest = -prod(form)
        form[form.index(-1)] = prod(whole) // rest if rest > 0 else 0
    if len(form) < 2 or form[0] != reader.batch or prod(form) != prod(whole) or min(form) < 1:
        raise Unsuited(f"It makes the form {tuple(form)} of {whole}, which mixes samples.")
    return tuple(form[1:])


def shuffled(reader: Reader, node: Node) -> Edge:
    """That of a pattern: the channels as a table of groups, turned, and as channels again."""
    came = reader.shape(node.inputs[0])
    table = _form(reader, came.dims, node.settings["table"], node.input(1))
    turned = (table[1], table[0], *table[2:])
    if table[2:] != came.axes or _form(reader, turned, node.settings["row"], node.input(2)) != came.dims:
        raise Unsuited(f"It lays {came} out as {' × '.join(map(str, table))} and mixes more than the channels.")
    return reader.put(node, ChannelShuffle(groups=table[0]), node.inputs[0])


def squeeze(reader: Reader, node: Node) -> Edge:
    came = reader.came(node.inputs[0])
    whole = (reader.batch, *came.dims)
    axes = _axes(reader, node, 1)
    gone = (
        {place_of(a, len(whole)) for a in axes}
        if axes is not None
        else {n for n, size in enumerate(whole) if n and size == 1}
    )
    if 0 in gone or any(whole[a] != 1 for a in gone):
        raise Unsuited("It takes away axes that are longer than 1.")
    kept = tuple(size for n, size in enumerate(whole) if n and n not in gone)
    return reader.seen_as(came, kept or (1,))


def unsqueeze(reader: Reader, node: Node) -> Edge:
    came = reader.came(node.inputs[0])
    axes = _axes(reader, node, 1)
    if axes is None:
        raise Unsuited("It does not say where the new axes lie.")
    count = len(came.dims) + 1 + len(axes)
    new = {place_of(a, count) for a in axes}
    if 0 in new:
        raise Unsuited("It puts an axis before the samples.")
    sizes = iter(came.dims)
    dims = tuple(1 if n in new else next(sizes) for n in range(1, count))
    return reader.seen_as(came, dims)


def transpose(reader: Reader, node: Node) -> Edge:
    """Only where nothing moves: channels that come last in the file, or axes of length 1."""
    came = reader.came(node.inputs[0])
    order = node.settings.get("perm", tuple(range(len(came.dims), -1, -1)))
    if node.inputs[0] in reader.graph.inputs and inputs.turned(len(order), reader.followers(node.inputs[0])):
        note = "In the file the channels of the input come last; here they come first."
        reader.notes += [note] if note not in reader.notes else []
        return came
    if len(order) != len(came.dims) + 1 or order[0] != 0:
        raise Unsuited("It turns samples and channels round.")
    dims = tuple(came.dims[axis - 1] for axis in order[1:])
    moving = [axis for axis in order[1:] if came.dims[axis - 1] > 1]
    if moving != sorted(moving):
        raise Unsuited("It lets axes change places.")
    return reader.seen_as(came, dims)


def concatenated(reader: Reader, node: Node) -> Edge:
    came = reader.came(node.inputs[0])
    axis = node.settings.get("axis", 1)
    if place_of(axis, len(came.dims) + 1) != 1:
        raise Unsuited("It puts results one behind the other along another axis than the channels.")
    if len(node.inputs) == 1:
        return came
    return reader.put(node, Concatenate(), *node.inputs)


def padded(reader: Reader, node: Node) -> Edge:
    came = reader.shape(node.inputs[0])
    mode = node.settings.get("mode", "constant")
    told = node.settings.get("pads", node.settings.get("paddings"))
    pads = tuple(told) if told is not None else whole_numbers(reader.constant(node.input(1)))
    if node.input(3):
        axes = whole_numbers(reader.constant(node.input(3)))
        pads = _on_axes(pads, axes, came.rank + 2)
    value = node.settings.get("value", 0.0)
    if node.input(2):
        value = float(np.ravel(reader.constant(node.input(2)))[0])
    if mode not in MODES or (mode == "constant" and value != 0):
        raise Unsuited(f"It fills the padding with {mode if mode != 'constant' else value}.")
    if len(pads) != 2 * (came.rank + 2):
        raise Unsuited(f"It has {len(pads)} numbers of padding for {came.rank} axes.")
    half = came.rank + 2
    if any((*pads[:2], *pads[half : half + 2])):
        raise Unsuited("It pads the channels.")
    before, after = pads[2:half], pads[half + 2 :]
    if not any((*before, *after)):
        return reader.came(node.inputs[0])
    if max((*before, *after)) <= 0:
        layer = Crop(before=shortened(tuple(-n for n in before)), after=shortened(tuple(-n for n in after)))
        return reader.put(node, layer, node.inputs[0])
    return reader.put(node, Pad(before=shortened(before), after=shortened(after), mode=MODES[mode]), node.inputs[0])


def _on_axes(pads: Dims, axes: Dims, count: int) -> Dims:
    """Padding that is said for some axes, for all."""
    full = [0] * 2 * count
    for number, axis in enumerate(axes):
        full[place_of(axis, count)] = pads[number]
        full[place_of(axis, count) + count] = pads[number + len(axes)]
    return tuple(full)


def circular(reader: Reader, node: Node) -> Edge:
    """Circular padding of one axis; one that follows another such along another axis joins it."""
    came = reader.shape(node.inputs[0])
    axis = node.settings["axis"] - 2
    if axis >= came.rank:
        raise Unsuited("It puts cells before an axis that is not there.")
    before = tuple(node.settings["before"] if n == axis else 0 for n in range(came.rank))
    after = tuple(node.settings["after"] if n == axis else 0 for n in range(came.rank))
    source = reader.block(node.inputs[0])
    found = reader.draft.blocks[source].layer
    if isinstance(found, Pad) and found.mode == "circular" and source == reader.draft.last:
        there = across(found.before, came.rank) or (), across(found.after, came.rank) or ()
        if reader.alone(node.inputs[0]) and not there[0][axis] and not there[1][axis]:
            before = tuple(a + b for a, b in zip(before, there[0], strict=True))
            after = tuple(a + b for a, b in zip(after, there[1], strict=True))
            reader.draft.change(source, replace(found, before=shortened(before), after=shortened(after)))
            return Edge(source, reader.draft.shapes[source].dims)
    return reader.put_behind(node, Pad(before=shortened(before), after=shortened(after), mode="circular"), [source])


def cut(reader: Reader, node: Node) -> Edge:
    """A Slice without steps, of the maps' axes, of the channels, or of both."""
    came = reader.shape(node.inputs[0])
    whole = (reader.batch, *came.dims)
    if "starts" in node.settings:
        starts, ends = node.settings["starts"], node.settings["ends"]
        axes, steps = node.settings.get("axes", tuple(range(len(starts)))), (1,) * len(starts)
    else:
        starts, ends = (whole_numbers(reader.constant(node.input(n))) for n in (1, 2))
        axes = whole_numbers(reader.constant(node.input(3))) if node.input(3) else tuple(range(len(starts)))
        steps = whole_numbers(reader.constant(node.input(4))) if node.input(4) else (1,) * len(starts)
    spans = [(0, n) for n in whole]
    for axis, start, end, stride in zip(axes, starts, ends, steps, strict=True):
        if stride != 1:
            raise Unsuited("It takes every second cell, or every third …, or turns the axis round.")
        first, last, _ = slice(start, end).indices(whole[axis])
        spans[axis] = first, last
    if spans[0] != (0, reader.batch):
        raise Unsuited("It takes some of the samples.")
    before = tuple(first for first, _ in spans[2:])
    after = tuple(n - last for n, (_, last) in zip(whole[2:], spans[2:], strict=True))
    made = _some_channels(reader, node, *spans[1])
    if not any((*before, *after)):
        return made
    return reader.put_behind(node, Crop(before=shortened(before), after=shortened(after)), [made.block])


def _some_channels(reader: Reader, node: Node, first: int, end: int) -> Edge:
    """The channels from `first` to before `end`; what arrives, where these are all."""
    came = reader.shape(node.inputs[0])
    if not 0 <= first < end <= came.channels:
        raise Unsuited("It takes no channels at all.")
    if end - first == came.channels:
        return reader.came(node.inputs[0])
    return reader.put(node, ChannelSlice(first=first, channels=end - first), node.inputs[0])


def split(reader: Reader, node: Node) -> dict[str, Edge]:
    """Slices of the channels, one for each result that is used."""
    came = reader.shape(node.inputs[0])
    if place_of(node.settings.get("axis", 0), came.rank + 2) != 1:
        raise Unsuited("It takes the maps apart along another axis than the channels.")
    sizes = _shares(reader, node, came.channels)
    ends = list(accumulate(sizes))
    spans = zip(node.outputs, ends, sizes, strict=True)
    return {edge: _some_channels(reader, node, end - size, end) for edge, end, size in spans if reader.used(edge)}


def _shares(reader: Reader, node: Node, channels: int) -> Dims:
    """How many channels each result of a Split gets: as it says, else equal ones, the last smaller where need be."""
    told = node.settings.get("split")
    if told is None and node.input(1):
        told = whole_numbers(reader.constant(node.input(1)))
    if told is None:
        size = -(-channels // len(node.outputs))
        told = [size] * (len(node.outputs) - 1) + [channels - size * (len(node.outputs) - 1)]
    if len(told) != len(node.outputs) or sum(told) != channels or min(told) < 1:
        raise Unsuited(f"It divides {channels} channels into {', '.join(map(str, told))}.")
    return tuple(told)


def resized(reader: Reader, node: Node) -> Edge:
    """Upsampling by whole factors; nearest cells, or linear between the middles of cells."""
    came = reader.shape(node.inputs[0])
    factors = _factors(reader, node, (reader.batch, *came.dims))
    if factors[:2] != (1, 1) or not came.rank:
        raise Unsuited("It changes the number of channels.")
    mode = node.settings.get("mode", "nearest")
    middle = node.settings.get("coordinate_transformation_mode", "half_pixel")
    if mode == "nearest" and not _nearest(node, middle, max(factors)):
        raise Unsuited("It takes other cells than the nearest.")
    if mode == "linear" and (node.operator != "Resize" or middle not in ("half_pixel", "pytorch_half_pixel")):
        raise Unsuited("It lays the corners of cells upon each other, not their middles.")
    if mode not in ("nearest", "linear"):
        raise Unsuited(f"It fills in between cells in the way {mode!r}.")
    layer = Upsample(factor=shortened(factors[2:]), mode="nearest" if mode == "nearest" else "linear")
    return reader.put(node, layer, node.inputs[0])


def _nearest(node: Node, middle: str, factor: int) -> bool:
    """Whether the rule repeats every cell `factor` times."""
    if node.operator != "Resize":
        return True
    rounding = node.settings.get("nearest_mode", "round_prefer_floor")
    if middle == "asymmetric":
        return rounding == "floor" or (rounding == "round_prefer_floor" and factor <= 2)
    return middle in ("half_pixel", "pytorch_half_pixel") and rounding.startswith("round_prefer")


def _factors(reader: Reader, node: Node, whole: Dims) -> Dims:
    sizes = None
    scales = node.settings.get("scales")
    if scales is None and node.operator == "Resize":
        old = reader.graph.opset < 11
        edge = node.input(1) if old else node.input(2)
        scales = np.ravel(reader.constant(edge)).tolist() if edge and reader.constant(edge).size else None
        sizes = whole_numbers(reader.constant(node.input(3))) if scales is None and node.input(3) else None
    elif scales is None:
        scales = np.ravel(reader.constant(node.input(1))).tolist()
    if sizes is not None and len(sizes) == len(whole):
        scales = [size / n for size, n in zip(sizes, whole, strict=True)]
    if not scales or len(scales) != len(whole) or any(s < 1 or s != int(s) for s in scales):
        raise Unsuited("It enlarges by something else than a whole factor.")
    return tuple(int(s) for s in scales)


def _axes(reader: Reader, node: Node, place: int) -> Dims | None:
    """Axes as a setting, as in old files, or as an input."""
    if "axes" in node.settings:
        return tuple(node.settings["axes"])
    return whole_numbers(reader.constant(node.input(place))) if node.input(place) else None
