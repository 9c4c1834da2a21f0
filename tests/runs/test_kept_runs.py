"""Run folders as they are listed: heads, the person’s words, broken and foreign ones, the trash, and metrics."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from convstudio.runs import about, entry, metrics, summary, trash
from convstudio.runs.about import About
from convstudio.runs.figures import FigureReader, Steps, Validated
from convstudio.runs.summary import Summary, SummaryError

HEAD = Summary(
    name="digits",
    state="finished",
    started=1000.0,
    updated=2000.0,
    device="cpu",
    dataset="digits",
    parameters=5,
    multiply_adds=7,
    epochs=3,
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    (folder / summary.FILE).write_bytes(summary.dump(HEAD))
    return folder


def test_a_head_comes_back(run: Path) -> None:
    assert summary.read(run) == HEAD
    found = entry.read(run)
    assert (found.name, found.problem, found.state()) == ("digits", "", "finished")


def test_its_settings_come_with_the_head_and_a_change_of_them_is_noticed(run: Path) -> None:
    assert entry.read(run).settings is None
    before = entry.stamp(run)
    (run / "document.convstudio").write_text('{"format": 1, "blocks": [], "training": {"learning_rate": 0.25}}')
    found = entry.read(run).settings
    assert found is not None
    assert (found.learning_rate, found.optimiser) == (0.25, "adam")
    assert entry.stamp(run) != before


@pytest.mark.parametrize("text", ["", "[]", '{"training": {"learning_rate": "fast"}}', "[" * 100_000])
def test_settings_that_cannot_be_read_are_none(run: Path, text: str) -> None:
    (run / "document.convstudio").write_text(text)
    assert entry.read(run).settings is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "damaged"),
        (b"[1]", "damaged"),
        (b'{"format": 1, "name": 3}', "damaged"),
        (b'{"format": 99}', "made by a newer ConvStudio"),
        (b"\xff\xfe", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b" " * (2**20 + 1), "too large"),
    ],
)
def test_a_broken_head_is_a_sentence(run: Path, text: bytes, words: str) -> None:
    (run / summary.FILE).write_bytes(text)
    with pytest.raises(SummaryError, match=words):
        summary.read(run)
    found = entry.read(run)
    assert (found.summary, found.name, found.state()) == (None, "one", "")
    assert words in found.problem


def test_a_foreign_folder_is_listed_and_a_hidden_one_is_not(run: Path) -> None:
    root = run.parent
    for name in ("holiday", ".trash", ".git"):
        (root / name).mkdir()
    (root / "notes.txt").write_text("no folder")
    found = [entry.read(folder) for folder in entry.folders(root)]
    assert [e.name for e in found] == ["holiday", "digits"]
    assert "it is no run" in found[0].problem
    assert list(entry.folders(root / "none")) == []


def test_a_head_that_is_a_folder_is_a_sentence(run: Path) -> None:
    (run / summary.FILE).unlink()
    (run / summary.FILE).mkdir()
    assert "cannot be read" in entry.read(run).problem


def test_a_run_that_has_been_silent_is_broken_off(run: Path) -> None:
    (run / summary.FILE).write_bytes(summary.dump(Summary(**{**fields(HEAD), "state": "running"})))
    found = entry.read(run)
    assert found.state(now=2010.0) == "running"
    assert found.state(now=2100.0) == "broken off"
    assert not found.going_on


def fields(head: Summary) -> dict:
    return {name: getattr(head, name) for name in head.__struct_fields__}


def test_the_persons_words_are_kept_and_count_more(run: Path) -> None:
    before = entry.stamp(run)
    about.write(run, About("  My\nbest ", "slow but <b>good</b>"))
    assert entry.stamp(run) != before
    found = entry.read(run)
    assert (found.name, found.about.note) == ("My best", "slow but <b>good</b>")
    (run / about.FILE).write_text("{")
    assert entry.read(run).about == About()


def test_what_is_deleted_can_be_put_back_also_where_its_name_is_taken(run: Path) -> None:
    root = run.parent
    lying = trash.put(run, now=2e9)
    assert not run.exists()
    assert trash.lying(root) == [lying]
    run.mkdir()
    again = trash.put(run, now=2e9)
    assert again != lying
    assert trash.put_back(lying) == run
    assert trash.put_back(again) == root / "one-2"
    assert summary.read(run) == HEAD
    assert trash.lying(root) == []


def test_the_trash_forgets_after_a_month(run: Path) -> None:
    other = run.parent / "two"
    other.mkdir()
    trash.put(run, now=1e9)
    lying = trash.put(other, now=1e9 + 20 * 86_400)
    (lying.parent / "not ours").mkdir()
    assert trash.empty(run.parent, trash.KEPT_SECONDS, now=1e9 + 31 * 86_400) == 1
    assert trash.lying(run.parent) == [lying]
    assert trash.empty(run.parent) == 1
    assert (lying.parent / "not ours").exists()
    with pytest.raises(ValueError, match="not put here"):
        trash.put_back(lying.parent / "not ours")


def rows(first: int, last: int) -> list[dict]:
    return [{"step": n, "epoch": 1, "loss": n / 10, "accuracy": 0.5, "learning_rate": 0.01} for n in range(first, last)]


def test_figures_are_read_on_from_where_reading_stopped(run: Path) -> None:
    metrics.record(run, [{"step": 0, "epoch": 0, "validation_loss": 2.3, "validation_accuracy": 0.1}, *rows(1, 4)])
    reader = FigureReader(run)
    first, steps = reader.news()
    assert first == Validated(0, 2.3, 0.1, None)
    assert isinstance(steps, Steps)
    assert steps.step == 3
    np.testing.assert_allclose(steps.losses, [0.1, 0.2, 0.3], rtol=1e-6)
    assert list(reader.news()) == []
    with (run / metrics.FILE).open("ab") as file:
        file.write(b'{"step": 4, "loss": 0.4, "accuracy": 0.5}\n{"step": 5, "lo')
    (more,) = reader.news()
    assert more.step == 4
    assert math.isnan(more.rates[0])
    with (run / metrics.FILE).open("ab") as file:
        file.write(b'ss": null, "accuracy": 0.5}\n')
    (last,) = reader.news()
    assert last.step == 5
    assert math.isnan(last.losses[0])


def test_a_run_that_went_back_is_read_in_pieces_and_spoiled_lines_are_passed_over(run: Path) -> None:
    metrics.record(run, rows(1, 6))
    with (run / metrics.FILE).open("ab") as file:
        file.write(b"\xff\n[1]\n{}\n" + json.dumps({"step": "x"}).encode() + b"\n")
    metrics.record(run, rows(3, 5))
    assert [(piece.step, len(piece.losses)) for piece in FigureReader(run).news()] == [(5, 5), (4, 2)]
    assert list(FigureReader(run.parent).news()) == []
