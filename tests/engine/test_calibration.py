"""Calibration: it measures every candidate, chooses the fastest, and leaves everything as it was."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from convstudio.blocks import Input, ReLU
from convstudio.engine import calibration, devices
from convstudio.engine.calibration import calibrate
from convstudio.engine.progress import Unfit
from convstudio.network.training_settings import TrainingSettings

CPU = torch.device("cpu")
IMAGES = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "BUDGET", 0.01)


def timed(monkeypatch: pytest.MonkeyPatch, cost: dict[tuple[int, str], float]) -> None:
    """Let a step cost what `cost` says for threads and layout."""

    def step(trial: calibration._Trial) -> float:
        last = trial._images.stride()[1] == 1 and trial._images.shape[1] > 1
        return cost[torch.get_num_threads(), "channels_last" if last else "contiguous"]

    monkeypatch.setattr(calibration._Trial, "_step", step)
    monkeypatch.setattr(calibration, "BUDGET", 0.0)


def test_nothing_is_changed(lab: SimpleNamespace) -> None:
    live = lab.live(lab.random_parts())
    before = {name: value.clone() for name, value in live.state_dict().items()}
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    calibrate(live, IMAGES, TrainingSettings(batch_size=4), CPU)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in live.state_dict().items())
    assert all(weights.grad is None for weights in live.parameters())
    assert live.training


def test_every_candidate_is_tried(lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cpu_cores", lambda: 2)
    found = calibrate(lab.live(lab.small()), IMAGES, TrainingSettings(batch_size=4), CPU)
    assert set(found.seconds) == {(n, layout) for n in (1, 2) for layout in devices.FORMATS}
    assert all(seconds > 0 for seconds in found.seconds.values())


def test_the_fastest_is_chosen(lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cpu_cores", lambda: 4)
    images, live = torch.rand(3, 2, 8, 8), lab.live(lab.small(channels=2))
    cost = {(n, layout): 9.0 for n in (1, 2, 4) for layout in devices.FORMATS} | {(2, "channels_last"): 1.0}
    timed(monkeypatch, cost)
    found = calibrate(live, images, TrainingSettings(), CPU)
    assert (found.threads, found.memory_format) == (2, torch.channels_last)
    assert found.seconds == cost


def test_noise_does_not_decide(lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cpu_cores", lambda: 2)
    cost = {(1, "channels_last"): 1.0, (1, "contiguous"): 0.93, (2, "channels_last"): 0.95, (2, "contiguous"): 0.91}
    timed(monkeypatch, cost)
    live, images = lab.live(lab.small(channels=2)), torch.rand(3, 2, 8, 8)
    found = calibrate(live, images, TrainingSettings(), CPU)
    assert (found.threads, found.memory_format) == (1, torch.channels_last)
    timed(monkeypatch, cost | {(1, "contiguous"): 0.89, (2, "channels_last"): 0.81})
    found = calibrate(live, images, TrainingSettings(), CPU)
    assert (found.threads, found.memory_format) == (1, torch.contiguous_format)


def test_threads_that_a_person_set_are_not_searched_for(lab: SimpleNamespace) -> None:
    found = calibrate(lab.live(lab.small()), IMAGES, TrainingSettings(threads=2), CPU)
    assert found.threads == 2
    assert set(found.seconds) == {(2, "contiguous"), (2, "channels_last")}


@pytest.mark.parametrize("name", ["contiguous", "channels_last"])
def test_a_memory_format_that_a_person_set_is_not_searched_for(
    lab: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(devices, "cpu_cores", lambda: 2)
    found = calibrate(lab.live(lab.small()), IMAGES, TrainingSettings(memory_format=name), CPU)
    assert found.memory_format == devices.FORMATS[name]
    assert set(found.seconds) == {(1, name), (2, name)}


def test_a_signal_has_one_layout_only(lab: SimpleNamespace) -> None:
    from convstudio.blocks import Convolution, Flatten, FullyConnected, Output

    network = lab.chain(Input(axes=(9,)), Convolution(channels=2), Flatten(), FullyConnected(channels=3), Output())
    found = calibrate(lab.live(network), torch.rand(2, 1, 9), TrainingSettings(threads=1), CPU)
    assert list(found.seconds) == [(1, "contiguous")]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_few_samples_make_a_whole_batch(size: int) -> None:
    batch = calibration._batch(IMAGES, size)
    assert len(batch) == max(2, size)
    assert all(torch.equal(image, IMAGES[n % 3]) for n, image in enumerate(batch))


def test_what_cannot_be_trained_is_refused_in_words(lab: SimpleNamespace) -> None:
    with pytest.raises(Unfit, match="no Output"):
        calibrate(lab.live(lab.chain(Input(axes=(8, 8)), ReLU())), IMAGES, TrainingSettings(), CPU)
    with pytest.raises(Unfit, match="expects samples of 2"):
        calibrate(lab.live(lab.small(channels=2)), IMAGES, TrainingSettings(), CPU)
