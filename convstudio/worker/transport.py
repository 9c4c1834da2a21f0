"""The worker's end of the stream: requests arrive in a queue, events leave as frames, stray prints go to stderr."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from convstudio.protocol.frames import FrameError, Splitter, frame, request
from convstudio.protocol.messages import Message, Request

PIECE = 1 << 16
GRACE = 5.0
"""Seconds that a step may still take when the window is gone, before the process ends all the same."""


@dataclass(frozen=True)
class Closed:
    """Nothing more will come: the window is gone, or the system asks the worker to end."""


@dataclass(frozen=True)
class Broken:
    """What arrived is no request; `words` say why."""

    words: str


Arrival = Request | Closed | Broken
Inbox = SimpleQueue[Arrival]


class WindowGoneError(Exception):
    """An event cannot be delivered, because nobody holds the other end any more."""


@dataclass(frozen=True)
class Stream:
    """File descriptors of the protocol, taken out of the reach of everything else in the process."""

    source: int
    target: int

    def send(self, event: Message) -> None:
        """Write one event; waits while the pipe is full. WindowGoneError when the other end is closed."""
        waiting = memoryview(frame(event))
        try:
            while waiting:
                waiting = waiting[os.write(self.target, waiting) :]
        except OSError as error:
            raise WindowGoneError(str(error)) from error


def take_standard_streams() -> Stream:
    """Move stdin and stdout to descriptors of our own: fd 1 becomes stderr, fd 0 reads nothing.

    A print anywhere, from Python or from a C library, can then not break the stream of frames.
    """
    sys.stdout.flush()
    stream = Stream(os.dup(0), os.dup(1))
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (stream.source, stream.target):
            msvcrt.setmode(descriptor, os.O_BINARY)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return stream


def read_requests(source: int, inbox: Inbox, on_end: Callable[[], None]) -> threading.Thread:
    """Start the thread that turns the bytes of `source` into arrivals; `on_end` is called when the window is gone.

    A thread with blocking reads does the same on every system; Windows cannot wait for a pipe with `select`.
    """
    thread = threading.Thread(target=_read, args=(source, inbox, on_end), name="requests", daemon=True)
    thread.start()
    return thread


def leave_soon() -> None:
    """End the process after a grace period, whatever the main thread is doing: a step that never ends, a full pipe."""
    timer = threading.Timer(GRACE, os._exit, (0,))
    timer.daemon = True
    timer.start()


def _read(source: int, inbox: Inbox, on_end: Callable[[], None]) -> None:
    last = _pump(source, inbox)
    inbox.put(last)
    if isinstance(last, Closed):
        on_end()


def _pump(source: int, inbox: Inbox) -> Closed | Broken:
    splitter = Splitter()
    try:
        while piece := _piece(source):
            for body in splitter.feed(piece):
                inbox.put(request(body))
    except FrameError as error:
        return Broken(f"The window and the worker do not understand each other: {error}. Restart the worker.")
    return Closed()


def _piece(source: int) -> bytes:
    """The next bytes; none at the end. A pipe that was torn (Windows says so with an error) has ended too."""
    try:
        return os.read(source, PIECE)
    except OSError:
        return b""
