"""What ConvStudio exports as ONNX comes back from it: every kind of block, every template, every example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.data import available
from convstudio.engine import onnx_writer
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.importing import onnx_models
from convstudio.network import file
from convstudio.network.document import Document, Network
from convstudio.network.facts import Analysis
from convstudio.network.resolve import resolve
from convstudio.network.shape import Shape
from convstudio.templates import TEMPLATES

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


def unlike_start(network: Network, analysis: Analysis) -> LiveNetwork:
    """A network whose weights and averages are none of those that everything starts with."""
    live = build(network, analysis, 1).eval()
    random = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for weights in live.parameters():
            weights += 0.05 * torch.randn(weights.shape, generator=random)
        for name, numbers in live.named_buffers():
            if name.endswith("running_var"):
                numbers.uniform_(0.5, 2.0, generator=random)
            elif name.endswith("running_mean"):
                numbers.normal_(generator=random)
    return live


def written(path: Path, network: Network, analysis: Analysis, live: LiveNetwork, properties: dict[str, str]) -> Path:
    arrays = {name: tensor.numpy() for name, tensor in live.state_dict().items()}
    path.write_bytes(onnx_writer.model(network, analysis, arrays, properties))
    return path


def test_every_kind_of_block_comes_back(block_case: Any, block_cases: Any, tmp_path: Path, fit_live, compute) -> None:
    network, analysis, _ = block_cases.resolved(block_case)
    live = unlike_start(network, analysis)
    found = onnx_models.brought(written(tmp_path / "block.onnx", network, analysis, live, {}))
    assert found.report.opaque == ()
    assert found.report.parameters == analysis.parameters
    images = np.random.default_rng(3).random((2, *live.sample.dims), np.float32)
    result, right = compute(fit_live(found), images), compute(live, images)
    assert np.abs(result.ravel() - right.ravel()).max() < 1e-5  # maps of 1 × 1 come back as a row of scores


def documents() -> list[Any]:
    """Every template for the first data set of its task, and every example."""
    found = []
    for template in TEMPLATES:
        data = next(entry for entry in available() if entry.task == template.task)
        made = template.document(data.name, Shape(data.channels, data.axes), len(data.classes))
        found.append(pytest.param(made, id=template.name))
    for path in sorted(asset("examples").glob(f"*{file.SUFFIX}")):
        found.append(pytest.param(file.load(path, catalogue()), id=path.stem))
    return found


@pytest.mark.parametrize("document", documents())
def test_every_template_and_example_comes_back(document: Document, tmp_path: Path, fit_live, compute) -> None:
    """With the network that the file holds, and read from the operations alone."""
    network, analysis = document.network, resolve(document.network, catalogue())
    live = unlike_start(network, analysis)
    images = np.random.default_rng(3).random((1, *live.sample.dims), np.float32)
    expected = compute(live, images)
    read = onnx_models.brought(written(tmp_path / "read.onnx", network, analysis, live, {}))
    assert not read.report.whole
    assert read.report.opaque == ()
    assert read.report.parameters == analysis.parameters
    assert np.abs(compute(fit_live(read), images) - expected).max() < 1e-5 * max(1.0, np.abs(expected).max())
    properties = {"network": file.dump(Document(network))}
    whole = onnx_models.brought(written(tmp_path / "whole.onnx", network, analysis, live, properties))
    assert whole.report.whole
    assert whole.document.network == network
    assert whole.weights.keys() == live.state_dict().keys()
    assert all(np.array_equal(whole.weights[key], value.numpy()) for key, value in live.state_dict().items())


def test_a_file_that_was_changed_since_is_read_from_its_operations(tmp_path: Path) -> None:
    import onnx

    document = documents()[0].values[0]
    analysis = resolve(document.network, catalogue())
    live = unlike_start(document.network, analysis)
    text = file.dump(Document(document.network))
    path = written(tmp_path / "changed.onnx", document.network, analysis, live, {"network": text})
    model = onnx.load(path)
    next(n for n in model.graph.node if n.op_type == "Relu").op_type = "Tanh"
    onnx.save(model, path)
    found = onnx_models.brought(path)
    assert not found.report.whole
    assert "tanh" in {b.layer.kind for b in found.document.network.blocks.values()}
