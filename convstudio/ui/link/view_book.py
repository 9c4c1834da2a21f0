"""Which pictures the window wants now, who gets them, and when the worker may send the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer

from convstudio.protocol.messages import Activity, Credit, Evaluation, Health, Maps, Masks, View, Watch
from convstudio.ui.link.worker_link import WorkerLink

Picture = Masks | Maps | Activity | Evaluation | Health
Receiver = Callable[[Picture], None]


@dataclass
class _Entry:
    """A view that somebody looks at. `granted`: the worker may send a picture of it, and has not yet."""

    receivers: list[Receiver] = field(default_factory=list)
    last: Picture | None = None
    granted: bool = False


class ViewBook(QObject):
    """The open views with their receivers.

    One picture of a view is under way at most: the next is granted when a receiver reports the last one drawn. With
    several receivers of one view, the first that has drawn it asks for the next: a hidden one must not hold it up.
    """

    def __init__(self, link: WorkerLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._entries: dict[View, _Entry] = {}
        self._watched: set[View] = set()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._watch)
        link.started.connect(self._on_started)
        link.masks_received.connect(self._on_picture)
        link.maps_received.connect(self._on_picture)
        link.activity_received.connect(self._on_picture)
        link.evaluation_received.connect(self._on_picture)
        link.health_received.connect(self._on_picture)

    @property
    def views(self) -> tuple[View, ...]:
        """All that are open, in the order of opening."""
        return tuple(self._entries)

    def open(self, view: View, receiver: Receiver) -> None:
        """Let `receiver` have the pictures of `view`; the last one, if there is one, at once."""
        entry = self._entries.setdefault(view, _Entry())
        entry.receivers.append(receiver)
        if entry.last is not None:
            receiver(entry.last)
        self._later.start()

    def close(self, view: View, receiver: Receiver) -> None:
        """The opposite of one `open`. KeyError or ValueError when it was not open."""
        entry = self._entries[view]
        entry.receivers.remove(receiver)
        if not entry.receivers:
            del self._entries[view]
        self._later.start()

    def drawn(self, view: View) -> None:
        """The last picture of `view` has been drawn: the next may come. No harm when it is granted or closed."""
        entry = self._entries.get(view)
        if entry is not None and view in self._watched and not entry.granted:
            entry.granted = True
            self._link.send(Credit(view=view))

    def answered(self, view: View) -> None:
        """What came for a view has no picture to draw: it has arrived, and the next may come."""
        if entry := self._entries.get(view):
            entry.granted = False
            self.drawn(view)

    def _watch(self) -> None:
        """Tell the worker the union of all views, if it is another one; each new one is granted a picture by that."""
        wanted = set(self._entries)
        if wanted == self._watched:
            return
        for view in wanted - self._watched:
            self._entries[view].granted = True
        self._watched = wanted
        self._link.send(Watch(views=self.views))

    def _on_started(self) -> None:
        self._watched = set()
        self._later.start()

    def _on_picture(self, picture: Picture) -> None:
        entry = self._entries.get(picture.view)
        if entry is None:
            return
        entry.last = picture
        entry.granted = False
        for receiver in tuple(entry.receivers):
            receiver(picture)
