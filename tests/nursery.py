"""A process that has loaded torch once, and forks into a ConvStudio for each test that needs a process of its own.

    python nursery.py SOCKET                  the nursery itself: waits for callers at the socket
    python -S nursery.py SOCKET worker …      a caller: stands for `convstudio worker …` until that has ended
    python -S nursery.py SOCKET -c SOURCE …   the same for `python -c SOURCE …`

Loading torch takes a worker seconds. A caller hands its standard streams, folder, environment and arguments to the
nursery; the forked process is a ConvStudio like any other. It ends with its caller, and its caller ends as it does.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from importlib import import_module
from types import FrameType
from typing import NoReturn

LOADED = ("convstudio.cli", "convstudio.worker.session", "convstudio.worker.process", "sympy", "torch._dynamo")
"""What a worker imports at its start, and what torch adds at the first step."""


def call(door: str, arguments: list[str]) -> NoReturn:
    """Have a ConvStudio born, and end as it ends."""
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    link.connect(door)
    wish = json.dumps({"folder": os.getcwd(), "environment": dict(os.environ), "arguments": arguments})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _place: link.send(str(number).encode()) and None)
    socket.send_fds(link, [wish.encode()], [0, 1, 2])
    for stream in (0, 1):
        os.close(stream)
    status = os.waitstatus_to_exitcode(int(link.recv(64) or b"9"))
    if status < 0:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


class Nursery:
    """Answers callers, one after the other: single-threaded, so that a fork is safe."""

    def __init__(self, door: str) -> None:
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(door)
        self._door.listen(64)
        self._children: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)
        self._selector.register(0, selectors.EVENT_READ)
        self._ends, self._bell = socket.socketpair()
        for end in (self._ends, self._bell):
            end.setblocking(False)
        signal.set_wakeup_fd(self._bell.fileno())
        signal.signal(signal.SIGCHLD, _awake)
        self._selector.register(self._ends, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until stdin, which the tests hold open, is closed."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == 0:
                    return self._end_all()
                if key.fileobj is self._door:
                    self._selector.register(self._door.accept()[0], selectors.EVENT_READ)
                elif key.fileobj is self._ends:
                    self._ends.recv(4096)
                else:
                    self._hear(key.fileobj)  # type: ignore[arg-type]
            self._bury()

    def _hear(self, caller: socket.socket) -> None:
        """A wish, a signal to be handed on, or the end of the caller, which is that of its process."""
        child = next((pid for pid, its in self._children.items() if its is caller), None)
        data, streams, _, _ = socket.recv_fds(caller, 1 << 20, 3)
        if child is None and streams:
            self._children[self._born(json.loads(data), streams)] = caller
            for stream in streams:
                os.close(stream)
        elif child is not None and data:
            os.kill(child, int(data))
        else:
            self._selector.unregister(caller)
            if child is not None:
                os.kill(child, signal.SIGKILL)

    def _born(self, wish: dict[str, object], streams: list[int]) -> int:
        child = os.fork()
        if child == 0:
            _live(wish, streams, [self._door, self._ends, self._bell, *self._children.values()])
        return child

    def _bury(self) -> None:
        """Tell the callers of processes that have ended how they did."""
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            caller = self._children.pop(child)
            if caller in {key.fileobj for key in self._selector.get_map().values()}:
                self._selector.unregister(caller)
                caller.send(str(status).encode())
            caller.close()

    def _end_all(self) -> None:
        for child in self._children:
            os.kill(child, signal.SIGKILL)


def _awake(_number: int, _place: FrameType | None) -> None:
    """Only so that the wake-up of `select` is heard."""


def _live(wish: dict[str, object], streams: list[int], others: list[socket.socket]) -> NoReturn:
    """Be a ConvStudio, in the forked process."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    for stream in streams:
        os.close(stream)
    for other in others:
        other.close()
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(str(wish["folder"]))
    os.environ.clear()
    os.environ.update(wish["environment"])  # type: ignore[call-overload]
    code = 1
    try:
        sys.argv[1:] = wish["arguments"]  # type: ignore[call-overload]
        gc.enable()
        if sys.argv[1:2] == ["-c"]:
            sys.argv[:2] = []
            exec(sys.argv[0], {"__name__": "__main__"})
            code = 0
        else:
            code = import_module("convstudio.cli").main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def main() -> None:
    door, *arguments = sys.argv[1:]
    if arguments:
        call(door, arguments)
    for name in LOADED:
        import_module(name)
    gc.collect()
    gc.freeze()
    gc.disable()
    nursery = Nursery(door)
    print("ready", flush=True)
    nursery.serve()


if __name__ == "__main__":
    main()
