"""Tests of the reader of stored data sets, most of them with files that are damaged or mean harm."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib import format as npy

from convstudio.data import DataError, DatasetInfo
from convstudio.data.archive import read_archive

FACTS = DatasetInfo("tiny", "Tiny", "", 1, (4, 5), ("a", "b", "c"), 6, "CC0")
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 1, 4, 5), np.uint8)
LABELS = np.array([0, 1, 2, 2, 1, 0], np.uint8)


def archive_bytes(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def zip_bytes(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def npy_bytes(array: np.ndarray, **declared: object) -> bytes:
    """An .npy stream with the data of `array` whose header declares something else."""
    buffer = io.BytesIO()
    npy.write_array_header_1_0(buffer, {**npy.header_data_from_array_1_0(array), **declared})
    return buffer.getvalue() + array.tobytes()


GOOD = archive_bytes(images=IMAGES, labels=LABELS)


def read(folder: Path, content: bytes) -> tuple[np.ndarray, np.ndarray]:
    path = folder / "tiny.npz"
    path.write_bytes(content)
    return read_archive(path, FACTS)


def test_good_file_gives_its_arrays(tmp_path):
    images, labels = read(tmp_path, GOOD)
    np.testing.assert_array_equal(images, IMAGES)
    assert images.dtype == np.uint8
    assert labels.tolist() == LABELS.tolist()
    assert labels.dtype == np.int64


DAMAGED = {
    "empty": (b"", "not a zip"),
    "text": (b"images, labels\n" * 50, "zip"),
    "single array": (npy_bytes(IMAGES), "zip"),
    "first half": (GOOD[: len(GOOD) // 2], "zip"),
    "last byte missing": (GOOD[:-1], "zip"),
    "no labels": (archive_bytes(images=IMAGES), "no array 'labels'"),
    "no images": (archive_bytes(pictures=IMAGES, labels=LABELS), "no array 'images'"),
    "image of another size": (archive_bytes(images=IMAGES[..., :4], labels=LABELS), r"\(6, 1, 4, 4\)"),
    "samples missing": (archive_bytes(images=IMAGES[:5], labels=LABELS[:5]), r"\(5, 1, 4, 5\)"),
    "labels for fewer": (archive_bytes(images=IMAGES, labels=LABELS[:5]), r"'labels' is .*\(5,\)"),
    "floats": (archive_bytes(images=IMAGES / 255, labels=LABELS), "<f8"),
    "signed labels": (archive_bytes(images=IMAGES, labels=LABELS.astype(np.int8)), r"\|i1"),
    "stored by columns": (archive_bytes(images=np.asfortranarray(IMAGES), labels=LABELS), "'fortran_order': True"),
    "label beyond the classes": (archive_bytes(images=IMAGES, labels=LABELS + 1), "label 3"),
    "members that are no arrays": (zip_bytes(images=b"hello", labels=b"hello"), "magic"),
    "header without data": (zip_bytes(images=npy_bytes(IMAGES)[:-1], labels=npy_bytes(LABELS)), "120 bytes"),
    "data beyond the header": (zip_bytes(images=npy_bytes(IMAGES) + b"0", labels=npy_bytes(LABELS)), "120 bytes"),
    "header of nonsense": (zip_bytes(images=b"\x93NUMPY\x01\x00\x05\x00{{{{\n", labels=b""), "'{' was never closed"),
    "later format": (zip_bytes(images=npy.magic(3, 0) + b"\0" * 90, labels=npy_bytes(LABELS)), "version"),
    "huge by declaration": (
        zip_bytes(images=npy_bytes(IMAGES, shape=(10**15, 1, 4, 5)), labels=npy_bytes(LABELS)),
        "1000000000000000",
    ),
    "huge labels by declaration": (
        zip_bytes(images=npy_bytes(IMAGES), labels=npy_bytes(LABELS, shape=(10**15,))),
        "1000000000000000",
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_file_is_refused_with_what_where_and_what_to_try(tmp_path, kind):
    content, reason = DAMAGED[kind]
    with pytest.raises(DataError, match=reason) as caught:
        read(tmp_path, content)
    sentence = str(caught.value)
    assert sentence.startswith(f"The data set 'Tiny' cannot be read from {tmp_path / 'tiny.npz'}: ")
    assert sentence.endswith("install ConvStudio again.")


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("shape", [(6, 1, 4, 5), (6,)])
def test_pickled_objects_are_refused_and_never_run(tmp_path, shape):
    sprung = tmp_path / "sprung"
    array = np.empty(shape, object)
    array[:] = Trap(sprung)
    pickle.loads(pickle.dumps(Trap(sprung)))
    assert sprung.exists(), "the trap itself does not work"
    sprung.unlink()
    arrays = {"images": IMAGES, "labels": LABELS, ("images" if len(shape) > 1 else "labels"): array}
    with pytest.raises(DataError, match=r"'\|O'"):
        read(tmp_path, archive_bytes(**arrays))
    assert not sprung.exists()


def test_missing_and_unreadable_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        read_archive(tmp_path / "tiny.npz", FACTS)
    with pytest.raises(DataError, match="directory"):
        read_archive(tmp_path, FACTS)


def test_any_byte_changed_in_the_pixels_is_noticed(tmp_path):
    stored = zip_bytes(images=npy_bytes(IMAGES), labels=npy_bytes(LABELS))
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        size = archive.getinfo("images.npy").compress_size
    start = 30 + len("images.npy")  # after the member's local header
    for place in range(start, start + size - 1):  # of the last byte some bits are not used
        changed = bytearray(stored)
        changed[place] ^= 0x10
        with pytest.raises(DataError):
            read(tmp_path, bytes(changed))


HEADER = {"descr": "|u1", "fortran_order": False, "shape": (6, 1, 4, 5)}
HEADER_PARTS = st.sampled_from([*"{}()[],:' 0-L\\\n\0", "'descr'", "'shape'", "|O", "|u1", "True", repr(HEADER)])


@settings(deadline=None, max_examples=300)
@given(st.lists(HEADER_PARTS, max_size=12).map("".join))
def test_array_header_of_any_text_is_refused(tmp_path_factory, header):
    text = header.encode().ljust(20)  # no header is as short as this and right
    stream = npy.magic(1, 0) + len(text).to_bytes(2, "little") + text + IMAGES.tobytes()[:-1]
    with pytest.raises(DataError):
        read(tmp_path_factory.getbasetemp(), zip_bytes(images=stream, labels=npy_bytes(LABELS)))


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, len(GOOD)),
)
def test_a_file_changed_at_random_is_read_right_or_refused(tmp_path_factory, changes, length):
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    try:
        images, labels = read(tmp_path_factory.getbasetemp(), bytes(content[: max(length, 1)]))
    except DataError:
        return
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)
