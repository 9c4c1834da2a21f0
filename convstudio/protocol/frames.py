"""Frames on a byte stream: four bytes of length (little endian), then one message in msgpack."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import msgspec

from convstudio.protocol.messages import Event, Message, Request

MAX_FRAME = 64 * 2**20
_LENGTH = struct.Struct("<I")
_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Request)
_events: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Event)


class FrameError(Exception):
    """The stream does not hold what the protocol promises, in words."""


def frame(message: Message) -> bytes:
    """The bytes of one message. FrameError when it is larger than a frame may be."""
    body = _encoder.encode(message)
    if len(body) > MAX_FRAME:
        raise FrameError(f"a message of {len(body) / 2**20:.0f} MB is larger than {MAX_FRAME // 2**20} MB")
    return _LENGTH.pack(len(body)) + body


def request(body: bytes) -> Request:
    """The request in a frame's body. FrameError when it is none."""
    found: Request = _decoded(_requests, body)
    return found


def event(body: bytes) -> Event:
    """The event in a frame's body. FrameError when it is none."""
    found: Event = _decoded(_events, body)
    return found


def _decoded(decoder: msgspec.msgpack.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FrameError(f"a message cannot be understood: {error}") from error


class Splitter:
    """Cuts a stream of bytes, fed in pieces of any size, into the bodies of its frames."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bodies that are whole now. FrameError when a length makes no sense."""
        self._waiting += data
        while len(self._waiting) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._waiting)
            if length > MAX_FRAME:
                raise FrameError(f"a frame claims {length / 2**20:.0f} MB; at most {MAX_FRAME // 2**20} MB are allowed")
            end = _LENGTH.size + length
            if len(self._waiting) < end:
                return
            body = bytes(memoryview(self._waiting)[_LENGTH.size : end])
            del self._waiting[:end]
            yield body
