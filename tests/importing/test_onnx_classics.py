"""Classic networks as their published ONNX files write them: published counts of weights, and the same results."""

from __future__ import annotations

from pathlib import Path

import pytest

from convstudio.blocks import catalogue
from convstudio.engine.importing import onnx_models
from convstudio.network.resolve import resolve

PUBLISHED = {
    "alexnet": 61_100_840,
    "caffenet": 60_965_224,
    "vgg16": 138_357_544,
    "resnet18": 11_689_512,
    "mobilenet_v2": 3_504_872,
    "mobilenet_v3": 2_542_856,
    "squeezenet": 1_248_424,
    "shufflenet_v2": 2_278_604,
}
"""torchvision's counts, and for CaffeNet that of the BVLC model."""


@pytest.mark.parametrize(("name", "count"), PUBLISHED.items(), ids=list(PUBLISHED))
def test_it_has_the_published_number_of_weights(tmp_path: Path, classics, name: str, count: int) -> None:
    path = getattr(classics, name)(empty=True).save(tmp_path / f"{name}.onnx")
    found = onnx_models.brought(path)
    analysis = resolve(found.document.network, catalogue())
    assert found.report.opaque == ()
    assert not analysis.errors
    assert analysis.blocks[analysis.output].output.dims == (1000,)
    assert analysis.parameters == found.report.parameters == count


@pytest.mark.parametrize(
    ("name", "how", "size"),
    [
        ("alexnet", {"part": 16}, 224),
        ("caffenet", {"part": 16, "opset": 7}, 224),
        ("vgg16", {"part": 16, "size": 64}, 64),
        ("resnet18", {"part": 16, "size": 65}, 65),
        ("mobilenet_v2", {"part": 4, "size": 64}, 64),
        ("mobilenet_v2", {"part": 4, "size": 64, "opset": 13}, 64),
        ("squeezenet", {"part": 8, "size": 97}, 97),
        ("shufflenet_v2", {"part": 2, "size": 65}, 65),
        ("shufflenet_v2", {"part": 2, "size": 65, "opset": 18}, 65),
    ],
)
def test_it_computes_what_other_programs_compute(classics, same, name: str, how: dict, size: int) -> None:
    found = same(getattr(classics, name)(**how), 1, 3, size, size)
    assert found.document.data.none


@pytest.mark.parametrize("opset", [14, 13])
def test_mobilenet_v3_computes_the_same_with_either_form_of_hard_swish(classics, same, opset: int) -> None:
    """Its random weights make scores of a million, in which float32 rounds more."""
    found = same(classics.mobilenet_v3(part=8, size=64, opset=opset), 1, 3, 64, 64, tolerance=1e-4)
    kinds = [b.layer.kind for b in found.document.network.blocks.values()]
    assert (kinds.count("hard_swish"), kinds.count("hard_sigmoid")) == (19, 9)


def test_shufflenet_v2_comes_in_as_its_paper_draws_it(tmp_path: Path, classics) -> None:
    """13 units that split the maps and 3 that halve them; each ends in a shuffle."""
    path = classics.shufflenet_v2(empty=True).save(tmp_path / "shuffle.onnx")
    found = onnx_models.brought(path)
    kinds = [b.layer.kind for b in found.document.network.blocks.values()]
    assert [kinds.count(k) for k in ("channel_slice", "channel_shuffle", "concatenate")] == [26, 16, 16]
    assert "reshape" not in kinds
    taken = {(t.operator, t.block): t.count for t in found.report.recognised}
    assert taken["Split", "Channel slice"] == 26
    assert taken["Reshape · Transpose · Reshape", "Channel shuffle"] == 16


def test_layers_with_names_keep_them(tmp_path: Path, classics, drawing) -> None:
    sheet = drawing.Sheet(1, 3, 16, 16)
    sheet.conv(3, 4, 3, name="fire2/squeeze3x3")
    sheet.conv(4, 4, 3, name="Conv_7")
    sheet.conv(4, 4, 3, name="features.0")
    blocks = onnx_models.brought(sheet.save(tmp_path / "named.onnx")).document.network.blocks
    assert [b.title for b in blocks.values() if b.layer.kind == "convolution"] == ["fire2/squeeze3x3", "", ""]
