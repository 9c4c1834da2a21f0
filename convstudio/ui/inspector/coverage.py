"""What a mask covers: the mask as a figure, and in words how far it reaches with how many weights."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.separable import Separable
from convstudio.network.layer import Layer, across, times
from convstudio.ui.inspector.mask_figure import MaskFigure
from convstudio.ui.text import strong, tr
from convstudio.ui.theme import theme


class Coverage(QFrame):
    """A card beside the settings of a convolution."""

    def __init__(self) -> None:
        super().__init__()
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

    def show_layer(self, layer: Layer) -> bool:
        """Show a convolution's mask; False, and nothing changes, when it is not flat."""
        if not isinstance(layer, Convolution | Separable):
            return False
        mask, dilation = across(layer.mask, 2), across(layer.dilation, 2)
        if mask is None or dilation is None:
            return False
        self._figure.show_mask((mask[0], mask[1]), (dilation[0], dilation[1]), layer.colour)
        cells = mask[0] * mask[1]
        reach = times(tuple((k - 1) * d + 1 for k, d in zip(mask, dilation, strict=True)))
        weights = tr("weight sees") if cells == 1 else tr("weights see")
        self._words.setText(strong(f"{cells} {weights} {reach}") + "<br>" + _sight(layer, dilation))
        return True


def _sight(layer: Convolution | Separable, dilation: tuple[int, ...]) -> str:
    dim = theme.text("dim")
    if any(d > 1 for d in dilation):
        nth = {2: tr("second"), 3: tr("third"), 4: tr("fourth")}.get(dilation[0], f"{dilation[0]}th")
        words = tr("The mask samples every") + f" {nth} " + tr("pixel: a wide context for the price of a")
        words += f" {times(layer.mask)}."
    else:
        words = tr("The mask lies on neighbouring pixels and is scanned over the whole image.")
    return f"<span style='color:{dim}'>{words}</span>"
