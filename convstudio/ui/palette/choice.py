"""What can be chosen to be added to a network: a kind of block, or a group that was saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF
from PySide6.QtGui import QIcon

from convstudio.network.layer import Layer
from convstudio.ui.canvas import geometry
from convstudio.ui.finder import Entry
from convstudio.ui.palette.palette import YOURS, badge
from convstudio.ui.palette.saved_groups import Saved
from convstudio.ui.text import tr


@dataclass(frozen=True)
class Choice:
    """A block that is not there yet. `title` is its own, '' leaves it the layer's heading."""

    layer: Layer
    title: str = ""

    def entry(self, choose: Callable[[Choice], object], remark: str = "") -> Entry:
        """As the search lists it. The remark is where the palette shows it, unless another is given."""
        kind = type(self.layer)
        where = tr(YOURS) if self.title else tr(kind.section)
        also = kind.kind if self.title else f"{kind.kind} {kind.about}"
        return Entry(self.title or tr(kind.title), also, remark or where, partial(choose, self), QIcon(badge(kind)))

    def corner(self, point: QPointF, share: float = 0.5) -> tuple[float, float]:
        """The corner of the block if its line passes a point, `share` of its width before it."""
        width, height = geometry.size(self.layer)
        return geometry.snapped(self.layer, point.x() - share * width, point.y() - height / 2)


def of_kind(kind: type[Layer]) -> Choice:
    """A new block of a kind."""
    return Choice(kind())


def of_saved(saved: Saved) -> Choice:
    """A saved group under its title."""
    return Choice(saved.group, saved.title)
