"""Switching maps off while looking: pictures, answers and measurements follow, training does not notice."""

from collections.abc import Callable

import numpy as np
import pytest

from convstudio.network.muting import Mute
from convstudio.protocol import messages as m

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]

MAPS = m.View(block="relu_1", what="maps")
OFF = m.SetMuted(mutes=(Mute("relu_1", 0),))


def numbers(array: m.Array) -> np.ndarray:
    return np.frombuffer(array.data, array.kind).reshape(array.shape)


def of(events: list[m.Event], kind: type) -> list:
    return [e for e in events if isinstance(e, kind)]


def test_pictures_and_answer_respond_and_come_back(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        if not isinstance(event, m.Maps):
            return ()
        seen.append(event)
        return (m.Credit(view=MAPS), *([OFF] if len(seen) == 1 else [m.SetMuted()] if len(seen) == 2 else []))

    seen: list[m.Event] = []
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MAPS,)), then=then)
    whole, muted, again = of(events, m.Maps)
    assert whole.maps == again.maps
    assert numbers(whole.maps)[0].any()
    assert not numbers(muted.maps)[0].any()
    before, without, after = of(events, m.Scores)[:3]
    assert before.probabilities == after.probabilities != without.probabilities


def test_training_goes_on_with_everything(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document(epochs=1, batch_size=80))
    one = play(start, m.Watch(views=(MAPS,)), OFF, m.Train(run=1))
    other = play(start, m.Train(run=1))
    losses = [[e.losses for e in of(events, m.Metrics)] for events in (one, other)]
    assert losses[0] == losses[1] != []
    assert of(one, m.Validation) == of(other, m.Validation) != []


def test_in_a_run_the_network_without_it_is_evaluated_after_each_epoch(play: Play, document: Text) -> None:
    view = m.View(block="", what="evaluation")

    def credited(event: m.Event) -> tuple[m.Request, ...]:
        return (m.Credit(view=view),) if isinstance(event, m.Evaluation) else ()

    start = (m.SetDocument(revision=1, text=document(learning_rate=0.0001)), m.Watch(views=(view,)))
    events = play(*start, m.SetMuted(mutes=(Mute("relu_1"),)), m.Train(run=1), then=credited)
    found = [e for e in of(events, m.Evaluation) if e.run == 1]
    assert {e.muted for e in found} == {1}
    ends = [e.step for e in of(events, m.Validation)]
    assert {e.step for e in found} >= set(ends[1:])
    by_step = {e.step: e.loss for e in found}
    assert all(
        by_step[e.step] != pytest.approx(e.loss, abs=1e-6) for e in of(events, m.Validation) if e.step in by_step
    )


def measured(events: list[m.Event]) -> m.MutedMeasured:
    (found,) = [e for e in of(events, m.MutedMeasured) if e.share == 1]
    return found


def test_what_is_off_is_measured_against_the_whole(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    found = measured(play(start, m.SetMuted(mutes=(Mute("relu_1"),)), m.MeasureMuted(ticket=3)))
    assert (found.ticket, found.samples, found.accuracies.shape) == (3, 1440, (1,))
    assert numbers(found.losses)[0] != pytest.approx(found.loss, abs=1e-6)
    view = m.View(block="", what="evaluation")
    shown = of(play(start, m.SetMuted(mutes=(Mute("relu_1"),)), m.Watch(views=(view,))), m.Evaluation)[-1]
    assert shown.muted == 1
    assert (shown.loss, shown.accuracy) == pytest.approx((numbers(found.losses)[0], numbers(found.accuracies)[0]))


def test_each_map_of_a_block_is_ranked(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    ranks = measured(play(start, m.MeasureMuted(ticket=1, block="relu_1")))
    assert ranks.losses.shape == (2,)
    for n in range(2):
        alone = measured(play(start, m.SetMuted(mutes=(Mute("relu_1", n),)), m.MeasureMuted(ticket=1)))
        assert numbers(ranks.losses)[n] == numbers(alone.losses)[0]
        assert ranks.loss == alone.loss


def test_the_newest_measurement_takes_the_place_of_the_last(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    assert measured(play(start, m.MeasureMuted(ticket=1, block="relu_1"), m.MeasureMuted(ticket=2))).ticket == 2
    assert of(play(start, m.MeasureMuted(ticket=1), m.MeasureMuted(ticket=2, stop=True)), m.MutedMeasured) == []


def test_what_cannot_be_measured_is_said(play: Play, document: Text) -> None:
    def said(*requests: m.Request) -> str:
        return of(play(*requests), m.Unmeasured)[0].words

    assert "no network" in said(m.MeasureMuted(ticket=1))
    start = m.SetDocument(revision=1, text=document())
    assert "fc_9 is not computed" in said(start, m.MeasureMuted(ticket=1, block="fc_9"))
    headless = m.SetDocument(revision=1, text=document(without=("output_1",)))
    assert "no accuracy to measure" in said(headless, m.MeasureMuted(ticket=1))


def test_the_lens_and_the_why_see_what_is_off(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    off = m.SetMuted(mutes=(Mute("fc_1", port=0),))
    lens = m.Explain(ticket=1, block="fc_1", channel=1)
    (found,) = of(play(start, off, lens), m.Explanation)
    assert not numbers(found.inputs[0].map).any()
    gradient = m.Attribute(ticket=1, method="integrated", block="output_1", channel=1)
    *_, why = of(play(start, off, gradient), m.Attribution)
    assert not numbers(why.map).any()
    assert why.value == why.baseline
