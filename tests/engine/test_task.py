"""A class for each pixel, the second task: loss, share of right pixels and mean IoU, against plain arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from convstudio.blocks import Convolution, Input, Output, Pointwise, ReLU
from convstudio.data import load
from convstudio.engine import task
from convstudio.engine.build import build
from convstudio.engine.evaluation import evaluate
from convstudio.engine.probe import maps
from convstudio.engine.progress import EpochDone, Unfit
from convstudio.engine.project import analysed
from convstudio.engine.resident import resident
from convstudio.engine.training import Trainer
from convstudio.network.document import DataChoice, Document
from convstudio.network.facts import Sample
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.network.training_settings import TrainingSettings

CPU = torch.device("cpu")
FEW = DataChoice(name="shapes-outlines", validation_share=0.9)


def pixelwise(lab, classes: int = 6):
    return lab.chain(
        Input(channels=3, axes=(32, 32)), Convolution(channels=8), ReLU(), Pointwise(channels=classes), Output()
    )


def random_answers() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    scores = torch.randn(5, 4, 6, 7, generator=generator)
    return scores, torch.randint(0, 3, (5, 6, 7), generator=generator)  # class 3 never occurs in the targets


def iou_by_sets(named: np.ndarray, truth: np.ndarray, classes: int) -> float:
    shares = []
    for number in range(classes):
        answered, there = set(np.flatnonzero(named == number)), set(np.flatnonzero(truth == number))
        if answered | there:
            shares.append(len(answered & there) / len(answered | there))
    return float(np.mean(shares))


def test_figures_of_pixels_by_arithmetic() -> None:
    scores, targets = random_answers()
    each = torch.stack([cross_entropy(s[None], t[None]) for s, t in zip(scores, targets, strict=True)])
    torch.testing.assert_close(task.losses(scores, targets), each)
    named = scores.argmax(1)
    assert task.hits(scores, targets).tolist() == [
        pytest.approx(float((n == t).double().mean())) for n, t in zip(named, targets, strict=True)
    ]
    found = task.mean_iou(task.confusion(scores, targets))
    assert found == pytest.approx(iou_by_sets(named.numpy().ravel(), targets.numpy().ravel(), 4))


def test_a_class_that_nobody_names_does_not_count() -> None:
    targets = torch.tensor([[[0, 1], [1, 1]]])
    scores = torch.nn.functional.one_hot(targets, 5).movedim(-1, 1).float()
    assert task.mean_iou(task.confusion(scores, targets)) == 1.0


def test_figures_of_whole_samples_are_those_of_before() -> None:
    scores, targets = torch.randn(9, 4), torch.randint(0, 4, (9,))
    torch.testing.assert_close(task.losses(scores, targets), cross_entropy(scores, targets, reduction="none"))
    assert task.hits(scores, targets).dtype == torch.bool


def test_evaluation_does_not_depend_on_how_samples_are_cut(lab) -> None:
    live = lab.live(pixelwise(lab))
    data = load("shapes-outlines")
    images, targets = torch.from_numpy(data.images[:300] / np.float32(255)), torch.from_numpy(data.targets[:300])
    whole, cut = evaluate(live, images, targets, 300), evaluate(live, images, targets)
    assert whole.loss == pytest.approx(cut.loss, rel=1e-6)
    assert (whole.accuracy, whole.mean_iou) == pytest.approx((cut.accuracy, cut.mean_iou))
    assert 0 < whole.mean_iou < whole.accuracy < 1


def test_whole_samples_have_no_mean_iou(lab) -> None:
    done = lab.finished(lab.trainer(epochs=1))[1]
    assert {d.mean_iou for d in done} == {None}


def test_a_network_learns_pixels_and_reports_shares_of_pixels(lab) -> None:
    network = pixelwise(lab)
    live = lab.live(network)
    trainer = Trainer(live, resident(load("shapes-outlines"), FEW, CPU), TrainingSettings(epochs=3, learning_rate=0.01))
    _, done = lab.finished(trainer)
    assert done[-1].loss < 0.75 * done[0].loss
    assert done[-1].accuracy > 0.7
    progress_hits = [step for step in done if isinstance(step, EpochDone)]
    assert all(0 <= d.mean_iou <= 1 for d in progress_hits)


def test_the_hits_of_a_step_are_the_share_of_its_pixels(lab) -> None:
    data = resident(load("shapes-outlines"), FEW, CPU)
    live = lab.live(pixelwise(lab))
    trainer = Trainer(live, data, TrainingSettings(epochs=1, batch_size=len(data.train_labels)))
    with torch.no_grad():
        expected = (live.train()(data.train_images).argmax(1) == data.train_labels).double().mean()
    next(s for s in trainer.steps() if not isinstance(s, EpochDone))
    assert trainer.read().hits.tolist() == [pytest.approx(float(expected))]


def test_the_answer_for_one_sample_is_a_map_of_classes(lab) -> None:
    live = lab.live(pixelwise(lab))
    image = torch.rand(3, 32, 32)
    look = maps(live, image, {})
    with torch.no_grad():
        expected = live(image[None]).argmax(1)[0]
    assert look.class_map.dtype == np.uint8
    assert (look.class_map == expected.numpy()).all()
    assert len(look.probabilities) == 0


def test_a_row_of_scores_is_no_map(lab) -> None:
    assert maps(lab.live(lab.small()), torch.rand(1, 8, 8), {}).class_map is None


def test_what_does_not_name_every_pixel_is_refused_in_words(lab) -> None:
    data = resident(load("shapes-outlines"), FEW, CPU)
    smaller = lab.chain(Input(channels=3, axes=(32, 32)), Convolution(channels=6, padding="none"), Output())
    with pytest.raises(Unfit, match="30 × 30"):
        Trainer(lab.live(smaller), data, TrainingSettings())
    with pytest.raises(Unfit, match="has 6 classes"):
        Trainer(lab.live(pixelwise(lab, classes=5)), data, TrainingSettings())


SAMPLE = Sample(Shape(3, (32, 32)), tuple("abcdef"), "Shapes", "pixels")


def test_the_problem_on_the_canvas_has_the_arithmetic_and_a_fix(lab) -> None:
    from convstudio.blocks import catalogue

    assert resolve(pixelwise(lab), catalogue(), SAMPLE).problems == ()
    (narrow,) = resolve(pixelwise(lab, classes=4), catalogue(), SAMPLE).problems
    assert narrow.title == "The output does not match the classes"
    mended = narrow.fixes[0].apply(pixelwise(lab, classes=4))
    assert resolve(mended, catalogue(), SAMPLE).problems == ()
    small = lab.chain(Input(channels=3, axes=(32, 32)), Convolution(channels=6, padding="none"), Output())
    (odd,) = resolve(small, catalogue(), SAMPLE).problems
    assert odd.title == "The output does not name every pixel"
    assert "6 feature maps of 32 × 32, one a class. It gets 6 feature maps of 30 × 30" in odd.words


def test_a_whole_project_is_analysed_for_its_task(lab) -> None:
    document = Document(pixelwise(lab), FEW)
    assert analysed(document).problems == ()
    live = build(document.network, analysed(document), 0)
    assert live.shapes[live.output] == Shape(6, (32, 32))
