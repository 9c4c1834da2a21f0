"""The project file: what is written comes back, what is broken or hostile is refused in words, nothing is lost."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convstudio.blocks import KINDS, Add, Convolution, Input, Output, ReLU, catalogue
from convstudio.network import edits, file, notes
from convstudio.network.document import Block, Colour, DataChoice, Document, Network, NoteKind, Wire
from convstudio.network.file import FileError
from convstudio.network.training_settings import TrainingSettings

WHOLE: dict[str, Any] = {
    "format": 1,
    "blocks": [
        {"id": "input_1", "kind": "input", "at": [0, 0]},
        {"id": "conv_1", "kind": "convolution", "at": [210, 0], "settings": {"channels": 4}},
        {"id": "add_1", "kind": "add", "at": [420, 0]},
        {"id": "output_1", "kind": "output", "at": [630, 0]},
    ],
    "wires": [
        {"from": "input_1", "to": "conv_1"},
        {"from": "conv_1", "to": "add_1"},
        {"from": "conv_1", "to": "add_1", "port": "in_2"},
        {"from": "add_1", "to": "output_1"},
    ],
}


def parsed(form: object) -> Document:
    return file.parse(json.dumps(form), catalogue())


def changed(**parts: Any) -> dict[str, Any]:
    return {**WHOLE, **parts}


def block(**parts: Any) -> dict[str, Any]:
    return changed(blocks=[{"id": "relu_1", "kind": "relu", "at": [0, 0], **parts}], wires=[])


def wires(*pairs: dict[str, Any]) -> dict[str, Any]:
    return changed(wires=list(pairs))


@pytest.fixture
def document() -> Document:
    network, last = edits.add(Network(), Input(), 0, 0, "Ziffern")
    for layer in (Convolution(mask=(3, 5), padding=(1, 2)), ReLU(), Output()):
        network, last = edits.append_after(network, last, layer)
    network, _ = notes.add(network, "Zeile 1\n„zwei“", (1.5, -2, 240, 60))
    network, _ = notes.add(network, "Rahmen", (-20, -40, 500, 300), "frame", "violet")
    return Document(network, DataChoice(name="shapes", seed=7), TrainingSettings(epochs=3, optimiser="sgd"))


# --- what is written comes back -----------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8"), max_size=20)
numbers = st.floats(-1e6, 1e6)
areas = st.tuples(numbers, numbers, st.floats(1, 1e6), st.floats(1, 1e6))
kinds, colours = st.sampled_from(get_args(NoteKind)), st.sampled_from(get_args(Colour))
training = st.builds(
    TrainingSettings,
    epochs=st.integers(1, 10_000),
    batch_size=st.integers(1, 65_536),
    optimiser=st.sampled_from(["adam", "adamw", "sgd"]),
    learning_rate=st.floats(1e-9, 100),
    momentum=st.floats(0, 0.999),
    weight_decay=st.floats(0, 10),
    seed=st.integers(0, 2**31 - 1),
    device=st.sampled_from(["auto", "cpu", "cuda:1"]),
    threads=st.integers(0, 1024),
)
data = st.builds(DataChoice, name=texts, validation_share=st.floats(0.01, 0.9), seed=st.integers(0, 2**31 - 1))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    network = Network()
    for kind in draw(st.lists(st.sampled_from(KINDS), max_size=8)):
        network, _ = edits.add(network, kind(), draw(numbers), draw(numbers), draw(texts))
    for source, target in draw(
        st.lists(st.tuples(*[st.sampled_from(sorted(network.blocks) or ["-"])] * 2), max_size=9)
    ):
        if source in network.blocks:
            wire = Wire(source, target, network.free_port(target) or "in")
            network = network if edits.refusal(network, wire) else edits.connect(network, wire)
    for text, area, kind, colour in draw(st.lists(st.tuples(texts, areas, kinds, colours), max_size=3)):
        network, _ = notes.add(network, text, area, kind, colour)
    return network


@given(st.builds(Document, networks(), data, training))
def test_any_document_comes_back_as_it_was(document: Document) -> None:
    text = file.dump(document)
    back = file.parse(text, catalogue())
    assert back == document
    assert file.dump(back) == text
    json.loads(text)


def test_a_file_comes_back(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "net.convstudio"
    file.save(path, document)
    assert file.load(path, catalogue()) == document
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_one_change_is_one_line_in_a_diff(document: Document) -> None:
    before = file.dump(document).splitlines()
    network = edits.change(document.network, "relu_1", Convolution())
    after = file.dump(document.with_network(network)).splitlines()
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_settings_and_defaults_may_be_left_out() -> None:
    document = parsed({"format": 1, "blocks": [{"id": "conv_1", "kind": "convolution", "at": [0, 0]}]})
    assert document == Document(Network({"conv_1": Block("conv_1", Convolution())}))


def test_notes_without_ids_get_those_that_are_free() -> None:
    written = [{"text": text, "x": 0, "y": 0} for text in ("a", "b")] + [{"id": "note_1", "text": "c", "x": 0, "y": 0}]
    assert {i: n.text for i, n in parsed(changed(notes=written)).network.notes.items()} == {
        "note_2": "a",
        "note_3": "b",
        "note_1": "c",
    }


def test_a_whole_file_is_taken() -> None:
    assert len(parsed(WHOLE).network.wires) == 4


# --- what is broken or hostile --------------------------------------------------------------------------------------


HOSTILE: dict[str, tuple[object, str]] = {
    "no object": ([], "there is no format number"),
    "a number": (7, "there is no format number"),
    "nothing": (None, "there is no format number"),
    "no format": ({"blocks": []}, "there is no format number"),
    "format in words": (changed(format="1"), "there is no format number"),
    "format true": (changed(format=True), "int"),
    "format 0": (changed(format=0), "format 0 is unknown"),
    "format -9": (changed(format=-9), "format -9 is unknown"),
    "the future": (changed(format=2), "made by a newer ConvStudio"),
    "the far future": (changed(format=10**25), "made by a newer ConvStudio"),
    "no blocks": ({"format": 1}, "missing required field `blocks`"),
    "blocks no list": (changed(blocks={}), "blocks: expected `array`"),
    "a block no object": (changed(blocks=[3]), "blocks[0]: expected `object`"),
    "an unknown field": (changed(colour="red"), "unknown field `colour`"),
    "an unknown field of a block": (block(colour="red"), "blocks[0]: object contains unknown field `colour`"),
    "an unknown kind": (block(kind="teleport"), "block 1 (relu_1) is of the unknown kind “teleport”"),
    "a kind of 65 letters": (block(kind="k" * 65), "blocks[0].kind"),
    "an unknown setting": (block(settings={"slope": 1}), "block 1 (relu_1): object contains unknown field `slope`"),
    "a block without place": (changed(blocks=[{"id": "relu_1", "kind": "relu"}]), "missing required field `at`"),
    "one coordinate": (block(at=[0]), "blocks[0].at: expected `array` of length 2"),
    "a place in words": (block(at=["0", 0]), "blocks[0].at[0]: expected `float`"),
    "a place far away": (block(at=[1e7, 0]), "blocks[0].at[0]"),
    "a huge number": (block(at=[10**30, 0]), "blocks[0].at[0]"),
    "an id with a space": (block(id="relu 1"), "blocks[0].id"),
    "an id with a line feed": (block(id="relu_1\n"), "blocks[0].id"),
    "an id without number": (block(id="relu"), "blocks[0].id"),
    "an id that starts with _": (block(id="_relu_1"), "blocks[0].id"),
    "an id with a dot": (block(id="relu.weight_1"), "blocks[0].id"),
    "an id of code": (block(id="__class___1"), "blocks[0].id"),
    "a long id": (block(id="r" * 70 + "_1"), "blocks[0].id"),
    "a long title": (block(title="t" * 201), "blocks[0].title"),
    "one id twice": (changed(blocks=WHOLE["blocks"][:1] * 2, wires=[]), "two blocks have the id input_1"),
    "a wire from nowhere": (wires({"from": "relu_9", "to": "conv_1"}), "names relu_9, which is no block"),
    "a wire to nowhere": (wires({"from": "conv_1", "to": "relu_9"}), "names relu_9, which is no block"),
    "a wire without an end": (wires({"from": "conv_1"}), "wires[0]: object missing required field `to`"),
    "two wires to a port": (
        wires(*[{"from": "conv_1", "to": "add_1"}] * 2),
        "two wires end at the same input of add_1",
    ),
    "a wire to an Input": (wires({"from": "conv_1", "to": "input_1"}), "ends at “in”, which is no input there"),
    "a wire to port 2 of 1": (wires({"from": "input_1", "to": "conv_1", "port": "in_2"}), "ends at “in_2”"),
    "a wire to port in_1": (wires({"from": "input_1", "to": "add_1", "port": "in_1"}), "ends at “in_1”"),
    "a wire to port 0": (wires({"from": "input_1", "to": "add_1", "port": "in_0"}), "wires[0].port"),
    "a wire to port -1": (wires({"from": "input_1", "to": "add_1", "port": "in_-1"}), "wires[0].port"),
    "a wire to a far port": (wires({"from": "input_1", "to": "add_1", "port": "in_99999"}), "wires[0].port"),
    "a wire to a port with a feed": (wires({"from": "input_1", "to": "add_1", "port": "in\n"}), "wires[0].port"),
    "a wire from the Output": (wires({"from": "output_1", "to": "add_1"}), "starts at an Output"),
    "too many blocks": (
        changed(blocks=WHOLE["blocks"] * 2501, wires=[]),
        "blocks: expected `array` of length <= 10000",
    ),
    "no epochs": (changed(training={"epochs": 0}), "training.epochs"),
    "an endless rate": (changed(training={"learning_rate": 1e300}), "training.learning_rate"),
    "an unknown optimiser": (changed(training={"optimiser": "magic"}), "training.optimiser"),
    "a device of code": (changed(training={"device": "cpu; rm"}), "training.device"),
    "a device with a feed": (changed(training={"device": "cpu\n"}), "training.device"),
    "no validation": (changed(data={"validation_share": 0}), "data.validation_share"),
    "a note without text": (changed(notes=[{"x": 0, "y": 0}]), "notes[0]"),
    "a note far away": (changed(notes=[{"text": "", "x": 1e300, "y": 0}]), "notes[0].x"),
    "a note of no width": (changed(notes=[{"text": "", "x": 0, "y": 0, "width": 0}]), "notes[0].width"),
    "a note of no height": (changed(notes=[{"text": "", "x": 0, "y": 0, "height": -1}]), "notes[0].height"),
    "a note without end": (changed(notes=[{"text": "", "x": 0, "y": 0, "height": 1e300}]), "notes[0].height"),
    "a note as long as a book": (changed(notes=[{"text": "a" * 20_001, "x": 0, "y": 0}]), "notes[0].text"),
    "a note of numbers": (changed(notes=[{"text": 7, "x": 0, "y": 0}]), "notes[0].text"),
    "a note of an unknown colour": (changed(notes=[{"text": "", "x": 0, "y": 0, "colour": "pink"}]), "notes[0].colour"),
    "a note of an unknown kind": (changed(notes=[{"text": "", "x": 0, "y": 0, "kind": "film"}]), "notes[0].kind"),
    "a note with a link": (changed(notes=[{"text": "", "x": 0, "y": 0, "href": "x"}]), "notes[0]"),
    "a note with an id of no kind": (changed(notes=[{"id": "../x", "text": "", "x": 0, "y": 0}]), "notes[0].id"),
    "two notes of one id": (
        changed(notes=[{"id": "note_1", "text": "", "x": 0, "y": 0}] * 2),
        "two notes have the id note_1",
    ),
    "too many notes": (changed(notes=[{"text": "", "x": 0, "y": 0}] * 10_001), "notes: expected `array`"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_is_said_with_its_place(name: str, tmp_path: Path) -> None:
    form, words = HOSTILE[name]
    path = tmp_path / "net.convstudio"
    path.write_text(json.dumps(form), encoding="utf-8")
    with pytest.raises(FileError) as refused:
        file.load(path, catalogue())
    said = str(refused.value)
    assert said.startswith("net.convstudio cannot be opened: ")
    assert words in said
    assert said.endswith(".")
    assert path.read_text(encoding="utf-8") == json.dumps(form)


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "spaces": b"  \n ",
    "text": b"This is no network.",
    "binary": bytes(range(256)) * 20,
    "a zip": b"PK\x03\x04" + bytes(200),
    "a pickle": b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94",
    "not UTF-8": b'{"format": 1, "blocks": [], "notes": [{"text": "\xff\xfe", "x": 0, "y": 0}]}',
    "a lone surrogate": b'{"format": 1, "blocks": [], "notes": [{"text": "\\ud800", "x": 0, "y": 0}]}',
    "not a number": b'{"format": 1, "blocks": [{"id": "relu_1", "kind": "relu", "at": [NaN, 0]}]}',
    "infinity": b'{"format": 1, "blocks": [{"id": "relu_1", "kind": "relu", "at": [Infinity, 0]}]}',
    "out of range": b'{"format": 1, "blocks": [{"id": "relu_1", "kind": "relu", "at": [1e999, 0]}]}',
    "an endless number": b'{"format": ' + b"9" * 5000 + b"}",
    "deep arrays": b"[" * 200_000,
    "deep arrays, closed": b'{"format": 1, "blocks": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep objects": b'{"a":' * 100_000,
    "deep settings": b'{"format": 1, "blocks": [{"id": "relu_1", "kind": "relu", "at": [0, 0], "settings": {"a": '
    + b"[" * 5000
    + b"]" * 5000
    + b"}}]}",
    "two texts": b'{"format": 1, "blocks": []} {"format": 1, "blocks": []}',
    "a comment": b'{"format": 1, "blocks": [] /* none */}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_project_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.convstudio"
    path.write_bytes(BROKEN[name])
    with pytest.raises(FileError, match=r"^net\.convstudio cannot be opened: .*\.$"):
        file.load(path, catalogue())
    assert path.read_bytes() == BROKEN[name]


def test_half_a_pair_in_a_pasted_text_is_said() -> None:
    with pytest.raises(FileError, match="not a whole JSON text"):
        file.parse('{"format": 1, "blocks": [], "notes": ["\ud800"]}', catalogue())


def test_a_file_cut_anywhere_is_refused(document: Document) -> None:
    whole = file.dump(document).rstrip().encode()
    for end in range(0, len(whole), 50):
        with pytest.raises(FileError):
            file.parse(whole[:end], catalogue())


@given(st.binary(max_size=200))
def test_bytes_are_a_document_or_refused(junk: bytes) -> None:
    with pytest.raises(FileError):
        file.parse(junk, catalogue())


@given(st.data())
def test_one_changed_byte_is_a_document_or_refused(data: st.DataObject) -> None:
    whole = bytearray(json.dumps(WHOLE).encode())
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        document = file.parse(bytes(whole), catalogue())
    except FileError:
        return
    assert file.parse(file.dump(document), catalogue()) == document


def test_an_enormous_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.convstudio"
    with path.open("wb") as opened:
        opened.truncate(100 * 2**20)
    with pytest.raises(FileError, match="at most 32 MB"):
        file.load(path, catalogue())


def test_an_older_format_migrates_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        file, "MIGRATIONS", {0: lambda raw: {**raw, "format": 1, "blocks": raw["nodes"], "nodes": None}}
    )
    with pytest.raises(FileError, match="unknown field `nodes`"):
        parsed({"format": 0, "nodes": []})
    monkeypatch.setattr(file, "MIGRATIONS", {-1: lambda raw: {"format": 0, "nodes": []}, 0: lambda raw: changed()})
    assert parsed({"format": -1}) == parsed(WHOLE)


# --- reading and writing ---------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"net\.convstudio cannot be read: no such file or directory\."):
        file.load(tmp_path / "net.convstudio", catalogue())
    with pytest.raises(FileError, match="cannot be read: is a directory"):
        file.load(tmp_path, catalogue())


def test_a_file_without_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:  # root may read everything, so the system cannot be asked to refuse
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(FileError, match=r"net\.convstudio cannot be read: permission denied\."):
        file.load(tmp_path / "net.convstudio", catalogue())


def test_where_nothing_can_be_written_is_said(document: Document, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match=r"net\.convstudio cannot be saved in .*: not a directory\."):
        file.save(tmp_path / "file" / "net.convstudio", document)
    with pytest.raises(FileError, match="no such file or directory"):
        file.save(tmp_path / "nowhere" / "net.convstudio", document)
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="is a directory"):
        file.save(tmp_path / "folder", document)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("function", ["fsync", "replace", "chmod"])
def test_a_failure_at_any_moment_leaves_the_old_file(
    function: str, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.convstudio"
    file.save(path, document)
    old = path.read_bytes()

    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, function, fails)
    with pytest.raises(FileError, match="no space left on device"):
        file.save(path, document.with_network(notes.remove(document.network, ["note_1"])))
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


UNSAVABLE: dict[str, Document] = {
    "a place that is not a number": Document(Network({"relu_1": Block("relu_1", ReLU(), x=float("nan"))})),
    "a setting out of its limits": Document(Network({"conv_1": Block("conv_1", Convolution(channels=0))})),
    "a title without end": Document(Network({"relu_1": Block("relu_1", ReLU(), title="t" * 300)})),
    "half a character": Document(Network({"relu_1": Block("relu_1", ReLU(), title="\ud800")})),
    "a wire to nowhere": Document(Network({"relu_1": Block("relu_1", ReLU())}, (Wire("relu_1", "relu_2"),))),
    "an id that is none": Document(Network({"relu": Block("relu", ReLU())})),
}


@pytest.mark.parametrize("name", UNSAVABLE)
def test_what_could_not_be_opened_again_is_not_saved_over_what_can(name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.convstudio"
    path.write_text("the old file")
    with pytest.raises(FileError, match="was not saved, because it could not be opened again"):
        file.save(path, UNSAVABLE[name])
    assert path.read_text() == "the old file"


def test_permissions_and_links_stay(document: Document, tmp_path: Path) -> None:
    real, link = tmp_path / "real.convstudio", tmp_path / "link.convstudio"
    file.save(real, Document())
    real.chmod(0o640)
    link.symlink_to(real)
    file.save(link, document)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert file.load(real, catalogue()) == document


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    file.save(tmp_path / "net.convstudio", Document())
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "net.convstudio").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_far_port_of_a_merging_block_leaves_the_near_ones_free() -> None:
    document = parsed(wires({"from": "conv_1", "to": "add_1", "port": "in_9999"}))
    assert document.network.free_port("add_1") == "in"
    assert isinstance(document.network.blocks["add_1"].layer, Add)


def test_what_a_killed_save_left_is_removed_by_the_next_one_once_nobody_can_be_at_work(tmp_path: Path) -> None:
    path = tmp_path / "mine.convstudio"
    old, fresh, link = (tmp_path / f".mine.convstudio.{end}" for end in ("abcd_123", "fresh_01", "linked_1"))
    others = [tmp_path / name for name in (".mine.convstudio.bak", ".mine.convstudio.ABCDEFGH", ".yours.abcd_123")]
    for left in (old, fresh, *others):
        left.write_text("half", encoding="utf-8")
    link.symlink_to(others[0])
    long_ago = time.time() - file.STALE - 60
    for left in (old, *others):
        os.utime(left, (long_ago, long_ago))
    file.save(path, Document())
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in (path, fresh, link, *others))
    assert file.load(path, catalogue()) == Document()
