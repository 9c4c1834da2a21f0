"""The costs of a block and of others in its place: weights and multiply-adds, as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from convstudio.ui.inspector.rivals import Rival
from convstudio.ui.text import grouped, short, strong, tr
from convstudio.ui.theme import number_font, theme


class Comparison(QFrame):
    """The rivals as rows of name, figures and bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        title = QLabel(tr("The same place with another block"))
        title.setObjectName("dim")
        title.setWordWrap(True)
        column.addWidget(title)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(3)
        self._rows: list[_Row] = []
        column.addLayout(self._grid)

    def show_rivals(self, found: tuple[Rival, ...]) -> None:
        """Show these, the first being the longest bar. Rows are kept: to make them anew takes longer than a frame."""
        while len(self._rows) < len(found):
            self._rows.append(_Row(self._grid, 2 * len(self._rows)))
        most = max((r.parameters for r in found), default=1) or 1
        for row, rival in zip(self._rows, (*found, *[None] * len(self._rows)), strict=False):
            row.show_rival(rival, most)


class _Row:
    """Name, figures and bar of one rival."""

    def __init__(self, grid: QGridLayout, line: int) -> None:
        self._name, self._figures, self._bar = QLabel(), QLabel(), Bar()
        self._figures.setObjectName("dim")
        self._figures.setFont(number_font(8))
        self._figures.setToolTip(tr("weights · multiply-adds for one sample"))
        grid.addWidget(self._name, line, 0)
        grid.addWidget(self._figures, line, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._bar, line + 1, 0, 1, 2)

    def show_rival(self, rival: Rival | None, most: int) -> None:
        """Show it, the bar beside one of `most` weights; None hides the row."""
        for widget in (self._name, self._figures, self._bar):
            widget.setVisible(rival is not None)
        if rival:
            self._name.setText(strong(rival.name) if rival.present else rival.name)
            self._figures.setText(f"{grouped(rival.parameters)} w · {short(rival.multiply_adds)}")
            self._bar.show_share(rival.parameters / most, rival.colour)


class Bar(QWidget):
    """A thin bar, a share of its width filled."""

    def __init__(self) -> None:
        super().__init__()
        self._share, self._token = 0.0, "line"
        self.setFixedHeight(6)

    def show_share(self, share: float, token: str) -> None:
        if (share, token) != (self._share, self._token):
            self._share, self._token = share, token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setBrush(theme.colour(self._token))
        painter.drawRoundedRect(QRectF(0, 0, max(6.0, self.width() * self._share), 6), 3, 3)
