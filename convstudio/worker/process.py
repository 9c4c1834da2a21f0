"""The worker's process: the stream is made safe, torch is loaded, hello is said, then the session answers."""

from __future__ import annotations

import os
import signal
from queue import SimpleQueue
from typing import TYPE_CHECKING

from convstudio.protocol.messages import PROTOCOL, Device, Hello
from convstudio.worker.transport import (
    Closed,
    Inbox,
    WindowGoneError,
    leave_soon,
    read_requests,
    take_standard_streams,
)

if TYPE_CHECKING:
    from types import FrameType


def main() -> int:
    """Serve the window at the other end of stdin and stdout; the exit code: 0, or 2 after a broken frame."""
    stream = take_standard_streams()
    inbox: Inbox = SimpleQueue()
    end_on_signals(inbox)
    read_requests(stream.source, inbox, leave_soon)
    from convstudio.worker.session import Session

    try:
        stream.send(hello())
        return Session(inbox, stream.send).serve()
    except WindowGoneError:
        return 0


def hello() -> Hello:
    """The first message: the protocol's version, torch's, and the places to compute."""
    import torch

    from convstudio.engine.devices import bfloat16, devices

    found = tuple(Device(name, title, bfloat16(torch.device(name))) for name, title in devices())
    return Hello(protocol=PROTOCOL, torch=str(torch.__version__), devices=found, process=os.getpid())


def end_on_signals(inbox: Inbox) -> None:
    """Being asked to end is like the window going away: the run is kept in a checkpoint first.

    SimpleQueue.put may be called from a signal handler (the docs call it reentrant).
    """

    def ask(number: int, place: FrameType | None) -> None:
        inbox.put(Closed())
        leave_soon()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
