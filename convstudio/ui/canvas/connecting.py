"""A wire drawn by keys: it hangs from the selected block until Enter or Escape ends it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGraphicsView

from convstudio.ui.canvas.key_wire import KeyWire, goals
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.signs import Signs
from convstudio.ui.text import tr

SAID_MS = 2500
"""So long it is said that there is nowhere to go."""


class Connecting:
    """At most one wire of a view waits for its other end."""

    def __init__(self, view: QGraphicsView, scene: CanvasScene, signs: Signs) -> None:
        self._view, self._scene, self._signs = view, scene, signs
        self._wire: KeyWire | None = None
        self._said = QTimer(view, singleShot=True, interval=SAID_MS)
        self._said.timeout.connect(signs.hide_hint)
        scene.store.selection_changed.connect(self._fall_silent)

    @property
    def going_on(self) -> bool:
        return self._wire is not None

    def begin(self) -> None:
        """Hang a wire from the selected block, if it can lead anywhere; keys choose where."""
        self.stop()
        (source,) = self._scene.store.selection
        if found := goals(self._scene, source):
            self._view.setFocus()
            self._scene.arrive()
            self._wire = KeyWire(self._scene, self._signs, source, found)
        else:
            at = self._scene.blocks[source].output_point()
            self._signs.show_hint(tr("There is no block that a wire from here could lead to."), "bad", at)
            self._said.start()

    def key(self, event: QKeyEvent) -> None:
        """A key chooses, or ends it."""
        if self._wire and self._wire.key(event):
            self._wire = None

    def stop(self) -> None:
        """Take the wire away, or the words that there can be none."""
        self._fall_silent()
        if self._wire:
            wire, self._wire = self._wire, None
            wire.cancel()

    def _fall_silent(self) -> None:
        if self._said.isActive():
            self._said.stop()
            self._signs.hide_hint()
