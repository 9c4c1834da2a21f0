"""Films: what is written is read back with its pictures, times and colours."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from convstudio.data.film import gif, of_one_size, png


def frames(number: int = 4) -> list[np.ndarray]:
    """A bright bar that moves over a dark ground."""
    made = []
    for at in range(number):
        frame = np.full((20, 30, 3), (18, 20, 26), np.uint8)
        frame[:, 5 * at : 5 * at + 5] = (91, 157, 255)
        made.append(frame)
    return made


def test_a_gif_shows_every_picture_in_its_time_and_for_ever() -> None:
    film = Image.open(io.BytesIO(gif(frames(), 90)))
    assert (film.n_frames, film.size, film.info["loop"]) == (4, (30, 20), 0)
    times = []
    for number, frame in enumerate(frames()):
        film.seek(number)
        times.append(film.info["duration"])
        assert np.abs(np.asarray(film.convert("RGB")).astype(int) - frame).max() <= 4
    assert times == [90, 90, 90, 1080]


@pytest.mark.parametrize("wrong", [[], [np.zeros((2, 2, 3), np.uint8), np.zeros((3, 2, 3), np.uint8)]])
def test_pictures_of_unlike_sizes_are_no_film(wrong: list) -> None:
    with pytest.raises(ValueError, match="one size"):
        gif(wrong, 50)


def test_a_png_is_the_picture() -> None:
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(frames()[1])))), frames()[1])


def test_pictures_of_a_window_that_grew_are_brought_to_one_size() -> None:
    small, large = np.full((4, 6, 3), 9, np.uint8), np.full((5, 8, 3), 200, np.uint8)
    small[:3, :5] = 77
    one, other = of_one_size([small, large])
    assert one.shape == other.shape == (5, 8, 3)
    assert np.array_equal(one[:4, :6], small)
    assert set(one[4].ravel().tolist()) == set(one[:, 6:].ravel().tolist()) == {9}
    assert other is large
    assert of_one_size([]) == []
