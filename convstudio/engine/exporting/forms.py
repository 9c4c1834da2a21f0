"""The forms of an export, one class each: what is written, how a fresh process tries it, where the proof is kept."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from convstudio import codegen
from convstudio.engine import onnx_writer
from convstudio.engine.exporting import fresh
from convstudio.engine.exporting.beside import beside
from convstudio.engine.exporting.job import ExportFault, Job, Proof, Stage, Steps, keep
from convstudio.engine.exporting.proving import proved

WRITING = Stage("Writing the file", 0.0)
PROOF = "proof"
"""The key under which a file keeps the outcome of its proof."""


class Form(Protocol):
    """A way to write a network. `path` lies in the job's folder under its last name."""

    def made(self, job: Job, path: Path) -> Steps[Proof]:
        """Write the files, and try them in a fresh process. ExportFault when they do not hold what they should."""

    def stamp(self, path: Path, proof: Proof) -> None:
        """Keep the proof in the file."""


class Source:
    """The network as a class in a Python file; the weights are tried with it and not kept."""

    def made(self, job: Job, path: Path) -> Steps[Proof]:
        keep(path, job.source.encode())
        weights = yield from _write_weights(job, job.check / "weights.safetensors")
        return (yield from proved(job, _class_task(job, path, weights)))

    def stamp(self, path: Path, proof: Proof) -> None:
        """In the docstring."""
        text = path.read_bytes().decode()
        said = codegen.proof_line(proof.difference, proof.samples)
        keep(path, text.replace(codegen.SIGNATURE, f"{said}\n{codegen.SIGNATURE}", 1).encode())


class Weights:
    """The weights as safetensors, which fit the class of the source strictly."""

    def made(self, job: Job, path: Path) -> Steps[Proof]:
        yield from _write_weights(job, path)
        source = job.check / "exported.py"
        source.write_bytes(job.source.encode())
        return (yield from proved(job, _class_task(job, source, path)))

    def stamp(self, path: Path, proof: Proof) -> None:
        """In the metadata."""
        from safetensors import safe_open
        from safetensors.torch import load_file, save

        with safe_open(path, "pt") as opened:
            said = dict(opened.metadata())
        keep(path, save(load_file(path), {**said, PROOF: proof.properties}))


class Onnx:
    """An ONNX model, checked, with a free number of samples."""

    def made(self, job: Job, path: Path) -> Steps[Proof]:
        yield from beside(WRITING, partial(self._write, job, path))
        return (yield from proved(job, {"task": "onnx", "path": str(path)}))

    def _write(self, job: Job, path: Path) -> None:
        arrays = {name: tensor.numpy() for name, tensor in job.state.items()}
        keep(path, onnx_writer.model(job.document.network, job.analysis, arrays, job.properties))

    def stamp(self, path: Path, proof: Proof) -> None:
        """In the metadata: the bytes of two messages behind each other are one message with the entries of both."""
        from onnx import ModelProto, StringStringEntryProto

        more = ModelProto(metadata_props=[StringStringEntryProto(key=PROOF, value=proof.properties)])
        keep(path, path.read_bytes() + more.SerializeToString())


class Program:
    """A program of torch.export with a free number of samples, traced from the exported class."""

    def made(self, job: Job, path: Path) -> Steps[Proof]:
        if path.suffix != ".pt2":
            raise ExportFault(f"{path.name}: torch.export opens only a file whose name ends with .pt2.")
        source = job.check / "exported.py"
        source.write_bytes(job.source.encode())
        weights = yield from _write_weights(job, job.check / "weights.safetensors")
        trace = _class_task(job, source, weights) | {"task": "make_pt2", "path": str(path)}
        yield from fresh.answered(job.check, trace | {"properties": job.properties}, 0.1, 0.6)
        return (yield from proved(job, {"task": "pt2", "path": str(path)}, 0.6))

    def stamp(self, path: Path, proof: Proof) -> None:
        """Beside our other words in the file, which is a zip archive."""
        with zipfile.ZipFile(path, "a") as archive:
            root = archive.namelist()[0].partition("/")[0]
            archive.writestr(f"{root}/extra/{PROOF}.json", proof.properties)
            if archive.testzip():
                raise ExportFault("The file reads back differently from what was written. Is the disk full or failing?")


def _write_weights(job: Job, path: Path) -> Steps[Path]:
    from safetensors.torch import save

    yield from beside(WRITING, lambda: keep(path, save(job.state, job.properties)))
    return path


def _class_task(job: Job, source: Path, weights: Path) -> dict[str, Any]:
    """Import the class from `source`, and load `weights` into it."""
    name = codegen.class_name(job.name)
    return {"task": "source", "source": str(source), "weights": str(weights), "class": name}
