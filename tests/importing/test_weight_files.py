"""safetensors into a network: by key, with a report of what matches and what does not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from convstudio.blocks import Convolution, Flatten, FullyConnected, Input, Output, catalogue
from convstudio.engine.build import build
from convstudio.engine.importing import weight_files
from convstudio.engine.importing.graph import ImportFault
from convstudio.network import file
from convstudio.network.document import Block, Document, Network, Wire
from convstudio.network.resolve import resolve
from convstudio.runs.brought import Unlike, told


@pytest.fixture
def document() -> Document:
    layers = {
        "input_1": Input(channels=1, axes=(6, 6)),
        "conv_1": Convolution(channels=2),
        "flatten_1": Flatten(),
        "fc_1": FullyConnected(channels=3),
        "output_1": Output(),
    }
    ids = list(layers)
    wires = tuple(Wire(a, b) for a, b in pairwise(ids))
    return Document(Network({i: Block(i, layer) for i, layer in layers.items()}, wires))


@pytest.fixture
def weights(document: Document) -> dict[str, torch.Tensor]:
    live = build(document.network, resolve(document.network, catalogue()), seed=5)
    return {key: value + 1 for key, value in live.state_dict().items()}


def saved(path: Path, weights: dict[str, torch.Tensor], **told: str) -> Path:
    save_file({key: value.contiguous() for key, value in weights.items()}, path, told)
    return path


def test_all_weights_go_to_their_keys(tmp_path: Path, document, weights) -> None:
    found = weight_files.brought(saved(tmp_path / "w.safetensors", weights), document)
    assert found.document == document
    assert all(np.array_equal(found.weights[key], value.numpy()) for key, value in weights.items())
    report = found.report
    assert (report.matching, report.missing, report.unexpected, report.unlike) == (4, (), (), ())
    assert report.parameters == sum(value.numel() for value in weights.values())


def test_a_word_before_all_keys_is_left_out(tmp_path: Path, document, weights) -> None:
    path = saved(tmp_path / "w.safetensors", {f"module.{key}": value for key, value in weights.items()})
    assert weight_files.brought(path, document).report.matching == 4


def test_what_does_not_match_is_told_by_its_key(tmp_path: Path, document, weights) -> None:
    given = {**weights, "other.weight": torch.zeros(3), "fc_1.weight": torch.zeros(7, 72)}
    del given["conv_1.bias"]
    report = weight_files.brought(saved(tmp_path / "w.safetensors", given), document).report
    assert report.matching == 2
    assert report.missing == ("conv_1.bias",)
    assert report.unexpected == ("other.weight",)
    assert report.unlike == (Unlike("fc_1.weight", (7, 72), (3, 72)),)
    lines = told(report)
    assert "  fc_1.weight: 7 × 72 in the file, 3 × 72 in the network" in lines
    assert "2 weights match." in lines


def test_half_precision_is_made_whole(tmp_path: Path, document, weights) -> None:
    path = saved(tmp_path / "w.safetensors", {key: value.bfloat16() for key, value in weights.items()})
    found = weight_files.brought(path, document)
    assert found.report.matching == 4
    assert {array.dtype for array in found.weights.values()} == {np.dtype(np.float32)}


def test_a_file_of_ours_brings_its_own_network(tmp_path: Path, document, weights) -> None:
    text = file.dump(Document(document.network))
    path = saved(tmp_path / "w.safetensors", weights, network=text)
    found = weight_files.brought(path, None)
    assert found.report.whole
    assert found.document.network == document.network
    other = Document(Network({"input_1": Block("input_1", Input())}))
    assert weight_files.brought(path, other).document.network == document.network


@pytest.mark.parametrize(
    ("keys", "into", "words"),
    [
        (["a.weight"], True, "None of the 1 weights .* Its keys are a.weight .* those of the network are conv_1"),
        (["a.weight"], False, "holds weights and no network"),
    ],
)
def test_what_fits_nowhere_is_refused(tmp_path: Path, document, keys, into, words) -> None:
    path = saved(tmp_path / "w.safetensors", {key: torch.zeros(2) for key in keys})
    with pytest.raises(ImportFault, match=words):
        weight_files.brought(path, document if into else None)


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 64, (2**62).to_bytes(8, "little") + b"{}", b"\x02" + bytes(7) + b"{]", b"no tensors"]
)
def test_broken_files_get_a_sentence(tmp_path: Path, document, data: bytes) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(data)
    with pytest.raises(ImportFault, match="no safetensors file, or it is cut off or damaged"):
        weight_files.brought(path, document)
    with pytest.raises(ImportFault, match="is not a file"):
        weight_files.brought(tmp_path, document)


def test_a_network_that_cannot_be_built_takes_no_weights(tmp_path: Path, weights) -> None:
    layers = {"input_1": Input(), "fc_1": FullyConnected(), "output_1": Output()}
    network = Network(
        {i: Block(i, layer) for i, layer in layers.items()}, (Wire("input_1", "fc_1"), Wire("fc_1", "output_1"))
    )
    with pytest.raises(ImportFault, match="cannot take weights yet"):
        weight_files.brought(saved(tmp_path / "w.safetensors", weights), Document(network))
