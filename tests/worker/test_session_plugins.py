"""Plugins in the worker: their kinds come as texts from the window, and what fails is a fault in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.plugins import shelf
from convstudio.protocol import messages as m

PLUGIN = m.Plugin(name="soft_threshold.py", text=asset("plugins", "soft_threshold.py").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _no_plugins_afterwards() -> Iterator[None]:
    yield
    shelf.use_sources(())


def test_a_document_with_a_foreign_block_is_built_once_the_text_has_come(play, document) -> None:
    shelf.use_sources((shelf.Source(PLUGIN.name, PLUGIN.text),))
    text = document({"relu_1": catalogue()["soft_threshold"]()})
    shelf.use_sources(())
    (fault,) = play(m.SetDocument(revision=1, text=text))
    assert isinstance(fault, m.Fault)
    assert "soft_threshold.py" in fault.words
    built = play(m.UsePlugins(plugins=(PLUGIN,)), m.SetDocument(revision=2, text=text))
    assert built == [m.Built(revision=2, kept=(), fresh=("conv_1", "fc_1"))]


def test_a_text_that_fails_is_a_fault_in_words(play) -> None:
    (fault,) = play(m.UsePlugins(plugins=(m.Plugin(name="bad.py", text="1 / 0"),)))
    assert isinstance(fault, m.Fault)
    assert fault.words == "bad.py cannot be used: line 1: ZeroDivisionError: division by zero"


@pytest.mark.usefixtures("in_this_process")
def test_a_foreign_block_is_exported_as_source_and_refused_by_onnx_in_words(play, document, tmp_path) -> None:
    shelf.use_sources((shelf.Source(PLUGIN.name, PLUGIN.text),))
    text = document({"relu_1": catalogue()["soft_threshold"]()})
    wishes = [
        m.PreviewExport(format="onnx", name="net"),
        m.Export(format="onnx", path=str(tmp_path / "net.onnx")),
        m.Export(format="source", path=str(tmp_path / "net.py")),
    ]
    start = (m.UsePlugins(plugins=(PLUGIN,)), m.SetDocument(revision=1, text=text))
    preview, fault, exported = (
        next(e for e in play(*start, wish) if isinstance(e, m.ExportPreview | m.Fault | m.Exported)) for wish in wishes
    )
    assert "ONNX has no operator for F.softshrink" in preview.fault
    assert fault.words == "ONNX has no operator for F.softshrink. Export the source and the weights instead."
    assert exported.difference == 0
    assert "F.softshrink" in (tmp_path / "net.py").read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["net.py"]
