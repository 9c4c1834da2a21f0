"""`convstudio new`: every template as a file, and what cannot be asked for."""

from __future__ import annotations

import json

import pytest

from convstudio.blocks import catalogue
from convstudio.engine.project import analysed
from convstudio.network import file
from convstudio.templates import TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES, ids=[t.name for t in TEMPLATES])
def test_every_template_becomes_a_file_without_errors(convstudio, tmp_path, template) -> None:
    path = tmp_path / "made.convstudio"
    answer = convstudio("new", path, "--template", template.name)
    assert (answer.code, answer.err) == (0, "")
    assert not analysed(file.load(path, catalogue())).errors
    assert template.title in answer.out


def test_the_published_size_has_the_published_weights(convstudio, tmp_path) -> None:
    path = tmp_path / "made.convstudio"
    assert convstudio("new", path, "--template", "alexnet", "--published", "--json").code == 0
    document = file.load(path, catalogue())
    assert document.data.none
    assert analysed(document).parameters == 61_100_840  # torchvision's AlexNet


def test_it_is_fitted_to_the_data_set(convstudio, tmp_path) -> None:
    path = tmp_path / "made.convstudio"
    answer = convstudio("new", path, "--template", "lenet-5", "--data", "shapes", "--json")
    assert json.loads(answer.out) == {"path": str(path), "template": "lenet-5", "data": "shapes"}
    analysis = analysed(file.load(path, catalogue()))
    assert analysis.blocks[analysis.output].output.channels == 5


def test_without_a_file_the_templates_are_listed(convstudio) -> None:
    lines = convstudio("new").out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [t.name for t in TEMPLATES]
    assert len(json.loads(convstudio("new", "--json").out)["templates"]) == len(TEMPLATES)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], 2, "Which template?"),
        (["--template", "lenet-6"], 2, "no template called 'lenet-6'"),
        (["--template", "lenet-5", "--data", "cats"], 1, "no data set called 'cats'"),
        (["--template", "lenet-5", "--data", "shapes-outlines"], 1, "another question"),
        (["--template", "lecture", "--published"], 1, "without a size of its own"),
        (["--template", "lenet-5", "--data", "digits", "--published"], 2, "not allowed"),
    ],
)
def test_what_cannot_be_is_said(convstudio, tmp_path, options, code, words) -> None:
    answer = convstudio("new", tmp_path / "x.convstudio", *options)
    assert answer.code == code
    assert words in answer.err
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_only_by_force(convstudio, tmp_path) -> None:
    path = tmp_path / "mine.convstudio"
    path.write_text("mine")
    answer = convstudio("new", path, "--template", "lecture")
    assert (answer.code, path.read_text()) == (1, "mine")
    assert "--force" in answer.err
    assert convstudio("new", path, "--template", "lecture", "--force").code == 0
    assert file.load(path, catalogue()).network.blocks


def test_a_folder_that_is_not_there_is_said(convstudio, tmp_path) -> None:
    answer = convstudio("new", tmp_path / "no" / "x.convstudio", "--template", "lecture")
    assert answer.code == 1
    assert "cannot be saved" in answer.err
