"""What the tests of runs share: a document that can be trained, and a controller with a fake worker."""

from __future__ import annotations

import pytest

from chains import chain
from convstudio.blocks import Flatten, FullyConnected, Input, Output
from convstudio.network.document import Document
from convstudio.network.training_settings import TrainingSettings
from convstudio.runs.run_folders import RunFolders
from convstudio.ui.notices.notices import Notices
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.store import DocumentStore


def trainable() -> Document:
    """Digits straight into one fully connected layer."""
    network = chain(Input(axes=(28, 28)), Flatten(), FullyConnected(channels=10), Output())
    return Document(network, training=TrainingSettings(epochs=2, threads=1))


@pytest.fixture
def store(qapp):
    return DocumentStore(trainable())


@pytest.fixture
def notices(qapp):
    return Notices()


@pytest.fixture
def controller_on(store, notices, tmp_path):
    """Make a controller on a link, whose news arrive in `notices`."""

    def make(link) -> RunController:
        controller = RunController(store, link, RunFolders(tmp_path / "runs"))
        controller.news.connect(notices.tell)
        return controller

    return make


@pytest.fixture
def until(qtbot):
    """Wait until a controller is in a state."""

    def wait(controller: RunController, state: str, timeout: int = 10_000) -> None:
        qtbot.waitUntil(lambda: controller.state == state, timeout=timeout)

    return wait


def press(notices: Notices, label: str) -> None:
    """Do what the button of that label on the newest notice does."""
    dict(notices.open[0].actions)[label]()


@pytest.fixture(name="press")
def _press():
    return press
