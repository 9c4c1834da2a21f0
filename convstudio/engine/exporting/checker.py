"""The program of the fresh process: loads an exported file as a stranger would, computes with it, and says what came.

It is run by its path and imports nothing of ConvStudio, whose name it even blocks: what it loads has to stand alone.
In the folder that it is handed it finds `job.json` and what that names, and leaves `answer.json` or `failure.txt`;
`progress.txt` says in its last line how far it is.
"""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

BATCHES, SCORES, CURVE = "batches.npz", "scores.npz", "curve.csv"
REFERENCE = Path(__file__).parents[1] / "onnx_reference.py"
Scores = Callable[[Any], Any]


def main(folder: Path) -> int:
    """Do the job in `folder`; 0 when there is an answer, 1 when there is a failure."""
    sys.modules["convstudio"] = None  # type: ignore[assignment]
    sys.dont_write_bytecode = True
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    try:
        program = TASKS[job["task"]](job, folder)
    except BaseException as error:
        (folder / "failure.txt").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        return 1
    (folder / "answer.json").write_text(json.dumps({"program": program}), encoding="utf-8")
    return 0


def _say(folder: Path, share: float, words: str) -> None:
    with (folder / "progress.txt").open("a", encoding="utf-8") as progress:
        progress.write(f"{share} {words}\n")


def _torch(folder: Path) -> Any:
    _say(folder, 0.05, "Starting PyTorch in a fresh process")
    import torch

    torch.set_num_threads(1)
    return torch


def _computed(folder: Path, scores: Scores) -> None:
    """The scores of all batches."""
    import numpy as np

    with np.load(folder / BATCHES) as batches:
        found = []
        for number, name in enumerate(batches.files):
            _say(folder, 0.6 + 0.4 * number / len(batches.files), "Computing with it")
            found.append(np.asarray(scores(batches[name]), np.float32))
    np.savez(folder / SCORES, *found)


def _module(job: dict[str, Any], torch: Any) -> Any:
    """The class in the source file with the weights of the other, which must fit strictly."""
    from safetensors.torch import load_file

    loader = SourceFileLoader("exported_network", job["source"])
    spec = spec_from_loader("exported_network", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    made = getattr(module, job["class"])()
    made.load_state_dict(load_file(job["weights"]), strict=True)
    return made.eval()


def _by_torch(torch: Any, module: Any) -> Scores:
    def scores(batch: Any) -> Any:
        with torch.no_grad():
            return module(torch.from_numpy(batch)).numpy()

    return scores


def source(job: dict[str, Any], folder: Path) -> str:
    """The written class, imported, with the written weights."""
    torch = _torch(folder)
    _say(folder, 0.5, "Importing the class and loading the weights")
    _computed(folder, _by_torch(torch, _module(job, torch)))
    return f"PyTorch {torch.__version__}"


def make_pt2(job: dict[str, Any], folder: Path) -> str:
    """The class with its weights, traced by torch.export with a free number of samples, as a file."""
    torch = _torch(folder)
    import numpy as np

    module = _module(job, torch)
    with np.load(folder / BATCHES) as batches:
        shape = batches[batches.files[0]].shape[1:]
    _say(folder, 0.4, "Tracing the network with torch.export")
    free = ({0: torch.export.Dim("batch")},)
    program = torch.export.export(module, (torch.rand(3, *shape),), dynamic_shapes=free)
    _say(folder, 0.9, "Writing the program")
    extra = {"convstudio.json": json.dumps(job["properties"])}
    torch.export.save(program, job["path"], extra_files=extra)
    return f"PyTorch {torch.__version__}"


def pt2(job: dict[str, Any], folder: Path) -> str:
    """A program of torch.export."""
    torch = _torch(folder)
    _say(folder, 0.5, "Loading the program")
    _computed(folder, _by_torch(torch, torch.export.load(job["path"]).module()))
    return f"PyTorch {torch.__version__}"


def onnx(job: dict[str, Any], folder: Path) -> str:
    """An ONNX file, by onnxruntime where it is installed, otherwise by onnx's own reference evaluator."""
    run, program = (onnxruntime if find_spec("onnxruntime") else onnx_reference)(job["path"])
    _say(folder, 0.5, f"Loaded by {program}")
    _computed(folder, run)
    return program


def onnxruntime(path: str) -> tuple[Scores, str]:
    """The model as onnxruntime computes it on one thread, and the name of the program."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(Path(path).read_bytes(), options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    return lambda batch: session.run(None, {entry.name: batch})[0], f"onnxruntime {onnxruntime.__version__}"


def onnx_reference(path: str) -> tuple[Scores, str]:
    """The model as onnx's reference evaluator computes it, and the name of the program."""
    import onnx
    from onnx.reference import ReferenceEvaluator

    model = onnx.load(path)
    session = ReferenceEvaluator(model, new_ops=runpy.run_path(str(REFERENCE))["operators"]())
    (entry,) = model.graph.input
    run: Any = session.run
    return lambda batch: run(None, {entry.name: batch})[0], f"the reference evaluator of onnx {onnx.__version__}"


def script(job: dict[str, Any], folder: Path) -> str:
    """A training script, run for some steps; it writes its curve."""
    _say(folder, 0.1, "Running the script in a fresh process")
    sys.argv = [job["path"], "--steps", str(job["steps"]), "--curve", str(folder / CURVE), "--device", "cpu"]
    runpy.run_path(job["path"], run_name="__main__")
    import torch

    return f"PyTorch {torch.__version__}"


TASKS: dict[str, Callable[[dict[str, Any], Path], str]] = {
    "source": source,
    "make_pt2": make_pt2,
    "pt2": pt2,
    "onnx": onnx,
    "script": script,
}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
