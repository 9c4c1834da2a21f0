"""Where numbers stop being numbers is found out, forward and backward, and nothing that was good is lost."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from convstudio.blocks import BatchNorm, catalogue
from convstudio.engine import breakdown, checkpoint
from convstudio.engine.run import Run
from convstudio.engine.story import Story
from convstudio.engine.training import NotANumber
from convstudio.network.document import Document
from convstudio.network.resolve import resolve


def spoil_gradient(trainer, block):
    """What the block hands back to those before it is no number."""
    child = trainer.live.parts[block]
    child.register_full_backward_hook(lambda module, back, forth: (back[0] * math.nan,))


def ended(trainer):
    def trained():
        for _ in trainer.steps():
            trainer.read()

    with pytest.raises(NotANumber) as caught:
        trained()
    return caught.value


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "rmsprop", "adagrad"])
def test_a_gradient_that_is_none_is_told_at_the_block_that_it_reached_first(lab, optimiser):
    run = lab.trainer(lab.small(), optimiser=optimiser)
    spoil_gradient(run, "fc_1")
    error = ended(run)
    assert error.block == "conv_1"
    assert "Convolution 3 × 3 (conv_1) is the first block that the gradient" in error.words.replace("3×3", "3 × 3")
    assert torch.isfinite(run.live.parts["fc_1"].weight).all()


def test_of_weights_that_are_all_spoiled_the_last_was_the_first(lab):
    run = lab.trainer(lab.small())
    run.live.parts["fc_1"].weight.register_hook(lambda g: g * math.inf)
    spoil_gradient(run, "fc_1")
    assert ended(run).block == "fc_1"


def test_with_clipping_the_weights_are_not_spoiled_and_the_block_is_known(lab):
    run = lab.trainer(lab.small(), gradient_clipping=1.0)
    before = {n: w.clone() for n, w in run.live.state_dict().items()}
    spoil_gradient(run, "fc_1")
    error = ended(run)
    assert error.block == "conv_1"
    assert "step 1 " in error.words
    assert all(torch.equal(w, before[n]) for n, w in run.live.state_dict().items())


def test_clipping_as_such_is_torchs(lab):
    """The same losses as with clip_grad_norm_, bit for bit."""
    from torch.nn.utils import clip_grad_norm_

    run, other = (lab.trainer(gradient_clipping=0.05, epochs=2) for _ in range(2))
    other._clipped = lambda: bool(clip_grad_norm_(other._weights, 0.05) >= 0)
    assert lab.finished(run)[0] == lab.finished(other)[0]


def test_forward_it_is_the_first_block_whose_result_is_not(lab):
    live = lab.live(lab.small())
    with torch.no_grad():
        live.parts["conv_1"].weight[:] = 3e38
    found = breakdown.origin(live, 10 * torch.ones(2, 1, 8, 8))
    assert found == ("conv_1", False)
    assert breakdown.words(live, found).endswith("(conv_1) is the first block whose result is not.")


def test_where_only_the_loss_is_none_that_is_said(lab):
    live = lab.live(lab.small())
    found = breakdown.origin(live, torch.rand(2, 1, 8, 8))
    assert found == ("", False)
    assert breakdown.words(live, found) == "The loss is the first place that is not."


def test_the_last_good_checkpoint_stays(lab, tmp_path: Path):
    """Averages of batch normalisation that a bad batch has spoiled are not kept, though all weights are numbers."""
    network = lab.small(BatchNorm())
    trainer = lab.trainer(network)
    document = Document(network, training=trainer.settings)
    analysis = resolve(network, catalogue())
    run = Run(document, analysis, trainer, tmp_path, Story.begun(document, analysis, "cpu", "one"))
    run.keep()
    steps = run.steps()
    next(steps)
    next(steps)
    run.read()
    run.keep()
    trainer.live.parts["conv_1"].register_forward_hook(lambda module, came, made: made * math.inf)
    next(steps)
    with pytest.raises(NotANumber):
        run.read()
    assert not breakdown.finite(trainer.live)
    run.keep()
    kept = checkpoint.load(tmp_path).state
    assert kept["position"]["step"] == 1
    assert all(torch.isfinite(w).all() for w in kept["weights"].values())
