"""`convstudio evaluate`: the figures of a run, compared with torch's; and ConvStudio as a library on the same run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

import convstudio as library
from convstudio.blocks import Convolution
from convstudio.data import load, to_float
from convstudio.network.file import FileError


@pytest.fixture
def run(convstudio, project):
    """A tiny project and the folder of its run."""
    path = project()
    assert convstudio("train", path, "--out", "run").code == 0
    return path, path.parent / "run"


def answers(path: Path, folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores of the trained module and true classes of the samples kept back."""
    project = library.load(path)
    dataset = load("gratings")
    kept = dataset.divided(project.document.data.validation_share, project.document.data.seed)[1]
    module = project.to_module(folder).eval()
    with torch.inference_mode():
        scores = module(torch.from_numpy(to_float(dataset.images[kept])))
    return scores, torch.from_numpy(dataset.labels[kept].astype(np.int64))


def test_the_figures_are_those_of_torch(convstudio, run) -> None:
    found = json.loads(convstudio("evaluate", run[0], "--run", run[1], "--json").out)
    scores, truths = answers(*run)
    assert found["samples"] == len(truths)
    assert found["loss"] == pytest.approx(cross_entropy(scores, truths).item(), rel=1e-5)
    assert found["accuracy"] == pytest.approx((scores.argmax(1) == truths).float().mean().item())
    for row, column in ((0, 0), (3, 5), (7, 2)):
        assert found["confusion"][row][column] == int(((truths == row) & (scores.argmax(1) == column)).sum())
    assert [c["support"] for c in found["classes"]] == torch.bincount(truths, minlength=8).tolist()


def test_people_get_a_table(convstudio, run) -> None:
    out = convstudio("evaluate", *[run[0], "--run", run[1]]).out
    assert "22.5°" in out
    assert "samples kept back for validation" in out.splitlines()[-1]


def test_a_run_alone_is_enough(convstudio, run) -> None:
    with_file = convstudio("evaluate", run[0], "--run", run[1], "--json").out
    run[0].unlink()
    assert convstudio("evaluate", "--run", run[1], "--json").out == with_file
    answer = convstudio("evaluate", "--run", run[1].parent)
    assert (answer.code, "There is no whole run in" in answer.err) == (1, True)


def test_a_run_of_another_network_is_refused(convstudio, project, run) -> None:
    other = project("other", conv_1=Convolution(channels=3, mask=(5,), stride=(4,), padding="none"))
    answer = convstudio("evaluate", other, "--run", run[1])
    assert answer.code == 1
    assert "another network" in answer.err
    assert convstudio("evaluate", run[0], "--run", run[1] / "nothing").code == 1


def test_a_project_is_read_without_qt_and_torch(run) -> None:
    code = (
        "import sys, convstudio; assert 'convstudio.network' not in sys.modules; p = convstudio.load(sys.argv[1]);"
        "print(p.parameters, p.multiply_adds, p.shapes['conv_1'], len(p.problems));"
        "assert not {'torch', 'PySide6', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, run[0]], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["844", "3234", "(2,", "7,", "7)", "0"]


def test_an_untrained_module_has_the_weights_that_a_training_starts_from(run) -> None:
    one, other = (library.load(run[0]).to_module().state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)
    trained = library.load(run[0]).to_module(run[1]).state_dict()
    assert any(not torch.equal(one[name], trained[name]) for name in one)


def test_the_source_computes_the_same(run) -> None:
    project = library.load(run[0])
    space: dict[str, object] = {}
    exec(project.source(), space)
    made = space["Network"]()  # type: ignore[operator]
    made.load_state_dict(project.to_module(run[1]).state_dict(), strict=True)
    images = torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(made(images), project.to_module(run[1])(images), atol=1e-6)


def test_what_cannot_be_loaded_is_said(tmp_path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        library.load(tmp_path / "none.convstudio")
    with pytest.raises(AttributeError, match="no attribute 'save'"):
        library.save  # noqa: B018


def test_the_library_describes_what_the_command_describes(convstudio, project) -> None:
    path = project()
    found = library.load(path).describe()
    assert found["blocks"][1]["parameters"] == 52
    printed = json.loads(convstudio("describe", path, "--json").out)
    assert json.loads(msgspec.json.encode({"file": str(path)} | found)) == printed
