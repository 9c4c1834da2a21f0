"""What a mask or window reaches: as a figure, and in words with how many weights."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from convstudio.blocks.average_pool import AveragePool
from convstudio.blocks.convolution import Convolution
from convstudio.blocks.depthwise import Depthwise
from convstudio.blocks.fixed_mask import FixedMask
from convstudio.blocks.mask_presets import Rows
from convstudio.blocks.pool import Pool
from convstudio.blocks.separable import Separable
from convstudio.blocks.transposed import Transposed
from convstudio.network.layer import Layer, across, times
from convstudio.ui.inspector.mask_figure import MaskFigure
from convstudio.ui.text import strong, tr
from convstudio.ui.theme import theme

Masked = Convolution | Separable | Depthwise | Transposed


@dataclass(frozen=True)
class Reach:
    """What the card says: a mask of `size` cells `dilation` apart (with `numbers` where they are known), and words."""

    size: tuple[int, int]
    dilation: tuple[int, int]
    headline: str
    words: str
    numbers: Rows = ()


class Coverage(QFrame):
    """The figure beside the words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(12)
        self._figure = MaskFigure()
        self._words = QLabel()
        self._words.setWordWrap(True)
        row.addWidget(self._figure)
        row.addWidget(self._words, 1)

    def show_layer(self, layer: Layer, rank: int) -> bool:
        """Show what a layer reaches on a signal of so many axes. False when it has no flat mask."""
        found = reach(layer, rank)
        if found is None:
            return False
        self._figure.show_mask(found.size, found.dilation, layer.colour, found.numbers)
        words = f"<span style='color:{theme.text('dim')}'>{found.words}</span>"
        self._words.setText(strong(found.headline) + "<br>" + words)
        return True


def reach(layer: Layer, rank: int) -> Reach | None:
    """What there is to say of a layer's mask or window; None where it has none, or one of three axes."""
    if isinstance(layer, FixedMask):
        return _of_numbers(layer, rank)
    if isinstance(layer, Pool):
        return _of_window(layer, rank)
    if isinstance(layer, Masked):
        return _of_weights(layer, rank)
    return None


def _of_weights(layer: Masked, rank: int) -> Reach | None:
    mask, dilation = _flat(layer.mask, rank), _flat(layer.dilation, rank)
    if mask is None or dilation is None:
        return None
    cells = mask[0] * mask[1]
    extent = times(tuple((k - 1) * d + 1 for k, d in zip(mask, dilation, strict=True)))
    if isinstance(layer, Transposed):
        headline = f"{cells} {tr('weights reach') if cells > 1 else tr('weight reaches')} {extent}"
        return Reach(mask, dilation, headline, _spread_words(layer))
    headline = f"{cells} {tr('weights see') if cells > 1 else tr('weight sees')} {extent}"
    return Reach(mask, dilation, headline, _sight(layer, dilation))


def _of_numbers(layer: FixedMask, rank: int) -> Reach | None:
    dilation = _flat(layer.dilation, rank)
    if dilation is None or layer.fault() or (rank == 1 and len(layer.rows(1)) > 1):
        return None
    rows = layer.rows(rank)
    total = sum(map(sum, rows))
    words = tr("Chosen, not trained. They add up to")
    even = tr("Even areas come out as 0.") if abs(total) < 1e-4 else tr("Even areas keep their brightness.")
    said = f" {even}" if abs(total) < 1e-4 or abs(total - 1) < 1e-4 else ""
    size = (len(rows), len(rows[0]))
    return Reach(size, dilation, f"{size[0] * size[1]} {tr('numbers')}", f"{words} {round(total, 4):g}.{said}", rows)


def _of_window(layer: Pool, rank: int) -> Reach | None:
    window, gaps = _flat(layer.window, rank), _flat(layer.gaps, rank)
    if window is None or gaps is None:
        return None
    what = tr("their mean") if isinstance(layer, AveragePool) else tr("the strongest of them")
    words = tr("stands for a region; the next one lies") + f" {times(layer.stride)} " + tr("cells further.")
    return Reach(window, gaps, f"{window[0] * window[1]} {tr('cells become 1')}", f"{what} {words}".capitalize())


def _flat(sizes: tuple[int, ...], rank: int) -> tuple[int, int] | None:
    """Rows × columns; a signal has one row; None for a clip with a number for each axis."""
    if rank == 1:
        return (1, sizes[0]) if len(sizes) == 1 else None
    full = across(sizes, 2)
    return (full[0], full[1]) if full else None


def _sight(layer: Masked, dilation: tuple[int, ...]) -> str:
    if any(d > 1 for d in dilation):
        nth = {2: tr("second"), 3: tr("third"), 4: tr("fourth")}.get(max(dilation), f"{max(dilation)}th")
        words = tr("The mask samples every") + f" {nth} " + tr("pixel: a wide context for the price of a")
        return words + f" {times(layer.mask)}."
    if isinstance(layer, Depthwise | Separable):
        return tr("Each map has masks of its own, which are scanned over the whole of it.")
    return tr("The mask lies on neighbouring pixels and is scanned over the whole image.")


def _spread_words(layer: Transposed) -> str:
    words = tr("Each value lays its mask down on the result, the next one")
    return f"{words} {times(layer.stride)} {tr('cells further; where they overlap they add up.')}"
