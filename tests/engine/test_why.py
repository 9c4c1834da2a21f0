"""Explanations of a unit against independent computations: differences, sums by hand, and torch's own gradients."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from convstudio.blocks import (
    Add,
    BatchNorm,
    Convolution,
    Flatten,
    FullyConnected,
    GlobalAveragePool,
    Input,
    MaxPool,
    Output,
    ReLU,
    catalogue,
)
from convstudio.engine.build import LiveNetwork, NetworkFault, build
from convstudio.engine.why.aim import Aim, settled, slopes
from convstudio.engine.why.dream import Dream, Manner, smoothed
from convstudio.engine.why.exciting import MOST, exciting
from convstudio.engine.why.finding import Finding, Findings
from convstudio.engine.why.gradcam import gradcam, layers
from convstudio.engine.why.gradients import integrated, saliency
from convstudio.engine.why.occlusion import Cover, occlusion, places
from convstudio.network import edits
from convstudio.network.document import Wire
from convstudio.network.resolve import resolve
from convstudio.network.sight import Sight


def last(findings: Findings) -> Finding:
    found = list(findings)
    assert [f.share for f in found] == sorted(f.share for f in found)
    assert found[-1].share == 1.0
    return found[-1]


def image(channels: int = 1) -> torch.Tensor:
    return torch.rand(channels, 8, 8, generator=torch.Generator().manual_seed(3))


@pytest.fixture
def live(lab: SimpleNamespace) -> LiveNetwork:
    return lab.live(lab.small(BatchNorm(), channels=2))


def score(live: LiveNetwork, samples: torch.Tensor, channel: int) -> torch.Tensor:
    live.eval()
    with torch.no_grad():
        found: torch.Tensor = live(samples)[:, channel]
    live.train()
    return found


def test_the_answer_is_the_class_with_the_largest_score(live: LiveNetwork) -> None:
    answer = int(torch.stack([score(live, image(2)[None], n) for n in range(3)]).argmax())
    assert settled(live, image(2), Aim(live.output)).channel == answer
    assert last(saliency(live, image(2), Aim(live.output))).channel == answer


def test_saliency_is_the_slope_that_small_changes_of_the_image_show(live: LiveNetwork) -> None:
    found = last(saliency(live, image(2), Aim(live.output, 1)))
    sample, step, sizes = image(2), 1e-3, torch.zeros(2, 8, 8)
    for place in np.ndindex(2, 8, 8):
        up, down = sample.clone(), sample.clone()
        up[place] += step
        down[place] -= step
        ends = score(live, torch.stack((up, down)), 1)
        sizes[place] = ((ends[0] - ends[1]) / (2 * step)).abs()
    differences = np.abs(found.map - sizes.amax(0).numpy())
    assert np.median(differences) < 2e-4
    assert (differences < 2e-3).mean() > 0.95  # a corner of a ReLU or of a pool may lie between
    assert found.value == pytest.approx(score(live, sample[None], 1).item(), abs=1e-5)


def test_of_a_network_without_corners_it_is_its_weights(lab: SimpleNamespace) -> None:
    live = lab.live(lab.chain(Input(channels=2, axes=(4, 5)), Flatten(), FullyConnected(channels=3), Output()))
    weights = live.get_parameter("fc_1.weight").detach()[2].view(2, 4, 5)
    sample = torch.rand(2, 4, 5)
    assert np.allclose(last(saliency(live, sample, Aim("output_1", 2))).map, weights.abs().amax(0), atol=1e-6)
    found = last(integrated(live, sample, Aim("output_1", 2), steps=3))
    assert np.allclose(found.map, (weights * sample).sum(0), atol=1e-6)
    covered = last(occlusion(live, sample, Aim("output_1", 2), Cover(1, 1, 0.25)))
    assert np.allclose(covered.map, (weights * (sample - 0.25)).sum(0), atol=1e-5)


def test_integrated_gradients_are_complete(live: LiveNetwork) -> None:
    sample = image(2)
    found = last(integrated(live, sample, Aim(live.output, 0), steps=512))
    ends = score(live, torch.stack((sample, torch.zeros_like(sample))), 0)
    assert (found.value, found.baseline) == pytest.approx(ends.tolist(), abs=1e-5)
    assert found.total == pytest.approx(found.value - found.baseline, rel=0.01, abs=1e-3)
    assert float(found.map.sum()) == pytest.approx(found.total, rel=1e-4, abs=1e-5)


def test_integrated_gradients_are_the_mean_gradient_on_the_way_times_the_way(live: LiveNetwork) -> None:
    sample, steps = image(2), 10
    wanted = torch.zeros_like(sample)
    live.eval()
    for n in range(steps):
        point = (sample * (n + 0.5) / steps).requires_grad_()
        live(point[None])[0, 2].backward(inputs=[point])
        wanted += point.grad * sample / steps
    found = last(integrated(live, sample, Aim(live.output, 2), steps))
    assert np.allclose(found.map, wanted.sum(0).numpy(), atol=1e-5)


def test_grad_cam_is_the_formula_of_its_paper(live: LiveNetwork) -> None:
    sample = image(2)
    live.eval()
    maps = live.results(sample[None], ("conv_1",))["conv_1"].detach().requires_grad_()
    rest = torch.relu(live.parts["batch_norm_1"](maps))
    pooled = torch.nn.functional.max_pool2d(rest, 2).flatten(1)
    scores = live.parts["fc_1"](pooled)
    scores[0, 1].backward(inputs=[maps])
    alpha = maps.grad[0].mean((1, 2))
    wanted = torch.relu((alpha[:, None, None] * maps[0].detach()).sum(0))
    found = last(gradcam(live, sample, Aim(live.output, 1), "conv_1"))
    assert found.layer == "conv_1"
    assert np.allclose(found.map, wanted.numpy(), atol=1e-6)


def test_behind_a_global_mean_grad_cam_is_the_weighted_sum_of_maps(lab: SimpleNamespace) -> None:
    """Class activation mapping (Zhou et al., 2016), which Grad-CAM generalises: there α is weight ÷ cells."""
    live = lab.live(
        lab.chain(
            Input(channels=1, axes=(6, 6)),
            Convolution(channels=5),
            GlobalAveragePool(),
            FullyConnected(channels=3),
            Output(),
        )
    )
    sample = torch.rand(1, 6, 6)
    maps = live.results(sample[None], ("conv_1",))["conv_1"][0].detach()
    weights = live.get_parameter("fc_1.weight").detach()[0]
    wanted = torch.relu((weights[:, None, None] / 36 * maps).sum(0))
    found = last(gradcam(live, sample, Aim("output_1", 0)))
    assert found.layer == "conv_1"
    assert np.allclose(found.map, wanted.numpy(), atol=1e-6)


def test_grad_cam_takes_the_last_layer_that_makes_maps(live: LiveNetwork) -> None:
    """What ReLU and pooling leave of them is often nowhere above 0 when it is weighted."""
    assert layers(live, live.output) == ("conv_1", "batch_norm_1", "relu_1", "max_pool_1")
    assert last(gradcam(live, image(2), Aim(live.output, 0))).layer == "batch_norm_1"


def test_of_a_network_with_a_score_a_pixel_grad_cam_takes_the_layer_before(
    lab: SimpleNamespace,
) -> None:
    """The maps that are the scores themselves would only repeat the answer."""
    first, second = Convolution(channels=4), Convolution(channels=3)
    live = lab.live(lab.chain(Input(channels=1, axes=(6, 6)), first, ReLU(), second, Output()))
    assert last(gradcam(live, torch.rand(1, 6, 6), Aim("output_1", 0))).layer == "conv_1"


def test_where_grad_cam_has_no_map_it_says_so(live: LiveNetwork) -> None:
    with pytest.raises(NetworkFault, match="no layer with a spatial map before conv_1"):
        last(gradcam(live, image(2), Aim("conv_1", 0)))
    with pytest.raises(NetworkFault, match="no spatial map"):
        last(gradcam(live, image(2), Aim(live.output, 0), "fc_1"))
    with pytest.raises(NetworkFault, match="does not lead to conv_1"):
        last(gradcam(live, image(2), Aim("conv_1", 0), "relu_1"))


def test_occlusion_is_the_fall_of_the_score_under_the_cover(live: LiveNetwork) -> None:
    sample, wanted = image(2), np.zeros((8, 8))
    counts = np.zeros((8, 8))
    whole = score(live, sample[None], 1).item()
    for top in (0, 2, 4, 5):
        for left in (0, 2, 4, 5):
            covered = sample.clone()
            covered[:, top : top + 3, left : left + 3] = 0.5
            wanted[top : top + 3, left : left + 3] += whole - score(live, covered[None], 1).item()
            counts[top : top + 3, left : left + 3] += 1
    found = last(occlusion(live, sample, Aim(live.output, 1), Cover(3, 2, 0.5)))
    assert np.allclose(found.map, wanted / counts, atol=1e-5)


@pytest.mark.parametrize(
    ("length", "side", "stride", "wanted"),
    [(8, 3, 2, (0, 2, 4, 5)), (8, 8, 3, (0,)), (3, 5, 1, (0,)), (4, 1, 9, (0, 3))],
)
def test_every_cell_is_covered(length: int, side: int, stride: int, wanted: tuple[int, ...]) -> None:
    assert places(length, side, stride) == wanted


@pytest.mark.parametrize("cover", [Cover(9, 1), Cover(0, 1), Cover(2, 0)])
def test_a_cover_that_fits_nowhere_is_refused(live: LiveNetwork, cover: Cover) -> None:
    with pytest.raises(NetworkFault, match="does not fit"):
        last(occlusion(live, image(2), Aim(live.output, 1), cover))


def test_any_unit_of_any_layer_can_be_explained(live: LiveNetwork) -> None:
    sample = image(2)
    for block, shape in live.shapes.items():
        place = tuple(length // 2 for length in shape.axes)
        result = live.eval().results(sample[None], (block,))[block][0]
        for aim, value in (
            (Aim(block, shape.channels - 1, place), result[(-1, *place)]),
            (Aim(block, 0), result[0].mean()),
        ):
            assert last(saliency(live, sample, aim)).value == pytest.approx(value.item(), abs=1e-6)
            assert last(integrated(live, sample, aim, 2)).value == pytest.approx(value.item(), abs=1e-6)


def test_explaining_leaves_the_network_alone(lab: SimpleNamespace, live: LiveNetwork) -> None:
    before, state = {k: v.clone() for k, v in live.state_dict().items()}, torch.random.get_rng_state()
    aim = Aim(live.output, 0)
    for findings in (
        saliency(live, image(2), aim),
        integrated(live, image(2), aim, 4),
        gradcam(live, image(2), aim),
        occlusion(live, image(2), aim, Cover()),
    ):
        last(findings)
    Dream(live, aim).step(live, Manner())
    assert live.training
    assert all(p.grad is None for p in live.parameters())
    assert all(torch.equal(v, before[k]) for k, v in live.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize(
    ("aim", "words"),
    [
        (Aim("conv_9", 0), "conv_9 is not computed"),
        (Aim("conv_1", 4), "conv_1 has no map 4: it has 4"),
        (Aim("conv_1", 0, (8, 0)), "conv_1 has no unit at"),
    ],
)
def test_a_unit_that_is_not_there_is_refused_in_words(live: LiveNetwork, aim: Aim, words: str) -> None:
    with pytest.raises(NetworkFault, match=words):
        settled(live, image(2), aim)
    with pytest.raises(NetworkFault, match="does not have the shape"):
        settled(live, image(1), Aim("conv_1", 0))


def test_patches_are_where_the_map_is_strongest_in_each_sample(lab: SimpleNamespace) -> None:
    network = lab.chain(Input(channels=1, axes=(9, 9)), Convolution(channels=2, mask=(3,), padding="none"), MaxPool())
    live = lab.live(network)
    fields = Sight(resolve(network, catalogue())).of("max_pool_1")
    images = np.random.default_rng(1).integers(0, 256, (70, 1, 9, 9), np.uint8)
    found = last(exciting(live, images, "max_pool_1", 1, fields))
    result = live.eval().results(torch.from_numpy(images / np.float32(255)), ("max_pool_1",))["max_pool_1"][:, 1]
    strongest = result.detach().flatten(1).amax(1)
    assert found.samples == 70
    assert [p.number for p in found.patches] == strongest.argsort(descending=True)[:MOST].tolist()
    for patch in found.patches:
        assert patch.value == pytest.approx(strongest[patch.number].item(), abs=1e-6)
        assert result[(patch.number, *patch.place)].item() == pytest.approx(patch.value, abs=1e-6)
        (top, bottom), (left, right) = patch.spans
        assert (bottom - top, right - left) == (3, 3)
        assert np.array_equal(patch.cells, images[patch.number, :, top : bottom + 1, left : right + 1])


def test_a_patch_alone_gives_the_value(lab: SimpleNamespace) -> None:
    """Cut to the receptive field nothing is missing: the patch, with its mask on it, is the unit's value."""
    network = lab.chain(Input(channels=2, axes=(9, 9)), Convolution(channels=3, mask=(3,), padding="none"))
    live = lab.live(network)
    fields = Sight(resolve(network, catalogue())).of("conv_1")
    images = np.random.default_rng(1).integers(0, 256, (5, 2, 9, 9), np.uint8)
    best = last(exciting(live, images, "conv_1", 2, fields)).patches[0]
    mask, bias = live.get_parameter("conv_1.weight")[2], live.get_parameter("conv_1.bias")[2]
    wanted = (torch.from_numpy(best.cells / np.float32(255)) * mask).sum() + bias
    assert best.value == pytest.approx(wanted.item(), abs=1e-5)


