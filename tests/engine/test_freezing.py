"""Frozen blocks: training leaves them alone to the last bit, also in the middle of a run; others learn."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from convstudio.blocks import BatchNorm, catalogue
from convstudio.engine import changing, starting
from convstudio.engine.build import LiveNetwork
from convstudio.engine.run import Run
from convstudio.engine.story import Story
from convstudio.engine.training import StepDone, Trainer, Unfit
from convstudio.network import freezing
from convstudio.network.document import DataChoice, Document, Network
from convstudio.network.resolve import resolve
from convstudio.network.training_settings import TrainingSettings

OPTIMISERS = ("adam", "adamw", "sgd", "rmsprop", "adagrad")


def frozen_trainer(lab: SimpleNamespace, *frozen: str, **settings: object) -> Trainer:
    network = lab.small(BatchNorm())
    chosen = TrainingSettings(**{"epochs": 2, "batch_size": 5, "weight_decay": 0.1, **settings})
    return Trainer(lab.live(network), lab.samples(), chosen, frozen)


def changed_blocks(before: dict[str, torch.Tensor], live: LiveNetwork) -> set[str]:
    now = live.state_dict()
    return {name.partition(".")[0] for name, value in before.items() if not torch.equal(value, now[name])}


def copied(live: LiveNetwork) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in live.state_dict().items()}


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_frozen_blocks_stay_and_the_others_learn(lab: SimpleNamespace, optimiser: str) -> None:
    run = frozen_trainer(lab, "conv_1", "batch_norm_1", optimiser=optimiser, gradient_clipping=1.0)
    before = copied(run.live)
    lab.finished(run)
    assert changed_blocks(before, run.live) == {"fc_1"}


def test_a_frozen_normalisation_goes_by_its_averages(lab: SimpleNamespace) -> None:
    run = frozen_trainer(lab, "batch_norm_1")
    run.live.parts["batch_norm_1"].running_mean.fill_(5.0)
    images = torch.rand(4, 1, 8, 8)
    learning, evaluating = run.live.train()(images), run.live.eval()(images)
    assert torch.equal(learning, evaluating)
    before = copied(run.live)
    lab.finished(run)
    assert changed_blocks(before, run.live) == {"conv_1", "fc_1"}
    assert run.live.train().parts["batch_norm_1"].training is False
    assert run.live.training


def test_what_was_frozen_learns_again_with_the_optimisers_memory_of_it(lab: SimpleNamespace) -> None:
    run = frozen_trainer(lab)
    steps = run.steps()
    for _ in range(4):
        next(steps)
    remembered = {k: v for k, v in run.state()["optimiser"].items() if k.startswith("conv_1.weight")}
    run.live.freeze(["conv_1"])
    before = copied(run.live)
    for _ in range(3):
        next(steps)
    assert "conv_1" not in changed_blocks(before, run.live)
    assert all(torch.equal(run.state()["optimiser"][k], v) for k, v in remembered.items())
    run.live.freeze([])
    while not isinstance(next(steps), StepDone):
        pass
    assert "conv_1" in changed_blocks(before, run.live)


def test_nothing_left_to_learn_is_said(lab: SimpleNamespace) -> None:
    with pytest.raises(Unfit, match="All blocks that have weights are frozen"):
        frozen_trainer(lab, "conv_1", "batch_norm_1", "fc_1")


def document(network: Network, **settings: object) -> Document:
    return Document(network, DataChoice(), TrainingSettings(**settings))


def running(lab: SimpleNamespace, network: Network, **settings: object) -> Run:
    made = document(network, **{"epochs": 3, "batch_size": 5, **settings})
    trainer = Trainer(lab.live(network), lab.samples(), made.training, freezing.frozen_ids(network))
    analysis = resolve(network, catalogue())
    return Run(made, analysis, trainer, None, Story.begun(made, analysis, "cpu", ""))


def test_freezing_in_the_middle_of_a_run(lab: SimpleNamespace) -> None:
    network = lab.small(BatchNorm())
    run = running(lab, network)
    steps = run.steps()
    for _ in range(4):
        next(steps)
    later = document(freezing.freeze(network, ["conv_1"]), epochs=3, batch_size=5)
    assert changing.differs(run, later)
    changed = changing.change(run, later, resolve(later.network, catalogue()))
    assert changed.fresh == ()
    assert changed.run.trainer.step == run.trainer.step
    before = copied(changed.run.trainer.live)
    lab.finished(changed.run.trainer)
    assert changed_blocks(before, changed.run.trainer.live) == {"batch_norm_1", "fc_1"}


def test_a_run_goes_on_as_it_was_where_all_would_be_frozen(lab: SimpleNamespace) -> None:
    network = lab.small(BatchNorm())
    run = running(lab, network)
    next(run.steps())
    later = document(freezing.freeze(network, network.blocks), epochs=3, batch_size=5)
    with pytest.raises(Unfit):
        changing.change(run, later, resolve(later.network, catalogue()))
    before = copied(run.trainer.live)
    lab.finished(run.trainer)
    assert changed_blocks(before, run.trainer.live) == {"conv_1", "batch_norm_1", "fc_1"}


def test_what_is_frozen_belongs_to_a_run(lab: SimpleNamespace) -> None:
    network = lab.small()
    own, other = document(network), document(freezing.freeze(network, ["conv_1"]))
    assert starting.difference(own, other) == "choice of frozen blocks"
    assert starting.difference(own, document(network, epochs=99)) == ""
    assert starting.difference(own, document(network, initialisation="he")) == "initialisation"
