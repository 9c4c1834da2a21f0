"""`convstudio export FILE --run RUN`: write the trained network in a form that other programs read, with a proof."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from convstudio.commands.declaring import Commands, command, json_option, plugins_option
from convstudio.commands.printing import lines, print_json
from convstudio.commands.project import engine_failures, opened
from convstudio.network.document import Document

if TYPE_CHECKING:
    from convstudio.engine.exports import Proof

Format = Literal["source", "safetensors", "onnx"]
FORMATS = ("onnx", "source", "safetensors")
PROOF_SAMPLES = 64
EXAMPLES = """\
  convstudio export digits.convstudio --run digits-run-1 --format onnx -o digits.onnx
  convstudio export digits.convstudio --run digits-run-1 --format source -o digits.py
  convstudio export digits.convstudio --run digits-run-1 --format safetensors -o digits.safetensors

onnx holds the network and its weights, source is a PyTorch class to read and change, safetensors the weights that
fit that class. The file is loaded again and compared with the trained network before it is put in place.
"""


def declare(commands: Commands) -> None:
    about = "Export a trained network, and prove that the file computes the same."
    parser = command(commands, "export", run, about, EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="the project file")
    plugins_option(parser)
    parser.add_argument("--run", dest="folder", type=Path, metavar="RUN", required=True, help="folder of a run of it")
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("-o", "--output", type=Path, metavar="PATH", required=True, help="the file to write")
    json_option(parser)


def run(arguments: argparse.Namespace) -> int:
    document = opened(arguments.file, arguments.plugins)
    with engine_failures():
        proof = exported(document, arguments.folder, arguments.format, arguments.output)
    if arguments.json:
        path = str(arguments.output)
        print_json({"path": path, "format": arguments.format, "difference": proof.difference, "samples": proof.samples})
    else:
        lines(
            f"{arguments.output} written and loaded again: its scores differ from the trained network's by at most "
            f"{proof.difference:.2g} on {proof.samples} samples"
        )
    return 0


def exported(document: Document, folder: Path, form: Format, path: Path) -> Proof:
    """The network of the file with the weights of the run, written and proved. Raises what the engine raises."""
    from convstudio.engine import exports
    from convstudio.engine.project import analysed, proof_samples
    from convstudio.engine.trained import trained

    analysis = analysed(document)
    live = trained(document, analysis, folder)
    samples, classes = proof_samples(document.data, live.sample, PROOF_SAMPLES)
    return exports.export(form, path, document.network, analysis, live, samples, classes=classes)
