"""TensorBoard files, read back by a strict reader of the published formats: TFRecord frames and protobuf messages."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convstudio.runs.crc32c import crc32c, masked
from convstudio.runs.tensorboard import Scalar, event_file, file_name


def bitwise(data: bytes) -> int:
    """CRC-32C by its definition, a bit at a time."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def masked_by_hand(crc: int) -> int:
    """tensorflow/core/lib/hash/crc32c.h: rotate right by 15 bits and add a constant."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def frames(data: bytes) -> Iterator[bytes]:
    """The records; every checksum must be right and nothing may be left over."""
    at = 0
    while at < len(data):
        head = data[at : at + 8]
        (length,) = struct.unpack("<Q", head)
        (of_head,) = struct.unpack("<I", data[at + 8 : at + 12])
        assert of_head == masked_by_hand(bitwise(head))
        record = data[at + 12 : at + 12 + length]
        assert len(record) == length
        (of_record,) = struct.unpack("<I", data[at + 12 + length : at + 16 + length])
        assert of_record == masked_by_hand(bitwise(record))
        yield record
        at += 16 + length


def fields(data: bytes) -> dict[int, object]:
    """The fields of a protobuf message by number; each may come once."""
    found: dict[int, object] = {}
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        assert number not in found
        if kind == 0:
            found[number], at = varint(data, at)
        elif kind == 1:
            found[number], at = struct.unpack("<d", data[at : at + 8])[0], at + 8
        elif kind == 5:
            found[number], at = struct.unpack("<f", data[at : at + 4])[0], at + 4
        else:
            assert kind == 2
            length, at = varint(data, at)
            assert at + length <= len(data)
            found[number], at = data[at : at + length], at + length
    return found


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def events(data: bytes) -> list[tuple[float, int, str, float]]:
    """(time, step, tag, value) of every scalar; the first record must name the version."""
    first, *rest = [fields(record) for record in frames(data)]
    assert first[3] == b"brain.Event:2"
    assert set(first) == {1, 3}
    found = []
    for event in rest:
        value = fields(fields(event[5])[1])
        assert set(value) == {1, 2}
        found.append((event[1], event.get(2, 0), value[1].decode(), value[2]))
    return found


@pytest.mark.parametrize(
    ("data", "crc"),
    [(b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (bytes(range(32)), 0x46DD794E)],
)
def test_the_published_checksums(data: bytes, crc: int) -> None:
    """The first is the check value of the CRC catalogues, the others are from RFC 3720, appendix B.4."""
    assert int(crc32c(np.frombuffer(data, np.uint8).reshape(1, -1))[0]) == crc
    assert bitwise(data) == crc


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=20)))
def test_many_rows_have_the_checksums_of_each(rows: np.ndarray) -> None:
    expected = [bitwise(row.tobytes()) for row in rows]
    assert crc32c(rows).tolist() == expected
    assert masked(crc32c(rows)).tolist() == [masked_by_hand(crc) for crc in expected]


def test_every_value_comes_back_with_its_step_and_time() -> None:
    steps, values = np.array([1, 127, 128, 16_384, 2_000_000]), np.array([2.5, 1.25, 0.5, 0.125, 1e-30])
    data = event_file([Scalar("loss/train", steps, values), Scalar("größe", [0, 7], [1.0, 2.0])], 1000.0, 20.0)
    found = events(data)
    assert [(step, value) for _, step, tag, value in found if tag == "loss/train"] == [
        (int(s), float(np.float32(v))) for s, v in zip(steps, values, strict=True)
    ]
    assert [(step, value) for _, step, tag, value in found if tag == "größe"] == [(0, 1.0), (7, 2.0)]
    times = {step: at for at, step, _, _ in found}
    assert times[2_000_000] == pytest.approx(1020.0)
    assert times[0] == 1000.0


@given(st.lists(st.floats(width=32), max_size=30))
def test_what_is_no_number_is_left_out(values: list[float]) -> None:
    data = event_file([Scalar("x", np.arange(len(values)), np.array(values))], 0.0, 1.0)
    assert [value for *_, value in events(data)] == [v for v in values if np.isfinite(v)]


def test_the_name_is_one_that_tensorboard_looks_for() -> None:
    assert "tfevents" in file_name(1_700_000_000.5)
    assert file_name(1_700_000_000.5).split(".")[3] == "1700000000"
