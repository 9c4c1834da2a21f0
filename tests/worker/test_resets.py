"""Weights that begin again: before, in, and after a run; what they had can be put back to the last bit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from convstudio.blocks import Convolution
from convstudio.engine import checkpoint
from convstudio.protocol import messages as m
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]
MASKS = m.View(block="conv_1", what="masks")


def pictures(events: list[m.Event]) -> list[np.ndarray]:
    return [np.frombuffer(e.arrays[0].data, np.float32) for e in of(m.Masks, events)]


def credit(event: m.Event) -> tuple[m.Request, ...]:
    return (m.Credit(view=event.view),) if isinstance(event, m.Masks) else ()


def paused_at(number: int, *answers: m.Request) -> Callable[[m.Event], tuple[m.Request, ...]]:
    """Pause at a step, send these once it pauses, then go on."""
    left: list[tuple[m.Request, ...]] = [(m.Pause(),), (*answers, m.Resume())]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if len(left) == 2 and isinstance(event, m.Metrics) and event.step >= number:
            return left.pop(0)
        if len(left) == 1 and isinstance(event, m.State) and event.state == "paused":
            return left.pop()
        return credit(event)

    return then


def weights(folder: Path) -> dict:
    return checkpoint.weights(folder)


def same(one: dict, other: dict) -> set[str]:
    """Names of the weights that are equal to the last bit."""
    return {name for name in one if one[name].equal(other[name])}


def test_reset_and_put_back_in_a_paused_run_changes_nothing(play: Play, document: Text, tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(plain)))
    then = paused_at(5, m.ResetWeights(blocks=("conv_1",)), m.PutBack(number=1))
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(odd)), then=then)
    there, back = of(m.WeightsReset, events)
    assert (there.blocks, there.run, there.during, there.back) == (("conv_1",), 1, True, False)
    assert (back.number, back.step, back.back) == (there.number, there.step, True)
    assert [(e.kind, e.words) for e in of(m.Marked, events) if e.kind == "edit"] == [
        ("edit", "Reset conv_1"),
        ("edit", "Put back conv_1"),
    ]
    assert same(weights(plain), weights(odd)) == set(weights(plain))


def test_a_block_begins_again_in_a_run_and_its_checkpoint_says_so(play: Play, document: Text, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    kept: list[tuple[dict, dict]] = []

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.WeightsReset):
            return (m.Pause(),)
        if isinstance(event, m.State) and event.state == "paused":
            loaded = checkpoint.load(folder).state
            kept.append((loaded["weights"], loaded["optimiser"]))
            return (m.ResetWeights(blocks=("conv_1",)), m.Stop()) if len(kept) == 1 else ()
        return (m.Pause(),) if isinstance(event, m.Metrics) and event.step == 6 and not kept else ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(folder)), then=then)
    start = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,)))
    (before, _), after = kept[0], weights(folder)
    assert same(before, after) == {"fc_1.weight", "fc_1.bias"}
    assert np.array_equal(after["conv_1.weight"].numpy().ravel(), pictures(start)[0])
    assert not [key for key in checkpoint.load(folder).state["optimiser"] if key.startswith("conv_1")]
    assert of(m.State, events)[-1].state == "stopped"


def test_a_reset_after_the_run_is_seen_at_once(play: Play, document: Text) -> None:
    numbers: list[int] = []

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.State) and event.state == "finished":
            return (m.ResetWeights(blocks=("conv_1", "fc_1")),)
        if isinstance(event, m.WeightsReset) and not event.back:
            numbers.append(event.number)
        shown = isinstance(event, m.Masks) and numbers
        return (*credit(event), *([m.PutBack(number=numbers.pop())] if shown else []))

    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,)), m.Train(run=1), then=then)
    (untrained,) = pictures(play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS,))))
    reset, back = of(m.WeightsReset, events)
    assert (reset.blocks, reset.during, reset.step) == (("conv_1", "fc_1"), False, 16)
    trained, (again,) = pictures(events[: events.index(reset)])[-1], pictures(events[events.index(reset) :])[:1]
    assert np.array_equal(again, untrained)
    assert np.array_equal(pictures(events[events.index(back) :])[-1], trained)


@pytest.mark.parametrize("path", ["relu_1", "nobody_1", "conv"])
def test_what_has_no_weights_is_refused_in_words(play: Play, document: Text, path: str) -> None:
    *_, fault = play(m.SetDocument(revision=1, text=document()), m.ResetWeights(blocks=(path,)))
    assert isinstance(fault, m.Fault)
    assert "no weights to reset" in fault.words


def test_weights_that_no_longer_fit_are_not_put_back(play: Play, document: Text) -> None:
    changed = document({"conv_1": Convolution(channels=3, mask=(5,), stride=(4,), padding="none")})
    *_, fault = play(
        m.SetDocument(revision=1, text=document()),
        m.ResetWeights(blocks=("conv_1",)),
        m.SetDocument(revision=2, text=changed),
        m.PutBack(number=1),
    )
    assert isinstance(fault, m.Fault)
    assert "cannot be put back" in fault.words
