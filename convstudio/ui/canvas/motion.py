"""Blocks and notes that an edit has put elsewhere glide there; the document itself has changed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar, cast

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation
from PySide6.QtWidgets import QApplication, QStyle

MOST = 400
"""More than these do not glide: drawing them would stutter."""
FAR = 24.0
"""What an edit puts farther away than this glides there."""
Place = TypeVar("Place", bound=tuple[float, ...])
"""Where something lies, and perhaps how large it is: numbers that change together."""


def duration() -> int:
    """Milliseconds of a movement; 0 where the person has switched animation off on the desktop."""
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)


class Motion(QObject, Generic[Place]):
    """Draws things on their way, by their ids."""

    def __init__(
        self,
        shift: Callable[[Mapping[str, Place]], None],
        places: Callable[[Iterable[str]], Mapping[str, Place]],
        parent: QObject,
    ) -> None:
        """`shift` draws some anywhere; `places` says where the document has those that there still are."""
        super().__init__(parent)
        self._shift, self._places = shift, places
        self._origins: dict[str, Place] = {}
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._show)
        self._animation.finished.connect(self.finish)

    def glide(self, origins: Mapping[str, Place]) -> None:
        """Let them set out from where they were drawn until now."""
        length = duration()
        self._origins = dict(origins)
        if not origins or len(origins) > MOST or not length:
            self.finish()
            return
        self._animation.setDuration(length)
        self._animation.start()
        self._show(0.0)

    def interrupt(self) -> tuple[str, ...]:
        """Stop where they are. Returns the ids of those on their way."""
        ids, self._origins = tuple(self._origins), {}
        self._animation.stop()
        return ids

    def finish(self) -> None:
        """All are there."""
        self._draw(self._places(self.interrupt()))

    def _show(self, share: float) -> None:
        ends = self._places(self._origins)
        self._draw({i: _between(start, ends[i], share) for i, start in self._origins.items() if i in ends})

    def _draw(self, places: Mapping[str, Place]) -> None:
        if places:
            self._shift(places)


def _between(start: Place, end: Place, share: float) -> Place:
    """Exactly the end where `share` is 1: what is drawn is where the document has it."""
    return cast(Place, tuple(a * (1 - share) + b * share for a, b in zip(start, end, strict=True)))
