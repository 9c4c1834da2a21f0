"""The shape of one sample at an input of a file, which may leave lengths open or have the channels last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convstudio.engine.importing.graph import Dims, Graph, ImportFault, Node
from convstudio.network.layer import MAX_CHANNELS, MAX_LENGTH

USUAL = 224
"""Pixels of a side where the file leaves it open: what most networks for photographs were trained with."""
LAST_TO_FRONT = {4: (0, 3, 1, 2), 3: (0, 2, 1), 5: (0, 4, 1, 2, 3)}
"""By number of axes: how a Transpose puts the channels from the end to the front."""


@dataclass(frozen=True)
class Sample:
    """Shape of a sample, channels first; how many the file takes at once; and what is to be told."""

    dims: Dims
    batch: int
    notes: tuple[str, ...]


def sample(graph: Graph, name: str, followers: Sequence[Node], size: Dims | None) -> Sample:
    """What arrives at an input; `size` are the axes where somebody says them. ImportFault where it is not known."""
    declared = graph.inputs[name]
    if declared is None or not 2 <= len(declared) <= 5:
        count = "no shape" if declared is None else f"{len(declared)} axes"
        raise ImportFault(
            f"The input {name!r} has {count}. A sample here is a row of numbers, a signal, an image or a clip, with "
            "the batch in front."
        )
    batch, channels, *axes = _channels_first(declared, followers)
    if channels is None:
        channels = _from_masks(graph, followers)
    if channels is None:
        raise ImportFault(f"The input {name!r} does not say how many channels it has.")
    notes = []
    if size is not None:
        if len(size) != len(axes):
            raise ImportFault(f"The input {name!r} has {len(axes)} axes, and the size has {len(size)}.")
        axes = list(size)
    elif None in axes:
        axes = [USUAL if n is None else n for n in axes]
        notes.append(
            f"The file leaves the size of the input open; {' × '.join(map(str, axes))} is taken. The Input can be "
            "changed."
        )
    dims = (channels, *(n for n in axes if n is not None))
    if dims[0] > MAX_CHANNELS or any(n > MAX_LENGTH for n in dims[1:]):
        raise ImportFault(f"The input {name!r} has the shape {' × '.join(map(str, dims))}, which is too large.")
    return Sample(dims, batch or 1, tuple(notes))


def _channels_first(declared: tuple[int | None, ...], followers: Sequence[Node]) -> tuple[int | None, ...]:
    if not turned(len(declared), followers):
        return declared
    return tuple(declared[axis] for axis in LAST_TO_FRONT[len(declared)])


def turned(axes: int, followers: Sequence[Node]) -> bool:
    """Whether an input has its channels last, and all that follows puts them in front at once."""
    order = LAST_TO_FRONT.get(axes)
    return bool(followers) and all(f.operator == "Transpose" and f.settings.get("perm") == order for f in followers)


def _from_masks(graph: Graph, followers: Sequence[Node]) -> int | None:
    """The channels that the masks of a convolution right behind the input are made for."""
    for node in followers:
        masks = graph.constants.get(node.input(1))
        if node.operator == "Conv" and masks is not None and masks.ndim > 1:
            return int(masks.shape[1]) * int(node.settings.get("group", 1))
    return None
