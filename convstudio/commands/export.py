"""`convstudio export FILE`: write the network in a form that other programs read, with a proof."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from convstudio.commands import export_papers
from convstudio.commands.declaring import Commands, command, json_option, plugins_option
from convstudio.commands.printing import lines, print_json
from convstudio.commands.project import engine_failures, opened
from convstudio.commands.run_choice import RUN_WORDS, chosen
from convstudio.network.document import Document

if TYPE_CHECKING:
    from convstudio.engine.exports import Proof, Stage

Format = Literal["source", "script", "safetensors", "onnx", "pt2"]
FORMATS: dict[str, str] = {
    "source": "a PyTorch class to read and change",
    "script": "a file that trains the network from the start as here, and its samples beside it",
    "safetensors": "the weights, which fit the class of the source",
    "onnx": "network and weights for other programs",
    "pt2": "network and weights as a program of torch.export",
}
PROOF_SAMPLES = 64
LARGE = 100.0
"""Scores from this on are told with the difference, which says little without them."""
EXAMPLES = (
    """\
  convstudio export digits.convstudio --run digits-run-1 --format onnx -o digits.onnx
  convstudio export digits.convstudio --run digits-run-1 --format source -o digits.py
  convstudio export digits.convstudio --run digits-run-1 --format safetensors -o digits.safetensors
  convstudio export digits.convstudio --run digits-run-1 --format script -o train_digits.py --json
  convstudio export digits.convstudio --run digits-run-1 --format card -o digits-card
  convstudio export digits.convstudio --format picture -o digits.svg

formats:
"""
    + "".join(f"  {name:12} {about}\n" for name, about in (FORMATS | export_papers.PAPERS).items())
    + """
What is written is loaded in a fresh process, which knows nothing of ConvStudio, and compared with the network before it
is put in place: on validation samples, and on a random batch of another size; a script by the losses of its first
steps. A difference that rounding cannot explain is an error, and nothing is kept.
"""
)


def declare(commands: Commands) -> None:
    about = "Export a network, and prove in a fresh process that the file computes the same."
    parser = command(commands, "export", run, about, EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="the project file")
    plugins_option(parser)
    parser.add_argument("--run", dest="folder", metavar="RUN", help=f"{RUN_WORDS} (else untrained)")
    parser.add_argument("--format", choices=(*FORMATS, *export_papers.PAPERS), required=True)
    parser.add_argument("--title", default="", help="what the file says that it is (else its name)")
    parser.add_argument("--dark", action="store_true", help="a picture in dark colours")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PATH", required=True, help="the file, or folder, to write"
    )
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    document = opened(arguments.file, arguments.plugins)
    arguments.folder = chosen(arguments.folder) if arguments.folder else None
    if arguments.format in export_papers.PAPERS:
        return _paper(document, arguments)
    with engine_failures(), progress() as tell:
        given = (document, arguments.folder, arguments.format, arguments.output)
        proof = exported(*given, title=arguments.title, tell=tell)
    if arguments.json:
        print_json(facts(arguments, proof))
    else:
        lines(sentence(arguments, proof))
    return 0


def _paper(document: Document, arguments: argparse.Namespace) -> int:
    """What is drawn, and needs no proof."""
    with engine_failures():
        title = arguments.title or arguments.file.stem
        given = (arguments.format, document, arguments.output, arguments.folder)
        files = export_papers.written(*given, title, arguments.dark)
    if arguments.json:
        print_json({"path": str(arguments.output), "format": arguments.format, "files": list(map(str, files))})
    else:
        lines(f"{arguments.output} written")
    return 0


def facts(arguments: argparse.Namespace, proof: Proof) -> dict[str, object]:
    """The outcome for a program."""
    return {
        "path": str(arguments.output),
        "format": arguments.format,
        "files": list(map(str, proof.files)),
        "trained": arguments.folder is not None,
        "difference": proof.difference,
        "samples": proof.samples,
        "largest": proof.largest,
        "program": proof.program,
    }


def sentence(arguments: argparse.Namespace, proof: Proof) -> str:
    """The outcome in one line."""
    untrained = "" if arguments.folder or arguments.format == "script" else " The weights are untrained: no --run."
    beside = "".join(f" and {path.name}" for path in proof.files[1:])
    if arguments.format == "script":
        found = f"its losses differ from ConvStudio's by at most {proof.difference:.2g} in {proof.samples} steps"
    else:
        samples = f"{proof.samples} sample{'s' * (proof.samples != 1)}"
        found = f"its scores differ from the network's by at most {proof.difference:.2g} on {samples}"
    if proof.largest >= LARGE:
        found += f" (the largest score is {proof.largest:.2g})"
    return f"{arguments.output}{beside} written and tried in a fresh process ({proof.program}): {found}.{untrained}"


def exported(
    document: Document,
    folder: Path | None,
    form: Format,
    path: Path,
    *,
    title: str = "",
    tell: Callable[[Stage], None] | None = None,
) -> Proof:
    """The network of the file with the weights of the run, written and proved. Raises what the engine raises."""
    from convstudio.engine import checkpoint, exports, starting
    from convstudio.engine.build import build
    from convstudio.engine.devices import Way
    from convstudio.engine.project import analysed, proof_samples
    from convstudio.engine.trained import trained

    analysis = analysed(document)
    if folder is not None:
        live = trained(document, analysis, folder)
        kept = checkpoint.facts(folder)
        document = replace(document, training=starting.own_document(folder).training)
        way = Way(kept.threads, kept.memory_format, kept.device)
    else:
        starting.require_sound(analysis)
        live = build(document.network, analysis, document.training.seed, document.training.initialisation)
        way = Way.wanted(document.training)
    samples, classes = proof_samples(document.data, live.sample, PROOF_SAMPLES)
    given = (form, path, document, analysis, live, samples)
    return exports.export(*given, title=title, classes=classes, way=way, tell=tell)


@contextmanager
def progress() -> Iterator[Callable[[Stage], None] | None]:
    """What hears of the stages of an export: a bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Exporting", total=1.0)
        yield lambda stage: bar.update(task, completed=stage.share, description=stage.words)
