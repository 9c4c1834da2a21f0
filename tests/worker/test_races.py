"""Races and times of compared networks in the worker: each as a run of its own would be, and no run is disturbed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from convstudio.blocks import Convolution, FullyConnected
from convstudio.engine import checkpoint
from convstudio.protocol import messages as m

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]
WIDE = {"conv_1": Convolution(channels=4, mask=(5,), stride=(4,), padding="none")}


def of(kind: type, events: list[m.Event], key: str = "") -> list:
    return [e for e in events if isinstance(e, kind) and (not key or e.key == key)]


def numbers(array: m.Array | None) -> list[float]:
    return np.frombuffer(array.data, np.float32).tolist() if array else []


def losses(told: list[m.Raced]) -> list[float]:
    return [loss for e in told for loss in numbers(e.losses)]


@pytest.mark.parametrize("together", [True, False])
def test_each_is_trained_to_the_bit_as_a_run_of_it_would_be(play: Play, document: Text, together: bool) -> None:
    texts = {"a": document(), "b": document(WIDE)}
    race = m.Race(number=3, together=together, entrants=tuple(m.Entrant(key=k, text=t) for k, t in texts.items()))
    events = play(race)
    for key, text in texts.items():
        told = of(m.Raced, events, key)
        plain = play(m.SetDocument(revision=1, text=text), m.Train(run=1))
        alone = [loss for e in of(m.Metrics, plain) for loss in numbers(e.losses)]
        assert losses(told) == alone
        assert (told[-1].number, told[-1].state, told[-1].share, told[-1].step) == (3, "finished", 1.0, len(alone))
        found = [(v.step, v.epoch, v.loss, v.accuracy) for e in told for v in e.validations]
        assert found == [(v.step, v.epoch, v.loss, v.accuracy) for v in of(m.Validation, plain)]
    order = [e.key for e in of(m.Raced, events) if e.losses]
    assert (order == sorted(order)) is not together


def test_the_next_turn_begins_when_all_of_the_one_before_are_over(play: Play, document: Text) -> None:
    entrants = (
        m.Entrant(key="a+1", text=document(seed=1), turn=1),
        m.Entrant(key="a", text=document()),
        m.Entrant(key="b", text=document(WIDE)),
    )
    events = play(m.Race(number=1, entrants=entrants))
    order = [e.key for e in of(m.Raced, events) if e.losses]
    assert order.index("a+1") > max(n for n, key in enumerate(order) if key in "ab")
    assert [e.state for e in of(m.Raced, events, "a+1")][-1] == "finished"


def test_one_that_fails_says_so_and_the_others_go_on(play: Play, document: Text) -> None:
    entrants = (
        m.Entrant(key="wrong", text=document({"fc_1": FullyConnected(channels=5)})),
        m.Entrant(key="wild", text=document(optimiser="sgd", learning_rate=100.0, weight_decay=10.0)),
        m.Entrant(key="good", text=document()),
        m.Entrant(key="odd", text="{"),
    )
    events = play(m.Race(number=1, entrants=entrants))
    last = {key: of(m.Raced, events, key)[-1] for key in ("wrong", "wild", "good", "odd")}
    assert {key: e.state for key, e in last.items()} == {
        "wrong": "failed",
        "wild": "failed",
        "good": "finished",
        "odd": "failed",
    }
    assert "8" in last["wrong"].message
    assert "not a finite number" in last["wild"].message
    assert last["odd"].message


def test_it_is_stopped_between_two_steps_and_kept_where_that_is_wanted(
    play: Play, document: Text, tmp_path: Path
) -> None:
    entrants = (
        m.Entrant(key="a", text=document(), folder=str(tmp_path / "a"), name="Wide"),
        m.Entrant(key="b", text=document()),
    )
    asked = [m.StopSwaps()]
    events = play(
        m.Race(number=1, entrants=entrants),
        then=lambda e: (asked.pop(),) if asked and isinstance(e, m.Raced) and e.step >= 2 else (),
    )
    last = {key: of(m.Raced, events, key)[-1] for key in "ab"}
    assert [e.state for e in last.values()] == ["stopped", "stopped"]
    assert 2 <= last["a"].step < 8
    assert checkpoint.position(tmp_path / "a").step == last["a"].step


def test_a_run_comes_first_and_is_the_same_to_the_bit(play: Play, document: Text, tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(plain)))
    race = m.Race(number=1, entrants=(m.Entrant(key="a", text=document(WIDE)),))
    left: list[m.Request] = [race]
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Train(run=1, folder=str(odd)),
        then=lambda e: (left.pop(),) if left and isinstance(e, m.Metrics) else (),
    )
    ended = next(n for n, e in enumerate(events) if isinstance(e, m.State) and e.state == "finished")
    raced = [n for n, e in enumerate(events) if isinstance(e, m.Raced) and e.state != "waiting"]
    assert min(raced) > ended
    assert of(m.Raced, events)[-1].state == "finished"
    one, other = checkpoint.weights(plain), checkpoint.weights(odd)
    assert all(one[name].equal(other[name]) for name in one)


def test_a_race_in_a_pause_and_beyond_changes_neither_the_run_nor_itself(
    play: Play, document: Text, tmp_path: Path
) -> None:
    """The run is paused for the race, goes on in the middle of it, and the race goes on after that."""
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(plain)))
    alone = play(m.Race(number=1, entrants=(m.Entrant(key="a", text=document(WIDE)),)))
    first: list[m.Request] = [m.Pause()]
    then_: list[m.Request] = [m.Resume()]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if first and isinstance(event, m.Metrics) and event.step == 2:
            return (first.pop(),)
        if isinstance(event, m.State) and event.state == "paused":
            return (m.Race(number=1, entrants=(m.Entrant(key="a", text=document(WIDE)),)),)
        return (then_.pop(),) if then_ and isinstance(event, m.Raced) and event.step == 3 else ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(odd)), then=then)
    resumed = max(n for n, e in enumerate(events) if isinstance(e, m.State) and e.state == "running")
    finished = next(n for n, e in enumerate(events) if isinstance(e, m.State) and e.state == "finished")
    assert not of(m.Raced, events[resumed:finished])
    assert losses(of(m.Raced, events)) == losses(of(m.Raced, alone))
    assert of(m.Raced, events)[-1].state == "finished"
    one, other = checkpoint.weights(plain), checkpoint.weights(odd)
    assert all(one[name].equal(other[name]) for name in one)


def test_times_are_those_of_the_blocks_and_of_the_whole(play: Play, document: Text) -> None:
    entrants = (
        m.Entrant(key="a", text=document(), blocks=("conv_1",)),
        m.Entrant(key="wrong", text=document({"fc_1": FullyConnected(channels=5)}), blocks=("conv_1",)),
        m.Entrant(key="b", text=document(WIDE), blocks=("conv_1", "relu_1")),
    )
    first, wrong, second = of(m.SwapMeasured, play(m.MeasureSwaps(number=9, entrants=entrants)))
    assert [(e.key, e.number) for e in (first, wrong, second)] == [("a", 9), ("wrong", 9), ("b", 9)]
    for found in (first, second):
        assert (found.batch, found.device, found.threads, found.message) == (20, "cpu", 1, "")
        assert 0 < found.forward < found.whole_forward
        assert 0 < found.backward < found.whole_backward
    assert "8" in wrong.message
    assert wrong.forward == 0
