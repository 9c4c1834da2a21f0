"""Tests of the table of data sets and of what each name loads."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from convstudio import data
from convstudio.data import dataset, gratings, outlines, shapes
from convstudio.network.task import TASKS

NAMES = [facts.name for facts in data.available()]


def run_python(code: str, **environment: str) -> str:
    """What a fresh interpreter prints; its error output fails the test."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def checksum(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def test_table_names_five_data_sets_and_info_finds_each():
    assert NAMES == ["digits", "gratings", "shapes", "shapes-outlines", "materials"]
    assert [data.info(name) for name in NAMES] == list(data.available())


def test_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(data.DataError, match=r"'cats'.*digits, gratings, shapes"):
        data.info("cats")
    with pytest.raises(data.DataError, match=r"'cats'.*digits, gratings, shapes"):
        data.load("cats")


def test_table_is_told_without_numpy_and_without_opening_a_file():
    code = """
import sys
import convstudio.data as data
opened = []
sys.addaudithook(lambda event, arguments: opened.append(arguments) if event == "open" else None)
print(len(data.available()), data.info("digits").samples, {"numpy", "PIL"} & set(sys.modules), opened)
"""
    assert run_python(code) == "5 5000 set() []"


def test_loading_needs_neither_pillow_nor_torch():
    code = """
import sys
import convstudio.data as data
for facts in data.available():
    if facts.name != "materials":  # these are JPEG files
        data.to_float(data.load(facts.name).images)
print(data.split.__name__, {"PIL", "torch"} & set(sys.modules))
"""
    assert run_python(code) == "split set()"


def test_every_public_name_is_there_and_nothing_else():
    assert set(data.__all__) <= set(dir(data))
    assert [name for name in data.__all__ if getattr(data, name).__name__ != name] == []
    with pytest.raises(AttributeError, match="no attribute 'torch'"):
        _ = data.torch


@pytest.mark.parametrize("name", NAMES)
def test_arrays_are_what_the_table_says(name):
    facts, loaded = data.info(name), data.load(name)
    assert loaded.info == facts
    assert loaded.images.shape == (facts.samples, facts.channels, *facts.axes)
    assert loaded.images.dtype == np.uint8
    assert loaded.images.flags.c_contiguous
    assert loaded.labels.shape == (facts.samples,)
    assert loaded.labels.dtype == np.int64


