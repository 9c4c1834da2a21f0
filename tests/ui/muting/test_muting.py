"""What is switched off in a window, without the window: the choice, its steps back, the words, eyes, the ranking."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from chains import chain
from convstudio.blocks import Add, Convolution, Input, ReLU
from convstudio.network import edits
from convstudio.network.document import Document, Wire
from convstudio.network.grouping import group
from convstudio.network.muting import Mute
from convstudio.protocol import messages as m
from convstudio.ui.live.maps_panel import MapsPanel
from convstudio.ui.muting import words
from convstudio.ui.muting.measuring import Measuring
from convstudio.ui.muting.rank_dialog import RankDialog, ranked
from convstudio.ui.muting.state import Muting
from convstudio.ui.store import DocumentStore


class Link(QObject):
    """What is sent is kept; answers are made by the test."""

    started, muted_measured = Signal(), Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[m.Request] = []

    def send(self, request: m.Request) -> None:
        self.sent.append(request)


@pytest.fixture
def store(qapp) -> DocumentStore:
    network = chain(Input(channels=1, axes=(6, 6)), Convolution(channels=4), ReLU(), Add())
    network = edits.connect(network, Wire("conv_1", "add_1", network.ports("add_1")[1]))
    return DocumentStore(Document(network))


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def muting(store, link) -> Muting:
    return Muting(store, link)


def test_maps_are_switched_off_and_on_and_the_worker_is_told(muting, link) -> None:
    muting.toggle(Mute("conv_1", 2))
    muting.toggle(Mute("conv_1", 0))
    assert link.sent[-1] == m.SetMuted(mutes=(Mute("conv_1", 0), Mute("conv_1", 2)))
    muting.toggle(Mute("conv_1", 2))
    assert muting.mutes == {Mute("conv_1", 0)}
    muting.unmute_all()
    assert link.sent[-1] == m.SetMuted()


def test_a_whole_block_takes_its_maps_along(muting) -> None:
    muting.toggle(Mute("conv_1", 2))
    muting.toggle(Mute("conv_1"))
    assert muting.mutes == {Mute("conv_1")}
    muting.toggle(Mute("conv_1", 1))
    assert muting.mutes == {Mute("conv_1", n) for n in (0, 2, 3)}
    muting.toggle(Mute("conv_1"))
    muting.toggle(Mute("conv_1"))
    assert not muting.mutes


def test_each_change_can_be_taken_back(muting, store) -> None:
    before = store.document
    for n in range(3):
        muting.toggle(Mute("conv_1", n))
    muting.unmute_all()
    counts = []
    while muting.can_step_back:
        muting.step_back()
        counts.append(len(muting.mutes))
    assert counts == [3, 2, 1, 0]
    assert store.document is before
    assert not store.history.modified


def test_a_wire_is_the_port_it_leads_to(muting, store) -> None:
    ports = store.network.ports("add_1")
    assert muting.of_wire(Wire("relu_1", "add_1", ports[0])) == Mute("add_1", port=0)
    assert muting.of_wire(Wire("conv_1", "add_1", ports[1])) == Mute("add_1", port=1)


def test_a_wire_into_a_group_is_what_enters_it(muting, store) -> None:
    network, group_id = group(store.network, ("relu_1",))
    store.edit("group", network)
    wire = next(w for w in network.wires if w.target == group_id)
    mute = muting.of_wire(wire)
    muting.toggle(mute)
    assert mute.block.startswith(f"{group_id}.")
    store.edit("title", edits.rename(store.network, "conv_1", "x"))
    assert muting.mutes == {mute}


def test_what_an_edit_takes_away_is_not_off_any_more(muting, store, link) -> None:
    muting.toggle(Mute("conv_1", 3))
    muting.toggle(Mute("relu_1", 1))
    store.edit("fewer", edits.change(store.network, "conv_1", Convolution(channels=2)))
    assert muting.mutes == {Mute("relu_1", 1)}
    store.edit("gone", edits.remove(store.network, ("relu_1",)))
    assert not muting.mutes
    muting.toggle(Mute("conv_1", 0))
    store.open(Document(), None)
    assert link.sent[-1] == m.SetMuted()
    assert not muting.can_step_back


def test_a_new_worker_is_told(muting, link) -> None:
    muting.toggle(Mute("conv_1", 0))
    link.started.emit()
    assert link.sent[-1] == m.SetMuted(mutes=(Mute("conv_1", 0),))


def packed(values: list[float]) -> m.Array:
    return m.Array("float32", (len(values),), np.array(values, np.float32).tobytes())


def found(ticket: int, block: str = "", share: float = 1.0, others: int = 1) -> m.MutedMeasured:
    losses, accuracies = [0.5, 0.25, 1.0, 0.25][:others], [0.75, 0.875, 0.75, 0.5][:others]
    return m.MutedMeasured(
        run=0, step=0, ticket=ticket, block=block, share=share, samples=40, loss=0.25, accuracy=0.875,
        losses=packed(losses), accuracies=packed(accuracies),
    )  # fmt: skip


def test_what_is_off_is_measured_and_kept_up_to_date(muting, link) -> None:
    measuring = Measuring(muting, link)
    muting.toggle(Mute("conv_1", 0))
    asked = link.sent[-1]
    assert (asked.block, asked.now) == ("", True)
    assert words.effect_words(measuring.effect) == "measuring …"
    link.muted_measured.emit(found(asked.ticket - 1))
    assert measuring.effect is None
    link.muted_measured.emit(found(asked.ticket))
    assert words.effect_words(measuring.effect) == "accuracy 87.5 % → 75.0 %, loss 0.250 → 0.500"
    assert link.sent[-1] == m.MeasureMuted(ticket=asked.ticket, now=False)
    muting.unmute_all()
    assert link.sent[-1].stop
    assert measuring.effect is None


def test_a_ranking_comes_first_and_the_rest_follows(muting, link) -> None:
    measuring = Measuring(muting, link)
    told = []
    measuring.ranked.connect(told.append)
    muting.toggle(Mute("conv_1", 0))
    measuring.rank("relu_1")
    ticket = link.sent[-1].ticket
    link.muted_measured.emit(found(ticket, "relu_1", 0.5, 2))
    assert link.sent[-1].ticket == ticket
    link.muted_measured.emit(found(ticket, "relu_1", 1.0, 4))
    assert [t.share for t in told] == [0.5, 1.0]
    assert (link.sent[-1].block, link.sent[-1].now) == ("", True)
    measuring.rank("relu_1")
    measuring.stop()
    assert link.sent[-1].block == ""


def test_the_ranking_lists_what_carries_most_first(qtbot) -> None:
    dialog = RankDialog()
    qtbot.addWidget(dialog)
    dialog.begin("relu_1")
    dialog.show_ranking(found(1, "relu_1", 0.5, 2))
    assert not dialog.bar.isHidden()
    dialog.show_ranking(found(1, "relu_1", 1.0, 4))
    assert [row[0] for row in ranked(dialog.found)] == [3, 2, 0, 1]
    texts = [[dialog.table.item(row, column).text() for column in range(5)] for row in range(4)]
    assert texts[0] == ["map 3", "50.0 %", "37.5", "0.250", "0.000"]
    assert texts[1] == ["map 2", "75.0 %", "12.5", "1.000", "0.750"]
    dialog.show()
    with qtbot.waitSignal(dialog.map_chosen) as chosen:
        dialog.table.selectRow(1)
    assert chosen.args == [2]
    with qtbot.waitSignal(dialog.mute_requested) as muted:
        qtbot.mouseClick(dialog.mute, Qt.MouseButton.LeftButton)
    assert muted.args == [2]
    QTest.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1] == "3\t0.5\t0.375\t0.25\t0.0"


def test_a_ranking_can_be_stopped_and_made_again(qtbot) -> None:
    dialog = RankDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.begin("relu_1")
    with qtbot.waitSignal(dialog.stop_requested):
        qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(dialog.again_requested):
        qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    dialog.fail("There is no accuracy to measure.")
    assert dialog.said.text() == "There is no accuracy to measure."
    dialog.begin("relu_1")
    with qtbot.waitSignal(dialog.stop_requested):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)


def maps(values: np.ndarray) -> m.Maps:
    view = m.View(block="relu_1", what="maps")
    array = m.Array("uint8", values.shape, values.tobytes())
    return m.Maps(run=0, step=0, view=view, maps=array, low=0.0, high=1.0, total=len(values))


@pytest.fixture
def panel(qtbot) -> MapsPanel:
    made = MapsPanel()
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show_block("relu_1", "ReLU")
    made.on_maps(maps(np.random.default_rng(0).integers(1, 255, (4, 8, 8), np.uint8)))
    made.show()
    return made


def test_the_eye_of_a_thumbnail_switches_its_map(panel, qtbot) -> None:
    grid = panel.grid
    with qtbot.waitSignal(panel.mute_toggled) as toggled:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.eye(2).center())
    assert toggled.args == ["relu_1", 2]
    with qtbot.waitSignal(panel.mute_toggled) as toggled:
        QTest.keyClick(grid, Qt.Key.Key_H)
    assert toggled.args == ["relu_1", 2]
    with qtbot.assertNotEmitted(panel.mute_toggled):
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.place(1).bottomLeft() + QPoint(3, -3))
    assert grid.selected_tile == 1


def test_muted_maps_are_shown_as_such_and_not_as_dead(panel) -> None:
    values = np.random.default_rng(0).integers(1, 255, (4, 8, 8), np.uint8)
    values[2] = 0
    panel.on_maps(maps(values))
    view = m.View(block="relu_1", what="activity")
    nothing = packed([0.0, 0.0, 0.0, 0.0])
    some = packed([1.0, 1.0, 0.0, 1.0])
    panel.on_activity(m.Activity(run=0, step=0, view=view, samples=64, low=nothing, high=some, mean=some))
    assert "1 dead" in panel.caption
    panel.set_muted(frozenset({2}))
    assert panel.caption == "relu_1 · 4 maps of 8 × 8 · 1 muted"
    panel.grid.select(2)
    assert panel.side.words.text() == "map 2 · muted: 0 for all that follows"
    panel.set_muted(None)
    assert "4 muted" in panel.caption


def test_a_number_of_a_vector_is_switched_by_the_right_button(panel, qtbot) -> None:
    panel.on_maps(maps(np.full((1, 1, 6), 100, np.uint8)))
    place = panel.bars.place(4).center().toPoint()
    with qtbot.waitSignal(panel.mute_toggled) as toggled:
        qtbot.mouseClick(panel.bars, Qt.MouseButton.RightButton, pos=QPoint(place.x(), place.y() - 1))
    assert toggled.args == ["relu_1", 4]
    panel.set_muted(frozenset({4}))
    assert "1 muted" in panel.caption
    assert panel.bars.off == {4}


def test_a_number_of_a_vector_is_chosen_and_switched_by_keys_and_seen_to_be_off(panel, qtbot) -> None:
    panel.on_maps(maps(np.full((1, 1, 6), 100, np.uint8)))
    QTest.keyClick(panel.bars, Qt.Key.Key_End)
    QTest.keyClick(panel.bars, Qt.Key.Key_Left)
    assert (panel.bars.chosen, panel.chosen_map) == (4, 4)
    with qtbot.waitSignal(panel.mute_toggled) as toggled:
        QTest.keyClick(panel.bars, Qt.Key.Key_H)
    assert toggled.args == ["relu_1", 4]
    with qtbot.waitSignal(panel.unit_chosen) as opened:
        QTest.keyClick(panel.bars, Qt.Key.Key_Return)
    assert opened.args == ["relu_1", 4, ()]
    before = panel.bars.grab().toImage()
    panel.set_muted(frozenset({1}))
    assert panel.bars.text_of(1).endswith("muted: 0 for all that follows")
    assert panel.bars.grab().toImage() != before


def test_what_is_off_is_named() -> None:
    mutes = frozenset({Mute("conv_1", 2), Mute("relu_1"), Mute("add_1", port=1)})
    assert words.named(mutes).splitlines() == [
        "what arrives at port 2 of add_1",
        "map 2 of conv_1",
        "all of relu_1",
    ]
    assert words.named(frozenset(Mute("conv_1", n) for n in range(20))).splitlines()[-1] == "… 8 more"
