"""What a run tells and writes down besides its losses: the learning rate of each step, and marks of what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from convstudio.engine.training import Trainer
from convstudio.network import schedule
from convstudio.network.training_settings import TrainingSettings
from convstudio.protocol import messages as m
from convstudio.runs import marks, metrics
from convstudio.runs.marks import Mark
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]


def test_the_learning_rate_of_every_step_is_told_and_written_down(play: Play, document: Text, folder: str) -> None:
    text = document(schedule="one_cycle")
    events = play(m.SetDocument(revision=1, text=text), m.Train(run=1, folder=folder))
    settings = replace(TrainingSettings(), epochs=2, learning_rate=0.01, schedule="one_cycle")
    expected = [schedule.rate(settings, step, 8) for step in range(16)]
    told = np.concatenate([np.frombuffer(e.rates.data, np.float32) for e in of(m.Metrics, events)])
    np.testing.assert_allclose(told, expected, rtol=1e-6)
    assert [row["learning_rate"] for row in metrics.metrics(Path(folder)) if "loss" in row] == expected


def test_a_pause_another_rate_an_edit_and_the_stop_are_marks(play: Play, document: Text, folder: str) -> None:
    left = [
        m.SetDocument(revision=3, text=document(learning_rate=0.02, without=("relu_1",))),
        m.SetDocument(revision=2, text=document(learning_rate=0.02)),
    ]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and event.step == 2:
            return (m.Pause(),)
        if isinstance(event, m.State) and event.state == "paused":
            return (left.pop(),)
        if isinstance(event, m.Built) and event.run:
            return (left.pop(),) if left else (m.Stop(),)
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=4, folder=folder), then=then)
    told = [(e.run, e.step, e.kind, e.words) for e in of(m.Marked, events)]
    assert [(run, kind) for run, _, kind, _ in told] == [(4, "pause"), (4, "rate"), (4, "edit"), (4, "stop")]
    assert told[1][3] == "Learning rate 0.01 → 0.02"
    assert told[2][3] == "relu_1 removed, Wires"
    assert marks.read(Path(folder)) == [Mark(step, kind, words) for _, step, kind, words in told]


def test_a_deleted_block_that_undo_brings_back_is_marked_with_its_weights(
    play: Play, document: Text, folder: str
) -> None:
    left = [
        m.SetDocument(revision=3, text=document()),
        m.SetDocument(revision=2, text=document(without=("conv_1",))),
    ]

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if (isinstance(event, m.Metrics) and event.step == 2) or (isinstance(event, m.Built) and event.run):
            return (left.pop(),) if left else (m.Stop(),)
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=4, folder=folder), then=then)
    gone, back = (e for e in of(m.Built, events) if e.run)
    assert gone.fresh == ("fc_1",)
    assert gone.back == ()
    assert set(back.back) == {"conv_1", "fc_1"}
    assert back.fresh == ()
    told = [mark.words for mark in of(m.Marked, events) if mark.kind == "edit"]
    assert told[0].endswith("; new weights: fc_1")
    assert told[1].endswith("; with the weights they had: conv_1, fc_1")


def test_what_waits_for_the_next_run_is_said_in_its_mark(play: Play, document: Text, folder: str) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and event.step == 2:
            return (m.SetDocument(revision=2, text=document(initialisation="he")),)
        return (m.Stop(),) if isinstance(event, m.Built) and event.run else ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=4, folder=folder), then=then)
    told = [mark.words for mark in of(m.Marked, events) if mark.kind == "edit"]
    assert told == ["Start values default → he; from the next run on: Start values"]


def test_an_early_stop_and_going_on_are_marks(play: Play, document: Text, folder: str) -> None:
    text = document(epochs=30, early_stopping=1, learning_rate=1e-9)
    play(m.SetDocument(revision=1, text=text), m.Train(run=1, folder=folder))
    (early,) = marks.read(Path(folder))
    assert early.kind == "early"
    events = play(m.Train(run=2, resume=folder))
    assert of(m.Marked, events)[0].words == "Continued from the last checkpoint"


def test_a_run_that_fails_is_marked_with_the_reason(
    play: Play, document: Text, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = Trainer._train

    def scarce(self: Trainer, epoch: int, within: int) -> object:
        if self.step == 4:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return train(self, epoch, within)

    monkeypatch.setattr(Trainer, "_train", scarce)
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    (fault,) = of(m.Fault, events)
    assert marks.read(Path(folder)) == [Mark(4, "fault", fault.words)]


def test_lines_that_are_no_marks_are_passed_over(tmp_path: Path) -> None:
    marks.append(tmp_path, [Mark(3, "pause", "Paused")])
    with (tmp_path / marks.FILE).open("ab") as out:
        out.write(
            b'{"step": -1, "kind": "pause", "words": "x"}\n{"step": 4, "kind": "party", "words": ""}\n[[[\n\xff\n'
        )
    marks.append(tmp_path, [Mark(9, "stop", "Stopped")])
    assert [mark.step for mark in marks.read(tmp_path)] == [3, 9]
    assert marks.read(tmp_path / "none") == []


@pytest.mark.parametrize("kind", ["step", "cosine"])
def test_rates_stay_right_when_a_run_goes_on(play: Play, document: Text, folder: str, kind: str) -> None:
    text = document(schedule=kind, decay_every=1)
    stop = lambda e: (m.Stop(),) if isinstance(e, m.Metrics) and e.step == 5 else ()  # noqa: E731
    play(m.SetDocument(revision=1, text=text), m.Train(run=1, folder=folder), then=stop)
    play(m.Train(run=2, resume=folder))
    settings = replace(TrainingSettings(), epochs=2, learning_rate=0.01, schedule=kind, decay_every=1)
    rows = [row for row in metrics.metrics(Path(folder)) if "loss" in row]
    assert [row["learning_rate"] for row in rows] == [schedule.rate(settings, step, 8) for step in range(16)]
