"""Loading exported files again, as functions that compute with them, to prove that they hold what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from convstudio.engine import onnx_reference, seeding
from convstudio.engine.build import LiveNetwork, build
from convstudio.network.document import Network
from convstudio.network.facts import Analysis

Computation = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""From a batch, float32 (n, channels, *axes), to its scores, float32 (n, classes)."""


class ReloadFault(Exception):
    """A written file that does not hold what was meant; `words` say what."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def computation(module: nn.Module) -> Computation:
    """The scores of a module in the mode that no longer learns."""
    module.eval()

    def scores(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            return module(torch.from_numpy(np.ascontiguousarray(batch))).numpy()  # type: ignore[no-any-return]

    return scores


def weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file. ReloadFault when it is damaged."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise ReloadFault(
            f"The written weights cannot be read again ({error}). Is the disk full or failing?"
        ) from error


def rebuilt(network: Network, analysis: Analysis, state: Mapping[str, Tensor]) -> LiveNetwork:
    """A network built afresh on the CPU with these weights. ReloadFault when they do not fit strictly."""
    live = build(network, analysis, seed=0)
    _load_strictly(live, state)
    return live


def from_source(path: Path, expected: str, name: str, state: Mapping[str, Tensor]) -> Computation:
    """The class in a written source file, with these weights. ReloadFault when the file does not hold our text."""
    text = path.read_bytes().decode(errors="replace")
    if text != expected:
        raise ReloadFault("The file reads back differently from what was written. Is the disk full or failing?")
    return from_text(text, name, state)


def from_text(text: str, name: str, state: Mapping[str, Tensor]) -> Computation:
    """The class called `name` of source text that codegen wrote a moment ago, executed as a module of its own."""
    module = ModuleType("exported_network")
    exec(compile(text, "<exported network>", "exec"), module.__dict__)
    with seeding.kept(torch.default_generator):
        made: nn.Module = getattr(module, name)()
    _load_strictly(made, state)
    return computation(made)


def from_onnx(path: Path) -> Computation:
    """An ONNX file, run by onnxruntime where it is installed, otherwise by onnx's own reference evaluator."""
    program = _onnxruntime if find_spec("onnxruntime") else _onnx_reference
    with _run_again():
        run = program(path)

    def scores(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with _run_again():
            return np.asarray(run(np.ascontiguousarray(batch)), np.float32)

    return scores


@contextmanager
def _run_again() -> Iterator[None]:
    """Any complaint becomes a ReloadFault: these programs have no common class for what they find in a file."""
    try:
        yield
    except Exception as error:
        raise ReloadFault(f"The written ONNX file cannot be run again: {error}") from error


def _onnxruntime(path: Path) -> Callable[[NDArray[np.float32]], Any]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    return lambda batch: session.run(None, {entry.name: batch})[0]


def _onnx_reference(path: Path) -> Callable[[NDArray[np.float32]], Any]:
    import onnx
    from onnx.reference import ReferenceEvaluator

    model = onnx.load(path)
    session = ReferenceEvaluator(model, new_ops=onnx_reference.operators())
    (entry,) = model.graph.input
    return lambda batch: session.run(None, {entry.name: batch})[0]  # type: ignore[index]


def _load_strictly(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    try:
        module.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise ReloadFault(f"The weights do not fit the network as it is drawn now: {error}") from error
