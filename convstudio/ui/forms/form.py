"""A form: the settings of one struct as rows of label and editor. It holds no value; it reports what was entered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from convstudio.ui.forms.fields import changed, fields
from convstudio.ui.forms.rows import Rows


class Form(Rows):
    """Shows one struct; `changed` carries the name of a setting and the struct with that setting as entered."""

    changed = Signal(str, object)

    def __init__(self, kind: type[Struct], only: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        """All settings of `kind`, or those in `only`, in that order."""
        known = {f.name: f for f in fields(kind)}
        super().__init__((known[name] for name in only or known), parent)
        self._value: Struct | None = None
        self._shown: tuple[Struct, int, str] | None = None
        self.entered.connect(self._take)

    def set_value(self, value: Struct, rank: int = 2, owner: str = "") -> None:
        """Show a struct; `rank` is the number of axes of the signal it deals with.

        What was entered and refused stays for the person to mend, but not where the struct is another `owner`'s.
        """
        if (value, rank, owner) == self._shown:
            return
        self._value, self._shown = value, (value, rank, owner)
        for name, made in self._editors.items():
            made.set_rank(rank)
            made.set_value(getattr(value, name))

    def hide_settings(self, names: Collection[str]) -> None:
        """Leave out those of these settings that are here: with the others as they are, they change nothing."""
        for name in self._editors:
            self.show_setting(name, name not in names)

    def forget(self) -> None:
        """What was entered and refused goes with the document it was meant for."""
        self._shown = None

    def _take(self, name: str, entered: Any) -> None:
        assert self._value is not None
        result = changed(self._value, name, entered)
        if isinstance(result, str):
            self._editors[name].set_complaint(result)
            return
        self._editors[name].set_complaint("")
        if result == self._value:
            self._editors[name].set_value(getattr(result, name))
        else:
            self.changed.emit(name, result)
