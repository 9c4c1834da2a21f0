"""`convstudio train FILE`: train without a window, with a progress bar."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from convstudio.commands.declaring import Commands, command, json_option
from convstudio.commands.failure import UsageError
from convstudio.commands.printing import lines, print_json
from convstudio.commands.project import engine_failures, opened
from convstudio.network.document import Document, TrainingSettings

if TYPE_CHECKING:
    from convstudio.commands.training_log import Outcome
    from convstudio.engine.run import Run

SIGNALLED = 128
"""Exit codes of a run that a signal stopped start here: 130 for Ctrl+C."""
EXAMPLES = """\
  convstudio train digits.convstudio
  convstudio train digits.convstudio --epochs 20 --learning-rate 0.001 --out runs/slow
  convstudio train digits.convstudio --resume runs/slow --epochs 40
  convstudio train digits.convstudio --json > result.json

A run is kept in a folder: the project, its settings, the metrics of every step (metrics.jsonl, a JSON object a line)
and the last checkpoint. Ctrl+C stops after the present step and keeps a checkpoint; --resume goes on from it as if
nothing had happened. The training loss and accuracy that are printed at the end are means over the steps of the last
epoch, taken while the weights still changed; the validation ones are those after the last whole epoch.
"""
OVERRIDES: tuple[tuple[str, type, str], ...] = (
    ("epochs", int, "how often the whole training set is seen"),
    ("batch_size", int, "samples computed together before the weights move"),
    ("learning_rate", float, "length of each step of the weights"),
    ("optimiser", str, "adam, adamw or sgd"),
    ("seed", int, "decides the first weights and the order of the samples"),
    ("device", str, "auto, cpu, cuda:0 …"),
    ("threads", int, "CPU threads; 0 measures which count is fastest"),
)
KINDS = {int: "N", float: "X", str: "NAME"}


def declare(commands: Commands) -> None:
    parser = command(commands, "train", run, "Train a project and keep the run in a folder.", EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a project file")
    settings = parser.add_argument_group("settings", "instead of those in the project file, which is not changed")
    for name, kind, about in OVERRIDES:
        settings.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=KINDS[kind], help=about)
    parser.add_argument("--out", type=Path, metavar="RUN", help="new folder for the run (else NAME-run-1, -2 … here)")
    parser.add_argument(
        "--resume", type=Path, metavar="RUN", help="go on with this run; of it only --epochs may change"
    )
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.resume and arguments.out:
        raise UsageError("--resume goes on in the folder of its run; leave --out away.")
    given = {name: value for name, _, _ in OVERRIDES if (value := getattr(arguments, name)) is not None}
    document = overridden(opened(arguments.file), given)
    with engine_failures():
        from convstudio.commands.training_log import followed

        outcome = followed(_started(document, arguments))
    if arguments.json:
        print_json(msgspec.to_builtins(outcome))
    else:
        lines(sentence(outcome))
    return SIGNALLED + outcome.signal if outcome.signal else 0


def overridden(document: Document, given: dict[str, Any]) -> Document:
    """The document with other training settings. UsageError when one is out of its limits."""
    settings = msgspec.to_builtins(document.training) | given
    try:
        return replace(document, training=msgspec.convert(settings, TrainingSettings))
    except msgspec.ValidationError as error:
        detail, _, place = str(error).partition(" - at ")
        option = place.strip("`").removeprefix("$.").replace("_", "-")
        raise UsageError(f"--{option}: {detail.lower()}.") from error


def free_folder(file: Path) -> Path:
    """The first of NAME-run-1, NAME-run-2 … in the current folder that does not exist."""
    number = 1
    while (found := Path(f"{file.stem}-run-{number}")).exists():
        number += 1
    return found


def sentence(outcome: Outcome) -> str:
    """The result in one line, which names what each figure is."""
    parts = []
    if outcome.training_loss is not None:
        accuracy = outcome.training_accuracy or 0.0
        parts.append(
            f"training loss {outcome.training_loss:.4f}, training accuracy {accuracy:.1%} "
            f"(means over the steps of epoch {outcome.epoch})"
        )
    if outcome.validation_loss is not None:
        accuracy = outcome.validation_accuracy or 0.0
        parts.append(
            f"validation loss {outcome.validation_loss:.4f}, validation accuracy {accuracy:.1%} "
            f"(after {outcome.validated_epoch} of {outcome.epochs} epochs)"
        )
    ending = "stopped at" if outcome.signal else "finished at"
    return "; ".join([*parts, f"{ending} step {outcome.step:,}", f"run in {outcome.folder}"])


def _started(document: Document, arguments: argparse.Namespace) -> Run:
    from convstudio.engine import starting
    from convstudio.engine.project import analysed

    if arguments.resume:
        return starting.resume(arguments.resume, document)
    return starting.start(document, analysed(document), arguments.out or free_folder(arguments.file))
