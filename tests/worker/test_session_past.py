"""Looking back on a run while it goes on, and branching off: what is shown is what was, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from convstudio import data
from convstudio.engine import checkpoint, snapshots
from convstudio.protocol import messages as m
from convstudio.runs import marks, metrics, moments, summary
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]
MASKS = m.View(block="conv_1", what="masks")
MAPS = m.View(block="conv_1", what="maps")


@pytest.fixture(autouse=True)
def _every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copying may take any part of the time, so that every step here has a snapshot."""
    monkeypatch.setattr(snapshots, "SHARE", 1e9)
    monkeypatch.setattr(snapshots.Snapshots, "_idle", True)


@pytest.fixture
def run(play: Play, document: Text, folder: str) -> Path:
    """The folder of a finished run of 16 steps."""
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder, name="first"))
    return Path(folder)


def test_a_run_tells_its_moments_as_it_goes(play: Play, document: Text, folder: str) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=3, folder=folder))
    told = of(m.Snapshots, events)
    assert [s.run for s in told] == [3] * len(told)
    assert told[0].steps == (0,)
    assert told[-1].steps == tuple(range(17))
    assert moments.steps(Path(folder)) == list(range(17))


def test_the_last_snapshot_is_the_checkpoint(run: Path) -> None:
    kept, moment = checkpoint.load(run), snapshots.load(run, 16)
    assert moment.document == kept.document
    assert moment.state["position"]["step"] == kept.state["position"]["step"]
    for part in ("weights", "optimiser"):
        assert moment.state[part].keys() == kept.state[part].keys()
        assert all(bool((moment.state[part][name] == value).all()) for name, value in kept.state[part].items())


def test_masks_maps_and_answers_of_the_past_are_shown_and_then_the_present(
    play: Play, document: Text, folder: str
) -> None:
    back = iter([(3,), (9,), ()])

    def then(event: m.Event) -> tuple:
        if isinstance(event, m.State) and event.state == "finished":
            return (m.Watch(views=(MASKS, MAPS)),)
        if isinstance(event, m.Scores):
            wanted = next(back, None)
            if wanted is None:
                return ()
            request = m.LookBack(folder=folder, step=wanted[0]) if wanted else m.LookBack()
            return (request, m.Credit(view=MASKS), m.Credit(view=MAPS))
        return ()

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder), then=then)
    masks = of(m.Masks, events)
    assert [event.step for event in masks] == [16, 3, 9, 16]
    assert [event.step for event in of(m.Scores, events)] == [16, 3, 9, 16]
    for event in masks:
        _, weights = snapshots.weights(Path(folder), event.step)
        shown = np.frombuffer(event.arrays[0].data, np.float32)
        assert np.array_equal(shown, weights["conv_1.weight"].numpy().reshape(-1))
    maps = [event.maps.data for event in of(m.Maps, events)]
    assert maps[0] == maps[3]
    assert len(set(maps)) == 3


def test_training_is_bitwise_the_same_while_somebody_looks_back(
    play: Play, document: Text, run: Path, tmp_path: Path
) -> None:
    def then(event: m.Event) -> tuple:
        if isinstance(event, m.Metrics) and event.step % 3 == 0:
            return (m.LookBack(folder=str(run), step=event.step // 2), m.Credit(view=MASKS))
        return ()

    other = tmp_path / "runs" / "watched"
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Watch(views=(MASKS,)),
        m.Train(run=2, folder=str(other)),
        then=then,
    )
    assert of(m.Fault, events) == []
    assert 7 in {event.step for event in of(m.Masks, events)}  # as it was then, while step 15 was made
    one, two = checkpoint.weights(run), checkpoint.weights(other)
    assert all(bool((one[name] == two[name]).all()) for name in one)


@pytest.mark.parametrize("flaw", ["no such step", "no such run", "damaged"])
def test_a_moment_that_is_not_there_is_told_and_the_present_stays(
    play: Play, document: Text, run: Path, flaw: str, tmp_path: Path
) -> None:
    place, step = (tmp_path / "none" if flaw == "no such run" else run), 99 if flaw == "no such step" else 5
    if flaw == "damaged":
        moments.path(run, 5).write_bytes(b"spoiled")
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.LookBack(folder=str(place), step=step),
        m.Watch(views=(MASKS,)),
    )
    (fault,) = of(m.Fault, events)
    assert "no whole snapshot of step" in fault.words
    assert [event.step for event in of(m.Masks, events)] == [0]


