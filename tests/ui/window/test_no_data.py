"""The window with a document that has no data set: it is sound, shows no sample, and says why Train does nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from chains import chain
from convstudio.blocks import Convolution, Input, Output, ReLU
from convstudio.network import edits
from convstudio.network.document import DataChoice
from convstudio.templates import TEMPLATES
from convstudio.ui import app
from convstudio.ui.store import DocumentStore
from convstudio.ui.watched import WatchedSample

PATIENCE = 30_000


@pytest.fixture
def published(bench):
    document = next(t for t in TEMPLATES if t.name == "lenet-5").as_published()
    bench.store.open(document, None, "LeNet-5")
    return bench


def test_it_is_sound(published):
    assert published.store.dataset is None
    assert published.store.analysis.problems == ()


def test_the_training_tab_says_so_and_offers_data(published):
    tab = published.inspector.training
    assert tab.data_set.currentText() == "None (only analyse)"
    assert not tab._data.isVisibleTo(tab)
    tab.data_set.setFocus()
    QTest.keyClick(tab.data_set, Qt.Key.Key_Home)
    tab.data_set.activated.emit(0)
    assert published.store.document.data == DataChoice(name="digits")
    assert "does not match the data" in published.store.analysis.errors[0].title
    published.store.undo()
    assert published.store.document.data.none


def test_none_can_be_chosen_for_any_network(bench):
    tab = bench.inspector.training
    tab.data_set.activated.emit(tab.data_set.findData(""))
    assert bench.store.document.data.none
    assert bench.store.analysis.problems == ()


def test_a_test_signal_goes_through_a_network_of_signals(qtbot):
    store = DocumentStore()
    sample = WatchedSample(store)
    sample.follow()
    assert sample.count
    signals = chain(Input(channels=2, axes=(48,)), Convolution(), Output())
    store.do("Signals", replace(store.document, network=signals, data=DataChoice(name="")))
    assert (sample.own_words, sample.image.shape, sample.image.dtype) == ("test signal", (2, 48), np.uint8)
    assert {0, 255} <= set(sample.image[0].tolist())
    assert (sample.image[0] != sample.image[1]).any()
    kept = sample.image
    store.edit("More behind", edits.append_after(signals, "conv_1", ReLU())[0])
    assert sample.image is kept
    store.edit("Longer", edits.change(store.network, "input_1", Input(channels=1, axes=(64,))))
    assert sample.image.shape == (1, 64)
    store.edit("An image", edits.change(store.network, "input_1", Input(channels=1, axes=(8, 8))))
    assert (sample.image, sample.own_words) == (None, "")
    for _ in range(4):
        store.undo()
    assert sample.image.shape == (1, 28, 28)


def test_an_image_is_fitted_to_the_input(published, tmp_path):
    path = tmp_path / "grey.png"
    Image.fromarray(np.full((40, 60), 200, np.uint8)).save(path)
    sample = WatchedSample(published.store)
    sample.follow()
    assert (sample.image, sample.count, sample.label, sample.classes) == (None, 0, None, ())
    sample.open_image(path)
    assert sample.image.shape == (1, 32, 32)


def test_with_the_real_worker(published, qtbot, tmp_path):
    path = tmp_path / "grey.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (32, 32), np.uint8)).save(path)
    session = app.complete(published, tmp_path / "runs")
    try:
        with qtbot.waitSignal(session.link.built, timeout=PATIENCE):
            pass
        qtbot.mouseClick(published.run_bar._main, Qt.MouseButton.LeftButton)
        assert session.runs.state == "idle"
        assert "choose a data set" in published.notices.open[0].words
        session.sample.open_image(path)
        qtbot.waitUntil(lambda: published.scene.blocks["conv_1"]._image is not None, timeout=PATIENCE)
        qtbot.waitUntil(lambda: session.sample_panel.answer != "", timeout=PATIENCE)
        assert [n.severity for n in published.notices.open] == ["warn"]
    finally:
        session.close()
