"""`convstudio runs`: the runs that are kept, the same that the window's Runs tab lists."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from convstudio.commands.declaring import Commands, command, json_option
from convstudio.commands.failure import FailureError
from convstudio.commands.printing import lines, print_json, print_table
from convstudio.commands.run_choice import RUN_WORDS, chosen, listed, own_runs
from convstudio.network.numbers import grouped
from convstudio.runs import entry
from convstudio.runs.words import clock, loss, share

if TYPE_CHECKING:
    from convstudio.network.document import Document
    from convstudio.runs.comparison import Part
    from convstudio.runs.entry import Entry

ABOUT = "List, show, compare, export and delete the runs that are kept; without a word, list them."
EXAMPLES = """\
  convstudio runs                                        what there is, the newest first
  convstudio runs list --json | jq '.runs[].validation_accuracy'
  convstudio runs show last
  convstudio runs compare digits-run-1 digits-run-2      settings that differ, costs, final figures
  convstudio runs export last --format csv -o tables
  convstudio runs export last --format tensorboard -o logs && tensorboard --logdir logs
  convstudio runs delete digits-run-1                    into the trash, for a month
  convstudio runs restore digits-run-1                   out of it again

These are the runs of the window's Runs tab. `--in FOLDER` looks into another folder; a RUN may be a folder anywhere.
"""

SHOWN: dict[str, Callable[[float], str]] = {
    "seconds": clock,
    "loss": loss,
    "validation_loss": loss,
    "best_validation_loss": loss,
    "accuracy": share,
    "validation_accuracy": share,
    "validation_mean_iou": share,
    "started": lambda seconds: _date(seconds),
    "updated": lambda seconds: _date(seconds),
}
"""How the figures of a summary are shown that are no plain numbers or words."""


def declare(commands: Commands) -> None:
    parser = command(commands, "runs", _list, ABOUT, EXAMPLES)
    ways = parser.add_subparsers(dest="way", metavar="WAY", title="ways", required=True)
    json_option(_way(ways, "list", _list, "List the runs, the newest first."))
    json_option(_run(_way(ways, "show", _show, "Show all that is known of a run.")))
    json_option(_run(_way(ways, "compare", _compare, "Say what differs between runs, and how they ended."), "+"))
    exporting = _run(_way(ways, "export", _export, "Write the curves of runs for other programs."), "+")
    exporting.add_argument("--format", choices=("csv", "tensorboard"), default="csv", help="(default: csv)")
    exporting.add_argument("-o", "--output", type=Path, metavar="FOLDER", required=True, help="where to write")
    json_option(exporting)
    json_option(_run(_way(ways, "delete", _delete, "Put runs into the trash, which keeps them for a month."), "+"))
    restoring = _way(ways, "restore", _restore, "Take runs out of the trash.")
    restoring.add_argument("runs", nargs="*", metavar="RUN", help="names of their folders (else the one deleted last)")
    json_option(restoring)


def _way(ways: Commands, name: str, run: Any, about: str) -> argparse.ArgumentParser:
    shown = "\n".join(line for line in EXAMPLES.splitlines() if line.startswith(f"  convstudio runs {name} "))
    parser = command(ways, name, run, about, shown or "  convstudio runs list")
    parser.add_argument("--in", dest="root", type=Path, metavar="FOLDER", help="runs of this folder, not the window's")
    return parser


def _run(parser: argparse.ArgumentParser, number: str | None = None) -> argparse.ArgumentParser:
    parser.add_argument("runs", nargs=number, metavar="RUN", help=RUN_WORDS)
    return parser


def _list(arguments: argparse.Namespace) -> int:
    root = arguments.root or own_runs()
    found = listed(root)
    if arguments.json:
        print_json({"folder": str(root), "runs": [_form(e) for e in found]})
    elif not found:
        lines(f"No run is kept in {root} yet. `convstudio train FILE` makes one.")
    else:
        heads = ("Run", "State", "Begun", "Val. acc.", "Val. loss", "Epochs", "Weights", "Time", "Folder")
        print_table(heads, map(_row, found), right=range(2, 8))
    return 0


def _row(found: Entry) -> tuple[str, ...]:
    head = found.summary
    if head is None:
        return (found.name, "no run", *[""] * 6, found.folder.name)
    return (
        found.name,
        found.state(),
        _date(head.started),
        "" if head.validation_accuracy is None else share(head.validation_accuracy),
        "" if head.validation_loss is None else loss(head.validation_loss),
        f"{head.epoch}/{head.epochs}",
        grouped(head.parameters),
        clock(head.seconds),
        found.folder.name,
    )


def _show(arguments: argparse.Namespace) -> int:
    from convstudio.runs import marks, moments

    found = _sound(arguments.runs, arguments.root)
    happened = marks.read(found.folder)
    if arguments.json:
        kept = {"snapshots": moments.steps(found.folder), "events": msgspec.to_builtins(happened)}
        print_json(_form(found) | kept)
        return 0
    for what, value in _facts(found):
        lines(f"{what:22}{value}")
    lines(f"{'snapshots':22}{grouped(len(moments.steps(found.folder)))}")
    for mark in happened:
        lines(f"{f'step {grouped(mark.step)}':22}{mark.words}")
    return 0


def _facts(found: Entry) -> list[tuple[str, str]]:
    """All that its summary tells, a line each; what it does not know is left out."""
    head = found.summary
    assert head is not None
    values = msgspec.to_builtins(head) | {"name": found.name, "state": found.state()}
    facts = [("folder", str(found.folder)), ("note", found.about.note)]
    for name, value in values.items():
        if name != "format" and value not in (None, ""):
            text = SHOWN[name](value) if name in SHOWN else grouped(value) if isinstance(value, int) else str(value)
            facts.append((name.replace("_", " "), text))
    return [(what, text) for what, text in facts if text and (what != "parent step" or head.parent)]


def _compare(arguments: argparse.Namespace) -> int:
    from convstudio.runs.comparison import comparison

    entries = [_sound(word, arguments.root) for word in arguments.runs]
    parts = comparison(entries, [_document(found.folder) for found in entries])
    if arguments.json:
        print_json({"runs": [_form(e) for e in entries], "parts": [_part_form(p) for p in parts]})
        return 0
    rows: list[tuple[str, ...]] = []
    for part in parts:
        rows.append((part.words or part.title, *[""] * len(entries)))
        for line in part.lines:
            rows.append(("  " + line.what, *(f"* {v}" if n in line.best else v for n, v in enumerate(line.values))))
    print_table(("", *(e.name for e in entries)), rows, right=range(1, len(entries) + 1))
    lines("* the best of these runs")
    return 0


def _part_form(part: Part) -> dict[str, Any]:
    found = [{"what": n.what, "values": n.values, "best": sorted(n.best)} for n in part.lines]
    return {"title": part.title, "words": part.words, "lines": found}


def _export(arguments: argparse.Namespace) -> int:
    from convstudio.ui.runs.exporting import write_csv, write_events

    entries = [_sound(word, arguments.root) for word in arguments.runs]
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
        what = (write_csv if arguments.format == "csv" else write_events)(entries, arguments.output)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FailureError(f"The runs cannot be written into {arguments.output}: {reason}.") from error
    return _told(arguments, f"Written into {arguments.output}: {what}.", [arguments.output])


def _delete(arguments: argparse.Namespace) -> int:
    """All of them, or none where one cannot be deleted."""
    from convstudio.runs import trash

    entries = [_sound(word, arguments.root) for word in arguments.runs]
    for found in entries:
        if found.going_on:
            raise FailureError(f"{found.name} is still going on. Stop it first.")
    gone = []
    for found in entries:
        try:
            gone.append(trash.put(found.folder))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise FailureError(f"{found.folder} cannot be deleted: {reason}.") from error
    names = ", ".join(e.folder.name for e in entries)
    return _told(arguments, f"{names} deleted. The trash keeps runs for a month: `convstudio runs restore`.", gone)


def _restore(arguments: argparse.Namespace) -> int:
    from convstudio.runs import trash

    lying = trash.lying(arguments.root or own_runs())
    wanted = arguments.runs or [trash.name(path) for path in lying[:1]]
    back = []
    for word in wanted:
        found = next((path for path in lying if trash.name(path) == word), None)
        if found is None:
            raise FailureError(f"There is no run called {word} in the trash.")
        try:
            back.append(trash.put_back(found))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise FailureError(f"{word} cannot be taken out of the trash: {reason}.") from error
    if not back:
        raise FailureError("There is no run in the trash.")
    return _told(arguments, f"{', '.join(map(str, back))} restored.", back)


def _told(arguments: argparse.Namespace, words: str, places: Sequence[Path]) -> int:
    if arguments.json:
        print_json({"folders": [str(place) for place in places]})
    else:
        lines(words)
    return 0


def _sound(word: str, root: Path | None) -> Entry:
    """The run that is called so. FailureError when it is none, so that no other folder is ever deleted."""
    found = entry.read(chosen(word, root))
    if found.summary is None:
        raise FailureError(f"{found.folder}: {found.problem}")
    return found


def _document(folder: Path) -> Document | None:
    from convstudio.network import file
    from convstudio.ui.runs.loading import document_of

    try:
        return document_of(folder)
    except file.FileError:
        return None


def _form(found: Entry) -> dict[str, Any]:
    """A run for machines: its summary with the person's words; `problem` says why there is none."""
    head = msgspec.to_builtins(found.summary) if found.summary else {}
    words = {"name": found.name, "note": found.about.note, "state": found.state(), "problem": found.problem}
    return {"folder": str(found.folder)} | head | words


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
