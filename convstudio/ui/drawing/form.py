"""The form of a drawing: what size and colours it has, and how it is prepared, so that it is like the data set."""

from __future__ import annotations

from dataclasses import dataclass

from convstudio.data import DatasetInfo
from convstudio.network.shape import Shape
from convstudio.ui.text import tr

GREYS = (("#ffffff", "white"), ("#808080", "grey"), ("#000000", "black"))
COLOURS = (
    *(("#ffffff", "white"), ("#e5484d", "red"), ("#f5a623", "orange"), ("#f5e663", "yellow"), ("#46a758", "green")),
    *(("#3fc1c9", "cyan"), ("#3e63dd", "blue"), ("#b44ac0", "violet"), ("#000000", "black")),
)
PAPERS = (("#000000", "black"), ("#404040", "dark grey"), ("#a0a0a0", "light grey"), ("#ffffff", "white"))
Named = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DrawingForm:
    """`pens` and `papers` are the colours to choose from, with their names; `longest` as in `as_sample`."""

    channels: int
    axes: tuple[int, int]
    pens: Named
    papers: Named
    longest: int = 0

    @property
    def words(self) -> str:
        """What is done with the drawing."""
        if self.longest:
            return f"{tr('Scaled to')} {self.longest} {tr('pixels and centred by mass, like the data set')}"
        return f"{tr('Brought to the size of a sample:')} {self.axes[0]} × {self.axes[1]}"


def drawing_form(shape: Shape, info: DatasetInfo | None) -> DrawingForm | str:
    """How a sample of that shape is drawn; a sentence where it cannot be."""
    if len(shape.axes) != 2:
        return tr("Only images can be drawn: samples of rows and columns. The samples here are") + f" {shape.words}."
    if shape.channels not in (1, 3):
        return tr("A drawing has 1 channel (grey) or 3 (colour); the samples here have") + f" {shape.channels}."
    axes = (shape.axes[0], shape.axes[1])
    if info is not None and info.centred:
        return DrawingForm(shape.channels, axes, GREYS[:1], PAPERS[:1], info.centred)
    if shape.channels == 1:
        return DrawingForm(1, axes, GREYS, PAPERS)
    return DrawingForm(3, axes, COLOURS, PAPERS)
