"""What the tests of the worker share: a tiny network, and a session that is played through in this process."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue

import pytest
import torch
from msgspec.structs import replace

from convstudio.blocks import Convolution, Flatten, FullyConnected, Input, Output, ReLU
from convstudio.engine import starting
from convstudio.engine.calibration import Choice
from convstudio.network import file
from convstudio.network.document import Block, DataChoice, Document, Network, Wire
from convstudio.network.layer import Layer
from convstudio.network.training_settings import TrainingSettings
from convstudio.protocol import messages as m
from convstudio.worker.rehearsal import Rehearsal
from convstudio.worker.session import Session
from convstudio.worker.transport import Arrival

LAYERS: dict[str, Layer] = {
    "input_1": Input(channels=1, axes=(32, 32)),
    "conv_1": Convolution(channels=2, mask=(5,), stride=(4,), padding="none"),
    "relu_1": ReLU(),
    "flatten_1": Flatten(),
    "fc_1": FullyConnected(channels=8),
    "output_1": Output(),
}
Reaction = Callable[[m.Event], tuple[Arrival, ...]]


def chain(layers: dict[str, Layer]) -> Network:
    """A network of blocks one behind the other."""
    ids = list(layers)
    wires = tuple(Wire(a, b) for a, b in pairwise(ids))
    return Network({i: Block(i, layer) for i, layer in layers.items()}, wires)


@pytest.fixture
def document() -> Callable[..., str]:
    """Text of a project: the tiny network with changed or missing blocks, on 160 gratings in batches of 20."""

    def text(changed: dict[str, Layer] | None = None, without: tuple[str, ...] = (), **training: object) -> str:
        layers = {i: layer for i, layer in (LAYERS | (changed or {})).items() if i not in without}
        settings = replace(
            TrainingSettings(epochs=2, batch_size=20, learning_rate=0.01, device="cpu", threads=1), **training
        )
        return file.dump(Document(chain(layers), DataChoice(name="gratings", validation_share=0.9), settings))

    return text


@pytest.fixture(autouse=True)
def _always_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread and one memory format: what is fastest is measured, and would differ from run to run."""
    torch.set_num_threads(1)
    monkeypatch.setattr(starting, "_choices", {})
    monkeypatch.setattr(starting, "calibrate", lambda *given: Choice(1, torch.contiguous_format, {}))
    monkeypatch.setattr(Rehearsal, "patience", None)  # a session that is played through waits for nothing


@pytest.fixture
def play() -> Callable[..., list[m.Event]]:
    """Play a session to its end: requests that are there at the start, and those that follow from events.

    Every look at the clock shows a second more, so that each step is reported. Ends when training has ended, or
    when there is nothing to do and nothing comes any more.
    """

    def played(*requests: Arrival, then: Reaction | None = None, code: int = 0) -> list[m.Event]:
        inbox = Script(*requests)
        events: list[m.Event] = []

        def send(event: m.Event) -> None:
            events.append(event)
            for answer in then(event) if then else ():
                inbox.put(answer)

        assert Session(inbox, send, clock=Clock()).serve() == code
        return events

    return played


class Clock:
    """A second a look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


class Script(SimpleQueue[Arrival]):
    """An inbox that says Quit where a session would wait for ever."""

    def __new__(cls, *requests: Arrival) -> Script:
        return super().__new__(cls)

    def __init__(self, *requests: Arrival) -> None:
        super().__init__()
        for request in requests:
            self.put(request)

    def get(self, block: bool = True, timeout: float | None = None) -> Arrival:
        if block and timeout is None and self.empty():
            return m.Quit()
        return super().get(block, timeout)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder for a run, not made yet."""
    return str(tmp_path / "runs" / "first")
