"""What the worker answers about single units: at once, again when something has changed, and in words if it cannot."""

from collections.abc import Callable

import numpy as np
import pytest

from convstudio.engine.lens import explaining
from convstudio.network.terms import Sum
from convstudio.protocol import messages as m

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]

UNIT = m.Explain(ticket=1, block="conv_1", channel=1, place=(2, 3))


def told(events: list[m.Event]) -> list[m.Explanation]:
    return [e for e in events if isinstance(e, m.Explanation)]


def test_a_unit_is_explained_with_numbers_of_one_moment(play: Play, document: Text) -> None:
    (found,) = told(play(m.SetDocument(revision=1, text=document()), UNIT))
    assert (found.ticket, found.block, found.channel, found.place, found.run) == (1, "conv_1", 1, (2, 3), 0)
    assert isinstance(found.terms, Sum)
    assert found.terms.worked == pytest.approx(found.terms.result, abs=1e-5)
    shown = np.frombuffer(found.output.map.data, np.float32).reshape(found.output.map.shape)
    assert shown[2, 3] == np.float32(found.terms.result)
    source = np.frombuffer(found.inputs[0].map.data, np.float32).reshape(found.inputs[0].map.shape)
    values = [source[place] for place in found.terms.cells.places]
    assert found.terms.rows[0].values == tuple(map(float, values))


def test_without_a_network_a_fitting_sample_or_such_a_block_words_come(play: Play, document: Text) -> None:
    picture = m.Array("uint8", (1, 2, 2), b"abcd")
    assert "no network" in said(play(UNIT))
    start = m.SetDocument(revision=1, text=document())
    assert "no sample" in said(play(start, m.WatchSample(image=picture), UNIT))
    assert "gone_1 is not computed" in said(play(start, m.Explain(ticket=4, block="gone_1")))


def said(events: list[m.Event]) -> str:
    return next(e.words for e in events if isinstance(e, m.Unexplained))


def test_the_answer_comes_again_when_it_is_another_one(play: Play, document: Text) -> None:
    """The same question waits after each answer, as the window puts it."""

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if not isinstance(event, m.Explanation):
            return ()
        again = m.Explain(ticket=1, block="conv_1", channel=1, place=(2, 3), now=False)
        return (again,) if len(seen) else (again, seen.append(event) or m.WatchSample(number=5))  # type: ignore[func-returns-value]

    seen: list[m.Event] = []
    found = told(play(m.SetDocument(revision=1, text=document()), UNIT, then=then))
    assert len(found) == 2
    assert found[0].inputs[0].map != found[1].inputs[0].map


def test_while_training_runs_each_answer_is_of_one_step(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        again = m.Explain(ticket=1, block="conv_1", channel=1, place=(2, 3), now=False)
        return (again,) if isinstance(event, m.Explanation) else ()

    events = play(m.SetDocument(revision=1, text=document()), UNIT, m.Train(run=1, until="end"), then=then)
    found = told(events)
    steps = [e.step for e in found]
    assert steps == sorted(steps)
    assert steps[-1] > 0
    for answer in found:
        assert answer.terms.worked == pytest.approx(answer.terms.result, abs=1e-5)


def test_a_lens_that_is_closed_asks_nothing(play: Play, document: Text) -> None:
    start = m.SetDocument(revision=1, text=document())
    waiting = m.Explain(ticket=1, block="conv_1", now=False)
    assert told(play(start, waiting, m.Explain(ticket=2))) == []


def test_the_influence_of_the_input_is_measured_when_asked_for(play: Play, document: Text) -> None:
    asked = m.Explain(ticket=1, block="conv_1", channel=1, place=(2, 3), influence=True)
    (found,) = told(play(m.SetDocument(revision=1, text=document()), asked))
    assert found.influence is not None
    assert found.influence.samples == 32
    measured = np.frombuffer(found.influence.map.data, np.float32).reshape(found.influence.map.shape)
    assert measured.shape == (32, 32)
    seen = np.argwhere(measured)
    assert seen.min(axis=0).tolist() == [8, 12]
    assert seen.max(axis=0).tolist() == [12, 16]


def test_what_goes_wrong_inside_is_told_to_the_lens_that_waits_as_well(
    play: Play, document: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explaining, "explain", lambda *given: 1 / 0)
    events = play(m.SetDocument(revision=1, text=document()), UNIT)
    assert "Something went wrong inside" in said(events)
    (fault,) = (e for e in events if isinstance(e, m.Fault))
    assert "ZeroDivisionError" in fault.detail
