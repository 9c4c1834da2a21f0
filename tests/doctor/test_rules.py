"""Every rule at its threshold: just below there is nothing, just above there is a finding."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import pytest
from msgspec.structs import replace as with_fields

from convstudio.blocks import Flatten, FullyConnected, Input, Output, ReLU, Sigmoid
from convstudio.doctor.diagnosis import diagnose
from convstudio.doctor.finding import Remedy
from convstudio.doctor.statistics import Breakdown, Course, Epoch, LossTrack, Statistics
from convstudio.network.document import Document, Network
from convstudio.network.training_settings import TrainingSettings
from convstudio.protocol.messages import Figures, Health, LayerHealth, View

VIEW = View(block="", what="checkup")
SETTINGS = TrainingSettings()
CLASSES = ("a", "b", "c")
GUESS = log(3)


def figures(norm=1.0, size=100, odd=0):
    return Figures(size, 0.0, norm / sqrt(size), -1.0, 1.0, norm, 2.0, (0,) * 64, odd)


def layer(block, gradient=None, update=None, units=0, dead=0, saturated=None):
    weights = figures() if gradient is not None else None
    slope = figures(gradient) if gradient is not None else None
    return LayerHealth(block, weights, slope, update, figures(), units, dead, saturated)


def look(*layers, step=1):
    return Health(run=1, step=step, view=VIEW, samples=32, layers=layers)


def looks(*layers, times=3):
    return tuple(look(*layers, step=n + 1) for n in range(times))


def rules(network=None, **known):
    found = Statistics(settings=SETTINGS, classes=CLASSES, **known)
    return [finding.rule for finding in diagnose(found, network or Network())]


def test_nothing_known_is_nothing_wrong():
    assert rules() == []


@pytest.mark.parametrize(("ratio", "expected"), [(1.1e-4, []), (0.9e-4, ["vanishing"])])
def test_vanishing_gradients(ratio, expected):
    assert rules(looks=looks(layer("one", ratio), layer("two", 1.0))) == expected


def test_gradients_that_fade_in_one_look_only_are_no_finding():
    good, bad = look(layer("one", 0.5), layer("two", 1.0)), look(layer("one", 1e-9), layer("two", 1.0))
    assert rules(looks=(bad, bad, good)) == []
    assert rules(looks=(bad, bad)) == []
    assert rules(looks=(good, bad, bad, bad)) == ["vanishing"]


def test_dead_units_explain_why_nothing_arrives_before_them():
    dead = looks(layer("one", 0.0), layer("relu", units=4, dead=4), layer("two", 1.0))
    assert rules(looks=dead) == ["dead"]


def test_what_is_learnt_perfectly_has_no_gradients_to_fade():
    assert rules(looks=looks(layer("one", 0.0), layer("two", 1e-31))) == []


@pytest.mark.parametrize(("norm", "expected"), [(999, []), (1001, ["exploding"]), (float("inf"), ["exploding"])])
def test_exploding_gradients(norm, expected):
    assert rules(looks=looks(layer("one", norm), times=1)) == expected


def test_the_norm_is_that_of_all_weights_together():
    assert rules(looks=looks(*(layer(str(n), 600.0) for n in range(3)), times=1)) == ["exploding"]


def test_a_gradient_that_is_no_number_is_told_at_the_last_block_that_has_it():
    odd = replace_gradients(layer("one", 1.0)), replace_gradients(layer("two", 1.0)), layer("three", 1.0)
    found = Statistics(settings=SETTINGS, looks=(look(*odd),))
    (finding,) = diagnose(found, Network())
    assert (finding.rule, finding.blocks) == ("exploding", ("two",))


def replace_gradients(entry):
    return LayerHealth(entry.block, entry.weights, figures(odd=3), None, entry.results, 0, 0, None)


@pytest.mark.parametrize(("dead", "expected"), [(49, []), (50, ["dead"])])
def test_dead_units(dead, expected):
    assert rules(looks=looks(layer("relu", units=100, dead=dead))) == expected


@pytest.mark.parametrize(("dead", "serious"), [(94, False), (95, True)])
def test_nearly_all_dead_is_serious(dead, serious):
    found = Statistics(settings=SETTINGS, looks=looks(layer("relu", units=100, dead=dead)))
    assert diagnose(found, Network())[0].serious is serious


def test_units_that_live_in_one_of_the_last_looks_are_not_dead():
    dead, alive = look(layer("relu", units=4, dead=4)), look(layer("relu", units=4, dead=1))
    assert rules(looks=(dead, alive, dead)) == []


@pytest.mark.parametrize(("share", "expected"), [(0.79, []), (0.8, ["saturated"])])
def test_saturated_units(share, expected):
    assert rules(looks=looks(layer("tanh", saturated=share))) == expected


@pytest.mark.parametrize(
    ("now", "expected"), [(1.99 * GUESS, []), (2.01 * GUESS, ["diverged"]), (float("nan"), ["diverged"])]
)
def test_a_diverged_loss(now, expected):
    assert rules(course=Course(60, 1.0, now, 0.9)) == expected


@pytest.mark.parametrize(
    ("now", "update", "steps", "expected"),
    [
        (0.96, 0.21, 100, ["rate_high"]),
        (0.94, 0.21, 100, []),
        (0.96, 0.19, 100, []),
        (0.96, 0.21, 99, []),
    ],
)
def test_a_rate_that_is_too_high(now, update, steps, expected):
    seen = looks(layer("one", 1.0, update), times=1)
    assert rules(course=Course(steps, 1.0, now, 0.9), looks=seen) == expected


@pytest.mark.parametrize(
    ("now", "update", "steps", "expected"),
    [
        (0.99, 0.9e-4, 200, ["rate_low"]),
        (0.97, 0.9e-4, 200, []),
        (0.99, 1.1e-4, 200, []),
        (0.99, 0.9e-4, 199, []),
        (0.99, 0.0, 200, []),
    ],
)
def test_a_rate_that_is_too_low(now, update, steps, expected):
    seen = looks(layer("one", 1.0, update), times=1)
    assert rules(course=Course(steps, 1.0, now, 0.9), looks=seen) == expected


def test_an_epoch_must_be_over_before_a_loss_is_expected_to_have_fallen():
    seen = looks(layer("one", 1.0, 1e-5), times=1)
    assert rules(course=Course(900, 1.0, 1.0, 1.0), looks=seen, batches=1000) == []


def history(last, training=0.1, accuracy=0.8):
    falling = (Epoch(1, 0.8, 0.6, 0.7), Epoch(2, 0.5, 0.4, 0.8), Epoch(3, 0.3, 0.45, 0.8), Epoch(4, 0.2, 0.5, 0.8))
    return (Epoch(0, float("nan"), 1.1, 0.3), *falling, Epoch(5, training, last, accuracy))


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [
        (history(0.61), ["overfitting"]),
        (history(0.59), []),
        (history(0.61, accuracy=0.82), []),
        (history(0.61, training=0.35), []),
        (history(0.61)[:5], []),
    ],
)
def test_over_fitting(epochs, expected):
    assert rules(epochs=epochs) == expected


@pytest.mark.parametrize(
    ("counts", "expected"), [((50, 20, 11), []), ((50, 20, 10), ["imbalance"]), ((9, 0), ["imbalance"])]
)
def test_unbalanced_labels(counts, expected):
    assert rules(counts=counts) == expected


def test_a_breakdown_comes_first_and_names_its_block():
    found = Statistics(
        settings=SETTINGS, breakdown=Breakdown("The loss is not a number.", "conv_1"), course=Course(60, 1.0, 99.0, 0.5)
    )
    (finding,) = diagnose(found, Network())
    assert (finding.rule, finding.blocks) == ("not_a_number", ("conv_1",))
    assert [dict(r.settings) for r in finding.remedies] == [{"learning_rate": 0.0003}, {"gradient_clipping": 1.0}]


def test_a_remedy_that_would_change_nothing_is_not_offered():
    done = with_fields(SETTINGS, gradient_clipping=0.5, learning_rate=1e-9)
    found = Statistics(settings=done, breakdown=Breakdown("The loss is not a number."))
    assert diagnose(found, Network())[0].remedies == ()


def test_a_remedy_changes_a_copy_of_the_document(clinic):
    network = clinic.chain(
        Input(channels=1, axes=(4, 4)),
        Flatten(),
        FullyConnected(channels=4),
        Sigmoid(),
        FullyConnected(channels=2),
        Output(),
    )
    document = Document(network, training=SETTINGS)
    changed = Remedy("slower", (("learning_rate", 0.1),)).apply(document)
    assert changed == replace(document, training=with_fields(SETTINGS, learning_rate=0.1))
    found = Statistics(settings=SETTINGS, looks=looks(layer("sigmoid_1", saturated=0.9)))
    norm, relu, *_ = diagnose(found, network)[0].remedies
    assert "batch_norm_1" in norm.apply(document).network.blocks
    assert ReLU() in [b.layer for b in relu.apply(document).network.blocks.values()]


def test_blocks_inside_of_groups_are_named_and_not_changed():
    found = Statistics(settings=SETTINGS, looks=looks(layer("group_1.0.relu_1", units=2, dead=2)))
    (finding,) = diagnose(found, Network())
    assert finding.blocks == ("group_1.0.relu_1",)
    assert [r.label for r in finding.remedies] == ["Learning rate 0.0003 instead of 0.003"]


def test_losses_are_summed_up():
    track = LossTrack()
    track.add([5.0] * 5)
    assert track.course is None
    track.add([float(n) for n in range(20)])
    assert track.course == Course(25, 5.0, 9.5, 6.5)
    track.add([0.0] * 20)
    assert track.course == Course(45, 5.0, 0.0, 0.0)
    assert track.epoch() == pytest.approx((25 + 190) / 45)
    assert track.epoch() != track.epoch()
