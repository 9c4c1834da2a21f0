"""The figures of every layer against torch's own, and that looking changes nothing."""

from __future__ import annotations

import pytest
import torch

from convstudio.blocks import BatchNorm, Dropout, ReLU, Sigmoid, Tanh
from convstudio.engine import task
from convstudio.engine.health import BINS, figures, standing


def by_hand(values: list[float], limit: float) -> list[int]:
    bins = [0] * BINS
    for value in values:
        bins[int((value + limit) / (2 * limit) * BINS)] += 1
    return bins


@pytest.mark.parametrize("scale", [1e-6, 0.3, 1.0, 40.0, 1e6])
def test_figures_are_torchs(scale):
    values = scale * torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(1))
    found = figures(values)
    assert found.size == 105
    assert found.mean == values.mean().item()
    assert found.std == values.std(correction=0).item()
    assert (found.low, found.high) == (values.min().item(), values.max().item())
    assert found.norm == values.norm().item()
    assert found.limit / 2 <= values.abs().max().item() < found.limit
    assert list(found.bins) == by_hand(values.flatten().tolist(), found.limit)


def test_a_doubled_limit_joins_pairs_of_bins():
    values = torch.randn(1000, generator=torch.Generator().manual_seed(2)).clamp(-1.9, 1.9)
    fine = figures(values)
    wide = by_hand(values.tolist(), 2 * fine.limit)
    joined = [0] * BINS
    for place, count in enumerate(fine.bins):
        joined[BINS // 4 + place // 2] += count
    assert joined == wide


def test_numbers_that_are_none_are_counted_apart():
    found = figures(torch.tensor([1.0, float("nan"), 3.0, float("inf"), -float("inf")]))
    assert (found.size, found.odd, found.mean, found.low, found.high) == (2, 3, 2.0, 1.0, 3.0)
    nothing = figures(torch.tensor([float("nan")]))
    assert (nothing.size, nothing.odd, sum(nothing.bins)) == (0, 1, 0)
    zeros = figures(torch.zeros(8))
    assert zeros.bins[BINS // 2] == 8
    huge = figures(torch.tensor([3e38, -3e38]))
    assert sum(huge.bins) == 2


def test_an_observed_step_is_the_step_itself(lab):
    """Dropout and batch normalisation included: losses and weights are bitwise those of a run that nobody looks at."""
    looked, plain = lab.trainer(epochs=2), lab.trainer(epochs=2)
    steps, seen = looked.steps(), []
    for _ in range(100):
        looked.checking = True
        if next(steps, None) is None:
            break
        if looked.health:
            seen.append(looked.health)
            looked.health = None
    losses = looked.read().losses.tolist()
    assert losses == lab.finished(plain)[0]
    assert lab.same_weights(looked.live, plain.live)
    assert [h.step for h in seen] == list(range(1, looked.step + 1))
    assert all(h.seconds > 0 for h in seen)


def test_the_figures_of_a_step_are_those_of_torch(lab):
    run = lab.trainer(lab.small(), epochs=1, optimiser="sgd", learning_rate=0.1, gradient_clipping=0.01)
    before = {n: w.detach().clone() for n, w in run.live.named_parameters()}
    images, labels = run._batches.batch(0, 0)
    fresh = lab.live(lab.small())
    results = fresh.results(images, tuple(fresh.shapes))
    task.loss(results["output_1"], labels).backward()
    gradients = {n: w.grad for n, w in fresh.named_parameters()}
    steps = run.steps()
    next(steps)
    run.checking = True
    next(steps)
    layers = {layer.block: layer for layer in run.health.layers}
    assert list(layers) == ["conv_1", "relu_1", "max_pool_1", "fc_1"]
    for block in ("conv_1", "fc_1"):
        now, was = run.live.get_parameter(f"{block}.weight").detach(), before[f"{block}.weight"]
        assert layers[block].weights == figures(now)
        assert layers[block].gradients == figures(gradients[f"{block}.weight"])
        assert layers[block].update == pytest.approx(((now - was).norm() / was.norm()).item(), rel=1e-5)
    for block in layers:
        assert layers[block].results == figures(results[block])
    assert layers["relu_1"].weights is None
    assert run.health.samples == len(images)
    assert not run.checking


def test_the_share_of_dead_units(lab):
    live = lab.live(lab.small())
    with torch.no_grad():
        live.parts["conv_1"].bias[:] = torch.tensor([-100.0, 100.0, 0.0, -100.0])
    images = torch.rand(5, 1, 8, 8)
    health = standing(live, images, torch.zeros(5, dtype=torch.long), 0)
    (relu,) = [layer for layer in health.layers if layer.block == "relu_1"]
    assert (relu.units, relu.dead) == (4, 2)
    assert relu.saturated is None


@pytest.mark.parametrize(("layer", "slope"), [(Sigmoid(), torch.sigmoid), (Tanh(), torch.tanh)])
def test_saturation_is_where_autograd_finds_less_than_a_tenth_of_the_steepest_slope(lab, layer, slope):
    live = lab.live(lab.chain(*[b.layer for b in lab.small(layer).blocks.values()]))
    with torch.no_grad():
        live.parts["conv_1"].weight *= 8
    images = 2 * torch.rand(4, 1, 8, 8)
    health = standing(live, images, torch.zeros(4, dtype=torch.long), 0)
    (found,) = [entry for entry in health.layers if entry.saturated is not None]
    x = live.results(images, ("conv_1",))["conv_1"].detach().requires_grad_()
    slope(x).sum().backward()
    steepest = 0.25 if isinstance(layer, Sigmoid) else 1.0
    assert found.saturated == pytest.approx((x.grad < steepest / 10).float().mean().item(), abs=0.002)
    assert 0.1 < found.saturated < 0.9


def test_looking_at_a_network_that_stands_changes_nothing(lab):
    live = lab.live(lab.small(BatchNorm(), Dropout()))
    before = {n: v.clone() for n, v in live.state_dict().items()}
    random = torch.get_rng_state()
    live.eval()
    one = standing(live, torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1)), torch.arange(6) % 3, 7)
    assert not live.training
    assert torch.equal(random, torch.get_rng_state())
    assert all(torch.equal(v, before[n]) for n, v in live.state_dict().items())
    assert all(w.grad is None for w in live.parameters())
    assert one.step == 7
    assert all(layer.update is None for layer in one.layers)
    weighted = [layer for layer in one.layers if layer.weights]
    assert [layer.block for layer in weighted] == ["conv_1", "batch_norm_1", "fc_1"]
    assert all(layer.gradients.norm > 0 for layer in weighted if layer.block != "conv_1")


def test_frozen_weights_have_no_gradients_and_no_update(lab):
    live = lab.live(lab.small())
    live.parts["conv_1"].requires_grad_(False)
    health = standing(live, torch.rand(4, 1, 8, 8), torch.zeros(4, dtype=torch.long), 0)
    assert health.layers[0].gradients is None
    assert health.layers[0].weights.size == 36


def test_of_large_results_only_the_first_samples_are_counted(lab, monkeypatch):
    monkeypatch.setattr("convstudio.engine.health.MOST", 600)
    live = lab.live(lab.small())
    images = torch.rand(5, 1, 8, 8)
    health = standing(live, images, torch.zeros(5, dtype=torch.long), 0)
    conv = live.results(images, ("conv_1",))["conv_1"]
    assert health.layers[0].results == figures(conv[:2])


def test_a_step_without_a_number_has_no_health(lab):
    run = lab.trainer(lab.small(ReLU()), epochs=1)
    with torch.no_grad():
        run.live.parts["conv_1"].weight[:] = float("nan")
    steps = run.steps()
    next(steps)
    run.checking = True
    next(steps)
    assert run.health is None
