"""What a mouse gesture is, and what it may ask of the canvas while it goes on."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF


class Hints(Protocol):
    """Where a gesture may say something at the cursor, draw a rubber band, and offer what fits the end of a wire."""

    def show_hint(self, words: str, token: str, at: QPointF) -> None: ...
    def hide_hint(self) -> None: ...
    def show_band(self, area: QRectF | None) -> None: ...
    def offer(self, block_id: str, port: str, forward: bool, point: QPointF) -> None: ...


class Gesture(Protocol):
    """From press to release. `cancel` leaves everything as it was."""

    def move(self, point: QPointF) -> None: ...
    def release(self, point: QPointF) -> None: ...
    def cancel(self) -> None: ...
