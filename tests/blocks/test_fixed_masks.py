"""The presets of the fixed mask against their definitions, and what they do to simple images."""

from __future__ import annotations

from math import cos, exp, pi
from typing import Any, get_args, get_type_hints

import pytest
import torch

from convstudio.blocks import FixedMask
from convstudio.blocks.fixed_mask import WORDS
from convstudio.engine import calls
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape

IMAGE = Shape(2, (15, 15))


def filtered(layer: FixedMask, image: torch.Tensor) -> torch.Tensor:
    call = measure(layer, (Shape(len(image), tuple(image.shape[1:])),)).call
    assert call is not None
    return calls.function(call)(image[None])[0]


def ramp(along: int) -> torch.Tensor:
    """Brightness grows by 1 a cell along rows (0, downwards) or columns (1, to the right)."""
    line = torch.arange(15.0)
    return (line[:, None] if along == 0 else line[None, :]).expand(2, 15, 15)


@pytest.mark.parametrize("preset", ["identity", "box", "gaussian", "sharpen"])
def test_smoothing_keeps_even_areas(preset: Any) -> None:
    grey = torch.full((2, 15, 15), 0.6)
    middle = filtered(FixedMask(preset=preset), grey)[:, 3:-3, 3:-3]
    assert torch.allclose(middle, grey[:, 3:-3, 3:-3], atol=1e-5)


EDGES = ["sobel_x", "sobel_y", "prewitt_x", "prewitt_y", "laplacian", "laplacian_of_gaussian"]


@pytest.mark.parametrize("preset", EDGES)
def test_edge_masks_are_silent_on_even_areas(preset: Any) -> None:
    grey = torch.full((2, 15, 15), 0.6)
    assert filtered(FixedMask(preset=preset), grey)[:, 3:-3, 3:-3].abs().max() < 1e-5


@pytest.mark.parametrize(("preset", "along", "slope"), [("sobel_x", 1, 8), ("sobel_y", 0, 8), ("prewitt_x", 1, 6)])
def test_gradients_point_to_where_it_grows_brighter(preset: Any, along: int, slope: float) -> None:
    layer = FixedMask(preset=preset)
    assert torch.allclose(filtered(layer, ramp(along))[:, 3:-3, 3:-3], torch.tensor(float(slope)))
    assert filtered(layer, ramp(1 - along))[:, 3:-3, 3:-3].abs().max() < 1e-4


def test_a_gaussian_is_the_product_of_two() -> None:
    rows = torch.tensor(FixedMask(preset="gaussian", mask=(5,), sigma=1.5).rows())
    line = torch.tensor([exp(-(x * x) / (2 * 1.5**2)) for x in range(-2, 3)])
    line /= line.sum()
    assert torch.allclose(rows, line[:, None] * line[None, :], atol=1e-6)


def test_a_laplacian_of_gaussian_is_a_dark_middle_in_a_bright_ring_that_sums_to_0() -> None:
    rows = torch.tensor(FixedMask(preset="laplacian_of_gaussian", mask=(9,), sigma=1.4).rows())
    assert rows[4, 4] == rows.min() < 0
    assert rows.max() > 0
    assert abs(float(rows.sum())) < 1e-4
    assert torch.equal(rows, rows.T)


def test_a_gabor_answers_to_bars_of_its_wavelength_and_angle() -> None:
    layer = FixedMask(preset="gabor", mask=(13,), sigma=3.0, wavelength=6.0)
    row = layer.rows()[6]
    assert row[6] == pytest.approx(1.0)
    assert row[9] == pytest.approx(-exp(-9 / 18), abs=1e-5)
    bars = torch.tensor([cos(2 * pi * x / 6) for x in range(-7, 8)])
    upright, lying = bars[None, None, :].expand(1, 15, 15), bars[None, :, None].expand(1, 15, 15)
    turned = FixedMask(preset="gabor", mask=(13,), sigma=3.0, wavelength=6.0, angle=90.0)
    assert filtered(layer, upright)[0, 7, 7] > 10 * abs(filtered(layer, lying)[0, 7, 7])
    assert filtered(turned, lying)[0, 7, 7] > 10 * abs(filtered(turned, upright)[0, 7, 7])


def test_phase_90_is_odd_and_0_even() -> None:
    even = FixedMask(preset="gabor", mask=(7,)).rows()[3]
    odd = FixedMask(preset="gabor", mask=(7,), phase=90.0).rows()[3]
    assert even == pytest.approx(even[::-1])
    assert odd == pytest.approx([-n for n in odd[::-1]], abs=1e-5)


def test_zeros_at_the_edge_of_a_mask_see_nothing() -> None:
    (rows, columns) = measure(FixedMask(preset="identity", mask=(5,)), (IMAGE,)).windows or ()
    assert (rows.size, rows.before, columns.size) == (1, 0, 1)
    own = FixedMask(preset="own", numbers=((0.0, 0.0, 0.0), (0.0, 1.0, 1.0)), padding="none")
    down, right = measure(own, (IMAGE,)).windows or ()
    assert (down.size, down.before, right.size, right.before) == (1, -1, 2, -1)


def test_nothing_of_it_is_trained_or_stored() -> None:
    call = measure(FixedMask(), (IMAGE,)).call
    assert call is not None
    made = calls.function(call)
    assert isinstance(made, torch.nn.Module)
    assert list(made.parameters()) == []
    assert made.state_dict() == {}


def test_every_preset_has_a_name_for_people_and_only_its_own_settings() -> None:
    choices = get_args(get_type_hints(FixedMask)["preset"])
    assert set(choices) == set(WORDS)
    assert FixedMask(preset="sobel_x").unused() == {"mask", "sigma", "angle", "wavelength", "phase", "numbers"}
    assert FixedMask(preset="gabor").unused() == {"numbers"}
    assert "numbers" not in FixedMask(preset="own").unused()
