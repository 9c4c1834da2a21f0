"""What the worker shows beside masks and maps: changes since the start, gradients, activity, the answer alone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from convstudio.blocks import Convolution, catalogue
from convstudio.network import file, grouping
from convstudio.protocol import messages as m

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]

MASKS, CHANGES, GRADIENTS = (m.View(block="conv_1", what=what) for what in ("masks", "changes", "gradients"))
ACTIVITY = m.View(block="relu_1", what="activity")
ANSWER = m.View(block="", what="answer")


def credit(event: m.Event) -> tuple[m.Credit, ...]:
    return (m.Credit(view=event.view),) if isinstance(event, m.Masks | m.Maps | m.Activity) else ()


def numbers(array: m.Array) -> np.ndarray:
    return np.frombuffer(array.data, array.kind).reshape(array.shape)


def of(events: list[m.Event], view: m.View) -> list[m.Masks]:
    return [e for e in events if isinstance(e, m.Masks) and e.view == view]


def test_an_untrained_network_has_not_changed_and_shows_the_gradient_of_a_trial(play: Play, document: Text) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS, CHANGES, GRADIENTS)), then=credit)
    (change,), (gradient,) = of(events, CHANGES), of(events, GRADIENTS)
    assert not numbers(change.arrays[0]).any()
    assert gradient.trial
    assert numbers(gradient.arrays[0]).shape == (2, 1, 5, 5)
    assert numbers(gradient.arrays[0]).any()


EVERYTHING = ("input_1", "conv_1", "relu_1", "flatten_1", "fc_1", "output_1")


@pytest.mark.parametrize("without", [("input_1",), EVERYTHING])
def test_without_an_input_there_is_no_answer_and_no_fault(play: Play, document: Text, without: tuple[str, ...]) -> None:
    whole, cut = m.SetDocument(revision=1, text=document()), m.SetDocument(revision=2, text=document(without=without))
    events = play(m.Watch(views=(ANSWER, MASKS, ACTIVITY)), whole, cut, then=credit)
    assert any(isinstance(event, m.Built) and event.revision == 2 for event in events)
    assert not [event for event in events if isinstance(event, m.Fault)]


def test_changes_are_the_masks_less_those_before_the_first_step(play: Play, document: Text) -> None:
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Watch(views=(MASKS, CHANGES, GRADIENTS)),
        m.Train(run=1),
        then=credit,
    )
    masks, changes = of(events, MASKS), of(events, CHANGES)
    start, end = numbers(masks[0].arrays[0]), numbers(masks[-1].arrays[0])
    assert (masks[-1].run, masks[-1].step) == (changes[-1].run, changes[-1].step) == (1, 16)
    np.testing.assert_allclose(numbers(changes[-1].arrays[0]), end - start, atol=1e-6)
    assert np.abs(end - start).max() > 1e-3
    assert not of(events, GRADIENTS)[-1].trial


def test_a_block_that_comes_into_a_group_keeps_its_start(play: Play, document: Text) -> None:
    text = document()
    opened = file.parse(text, catalogue())
    network, group = grouping.group(opened.network, ["conv_1", "relu_1"])
    inside = m.View(block=f"{group}.conv_1", what="changes")
    grouped = file.dump(replace(opened, network=network))

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.State) and event.state == "finished":
            return (m.SetDocument(revision=2, text=grouped), m.Watch(views=(inside,)))
        return credit(event)

    events = play(m.SetDocument(revision=1, text=text), m.Watch(views=(CHANGES,)), m.Train(run=1), then=then)
    (after,) = of(events, inside)
    np.testing.assert_array_equal(numbers(after.arrays[0]), numbers(of(events, CHANGES)[-1].arrays[0]))


def test_a_changed_block_starts_then(play: Play, document: Text) -> None:
    wider = document({"conv_1": Convolution(channels=3, mask=(5,), stride=(4,), padding="none")})

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.State) and event.state == "finished":
            return (m.SetDocument(revision=2, text=wider),)
        return credit(event)

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(CHANGES,)), m.Train(run=1), then=then)
    last = numbers(of(events, CHANGES)[-1].arrays[0])
    assert last.shape[0] == 3
    assert not last.any()


def test_activity_of_a_batch_and_the_answer_without_any_map(play: Play, document: Text) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(ACTIVITY, ANSWER)), then=credit)
    (activity,) = (e for e in events if isinstance(e, m.Activity))
    assert activity.samples == 64
    low, high, mean = (numbers(a) for a in (activity.low, activity.high, activity.mean))
    assert low.shape == high.shape == mean.shape == (2,)
    assert (low >= 0).all()
    assert (mean <= high).all()
    assert sum(isinstance(e, m.Scores) for e in events) == 1


def test_another_sample_is_answered_at_once_during_a_run(play: Play, document: Text) -> None:
    asked: list[m.Event] = []

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and not asked:
            asked.append(event)
            return (m.WatchSample(number=3),)
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=then)
    (scores,) = (e for e in events if isinstance(e, m.Scores))
    assert scores.run == 1


@pytest.mark.parametrize("view", [GRADIENTS, ACTIVITY])
def test_what_cannot_be_had_is_not_sent(play: Play, document: Text, view: m.View) -> None:
    broken = document(without=("flatten_1",))
    events = play(m.SetDocument(revision=1, text=broken), m.Watch(views=(view,)))
    assert not any(isinstance(e, m.Masks) for e in events)


def test_a_view_that_is_opened_during_a_run_is_not_left_empty_until_watching_is_paid_for(
    play: Play, document: Text
) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and event.step == 3:
            return (m.Watch(views=(ANSWER, MASKS)),)
        return credit(event)

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(ANSWER,)), m.Train(run=1), then=then)
    assert of(events, MASKS)[0].step <= 5
