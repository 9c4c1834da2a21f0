"""`convstudio self-test`: its steps do the real thing, a failing one is named, and the rest are still taken."""

import json
from pathlib import Path

import pytest

from convstudio.commands import proofs
from convstudio.commands.failure import FailureError
from convstudio.commands.proofs import Bag

ROOT = Path(__file__).parents[2]


def bad(bag: Bag) -> str:
    raise FailureError("it is broken")


def worse(bag: Bag) -> str:
    raise ZeroDivisionError("by chance")


@pytest.fixture
def _mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (("first", lambda bag: "fine"), ("second", bad), ("third", worse), ("fourth", lambda bag: "fine too"))
    monkeypatch.setattr(proofs, "PROOFS", steps)


@pytest.mark.usefixtures("_mixed")
def test_failing_steps_are_named_and_the_rest_is_still_tried(convstudio) -> None:
    answer = convstudio("self-test")
    assert answer.code == 1
    said = [line.rpartition(" (")[0] for line in answer.out.splitlines()[:-1]]
    assert said == [
        "ok    first: fine",
        "FAIL  second: it is broken",
        "FAIL  third: ZeroDivisionError: by chance",
        "ok    fourth: fine too",
    ]
    assert answer.out.splitlines()[-1] == "2 of 4 steps passed; failed: second, third"


@pytest.mark.usefixtures("_mixed")
def test_json_names_them_too(convstudio) -> None:
    answer = convstudio("self-test", "--json")
    form = json.loads(answer.out)
    assert (answer.code, form["passed"], form["failed"]) == (1, False, ["second", "third"])
    assert [step["passed"] for step in form["steps"]] == [True, False, False, True]


@pytest.mark.usefixtures("in_this_process")
def test_all_steps_but_the_window_work_here(convstudio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window has tests of its own; that its step is among them is checked here."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    names = [name for name, _ in proofs.PROOFS]
    assert names[:4] == ["versions", "window", "examples", "training"]
    monkeypatch.setattr(proofs, "PROOFS", tuple(step for step in proofs.PROOFS if step[0] != "window"))
    answer = convstudio("self-test")
    assert answer.out.splitlines()[-1] == "8 of 8 steps passed: this installation works"
    assert answer.code == 0


def test_an_export_without_training_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FailureError, match="the training failed"):
        proofs.export("onnx", Bag(tmp_path))


def test_a_part_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(proofs, "PARTS", ("torch", "surely-not-installed"))
    with pytest.raises(FailureError, match="not installed: surely-not-installed"):
        proofs.versions(Bag(tmp_path))
