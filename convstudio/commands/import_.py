"""`convstudio import FILE`: an ONNX model as a project with its weights, or weights into a project."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from convstudio.commands.declaring import Commands, command, json_option, plugins_option
from convstudio.commands.failure import FailureError, UsageError
from convstudio.commands.printing import lines, print_json
from convstudio.commands.project import engine_failures, opened
from convstudio.commands.run_choice import fresh_folder
from convstudio.network import file

if TYPE_CHECKING:
    from convstudio.engine.importing.brought import Brought

SUFFIXES = (".onnx", ".safetensors")
EXAMPLES = """\
  convstudio import resnet18.onnx                        resnet18.convstudio, and its weights among the runs
  convstudio import net.onnx -o net.convstudio --run net-weights --size 224x224
  convstudio import weights.safetensors --into net.convstudio
  convstudio train resnet18.convstudio --weights resnet18.onnx

A project file holds no weights: they are kept in a folder like that of a run, which the window's Runs tab lists too.
Training begins with them (--weights), evaluate and export take them as --run. What no block expresses becomes an
opaque block with its name and shape.
"""


def declare(commands: Commands) -> None:
    about = "Bring in an ONNX model, or weights (safetensors), and report what was recognised."
    parser = command(commands, "import", run, about, EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="an .onnx or a .safetensors file")
    parser.add_argument("--into", type=Path, metavar="PROJECT", help="the project that weights are brought into")
    parser.add_argument("-o", "--output", type=Path, metavar="PROJECT", help="the project file (else NAME.convstudio)")
    parser.add_argument(
        "--run", dest="folder", type=Path, metavar="FOLDER", help="new folder for the weights (else among the runs)"
    )
    parser.add_argument("--size", type=_size, metavar="ROWSxCOLUMNS", help="of a sample, where the file leaves it open")
    parser.add_argument("--no-project", action="store_true", help="write the folder alone, which holds the project too")
    parser.add_argument("--force", action="store_true", help="replace the project file if it exists")
    plugins_option(parser)
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.into and arguments.output:
        raise UsageError("--into brings weights into a project that is there; leave -o away.")
    project = None if arguments.into or arguments.no_project else _project(arguments)
    found = _brought(arguments)
    folder = arguments.folder or fresh_folder(arguments.file.stem)
    _keep(folder, found)
    if project:
        _save(project, found)
    if arguments.json:
        report = msgspec.to_builtins(found.report)
        print_json({"project": str(project) if project else None, "run": str(folder), "report": report})
    else:
        from convstudio.runs.brought import told

        written = f"{project} written; " if project else ""
        lines("\n".join([*told(found.report), f"{written}weights in {folder}"]))
    return 0


def _project(arguments: argparse.Namespace) -> Path:
    """Where the project file goes. FailureError before anything is read, where one is there already."""
    path: Path = arguments.output or Path(f"{arguments.file.stem}{file.SUFFIX}")
    if path.exists() and not arguments.force:
        raise FailureError(f"{path} exists already. Choose another name with -o, or add --force to replace it.")
    return path


def _brought(arguments: argparse.Namespace) -> Brought:
    from convstudio.engine.importing.graph import ImportFault

    path: Path = arguments.file
    if path.suffix.lower() not in SUFFIXES:
        raise FailureError(f"{path.name} is neither an .onnx nor a .safetensors file.")
    try:
        if path.suffix.lower() == ".onnx":
            from convstudio.engine.importing import onnx_models

            return onnx_models.brought(path, arguments.size)
        with engine_failures():
            from convstudio.engine.importing import weight_files

            into = opened(arguments.into, arguments.plugins) if arguments.into else None
            return weight_files.brought(path, into)
    except ImportFault as error:
        raise FailureError(error.words) from error
    except MemoryError as error:
        raise FailureError(f"There is not enough memory to read {path.name}.") from error


def _keep(folder: Path, found: Brought) -> None:
    from convstudio.engine.importing import keeping
    from convstudio.engine.importing.graph import ImportFault

    try:
        keeping.keep(folder, found.document, found.weights, found.report)
    except ImportFault as error:
        raise FailureError(error.words) from error


def _save(project: Path, found: Brought) -> None:
    try:
        file.save(project, found.document)
    except file.FileError as error:
        raise FailureError(str(error)) from error


def _size(text: str) -> tuple[int, ...]:
    """Lengths from '224x224'. argparse says what cannot be read."""
    found = tuple(int(part) for part in text.lower().replace("×", "x").split("x"))
    if not 1 <= len(found) <= 3 or min(found) < 1:
        raise ValueError(text)
    return found
