"""Range tests in the worker: they leave a paused run to the last bit as it is, and are cancelled at once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from convstudio.blocks import FullyConnected
from convstudio.engine import checkpoint
from convstudio.protocol import messages as m
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]


def numbers(array: m.Array) -> np.ndarray:
    return np.frombuffer(array.data, np.float32)


def test_a_test_reports_each_step_and_ends_with_a_suggestion(play: Play, document: Text) -> None:
    told = of(m.RatesTested, play(m.SetDocument(revision=1, text=document()), m.TestRates(number=7)))
    assert {e.number for e in told} == {7}
    assert [e.state for e in told] == ["running"] * (len(told) - 1) + ["done"]
    last = told[-1]
    rates, smoothed = numbers(last.rates), numbers(last.smoothed)
    assert len(rates) == len(smoothed) == len(numbers(last.losses)) == len(told) - 2
    assert rates[0] == np.float32(1e-6)
    assert last.suggestion in rates.astype(np.float64) or np.isclose(rates, last.suggestion).any()
    assert last.suggestion < rates[smoothed.argmin()] * 1.001


def test_a_paused_run_goes_on_as_if_nothing_had_been(play: Play, document: Text, tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(plain)))

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and event.step == 5:
            return (m.Pause(),)
        if isinstance(event, m.State) and event.state == "paused":
            return (m.TestRates(number=1),)
        return (m.Resume(),) if isinstance(event, m.RatesTested) and event.state == "done" else ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(odd)), then=then)
    assert of(m.State, events)[-1].state == "finished"
    one, other = checkpoint.weights(plain), checkpoint.weights(odd)
    assert all(one[name].equal(other[name]) for name in one)


def test_it_is_cancelled_between_two_steps(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (m.CancelRates(),) if isinstance(event, m.RatesTested) and len(numbers(event.rates)) == 3 else ()

    told = of(m.RatesTested, play(m.SetDocument(revision=1, text=document()), m.TestRates(number=1), then=then))
    assert [len(numbers(e.rates)) for e in told] == [0, 1, 2, 3, 3]
    assert told[-1].state == "cancelled"


def test_a_run_that_begins_ends_it(play: Play, document: Text) -> None:
    begin = [m.Train(run=1)]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (begin.pop(),) if begin and isinstance(event, m.RatesTested) and len(numbers(event.rates)) == 2 else ()

    events = play(m.SetDocument(revision=1, text=document()), m.TestRates(number=1), then=then)
    assert of(m.RatesTested, events)[-1].state == "cancelled"
    assert of(m.State, events)[-1].state == "finished"


def test_what_cannot_be_trained_is_said(play: Play, document: Text) -> None:
    text = document({"fc_1": FullyConnected(channels=5)})
    (told,) = of(m.RatesTested, play(m.SetDocument(revision=1, text=text), m.TestRates(number=1)))
    assert told.state == "failed"
    assert "8" in told.message