def test_a_branch_is_a_new_run_that_waits_and_then_does_the_same(
    play: Play, document: Text, run: Path, tmp_path: Path
) -> None:
    place = tmp_path / "runs" / "branch"
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Train(run=2, folder=str(place), resume=str(run), branch=8, until="start", name="second"),
        then=lambda e: (m.Resume(),) if isinstance(e, m.State) and e.state == "paused" else (),
    )
    assert [e.state for e in of(m.State, events)] == ["preparing", "paused", "running", "finished"]
    one, two = checkpoint.weights(run), checkpoint.weights(place)
    assert all(bool((one[name] == two[name]).all()) for name in one)
    assert metrics.metrics(place) == metrics.metrics(run)
    head = summary.read(place)
    assert (head.name, head.parent, head.parent_step) == ("second", str(run), 8)
    assert marks.read(place)[0].words == "Branched off first"
    assert marks.read(run) == []


def test_a_branch_with_one_thing_changed_differs_from_there_on(
    play: Play, document: Text, run: Path, tmp_path: Path
) -> None:
    place = tmp_path / "runs" / "branch"

    def then(event: m.Event) -> tuple:
        if isinstance(event, m.State) and event.state == "paused":
            return (m.SetDocument(revision=2, text=document(learning_rate=0.05)),)
        return (m.Resume(),) if isinstance(event, m.Built) and event.run else ()

    request = m.Train(run=2, folder=str(place), resume=str(run), branch=8, until="start")
    play(m.SetDocument(revision=1, text=document()), request, then=then)
    was, now = ([row["loss"] for row in metrics.metrics(folder) if "loss" in row] for folder in (run, place))
    assert was[:9] == now[:9]  # the loss of a step is that of the weights before it
    assert was[9] != now[9]
    assert checkpoint.document_path(place).read_text() != checkpoint.document_path(run).read_text()


def test_a_run_that_goes_back_forgets_what_came_after(play: Play, document: Text, run: Path) -> None:
    moments.path(run, 99).write_bytes(b"from a step that is to be made again")
    play(m.Train(run=2, resume=str(run)))
    assert moments.steps(run) == list(range(17))


def test_a_network_that_is_too_large_has_no_snapshots(
    play: Play, document: Text, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST_BYTES", 1000)
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    assert of(m.Snapshots, events) == []
    assert moments.steps(Path(folder)) == []
    assert of(m.Fault, events) == []


def test_there_are_never_more_than_there_is_room_for(
    play: Play, document: Text, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST", 6)
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    assert max(len(told.steps) for told in of(m.Snapshots, events)) == 6
    kept = moments.steps(Path(folder))
    assert (len(kept), kept[0], kept[-1]) == (6, 0, 16)


def test_data_that_have_changed_are_noticed_and_a_run_goes_on_with_them_only_when_told_to(
    play: Play, document: Text, run: Path, tmp_path: Path
) -> None:
    facts = checkpoint.facts(run)
    assert facts.data == data.load("gratings").digest
    place = tmp_path / "runs" / "branch"
    for request in (
        m.Train(run=2, folder=str(run), resume=str(run)),
        m.Train(run=2, folder=str(place), resume=str(run), branch=8),
    ):
        (run / checkpoint.RUN).write_bytes(msgspec.json.encode(replace(facts, data="of other samples")))
        events = play(m.SetDocument(revision=1, text=document()), request)
        (fault,) = of(m.Fault, events)
        assert fault.words.startswith("The data set Oriented gratings has changed since the run in")
        assert (fault.kind, fault.other_data, of(m.State, events)[-1].state) == ("file", True, "failed")
        assert not place.exists()
        events = play(m.SetDocument(revision=1, text=document()), replace(request, other_data=True))
        assert not of(m.Fault, events)
        assert of(m.Marked, events)[0].words.endswith(", on data that have changed since")


def test_a_run_of_a_time_when_no_digest_was_kept_goes_on(play: Play, document: Text, run: Path) -> None:
    (run / checkpoint.RUN).write_bytes(msgspec.json.encode(replace(checkpoint.facts(run), data="")))
    assert not of(m.Fault, play(m.SetDocument(revision=1, text=document()), m.Train(run=2, resume=str(run))))
