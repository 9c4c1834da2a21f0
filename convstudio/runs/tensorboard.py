"""The curves of a run as a TensorBoard event file, written by hand: protobuf messages in TFRecord frames.

The messages are Event (wall_time 1, step 2, file_version 3, summary 5), Summary (value 1) and Summary.Value (tag 1,
simple_value 2) of tensorboard/compat/proto; a frame is length, masked CRC-32C of the length, data, masked CRC-32C of
the data (tensorflow.org/tutorials/load_data/tfrecord).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convstudio.runs.crc32c import crc32c, masked

VERSION = b"brain.Event:2"
WALL_TIME, STEP, FILE_VERSION, SUMMARY = b"\x09", b"\x10", b"\x1a", b"\x2a"
"""Field numbers with wire types: fixed 64 bits, varint, and two with a length."""
VALUE, TAG, SIMPLE_VALUE = b"\x0a", b"\x0a", b"\x15"


@dataclass(frozen=True, eq=False)
class Scalar:
    """A curve: its tag ('loss/train'), and a value at each of its steps."""

    tag: str
    steps: ArrayLike
    values: ArrayLike


def file_name(started: float) -> str:
    """A name by which TensorBoard knows the file for what it is."""
    return f"events.out.tfevents.{int(started):010d}.convstudio"


def event_file(scalars: Iterable[Scalar], started: float, seconds: float) -> bytes:
    """The file's bytes. Steps get times from `started` (seconds since 1970) on, evenly over `seconds`.

    Values that are no numbers are left out: TensorBoard draws holes there.
    """
    curves = [_clean(scalar) for scalar in scalars]
    last = max((int(steps[-1]) for _, steps, _ in curves if len(steps)), default=0)
    a_step = seconds / last if last else 0.0
    events = [_event(started, 0, FILE_VERSION + _sized(VERSION))]
    events += [event for curve in curves for event in _events(*curve, started, a_step)]
    return b"".join(_framed(events))


def _clean(scalar: Scalar) -> tuple[str, NDArray[np.int64], NDArray[np.float64]]:
    steps, values = np.asarray(scalar.steps, np.float64), np.asarray(scalar.values, np.float64)
    there = np.isfinite(values)
    return scalar.tag, steps[there].astype(np.int64), values[there]


def _events(
    tag: str, steps: NDArray[np.int64], values: NDArray[np.float64], started: float, a_step: float
) -> Iterator[bytes]:
    named = TAG + _sized(tag.encode())
    for step, value in zip(steps.tolist(), values.tolist(), strict=True):
        inner = named + SIMPLE_VALUE + struct.pack("<f", value)
        yield _event(started + a_step * step, step, SUMMARY + _sized(VALUE + _sized(inner)))


def _event(at: float, step: int, what: bytes) -> bytes:
    return WALL_TIME + struct.pack("<d", at) + (STEP + _varint(step) if step else b"") + what


def _sized(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _framed(events: list[bytes]) -> list[bytes]:
    """Frames in the order of the events; checksums are computed for all events of one length at once."""
    sums = np.zeros(len(events), np.uint32)
    lengths = np.array([len(event) for event in events])
    for length in np.unique(lengths):
        places = np.flatnonzero(lengths == length)
        sums[places] = _sums(b"".join(events[place] for place in places.tolist()), len(places))
    heads = {int(length): _head(int(length)) for length in np.unique(lengths)}
    tails = [struct.pack("<I", value) for value in sums.tolist()]
    return [heads[len(event)] + event + tail for event, tail in zip(events, tails, strict=True)]


def _head(length: int) -> bytes:
    size = struct.pack("<Q", length)
    return size + struct.pack("<I", int(_sums(size, 1)[0]))


def _sums(data: bytes, rows: int) -> NDArray[np.uint32]:
    return masked(crc32c(np.frombuffer(data, np.uint8).reshape(rows, -1)))
