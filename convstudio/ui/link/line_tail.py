"""The last lines of a text that arrives in pieces: what a worker wrote to its standard error."""

from __future__ import annotations

from collections import deque


class LineTail:
    """Keeps the last `lines` lines, each cut to `width` characters, however much is fed."""

    def __init__(self, lines: int = 200, width: int = 2000) -> None:
        self._whole: deque[str] = deque(maxlen=lines)
        self._rest = ""
        self._width = width

    def feed(self, data: bytes) -> None:
        """Take in a piece of UTF-8 text; what is not UTF-8 is shown as a replacement mark."""
        *whole, rest = (self._rest + data.decode(errors="replace")).replace("\r\n", "\n").split("\n")
        self._whole.extend(line[: self._width] for line in whole)
        self._rest = rest[: self._width]

    def clear(self) -> None:
        self._whole.clear()
        self._rest = ""

    @property
    def text(self) -> str:
        """The lines kept, with the one that has not ended yet."""
        return "\n".join([*self._whole, self._rest] if self._rest else self._whole)
