"""The views that one receiver has open: those that it needs now, and no others."""

from __future__ import annotations

from collections.abc import Set

from convstudio.protocol.messages import View
from convstudio.ui.link.view_book import Receiver, ViewBook


class OpenViews:
    """`now` is what is open. A view that stays is not opened anew, so that nothing of it is asked for twice."""

    def __init__(self, book: ViewBook, receive: Receiver) -> None:
        self._book, self._receive = book, receive
        self.now: Set[View] = frozenset()

    def become(self, wanted: Set[View]) -> None:
        """Open what is wanted and was not, close what was and is not wanted any more."""
        before, self.now = self.now, wanted
        for view in wanted - before:
            self._book.open(view, self._receive)
        for view in before - wanted:
            self._book.close(view, self._receive)
