"""The evaluation that an open view gets: of an untrained network, after each epoch, on demand, of a stopped run."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from convstudio import data
from convstudio.blocks import catalogue
from convstudio.engine.build import build
from convstudio.engine.project import analysed
from convstudio.network import file
from convstudio.protocol import messages as m

VIEW = m.View(block="", what="evaluation")


def of(events, kind=m.Evaluation):
    return [e for e in events if isinstance(e, kind)]


def numbers(array):
    return np.frombuffer(array.data, array.kind).reshape(array.shape)


def credited(event):
    return (m.Credit(view=VIEW),) if isinstance(event, m.Evaluation) else ()


def test_the_untrained_network_is_evaluated_as_torch_would(play, document):
    text = document()
    (found,) = of(play(m.SetDocument(revision=1, text=text), m.Watch(views=(VIEW,)), then=credited))
    whole = file.parse(text, catalogue())
    live = build(whole.network, analysed(whole), whole.training.seed).eval()
    dataset = data.load("gratings")
    _, kept = dataset.divided(0.9, whole.data.seed)
    with torch.inference_mode():
        shares = torch.softmax(live(torch.from_numpy(dataset.images[kept] / np.float32(255))), 1).numpy()
    truths, answers = dataset.labels[kept], shares.argmax(1)
    assert (found.run, found.step, found.epoch, found.data, found.share) == (0, 0, None, "gratings", 0.9)
    assert found.samples == found.targets == len(kept) == 1440
    assert numbers(found.truths).tolist() == truths.tolist()
    assert numbers(found.answers).tolist() == answers.tolist()
    assert numbers(found.rights) == pytest.approx(shares[np.arange(len(kept)), truths], abs=1e-6)
    assert found.accuracy == pytest.approx((truths == answers).mean())
    confusion = np.array([[((truths == t) & (answers == a)).sum() for a in range(8)] for t in range(8)])
    assert numbers(found.confusion).tolist() == confusion.tolist()
    assert [s.support for s in found.scores] == confusion.sum(axis=1).tolist()


def test_a_run_sends_one_after_each_epoch_that_agrees_with_its_validation(play, document):
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(VIEW,)), m.Train(run=1), then=credited)
    found = [e for e in of(events) if e.run == 1]
    judged = of(events, m.Validation)
    assert [e.epoch for e in found] == [e.epoch for e in judged] == [0, 1, 2]
    for one, other in zip(found, judged, strict=True):
        assert (one.step, one.accuracy) == (other.step, pytest.approx(other.accuracy))
        assert one.loss == pytest.approx(other.loss, rel=1e-6)


def test_nobody_who_looks_costs_nothing(play, document):
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1))
    assert of(events) == []


def test_in_the_middle_of_an_epoch_only_when_asked(play, document):
    asked = []

    def react(event):
        if isinstance(event, m.Metrics) and event.step == 3 and not asked:
            asked.append(event)
            return (m.Evaluate(),)
        return credited(event)

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(VIEW,)), m.Train(run=1), then=react)
    assert [e.epoch for e in of(events) if e.run == 1] == [0, None, 1, 2]
    (between,) = [e for e in of(events) if e.run == 1 and e.epoch is None]
    assert 0 < between.step < 8


def test_who_opens_it_in_the_middle_of_an_epoch_need_not_wait(play, document):
    def react(event):
        if isinstance(event, m.Metrics) and event.step in (3, 4, 5):  # opened, closed, and opened again
            return (m.Watch(views=(VIEW,) if event.step != 4 else ()),)
        return credited(event)

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=react)
    assert [e.epoch for e in of(events)] == [None, None, 1, 2]
    assert [e.step for e in of(events)][:2] == [4, 4]  # the second time what is known is shown


def test_a_run_that_was_stopped_between_epochs_is_evaluated_as_it_stands(play, document):
    def react(event):
        return (m.Stop(),) if isinstance(event, m.Metrics) and event.step == 3 else credited(event)

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(VIEW,)), m.Train(run=1), then=react)
    last = of(events)[-1]
    assert (last.run, last.epoch) == (1, None)
    assert last.step == of(events, m.Metrics)[-1].step


def test_an_edit_is_another_network(play, document):
    wider = document({"conv_1": file.parse(document(), catalogue()).network.blocks["relu_1"].layer})

    def react(event):
        first = isinstance(event, m.Evaluation) and event.samples and not sent
        if first:
            sent.append(event)
            return (*credited(event), m.SetDocument(revision=2, text=wider))
        return credited(event)

    sent: list[m.Evaluation] = []
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(VIEW,)), then=react)
    one, other = of(events)
    assert one.loss != other.loss


def test_a_network_that_cannot_answer_is_not_evaluated(play, document):
    events = play(m.SetDocument(revision=1, text=document(without=("output_1",))), m.Watch(views=(VIEW,)))
    assert of(events) == []
    assert of(events, m.Fault) == []
