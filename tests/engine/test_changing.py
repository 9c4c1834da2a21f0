"""A run that goes on changed: with other threads or another memory format at once, and with blocks that come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from convstudio.blocks import BatchNorm, Convolution, catalogue
from convstudio.engine import changing
from convstudio.engine.run import Run
from convstudio.engine.story import Story
from convstudio.engine.training import StepDone, Trainer
from convstudio.engine.weight_memory import WeightMemory
from convstudio.network.document import DataChoice, Document
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import TrainingSettings
from convstudio.runs.metrics import metrics


@pytest.fixture(autouse=True)
def _threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def document(lab: SimpleNamespace, **settings: object) -> Document:
    chosen = TrainingSettings(**{"epochs": 2, "batch_size": 5, "threads": 1, **settings})
    return Document(lab.small(BatchNorm()), DataChoice(), chosen)


def in_the_middle_of_an_epoch(lab: SimpleNamespace, folder: Path | None = None) -> Run:
    torch.set_num_threads(1)
    made = document(lab)
    trainer = Trainer(lab.live(made.network), lab.samples(), made.training)
    analysis = resolve(made.network, catalogue())
    run = Run(made, analysis, trainer, folder, Story.begun(made, analysis, "cpu", ""))
    steps = run.steps()
    while trainer.step < 2:
        next(steps)
    return run


def test_other_threads_compute_from_the_next_step_on(lab: SimpleNamespace) -> None:
    run = in_the_middle_of_an_epoch(lab)
    later = document(lab, threads=2)
    assert changing.differs(run, later)
    changed = changing.change(run, later, run.analysis).run
    assert torch.get_num_threads() == changed.threads == changed.way.threads == 2
    kept = changing.change(changed, document(lab, threads=0), run.analysis).run
    assert kept.threads == 2  # nothing is named, so nothing changes


def test_another_memory_format_goes_on_with_the_same_samples(lab: SimpleNamespace) -> None:
    plain, run = in_the_middle_of_an_epoch(lab), in_the_middle_of_an_epoch(lab)
    changed = changing.change(run, document(lab, memory_format="channels_last"), run.analysis)
    trainer = changed.run.trainer
    assert changed.fresh == ()
    assert changed.run.way.memory_format == "channels_last"
    assert trainer.data.train_images.is_contiguous(memory_format=torch.channels_last)
    done = next(trainer.steps())
    assert isinstance(done, StepDone)
    assert (done.step, done.epoch, done.batch) == (3, 1, 3)  # the epoch goes on; it does not begin again
    expected = [float(x) for x in (lab.finished(plain.trainer), plain.trainer.read().losses)[1]]
    lab.finished(trainer)
    assert [float(x) for x in trainer.read().losses] == pytest.approx(expected[2:], rel=1e-3)


def test_the_epochs_that_are_written_down_are_those_of_the_run_also_with_another_batch_size(
    lab: SimpleNamespace, tmp_path: Path
) -> None:
    run = in_the_middle_of_an_epoch(lab, tmp_path)
    run.read()
    run.write()
    changed = changing.change(run, document(lab, batch_size=2), run.analysis).run
    told = []
    for done in changed.steps():
        if isinstance(done, StepDone):
            told.append((done.step, done.epoch))
            changed.read()
    changed.write()
    rows = [(row["step"], row["epoch"]) for row in metrics(tmp_path) if "loss" in row]
    assert rows == [(1, 1), (2, 1), *told]
    assert rows[-1][1] == 2


def test_a_block_that_comes_back_has_the_weights_and_the_moments_it_had(lab: SimpleNamespace) -> None:
    run, memory = in_the_middle_of_an_epoch(lab), WeightMemory()
    with_it = run.document
    block = next(i for i, part in run.trainer.live.parts.items() if isinstance(part, torch.nn.BatchNorm2d))
    had = {name: value.clone() for name, value in run.trainer.live.parts[block].state_dict().items()}
    knew = {key: value for key, value in run.trainer.known().items() if key.startswith(block)}
    without_it = replace(with_it, network=lab.small())
    gone = changing.change(run, without_it, resolve(without_it.network, catalogue()), memory)
    next(steps := gone.run.steps())
    next(steps)
    back = changing.change(gone.run, with_it, run.analysis, memory)
    assert gone.back == back.fresh == ()
    assert back.back == (block,)
    assert knew
    assert len(had) == 5
    for name, value in back.run.trainer.live.parts[block].state_dict().items():
        assert torch.equal(value, had[name])
    known = back.run.trainer.known()
    assert all(torch.equal(known[key], value) for key, value in knew.items())


def test_a_block_in_a_form_it_never_had_starts_afresh(lab: SimpleNamespace) -> None:
    run, memory = in_the_middle_of_an_epoch(lab), WeightMemory()
    other = replace(run.document, network=lab.small(Convolution(channels=3)))
    changed = changing.change(run, other, resolve(other.network, catalogue()), memory)
    assert changed.back == ()
    assert any(i.startswith("conv") for i in changed.fresh)
