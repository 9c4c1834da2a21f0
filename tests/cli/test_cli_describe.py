"""`convstudio describe`, and what all commands have in common: help, version, errors in one line."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote

import pytest
from msgspec.structs import replace

from convstudio import __version__
from convstudio.assets import asset
from convstudio.blocks import Convolution, FullyConnected, catalogue
from convstudio.cli import COMMANDS, with_command
from convstudio.network import edits, file, grouping
from convstudio.network.document import Document

ROOT = Path(__file__).parents[2]
Run = Callable[..., object]


def test_the_table_shows_shape_and_costs_of_each_block(convstudio, project) -> None:
    answer = convstudio("describe", project())
    assert answer.code == 0
    rows = {line.split()[0]: line for line in answer.out.splitlines() if line.strip()}
    assert rows["conv_1"].split() == [
        "conv_1",
        "Convolution",
        "5×5",
        "2",
        "×",
        "7",
        "×",
        "7",
        "52",
        "2",
        "450",
        "5",
        "×",
        "5",
        "/",
        "4",
        "×",
        "4",
    ]
    assert rows["fc_1"].split() == [
        "fc_1",
        "Fully",
        "connected",
        "8",
        "792",
        "784",
        "29",
        "×",
        "29",
    ]
    assert "844 weights, 3 234 multiply-adds" in answer.out
    assert "One multiply-add = 1" in answer.out


def test_json_says_the_same(convstudio, project) -> None:
    form = json.loads(convstudio("describe", project(), "--json").out)
    conv = next(block for block in form["blocks"] if block["id"] == "conv_1")
    assert conv["shape"] == [2, 7, 7]
    assert (conv["kind"], conv["parameters"], conv["multiply_adds"], conv["used"]) == ("convolution", 52, 2450, True)
    assert conv["receptive_field"] == [
        {"axis": "rows", "size": 5, "stride": 4},
        {"axis": "columns", "size": 5, "stride": 4},
    ]
    assert form["totals"]["parameters"] == 844
    assert form["problems"] == []


def test_a_network_with_errors_is_printed_and_fails(convstudio, project) -> None:
    path = project(conv_1=Convolution(mask=(40,), padding="none"))
    answer = convstudio("describe", path)
    assert answer.code == 1
    assert "error, conv_1: " in answer.out
    assert "?" in next(line for line in answer.out.splitlines() if line.startswith("fc_1 "))
    form = json.loads(convstudio("describe", path, "--json").out)
    assert form["problems"][0]["blocks"] == ["conv_1"]


def test_a_wrong_number_of_classes_is_an_error(convstudio, project) -> None:
    answer = convstudio("describe", project(fc_1=FullyConnected(channels=3)))
    assert answer.code == 1
    assert "error, output_1" in answer.out


def test_an_unknown_data_set_is_an_error_of_its_own(convstudio, project) -> None:
    path = project()
    path.write_text(path.read_text().replace('"gratings"', '"grapes"'))
    answer = convstudio("describe", path)
    assert answer.code == 1
    assert "error: There is no data set called 'grapes'" in answer.out
    assert json.loads(convstudio("describe", path, "--json").out)["problems"][-1]["title"] == "Unknown data set"


@pytest.mark.parametrize("path", sorted(asset("examples").glob("*.convstudio")), ids=lambda path: path.stem)
def test_every_example_can_be_described(convstudio, path) -> None:
    assert convstudio("describe", path).code == 0


def test_describe_loads_neither_torch_nor_numpy_nor_qt(project) -> None:
    script = (
        "import sys; from convstudio.cli import main; code = main(['describe', sys.argv[1]]); "
        "print([name for name in ('torch', 'numpy', 'PySide6') if name in sys.modules], code, file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, str(project())]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr == "[] 0\n"


def test_a_reader_that_has_enough_is_no_error(project) -> None:
    command = f"{quote(sys.executable)} -m convstudio describe {quote(str(project()))} --json | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert len(done.stdout) == 10
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [("nothing.convstudio",), ("nothing.convstudio", "--json")])
def test_an_error_is_one_line_on_stderr(convstudio, tmp_path, monkeypatch, arguments) -> None:
    monkeypatch.chdir(tmp_path)
    answer = convstudio("describe", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "convstudio: nothing.convstudio cannot be read: no such file or directory.\n"


@pytest.mark.parametrize("arguments", [("--debug", "describe", "no"), ("describe", "no", "--debug")])
def test_debug_adds_the_traceback(convstudio, arguments) -> None:
    answer = convstudio(*arguments)
    assert answer.code == 1
    assert answer.err.startswith("Traceback")
    assert answer.err.splitlines()[-1] == "convstudio: no cannot be read: no such file or directory."


def test_a_broken_project_is_one_line_on_stderr(convstudio, tmp_path) -> None:
    path = tmp_path / "broken.convstudio"
    path.write_text("{")
    answer = convstudio("describe", path)
    assert answer.code == 1
    assert answer.err.startswith("convstudio: broken.convstudio cannot be opened")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [("describe",), ("train", "x", "--epochs", "many"), ("export", "x"), ("worker", "x")]
)
def test_a_wrong_call_is_exit_code_2(convstudio, arguments) -> None:
    answer = convstudio(*arguments)
    assert answer.code == 2
    assert "usage:" in answer.err


def test_version(convstudio) -> None:
    assert convstudio("--version").out == f"convstudio {__version__}\n"


def test_help_names_every_command_with_examples(convstudio) -> None:
    answer = convstudio("--help")
    assert answer.code == 0
    assert all(f"\n    {name}" in answer.out for name in COMMANDS)
    assert "convstudio train digits.convstudio" in answer.out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_examples(convstudio, name) -> None:
    answer = convstudio(name, "--help")
    assert answer.code == 0
    assert "examples:\n  convstudio" in answer.out


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ([], ["window"]),
        (["a.convstudio"], ["window", "a.convstudio"]),
        (["--offscreen"], ["window", "--offscreen"]),
        (["--debug", "a.convstudio"], ["window", "--debug", "a.convstudio"]),
        (["a.convstudio", "--help"], ["window", "a.convstudio", "--help"]),
        (["--debug", "describe", "a"], ["--debug", "describe", "a"]),
        (["--help"], ["--help"]),
        (["self-test"], ["self-test"]),
        (["runs"], ["runs", "list"]),
        (["runs", "--json"], ["runs", "list", "--json"]),
        (["runs", "show", "last"], ["runs", "show", "last"]),
        (["runs", "--help"], ["runs", "--help"]),
    ],
)
def test_without_a_command_a_window_is_meant(given, understood) -> None:
    assert with_command(given) == understood


@pytest.mark.parametrize(
    ("word", "meant"),
    [("trian", "Did you mean train?"), ("selftest", "Did you mean self-test?"), ("zzz", "lists the commands")],
)
def test_a_mistyped_command_opens_no_window(convstudio, monkeypatch, tmp_path: Path, word: str, meant: str) -> None:
    monkeypatch.chdir(tmp_path)
    answer = convstudio(word)
    assert (answer.code, answer.out) == (2, "")
    assert meant in answer.err


def test_a_file_without_its_suffix_is_guessed_and_a_file_of_any_name_opens(convstudio, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits.convstudio").touch()
    assert "Did you mean digits.convstudio?" in convstudio("digits").err
    (tmp_path / "digits").touch()
    assert with_command(["digits"]) == ["window", "digits"]


def test_files_for_the_window_keep_their_place_whatever_the_folder(convstudio, monkeypatch, tmp_path: Path) -> None:
    from convstudio.ui import app

    opened: list[Path] = []
    monkeypatch.setattr(app, "run", lambda paths: opened.extend(paths) or 0)
    monkeypatch.chdir(tmp_path)
    assert convstudio("window", "a.convstudio").code == 0
    assert opened == [tmp_path / "a.convstudio"]


def test_an_unexpected_error_is_one_line_too(convstudio, project, monkeypatch) -> None:
    from convstudio.commands import describe

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(describe, "_print", broken)
    answer = convstudio("describe", project())
    assert answer.code == 1
    assert answer.err == (
        "convstudio: this should not have happened: ZeroDivisionError: by chance (--debug shows more)\n"
    )


def test_groups_show_what_is_in_them(convstudio, project, tmp_path: Path) -> None:
    network = file.load(Path(project()), catalogue()).network
    network, group_id = grouping.group(network, ["conv_1"], "First [part]")
    layer = replace(grouping.group_at(network, group_id), repeat=2)
    path = tmp_path / "grouped.convstudio"
    inner = edits.change(layer.network, "conv_1", Convolution(channels=2))
    file.save(path, Document(edits.change(network, group_id, replace(layer, network=inner))))
    answer = convstudio("describe", path)
    assert "First [part] × 2" in answer.out
    assert "\n  conv_1 " in answer.out
    (group,) = [b for b in json.loads(convstudio("describe", path, "--json").out)["blocks"] if b["kind"] == "group"]
    assert [[b["id"] for b in copy] for copy in group["copies"]] == [["entry_1", "conv_1", "exit_1"]] * 2
    assert sum(b["parameters"] for copy in group["copies"] for b in copy) == group["parameters"] == 20 + 38
