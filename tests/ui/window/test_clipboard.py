"""The clipboard between windows and other programs: parts of networks, whole files, broken text, pictures."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QCursor, QGuiApplication

from convstudio.assets import asset
from convstudio.blocks import ReLU, catalogue
from convstudio.network import edits, file, notes
from convstudio.network.document import Block, Document, Network
from convstudio.ui.canvas import geometry
from convstudio.ui.canvas.note_geometry import around
from convstudio.ui.editing import editing


@pytest.fixture
def mouse_at(bench, hands, monkeypatch):
    """Holds the mouse still over a point of the canvas."""

    def hold(point: QPointF) -> None:
        monkeypatch.setattr(bench.canvas, "underMouse", lambda: True)
        monkeypatch.setattr(QCursor, "pos", lambda: hands.viewport.mapToGlobal(hands.pixel(point)))

    return hold


def room(bench):
    network = bench.store.network
    return around(network, bench.store.selection, bench.store.selected_notes)


def test_a_copy_is_pasted_where_the_mouse_is(bench, mouse_at):
    bench.store.select(("conv_1", "relu_1"))
    bench.actions["copy"].trigger()
    mouse_at(QPointF(300, 420))
    bench.actions["paste"].trigger()
    assert (room(bench).center() - QPointF(300, 420)).manhattanLength() < 20
    bench.actions["paste"].trigger()
    places = [(b.x, b.y) for b in bench.store.network.blocks.values()]
    assert len(set(places)) == len(places)


def test_without_the_mouse_a_copy_lies_beside_its_original(bench):
    bench.canvas.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)  # wherever a test before has left the mouse
    bench.store.select(("conv_1",))
    bench.actions["copy"].trigger()
    bench.actions["paste"].trigger()
    (new,) = bench.store.selection
    blocks = bench.store.network.blocks
    assert (blocks[new].x, blocks[new].y) == (blocks["conv_1"].x + 40, blocks["conv_1"].y + 40)


def test_what_was_copied_far_away_is_pasted_where_it_can_be_seen(bench):
    bench.canvas.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    part, _ = edits.add(Network(), ReLU(), 90_000, -90_000)
    from_elsewhere(file.dump(Document(part)))
    bench.actions["paste"].trigger()
    assert bench.canvas.seen().contains(room(bench).center())


def test_where_the_desktop_hands_nothing_out_this_is_said(bench, monkeypatch):
    before = bench.store.document
    monkeypatch.setattr(QGuiApplication.clipboard(), "mimeData", lambda *_: None)
    bench.actions["paste"].trigger()
    assert "nothing on it" in bench.notices.open[0].words
    assert bench.store.document == before


def from_elsewhere(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def test_titles_wires_and_notes_go_from_window_to_window(bench):
    network = edits.rename(bench.store.network, "conv_1", "Edges")
    network, _ = notes.add(network, "see here", (0, 0, 90, 40), "frame", "teal")
    bench.store.edit("prepare", network)
    bench.actions["select_all"].trigger()
    bench.actions["copy"].trigger()
    bench.store.open(Document(), None)
    bench.actions["paste"].trigger()
    pasted = bench.store.network
    assert pasted.blocks["conv_1"].title == "Edges"
    assert len(pasted.wires) == len(network.wires)
    assert [(n.text, n.kind, n.colour) for n in pasted.notes.values()] == [("see here", "frame", "teal")]


def test_cut_and_undo(bench):
    before = bench.store.document
    bench.store.select(("conv_1",))
    bench.actions["cut"].trigger()
    assert "conv_1" not in bench.store.network.blocks
    bench.store.undo()
    assert bench.store.document == before
    bench.actions["paste"].trigger()
    assert "conv_2" in bench.store.network.blocks


def test_a_whole_project_can_be_pasted_as_text_and_as_a_file(empty, qapp):
    path = asset("examples", "lenet5.convstudio")
    whole = file.load(path, catalogue()).network
    qapp.clipboard().setText(path.read_text(encoding="utf-8"))
    empty.actions["paste"].trigger()
    assert len(empty.store.network.blocks) == len(whole.blocks)
    assert len(empty.store.network.notes) == len(whole.notes)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    qapp.clipboard().setMimeData(data)
    empty.actions["paste"].trigger()
    assert len(empty.store.network.blocks) == 2 * len(whole.blocks)


BROKEN = {
    "nothing": ("", "nothing on it"),
    "spaces": (" \n ", "nothing on it"),
    "a list": ("milk, eggs", "not a whole JSON text"),
    "half a project": ('{"format": 1, "blocks": [{"id": "relu_1"', "not a whole JSON text"),
    "an empty project": ('{"format": 1, "blocks": []}', "an empty network"),
    "a number": ("42", "no format number"),
    "a later format": ('{"format": 99, "blocks": []}', "newer ConvStudio"),
    "a deep text": ("[" * 100_000, "nested too deeply"),
    "a stranger": ('{"format": 1, "blocks": [{"id": "x_1", "kind": "magic", "at": [0, 0]}]}', "unknown kind"),
    "a wire to nowhere": (
        '{"format": 1, "blocks": [{"id": "relu_1", "kind": "relu", "at": [0, 0]}],'
        ' "wires": [{"from": "relu_1", "to": "relu_9"}]}',
        "no block",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_pasted_is_answered_in_words(bench, qapp, name):
    text, words = BROKEN[name]
    before = bench.store.document
    qapp.clipboard().setText(text)
    bench.actions["paste"].trigger()
    assert words in bench.notices.open[0].words
    assert bench.store.document is before


def test_a_file_that_cannot_be_read_is_answered_in_words(bench, qapp, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "gone.convstudio"))])
    qapp.clipboard().setMimeData(data)
    bench.actions["paste"].trigger()
    assert "gone.convstudio cannot be read" in bench.notices.open[0].words


def test_more_blocks_than_a_file_may_hold_are_refused(bench, qapp, monkeypatch):
    bench.actions["select_all"].trigger()
    bench.actions["copy"].trigger()
    monkeypatch.setattr(editing, "MAX_BLOCKS", len(bench.store.network.blocks) + 3)
    before = bench.store.document
    bench.actions["paste"].trigger()
    assert "Too many blocks" in bench.notices.open[0].words
    assert bench.store.document is before


def test_a_picture_of_the_selection_is_without_its_marks(bench, qapp):
    bench.store.select(("conv_1",))
    bench.actions["copy_picture"].trigger()
    one = qapp.clipboard().image()
    assert (one.width(), one.height()) == ((geometry.CARD[0] + 48) * 2, (geometry.CARD[1] + 48) * 2)
    assert bench.store.selection == ("conv_1",)
    assert bench.scene.blocks["conv_1"]._chosen
    bench.store.select(())
    bench.actions["copy_picture"].trigger()
    whole = qapp.clipboard().image()
    assert whole.width() > one.width()
    assert "A picture is on the clipboard" in bench.notices.open[0].words


def test_a_picture_of_a_huge_canvas_stays_small_and_one_of_nothing_is_none(empty, qapp):
    qapp.clipboard().setText("before")
    empty.actions["copy_picture"].trigger()
    assert qapp.clipboard().text() == "before"
    network, _ = edits.add(Network(), ReLU(), -900_000, 0)
    network, _ = edits.add(network, ReLU(), 900_000, 0)
    empty.store.edit("far apart", network)
    empty.actions["copy_picture"].trigger()
    assert qapp.clipboard().image().width() == 8192


def test_ten_thousand_blocks_are_pasted_at_once():
    part = Network({f"relu_{n}": Block(f"relu_{n}", ReLU()) for n in range(1, 5001)})
    network, ids = edits.paste(part, part, 5, 5)
    assert len(network.blocks) == 10_000
    assert ids[0] == "relu_5001"


def test_a_whole_project_goes_over_the_clipboard_as_text(bench, qapp):
    bench.files.open_example(asset("examples", "first-steps.convstudio"))
    sent = bench.store.document
    bench.actions["copy_project"].trigger()
    assert file.parse(qapp.clipboard().text(), catalogue()) == sent
    bench.files.new()
    assert not bench.actions["copy_project"].isEnabled()
    bench.actions["open_clipboard"].trigger()
    assert bench.store.document == sent
    assert (bench.store.path, bench.store.title) == (None, "from the clipboard")


def test_what_is_no_project_is_not_opened(bench, qapp):
    before = bench.store.document
    for text in ("not a network", ""):
        qapp.clipboard().setText(text)
        bench.actions["open_clipboard"].trigger()
        assert "The clipboard holds no network:" in bench.notices.open[0].words
    assert bench.store.document is before
