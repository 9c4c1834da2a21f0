"""Plugins: nothing runs unasked, a changed file asks again, what is broken is said, and a good one works everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from convstudio import blocks, codegen
from convstudio.assets import asset
from convstudio.blocks import Input, Output, catalogue
from convstudio.engine.build import build
from convstudio.network import edits, file
from convstudio.network.document import Document, Network
from convstudio.network.resolve import resolve
from convstudio.plugins import shelf
from convstudio.plugins.loading import PluginError, Source, kinds
from convstudio.plugins.shelf import Plugin, Shelf

EXAMPLE = asset("plugins", "soft_threshold.py").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _no_plugins_afterwards() -> Iterator[None]:
    yield
    shelf.use_sources(())


@pytest.fixture
def own(tmp_path: Path) -> Shelf:
    found = Shelf(tmp_path)
    found.folder.mkdir()
    (found.folder / "soft_threshold.py").write_text(EXAMPLE, encoding="utf-8")
    return found


def states(own: Shelf) -> dict[str, str]:
    return {p.name: p.state for p in own.plugins()}


def made() -> Network:
    network, last = edits.add(Network(), Input(), 0, 0)
    network, last = edits.append_after(network, last, catalogue()["soft_threshold"]())
    return edits.append_after(network, last, Output())[0]


def test_a_file_runs_only_after_it_was_agreed_to(own: Shelf) -> None:
    assert own.use() == ()
    assert states(own) == {"soft_threshold.py": "new"}
    assert "soft_threshold" not in catalogue()
    assert own.agree("soft_threshold.py") == ()
    assert own.plugins() == (Plugin("soft_threshold.py", "in use", "Soft threshold"),)
    assert catalogue()["soft_threshold"].origin == "soft_threshold.py"


def test_the_agreement_is_remembered_until_the_file_changes(own: Shelf) -> None:
    own.agree("soft_threshold.py")
    shelf.use_sources(())
    again = Shelf(own.folder.parent)
    assert again.use() == ()
    assert "soft_threshold" in catalogue()
    shelf.use_sources(())
    (own.folder / "soft_threshold.py").write_text(EXAMPLE + "\nraise SystemExit\n", encoding="utf-8")
    changed = Shelf(own.folder.parent)
    assert changed.use() == ()
    assert states(changed) == {"soft_threshold.py": "changed"}
    assert "soft_threshold" not in catalogue()


def test_what_is_forgotten_is_asked_for_again(own: Shelf) -> None:
    own.agree("soft_threshold.py")
    own.forget("soft_threshold.py")
    assert states(Shelf(own.folder.parent)) == {"soft_threshold.py": "new"}


def test_a_list_that_cannot_be_read_agrees_to_nothing(own: Shelf) -> None:
    own.agree("soft_threshold.py")
    (own.folder.parent / shelf.AGREED).write_text("{", encoding="utf-8")
    assert states(Shelf(own.folder.parent)) == {"soft_threshold.py": "new"}


def test_without_a_folder_there_are_no_plugins(tmp_path: Path) -> None:
    assert Shelf(tmp_path / "nowhere").use() == ()
    assert Shelf(tmp_path / "nowhere").plugins() == ()


def without(line: str, other: str = "") -> str:
    assert line in EXAMPLE
    return EXAMPLE.replace(line, other)


BROKEN = [
    ("import no_such_module", "line 1: ModuleNotFoundError: No module named 'no_such_module'"),
    ("def", "SyntaxError"),
    ("raise SystemExit(3)", "SystemExit: 3"),
    ("x = 1", "declares no block"),
    (without('"soft_threshold"  # its', '"relu"  # its'), "kind “relu” is taken"),
    (without('"soft_threshold"  # its', '"Soft!"  # its'), "kind “Soft!” must be small letters"),
    (without('"activation"', '"pink"'), "colour “pink” must be one of"),
    (without('"T"', '"ST"'), "glyph “ST” must be one letter"),
    (without('title="Threshold", '), "setting threshold needs a title and a description"),
    (without("ge=0, le=10, "), "setting threshold needs a type with limits"),
    (without("    ] = 0.5", "    ]"), "setting threshold needs a default"),
    (without("return inputs[0]", "return 3"), "output must give a Shape or a Misfit; for 12 it gave 3"),
    (without("return inputs[0]", "return inputs[9]"), "it fails while it is checked: IndexError"),
    (without('"F.softshrink"', '"os.system"'), "call must give a Call of a name under nn, F or torch"),
    (without('about: ClassVar[str] = "Small', 'other: ClassVar[str] = "Small'), "it must say its about"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN, ids=[words[:24] for _, words in BROKEN])
def test_what_is_wrong_is_said_in_words_and_stops_nothing(text: str, words: str, own: Shelf) -> None:
    (own.folder / "bad.py").write_text(text, encoding="utf-8")
    (complaint,) = own.agree("bad.py")
    assert complaint.startswith("bad.py")
    assert words in complaint
    assert states(own)["bad.py"] == "broken"
    assert own.agree("soft_threshold.py") == () or "soft_threshold" in catalogue()


def test_a_file_that_is_no_text_or_too_large_is_said(own: Shelf) -> None:
    (own.folder / "bytes.py").write_bytes(b"\xff\xfe")
    (own.folder / "large.py").write_text("#" * 2**21)
    assert states(own)["bytes.py"] == states(own)["large.py"] == "broken"
    with pytest.raises(PluginError, match="no text in UTF-8"):
        own.agree("bytes.py")


def test_its_block_is_computed_written_and_saved_like_any_other(own: Shelf) -> None:
    own.agree("soft_threshold.py")
    network = made()
    analysis = resolve(network, catalogue())
    assert analysis.errors == ()
    images = torch.randn(2, 1, 28, 28)
    live = build(network, analysis, 0)
    expected = torch.nn.functional.softshrink(images, 0.5)
    assert torch.equal(live(images), expected)
    text = codegen.source(network, analysis, "Own")
    space: dict[str, object] = {}
    exec(compile(text, "<own>", "exec"), space)
    assert torch.equal(space["Own"]()(images), expected)  # type: ignore[operator]
    project = file.dump(Document(network))
    assert '"plugin": "soft_threshold.py"' in project
    assert file.dump(file.parse(project, catalogue())) == project


def test_a_document_says_which_plugin_it_needs(own: Shelf) -> None:
    own.agree("soft_threshold.py")
    project = file.dump(Document(made()))
    shelf.use_sources(())
    with pytest.raises(file.FileError, match=r"unknown kind “soft_threshold”.* plugin 'soft_threshold\.py'"):
        file.parse(project, catalogue())


def test_the_worker_takes_texts_and_no_files() -> None:
    shelf.use_sources((Source("soft_threshold.py", EXAMPLE),))
    assert "soft_threshold" in catalogue()
    assert shelf.in_use() == (Source("soft_threshold.py", EXAMPLE),)
    shelf.use_sources(())
    assert tuple(catalogue()) == tuple(k.kind for k in (*blocks.KINDS, *blocks.STRUCTURE, *blocks.BROUGHT))


def test_two_plugins_cannot_have_one_kind() -> None:
    with pytest.raises(PluginError, match=r"b\.py: SoftThreshold .* is taken"):
        shelf.use_sources((Source("a.py", EXAMPLE), Source("b.py", EXAMPLE)))


def test_the_declaration_is_the_files_own() -> None:
    (kind,) = kinds(Source("a.py", EXAMPLE), ())
    assert kind.kind == "soft_threshold"


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is told by an environment variable there")
def test_the_command_line_uses_them_when_it_is_asked_to(own: Shelf, tmp_path: Path) -> None:
    data = tmp_path / "xdg" / "ConvStudio" / "ConvStudio"
    data.mkdir(parents=True)
    own.agree("soft_threshold.py")
    project = tmp_path / "own.convstudio"
    project.write_text(file.dump(Document(made())), encoding="utf-8")
    os.rename(own.folder, data / "plugins")
    os.rename(own.folder.parent / shelf.AGREED, data / shelf.AGREED)
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "xdg")}
    command = [sys.executable, "-m", "convstudio", "describe", str(project)]
    plain = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert plain.returncode == 1
    assert "plugin 'soft_threshold.py'" in plain.stderr
    asked = subprocess.run([*command, "--plugins"], env=environment, capture_output=True, text=True, check=False)
    assert "Soft threshold 0.5" in asked.stdout
