"""The camera of the canvas: zooms to the cursor, glides to a place, scrolls while something is dragged to an edge."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

from PySide6.QtCore import QEasingCurve, QObject, QPoint, QPointF, QRect, QRectF, QTimer, QVariantAnimation, Signal
from PySide6.QtWidgets import QGraphicsView

from convstudio.ui.canvas import motion

SMALLEST, LARGEST = 0.1, 4.0
MARGIN = 40.0
"""Pixels kept free around what is scrolled to."""
TURN_MS = 110
"""Length of the movement after a turn of the wheel."""
EDGE, FASTEST = 24, 22.0
"""Width of the edge at which a drag scrolls, and pixels a tick at most."""


class Camera(QObject):
    """Where a view looks, and how large. `moved` says that it looks elsewhere."""

    moved = Signal()

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self._step: Callable[[float], None] = lambda share: None
        self._goal: float | None = None
        self.fitting = True
        """Until the person looks elsewhere or edits, the whole network is in view."""
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(lambda share: self._step(share))
        self._animation.finished.connect(self._arrived)

    @property
    def scale(self) -> float:
        """Device-independent pixels per canvas unit."""
        return self._view.transform().m11()

    @property
    def seen(self) -> QRectF:
        """The part of the canvas that is in view."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def push(self, delta: QPoint) -> None:
        """The person moves what is seen by so many pixels."""
        self.stop()
        self.scroll_by(delta)
        self.fitting = False
        self.moved.emit()

    def zoom_to(self, factor: float, at: QPointF | None = None) -> None:
        """Set the scale at once, keeping the point `at` of the viewport (its middle when None) where it is."""
        self.stop()
        self._zoom(factor, at or QPointF(self._view.viewport().rect().center()))

    def zoom_by(self, ratio: float, at: QPointF | None = None) -> None:
        """Change the scale smoothly; turns of the wheel that follow one another add up."""
        place = at or QPointF(self._view.viewport().rect().center())
        goal = _within((self._goal or self.scale) * ratio)
        start = self.scale
        self._run(lambda share: self._zoom(start * (goal / start) ** share, place), TURN_MS)
        self._goal = goal if self._animation.state() == QVariantAnimation.State.Running else None

    def show(self, area: QRectF, largest: float = 1.0, *, smoothly: bool = True) -> None:
        """Make an area fill the view, not larger than `largest`."""
        size = self._view.viewport().size()
        factor = largest
        if not area.isEmpty():
            factor = min((size.width() - 12) / area.width(), (size.height() - 12) / area.height(), largest)
        self._go(area.center(), _within(factor), smoothly)

    def reveal(self, area: QRectF, cover: QRect) -> None:
        """Scroll as little as is needed for an area to be in view, beside what covers a part of it if there is room."""
        seen = self._clear_of(cover, area)
        across, down = self._margin(seen.width() - area.width()), self._margin(seen.height() - area.height())
        seen = seen.adjusted(across, down, -across, -down)
        dx = _missing(area.left(), area.right(), seen.left(), seen.right())
        dy = _missing(area.top(), area.bottom(), seen.top(), seen.bottom())
        if dx or dy:
            self._go(self.seen.center() + QPointF(dx, dy), self.scale, True)

    def _clear_of(self, cover: QRect, area: QRectF) -> QRectF:
        """The part in view, to the right of a cover or above it, where an area has room or lies already."""
        whole = self._view.viewport().rect()
        sides = (whole.adjusted(cover.right() + 1, 0, 0, 0), whole.adjusted(0, 0, 0, cover.top() - whole.height()))
        parts = [self._view.mapToScene(side).boundingRect() for side in sides if cover.isValid() and side.isValid()]
        found = [p for p in parts if p.width() >= area.width() and p.height() >= area.height()]
        return next((p for p in found if p.contains(area)), found[0] if found else self.seen)

    def _margin(self, left_over: float) -> float:
        """What is kept free at both sides: less where there is little."""
        room = MARGIN / self.scale
        return min(room, left_over / 2) if left_over > 0 else room

    def scroll_by(self, delta: QPoint) -> None:
        """Move the view by pixels."""
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() + delta.x())
        down.setValue(down.value() + delta.y())

    def stop(self) -> None:
        """End a movement where it is."""
        self._animation.stop()
        self._goal = None

    def _go(self, centre: QPointF, scale: float, smoothly: bool) -> None:
        start, before = self.seen.center(), log(self.scale)
        change = log(scale) - before

        def step(share: float) -> None:
            factor = scale if share == 1.0 else exp(before + change * share)
            self._view.resetTransform()
            self._view.scale(factor, factor)
            self._view.centerOn(start + (centre - start) * share)
            self.moved.emit()

        self.stop()
        self._run(step, motion.duration() if smoothly else 0)

    def _run(self, step: Callable[[float], None], length: int) -> None:
        self._animation.stop()
        self._step = step
        if min(length, motion.duration()):
            self._animation.setDuration(length)
            self._animation.start()
        else:
            step(1.0)

    def _arrived(self) -> None:
        self._goal = None

    def _zoom(self, factor: float, at: QPointF) -> None:
        factor = _within(factor)
        before = self._view.mapToScene(at.toPoint())
        self._view.resetTransform()
        self._view.scale(factor, factor)
        self.scroll_by(self._view.mapFromScene(before) - at.toPoint())
        self.moved.emit()


