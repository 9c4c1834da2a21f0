"""A document without a data set: it is analysed, computed and exported, and only training is refused, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from convstudio.data import DataError
from convstudio.engine import exports, starting
from convstudio.engine.build import build
from convstudio.engine.project import analysed, proof_samples, sample, validation_images
from convstudio.network.document import DataChoice, Document
from convstudio.templates import TEMPLATES

NONE = DataChoice(name="")


@pytest.fixture
def document() -> Document:
    return next(t for t in TEMPLATES if t.name == "lenet-5").as_published()


def test_nothing_is_asked_of_the_network(document: Document) -> None:
    assert document.data == NONE
    assert sample(NONE) is None
    assert analysed(document).problems == ()


def test_training_is_refused_and_no_folder_made(document: Document, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(DataError, match="no data set is chosen"):
        starting.start(document, analysed(document), folder)
    assert not folder.exists()


def test_there_are_no_samples() -> None:
    with pytest.raises(DataError, match="no data set is chosen"):
        validation_images(NONE)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("form", ["source", "safetensors", "onnx"])
def test_an_export_is_proved_on_a_random_batch(document: Document, form: exports.Format, tmp_path: Path) -> None:
    analysis = analysed(document)
    live = build(document.network, analysis, 0)
    samples, classes = proof_samples(document.data, live.sample, 16)
    assert (samples.shape, classes) == ((0, 1, 32, 32), ())
    path = tmp_path / "lenet"
    proof = exports.export(form, path, document, analysis, live, samples, classes=classes)
    assert proof.samples == 1
    assert path.stat().st_size > 1000
