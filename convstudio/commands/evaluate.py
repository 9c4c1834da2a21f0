"""`convstudio evaluate --run RUN`: how good a trained network is on the samples kept back for validation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convstudio.commands.declaring import Commands, command, json_option, plugins_option
from convstudio.commands.printing import lines, print_json, print_table
from convstudio.commands.project import engine_failures, opened, use_plugins
from convstudio.commands.run_choice import RUN_WORDS, chosen
from convstudio.network.document import Document

if TYPE_CHECKING:
    from convstudio.engine.assessment import Assessment

EXAMPLES = """\
  convstudio evaluate --run last                         the network as that run has it
  convstudio evaluate digits.convstudio --run last       another choice of data, or the file as it is now
  convstudio evaluate --run digits-run-1 --json | jq .confusion
"""


def declare(commands: Commands) -> None:
    about = "Judge a trained network: loss, accuracy, figures of each class, and what it takes for what."
    parser = command(commands, "evaluate", run, about, EXAMPLES)
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the project file (else the run's own)")
    plugins_option(parser)
    parser.add_argument("--run", dest="folder", metavar="RUN", required=True, help=RUN_WORDS)
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    folder = chosen(arguments.folder)
    with engine_failures():
        classes, found = judged(_document(arguments, folder), folder)
    if arguments.json:
        print_json(_form(classes, found))
    else:
        _print(classes, found)
    return 0


def _document(arguments: argparse.Namespace, folder: Path) -> Document:
    """What is judged: the project file that was named, else the one that the run keeps."""
    if arguments.file:
        return opened(arguments.file, arguments.plugins)
    from convstudio.engine import starting

    use_plugins(arguments.plugins)
    return starting.own_document(folder)


def judged(document: Document, folder: Path) -> tuple[tuple[str, ...], Assessment]:
    """Names of the classes, and all answers to the samples kept back. Raises what the engine raises."""
    import torch

    from convstudio import data
    from convstudio.engine.assessment import Assessor
    from convstudio.engine.evaluation import evaluate
    from convstudio.engine.project import analysed
    from convstudio.engine.resident import resident
    from convstudio.engine.trained import trained

    live = trained(document, analysed(document), folder)
    samples = resident(data.load(document.data.name), document.data, torch.device("cpu"), torch.contiguous_format)
    assessor = Assessor()
    evaluate(live, samples.validation_images, samples.validation_labels, document.training.batch_size, assessor)
    return data.info(document.data.name).classes, assessor.done()


def _form(classes: tuple[str, ...], found: Assessment) -> dict[str, Any]:
    return {
        "samples": found.samples,
        "loss": found.loss,
        "accuracy": found.accuracy,
        "calibration_error": found.calibration_error,
        "classes": [{"name": n, **s._asdict()} for n, s in zip(classes, found.scores, strict=True)],
        "confusion": found.confusion.tolist(),
    }


def _print(classes: tuple[str, ...], found: Assessment) -> None:
    pixels = found.targets != found.samples
    heads = ("Class", "Precision", "Recall", "IoU" if pixels else "F1", "Pixels" if pixels else "Samples", "Taken for")
    rows = []
    for number, (name, score) in enumerate(zip(classes, found.scores, strict=True)):
        shares = (_share(s) for s in (score.precision, score.recall, score.iou if pixels else score.f1))
        rows.append((name, *shares, f"{score.support:,}", _mistaken(classes, found, number)))
    print_table(heads, rows, right=range(1, 6))
    lines(
        f"loss {found.loss:.4f}, accuracy {found.accuracy:.2%}, calibration error {found.calibration_error:.2%} "
        f"on {found.samples:,} samples kept back for validation"
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _mistaken(classes: tuple[str, ...], found: Assessment, number: int) -> str:
    """The class that samples of this one are mostly taken for by mistake: '8 (12)'."""
    row = found.confusion[number].copy()
    row[number] = 0
    worst = int(row.argmax())
    return f"{classes[worst]} ({row[worst]:,})" if row[worst] else ""