class EdgeScroll(QObject):
    """While something is dragged near the edge of the view, scrolls on; armed once the drag has been further inside.

    It goes on as far as there is something to come, and half a view beyond: what is there is never lost from sight.
    """

    def __init__(
        self, view: QGraphicsView, camera: Camera, content: Callable[[], QRectF], again: Callable[[QPoint], None]
    ) -> None:
        """`content` is all there is; `again` moves what is dragged to the same pixel after each bit of scrolling."""
        super().__init__(view)
        self._view, self._camera, self._content, self._again = view, camera, content, again
        self._place = QPoint()
        self._armed = False
        self._timer = QTimer(self, interval=16)
        self._timer.timeout.connect(self._tick)

    def follow(self, place: QPoint) -> None:
        """The drag is at a pixel of the view now."""
        self._place = place
        if self._speed().isNull():
            self._armed = True
            self._timer.stop()
        elif self._armed and not self._timer.isActive():
            self._timer.start()

    def end(self) -> None:
        """Nothing is dragged any more."""
        self._timer.stop()
        self._armed = False

    def _tick(self) -> None:
        self._camera.scroll_by(self._within_reach(self._speed()))
        self._camera.moved.emit()
        self._again(self._place)

    def _within_reach(self, speed: QPoint) -> QPoint:
        seen, content, scale = self._camera.seen, self._content(), self._camera.scale
        across, down = seen.width() / 2, seen.height() / 2
        left, right = content.left() - across - seen.left(), content.right() + across - seen.right()
        up, low = content.top() - down - seen.top(), content.bottom() + down - seen.bottom()
        return QPoint(_kept(speed.x(), left * scale, right * scale), _kept(speed.y(), up * scale, low * scale))

    def _speed(self) -> QPoint:
        size = self._view.viewport().size()
        return QPoint(_beyond(self._place.x(), size.width()), _beyond(self._place.y(), size.height()))


def _beyond(value: int, length: int) -> int:
    """Pixels a tick: negative near the start, positive near the end, 0 in between."""
    into = max(0, value - (length - EDGE)) - max(0, EDGE - value)
    return round(max(-1.0, min(1.0, into / EDGE)) * FASTEST)


def _kept(speed: int, least: float, most: float) -> int:
    """So much of a speed as leads no further than the nearer bound; never back."""
    return round(max(speed, min(0.0, least)) if speed < 0 else min(speed, max(0.0, most)))


def _missing(start: float, end: float, least: float, most: float) -> float:
    """How far to move so that start..end lies in least..most; the start counts where both cannot."""
    if start < least or end - start > most - least:
        return start - least
    return max(0.0, end - most)


def _within(factor: float) -> float:
    return min(LARGEST, max(SMALLEST, factor))
