"""The training script: run alone it gives the losses of the engine's run, whatever the settings are."""

from __future__ import annotations

import ast
import csv
import os
import subprocess
import sys
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from chains import chain
from convstudio import codegen
from convstudio.assets import asset
from convstudio.blocks import (
    Add,
    BatchNorm,
    Convolution,
    Dropout,
    Flatten,
    FullyConnected,
    Input,
    Output,
    Pointwise,
    ReLU,
    Separable,
    catalogue,
)
from convstudio.engine import exports, starting
from convstudio.engine.build import build
from convstudio.engine.calibration import Choice
from convstudio.engine.devices import Way
from convstudio.engine.exports import ExportFault
from convstudio.engine.project import analysed
from convstudio.network import by_hand, edits, file, freezing, grouping, handmade
from convstudio.network.document import DataChoice, Document, Network, Wire
from convstudio.network.training_settings import TrainingSettings

NO_SAMPLES = np.zeros((0, 1, 28, 28), np.float32)


@pytest.fixture(autouse=True)
def _one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "_choices", {})
    monkeypatch.setattr(starting, "calibrate", lambda *given: Choice(1, torch.contiguous_format, {}))


def of_images(*layers: object, channels: int = 1) -> Network:
    return chain(Input(channels=channels, axes=(32, 32)), *layers)


def small() -> Network:
    few = Convolution(channels=2, mask=(5,), stride=(4,), padding="none")
    return of_images(few, ReLU(), Dropout(), Flatten(), FullyConnected(channels=8), Output())


def branches() -> Network:
    """Two branches with dropout, of which a person would write the other first, in a group, with normalisation."""
    network = of_images(Separable(channels=2, stride=(4,)), BatchNorm(), Dropout(), Add(), Flatten())
    network, side = edits.append_after(network, "input_1", Convolution(channels=2, stride=(4,)))
    network, side = edits.append_after(network, side, Dropout(share=0.3))
    network = edits.connect(network, Wire(side, "add_1", "in_2"))
    network, last = edits.append_after(network, "flatten_1", FullyConnected(channels=8))
    network, _ = edits.append_after(network, last, Output())
    ids = [i for i in network.blocks if not i.startswith(("input", "output", "fc", "flatten"))]
    return grouping.group(network, ids, "Two ways")[0]


def document(network: Network, data: str = "gratings", **settings: object) -> Document:
    training = TrainingSettings(epochs=2, batch_size=20, learning_rate=0.01, device="cpu", threads=1)
    return Document(network, DataChoice(name=data, validation_share=0.9), msgspec.structs.replace(training, **settings))


def engine_losses(wanted: Document, steps: int) -> list[float]:
    run = starting.start(wanted, analysed(wanted), None)
    for _ in run.steps():
        if run.trainer.step == steps:
            break
    return [float(x) for x in run.read().losses]


def written(wanted: Document, path: Path, way: Way = exports.ALONE) -> exports.Proof:
    analysis = analysed(wanted)
    live = build(wanted.network, analysis, 0)
    samples = np.zeros((0, *live.sample.dims), np.float32)
    return exports.export("script", path, wanted, analysis, live, samples, way=way)


def script_losses(path: Path, *arguments: object) -> list[float]:
    """Of the script in a process of its own, from another folder."""
    curve = path.with_suffix(".csv")
    command = [sys.executable, "-P", str(path), "--curve", str(curve), *map(str, arguments)]
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(command, check=True, capture_output=True, cwd="/", env=without, timeout=120)
    with curve.open(newline="") as opened:
        return [float(row["loss"]) for row in csv.DictReader(opened)]


@pytest.mark.usefixtures("in_this_process")
def test_lenet_5_trains_alone_to_the_bit_as_here(tmp_path: Path) -> None:
    """A process of its own, 20 steps, bitwise."""
    wanted = file.load(asset("examples", "lenet5.convstudio"), catalogue())
    wanted = replace(wanted, training=msgspec.structs.replace(wanted.training, device="cpu", threads=1))
    path = tmp_path / "train_lenet.py"
    proof = written(wanted, path)
    assert (proof.difference, proof.samples) == (0, 3)
    assert proof.files == (path, tmp_path / "train_lenet-data.npz")
    assert script_losses(path, "--steps", 20) == engine_losses(wanted, 20)
    assert sorted(os.listdir(tmp_path)) == ["train_lenet-data.npz", "train_lenet.csv", "train_lenet.py"]


