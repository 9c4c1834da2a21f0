"""What the tests of imports share: a pen for ONNX graphs, published graphs drawn with it, and runtimes to compare."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import onnxruntime
import pytest
import torch

from convstudio.blocks import catalogue
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.importing import onnx_models
from convstudio.engine.importing.brought import Brought
from convstudio.network.resolve import resolve


def _module(name: str) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        assert spec
        assert spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def drawing() -> ModuleType:
    """The pen for ONNX graphs."""
    return _module("onnx_drawing")


@pytest.fixture(scope="session")
def classics(drawing: ModuleType) -> ModuleType:
    """The published graphs."""
    return _module("onnx_classics")


def live(found: Brought) -> LiveNetwork:
    """The imported network with its weights, which must be exactly those that it has."""
    network = found.document.network
    made = build(network, resolve(network, catalogue()), seed=0)
    made.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in found.weights.items()})
    return made.eval()


def computed(network: LiveNetwork, images: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return network(torch.from_numpy(images)).numpy()


def run_elsewhere(path: Path, images: np.ndarray) -> np.ndarray:
    """The first output of an ONNX file, as onnxruntime computes it."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


@pytest.fixture
def same(tmp_path: Path) -> Callable[..., Brought]:
    """Import a drawn graph, and check that it computes what onnxruntime computes; what the import brought."""

    def compared(sheet, *dims: int, tolerance: float = 1e-5, channels_last: bool = False) -> Brought:
        path = sheet.save(tmp_path / "drawn.onnx")
        found = onnx_models.brought(path)
        assert found.report.opaque == ()
        images = np.random.default_rng(1).normal(size=dims).astype(np.float32)
        expected = run_elsewhere(path, images)
        given = np.moveaxis(images, -1, 1) if channels_last else images
        result = computed(live(found), np.ascontiguousarray(given))
        assert result.size == expected.size
        assert np.abs(result.ravel() - expected.ravel()).max() <= tolerance * max(1.0, np.abs(expected).max())
        return found

    return compared


@pytest.fixture
def fit_live() -> Callable[[Brought], LiveNetwork]:
    return live


@pytest.fixture
def compute() -> Callable[[LiveNetwork, np.ndarray], np.ndarray]:
    return computed
