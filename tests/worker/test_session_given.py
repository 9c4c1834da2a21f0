"""Weights that were brought in from a file: shown, trained on from, kept through edits, and given up when asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from convstudio.blocks import Opaque, Tanh, catalogue
from convstudio.engine import checkpoint
from convstudio.engine.importing import keeping
from convstudio.network import file
from convstudio.protocol import messages as m
from convstudio.runs import summary
from convstudio.runs.brought import Report
from worker_events import of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]
MASKS = m.View(block="conv_1", what="masks")
STILL = {"optimiser": "sgd", "learning_rate": 1e-7, "epochs": 1}


@pytest.fixture
def given(tmp_path: Path, document: Text) -> Path:
    """The folder of an import: all masks are 0.25, and fully connected weights 0.5."""
    weights = {
        "conv_1.weight": np.full((2, 1, 5, 5), 0.25, np.float32),
        "conv_1.bias": np.zeros(2, np.float32),
        "fc_1.weight": np.full((8, 98), 0.5, np.float32),
        "fc_1.bias": np.zeros(8, np.float32),
    }
    folder = tmp_path / "given"
    keeping.keep(folder, file.parse(document(), catalogue()), weights, Report(source="onnx", name="x.onnx"))
    return folder


def masks(events: list[m.Event]) -> np.ndarray:
    return np.frombuffer(of(m.Masks, events)[-1].arrays[0].data, np.float32)


def near(folder: str, key: str, value: float) -> bool:
    return bool(np.allclose(checkpoint.weights(Path(folder))[key], value, atol=1e-3))


def test_they_are_shown_and_runs_begin_with_them(play: Play, document: Text, folder: str, given: Path) -> None:
    text = document(**STILL)
    events = play(
        m.SetDocument(revision=1, text=text, opened=True),
        m.Reopen(run=1, folder=str(given)),
        m.Watch(views=(MASKS,)),
        m.Train(run=2, folder=folder, name="on"),
    )
    assert not of(m.Fault, events)
    assert masks(events) == pytest.approx(0.25, abs=1e-3)
    assert near(folder, "fc_1.weight", 0.5)
    assert summary.read(Path(folder)).parent == str(given)


def test_a_run_that_begins_anew_draws_its_own(play: Play, document: Text, folder: str, given: Path) -> None:
    text = document(**STILL)
    play(
        m.SetDocument(revision=1, text=text, opened=True),
        m.Reopen(run=1, folder=str(given)),
        m.Train(run=2, folder=folder, anew=True),
    )
    assert not near(folder, "fc_1.weight", 0.5)


def test_another_document_begins_without_them(play: Play, document: Text, folder: str, given: Path) -> None:
    text = document(**STILL)
    play(
        m.SetDocument(revision=1, text=text, opened=True),
        m.Reopen(run=1, folder=str(given)),
        m.SetDocument(revision=2, text=text, opened=True),
        m.Train(run=2, folder=folder),
    )
    assert not near(folder, "fc_1.weight", 0.5)


def test_edits_keep_them_where_they_fit(play: Play, document: Text, folder: str, given: Path) -> None:
    """Also in a document that was another one when they were brought in."""
    edited = document({"relu_1": Tanh()}, **STILL)
    events = play(
        m.SetDocument(revision=1, text=document(**STILL), opened=True),
        m.Reopen(run=1, folder=str(given)),
        m.SetDocument(revision=2, text=edited),
        m.Train(run=2, folder=folder),
    )
    assert of(m.Built, events)[-1].fresh == ()
    assert near(folder, "conv_1.weight", 0.25)


def test_blocks_behind_an_opaque_one_get_theirs_once_it_is_gone(
    play: Play, document: Text, folder: str, given: Path
) -> None:
    opaque = Opaque(operator="Mystery", channels=2, axes=(7, 7))
    events = play(
        m.SetDocument(revision=1, text=document({"relu_1": opaque}, **STILL), opened=True),
        m.Reopen(run=1, folder=str(given)),
        m.Watch(views=(MASKS,)),
        m.SetDocument(revision=2, text=document(without=("relu_1",), **STILL)),
        m.Train(run=2, folder=folder),
    )
    assert not of(m.Fault, events)
    first, last = of(m.Built, events)[0], of(m.Built, events)[-1]
    assert set(first.kept + first.fresh) == {"conv_1"}
    assert last.fresh == ()
    assert near(folder, "fc_1.weight", 0.5)


def test_an_opaque_block_forbids_training_and_says_why(play: Play, document: Text, folder: str) -> None:
    text = document({"relu_1": Opaque(operator="Mystery", reason="It is odd.", channels=2, axes=(7, 7))})
    events = play(m.SetDocument(revision=1, text=text, opened=True), m.Train(run=1, folder=folder))
    (fault,) = of(m.Fault, events)
    assert "Mystery comes from the imported file, and no block expresses it. It is odd." in fault.words
    assert fault.block == "relu_1"


def test_damaged_ones_are_a_fault(play: Play, document: Text, given: Path) -> None:
    (given / "checkpoint" / "weights.safetensors").write_bytes(b"rubbish")
    events = play(m.SetDocument(revision=1, text=document(), opened=True), m.Reopen(run=1, folder=str(given)))
    assert "is damaged" in of(m.Fault, events)[0].words
    assert of(m.State, events)[-1].state == "failed"


def test_changes_are_measured_from_them(play: Play, document: Text, folder: str, given: Path) -> None:
    view = m.View(block="conv_1", what="changes")
    events = play(
        m.SetDocument(revision=1, text=document(**STILL), opened=True),
        m.Reopen(run=1, folder=str(given)),
        m.Watch(views=(view,)),
    )
    assert np.abs(masks(events)).max() == 0


def test_a_block_that_is_reset_begins_its_runs_with_its_start_values(
    play: Play, document: Text, folder: str, given: Path, tmp_path: Path
) -> None:
    """Also in the second run after it; put back, it begins with what was brought in again."""
    text, there, back = document(**STILL), str(tmp_path / "there"), str(tmp_path / "back")

    def then(event: m.Event) -> tuple[m.Request, ...]:
        if isinstance(event, m.State) and event.state == "finished" and event.run == 2:
            return (m.Train(run=3, folder=there),)
        if isinstance(event, m.State) and event.state == "finished" and event.run == 3:
            return (m.PutBack(number=1), m.Train(run=4, folder=back))
        return ()

    opened = m.SetDocument(revision=1, text=text, opened=True)
    brought = (opened, m.Reopen(run=1, folder=str(given)), m.ResetWeights(blocks=("fc_1",)))
    events = play(*brought, m.Train(run=2, folder=folder), then=then)
    assert [e.blocks for e in of(m.WeightsReset, events)] == [("fc_1",)]
    for run in (folder, there):
        assert near(run, "conv_1.weight", 0.25)
        assert not near(run, "fc_1.weight", 0.5)
    assert np.allclose(checkpoint.weights(Path(there))["fc_1.weight"], checkpoint.weights(Path(folder))["fc_1.weight"])
    assert [e.words for e in of(m.Fault, events)] == [
        "The weights cannot be put back: the blocks, or the run, are others by now."
    ]
    assert not near(back, "fc_1.weight", 0.5)


def test_a_reset_that_is_taken_back_begins_with_what_was_brought_in(
    play: Play, document: Text, folder: str, given: Path
) -> None:
    events = play(
        m.SetDocument(revision=1, text=document(**STILL), opened=True),
        m.Reopen(run=1, folder=str(given)),
        m.ResetWeights(blocks=("fc_1",)),
        m.PutBack(number=1),
        m.Train(run=2, folder=folder),
    )
    assert not of(m.Fault, events)
    assert near(folder, "fc_1.weight", 0.5)


def test_an_export_of_what_was_brought_in_is_not_called_untrained(play: Play, document: Text, given: Path) -> None:
    events = play(
        m.SetDocument(revision=1, text=document(), opened=True),
        m.PreviewExport(format="source", name="net"),
        m.Reopen(run=1, folder=str(given)),
        m.PreviewExport(format="source", name="net"),
        m.PreviewExport(format="script", name="net"),
    )
    before, after, script = of(m.ExportPreview, events)
    assert (before.trained, after.trained) == (False, True)
    assert "not with the weights that were brought in" in script.caption
    assert "brought in" not in after.caption
