"""While nobody asks anything, the worker measures how the network is computed fastest, so that Train need not wait."""

from __future__ import annotations

from queue import Empty, SimpleQueue

import pytest
import torch

from convstudio import data
from convstudio.engine import foresight, starting, training
from convstudio.engine.calibration import Choice
from convstudio.protocol import messages as m
from convstudio.worker import rehearsal
from convstudio.worker.bench import Bench
from convstudio.worker.rehearsal import BETWEEN, QUIET, Rehearsal
from convstudio.worker.session import Session

PATIENCE = Rehearsal.__dict__["patience"]
FOUND = Choice(1, torch.channels_last, {})
SLICES = 3 + 6 + 1
"""Three ways are measured; a trainer is made, and judges 1,440 samples in passes of 256; the last finds nothing."""


@pytest.fixture(autouse=True)
def ways(monkeypatch):
    """Lets rehearsals happen; grows by each way that is measured, of which a search has three."""
    measured: list[int] = []

    def searching(*given):
        for number in range(3):
            measured.append(number)
            yield FOUND if number == 2 else None

    monkeypatch.setattr(Rehearsal, "patience", PATIENCE)
    monkeypatch.setattr(rehearsal, "LATE_IMPORTS", ("json",))
    monkeypatch.setattr(starting, "searching", searching)
    monkeypatch.setattr(foresight, "_known", {})
    return measured


@pytest.fixture
def bench() -> Bench:
    return Bench()


def finished(rehearsed: Rehearsal) -> list[float]:
    """How long it waited before each slice."""
    waited = []
    while (patience := rehearsed.patience) is not None:
        waited.append(patience)
        rehearsed.advance()
    return waited


def test_what_train_would_measure_is_known_before(bench, document, ways):
    rehearsed = Rehearsal(bench)
    assert finished(rehearsed) == [QUIET, *[BETWEEN] * 0]
    bench.build(m.SetDocument(revision=1, text=document()))
    rehearsed.interrupted()
    assert finished(rehearsed) == [QUIET, *[BETWEEN] * SLICES]
    assert ways == [0, 1, 2]
    piece = bench.piece
    assert starting.prepared(piece.document, piece.analysis)[1] is FOUND


def test_the_first_validation_of_a_run_is_known_before_and_is_the_one_that_it_would_compute(
    bench, document, monkeypatch
):
    bench.build(m.SetDocument(revision=1, text=document()))
    piece = bench.piece
    first = next(starting.start(piece.document, piece.analysis, None).steps())
    finished(Rehearsal(bench))
    monkeypatch.setattr(training, "evaluate", lambda *given: pytest.fail("it is known"))
    assert next(starting.start(piece.document, piece.analysis, None).steps()) == first


def test_the_samples_of_a_run_are_those_that_it_was_rehearsed_with(bench, document):
    bench.build(m.SetDocument(revision=1, text=document()))
    finished(Rehearsal(bench))
    piece, dataset = bench.piece, data.load("gratings")
    ready = bench.samples.resident(dataset, piece.document.data, piece.device, FOUND.memory_format)
    run = starting.start(piece.document, piece.analysis, None, shared=bench.samples)
    assert run.trainer.data is ready


@pytest.mark.parametrize("other", [{"seed": 1}, {"batch_size": 300}, {"initialisation": "he"}])
def test_with_other_weights_or_batches_the_first_validation_is_not_known(bench, document, other):
    bench.build(m.SetDocument(revision=1, text=document()))
    finished(Rehearsal(bench))
    bench.build(m.SetDocument(revision=2, text=document(**other)))
    run = starting.start(bench.piece.document, bench.piece.analysis, None)
    assert run.trainer.foreseen is None


def test_what_the_confusion_needs_is_computed_all_the_same(bench, document):
    bench.build(m.SetDocument(revision=1, text=document()))
    finished(Rehearsal(bench))
    run = starting.start(bench.piece.document, bench.piece.analysis, None)
    run.trainer.assessing = True
    next(run.steps())
    assert run.trainer.assessment is not None
    assert run.trainer.foreseen is None


def test_a_request_between_two_ways_is_waited_for_again(bench, document, ways):
    rehearsed = Rehearsal(bench)
    bench.build(m.SetDocument(revision=1, text=document()))
    for _ in range(3):
        rehearsed.advance()
    assert ways == [0, 1]
    rehearsed.interrupted()
    assert rehearsed.patience == QUIET
    bench.build(m.SetDocument(revision=2, text=document(batch_size=40)))
    finished(rehearsed)
    assert ways == [0, 1, 0, 1, 2]  # another way to train is measured anew
    bench.build(m.SetDocument(revision=3, text=document(batch_size=40, learning_rate=0.5)))
    finished(rehearsed)
    assert len(ways) == 5  # this one is known


def test_a_batch_larger_than_the_data_set_is_measured_as_it_is_trained(bench, document, monkeypatch):
    sizes = []

    def searching(live, few, settings, device):
        sizes.append((len(few), settings.batch_size))
        yield FOUND

    def calibrate(live, few, settings, device):
        sizes.append((len(few), settings.batch_size))
        return FOUND

    monkeypatch.setattr(starting, "searching", searching)
    monkeypatch.setattr(starting, "calibrate", calibrate)
    bench.build(m.SetDocument(revision=1, text=document(batch_size=60_000)))
    finished(Rehearsal(bench))
    starting._choices.clear()
    starting.prepared(bench.piece.document, bench.piece.analysis)
    assert sizes == [(1600, 1600)] * 2  # 160 of them are learned from: never more than there are


def test_large_networks_and_what_cannot_be_trained_are_left_to_train(bench, document, ways, monkeypatch):
    rehearsed = Rehearsal(bench)
    bench.build(m.SetDocument(revision=1, text=document(without=("output_1",))))
    finished(rehearsed)
    monkeypatch.setattr(rehearsal, "FEW", 1e5)
    bench.build(m.SetDocument(revision=2, text=document()))
    finished(rehearsed)
    assert ways == []


def test_what_goes_wrong_is_left_for_train_to_say(bench, document, monkeypatch):
    def searching(*given):
        raise MemoryError
        yield

    monkeypatch.setattr(starting, "searching", searching)
    bench.build(m.SetDocument(revision=1, text=document()))
    rehearsed = Rehearsal(bench)
    finished(rehearsed)
    assert rehearsed.patience is None


def test_a_session_rehearses_while_it_waits_and_not_during_a_run(document, ways):
    class Waiting(SimpleQueue):
        """Nothing more comes; the window goes away when the worker would wait for ever."""

        def get(self, block=True, timeout=None):
            if not self.empty():
                return super().get(block)
            if block and timeout is None:
                return m.Quit()
            if block:
                waited.append(timeout)
            raise Empty

    def send(event):
        said.append(type(event))
        if isinstance(event, m.State) and event.state == "running":
            before.extend(ways)

    waited, said, before = [], [], []
    inbox = Waiting()
    inbox.put(m.SetDocument(revision=1, text=document(epochs=1)))
    Session(inbox, send).serve()
    assert ways == [0, 1, 2]
    assert waited[:2] == [QUIET, BETWEEN]
    ways.clear()
    starting._choices.clear()
    inbox.put(m.SetDocument(revision=1, text=document(epochs=1)))
    inbox.put(m.Train(run=1))
    Session(inbox, send).serve()
    assert before == []
    assert said.count(m.Metrics) > 0
    assert ways == []  # the run has measured it
