"""Run folders: what is written can be gone on with bitwise, and every kind of damage is said in words."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import safetensors.torch
import torch

from convstudio.engine import checkpoint, run_folder
from convstudio.engine.checkpoint import CheckpointFault
from convstudio.network.file import write_atomically

TEXT = '{"format": 1, "blocks": []}\n'


@pytest.fixture
def kept(lab: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """A run that was kept in the middle of its second epoch."""
    run = lab.trainer(data=lab.samples(memory_format=torch.channels_last))
    steps = run.steps()
    for _ in range(9):
        next(steps)
    folder = tmp_path / "runs" / "first"
    checkpoint.save(folder, run, run.state(), TEXT)
    run.read()
    return SimpleNamespace(run=run, folder=folder, place=folder / "checkpoint")


@pytest.mark.parametrize("settings", [{}, {"optimiser": "sgd"}, {"optimiser": "sgd", "momentum": 0.0}])
def test_a_run_goes_on_bitwise_from_its_folder(lab: SimpleNamespace, tmp_path: Path, settings: dict) -> None:
    layout = torch.channels_last
    run = lab.trainer(data=lab.samples(memory_format=layout), **settings)
    steps = run.steps()
    for _ in range(9):
        next(steps)
    run.read()
    checkpoint.save(tmp_path, run, run.state(), TEXT)
    expected = lab.finished(run)
    found = checkpoint.load(tmp_path)
    again = lab.trainer(data=lab.samples(memory_format=found.memory_format), **settings)
    again.restore(found.state)
    assert lab.finished(again) == expected
    assert lab.same_weights(again.live, run.live)


def test_the_folder_says_what_the_run_was(kept: SimpleNamespace) -> None:
    found = checkpoint.load(kept.folder)
    assert found.document == TEXT
    assert found.memory_format == torch.channels_last
    facts = json.loads((kept.folder / "run.json").read_text())
    assert facts["seed"] == 0
    assert facts["device"] == "cpu"
    assert facts["threads"] == torch.get_num_threads()
    assert facts["memory_format"] == "channels_last"
    assert facts["versions"]["torch"] == torch.__version__
    assert found.state["position"]["step"] == 7


def test_other_tools_can_read_the_weights(kept: SimpleNamespace) -> None:
    names = safetensors.torch.load_file(kept.place / "weights.safetensors")
    live = kept.run.live.state_dict()
    assert names.keys() == live.keys()
    assert all(torch.equal(names[name], live[name]) for name in live)
    assert all(torch.equal(value, live[name]) for name, value in checkpoint.weights(kept.folder).items())


def test_a_later_checkpoint_replaces_the_earlier_and_leaves_nothing_else(kept: SimpleNamespace) -> None:
    next(kept.run.steps())
    checkpoint.save(kept.folder, kept.run, kept.run.state(), TEXT)
    assert checkpoint.load(kept.folder).state["position"]["step"] == 8
    assert sorted(p.name for p in kept.folder.iterdir()) == ["checkpoint", "document.convstudio", "run.json"]


@pytest.mark.parametrize("stage", ["write", "first rename", "second rename"])
def test_a_crash_while_saving_leaves_a_whole_checkpoint(
    kept: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    next(kept.run.steps())
    rename, count = Path.rename, {"write": 0, "first rename": 1, "second rename": 2}[stage]
    done: list[Path] = []

    def crashes(path: Path, target: Path) -> Path:
        done.append(path)
        if len(done) >= count:
            raise KeyboardInterrupt
        return rename(path, target)

    def stops(path: Path, data: bytes) -> None:
        if path.name == "state.json":
            raise KeyboardInterrupt
        write_atomically(path, data)

    if stage == "write":
        monkeypatch.setattr(run_folder, "write_atomically", stops)
    else:
        monkeypatch.setattr(Path, "rename", crashes)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(kept.folder, kept.run, kept.run.state(), TEXT)
    monkeypatch.undo()
    assert checkpoint.load(kept.folder).state["position"]["step"] == 7
    checkpoint.save(kept.folder, kept.run, kept.run.state(), TEXT)
    assert checkpoint.load(kept.folder).state["position"]["step"] == 8
    assert len(list(kept.folder.iterdir())) == 3


FILES = [
    "checkpoint/document.convstudio",
    "run.json",
    "checkpoint/weights.safetensors",
    "checkpoint/optimiser.safetensors",
    "checkpoint/state.json",
]


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(kept: SimpleNamespace, name: str) -> None:
    (kept.folder / name).unlink()
    with pytest.raises(CheckpointFault, match=f"{Path(name).name}.*no such file"):
        checkpoint.load(kept.folder)


@pytest.mark.parametrize("name", FILES[1:])
@pytest.mark.parametrize("damage", ["cut", "empty", "zeroed", "garbage", "bit"])
def test_a_damaged_file_is_named(kept: SimpleNamespace, name: str, damage: str) -> None:
    path = kept.folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x80
    spoiled = {
        "cut": path.read_bytes()[: len(data) // 2],
        "empty": b"",
        "zeroed": bytes(len(data)),
        "garbage": b"\xff\xfe" * 40,
        "bit": bytes(data),
    }[damage]
    path.write_bytes(spoiled)
    with pytest.raises(CheckpointFault, match=f"{path.name}.* is damaged"):
        checkpoint.load(kept.folder)


def test_a_document_that_is_no_text_is_named(kept: SimpleNamespace) -> None:
    (kept.place / "document.convstudio").write_bytes(b"\xff\xff\xff")
    with pytest.raises(CheckpointFault, match=r"document\.convstudio.* is damaged"):
        checkpoint.load(kept.folder)


def test_files_of_two_checkpoints_are_not_mixed(kept: SimpleNamespace, tmp_path: Path) -> None:
    shutil.copy(kept.place / "optimiser.safetensors", tmp_path)
    next(kept.run.steps())
    checkpoint.save(kept.folder, kept.run, kept.run.state(), TEXT)
    shutil.copy(tmp_path / "optimiser.safetensors", kept.place)
    with pytest.raises(CheckpointFault, match=r"optimiser\.safetensors"):
        checkpoint.load(kept.folder)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("run.json", {"format": 2}, "newer ConvStudio"),
        ("run.json", {"threads": 0}, "threads"),
        ("run.json", {"memory_format": "upside_down"}, "upside_down"),
        ("checkpoint/state.json", {"format": 7}, "newer ConvStudio"),
        ("checkpoint/state.json", {"position": {"step": -1}}, r"position\.step"),
        ("checkpoint/state.json", {"position": {"step": "7"}}, "expected `int`"),
        ("checkpoint/state.json", {"digests": {}}, "weights"),
    ],
)
def test_facts_that_make_no_sense_are_said(kept: SimpleNamespace, name: str, change: dict, words: str) -> None:
    path = kept.folder / name
    facts = json.loads(path.read_text())
    for key, value in change.items():
        facts[key] = {**facts[key], **value} if isinstance(value, dict) and value else value
    path.write_text(json.dumps(facts))
    with pytest.raises(CheckpointFault, match=words):
        checkpoint.load(kept.folder)


def test_a_file_that_is_sound_but_no_safetensors_is_named(kept: SimpleNamespace) -> None:
    path, state = kept.place / "weights.safetensors", kept.place / "state.json"
    path.write_bytes(b"not tensors")
    facts = json.loads(state.read_text())
    facts["digests"][path.name] = hashlib.sha256(b"not tensors").hexdigest()
    state.write_text(json.dumps(facts))
    with pytest.raises(CheckpointFault, match=r"weights\.safetensors.*damaged"):
        checkpoint.weights(kept.folder)


def test_a_folder_without_a_run_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(CheckpointFault, match="no checkpoint"):
        checkpoint.load(tmp_path)
    with pytest.raises(CheckpointFault, match="no checkpoint"):
        checkpoint.weights(tmp_path / "nowhere")


def test_a_place_that_cannot_be_written_is_said(lab: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    trainer = lab.trainer()
    with pytest.raises(CheckpointFault, match="cannot be kept"):
        checkpoint.save(tmp_path / "file" / "run", trainer, trainer.state(), TEXT)
