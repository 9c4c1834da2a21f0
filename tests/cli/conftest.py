"""What the tests of the command line share: a tiny project file, and the command line called in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from convstudio.blocks import Convolution, Flatten, FullyConnected, Input, Output
from convstudio.cli import main
from convstudio.commands import run_choice
from convstudio.network import file
from convstudio.network.document import Block, DataChoice, Document, Network, Wire
from convstudio.network.layer import Layer
from convstudio.network.training_settings import TrainingSettings


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def convstudio(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Call the command line; usage errors and --help end with their exit code."""

    def called(*arguments: object) -> Answer:
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return called


@pytest.fixture(autouse=True)
def own_runs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the window would keep runs: a folder of this test's own, which is not there yet."""
    data = tmp_path_factory.mktemp("data")
    for name in ("XDG_DATA_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(data))
    return run_choice.own_runs()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a tiny project on 160 gratings, with one block changed, into an empty current folder."""
    monkeypatch.chdir(tmp_path)

    def written(name: str = "tiny", **changed: Layer) -> Path:
        layers: dict[str, Layer] = {
            "input_1": Input(channels=1, axes=(32, 32)),
            "conv_1": Convolution(channels=2, mask=(5,), stride=(4,), padding="none"),
            "flatten_1": Flatten(),
            "fc_1": FullyConnected(channels=8),
            "output_1": Output(),
        } | changed
        wires = tuple(Wire(a, b) for a, b in pairwise(layers))
        network = Network({i: Block(i, layer) for i, layer in layers.items()}, wires)
        training = TrainingSettings(epochs=2, batch_size=20, learning_rate=0.01, device="cpu", threads=1)
        path = tmp_path / f"{name}.convstudio"
        file.save(path, Document(network, DataChoice(name="gratings", validation_share=0.9), training))
        return path

    return written
