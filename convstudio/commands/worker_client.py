"""A worker process seen from outside: requests go in, events come out; used by the self-test, which has no window."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import IO, TypeVar

from convstudio.protocol.frames import Splitter, event, frame
from convstudio.protocol.messages import Event, Message, Request

PATIENCE = 120.0
"""Seconds to wait for one event; loading torch on a slow machine takes its time."""
PIECE = 1 << 16
Kind = TypeVar("Kind", bound=Message)


class WorkerError(Exception):
    """The worker did not do what was asked; its text is a sentence."""


def worker_command() -> list[str]:
    """How to start a worker: the same program, in a frozen installation too, where it is its own interpreter."""
    frozen = getattr(sys, "frozen", False)
    return [sys.executable, "worker"] if frozen else [sys.executable, "-m", "convstudio", "worker"]


class WorkerProcess:
    """A running worker. Use it in a `with`: at the end its stdin is closed, which ends it."""

    def __init__(self, command: list[str] | None = None) -> None:
        command = command or worker_command()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._events: SimpleQueue[Event | None] = SimpleQueue()
        self._reader = threading.Thread(target=_read, args=(self.process.stdout, self._events), daemon=True)
        self._reader.start()

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        self.process.stdout.close()

    def send(self, *requests: Request) -> None:
        """Hand over requests, in order. WorkerError when the worker is gone."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(b"".join(frame(request) for request in requests))
        except OSError as error:
            raise WorkerError("The worker ended before it was told to.") from error

    def event(self) -> Event:
        """The next event. WorkerError when the worker ends or keeps silent."""
        try:
            found = self._events.get(timeout=PATIENCE)
        except Empty:
            raise WorkerError(f"The worker said nothing for {PATIENCE:.0f} seconds.") from None
        if found is None:
            raise WorkerError(f"The worker ended by itself, with exit code {self.process.wait()}.")
        return found

    def wait_for(self, kind: type[Kind], which: Callable[[Kind], bool] = lambda found: True) -> Kind:
        """The next event of that kind for which `which` holds; what comes before it is dropped."""
        while True:
            found = self.event()
            if isinstance(found, kind) and which(found):
                return found


def _read(stream: IO[bytes], events: SimpleQueue[Event | None]) -> None:
    splitter = Splitter()
    while piece := stream.read(PIECE):
        for body in splitter.feed(piece):
            events.put(event(body))
    events.put(None)
