"""What a run leaves for the list of runs: its summary as it goes, and the way back to its weights."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from convstudio.engine import checkpoint
from convstudio.engine.training import Trainer
from convstudio.protocol import messages as m
from convstudio.runs import summary
from convstudio.worker.transport import Closed
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]
MASKS = m.View(block="conv_1", what="masks")


def test_the_summary_of_a_finished_run_is_what_was_told_of_it(play: Play, document: Text, folder: str) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder, name="My digits"))
    head = summary.read(Path(folder))
    last = of(m.Validation, events)[-1]
    losses = np.concatenate([np.frombuffer(e.losses.data, np.float32) for e in of(m.Metrics, events)])
    assert (head.name, head.state, head.dataset, head.device) == ("My digits", "finished", "gratings", "cpu")
    assert (head.step, head.epoch, head.epochs) == (16, 2, 2)
    assert head.loss == pytest.approx(losses[8:].mean(), rel=1e-6)  # of the last epoch
    assert (head.validation_loss, head.validation_accuracy) == (last.loss, last.accuracy)
    assert head.best_validation_loss == min(v.loss for v in of(m.Validation, events))
    assert head.parameters == 2 * 25 + 2 + 2 * 7 * 7 * 8 + 8
    assert head.started <= head.updated
    assert head.seconds > 0


def test_the_summary_follows_pause_edit_and_the_windows_end(play: Play, document: Text, folder: str) -> None:
    states = []

    def then(event: m.Event) -> tuple:
        if isinstance(event, m.Metrics) and event.step == 2:
            return (m.Pause(),)
        if isinstance(event, m.State) and event.state == "paused":
            states.append(summary.read(Path(folder)).state)
            return (m.SetDocument(revision=2, text=document(epochs=7)),)
        if isinstance(event, m.Built) and event.run:
            states.append(summary.read(Path(folder)).state)
            return (m.Resume(),)
        if isinstance(event, m.Metrics) and event.step == 5:
            return (Closed(),)
        return ()

    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder, name="x"), then=then)
    head = summary.read(Path(folder))
    assert states == ["paused", "paused"]
    assert (head.state, head.epochs) == ("stopped", 7)
    assert head.step >= 5


def test_going_on_keeps_name_beginning_and_time(play: Play, document: Text, folder: str) -> None:
    stop = lambda e: (m.Stop(),) if isinstance(e, m.Metrics) and e.step == 5 else ()  # noqa: E731
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder, name="x"), then=stop)
    before = summary.read(Path(folder))
    play(m.Train(run=2, resume=folder))
    after = summary.read(Path(folder))
    assert (before.state, after.state, after.step) == ("stopped", "finished", 16)
    assert (after.name, after.started) == ("x", before.started)
    assert after.seconds > before.seconds


def test_a_run_that_fails_says_so(play: Play, document: Text, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Trainer, epoch: int, within: int) -> object:
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(Trainer, "_train", broken)
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    assert summary.read(Path(folder)).state == "failed"


@pytest.fixture
def kept(play: Play, document: Text, folder: str) -> str:
    """The folder of a finished run."""
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    return folder


def test_a_kept_run_is_shown_with_its_weights_and_goes_on(play: Play, document: Text, kept: str) -> None:
    def then(event: m.Event) -> tuple:
        if isinstance(event, m.State) and event.state == "stopped":
            return (m.Watch(views=(MASKS,)),)
        if isinstance(event, m.Masks):
            return (m.SetDocument(revision=2, text=document(seed=5)), m.Credit(view=MASKS))
        return ()

    events = play(m.SetDocument(revision=1, text=document(), opened=True), m.Reopen(run=7, folder=kept), then=then)
    (state,) = of(m.State, events)
    assert (state.run, state.state, state.folder) == (7, "stopped", kept)
    masks = of(m.Masks, events)[0]
    assert (masks.run, masks.step) == (7, 16)
    trained = checkpoint.weights(Path(kept))["conv_1.weight"].numpy()
    assert np.frombuffer(masks.arrays[0].data, np.float32).tolist() == trained.reshape(-1).tolist()
    # another seed is no reason to forget weights that were trained
    assert of(m.Built, events)[-1].fresh == ()


@pytest.mark.parametrize("flaw", ["another network", "no checkpoint", "damaged", "under way"])
def test_what_cannot_be_shown_is_told(play: Play, document: Text, kept: str, flaw: str, tmp_path: Path) -> None:
    text, place, requests = document(), kept, []
    if flaw == "another network":
        text = document(without=("relu_1",))
    elif flaw == "no checkpoint":
        place = str(tmp_path / "none")
    elif flaw == "damaged":
        (Path(kept) / "checkpoint" / "weights.safetensors").write_bytes(b"spoiled")
    else:
        requests = [m.Train(run=1)]
    events = play(m.SetDocument(revision=1, text=text, opened=True), *requests, m.Reopen(run=7, folder=place))
    (fault,) = of(m.Fault, events)
    assert (fault.about, fault.run) == ("run", 7)
    assert [s.state for s in of(m.State, events) if s.run == 7] == ["failed"]


def test_the_first_point_is_told_before_the_first_checkpoint_and_a_kill_at_either_moment_is_survived(
    play: Play, document: Text, folder: str, tmp_path: Path
) -> None:
    before, after = tmp_path / "killed before", tmp_path / "killed after"

    def copied(event: m.Event) -> tuple[m.Request, ...]:
        """As a worker that is killed at that moment leaves the folder."""
        if isinstance(event, m.Metrics) and event.step <= 2:
            shutil.copytree(folder, before if event.step == 1 else after)
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder), then=copied)
    assert of(m.Snapshots, events)[0].steps[0] == 0  # the start can be looked back on, though there was no checkpoint
    assert not (before / checkpoint.run_folder.PLACE).exists()
    assert summary.read(before).state == "running"
    (fault,) = of(m.Fault, play(m.Train(run=1, resume=str(before))))
    assert (fault.kind, fault.words) == ("file", f"There is no checkpoint in {before}.")
    assert checkpoint.position(after).step == 0  # a first step that spoils the weights can be taken back
    assert not of(m.Fault, play(m.Train(run=1, resume=str(after))))
    whole, gone_on = checkpoint.weights(Path(folder)), checkpoint.weights(after)
    assert all(whole[name].equal(gone_on[name]) for name in whole)
