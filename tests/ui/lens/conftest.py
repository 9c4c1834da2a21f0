"""What the tests of the lens share: explanations of a small network as the worker gives them, and a panel with one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from chains import chain
from convstudio.blocks import catalogue
from convstudio.engine.build import LiveNetwork, build
from convstudio.engine.lens.explaining import Question, explain
from convstudio.network.document import Network
from convstudio.network.resolve import resolve
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens.lens_panel import LensPanel
from convstudio.ui.theme import theme
from convstudio.worker.lens import message


@dataclass
class Laboratory:
    """Answers questions about one network, without a process in between."""

    live: LiveNetwork
    image: torch.Tensor

    def ask(self, block: str, channel: int = -1, place: tuple[int, ...] = (), **more: int) -> Explanation:
        answer = explain(self.live, self.image, Question(block, channel, place, **more))
        return message(answer, block, ticket=1, run=0, step=0)


def laboratory(*layers) -> Laboratory:
    """Of a network in which each layer follows the one before."""
    network = chain(*layers)
    return of_network(network)


def of_network(network: Network) -> Laboratory:
    live = build(network, resolve(network, catalogue()), 3)
    return Laboratory(live, torch.rand(live.sample.dims, generator=torch.Generator().manual_seed(1)))


@pytest.fixture(name="laboratory")
def _laboratory():
    return laboratory


@pytest.fixture
def laboratory_of():
    return of_network


@pytest.fixture
def panel(qtbot):
    """A panel on the screen, answered by hand."""
    theme.set_dark(True)
    made = LensPanel()
    qtbot.addWidget(made)
    made.resize(900, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made
