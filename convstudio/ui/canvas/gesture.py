"""What a mouse gesture is, and what it may ask of the canvas while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QLineF, QPointF, QRectF


class Hints(Protocol):
    """Where a gesture may say something at the cursor, draw a rubber band and guides, and offer what fits a wire.

    `free` says that nothing is to be drawn to the grid or into line just now.
    """

    @property
    def free(self) -> bool: ...
    def show_guides(self, lines: Sequence[QLineF]) -> None: ...
    def show_hint(self, words: str, token: str, at: QPointF) -> None: ...
    def hide_hint(self) -> None: ...
    def show_band(self, area: QRectF | None) -> None: ...
    def offer(self, block_id: str, port: str, forward: bool, point: QPointF) -> None: ...


class Gesture(Protocol):
    """From press to release. `cancel` leaves everything as it was."""

    def move(self, point: QPointF) -> None: ...
    def release(self, point: QPointF) -> None: ...
    def cancel(self) -> None: ...
