"""The book of open views: which pictures the window wants, and which it has room for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from convstudio.protocol.messages import View


@dataclass
class _Account:
    """Whether a picture may be sent, and what the last one showed."""

    credit: bool = True
    shown: Hashable = field(default=None)


class Views:
    """All open views with their credit: one picture each until the window says that it was drawn."""

    def __init__(self) -> None:
        self._accounts: dict[View, _Account] = {}

    @property
    def any_open(self) -> bool:
        return bool(self._accounts)

    def open(self, views: Iterable[View]) -> None:
        """These views are open now and no others; those that were open keep their account."""
        self._accounts = {view: self._accounts.get(view) or _Account() for view in views}

    def any(self, what: str) -> bool:
        """Whether a view of this sort is open."""
        return any(view.what == what for view in self._accounts)

    def grant(self, view: View) -> None:
        """The last picture of `view` has been drawn. Of a view that is closed by now, nothing is kept."""
        if account := self._accounts.get(view):
            account.credit = True

    def due(self, shows: Callable[[View], Hashable]) -> tuple[View, ...]:
        """Views with credit whose picture would show something new; `shows` gives None where there is no picture."""
        return tuple(
            view
            for view, account in self._accounts.items()
            if account.credit and (now := shows(view)) is not None and now != account.shown
        )

    def fresh(self, views: Iterable[View]) -> tuple[View, ...]:
        """Those of these open views that have shown nothing yet."""
        return tuple(view for view in views if self._accounts[view].shown is None)

    def sent(self, view: View, shown: Hashable) -> None:
        """A picture of `view` is on its way."""
        account = self._accounts[view]
        account.credit, account.shown = False, shown
