"""What the worker answers about why: in slices, the newest question only, also while training runs; and dreams."""

from collections.abc import Callable

import numpy as np
import pytest

from convstudio.protocol import messages as m
from convstudio.worker import desk

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]


def asked(method: m.Method, ticket: int = 1, **more: object) -> m.Attribute:
    return m.Attribute(ticket=ticket, method=method, **{"block": "output_1", "channel": 2, **more})


def told(events: list[m.Event]) -> list[m.Attribution]:
    return [e for e in events if isinstance(e, m.Attribution)]


def finals(events: list[m.Event]) -> list[m.Attribution]:
    return [e for e in told(events) if e.share == 1]


def said(events: list[m.Event]) -> str:
    return next(e.words for e in events if isinstance(e, m.Unattributed))


def numbers(array: m.Array) -> np.ndarray:
    return np.frombuffer(array.data, array.kind).reshape(array.shape)


@pytest.mark.parametrize(
    ("method", "shape"),
    [("gradient", (32, 32)), ("integrated", (32, 32)), ("gradcam", (7, 7)), ("occlusion", (32, 32))],
)
def test_an_untrained_network_is_explained(
    play: Play, document: Text, method: m.Method, shape: tuple[int, int]
) -> None:
    (found,) = finals(play(m.SetDocument(revision=1, text=document()), asked(method, side=8, stride=8)))
    assert (found.ticket, found.channel, found.run, found.step) == (1, 2, 0, 0)
    assert numbers(found.map).shape == shape
    assert numbers(found.map).any()
    if method == "integrated":
        assert found.total == pytest.approx(found.value - found.baseline, rel=0.02, abs=1e-3)


def test_patches_are_cut_to_what_the_unit_sees(play: Play, document: Text) -> None:
    (found,) = finals(play(m.SetDocument(revision=1, text=document()), asked("patches", block="conv_1", channel=1)))
    assert found.samples == 1440
    assert len(found.patches) == 24
    for patch in found.patches:
        assert numbers(patch.cells).shape == (1, 5, 5)
        assert patch.spans == tuple((4 * at, 4 * at + 4) for at in patch.place)


def test_the_newest_question_takes_the_place_of_the_last(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    events = play(start, asked("occlusion", 1, side=2, stride=1), asked("gradient", 2))
    assert [e.ticket for e in finals(events)] == [2]
    assert finals(play(start, asked("occlusion", 1), m.Attribute(ticket=2))) == []


def test_what_cannot_be_explained_is_said(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    assert "no network" in said(play(asked("gradient")))
    assert "no network" in said(play(asked("patches")))
    assert "has no spatial map" in said(play(start, asked("gradcam", layer="fc_1")))
    assert "no layer with a spatial map" in said(play(start, asked("gradcam", block="conv_1", channel=0)))
    assert "does not fit" in said(play(start, asked("occlusion", side=99)))
    picture = m.Array("uint8", (1, 2, 2), b"abcd")
    assert "no sample" in said(play(start, m.WatchSample(image=picture), asked("integrated")))
    assert "gone_1 is not computed" in said(play(start, asked("gradient", block="gone_1")))


def test_while_training_runs_slices_are_of_one_moment(play: Play, document: Text) -> None:
    """The sum is complete, which it would not be if the weights moved between two slices."""

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (
            (asked("integrated", now=False, steps=64),) if isinstance(event, m.Attribution) and event.share == 1 else ()
        )

    start = m.SetDocument(revision=1, text=document(epochs=1))
    found = finals(play(start, asked("integrated", steps=64), m.Train(run=1, until="end"), then=then))
    assert [e.step for e in found] == sorted({e.step for e in found})
    assert found[-1].step > 0
    for answer in found:
        assert answer.total == pytest.approx(answer.value - answer.baseline, rel=0.05, abs=5e-3)


def test_the_answer_comes_again_when_the_sample_is_another(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        first = isinstance(event, m.Attribution) and not seen
        seen.append(event)
        return (asked("gradient", now=False), m.WatchSample(number=5)) if first else ()

    seen: list[m.Event] = []
    start = m.SetDocument(revision=1, text=document())

    def only(event: m.Event) -> tuple[m.Request, ...]:
        return then(event) if isinstance(event, m.Attribution) else ()

    one, other = finals(play(start, asked("gradient"), then=only))
    assert one.map != other.map


def dream(ticket: int = 1, **more: object) -> m.Dream:
    return m.Dream(ticket=ticket, **{"block": "output_1", "channel": 3, "steps": 12, **more})


def dreamt(events: list[m.Event]) -> list[m.Dreamt]:
    return [e for e in events if isinstance(e, m.Dreamt)]


def drawing(event: m.Event) -> tuple[m.Request, ...]:
    return (m.DreamDrawn(ticket=event.ticket),) if isinstance(event, m.Dreamt) and not event.done else ()


def test_a_dream_sends_its_images_on_credit(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    found = dreamt(play(start, dream(), then=drawing))
    assert [e.steps for e in found] == list(range(13))
    assert found[-1].done
    values = np.concatenate([numbers(e.values) for e in found])
    assert len(values) == 13
    assert values[-1] > values[0]
    assert numbers(found[-1].image).shape == (1, 32, 32)
    unseen = dreamt(play(start, dream(steps=1000)))
    assert [e.steps for e in unseen] == [0]


def test_a_dream_ends_when_it_is_stopped_or_replaced(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Dreamt) and event.ticket == 1 and event.steps == 3:
            return (dream(2, steps=2),)
        return drawing(event)

    found = [(e.ticket, e.steps) for e in dreamt(play(start, dream(), then=then))]
    assert found == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (2, 2)]
    assert dreamt(play(start, dream(), m.Dream(ticket=2))) == []


def test_a_dream_goes_on_while_training_runs(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    events = play(start, m.Train(run=1, until="end"), dream(steps=5, from_sample=True), then=drawing)
    assert dreamt(events)[-1].steps >= 1
    assert not any(isinstance(e, m.Fault) for e in events)


def test_what_cannot_be_dreamt_of_is_said(play: Play, document: Text) -> None:
    (found,) = dreamt(play(m.SetDocument(revision=1, text=document()), dream(block="fc_9")))
    assert found.done
    assert "fc_9 is not computed" in found.words


class Slow:
    """An explanation that a person waits for; each slice takes a second."""

    waited_for = True

    def __init__(self, clock: list[float]) -> None:
        self._clock = clock
        self.slices = 0

    def advance(self) -> None:
        self.slices += 1
        self._clock[0] += 1.0


def test_during_a_run_what_a_person_waits_for_takes_a_quarter_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("convstudio.worker.desk.perf_counter", lambda: clock[0])
    made = desk.Desk(lambda event: None)
    slow = Slow(clock)
    monkeypatch.setattr(desk.Desk, "_slow", (slow,))
    steps = 0
    while slow.slices < 10:
        made.explain()
        clock[0] += 0.1  # a step of training
        steps += 1
    assert 0.1 * steps == pytest.approx(9 * 3.0, abs=1.5)