def test_without_samples_or_map_there_are_no_patches(live: LiveNetwork) -> None:
    with pytest.raises(NetworkFault, match="choose a data set"):
        last(exciting(live, np.zeros((0, 2, 8, 8), np.uint8), "conv_1", 0, ()))
    with pytest.raises(NetworkFault, match="no map 7"):
        last(exciting(live, np.zeros((1, 2, 8, 8), np.uint8), "conv_1", 7, ()))


def test_a_dream_excites_its_unit_more_and_more(live: LiveNetwork) -> None:
    dream = Dream(live, Aim(live.output, 1))
    values = [dream.value]
    for _ in range(30):
        dream.step(live, Manner(0.02, 0.1))
        values.append(dream.value)
    assert values[-1] > max(values[:10])
    assert 0 <= float(dream.image.min()) <= float(dream.image.max()) <= 1
    assert dream.value == pytest.approx(score(live, dream.image[None], 1).item(), abs=1e-5)
    assert dream.steps == 30


def test_a_step_goes_uphill_by_the_rate(live: LiveNetwork) -> None:
    start = torch.full((2, 8, 8), 0.5)
    dream = Dream(live, Aim("conv_1", 2, (3, 4)), start)
    _, gradient = slopes(live, start[None], dream.aim)
    dream.step(live, Manner(0.05, 0.0))
    moved = dream.image - start
    assert moved.square().mean().sqrt().item() == pytest.approx(0.05, rel=1e-4)
    assert torch.allclose(moved / moved.norm(), gradient[0] / gradient.norm(), atol=1e-5)
    assert not moved[:, 6:].any()  # what the unit does not see stays as it was