SETTINGS: dict[str, dict[str, object]] = {
    "sgd": {"optimiser": "sgd", "nesterov": True, "weight_decay": 0.01, "label_smoothing": 0.1},
    "clipped": {"gradient_clipping": 0.1, "schedule": "cosine", "initialisation": "he"},
    "adamw": {"optimiser": "adamw", "schedule": "step", "decay_every": 1, "warm_up": 0.5, "initialisation": "glorot"},
    "rmsprop": {"optimiser": "rmsprop", "schedule": "one_cycle", "initialisation": "orthogonal"},
    "adagrad": {"optimiser": "adagrad", "batch_size": 53, "initialisation": "normal", "early_stopping": 1},
    "half": {"precision": "bfloat16", "seed": 7, "warm_up": 1.0},
}


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("make", [small, branches])
@pytest.mark.parametrize("name", SETTINGS)
def test_all_settings_are_those_of_the_engine(name: str, make: Callable[[], Network], tmp_path: Path) -> None:
    """To 1e-6: the sum of a clipped gradient depends on the order of the weights."""
    wanted = document(make(), **SETTINGS[name])
    path = tmp_path / "train.py"
    assert written(wanted, path).difference <= 1e-6
    found = here(path, tmp_path)
    expected = engine_losses(wanted, 16)
    assert len(found) == len(expected) >= 3
    assert np.abs(np.array(found) - expected).max() <= 1e-6


def here(path: Path, folder: Path) -> list[float]:
    """The losses of a whole run of the script, in this process."""
    namespace: dict[str, object] = {"__name__": "script", "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    _, losses = namespace["train"]("cpu", None)  # type: ignore[operator]
    return losses  # type: ignore[no-any-return]


@pytest.mark.usefixtures("in_this_process")
def test_channels_side_by_side_and_frozen_blocks(tmp_path: Path) -> None:
    network = of_images(
        Convolution(channels=4), Convolution(channels=4, stride=(4,)), Flatten(), FullyConnected(), Output()
    )
    network = edits.change(network, "fc_1", FullyConnected(channels=8))
    wanted = document(freezing.freeze(network, ["conv_1"], True))
    path = tmp_path / "train.py"
    assert written(wanted, path, Way(1, "channels_last")).difference == 0
    text = path.read_text(encoding="utf-8")
    assert 'FROZEN = ("conv_1",)' in text
    assert "torch.channels_last" in text


@pytest.mark.usefixtures("in_this_process")
def test_masks_by_hand_are_start_values_and_those_that_do_not_fit_are_left_out(tmp_path: Path) -> None:
    edge = array("f", [-1, 0.1, 0, 0, 1] * 5).tobytes()
    network = by_hand.put(small(), (), "conv_1", handmade.of("weight", (1, 1), (0, 1), (5, 5), edge))
    network = by_hand.put(network, (), "conv_1", handmade.of("weight", (0, 1), (0, 1), (5,), edge[:20]))
    network = by_hand.put(network, (), "conv_1", handmade.of("weight", (2, 1), (0, 1), (5, 5), edge))
    wanted = document(network)
    path = tmp_path / "train.py"
    assert written(wanted, path).difference == 0
    assert path.read_text(encoding="utf-8").count('("conv_1.weight"') == 1
    start = build(network, analysed(wanted), 0).state_dict()["conv_1.weight"]
    assert start[1, 0].tolist()[0] == array("f", [-1, 0.1, 0, 0, 1]).tolist()
    assert np.abs(np.array(here(path, tmp_path)) - engine_losses(wanted, 16)).max() <= 1e-6


@pytest.mark.usefixtures("in_this_process")
def test_a_class_for_each_pixel(tmp_path: Path) -> None:
    network = of_images(Pointwise(channels=6), Output(), channels=3)
    wanted = document(network, "shapes-outlines", epochs=1, batch_size=50)
    path = tmp_path / "train.py"
    assert written(wanted, path).difference == 0
    assert np.abs(np.array(here(path, tmp_path)) - engine_losses(wanted, 4)).max() <= 1e-6


def test_what_is_not_used_is_not_written() -> None:
    wanted = document(small())
    how = codegen.Computed("data.npz", "Gratings")
    text = codegen.script(wanted, analysed(wanted), "train", "Small", how)
    ast.parse(text)
    for word in ("def rate", "FROZEN", "PATIENCE", "channels_last", "autocast", "compile", "math", "clip", "fill"):
        assert word not in text, word
    assert "convstudio" not in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.usefixtures("in_this_process")
def test_without_data_there_is_no_script(tmp_path: Path) -> None:
    wanted = replace(document(small()), data=DataChoice(name=""))
    with pytest.raises(ExportFault, match="needs samples"):
        written(wanted, tmp_path / "train.py")
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("in_this_process")
def test_a_script_that_trains_otherwise_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    true = codegen.script

    def wrong(*given: object) -> str:
        return true(*given).replace("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.02")  # type: ignore[arg-type]

    monkeypatch.setattr(codegen, "script", wrong)
    with pytest.raises(ExportFault, match="its losses differ"):
        written(document(small()), tmp_path / "train.py")
    assert os.listdir(tmp_path) == []
