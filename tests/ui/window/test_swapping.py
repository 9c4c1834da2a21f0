"""The swap experiment in the window: opened, measured, raced, taken by real events; the worker's part is played."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from convstudio.blocks import Separable, catalogue
from convstudio.network import edits, file, grouping
from convstudio.network.document import Document
from convstudio.protocol import messages as m
from convstudio.ui.swaps.swapping import Swapping


class Worker(QObject):
    """Stands for the link: keeps what is sent, and says what a test lets it say."""

    swap_measured = Signal(object)
    raced = Signal(object)
    lost = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.alive = True
        self.sent: list[m.Request] = []

    def send(self, request: m.Request) -> None:
        self.sent.append(request)

    def last(self, kind: type) -> m.Request:
        return next(r for r in reversed(self.sent) if isinstance(r, kind))


class Runs(QObject):
    """Stands for the controller of runs."""

    state_changed = Signal()
    state = "idle"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def become(self, state: str) -> None:
        self.state = state
        self.state_changed.emit()

    def pause(self) -> None:
        self.asked.append("pause")

    def restart(self) -> None:
        self.asked.append("restart")


@pytest.fixture
def swapping(bench, tmp_path) -> Swapping:
    made = Swapping(bench, Worker(), Runs(), tmp_path / "runs")
    made._later.setInterval(0)
    return made


def opened(swapping: Swapping, *ids: str):
    """Select blocks and press the key on the canvas."""
    swapping._store.select(ids)
    swapping._bench.canvas.setFocus()
    QTest.keyClick(swapping._bench.window, Qt.Key.Key_T)
    return swapping.window


def array(*numbers: float) -> m.Array:
    return m.Array("float32", (len(numbers),), np.array(numbers, np.float32).tobytes())


def cell(window, key: str, title: str) -> str:
    table = window.table
    row = list(window.contest.lanes).index(key)
    heads = [table.horizontalHeaderItem(n).text() for n in range(table.columnCount())]
    return table.item(row, heads.index(title)).text()


def go_to(window, key: str) -> None:
    """Choose the row of an entrant by the arrow keys."""
    window.table.setFocus()
    for _ in range(20):
        if window.table.chosen == key:
            return
        down = list(window.contest.lanes).index(key) > window.table.currentRow()
        QTest.keyClick(window.table, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
    raise AssertionError(key)


def race(window, swapping: Swapping) -> m.Race:
    QTest.mouseClick(window.bar.race_button, Qt.MouseButton.LeftButton)
    sent = swapping._link.last(m.Race)
    assert isinstance(sent, m.Race)
    return sent


def tell(swapping: Swapping, sent: m.Race, key: str, state: str, accuracy: float | None = None, **more) -> None:
    seen = (m.Validated(step=4, epoch=1, loss=0.5, accuracy=accuracy),) if accuracy is not None else ()
    told = m.Raced(
        number=sent.number,
        key=key,
        state=state,
        step=4,
        share=more.pop("share", 1.0),
        seconds=2.0,
        losses=array(2, 1, 1, 0.5),
        hits=array(0.1, 0.2, 0.4, 0.8),
        validations=seen,
        **more,
    )
    swapping._link.raced.emit(told)
    swapping.window.refresh()


def test_twins_stand_side_by_side_and_are_measured(swapping):
    window = opened(swapping, "dilated_1")
    assert window.isVisible()
    assert cell(window, "present", "Block") == "Dilated 3×3 · d 2"
    assert cell(window, "standard", "Weights") == cell(window, "present", "Weights") == "584"
    assert cell(window, "separable", "Mult-adds") == "0.107 M"
    assert (cell(window, "present", "Field"), cell(window, "standard", "Field")) == ("7×7", "5×5")
    sent = swapping._link.last(m.MeasureSwaps)
    assert cell(window, "present", "Forward") == "…"
    assert {e.key: e.blocks for e in sent.entrants}["separable"] == ("dilated_1",)
    parsed = file.parse(sent.entrants[-1].text, catalogue())
    assert parsed == window.contest.lanes[sent.entrants[-1].key].entrant.document
    for number, seconds in ((sent.number - 1, 9.0), (sent.number, 0.002)):
        told = m.SwapMeasured(
            number=number, key="present", forward=seconds, backward=0.003, whole_forward=0.01, whole_backward=0.02
        )
        swapping._link.swap_measured.emit(told)
    window.refresh()
    assert (cell(window, "present", "Forward"), cell(window, "present", "Backward")) == ("2 ms", "3 ms")
    assert "One multiply-add = 1" in window.counted
    window.scope.setFocus()
    QTest.keyClick(window.scope, Qt.Key.Key_Down)
    assert (cell(window, "present", "Forward"), cell(window, "present", "Backward")) == ("10 ms", "20 ms")
    assert cell(window, "present", "Weights") == "32 186"


def test_what_cannot_be_says_why_in_its_row(swapping):
    window = opened(swapping, "conv_1")
    assert "do not divide" in cell(window, "grouped", "Idea")
    go_to(window, "grouped")
    assert "1 input and 8 output channels" in window.detail.text()
    assert not window.take_button.isEnabled()
    assert "grouped" not in {e.key for e in swapping._link.last(m.MeasureSwaps).entrants}


def test_the_arithmetic_of_the_row_is_shown_with_its_saving(swapping):
    window = opened(swapping, "dilated_1")
    go_to(window, "separable")
    assert "1/N + 1/k² = 1/8 + 1/9 = 0.236" in window.detail.text()
    assert "weights 584 → 152 (26 %)" in window.detail.text().replace("\u00a0", " ")


def test_one_is_taken_as_a_single_edit_and_taken_back(swapping, qtbot):
    store = swapping._store
    store.edit("Rename", edits.rename(store.network, "dilated_1", "Mine"))
    before, document = store.network, store.document
    window = opened(swapping, "dilated_1")
    go_to(window, "separable")
    QTest.keyClick(window.table, Qt.Key.Key_Return)
    after = store.network
    assert isinstance(after.blocks["dilated_1"].layer, Separable)
    assert (after.blocks["dilated_1"].title, after.wires) == ("Mine", before.wires)
    assert store.history.undo_label == "Swap dilated_1 · Separable 3×3"
    assert "Taken: Separable 3×3" in window.stale.words
    assert not window.take_button.isEnabled()
    QTest.mouseClick(window.stale.undo_button, Qt.MouseButton.LeftButton)
    assert store.document == document
    qtbot.waitUntil(window.stale.isHidden)
    assert window.take_button.isEnabled()


def test_a_race_shows_its_curves_and_names_the_best(swapping):
    window = opened(swapping, "dilated_1")
    for key in ("larger", "grouped"):
        go_to(window, key)
        QTest.keyClick(window.table, Qt.Key.Key_Space)
    window.bar.epochs.setValue(3)
    sent = race(window, swapping)
    assert [e.key for e in sent.entrants] == ["present", "standard", "separable"] + [
        k for k in window.contest.lanes if k == "separable_larger"
    ]
    assert {file.parse(e.text, catalogue()).training.epochs for e in sent.entrants} == {3}
    assert {(e.folder, sent.together) for e in sent.entrants} == {("", True)}
    assert window.bar.race_button.text() == "Stop the race"
    tell(swapping, sent, "present", "running", share=0.5)
    assert cell(window, "present", "Race") == "50 % · 2 s"
    assert window.overlay.isVisible()
    tell(swapping, sent, "present", "finished", 0.9)
    tell(swapping, sent, "standard", "failed", message="The loss of step 4 is not a finite number.")
    tell(swapping, sent, "separable_larger", "stopped", 0.8)
    assert window.contest.racing
    tell(swapping, sent, "separable", "finished", 0.95)
    assert not window.contest.racing
    assert cell(window, "separable", "Accuracy") == "★ 95.0 %"
    assert cell(window, "standard", "Race") == "failed"
    assert cell(window, "standard", "Idea") == "The loss of step 4 is not a finite number."
    told = "Best is Separable 3×3 with 95.0 %; as it is, it has 90.0 %. On 1 000 samples, less than 1.9 % apart may be"
    assert window.bar.words == f"{told} chance."
    go_to(window, "standard")
    assert "not a finite number" in window.detail.text()
    assert len(window.overlay.colours) == 4


def test_a_race_with_several_seeds_tells_mean_and_standard_deviation(swapping):
    window = opened(swapping, "dilated_1")
    for key in ("larger", "grouped", "standard", "separable_larger"):
        go_to(window, key)
        QTest.keyClick(window.table, Qt.Key.Key_Space)
    window.bar.seeds.setFocus()
    QTest.keyClick(window.bar.seeds, Qt.Key.Key_Up)
    QTest.keyClick(window.bar.seeds, Qt.Key.Key_Up)
    assert window.bar.seeds.text() == "3 seeds"
    first = swapping._store.document.training.seed
    sent = race(window, swapping)
    assert [e.turn for e in sent.entrants] == [0, 0, 1, 1, 2, 2]
    assert [file.parse(e.text, catalogue()).training.seed - first for e in sent.entrants] == [0, 0, 1, 1, 2, 2]
    keys = [e.key for e in sent.entrants]
    assert len(set(keys)) == 6
    for key, accuracy in zip(keys, (0.90, 0.92, 0.88, 0.93, 0.92, 0.91), strict=True):
        tell(swapping, sent, key, "finished", accuracy)
        if key == keys[1]:
            assert cell(window, "separable", "Accuracy") == "★ 92.0 %"
    assert not window.contest.racing
    assert cell(window, "present", "Accuracy") == "90.0 ± 2.0 %"
    assert cell(window, "separable", "Accuracy") == "★ 92.0 ± 1.0 %"
    assert window.bar.words == (
        "Best is Separable 3×3 with 92.0 ± 1.0 %; as it is, it has 90.0 ± 2.0 %. "
        "Seed by seed +2.0 ± 3.0 % against Dilated 3×3 · d 2, ahead with 2 of 3."
    )
    assert len(window.overlay.colours) == 6
    assert len(set(window.overlay.colours.values())) == 2
    row = next(row for row in csv.DictReader(io.StringIO(window.text("CSV"))) if row["Block"] == "Separable 3×3")
    assert (row["Accuracy (%)"], row["± Accuracy (%)"], row["Seeds"]) == ("92", "1", "3")


def test_a_race_is_stopped_by_the_button_and_by_closing(swapping):
    window = opened(swapping, "dilated_1")
    sent = race(window, swapping)
    QTest.mouseClick(window.bar.race_button, Qt.MouseButton.LeftButton)
    assert isinstance(swapping._link.sent[-1], m.StopSwaps)
    for key in window.contest.lanes:
        if window.contest.lanes[key].chosen:
            tell(swapping, sent, key, "stopped")
    assert window.bar.race_button.text() == "Race"
    race(window, swapping)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert isinstance(swapping._link.sent[-1], m.StopSwaps)


def test_a_run_under_way_is_told_and_can_be_paused_for_the_race(swapping):
    window = opened(swapping, "dilated_1")
    swapping._runs.become("running")
    assert "A run is under way" in window.bar.words
    assert window.bar.race_button.text() == "Pause the run and race"
    race(window, swapping)
    assert swapping._runs.asked == ["pause"]


def test_runs_are_kept_in_folders_of_their_own_where_that_is_wanted(swapping, tmp_path):
    window = opened(swapping, "dilated_1")
    QTest.mouseClick(window.bar.keep, Qt.MouseButton.LeftButton, pos=window.bar.keep.rect().center())
    window.bar.keep.setChecked(True)
    window.bar.together.setChecked(False)
    sent = race(window, swapping)
    folders = {e.folder for e in sent.entrants}
    assert len(folders) == len(sent.entrants)
    assert all(folder.startswith(str(tmp_path / "runs")) for folder in folders)
    assert "Separable 3×3" in {e.name.rpartition(": ")[2] for e in sent.entrants}
    assert not sent.together


def test_without_data_or_with_a_worker_that_dies_there_are_words(swapping):
    store = swapping._store
    window = opened(swapping, "dilated_1")
    race(window, swapping)
    swapping._link.lost.emit("The worker was killed.", "")
    assert not window.contest.racing
    assert {lane.failure for lane in window.contest.chosen} == {"The worker was killed."}
    window.close()
    none = with_fields(store.document.data, name="")
    store.do("None", Document(store.document.network, none, store.document.training))
    window = opened(swapping, "dilated_1")
    assert "no data set" in window.bar.words
    assert not window.bar.race_button.isEnabled()


def test_an_edit_is_followed_until_there_is_something_to_lose(swapping, qtbot):
    store = swapping._store
    window = opened(swapping, "dilated_1")
    for key, lane in window.contest.lanes.items():
        if lane.entrant.possible:
            number = swapping._link.last(m.MeasureSwaps).number
            swapping._link.swap_measured.emit(m.SwapMeasured(number=number, key=key, forward=0.001))
    wider = with_fields(store.network.blocks["dilated_1"].layer, channels=16)
    store.edit("Wider", edits.change(store.network, "dilated_1", wider))
    qtbot.waitUntil(lambda: cell(window, "present", "Weights") == "1 168")
    assert window.stale.isHidden()
    race(window, swapping)
    store.undo()
    qtbot.waitUntil(window.stale.isVisible)
    assert "edited since" in window.stale.words
    QTest.mouseClick(window.stale.again_button, Qt.MouseButton.LeftButton)
    assert cell(window, "present", "Weights") == "584"
    assert not window.contest.raced
    store.edit("Gone", edits.remove(store.network, ["dilated_1"]))
    qtbot.waitUntil(window.stale.isVisible)


@pytest.mark.parametrize(
    ("ids", "words"), [((), "Select one or more blocks"), (("relu_1",), "place of ReLU"), (("input_1",), "place of")]
)
def test_where_nothing_can_be_swapped_that_is_said(swapping, ids, words):
    assert opened(swapping, *ids) is None
    assert words in swapping._bench.notices.open[0].words


def test_a_block_without_an_input_is_to_be_mended_first(swapping):
    store = swapping._store
    network, block = edits.add(store.network, Separable(), 0, 300)
    store.edit("Loose", network)
    assert opened(swapping, block) is None
    assert "cannot be computed yet" in swapping._bench.notices.open[0].words


def test_in_a_group_the_edit_stays_in_the_group(swapping):
    store = swapping._store
    network, group = grouping.group(store.network, ("dilated_1", "separable_1", "concat_1"))
    store.edit("Group", network)
    store.enter((group,))
    window = opened(swapping, "dilated_1", "separable_1")
    go_to(window, "standard")
    store.enter(())
    QTest.mouseClick(window.take_button, Qt.MouseButton.LeftButton)
    inner = grouping.inside(store.network, (group,))
    assert {inner.blocks[i].layer.kind for i in ("dilated_1", "separable_1")} == {"convolution"}
    assert store.history.undo_label == "Swap 2 blocks · Convolution 3×3"


def test_copies_and_frozen_blocks_are_told(swapping):
    store = swapping._store
    network, group = grouping.group(store.network, ("separable_1",))
    block = network.blocks[group]
    thrice = replace(block, layer=with_fields(block.layer, repeat=3))
    store.edit("Group", network.with_blocks({**network.blocks, group: thrice}))
    assert opened(swapping, group) is None
    assert "Open Group and select" in swapping._bench.notices.open[0].words
    store.enter((group,))
    inner = store.network
    frozen = replace(inner.blocks["separable_1"], frozen=True)
    store.edit("Freeze", inner.with_blocks({**inner.blocks, "separable_1": frozen}))
    window = opened(swapping, "separable_1")
    assert "numbers of one of 3 copies" in window.place
    assert "separable_1 is frozen" in window.place
    present = window.contest.experiment.present
    assert present.flat == (f"{group}.0.separable_1",)


def test_the_table_is_copied_and_saved(swapping, tmp_path, monkeypatch):
    window = opened(swapping, "dilated_1")
    QApplication.processEvents()
    window.table.setFocus()
    QTest.keyClick(window.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "Separable 3×3" in QGuiApplication.clipboard().text()
    actions = {a.text(): a for a in window.copy_button.menu().actions()}
    actions["Copy as Markdown"].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("| Block | Idea | Weights | Multiply-adds | Memory (bytes) | Field |")
    assert len(lines) == 2 + len(window.contest.lanes)
    pictures = swapping._bench.picture_files
    monkeypatch.setattr(pictures, "_ask", lambda title, suggestion, kinds, answer: answer(tmp_path / suggestion.name))
    for action in window.save_button.menu().actions():
        action.trigger()
    written = {path.suffix: path.read_text() for path in tmp_path.glob("*-twins.*")}
    assert written[".md"] == window.text("Markdown")
    assert written[".csv"].startswith("Block,Idea,Weights")


def test_the_curves_are_saved_as_a_picture(swapping, tmp_path, monkeypatch):
    window = opened(swapping, "dilated_1")
    *_, picture = window.save_button.menu().actions()
    assert not picture.isEnabled()
    tell(swapping, race(window, swapping), "present", "finished", 0.9)
    assert picture.isEnabled()
    pictures = swapping._bench.picture_files
    monkeypatch.setattr(pictures, "_ask", lambda title, suggestion, kinds, answer: answer(tmp_path / "race.png"))
    picture.trigger()
    made = QImage(str(tmp_path / "race.png"))
    assert made.width() >= window.overlay.width()


def test_the_card_of_the_inspector_leads_here(swapping):
    swapping._store.select(("dilated_1",))
    button = swapping._bench.inspector.block.comparison.more_button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert swapping.window.isVisible()