@pytest.mark.parametrize("name", NAMES)
def test_arrays_are_read_only(name):
    loaded = data.load(name)
    with pytest.raises(ValueError, match="read-only"):
        loaded.images[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        loaded.labels[0] = 0


@pytest.mark.parametrize("name", NAMES)
def test_classes_are_equally_frequent_and_mixed(name):
    loaded = data.load(name)
    named = [n for n, name in enumerate(loaded.info.classes) if name != "background"]
    classes = len(named)
    assert np.bincount(loaded.labels)[named].tolist() == [loaded.info.samples // classes] * classes
    # Of neighbours drawn at random, one pair in `classes` is alike; of sorted ones nearly all are.
    alike = np.mean(loaded.labels[1:] == loaded.labels[:-1])
    assert alike == pytest.approx(1 / classes, abs=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_no_image_occurs_twice(name):
    images = [image for image in data.load(name).images if image.any()]  # of the sky at night, some patches are black
    assert len({image.tobytes() for image in images}) == len(images)
    assert len(images) > 0.998 * data.info(name).samples


@pytest.mark.parametrize("name", NAMES)
def test_second_load_is_the_same_object(name):
    assert data.load(name) is data.load(name)


GENERATORS = {
    "gratings": gratings.make_gratings,
    "shapes": shapes.make_shapes,
    "shapes-outlines": outlines.make_outlines,
}


@pytest.mark.parametrize("name", GENERATORS)
def test_generated_data_are_the_same_in_every_process(name):
    arrays = GENERATORS[name](data.info(name))
    code = f"""
import hashlib, numpy
numpy.random.seed(5)
from convstudio import data
loaded = data.load({name!r})
arrays = [a for a in (loaded.images, loaded.labels, loaded.masks) if a is not None]
print(*(hashlib.sha256(array.tobytes()).hexdigest() for array in arrays))
"""
    assert run_python(code, PYTHONHASHSEED="7") == " ".join(map(checksum, arrays))


def test_digits_look_like_digits():
    """Three of four samples are closer to the mean image of their digit than to those of the others."""
    loaded = data.load("digits")
    pixels = data.to_float(loaded.images).reshape(5000, -1)
    means = np.stack([pixels[loaded.labels == digit].mean(axis=0) for digit in range(10)])
    distances = ((pixels[:, np.newaxis] - means) ** 2).sum(axis=-1)
    assert np.mean(distances.argmin(axis=1) == loaded.labels) > 0.75  # 0.1 if labels and images did not belong together


def test_gratings_run_in_the_direction_that_their_class_names():
    """Judged by the structure tensor: the direction in which the brightness changes most."""
    loaded = data.load("gratings")
    down, right = np.gradient(data.to_float(loaded.images[:, 0]), axis=(1, 2))
    across = 0.5 * np.arctan2(2 * (right * down).sum((1, 2)), (right**2 - down**2).sum((1, 2)))
    along = 90 - np.degrees(across)  # to the horizontal, counter-clockwise although rows count downwards
    named = np.array([float(name.removesuffix("°")) for name in loaded.info.classes])[loaded.labels]
    error = abs((along - named + 90) % 180 - 90)
    assert np.mean(error < 11.25) > 0.99


# Areas of the outlines with radius r, by the formulas of plane geometry.
AREAS = {
    "circle": lambda r: np.pi * (0.95 * r) ** 2,
    "square": lambda r: (1.6 * r) ** 2,
    "triangle": lambda r: 3 * np.sqrt(3) * (0.55 * r) ** 2,  # equilateral, by the inscribed circle's radius
    "cross": lambda r: 2 * (2 * r * 0.6 * r) - (0.6 * r) ** 2,
    "ring": lambda r: np.pi * (r**2 - (0.6 * r) ** 2),
}


@pytest.mark.parametrize("name", data.info("shapes").classes)
def test_shapes_cover_the_area_that_geometry_gives_them(name):
    place = np.arange(-16, 16, dtype=np.float32) + np.float32(0.3)
    x, y = np.meshgrid(place, place)
    inside = np.clip(0.5 - shapes._OUTLINES[name](x, y, np.float32(11)), 0, 1)
    assert inside.sum() == pytest.approx(AREAS[name](11), rel=0.02)


def test_every_shape_stands_out_from_its_background():
    images = data.to_float(data.load("shapes").images)
    brightness = np.einsum("scij,c->sij", images, np.float32([0.299, 0.587, 0.114]))
    low, high = np.percentile(brightness, [3, 97], axis=(1, 2))
    assert (high - low).min() > 0.2


def test_colour_does_not_give_the_shape_away():
    """The mean colour of a class's images is that of all images, within four standard errors."""
    loaded = data.load("shapes")
    means = data.to_float(loaded.images).mean(axis=(2, 3))
    error = means.std(axis=0) / np.sqrt(400)
    for label in range(len(loaded.info.classes)):
        assert (abs(means[loaded.labels == label].mean(axis=0) - means.mean(axis=0)) < 4 * error).all()


def test_missing_file_is_a_sentence_and_a_restored_one_loads(monkeypatch):
    dataset._load.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("convstudio.assets._PACKAGE", dataset.asset("data") / "nowhere")
        with pytest.raises(data.DataError, match=r"Handwritten digits.*assets/data/mnist5k\.npz.*Install"):
            data.load("digits")
    assert len(data.load("digits").labels) == 5000


def test_to_float_divides_every_byte_by_255():
    every = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    numbers = data.to_float(every)
    assert numbers.dtype == np.float32
    assert numbers.shape == every.shape
    assert numbers.ravel().tolist() == [np.float32(byte / 255) for byte in range(256)]


def test_to_float_refuses_what_is_not_bytes():
    with pytest.raises(TypeError, match="float64"):
        data.to_float(np.zeros((1, 1, 2, 2)))


def test_targets_are_labels_or_the_class_of_each_pixel():
    assert data.load("shapes").masks is None
    assert data.load("shapes").targets is data.load("shapes").labels
    outlines = data.load("shapes-outlines")
    assert outlines.info.task == "pixels"
    assert outlines.masks.shape == (2000, 32, 32)
    assert outlines.masks.dtype == np.uint8
    assert outlines.targets.dtype == np.int64
    assert (outlines.targets == outlines.masks).all()
    with pytest.raises(ValueError, match="read-only"):
        outlines.masks[0] = 0


def test_the_tasks_of_data_and_networks_are_the_same():
    assert {facts.task for facts in data.available()} == set(TASKS)


def test_masks_name_one_or_two_shapes_and_the_label_the_one_in_front():
    outlines = data.load("shapes-outlines")
    present = [set(np.unique(mask)) for mask in outlines.masks]
    counts = np.bincount([len(classes - {0}) for classes in present])
    assert counts[0] == 0
    assert len(counts) == 3
    assert 0.45 < counts[1] / 2000 < 0.6  # 40 % have one shape; two may be alike, or one hidden
    assert all(label in classes for label, classes in zip(outlines.labels, present, strict=True))
    assert outlines.masks.max() == 5


def test_the_background_is_of_another_brightness_than_what_is_named():
    """Each image, pixel by pixel: within a class brightness varies far less than between shape and background."""
    outlines = data.load("shapes-outlines")
    brightness = np.einsum("scij,c->sij", data.to_float(outlines.images), np.float32([0.299, 0.587, 0.114]))
    apart = []
    for bright, mask, label in zip(brightness, outlines.masks, outlines.labels, strict=True):
        apart.append(abs(bright[mask == label].mean() - bright[mask == 0].mean()))
    assert np.percentile(apart, 5) > 0.15


def test_materials_are_the_photographs_cut_into_patches():
    materials = data.load("materials")
    photograph = data.read_image(dataset.asset("data", "materials", "cat.jpg"), 3, (480, 512))
    cat = materials.info.classes.index("cat")
    patches = {patch.tobytes() for patch in materials.images[materials.labels == cat]}
    expected = {
        photograph[:, 32 * row : 32 * row + 32, 32 * column : 32 * column + 32].tobytes()
        for row in range(15)
        for column in range(16)
    }
    assert patches == expected


def test_what_is_kept_back_of_a_photograph_lies_to_the_right_of_what_is_trained_on():
    materials = data.load("materials")
    for share in (0.2, 0.5):
        train, kept = materials.divided(share, seed=3)
        for label in range(9):
            left = materials.places[train][materials.labels[train] == label]
            right = materials.places[kept][materials.labels[kept] == label]
            assert left.max() <= right.min()
            assert len(right) == round(240 * share)


def test_a_missing_photograph_is_a_sentence(monkeypatch):
    dataset._load.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("convstudio.assets._PACKAGE", dataset.asset("data") / "nowhere")
        with pytest.raises(data.DataError, match=r"Patches of photographs.*astronaut\.jpg.*Install"):
            data.load("materials")


def test_a_damaged_photograph_is_a_sentence(monkeypatch, tmp_path):
    dataset._load.cache_clear()
    broken = tmp_path / "astronaut.jpg"
    broken.write_bytes(b"no picture")
    monkeypatch.setattr("convstudio.data.materials.asset", lambda *parts: broken)
    with pytest.raises(data.DataError, match=r"Patches of photographs.*is not an image"):
        data.load("materials")


def test_a_digest_tells_data_of_the_same_shape_apart():
    own = data.load("shapes-outlines")
    same = replace(own, images=own.images.copy())
    assert same.digest == own.digest
    for name in ("images", "labels", "masks"):
        other = getattr(own, name).copy()
        other.flat[7] ^= 1
        assert replace(own, **{name: other}).digest != own.digest
    assert replace(own, masks=None).digest != own.digest
