"""How layers fare, as open views get it: of the untrained network, of steps of a run, seldom for the doctor alone."""

from __future__ import annotations

from convstudio.protocol import messages as m

VIEW, SELDOM = m.View(block="", what="health"), m.View(block="", what="checkup")


def of(events, kind=m.Health):
    return [e for e in events if isinstance(e, kind)]


def credited(event):
    return (m.Credit(view=event.view),) if isinstance(event, m.Health) else ()


def test_the_untrained_network_is_looked_at_once(play, document):
    (found,) = of(play(m.SetDocument(revision=1, text=document()), m.Watch(views=(VIEW,)), then=credited))
    assert (found.run, found.step, found.samples) == (0, 0, 20)
    assert [layer.block for layer in found.layers] == ["conv_1", "relu_1", "fc_1"]
    conv, relu, _ = found.layers
    assert conv.weights.size == 50
    assert conv.gradients.norm > 0
    assert conv.update is None
    assert (relu.weights, relu.units) == (None, 2)


def test_a_run_is_looked_at_while_the_view_is_open_and_not_changed_by_it(play, document):
    looked = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(VIEW,)), m.Train(run=1), then=credited)
    found = [e for e in of(looked) if e.run == 1]
    assert found
    assert all(layer.update > 0 for e in found for layer in e.layers if layer.weights)
    assert [e.step for e in found] == sorted({e.step for e in found})
    plain = play(m.SetDocument(revision=1, text=document()), m.Train(run=1))
    assert of(plain) == []
    assert [v.loss for v in of(looked, m.Validation)] == [v.loss for v in of(plain, m.Validation)]


def test_the_doctor_alone_looks_only_at_runs_and_seldom(play, document):
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(SELDOM,)), m.Train(run=1), then=credited)
    assert {e.run for e in of(events)} == {1}
    assert len(of(events)) <= 2


def test_without_credit_nothing_more_comes(play, document):
    events = play(m.SetDocument(revision=1, text=document(epochs=4)), m.Watch(views=(VIEW,)), m.Train(run=1))
    assert len(of(events)) == 1


def test_who_opens_the_view_after_a_run_sees_the_last_look_of_it_that_only_the_doctor_has_seen(play, document):
    def then(event):
        opened = (m.Watch(views=(VIEW,)),) if isinstance(event, m.State) and event.state == "finished" else ()
        return credited(event) + opened

    start = m.SetDocument(revision=1, text=document()), m.Watch(views=(SELDOM,))
    *before, last = of(play(*start, m.Train(run=1), then=then))
    assert {e.view for e in before} == {SELDOM}
    assert (last.view, last.run, last.step) == (VIEW, 1, before[-1].step)
    assert all(layer.update > 0 for layer in last.layers if layer.weights)
