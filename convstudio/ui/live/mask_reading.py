"""How the weights of a block are to be read: which of their axes are inputs and outputs, and what divides them."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.network.call import Call
from convstudio.ui.text import tr


@dataclass(frozen=True)
class MaskReading:
    """Weights lie as outputs × inputs of a group; of a transposed convolution as inputs × outputs of a group.

    `first` is how many of the first there are in all. Fixed masks are the same for every channel. Where the weights of
    a fully connected block are laid over the maps that they weigh, `over` is the block which these come from.
    """

    first: int = 1
    groups: int = 1
    transposed: bool = False
    fixed: bool = False
    over: str = ""

    @property
    def each(self) -> int:
        """How many of the first axis belong to one group."""
        return max(1, self.first // max(1, self.groups))

    def words(self, row: int, column: int, columns: int) -> str:
        """The name of the mask at a place of the two first axes, of which the second has so many `columns`."""
        other = row // self.each * columns + column
        if self.fixed:
            return tr("the mask")
        if self.over:
            return f"{tr('output')} {row} ← {tr('map')} {column}"
        if self.transposed:
            return f"{tr('output')} {other} ← {tr('input')} {row}"
        if self.groups > 1 and columns == 1 and self.each == 1:
            return f"{tr('channel')} {row}"
        if self.groups > 1 and columns == 1:
            return f"{tr('channel')} {row // self.each} · {tr('mask')} {row % self.each}"
        return f"{tr('output')} {row} ← {tr('input')} {other}"

    def directions(self, columns: int) -> str:
        """What the columns and the rows of the picture are."""
        if self.fixed:
            return tr("chosen, not trained")
        if self.over:
            return tr("map → output ↓")
        if self.transposed:
            return tr("output channel → input channel ↓")
        if self.groups > 1 and columns == 1:
            return tr("one mask for each channel") if self.each == 1 else tr("masks of channel 0, then of channel 1 …")
        if self.groups > 1:
            return tr("input channel of the group → output channel ↓")
        return tr("one mask for each output channel") if columns == 1 else tr("input channel → output channel ↓")

    def remark(self, columns: int) -> str:
        """What a caption adds to the number of masks; '' for a plain convolution."""
        if self.fixed:
            return tr("the same for every channel")
        if self.over:
            return f"{tr('over the maps of')} {self.over}"
        if self.transposed:
            return tr("input × output channels")
        if self.groups > 1 and columns == 1:
            one = tr("one for each channel")
            return one if self.each == 1 else f"{self.each} {tr('for each channel')}"
        return f"{self.groups} {tr('groups')}" if self.groups > 1 else ""


def reading(call: Call | None, name: str, total: int) -> MaskReading:
    """Of the weight `name` ('weight', 'depthwise.weight') of a block with that call; `total` along its first axis."""
    stage = _stage(call, name)
    if stage is None:
        return MaskReading(total)
    if stage.constant:
        return MaskReading(total, groups=total, fixed=True)
    groups = dict(stage.options).get("groups", 1)
    transposed = stage.function.startswith("nn.ConvTranspose")
    return MaskReading(total, groups if isinstance(groups, int) else 1, transposed)


def _stage(call: Call | None, name: str) -> Call | None:
    """The call whose weight this is: the block's own, or the named stage's of a sequence."""
    if call is None or call.function != "nn.Sequential":
        return call
    (stages,) = call.arguments
    found = dict(stages.options).get(name.partition(".")[0]) if isinstance(stages, Call) else None
    return found if isinstance(found, Call) else None
