"""A sketch: the strokes of a drawing as a value, with every state of it that can be undone."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Stroke:
    """One line without lifting the pen, in pixels of the sample; an erasing one has the colour of the paper."""

    points: tuple[Point, ...]
    width: float
    colour: str
    erases: bool = False


class Sketch:
    """All strokes in their order. Each stroke, and wiping all away, is a step that can be undone and redone."""

    def __init__(self) -> None:
        self._states: list[tuple[Stroke, ...]] = [()]
        self._at = 0

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        return self._states[self._at]

    @property
    def can_undo(self) -> bool:
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        return self._at < len(self._states) - 1

    def add(self, stroke: Stroke) -> None:
        self._follow((*self.strokes, stroke))

    def clear(self) -> None:
        """Wipe all away; nothing happens where nothing is."""
        if self.strokes:
            self._follow(())

    def undo(self) -> None:
        self._at = max(0, self._at - 1)

    def redo(self) -> None:
        self._at = min(len(self._states) - 1, self._at + 1)

    def _follow(self, state: tuple[Stroke, ...]) -> None:
        self._states[self._at + 1 :] = [state]
        self._at += 1
