"""What the worker does with runs: reports, pauses, ends, checkpoints, and faults after which it lives on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from convstudio.blocks import Convolution, FullyConnected
from convstudio.engine import checkpoint, starting
from convstudio.engine.calibration import Choice
from convstudio.engine.training import Trainer
from convstudio.protocol import messages as m
from convstudio.worker.transport import Closed, WindowGoneError
from worker_events import at_step, losses, of, states

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]

MASKS = m.View(block="conv_1", what="masks")
MAPS = m.View(block="conv_1", what="maps")
STEPS = 16  # two epochs of eight batches


def test_a_run_reports_each_step_and_each_epoch(play: Play, document: Text, folder: str) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=3, folder=folder))
    assert states(events) == ["preparing", "running", "finished"]
    running = of(m.State, events)[1]
    assert (running.run, running.device, running.threads, running.folder) == (3, "cpu", 1, folder)
    reports = of(m.Metrics, events)
    assert reports[-1].step == STEPS
    assert sum(r.losses.shape[0] for r in reports) == STEPS
    assert {(r.run, r.epochs, r.batches) for r in reports} == {(3, 2, 8)}
    assert all(r.losses.shape == r.hits.shape and len(r.losses.data) == 4 * r.losses.shape[0] for r in reports)
    assert [(v.epoch, v.step) for v in of(m.Validation, events)] == [(0, 0), (1, 8), (2, 16)]
    assert of(m.Validation, events)[-1].loss < of(m.Validation, events)[0].loss


def test_what_was_measured_before_the_run_is_told(play: Play, document: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {(1, "channels_last"): 0.002, (1, "contiguous"): 0.001, (2, "contiguous"): 0.004}
    monkeypatch.setattr(starting, "calibrate", lambda *given: Choice(1, torch.contiguous_format, figures))
    (told,) = of(m.Measured, play(m.SetDocument(revision=1, text=document()), m.Train(run=4)))
    assert (told.run, told.batch, told.device) == (4, 20, "cpu")
    rates = [(way.threads, way.memory_format, way.samples_per_second) for way in told.ways]
    assert rates == [(1, "channels_last", 10_000), (1, "contiguous", 20_000), (2, "contiguous", 5_000)]
    assert told.ways[told.chosen].memory_format == "contiguous"


def test_what_was_reported_is_in_the_folder(play: Play, document: Text, folder: str) -> None:
    from convstudio.runs.metrics import metrics

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    rows = metrics(Path(folder))
    kept = [row["loss"] for row in rows if "loss" in row]
    assert np.array_equal(np.array(kept, np.float32), losses(events))
    judged = [row["validation_accuracy"] for row in rows if "validation_loss" in row]
    assert judged == [v.accuracy for v in of(m.Validation, events)]
    assert checkpoint.load(Path(folder)).state["position"]["step"] == STEPS


def test_without_a_folder_nothing_is_kept(
    play: Play, document: Text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert states(play(m.SetDocument(revision=1, text=document()), m.Train(run=1)))[-1] == "finished"
    assert list(tmp_path.iterdir()) == []


def test_the_same_document_gives_bitwise_the_same_losses(play: Play, document: Text) -> None:
    first, second = (losses(play(m.SetDocument(revision=1, text=document()), m.Train(run=1))) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_a_pause_stops_between_two_steps_until_resume(play: Play, document: Text, folder: str) -> None:
    """While it pauses, the worker answers requests, each of which gives its loop another turn."""
    turns = iter([m.WatchSample(number=n) for n in range(1, 4)])
    pausing = at_step(3, m.Pause(), m.Pause())

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.State) and event.state == "paused":
            waiting.append(event)
        if waiting and isinstance(event, m.State | m.Scores):
            turn = next(turns, None)
            return (turn, m.Credit(view=MAPS)) if turn else (m.Resume(),)
        return pausing(event)

    waiting: list[m.Event] = []
    events = play(
        m.SetDocument(revision=1, text=document()), m.Watch(views=(MAPS,)), m.Train(run=1, folder=folder), then=then
    )
    assert states(events) == ["preparing", "running", "paused", "running", "finished"]
    _, _, paused, resumed, _ = (n for n, event in enumerate(events) if isinstance(event, m.State))
    between = events[paused + 1 : resumed]
    assert {type(e) for e in between} == {m.Maps, m.Scores}
    assert len({e.maps.data for e in of(m.Maps, between)}) == 3
    assert len({e.step for e in between}) == 1
    undisturbed = play(m.SetDocument(revision=1, text=document()), m.Train(run=1))
    assert losses(events).tobytes() == losses(undisturbed).tobytes()


def test_stop_ends_the_run_and_another_may_follow(play: Play, document: Text) -> None:
    stopping = at_step(3, m.Stop(), m.Train(run=2))
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=stopping)
    assert states(events) == ["preparing", "running", "stopped", "preparing", "running", "finished"]
    assert [r.step for r in of(m.Metrics, events) if r.run == 1][-1] < STEPS
    assert [r.step for r in of(m.Metrics, events) if r.run == 2][-1] == STEPS


def test_a_second_run_is_refused_while_one_goes_on(play: Play, document: Text) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=at_step(2, m.Train(run=2)))
    (fault,) = of(m.Fault, events)
    assert (fault.run, fault.words) == (2, "Run 1 is still going on. Stop it first.")
    assert [(s.run, s.state) for s in of(m.State, events)][2:] == [(2, "failed"), (1, "finished")]


def test_a_run_goes_on_with_an_edited_network(play: Play, document: Text, folder: str) -> None:
    edit = m.SetDocument(revision=2, text=document({"conv_1": Convolution(channels=3, mask=(5,), stride=(4,))}))
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder), then=at_step(2, edit))
    (built,) = [e for e in of(m.Built, events) if e.run]
    assert (built.revision, built.run, built.kept, built.fresh) == (2, 1, (), ("conv_1", "fc_1"))
    assert 2 <= built.step < STEPS
    assert states(events) == ["preparing", "running", "finished"]
    assert len(losses(events)) == STEPS
    kept = checkpoint.load(Path(folder))
    assert kept.state["weights"]["conv_1.weight"].shape == (3, 1, 5, 5)
    assert '"channels": 3' in kept.document
    assert Path(folder, "document.convstudio").read_text() == kept.document


def test_a_run_goes_on_at_another_learning_rate_with_all_it_knows(play: Play, document: Text) -> None:
    """A rate of next to nothing holds the weights from that step on: every loss after it depends on its batch alone."""
    edit = m.SetDocument(revision=2, text=document(learning_rate=1e-9))
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=at_step(3, edit))
    (built,) = [e for e in of(m.Built, events) if e.run]
    assert (set(built.kept), built.fresh) == ({"conv_1", "fc_1"}, ())
    undisturbed = losses(play(m.SetDocument(revision=1, text=document()), m.Train(run=1)))
    changed = losses(events)
    assert changed[: built.step + 1].tobytes() == undisturbed[: built.step + 1].tobytes()
    assert changed[-1] != undisturbed[-1]


def test_another_batch_size_begins_the_epoch_again(play: Play, document: Text) -> None:
    edit = m.SetDocument(revision=2, text=document(batch_size=40))
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=at_step(3, edit))
    (built,) = [e for e in of(m.Built, events) if e.run]
    assert [(v.epoch, v.step) for v in of(m.Validation, events)] == [(0, 0), (1, built.step + 4), (2, built.step + 8)]
    last = of(m.Metrics, events)[-1]
    assert (last.epoch, last.batch, last.batches) == (2, 4, 4)


@pytest.mark.parametrize(
    "edit", [{"changed": {"fc_1": FullyConnected(channels=5)}}, {"without": ("output_1",)}, {"without": ("flatten_1",)}]
)
def test_a_run_goes_on_as_it_is_while_the_document_cannot_be_trained(play: Play, document: Text, edit: dict) -> None:
    broken = m.SetDocument(revision=2, text=document(**edit))
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=at_step(2, broken))
    assert [e for e in of(m.Built, events) if e.run] == []
    assert states(events)[-1] == "finished"
    undisturbed = play(m.SetDocument(revision=1, text=document()), m.Train(run=1))
    assert losses(events).tobytes() == losses(undisturbed).tobytes()


def test_a_paused_run_takes_an_edit_at_once(play: Play, document: Text) -> None:
    edit = m.SetDocument(revision=2, text=document(learning_rate=0.5))
    pausing = at_step(3, m.Pause(), edit)

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (m.Resume(),) if isinstance(event, m.Built) and event.run else pausing(event)

    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=then)
    assert states(events) == ["preparing", "running", "paused", "running", "finished"]


def test_a_changed_run_goes_on_bitwise_from_its_checkpoint(play: Play, document: Text, folder: str) -> None:
    edit = m.SetDocument(revision=2, text=document(learning_rate=0.002, batch_size=25, optimiser="sgd"))
    start = m.SetDocument(revision=1, text=document())
    whole = losses(play(start, m.Train(run=1), then=at_step(3, edit)))

    def stop(event: m.Event) -> tuple[m.Request, ...]:
        return (edit,) if isinstance(event, m.Metrics) and event.step == 3 else ()

    def first(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and event.step == 7:
            return (m.Stop(),)
        return stop(event)

    before = losses(play(start, m.Train(run=1, folder=folder), then=first))
    after = losses(play(m.Train(run=2, resume=folder)))
    assert np.concatenate([before, after]).tobytes() == whole.tobytes()


def test_during_a_run_a_picture_comes_only_on_credit(play: Play, document: Text) -> None:
    events = play(m.SetDocument(revision=1, text=document()), m.Watch(views=(MASKS, MAPS)), m.Train(run=1))
    assert len(of(m.Masks, events)) == 1
    assert len(of(m.Maps, events)) == 1


def test_without_open_views_no_picture_is_taken(play: Play, document: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    from convstudio.engine import probe

    def never(*arguments: object) -> None:
        raise AssertionError("a closed view costs time")

    monkeypatch.setattr(probe, "maps", never)
    monkeypatch.setattr(probe, "masks", never)
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Watch(views=(MASKS, MAPS)),
        m.Watch(views=()),
        m.Credit(view=MAPS),
        m.Train(run=1),
    )
    assert states(events)[-1] == "finished"
    assert of(m.Metrics, events)[-1].probe_share == 0


def test_the_trained_masks_are_shown_when_the_run_is_over(play: Play, document: Text, folder: str) -> None:
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Watch(views=(MASKS,)),
        m.Train(run=1, folder=folder),
        then=lambda e: (m.Credit(view=MASKS),) if isinstance(e, m.Masks) else (),
    )
    last = of(m.Masks, events)[-1]
    assert (last.run, last.step) == (1, STEPS)
    kept = checkpoint.weights(Path(folder))["conv_1.weight"].numpy()
    assert last.arrays[0].data == kept.tobytes()


def test_a_run_goes_on_bitwise_from_its_checkpoint(play: Play, document: Text, tmp_path: Path) -> None:
    whole, parts = str(tmp_path / "whole"), str(tmp_path / "parts")
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=whole))
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=parts), then=at_step(11, m.Stop()))
    stopped = checkpoint.load(Path(parts)).state["position"]["step"]
    events = play(m.Train(run=2, resume=parts))
    assert 11 <= stopped < STEPS
    assert next(r.step for r in of(m.Metrics, events)) == stopped + 1
    assert [v.epoch for v in of(m.Validation, events)] == [2]
    expected, found = checkpoint.weights(Path(whole)), checkpoint.weights(Path(parts))
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_a_run_may_go_on_for_more_epochs(play: Play, document: Text, folder: str) -> None:
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    events = play(m.SetDocument(revision=1, text=document(epochs=3)), m.Train(run=2, resume=folder))
    assert of(m.Metrics, events)[-1].step == 24


def test_a_run_goes_on_with_its_own_network_after_an_edit(play: Play, document: Text, folder: str) -> None:
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder), then=at_step(3, m.Stop()))
    edited = m.SetDocument(revision=2, text=document({"fc_1": FullyConnected(channels=9)}))
    events = play(edited, m.Train(run=2, resume=folder))
    assert of(m.Metrics, events)[-1].step == STEPS
    assert events[-1] == m.Built(revision=2, kept=("conv_1",), fresh=("fc_1",))


@pytest.mark.parametrize("end", [m.Quit(), Closed()])
def test_the_end_of_the_worker_keeps_the_run(play: Play, document: Text, folder: str, end: m.Request) -> None:
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder), then=at_step(5, end))
    assert 5 <= checkpoint.load(Path(folder)).state["position"]["step"] < STEPS


def test_a_window_that_is_gone_ends_the_run_with_a_checkpoint(play: Play, document: Text, folder: str) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.Metrics) and event.step >= 5:
            raise WindowGoneError("nobody listens")
        return ()

    with pytest.raises(WindowGoneError):
        play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder), then=then)
    assert checkpoint.load(Path(folder)).state["position"]["step"] == 5


def test_losses_that_run_away_name_a_block(play: Play, document: Text, folder: str) -> None:
    text = document(optimiser="sgd", learning_rate=100.0, weight_decay=10.0)
    events = play(m.SetDocument(revision=1, text=text), m.Train(run=1, folder=folder), m.Watch(views=(MASKS,)))
    (fault,) = of(m.Fault, events)
    assert (fault.about, fault.kind, fault.run) == ("run", "not_a_number", 1)
    assert fault.block in ("conv_1", "fc_1")
    assert states(events) == ["preparing", "running", "failed"]
    assert not np.isfinite(losses(events)[-1])
    kept = checkpoint.weights(Path(folder))
    assert all(torch.isfinite(weights).all() for weights in kept.values())
    assert checkpoint.position(Path(folder)).step == 0, "what goes on from here goes on from weights still untouched"
    assert of(m.Masks, events), "the worker lives on and shows what became of the masks"


@pytest.mark.parametrize(
    ("changed", "kind", "block", "words"),
    [
        ({"fc_1": FullyConnected(channels=7)}, "network", "output_1", "8"),
        ({"device": "cuda:77"}, "device", "", "cuda:77"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_words(
    play: Play, document: Text, folder: str, changed: dict, kind: str, block: str, words: str
) -> None:
    text = document(**changed) if "device" in changed else document(changed)
    events = play(m.SetDocument(revision=1, text=text), m.Train(run=1, folder=folder))
    (fault,) = of(m.Fault, events)
    assert (fault.about, fault.kind, fault.run, fault.block) == ("run", kind, 1, block)
    assert words in fault.words
    assert states(events) == ["preparing", "failed"]
    assert not Path(folder).exists()


def test_an_unknown_data_set_cannot_be_trained_on(play: Play, document: Text) -> None:
    events = play(m.SetDocument(revision=1, text=document().replace('"gratings"', '"grapes"')), m.Train(run=1))
    assert [(f.about, f.kind) for f in of(m.Fault, events)] == [("document", "data"), ("run", "data")]


def test_a_folder_that_cannot_be_made_is_said_before_anything_starts(
    play: Play, document: Text, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(tmp_path / "file" / "run")))
    (fault,) = of(m.Fault, events)
    assert (fault.about, fault.kind) == ("run", "file")
    assert "cannot be kept in" in fault.words
    assert fault.words.endswith("Choose another folder.")
    assert states(events) == ["preparing", "failed"]


def test_on_a_full_disk_no_run_begins_and_the_advice_is_to_make_room(
    play: Play, document: Text, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("convstudio.engine.starting.file.write_atomically", full)
    (fault,) = of(m.Fault, play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder)))
    assert fault.words == f"The run cannot be kept in {folder}: no space left on device. Make room there."


def test_a_run_is_not_written_over_another(play: Play, document: Text, folder: str) -> None:
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    before = (Path(folder) / "metrics.jsonl").read_bytes()
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=2, folder=folder))
    (fault,) = of(m.Fault, events)
    assert "There is a run in" in fault.words
    assert (Path(folder) / "metrics.jsonl").read_bytes() == before


def test_a_damaged_checkpoint_is_refused_in_words(play: Play, document: Text, folder: str) -> None:
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=folder))
    (Path(folder) / "checkpoint" / "weights.safetensors").write_bytes(b"spoiled")
    (fault,) = of(m.Fault, play(m.Train(run=2, resume=folder)))
    assert fault.kind == "file"
    assert "damaged" in fault.words


def test_a_full_disk_makes_the_run_wait(
    play: Play, document: Text, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from convstudio.runs import metrics

    record, left = metrics.record, [OSError(28, "No space left on device", "metrics.jsonl")]

    def full_once(place: Path, rows: list) -> None:
        if left and rows and rows[-1]["step"] == 3:
            raise left.pop()
        record(place, rows)

    monkeypatch.setattr(metrics, "record", full_once)
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Train(run=1, folder=folder),
        then=lambda e: (m.Resume(),) if isinstance(e, m.State) and e.state == "paused" else (),
    )
    (fault,) = of(m.Fault, events)
    assert fault.kind == "file"
    assert fault.words == (
        f"The run cannot be kept in {folder}: no space left on device. The run waits: make room there, then press "
        "Resume."
    )
    assert states(events) == ["preparing", "running", "paused", "running", "finished"]
    assert len(losses(events)) == STEPS
    assert [row["step"] for row in metrics.metrics(Path(folder)) if "loss" in row] == list(range(1, STEPS + 1))


def test_a_checkpoint_that_finds_no_room_makes_the_run_wait_and_nothing_is_lost(
    play: Play, document: Text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(plain)))
    save, left = checkpoint.save, [1, 2]

    def full_twice(place: Path, trainer: Trainer, state: dict, text: str) -> None:
        if left and trainer.step >= 8:
            left.pop()
            raise checkpoint.CheckpointFault(f"The run cannot be kept in {place}: no space left on device.")
        save(place, trainer, state, text)

    monkeypatch.setattr(checkpoint, "save", full_twice)
    monkeypatch.setattr("convstudio.engine.run.SPACING", 0.0)
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Train(run=1, folder=str(odd)),
        then=lambda e: (m.Resume(),) if isinstance(e, m.State) and e.state == "paused" else (),
    )
    assert [(f.kind, "no space left" in f.words) for f in of(m.Fault, events)] == [("file", True)] * 2
    assert states(events)[-1] == "finished"
    one, other = checkpoint.weights(plain), checkpoint.weights(odd)
    assert all(one[name].equal(other[name]) for name in one)


def test_data_that_have_vanished_end_a_run_before_it_begins_and_not_the_worker(
    play: Play, document: Text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from convstudio import data

    folder, load = tmp_path / "run", data.load
    play(m.SetDocument(revision=1, text=document()), m.Train(run=1, folder=str(folder)))

    def vanished(name: str) -> data.Dataset:
        raise data.DataError(f"The data set {name!r} cannot be read: no such file or directory.")

    monkeypatch.setattr(data, "load", vanished)
    events = play(
        m.SetDocument(revision=1, text=document(epochs=3)),
        m.Train(run=2, folder=str(tmp_path / "other")),
        m.Train(run=3, resume=str(folder)),
        m.Watch(views=(MASKS,)),
    )
    faults = [f for f in of(m.Fault, events) if f.about == "run"]
    assert [(f.kind, f.run, "cannot be read" in f.words) for f in faults] == [("data", 2, True), ("data", 3, True)]
    assert of(m.Masks, events)
    monkeypatch.setattr(data, "load", load)
    assert states(play(m.Train(run=4, resume=str(folder))))[-1] == "finished"


def test_too_little_memory_in_a_step_ends_the_run_and_not_the_worker(
    play: Play, document: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = Trainer._train

    def scarce(self: Trainer, epoch: int, within: int) -> object:
        if self.step == 4:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return train(self, epoch, within)

    monkeypatch.setattr(Trainer, "_train", scarce)
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Train(run=1),
        then=lambda e: (m.Watch(views=(MASKS,)),) if isinstance(e, m.Fault) else (),
    )
    (fault,) = of(m.Fault, events)
    assert (fault.about, fault.kind, fault.smaller_batch) == ("run", "memory", True)
    assert "RuntimeError" in fault.detail
    assert states(events) == ["preparing", "running", "failed"]
    assert [(e.run, e.step) for e in of(m.Masks, events)] == [(1, 4)]


def test_what_nobody_expected_is_a_fault_with_its_traceback(
    play: Play, document: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Trainer, epoch: int, within: int) -> object:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(Trainer, "_train", broken)
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1))
    (fault,) = of(m.Fault, events)
    assert fault.kind == "internal"
    assert "by chance" in fault.words
    assert "ZeroDivisionError" in fault.detail


def test_one_step_or_one_epoch_then_a_pause(play: Play, document: Text) -> None:
    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (next(asked),) if isinstance(event, m.State) and event.state == "paused" else ()

    asked = iter([m.Resume(until="step"), m.Resume(until="epoch"), m.Resume(until="epoch"), m.Resume()])
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1, until="step"), then=then)
    reached = [max((e.step for e in of(m.Metrics, events[:n])), default=0) for n, e in paused(events)]
    assert reached == [1, 2, 8, 16]
    assert [v.step for v in of(m.Validation, events)] == [0, 8, 16]
    assert states(events)[-1] == "finished"
    undisturbed = play(m.SetDocument(revision=1, text=document()), m.Train(run=1))
    assert losses(events).tobytes() == losses(undisturbed).tobytes()


def paused(events: list[m.Event]) -> list[tuple[int, m.Event]]:
    return [(n, e) for n, e in enumerate(events) if isinstance(e, m.State) and e.state == "paused"]


def test_another_document_that_is_opened_does_not_change_the_run(play: Play, document: Text) -> None:
    other = m.SetDocument(revision=2, text=document({"fc_1": FullyConnected(channels=8, bias=False)}), opened=True)
    events = play(m.SetDocument(revision=1, text=document()), m.Train(run=1), then=at_step(2, other))
    assert [e for e in of(m.Built, events) if e.run] == []
    assert events[-1] == m.Built(revision=2, kept=(), fresh=("conv_1", "fc_1"))
