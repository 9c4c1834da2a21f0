"""`convstudio runs`: the list, what it tells of one run and of several, exports, and the trash."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from time import time

import pytest

from convstudio.network import file
from convstudio.network.document import Document
from convstudio.network.training_settings import TrainingSettings
from convstudio.runs import about, marks, metrics, summary
from convstudio.runs.about import About
from convstudio.runs.marks import Mark
from convstudio.runs.summary import Summary

ROOT = Path(__file__).parents[2]
LIST = "from convstudio.cli import main; main(['runs', 'list', '--in', sys.argv[1]])"


@pytest.fixture
def kept(own_runs: Path):
    """Puts a run of two steps among the window's."""

    def make(name: str, accuracy: float = 0.5, state: str = "finished", rate: float = 0.1, day: int = 0) -> Path:
        folder = own_runs / name
        folder.mkdir(parents=True)
        head = Summary(
            name="tiny",
            state=state,  # type: ignore[arg-type]
            started=1_800_000_000.0 + day * 86_400,
            updated=time(),
            device="cpu",
            dataset="gratings",
            parameters=844,
            multiply_adds=3234,
            epochs=2,
            epoch=1,
            step=2,
            seconds=62.0,
            loss=1.5,
            accuracy=0.25,
            validation_loss=0.5,
            validation_accuracy=accuracy,
        )
        (folder / summary.FILE).write_bytes(summary.dump(head))
        rows = [{"step": s, "epoch": 1, "loss": 2.0 - s, "accuracy": 0.5, "learning_rate": rate} for s in (1, 2)]
        metrics.record(folder, [*rows, {"step": 2, "epoch": 1, "validation_loss": 0.5, "validation_accuracy": 0.75}])
        marks.append(folder, [Mark(2, "stop", "Stopped")])
        file.save(folder / "document.convstudio", Document(training=TrainingSettings(learning_rate=rate)))
        return folder

    return make


def test_the_list_has_the_newest_first_and_says_how_each_stands(convstudio, kept) -> None:
    kept("first", 0.875)
    kept("second", state="running", day=1)
    about.write(kept("third", day=2).parent / "third", About(name="Le troisième ☆"))
    answer = convstudio("runs")
    assert answer.code == 0
    rows = [line.split() for line in answer.out.splitlines()[3:] if line]
    assert [row[-1] for row in rows] == ["third", "second", "first"]
    assert rows[0][:3] == ["Le", "troisième", "☆"]
    assert rows[1][:2] == ["tiny", "running"]
    assert " ".join(rows[2][4:]) == "87.5 % 0.500 1/2 844 1:02 first"


def test_the_list_for_machines_has_every_figure_and_says_what_is_no_run(convstudio, kept, own_runs) -> None:
    kept("first", 0.875)
    (own_runs / "odd").mkdir()
    form = json.loads(convstudio("runs", "--json").out)
    assert form["folder"] == str(own_runs)
    first, odd = form["runs"]
    assert (first["validation_accuracy"], first["state"], first["problem"]) == (0.875, "finished", "")
    assert Path(first["folder"]) == own_runs / "first"
    assert (odd["state"], odd["name"]) == ("", "odd")
    assert "is no run" in odd["problem"]


def test_an_empty_list_says_how_to_begin(convstudio) -> None:
    answer = convstudio("runs")
    assert answer.code == 0
    assert "`convstudio train FILE` makes one" in answer.out


def test_another_folder_can_be_listed(convstudio, kept, own_runs) -> None:
    kept("first")
    there = own_runs.rename(own_runs.with_name("elsewhere"))
    assert "first" not in convstudio("runs").out
    assert "first" in convstudio("runs", "list", "--in", there).out
    assert convstudio("runs", "show", "first", "--in", there).code == 0


def test_a_run_is_shown_with_its_figures_and_what_happened(convstudio, kept) -> None:
    kept("first", 0.875)
    lines = dict(line.split("  ", 1) for line in convstudio("runs", "show", "first").out.splitlines())
    assert {what: text.strip() for what, text in lines.items()}["validation accuracy"] == "87.5 %"
    assert lines["step 2"].strip() == "Stopped"
    form = json.loads(convstudio("runs", "show", "tiny", "--json").out)
    assert (form["parameters"], form["snapshots"]) == (844, [])
    assert form["events"] == [{"step": 2, "kind": "stop", "words": "Stopped"}]


