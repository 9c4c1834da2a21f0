"""What the list of runs shows of each: a table of columns with what is shown, what is sorted by, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from convstudio.runs.entry import Entry
from convstudio.runs.summary import Summary
from convstudio.runs.words import clock, loss, share
from convstudio.ui.text import grouped, short, tr

Value = str | float
NONE = float("inf")
"""Sorts behind every figure that there is."""
STATES = {
    "running": "● training",
    "paused": "❚❚ paused",
    "finished": "✓ finished",
    "stopped": "■ stopped",
    "failed": "✗ failed",
    "broken off": "✗ broken off",
    "": "no run",
}


@dataclass(frozen=True)
class Column:
    """`text` is shown; `value` is sorted by; `about` is shown over the title."""

    name: str
    title: str
    about: str
    text: Callable[[Entry], str]
    value: Callable[[Entry], Value]
    numeric: bool = False
    editable: bool = False


def _figure(name: str, form: Callable[[float], str]) -> tuple[Callable[[Entry], str], Callable[[Entry], Value]]:
    """Text and value of a figure that a run may not have yet."""

    def value(entry: Entry) -> Value:
        found = getattr(entry.summary, name, None)
        return NONE if found is None else float(found)

    def text(entry: Entry) -> str:
        found = getattr(entry.summary, name, None)
        return "" if found is None else form(found)

    return text, value


def _date(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.summary.started).strftime("%d.%m.%Y %H:%M") if entry.summary else ""


def _epochs(entry: Entry) -> str:
    return f"{entry.summary.epoch}/{entry.summary.epochs}" if entry.summary else ""


def _of(name: str) -> Callable[[Entry], str]:
    return lambda entry: str(getattr(entry.summary, name, ""))


COLUMNS: tuple[Column, ...] = (
    Column(
        "name",
        "Run",
        "Its name; click it twice to change it",
        lambda e: e.name,
        lambda e: e.name.lower(),
        editable=True,
    ),
    Column("state", "State", "What it does now, or how it ended", lambda e: tr(STATES[e.state()]), lambda e: e.state()),
    Column("started", "Begun", "When it began", _date, lambda e: e.summary.started if e.summary else 0.0, True),
    Column(
        "validation_accuracy",
        "Val. acc.",
        "Share of right answers on the validation samples, at the end",
        *_figure("validation_accuracy", share),
        True,
    ),
    Column(
        "validation_loss",
        "Val. loss",
        "Loss on the validation samples, at the end",
        *_figure("validation_loss", loss),
        True,
    ),
    Column("epochs", "Epochs", "Epochs begun, of all", _epochs, _figure("epoch", str)[1], True),
    Column(
        "parameters",
        "Weights",
        "Weights and biases of the network",
        *_figure("parameters", lambda n: short(int(n))),
        True,
    ),
    Column("seconds", "Time", "Time spent on training", *_figure("seconds", clock), True),
    Column("accuracy", "Acc.", "Mean training accuracy over the last epoch", *_figure("accuracy", share), True),
    Column("loss", "Loss", "Mean training loss over the last epoch", *_figure("loss", loss), True),
    Column("network", "Network", "The name of the document that it trained", _of("name"), _of("name")),
    Column("dataset", "Data", "The data set", _of("dataset"), _of("dataset")),
    Column(
        "note",
        "Note",
        "Your note; click it twice to change it",
        lambda e: e.about.note,
        lambda e: e.about.note.lower(),
        editable=True,
    ),
)
NAMES = tuple(column.name for column in COLUMNS)


def searched(entry: Entry) -> str:
    """All words by which a run is found."""
    head = entry.summary
    words = [entry.name, entry.about.note, entry.folder.name, STATES[entry.state()], _date(entry)]
    return " ".join([*words, *([head.name, head.dataset, head.device] if head else [])]).lower()


def details(entry: Entry) -> str:
    """What is shown over a row: the folder, or what is wrong with it."""
    if entry.problem:
        return f"{entry.problem}\n{entry.folder}"
    assert isinstance(entry.summary, Summary)
    branch = tr("A branch of {run} after step {step}").format(
        run=entry.summary.parent.replace("\\", "/").rpartition("/")[2], step=grouped(entry.summary.parent_step)
    )
    return f"{entry.folder}\n{branch}" if entry.summary.parent else str(entry.folder)