def test_smoothing_is_a_step_towards_the_neighbours() -> None:
    one = torch.tensor([[[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]])
    found = smoothed(one, 0.4)
    assert torch.allclose(found[0], torch.tensor([[0.0, 0.1, 0.0], [0.1, 0.6, 0.1], [0.0, 0.1, 0.0]]))
    assert smoothed(torch.rand(5), 1.0).shape == (5,)


def test_a_dream_of_a_dead_unit_says_so(lab: SimpleNamespace) -> None:
    live = lab.live(lab.small())
    with torch.no_grad():
        live.get_parameter("conv_1.bias").fill_(-100.0)
    dream = Dream(live, Aim("relu_1", 0))
    assert dream.still
    assert (dream.value, dream.step(live, Manner())) == (0.0, None)
    assert dream.value == 0.0


@pytest.mark.parametrize("axes", [(), (12,), (3, 6, 6)])
def test_vectors_signals_and_clips_are_explained_too(lab: SimpleNamespace, axes: tuple[int, ...]) -> None:
    middle = (Convolution(channels=3), ReLU(), Flatten()) if axes else (FullyConnected(channels=4), ReLU())
    live = lab.live(lab.chain(Input(channels=5, axes=axes), *middle, FullyConnected(channels=2), Output()))
    sample = torch.rand(5, *axes)
    wanted = {(): (1, 5), (12,): (1, 12), (3, 6, 6): (6, 6)}[axes]
    aim = Aim("output_1", 1)
    for findings in (
        saliency(live, sample, aim),
        integrated(live, sample, aim, 64),
        occlusion(live, sample, aim, Cover(2, 1)),
    ):
        assert last(findings).map.shape == wanted
    if axes:
        assert last(gradcam(live, sample, aim)).map.shape == wanted
    Dream(live, aim).step(live, Manner())


def test_a_unit_behind_two_branches_is_explained_by_both(lab: SimpleNamespace) -> None:
    network = lab.chain(Input(channels=1, axes=(6, 6)), Convolution(channels=2), ReLU(), Add(), Flatten())
    network, fc = edits.append_after(network, "flatten_1", FullyConnected(channels=2))
    network, _ = edits.append_after(network, fc, Output())
    network = edits.connect(network, Wire("conv_1", "add_1", network.ports("add_1")[1]))
    live = build(network, resolve(network, catalogue()), 0)
    sample = torch.rand(1, 6, 6)
    found = last(integrated(live, sample, Aim("output_1", 0), 600))
    assert found.total == pytest.approx(found.value - found.baseline, rel=0.01, abs=1e-3)
    assert last(gradcam(live, sample, Aim("output_1", 0), "conv_1")).map.shape == (6, 6)
