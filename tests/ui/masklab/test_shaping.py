"""What is done to masks at once, against what numpy and torch say of it."""

import numpy as np
import pytest
import torch

from convstudio.blocks.mask_presets import IMAGE, Recipe
from convstudio.ui.masklab import shaping
from convstudio.ui.masklab.recipe_bar import PRESETS, RANDOM

EDGE = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)
RECIPE = Recipe((5, 5), 1.0, 0.0, 4.0, 0.0)


def test_a_turn_goes_to_the_right_and_four_of_them_are_none() -> None:
    assert shaping.turned(EDGE).tolist() == [[7, 4, 1], [8, 5, 2], [9, 6, 3]]
    four = EDGE
    for _ in range(4):
        four = shaping.turned(four)
    assert np.array_equal(four, EDGE)
    clip = np.stack([EDGE, 2 * EDGE])
    assert np.array_equal(shaping.turned(clip)[1], 2 * shaping.turned(EDGE))


def test_mirrors_and_signs() -> None:
    assert shaping.mirrored(EDGE)[0].tolist() == [3, 2, 1]
    assert shaping.upside_down(EDGE)[0].tolist() == [7, 8, 9]
    assert np.array_equal(shaping.negated(EDGE), -EDGE)
    assert not np.signbit(shaping.negated(np.zeros((1, 2), np.float32))).any()
    assert not shaping.emptied(EDGE).any()


def test_sums() -> None:
    assert shaping.summing_to_zero(EDGE).sum() == pytest.approx(0, abs=1e-6)
    assert shaping.summing_to_one(EDGE).sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("operation", "mask", "words"),
    [
        ("turn", np.ones((2, 3), np.float32), "as many rows as columns"),
        ("turn", np.ones(3, np.float32), "as many rows as columns"),
        ("upside_down", np.ones(3, np.float32), "no above and below"),
        ("sum_one", np.array([[1, -1]], np.float32), "add up to 0"),
        ("sum_one", np.zeros((3, 3), np.float32), "add up to 0"),
    ],
)
def test_what_cannot_be_done_is_said(operation: str, mask: np.ndarray, words: str) -> None:
    with pytest.raises(shaping.Refused, match=words):
        shaping.OPERATIONS[operation](mask)


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != RANDOM])
def test_a_preset_in_a_larger_mask_filters_as_the_small_one_does(preset: str) -> None:
    large = shaping.of_preset(preset, (5, 5), RECIPE)
    assert large.shape == (5, 5)
    if preset in IMAGE:
        image = torch.rand(1, 1, 12, 12, generator=torch.Generator().manual_seed(0))
        small = torch.nn.functional.conv2d(
            image, torch.tensor(IMAGE[preset], dtype=torch.float32)[None, None], padding=1
        )
        wide = torch.nn.functional.conv2d(image, torch.from_numpy(large)[None, None], padding=2)
        assert torch.allclose(small, wide, atol=1e-5)


def test_presets_of_signals_clips_and_single_cells() -> None:
    assert shaping.of_preset("sobel_x", (5,), RECIPE).tolist() == [0, -1, 0, 1, 0]
    clip = shaping.of_preset("gaussian", (2, 3, 3), RECIPE)
    assert clip.shape == (2, 3, 3)
    assert np.array_equal(clip[0], clip[1])
    assert clip[0].sum() == pytest.approx(1)
    assert shaping.of_preset("box", (1, 1), RECIPE).tolist() == [[1]]
    assert shaping.of_preset("identity", (4, 4), RECIPE).nonzero()[0].tolist() == [1]


@pytest.mark.parametrize(
    ("preset", "axes", "words"),
    [
        ("sobel_x", (1, 1), "only 1 × 1"),
        ("emboss", (2, 5), "only 2 × 5"),
        ("emboss", (5,), "no such mask for a signal"),
        ("laplacian_of_gaussian", (1, 1), "nothing is left"),
    ],
)
def test_presets_without_room_are_refused(preset: str, axes: tuple[int, ...], words: str) -> None:
    with pytest.raises(shaping.Refused, match=words):
        shaping.of_preset(preset, axes, RECIPE)


def test_random_masks_keep_the_variance_of_noise() -> None:
    generator = np.random.default_rng(1)
    masks = np.stack([shaping.at_random((5, 5), generator) for _ in range(400)])
    assert np.square(masks).sum((1, 2)).mean() == pytest.approx(1, abs=0.05)
    assert len(np.unique(masks[:, 0, 0])) == 400
