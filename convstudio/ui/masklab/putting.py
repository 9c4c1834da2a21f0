"""How masks by hand reach the worker: one request at a time, the newest numbers win, and each gesture is one step."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from convstudio.protocol.messages import Array, MasksPut, PutMasks
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.arrays import ArrayError, floats
from convstudio.ui.masklab.chosen import Region, Weights
from convstudio.ui.text import tr


@dataclass(frozen=True, eq=False)
class MaskDeed:
    """Masks of a block that were edited by hand: what they were before and are after, so that it can be undone.

    They are those of run `run`, or of no run yet, where that is 0.
    """

    label: str
    block: str
    name: str
    region: Region
    before: Weights
    after: Weights
    run: int = 0


@dataclass(eq=False)
class _Gesture:
    label: str
    block: str
    name: str
    region: Region
    after: Weights
    tells: bool
    """It becomes a step to undo; one that is an undo itself does not."""
    before: Weights | None = None
    sent: bool = False
    fresh: bool = True
    """There are numbers that were not sent."""
    ended: bool = False
    closed: bool = False
    """The last request of it is under way."""


class Putting(QObject):
    """Sends the numbers of gestures, in order. While an answer is awaited newer numbers replace those that wait."""

    done = Signal(object)
    """A gesture has changed something: a MaskDeed."""
    refused = Signal(str)
    """Why the numbers could not be put; a sentence."""
    settled = Signal()
    """The worker has all that was asked of it."""

    def __init__(self, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._gestures: deque[_Gesture] = deque()
        self._ticket = 0
        self._waiting = False
        link.masks_put.connect(self._on_put)
        link.started.connect(self._forget)
        link.lost.connect(lambda *_: self._lose())

    @property
    def busy(self) -> bool:
        """Something is not with the worker yet."""
        return bool(self._gestures)

    def put(self, label: str, block: str, name: str, region: Region, values: Weights) -> None:
        """Put numbers, as part of the gesture that is under way, or of a new one."""
        last = self._gestures[-1] if self._gestures else None
        same = last is not None and not last.ended and last.tells and (last.block, last.name) == (block, name)
        if last is not None and same and last.region == region:
            last.after, last.fresh, last.label = values, True, label
        else:
            self.end()
            self._gestures.append(_Gesture(label, block, name, region, values, tells=True))
        self._go_on()

    def end(self) -> None:
        """The gesture is over: the next begins another step."""
        if self._gestures and not self._gestures[-1].ended:
            self._gestures[-1].ended = True
            self._go_on()

    def restore(self, deed: MaskDeed, values: Weights) -> None:
        """Put the numbers from before or after a deed again."""
        self.end()
        self._gestures.append(_Gesture(deed.label, deed.block, deed.name, deed.region, values, tells=False, ended=True))
        self._go_on()

    def _go_on(self) -> None:
        """Send what is newest of the first gesture, unless an answer is awaited."""
        if self._waiting or not self._gestures:
            return
        if not self._link.alive:
            self._lose()
            return
        gesture = self._gestures[0]
        if gesture.fresh or (gesture.ended and not gesture.closed):
            self._send(gesture)

    def _send(self, gesture: _Gesture) -> None:
        self._ticket += 1
        self._waiting = True
        gesture.fresh, gesture.closed = False, gesture.ended
        values = np.ascontiguousarray(gesture.after, np.float32)
        self._link.send(
            PutMasks(
                ticket=self._ticket,
                block=gesture.block,
                name=gesture.name,
                outputs=gesture.region.outputs,
                inputs=gesture.region.inputs,
                values=Array("float32", values.shape, values.tobytes()),
                first=not gesture.sent,
                last=gesture.ended,
            )
        )
        gesture.sent = True

    def _on_put(self, answer: MasksPut) -> None:
        if answer.ticket != self._ticket or not self._gestures:
            return
        self._waiting = False
        gesture = self._gestures[0]
        words = answer.words or self._take_before(gesture, answer)
        if words:
            self._gestures.popleft()
            self.refused.emit(words)
        elif gesture.closed:
            self._gestures.popleft()
            self._tell(gesture, answer.run)
        self._go_on()
        if not self._gestures:
            self.settled.emit()

    def _take_before(self, gesture: _Gesture, answer: MasksPut) -> str:
        """Keep what was there before the gesture; a sentence where that came damaged."""
        try:
            if answer.before is not None:
                gesture.before = floats(answer.before)
        except ArrayError as problem:
            return str(problem)
        return ""

    def _tell(self, gesture: _Gesture, run: int) -> None:
        if gesture.tells and gesture.before is not None and not np.array_equal(gesture.before, gesture.after):
            found = (gesture.label, gesture.block, gesture.name, gesture.region)
            self.done.emit(MaskDeed(*found, gesture.before, gesture.after.copy(), run))

    def _forget(self) -> None:
        """A fresh worker knows of no gesture."""
        self._gestures.clear()
        self._waiting = False

    def _lose(self) -> None:
        if self._gestures:
            self._forget()
            self.refused.emit(tr("The worker, which holds the weights, is not running. Restart it first."))
