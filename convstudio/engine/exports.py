"""Taking a network away: written beside, loaded again, compared with the live network, and only then put in place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convstudio import __version__, codegen
from convstudio.engine import onnx_parts, onnx_writer, reloading
from convstudio.engine.build import LiveNetwork, NetworkFault
from convstudio.engine.memory import MemoryFault
from convstudio.engine.reloading import Computation
from convstudio.network import file
from convstudio.network.document import Document, Network
from convstudio.network.facts import Analysis

Format = Literal["source", "safetensors", "onnx"]
FORMAT = 1
"""Number of our own conventions in safetensors and ONNX files: keys are `<block id>.<weight>`."""
LARGEST_DIFFERENCE = 1e-4
"""Allowed between the scores of the loaded file and the live network's, for scores up to 1; in proportion above."""


class ExportFault(Exception):
    """Why a network was not exported; `words` are for people: what, where, what to try."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Proof:
    """Largest absolute difference between the scores of the file and of the live network, on so many samples."""

    difference: float
    samples: int


@dataclass(frozen=True)
class _Export:
    """All that the writers and readers of the formats need."""

    network: Network
    analysis: Analysis
    name: str
    title: str
    classes: tuple[str, ...]
    state: dict[str, Tensor]
    source: str

    @property
    def properties(self) -> dict[str, str]:
        """What the file says of itself; the network as the text of a project file, so that it can come back."""
        return {
            "convstudio_format": str(FORMAT),
            "convstudio_version": __version__,
            "title": self.title,
            "classes": json.dumps(self.classes, ensure_ascii=False),
            "network": file.dump(Document(self.network)),
        }


def export(
    format: Format,
    path: Path,
    network: Network,
    analysis: Analysis,
    live: LiveNetwork,
    samples: NDArray[np.float32],
    *,
    title: str = "",
    classes: Sequence[str] = (),
) -> Proof:
    """Write the network with its weights as `path`, and prove that the file computes what `live` does.

    The written file is loaded again and run on `samples`, float32 (n, channels, *axes), and on a random batch of
    another size. A file that was at `path` before is replaced only after that. `live`, its mode and torch's random
    state are left as they were. ExportFault when anything fails or the results differ by more than 1e-4.
    """
    try:
        source = codegen.source(network, analysis, path.stem, title)
        job = _Export(network, analysis, path.stem, title or path.stem, tuple(classes), _state(live), source)
        return _written(format, path, job, live, samples)
    except (codegen.SourceError, file.FileError) as error:
        raise ExportFault(str(error)) from error
    except (NetworkFault, MemoryFault, reloading.ReloadFault) as error:
        raise ExportFault(error.words) from error
    except onnx_parts.UnknownOperator as error:
        raise ExportFault(f"ONNX has no operator for {error}. Export the source and the weights instead.") from error
    except onnx_writer.TooLarge as error:
        raise ExportFault("The weights are more than the 2 GiB that one ONNX file holds. Use safetensors.") from error
    except onnx_writer.Contradiction as error:
        raise ExportFault(f"The weights do not fit the network as it is drawn now: {error}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportFault(f"{path.name} cannot be written in {path.parent}: {reason}.") from error


def _written(format: Format, path: Path, job: _Export, live: LiveNetwork, samples: NDArray[np.float32]) -> Proof:
    """Write beside, prove, rename; whatever happens, nothing half-written stays."""
    if path.is_dir():
        raise ExportFault(f"{path} is a folder. Choose a name for the file.")
    write, read = _FORMATS[format]
    target = Path(os.path.realpath(path))  # a link stays a link
    staged = target.with_name(f".{target.name}.{os.getpid()}.part")
    data = write(job)
    try:
        file.write_atomically(staged, data)
        proof = _proof(read(staged, job), _reference(job, live), live, samples)
        os.replace(staged, target)
    finally:
        staged.unlink(missing_ok=True)
    return proof


def _proof(
    computations: Sequence[Computation], reference: LiveNetwork, live: LiveNetwork, samples: NDArray[np.float32]
) -> Proof:
    other = np.random.default_rng(0).random((len(samples) + 1, *live.sample.dims), np.float32)
    batches = [batch for batch in (samples, other) if len(batch)]
    difference = max(_difference(c, reference, batch) for batch in batches for c in computations)
    return Proof(difference, len(samples) + len(other))


def _difference(computation: Computation, reference: LiveNetwork, batch: NDArray[np.float32]) -> float:
    """Largest absolute difference of the scores. ExportFault when it is too large or not a number."""
    expected = _scores(reference, batch)
    found = computation(batch)
    if found.shape != expected.shape:
        raise ExportFault(f"The written file gives {found.shape} numbers instead of {expected.shape}.")
    difference = float(np.abs(found - expected).max())
    allowed = LARGEST_DIFFERENCE * max(1.0, float(np.abs(expected).max()))
    if not difference <= allowed:
        raise ExportFault(
            f"The written file was loaded again, and its scores differ from the network's by {difference:.2g}; "
            f"at most {allowed:.2g} is allowed. It was not kept. Please report this with the project file."
        )
    return difference


def _scores(live: LiveNetwork, batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of the trained network, in the mode that no longer learns."""
    training = live.training
    live.eval()
    try:
        with torch.no_grad():
            return live(torch.from_numpy(np.ascontiguousarray(batch))).numpy()  # type: ignore[no-any-return]
    finally:
        live.train(training)


def _reference(job: _Export, live: LiveNetwork) -> LiveNetwork:
    """The live network; on an accelerator, which may round more coarsely, the same weights on the CPU."""
    if all(tensor.device.type == "cpu" for tensor in live.state_dict().values()):
        return live
    return reloading.rebuilt(job.network, job.analysis, job.state)


def _state(live: LiveNetwork) -> dict[str, Tensor]:
    """A copy of the weights on the CPU. ExportFault when one is not a number."""
    state = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in live.state_dict().items()}
    for name, tensor in state.items():
        if not torch.isfinite(tensor).all():
            raise ExportFault(
                f"The weights {name} are not numbers any more: training has run away. "
                "Train again with a smaller learning rate, then export."
            )
    return state


def _write_source(job: _Export) -> bytes:
    return job.source.encode()


def _read_source(path: Path, job: _Export) -> tuple[Computation, ...]:
    return (reloading.from_source(path, job.source, codegen.class_name(job.name), job.state),)


def _write_safetensors(job: _Export) -> bytes:
    from safetensors.torch import save

    return save(job.state, job.properties)


def _read_safetensors(path: Path, job: _Export) -> tuple[Computation, ...]:
    state = reloading.weights(path)
    source = reloading.from_text(job.source, codegen.class_name(job.name), state)
    return (reloading.computation(reloading.rebuilt(job.network, job.analysis, state)), source)


def _write_onnx(job: _Export) -> bytes:
    arrays = {name: tensor.numpy() for name, tensor in job.state.items()}
    return onnx_writer.model(job.network, job.analysis, arrays, job.properties)


def _read_onnx(path: Path, job: _Export) -> tuple[Computation, ...]:
    return (reloading.from_onnx(path),)


_FORMATS: dict[Format, tuple[Callable[[_Export], bytes], Callable[[Path, _Export], tuple[Computation, ...]]]] = {
    "source": (_write_source, _read_source),
    "safetensors": (_write_safetensors, _read_safetensors),
    "onnx": (_write_onnx, _read_onnx),
}
"""By format: what writes the file, and what loads it again, as one or more ways to compute with it."""
