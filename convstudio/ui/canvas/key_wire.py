"""Connecting by keys: the wire hangs from a block; Tab or typing picks where it leads, Enter connects."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.ui.canvas.gesture import Hints
from convstudio.ui.canvas.items import LooseWireItem
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.wiring import Goal, judge, reachable
from convstudio.ui.text import tr


def goals(scene: CanvasScene, source: str) -> dict[str, Goal]:
    """Where a wire from a block may lead, what fits first, and of those the nearest."""
    network = scene.store.network
    if network.blocks[source].layer.ends:
        return {}
    found = reachable(network, scene.store.analysis, (source, "out"), True)
    start = scene.blocks[source].output_point()
    legal = {i: goal for i, goal in found.items() if goal.kind != "refused"}

    def rank(block_id: str) -> tuple[bool, float]:
        end = scene.blocks[block_id].input_point(legal[block_id].port)
        return legal[block_id].kind == "unfit", (end - start).manhattanLength()

    return {i: legal[i] for i in sorted(legal, key=rank)}


class KeyWire:
    """From the key that begins it until Enter or Escape; takes all keys in between."""

    def __init__(self, scene: CanvasScene, hints: Hints, source: str, found: dict[str, Goal]) -> None:
        """`found` is what `goals` has found, at least one."""
        self._scene, self._hints, self._source, self._goals = scene, hints, source, found
        self._typed = ""
        self._at = 0
        self._loose = LooseWireItem()
        scene.addItem(self._loose)
        scene.light({**{i: Goal("refused", "") for i in scene.blocks if i != source}, **found})
        self._show()

    def key(self, event: QKeyEvent) -> bool:
        """True when the connection is made or left."""
        steps = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
        steps |= {Qt.Key.Key_Backtab: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._connect()
            return True
        if key == Qt.Key.Key_Escape:
            self.cancel()
            return True
        if key in steps:
            self._at = (self._at + steps[key]) % len(self._matching())
        elif key == Qt.Key.Key_Backspace:
            self._typed, self._at = self._typed[:-1], 0
        elif event.text().isprintable() and event.text():
            self._type(event.text())
        self._show()
        return False

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._hints.hide_hint()
        self._scene.light({})
        if self._loose.scene():
            self._scene.removeItem(self._loose)

    def _type(self, text: str) -> None:
        """What would match no block is not taken."""
        before = self._typed
        self._typed = (before + text).lstrip()
        if self._matching():
            self._at = 0
        else:
            self._typed = before

    def _matching(self) -> list[str]:
        blocks, word = self._scene.store.network.blocks, self._typed.lower()
        return [i for i in self._goals if word in f"{blocks[i].heading} {i}".lower()]

    def _wire(self) -> Wire:
        target = self._matching()[self._at]
        return Wire(self._source, target, self._goals[target].port)

    def _show(self) -> None:
        wire, store = self._wire(), self._scene.store
        end = self._scene.blocks[wire.target].input_point(wire.port)
        verdict = judge(store.network, store.analysis, wire)
        self._loose.follow(self._scene.blocks[self._source].output_point(), end, verdict.token)
        words = [tr("Enter connects to") + f" {store.network.blocks[wire.target].heading}", verdict.words]
        words.append(f"“{self._typed}”" if self._typed else tr("Tab: the next, or type a name"))
        self._hints.show_hint("\n".join(w for w in words if w), verdict.token, end)

    def _connect(self) -> None:
        wire, store = self._wire(), self._scene.store
        self.cancel()
        store.edit(tr("Connect") + f" {wire.source} → {wire.target}", edits.connect(store.network, wire))
