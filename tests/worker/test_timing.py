"""Times of layers from the worker: before, in and after a run, without a trace in it."""

from collections.abc import Callable
from pathlib import Path

from convstudio.engine import checkpoint
from convstudio.protocol import messages as m
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]


def test_an_untrained_network_is_measured(play: Play, document: Text) -> None:
    (found,) = of(m.LayerTimes, play(m.SetDocument(revision=1, text=document()), m.MeasureTimes(number=4)))
    assert (found.number, found.batch, found.device, found.message) == (4, 20, "cpu", "")
    assert [b.block for b in found.blocks] == ["conv_1", "relu_1", "flatten_1", "fc_1"]
    assert all(b.forward > 0 and b.backward > 0 for b in found.blocks)


def test_a_network_without_an_output_is_measured_too(play: Play, document: Text) -> None:
    text = document(without=("output_1", "fc_1"))
    (found,) = of(m.LayerTimes, play(m.SetDocument(revision=1, text=text), m.MeasureTimes(number=1)))
    assert [b.block for b in found.blocks] == ["conv_1", "relu_1", "flatten_1"]


def test_a_run_goes_on_as_if_nothing_had_been(play: Play, document: Text, tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(plain)))
    left = [m.MeasureTimes(number=1)]
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Train(run=1, folder=str(odd)),
        then=lambda e: (left.pop(),) if left and isinstance(e, m.Metrics) and e.step >= 5 else (),
    )
    assert of(m.LayerTimes, events)[0].blocks
    one, other = checkpoint.weights(plain), checkpoint.weights(odd)
    assert all(one[name].equal(other[name]) for name in one)


def test_without_a_network_there_is_a_reason(play: Play) -> None:
    (found,) = of(m.LayerTimes, play(m.MeasureTimes(number=1)))
    assert (found.blocks, found.message) == ((), "There is no network yet.")


def test_the_meters_are_read_at_any_time(play: Play, document: Text) -> None:
    left = [m.ReadMeters()]
    events = play(
        m.ReadMeters(),
        m.SetDocument(revision=1, text=document()),
        m.Train(run=1),
        then=lambda e: (left.pop(),) if left and isinstance(e, m.Metrics) else (),
    )
    first, second = of(m.Meters, events)
    assert first.device == second.device
    assert first.device.startswith("CPU")
    assert second.threads == 1
    assert second.cores > 0
