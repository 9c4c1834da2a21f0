"""A drawing as a sample: the size, the grey or colour, and MNIST's centring."""

import numpy as np
import pytest

from convstudio.data import as_sample, load


def paper(rows: int = 280, columns: int = 280) -> np.ndarray:
    return np.zeros((rows, columns, 3), np.uint8)


def centre(sample: np.ndarray) -> tuple[float, float]:
    weight = sample[0].astype(float)
    rows, columns = np.indices(weight.shape)
    return float((weight * (rows + 0.5)).sum() / weight.sum()), float((weight * (columns + 0.5)).sum() / weight.sum())


def ink_size(sample: np.ndarray) -> tuple[int, int]:
    rows, columns = np.nonzero(sample[0])
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


@pytest.mark.parametrize("where", [(0, 0), (30, 100), (180, 200)])
@pytest.mark.parametrize("size", [(80, 40), (40, 80), (6, 6)])
def test_ink_is_scaled_to_twenty_pixels_and_its_mass_put_into_the_middle(where, size):
    picture = paper()
    picture[where[0] : where[0] + size[0], where[1] : where[1] + size[1]] = 200
    sample = as_sample(picture, 1, (28, 28), 20)
    assert sample.shape == (1, 28, 28)
    assert max(ink_size(sample)) == 20
    assert min(ink_size(sample)) == pytest.approx(20 * min(size) / max(size), abs=1)
    assert centre(sample) == pytest.approx((14.5, 14.5), abs=0.51)
    assert sample.max() == 255


def test_mass_and_not_the_box_is_centred():
    picture = paper()
    picture[100:200, 100:160] = 255  # a thick stem with a thin foot to the right
    picture[195:200, 160:200] = 255
    assert centre(as_sample(picture, 1, (28, 28), 20)) == pytest.approx((14.5, 14.5), abs=0.51)


def test_samples_of_the_data_set_stay_what_they_are():
    """The digits were prepared in this way, so doing it again must change next to nothing."""
    digits = load("digits").images[:200]
    again = [as_sample(np.repeat(digit[0][:, :, None], 3, 2), 1, (28, 28), 20) for digit in digits]
    differences = np.abs(np.stack(again).astype(int) - digits).mean((1, 2, 3))
    assert differences.max() < 0.5


def test_an_empty_drawing_is_black_and_nothing_leaves_the_edge():
    assert not as_sample(paper(), 1, (28, 28), 20).any()
    heavy = paper()
    heavy[:, :20] = 255
    heavy[270:] = 3
    assert ink_size(as_sample(heavy, 1, (28, 28), 20)) == (20, 20)


def test_without_centring_each_pixel_is_the_mean_of_its_part():
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    sample = as_sample(picture, 3, (32, 32))
    means = picture.reshape(32, 2, 32, 3, 3).mean((1, 3)).transpose(2, 0, 1)
    assert sample.shape == (3, 32, 32)
    np.testing.assert_allclose(sample, means, atol=1)


def test_colours_become_grey_where_samples_are():
    picture = paper(10, 10)
    picture[:] = (255, 0, 0)
    assert as_sample(picture, 1, (5, 5))[0, 0, 0] == 76  # ITU-R 601: 0.299 red
