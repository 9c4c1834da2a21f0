"""What is switched off in a window: chosen by hand, taken back step by step, told to the worker."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from convstudio.network.document import Network, Wire
from convstudio.network.expansion import expanded
from convstudio.network.group import Group
from convstudio.network.muting import NONE, Mute, Mutes
from convstudio.protocol.messages import SetMuted
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.store import DocumentStore

MOST_STEPS = 100


class Muting(QObject):
    """A way of looking, not a part of the document: it is not saved, and has steps back of its own."""

    changed = Signal()

    def __init__(self, store: DocumentStore, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._link = store, link
        self._before: list[Mutes] = []
        self.mutes: Mutes = NONE
        store.changed.connect(self._follow)
        store.replaced.connect(self._forget)
        link.started.connect(self._tell)

    @property
    def can_step_back(self) -> bool:
        return bool(self._before)

    def toggle(self, mute: Mute) -> None:
        """Switch it off, or on again. A map of a block that is wholly off comes on, and its neighbours stay off."""
        whole = Mute(mute.block)
        if mute.port < 0 and mute.channel >= 0 and whole in self.mutes:
            others = (Mute(mute.block, n) for n in range(self._channels(mute.block)) if n != mute.channel)
            self._set(self.mutes - {whole} | set(others))
        elif mute == whole:
            maps = {m for m in self.mutes if m.block == mute.block and m.port < 0}
            self._set(self.mutes - maps | (set() if whole in maps else {whole}))
        else:
            self._set(self.mutes ^ {mute})

    def unmute_all(self) -> None:
        self._set(NONE)

    def step_back(self) -> None:
        """As it was before the last change."""
        if self._before:
            self.mutes = self._there(self._before.pop())
            self._say()

    def of_wire(self, wire: Wire) -> Mute | None:
        """What stands for a wire of the network on the canvas; None where nothing is computed from it."""
        store = self._store
        layer = store.network.blocks[wire.target].layer
        if isinstance(layer, Group):
            entry = layer.network.entries.get(wire.port)
            return Mute(store.full_id(layer.prefix(wire.target) + entry), port=0) if entry else None
        return Mute(store.full_id(wire.target), port=_port(store.network, wire))

    # --- inside

    def _set(self, mutes: Mutes) -> None:
        if mutes != self.mutes:
            self._before = [*self._before, self.mutes][-MOST_STEPS:]
            self.mutes = mutes
            self._say()

    def _say(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        self._link.send(SetMuted(mutes=tuple(sorted(self.mutes))))

    def _follow(self) -> None:
        """An edit may have taken away what is off."""
        if self.mutes and (there := self._there(self.mutes)) != self.mutes:
            self.mutes = there
            self._say()

    def _forget(self) -> None:
        self._before.clear()
        if self.mutes:
            self.mutes = NONE
            self._say()

    def _there(self, mutes: Mutes) -> Mutes:
        """Those of them that are in the network."""
        flat, analysis = expanded(self._store.document.network, self._store.whole)
        found = set()
        for mute in mutes:
            facts = analysis.blocks.get(mute.block)
            there = facts and facts.output and mute.channel < facts.output.channels
            if there and mute.port < len(flat.incoming.get(mute.block, {})):
                found.add(mute)
        return frozenset(found)

    def _channels(self, block: str) -> int:
        _, analysis = expanded(self._store.document.network, self._store.whole)
        facts = analysis.blocks.get(block)
        return facts.output.channels if facts and facts.output else 0


def _port(network: Network, wire: Wire) -> int:
    """The number of a wire's port among those that have a wire."""
    arriving = network.incoming.get(wire.target, {})
    return [port for port in network.ports(wire.target) if port in arriving].index(wire.port)