def test_runs_are_compared(convstudio, kept) -> None:
    kept("first", 0.875, rate=0.1)
    kept("second", 0.5, rate=0.2)
    out = convstudio("runs", "compare", "first", "second").out
    lines = {line.strip().split("   ")[0]: line.split() for line in out.splitlines() if line.strip()}
    assert lines["Learning rate"][2:] == ["0.1", "0.2"]
    assert lines["Validation accuracy"][2:] == ["*", "87.5", "%", "50.0", "%"]
    form = json.loads(convstudio("runs", "compare", "first", "second", "--json").out)
    assert form["parts"][0]["lines"] == [{"what": "Learning rate", "values": ["0.1", "0.2"], "best": []}]


def test_runs_are_exported(convstudio, kept, tmp_path) -> None:
    kept("first")
    assert convstudio("runs", "export", "first", "-o", tmp_path / "tables").code == 0
    rows = list(csv.DictReader((tmp_path / "tables" / "first.csv").read_text().splitlines()))
    assert [(row["step"], row["loss"]) for row in rows] == [("1", "1"), ("2", "0")]
    assert "0.5" in (tmp_path / "tables" / "runs.csv").read_text().split(",")
    answer = convstudio("runs", "export", "first", "--format", "tensorboard", "-o", tmp_path / "logs", "--json")
    assert json.loads(answer.out) == {"folders": [str(tmp_path / "logs")]}
    assert b"brain.Event:2" in next((tmp_path / "logs" / "first").iterdir()).read_bytes()


def test_a_place_that_cannot_be_written_is_a_sentence(convstudio, kept, tmp_path) -> None:
    kept("first")
    (tmp_path / "taken").write_text("")
    answer = convstudio("runs", "export", "first", "-o", tmp_path / "taken")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "cannot be written into" in answer.err


def test_a_run_is_deleted_into_the_windows_trash_and_restored(convstudio, kept, own_runs) -> None:
    folder = kept("first")
    assert convstudio("runs", "delete", "first").code == 0
    assert not folder.exists()
    assert len(list((own_runs / ".trash").iterdir())) == 1
    assert "No run is kept" in convstudio("runs").out
    assert convstudio("runs", "restore").code == 0
    assert folder.exists()
    answer = convstudio("runs", "restore", "first")
    assert (answer.code, answer.err) == (1, "convstudio: There is no run called first in the trash.\n")


def test_what_goes_on_and_what_is_no_run_is_not_deleted(convstudio, kept, tmp_path) -> None:
    first, going = kept("first"), kept("second", state="running")
    answer = convstudio("runs", "delete", "first", "second")
    assert (answer.code, answer.err) == (1, "convstudio: tiny is still going on. Stop it first.\n")
    assert first.exists()
    assert going.exists()
    (tmp_path / "precious").mkdir()
    answer = convstudio("runs", "delete", tmp_path / "precious")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "it is no run" in answer.err
    assert (tmp_path / "precious").exists()


def test_a_run_is_called_by_its_folder_its_name_or_last(convstudio, kept) -> None:
    kept("first")
    last = kept("second", day=1)
    about.write(last, About(name="My best"))
    for word in ("last", "My best", "second", last):
        assert json.loads(convstudio("runs", "show", word, "--json").out)["folder"] == str(last)
    kept("third", day=2)
    answer = convstudio("runs", "show", "tiny")
    assert (answer.code, answer.err) == (
        1,
        "convstudio: 2 runs are called tiny: third, first. Name the folder of one.\n",
    )
    assert convstudio("runs", "show", "nothing").code == 1


@pytest.mark.parametrize("given", [("walk",), ("show",), ("export", "x"), ("list", "x"), ("--nonsense",)])
def test_a_wrong_call_is_exit_code_2(convstudio, given) -> None:
    assert convstudio("runs", *given).code == 2


def test_listing_loads_neither_qt_nor_torch_nor_numpy(own_runs) -> None:
    code = f"import sys; {LIST}; print([n for n in ('torch', 'numpy', 'PySide6') if n in sys.modules])"
    command = [sys.executable, "-c", code, str(own_runs)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
