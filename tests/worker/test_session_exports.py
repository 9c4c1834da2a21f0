"""Exports that a worker is asked for: proven, told of as they go, cancelled, refused; the run goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from convstudio.protocol import messages as m
from convstudio.worker.transport import Closed
from worker_events import at_step, losses, of

Play = Callable[..., list[m.Event]]
Text = Callable[..., str]


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("form", ["source", "script", "safetensors", "onnx"])
def test_a_trained_network_is_exported_with_a_proof(play: Play, document: Text, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"model.{form}"
    events = play(
        m.SetDocument(revision=1, text=document()),
        m.Train(run=1),
        then=at_step(3, m.Export(format=form, path=str(path))),
    )
    (exported,) = of(m.Exported, events)
    assert (exported.format, exported.path) == (form, str(path))
    assert exported.difference < 1e-4
    assert exported.samples == (3 if form == "script" else 33)
    assert exported.trained
    assert path.stat().st_size > 100
    assert (
        losses(events).tobytes() == losses(play(m.SetDocument(revision=1, text=document()), m.Train(run=1))).tobytes()
    )


@pytest.mark.usefixtures("in_this_process")
def test_an_export_tells_how_far_it_is_and_can_be_cancelled(play: Play, document: Text, tmp_path: Path) -> None:
    wish = m.Export(format="safetensors", path=str(tmp_path / "a.safetensors"), title="Gratings")

    def then(event: m.Event) -> tuple[m.Request, ...]:
        first = isinstance(event, m.Exporting) and event.share == 0
        return next(answers, ()) if first else ()

    answers = iter([(wish, m.CancelExport(), wish)])
    events = [e for e in play(m.SetDocument(revision=1, text=document()), wish, then=then) if e.__class__ != m.Built]
    kinds = [type(e).__name__ for e in events]
    assert kinds[:3] == ["Exporting", "Fault", "ExportCancelled"]
    assert kinds[-1] == "Exported"
    assert "still being written" in events[1].words
    assert (events[-1].trained, events[-1].files) == (False, (str(tmp_path / "a.safetensors"),))
    assert [p.name for p in tmp_path.iterdir()] == ["a.safetensors"]


def test_a_script_computes_as_the_run_did_or_as_the_settings_say(play: Play, document: Text) -> None:
    """Of another document the run before says nothing."""
    look = m.PreviewExport(format="script", name="train")
    start = m.SetDocument(revision=1, text=document(memory_format="channels_last"))
    other = m.SetDocument(revision=2, text=document(epochs=1), opened=True)
    train = m.Train(run=1, until="start")
    after = (other, look)

    def then(event: m.Event) -> tuple[m.Request, ...]:
        return (look, m.Stop(), *after) if isinstance(event, m.State) and event.state == "paused" else ()

    texts = [e.text for e in play(start, look, train, then=then) if isinstance(e, m.ExportPreview)]
    assert ["torch.channels_last" in text for text in texts] == [True, False, False]
    assert ["EPOCHS = 1\n" in text for text in texts] == [False, False, True]


def test_nothing_is_left_when_the_window_goes_in_the_middle(play: Play, document: Text, tmp_path: Path) -> None:
    """The process that tries the file ends too, before the session does."""
    wish = m.Export(format="source", path=str(tmp_path / "a.py"))
    far = lambda event: (Closed(),) if isinstance(event, m.Exporting) and "fresh" in event.words else ()  # noqa: E731
    play(m.SetDocument(revision=1, text=document()), wish, then=far)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_says_why(play: Play, document: Text, tmp_path: Path) -> None:
    path = str(tmp_path / "no" / "such" / "folder" / "model.onnx")
    *_, fault = play(m.SetDocument(revision=1, text=document()), m.Export(format="onnx", path=path))
    assert isinstance(fault, m.Fault)
    assert (fault.about, fault.kind) == ("export", "file")
    assert "cannot be written" in fault.words


def test_a_broken_network_is_not_exported(play: Play, document: Text, tmp_path: Path) -> None:
    text = document(without=("output_1",))
    *_, fault = play(m.SetDocument(revision=1, text=text), m.Export(format="source", path=str(tmp_path / "m.py")))
    assert isinstance(fault, m.Fault)
    assert (fault.about, fault.kind) == ("export", "network")
    assert list(tmp_path.iterdir()) == []
