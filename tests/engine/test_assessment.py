"""Every figure of an evaluation against a second way to it: by hand, or by loops that know no matrix."""

from __future__ import annotations

from math import ceil, exp, log

import numpy as np
import pytest
import torch

from convstudio.engine.assessment import BINS, Assessor, Bin, calibration_error, class_scores
from convstudio.engine.evaluation import evaluate


def assessed(scores, targets, cut=1000):
    assessor = Assessor()
    for some, answers in zip(torch.split(scores, cut), torch.split(targets, cut), strict=True):
        assessor.add(some, answers)
    return assessor.done()


def test_a_case_worked_by_hand():
    """Six samples of three classes: truths 0 0 0 1 1 2, answers 0 0 1 1 1 0."""
    answers = torch.tensor([0, 0, 1, 1, 1, 0])
    certain = torch.tensor([0.85, 0.62, 0.78, 0.55, 0.45, 0.95])
    rest = (1 - certain) / 2
    shares = rest[:, None].repeat(1, 3)
    shares[torch.arange(6), answers] = certain
    found = assessed(shares.log(), torch.tensor([0, 0, 0, 1, 1, 2]))
    assert found.confusion.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert found.accuracy == pytest.approx(4 / 6)
    zero, one, two = found.scores
    assert zero == pytest.approx((2 / 3, 2 / 3, 2 / 3, 2 / 4, 3))
    assert one == pytest.approx((2 / 3, 1.0, 4 / 5, 2 / 3, 2))
    assert (two.precision, two.recall, two.f1, two.iou, two.support) == (None, 0.0, 0.0, 0.0, 1)
    assert found.truths.tolist() == [0, 0, 0, 1, 1, 2]
    assert found.answers.tolist() == answers.tolist()
    assert found.certainties == pytest.approx(certain.numpy())
    rights = [0.85, 0.62, 0.11, 0.55, 0.45, 0.025]
    assert found.rights == pytest.approx(rights, abs=1e-6)
    assert found.losses == pytest.approx([-log(p) for p in rights], rel=1e-5)
    assert found.loss == pytest.approx(sum(-log(p) for p in rights) / 6, rel=1e-5)
    parts = {0.85: 1, 0.62: 1, 0.78: 0, 0.55: 1, 0.45: 1, 0.95: 0}
    assert found.calibration_error == pytest.approx(sum(abs(right - c) for c, right in parts.items()) / 6, abs=1e-6)


def test_scores_of_classes_against_sets_of_samples():
    generator = np.random.default_rng(3)
    truths, answers = generator.integers(0, 5, 400), generator.integers(0, 4, 400)  # nobody ever says 4
    confusion = np.zeros((5, 5), np.int64)
    for truth, answer in zip(truths, answers, strict=True):
        confusion[truth, answer] += 1
    for number, found in enumerate(class_scores(confusion)):
        there = {i for i, t in enumerate(truths) if t == number}
        said = {i for i, a in enumerate(answers) if a == number}
        assert found.support == len(there)
        assert found.precision == (pytest.approx(len(there & said) / len(said)) if said else None)
        assert found.recall == pytest.approx(len(there & said) / len(there))
        assert found.f1 == pytest.approx(2 * len(there & said) / (len(there) + len(said)))
        assert found.iou == pytest.approx(len(there & said) / len(there | said))


def test_calibration_against_a_loop_over_samples():
    torch.manual_seed(4)
    scores, targets = 3 * torch.randn(500, 6), torch.randint(0, 6, (500,))
    found = assessed(scores, targets)
    parts = {k: [] for k in range(BINS)}
    for row, target in zip(scores.tolist(), targets.tolist(), strict=True):
        shares = [exp(v - max(row)) for v in row]
        best = max(range(6), key=row.__getitem__)
        certainty = shares[best] / sum(shares)
        parts[ceil(certainty * BINS) - 1].append((certainty, best == target))
    for k, part in parts.items():
        count = len(part)
        assert found.bins[k].answers == count
        if count:
            assert found.bins[k].certainty == pytest.approx(sum(c for c, _ in part) / count, abs=1e-6)
            assert found.bins[k].accuracy == pytest.approx(sum(r for _, r in part) / count)
    gaps = [len(p) * abs(sum(r for _, r in p) / len(p) - sum(c for c, _ in p) / len(p)) for p in parts.values() if p]
    assert found.calibration_error == pytest.approx(sum(gaps) / 500, abs=1e-6)


def test_certainty_and_accuracy_that_agree_are_calibrated():
    assert calibration_error([Bin(10, 0.75, 0.75), Bin(4, 0.5, 0.5), Bin(0, 0.0, 0.0)]) == 0
    assert calibration_error([Bin(3, 0.9, 0.6), Bin(1, 0.4, 0.4)]) == pytest.approx(0.3 * 3 / 4)
    assert calibration_error([]) == 0


def test_how_samples_are_cut_does_not_matter():
    torch.manual_seed(5)
    scores, targets = torch.randn(50, 4), torch.randint(0, 4, (50,))
    whole, cut = assessed(scores, targets), assessed(scores, targets, cut=7)
    assert whole.confusion.tolist() == cut.confusion.tolist()
    assert np.array(whole.bins) == pytest.approx(np.array(cut.bins))
    assert whole.losses.tolist() == cut.losses.tolist()


def test_pixels_are_counted_one_by_one():
    torch.manual_seed(6)
    scores, targets = torch.randn(9, 3, 4, 5), torch.randint(0, 3, (9, 4, 5))
    found = assessed(scores, targets, cut=4)
    named = scores.argmax(1)
    expected = np.zeros((9, 3, 3), np.int64)
    for n in range(9):
        for truth, answer in zip(targets[n].flatten().tolist(), named[n].flatten().tolist(), strict=True):
            expected[n, truth, answer] += 1
    assert (found.samples, found.targets) == (9, 180)
    assert found.confusion.tolist() == expected.sum(axis=0).tolist()
    assert found.rights == pytest.approx([(named[n] == targets[n]).float().mean().item() for n in range(9)])
    assert sum(b.answers for b in found.bins) == 180
    for pair, samples in enumerate(found.examples):
        counts = expected[:, pair // 3, pair % 3]
        shown = [n for n in samples if n >= 0]
        assert [counts[n] for n in shown] == sorted((c for c in counts if c), reverse=True)


def test_scores_that_are_no_numbers_are_counted_and_left_out_of_calibration():
    scores = torch.tensor([[2.0, 0.0], [float("nan"), 0.0], [0.0, 1.0]])
    found = assessed(scores, torch.tensor([0, 1, 1]))
    assert (found.odd, found.samples) == (1, 3)
    assert sum(b.answers for b in found.bins) == 2
    assert np.isfinite(found.calibration_error)


def test_the_validation_of_a_run_gives_it_when_wanted(lab):
    run = lab.trainer(epochs=2)
    run.assessing = True
    _, done = lab.finished(run)
    found = run.assessment
    assert found.accuracy == pytest.approx(done[-1].accuracy)
    assert found.loss == pytest.approx(done[-1].loss, rel=1e-6)
    assert found.confusion.sum() == len(run.data.validation_labels)
    again = Assessor()
    evaluate(run.live, run.data.validation_images, run.data.validation_labels, assessor=again)
    assert again.done().confusion.tolist() == found.confusion.tolist()
    plain = lab.trainer(epochs=2)
    lab.finished(plain)
    assert plain.assessment is None
    assert lab.same_weights(run.live, plain.live)
