"""A network that names every pixel, in the real window with the real worker: trained, watched, exported."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import Qt

from convstudio.network import edits
from convstudio.network.document import DataChoice
from convstudio.network.shape import Shape
from convstudio.templates import TEMPLATES
from convstudio.ui.session import Session

PATIENCE = 30_000


@pytest.fixture
def session(bench, with_worker) -> Session:
    """The small U-Net with few maps on a tenth of the data, the worker ready."""
    template = next(t for t in TEMPLATES if t.name == "u-net")
    document = template.document("shapes-outlines", Shape(3, (32, 32)), 6)
    network = document.network
    for block in document.network.blocks.values():
        if block.layer.kind in ("convolution", "transposed"):
            network = edits.change(network, block.id, block.layer.with_width(4))
    quick = with_fields(document.training, epochs=1, threads=1, device="cpu")
    choice = DataChoice(name="shapes-outlines", validation_share=0.9)
    bench.store.open(replace(document.with_network(network), training=quick, data=choice), None, "U-Net")
    return with_worker()


def test_train_watch_and_export(session, bench, qtbot, tmp_path):
    panel, output = session.sample_panel, bench.store.analysis.output
    qtbot.waitUntil(lambda: "of the pixels right" in panel.answer, timeout=PATIENCE)
    assert panel._answer._maps.isVisibleTo(panel)
    assert not panel.bars.isVisibleTo(panel)
    before = bench.scene.blocks[output]._image
    assert (before.width(), before.height()) == (32, 32)
    validations = []
    session.runs.validated.connect(validations.append)
    qtbot.mouseClick(bench.run_bar._main, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.runs.state == "finished", timeout=PATIENCE)
    assert [0 < v.mean_iou < v.accuracy < 1 for v in validations] == [True, True]
    assert "IoU" in session.training.legends[1].text
    with qtbot.waitSignal(session.link.class_map_received, timeout=PATIENCE):
        qtbot.mouseClick(panel._next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "of the pixels right" in panel.answer, timeout=PATIENCE)
    path = tmp_path / "u_net.onnx"
    session.export.open("onnx")
    dialog = session.export.dialog
    qtbot.waitUntil(dialog.export_button.isEnabled, timeout=PATIENCE)
    dialog.place.field.setText(str(path))
    with qtbot.waitSignal(session.link.exported, timeout=PATIENCE) as exported:
        qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    dialog.close()
    assert exported.args[0].difference < 1e-4
    assert path.stat().st_size > 1000


def test_an_answer_of_another_form_is_explained(bench):
    template = next(t for t in TEMPLATES if t.name == "lecture")
    document = template.document("shapes", Shape(3, (32, 32)), 5)
    bench.store.open(replace(document, data=DataChoice(name="shapes-outlines")), None, "lecture")
    (problem,) = bench.store.analysis.errors
    assert problem.title == "The output does not name every pixel"
    assert "6 feature maps of 32 × 32" in problem.words
