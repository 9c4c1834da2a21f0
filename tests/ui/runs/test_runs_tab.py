"""The Runs tab in the window: found, sorted, compared, renamed, opened, deleted and taken back, and exported."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path
from time import time

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QLineEdit, QTabWidget

from convstudio.assets import asset
from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.protocol.messages import Reopen, State, Train, Validation
from convstudio.runs import about, entry, marks, metrics, summary
from convstudio.runs.marks import Mark
from convstudio.runs.summary import Summary
from convstudio.ui.actions import ActionBook
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.main_window import MainWindow
from convstudio.ui.notices.notices import Notices
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.runs import following, loading, run_reader
from convstudio.ui.runs.columns import NAMES
from convstudio.ui.runs.runs_tab import RunsTab
from convstudio.ui.store import DocumentStore


class Bench(QObject):
    """What of a workbench the tab needs: a window with a dock of tabs, the document, and the news."""

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.window = MainWindow(settings)
        self.store = DocumentStore(file.load(asset("examples", "first-steps.convstudio"), catalogue()))
        self.notices, self.actions, self.live = Notices(self), ActionBook(self.window), QTabWidget()
        self.docks = {"live": QDockWidget()}
        self.docks["live"].setWidget(self.live)
        self.window.setCentralWidget(self.docks["live"])
        self.files = self

    def begin(self, document, name) -> bool:
        self.store.open(document, None, name)
        return True


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    made.window.resize(1100, 300)
    qtbot.addWidget(made.window)
    made.window.show()
    return made


class Kept:
    """Makes kept runs of the window's first document."""

    def __init__(self, root: Path, document) -> None:
        self.root, self.document = root, document

    def run(self, at: str, started: float, state="finished", rate=0.003, accuracy=0.9, steps=20, **head) -> Path:
        folder = self.root / at
        folder.mkdir(parents=True)
        document = replace(self.document, training=with_fields(self.document.training, learning_rate=rate))
        (folder / "document.convstudio").write_text(file.dump(document))
        rows = [{"step": n, "loss": 2.0 / n, "accuracy": 0.5, "learning_rate": rate} for n in range(1, steps + 1)]
        metrics.record(folder, [*rows, {"step": steps, "validation_loss": 0.5, "validation_accuracy": accuracy}])
        marks.append(folder, [Mark(5, "pause", "Paused")])
        facts = {
            "name": "digits",
            "updated": started + 9,
            "device": "cpu",
            "dataset": "digits",
            "parameters": 32_186,
            "multiply_adds": 645_568,
            "epochs": 3,
            "epoch": 3,
            "step": steps,
            "seconds": 12.0,
            "validation_loss": 0.5,
            "validation_accuracy": accuracy,
        }
        made = Summary(**{**facts, "state": state, "started": started, **head})
        (folder / summary.FILE).write_bytes(summary.dump(made))
        return folder


@pytest.fixture
def kept(bench, tmp_path) -> Kept:
    return Kept(tmp_path / "runs", bench.store.document)


@pytest.fixture
def tab(bench, kept, tmp_path, qtbot, monkeypatch):
    """Three runs and two folders that are none, in the list of a window whose worker is not started."""
    kept.run("a", 1000.0, rate=0.003, accuracy=0.8)
    kept.run("b", 3000.0, rate=0.01, accuracy=0.95, state="stopped")
    kept.run("c", 2000.0, accuracy=0.9, name="lecture")
    (kept.root / "holiday").mkdir()
    (kept.root / "broken").mkdir()
    (kept.root / "broken" / summary.FILE).write_text("{")
    monkeypatch.setattr(following, "EVERY_MS", 20)
    runs = RunController(bench.store, WorkerLink(parent=bench), None, bench)
    training = TrainingPanel()
    bench.live.addTab(training, "Training")
    into = tmp_path / "export"
    into.mkdir()
    tab = RunsTab(bench, runs, training, kept.root, lambda title, answer: answer(into), lambda words: True)
    tab.show()
    qtbot.waitUntil(lambda: len(tab.panel.model.entries) == 5)
    return tab


def shown(tab, column="name") -> list[str]:
    rows = tab.panel.view.sorted
    return [rows.index(n, NAMES.index(column)).data() for n in range(rows.rowCount())]


def select(tab, kept, qtbot, *names: str) -> None:
    tab.panel.choose([kept.root / name for name in names])
    qtbot.waitUntil(lambda: {run.folder.name for run in tab.reader.runs} == set(names))


def test_all_runs_are_listed_the_newest_first_and_what_is_none_says_so(tab):
    assert shown(tab)[:3] == ["digits", "lecture", "digits"]
    assert shown(tab, "state")[:3] == ["■ stopped", "✓ finished", "✓ finished"]
    assert shown(tab, "validation_accuracy")[:3] == ["95.0 %", "90.0 %", "80.0 %"]
    assert sorted(shown(tab)[3:]) == ["broken", "holiday"]
    tips = [tab.panel.view.sorted.index(n, 0).data(Qt.ItemDataRole.ToolTipRole) for n in (3, 4)]
    assert any("damaged" in tip for tip in tips)
    assert any("it is no run" in tip for tip in tips)


def test_a_click_sorts_and_words_filter(tab, qtbot):
    header = tab.panel.view.horizontalHeader()
    section = NAMES.index("validation_accuracy")
    tab.panel.view.sortByColumn(section, Qt.SortOrder.AscendingOrder)
    assert shown(tab, "validation_accuracy") == ["80.0 %", "90.0 %", "95.0 %", "", ""]
    assert header.sortIndicatorSection() == section
    tab.panel.filter.setFocus()
    qtbot.keyClicks(tab.panel.filter, "lect fini")
    assert shown(tab) == ["lecture"]
    qtbot.keyClicks(tab.panel.filter, "x")
    assert shown(tab) == []


def test_selected_runs_are_drawn_and_only_what_differs_is_compared(tab, kept, qtbot):
    select(tab, kept, qtbot, "a", "b")
    overlay = tab.panel.overlay
    steps, losses = overlay.loss.points(str(kept.root / "a"))
    assert len(steps) == 20
    assert losses[0] == 2.0
    assert overlay.accuracy.points(f"{kept.root / 'b'} validation")[1].tolist() == [95]
    assert len(set(overlay.colours.values())) == 2
    table = tab.panel.table
    texts = [[item.text() if (item := table.item(r, c)) else "" for c in range(3)] for r in range(table.rowCount())]
    settings = texts[1 : texts.index(["COSTS", "", ""])]
    assert settings == [["Learning rate", "0.01", "0.003"]]
    assert ["Validation accuracy", "★ 95.0 %", "80.0 %"] in texts
    assert ["Validation loss", "0.500", "0.500"] in texts


def test_of_too_many_chosen_runs_the_first_are_drawn_and_it_is_said(tab, kept, qtbot, monkeypatch):
    monkeypatch.setattr(run_reader, "KEPT", 2)
    read = []
    monkeypatch.setattr(run_reader, "load", lambda folder: (read.append(folder.name), loading.load(folder))[1])
    tab.panel.choose([kept.root / name for name in "abc"])
    qtbot.waitUntil(lambda: len(tab.reader.runs) == 2)
    said = tab.panel.left_out
    assert said.isVisible()
    assert said.text() == "Only the first 2 of the 3 chosen runs are drawn and compared."
    tab.reader.want(tuple(entry for entry in tab.panel.entries if entry.summary))  # what is known is not read again
    tab.reader._background.run(lambda: None, read.append)  # comes behind whatever is still to be read
    qtbot.waitUntil(lambda: read[-1] is None)
    assert len(read) == 3
    select(tab, kept, qtbot, "a", "c")
    assert not said.isVisible()


def test_a_run_is_renamed_where_it_stands(tab, kept, qtbot):
    view = tab.panel.view
    tab.panel.choose([kept.root / "c"])
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F2)
    editor = view.viewport().findChild(QLineEdit)
    qtbot.keyClicks(editor, "Be")
    tab.panel.model.show_colours({kept.root / "c": "train"})  # as when the curves have been read, or a run goes on
    qtbot.keyClicks(editor, "st")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Best" in shown(tab))
    assert about.read(kept.root / "c").name == "Best"
    assert summary.read(kept.root / "c").name == "lecture"
    assert tab._runs.number == 0  # Enter ended the writing, and opened nothing


def test_a_name_that_cannot_be_kept_is_said(tab, kept, bench, monkeypatch):
    def full(folder, words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(about, "write", full)
    row = tab.panel.model.row_of(kept.root / "a")
    assert tab.panel.model.setData(tab.panel.model.index(row, NAMES.index("note")), "good")
    assert "no space left" in bench.notices.open[0].words


def test_delete_can_be_undone(tab, kept, bench, qtbot):
    tab.panel.choose([kept.root / "a", kept.root / "holiday"])
    tab.panel.view.setFocus()
    before = bench.store.document
    qtbot.keyClick(tab.panel.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(shown(tab)) == 3)
    assert not (kept.root / "a").exists()
    assert bench.store.document == before  # the key meant the runs and not the blocks
    dict(bench.notices.open[0].actions)["Undo"]()
    qtbot.waitUntil(lambda: len(shown(tab)) == 5)
    assert summary.read(kept.root / "a").started == 1000.0


def test_a_run_that_goes_on_is_not_deleted(tab, kept, bench, qtbot):
    import time

    kept.run("d", 4000.0, state="running", updated=time.time())
    tab.shelf.look()
    qtbot.waitUntil(lambda: "● training" in shown(tab, "state"))
    tab.panel.choose([kept.root / "d"])
    tab.panel.ask("delete")
    assert "still going on" in bench.notices.open[0].words
    assert (kept.root / "d").exists()


def test_the_trash_is_emptied_on_request(tab, kept, qtbot):
    tab.panel.choose([kept.root / "a"])
    tab.panel.ask("delete")
    tab.panel.empty_requested.emit()
    qtbot.waitUntil(lambda: os.listdir(kept.root / ".trash") == [])


def test_a_run_that_another_program_writes_appears_and_grows(tab, kept, qtbot):
    kept.run("headless", 9000.0, state="paused", steps=4, name="headless")
    qtbot.waitUntil(lambda: "headless" in shown(tab))  # the folder is watched
    select(tab, kept, qtbot, "headless")
    metrics.record(kept.root / "headless", [{"step": 5, "loss": 1.0, "accuracy": 0.5, "learning_rate": 0.1}])
    head = summary.read(kept.root / "headless")
    (kept.root / "headless" / summary.FILE).write_bytes(summary.dump(with_fields(head, step=5, updated=9999.0)))
    tab.shelf.look()
    qtbot.waitUntil(lambda: len(tab.panel.overlay.loss.points(str(kept.root / "headless"))[0]) == 5)


def test_runs_are_exported_as_tables_and_as_events(tab, kept, bench, tmp_path, qtbot):
    select(tab, kept, qtbot, "a", "b")
    tab.panel.ask("csv")
    qtbot.waitUntil(lambda: any("runs.csv" in notice.words for notice in bench.notices.open))
    with (tmp_path / "export" / "runs.csv").open(newline="") as table:
        assert [row["folder"] for row in csv.DictReader(table)] == ["b", "a"]
    with (tmp_path / "export" / "a.csv").open(newline="") as table:
        assert len(list(csv.DictReader(table))) == 20
    tab.panel.ask("events")
    written = tmp_path / "export" / "b" / "events.out.tfevents.0000003000.convstudio"
    qtbot.waitUntil(written.exists)
    assert "Written into" in bench.notices.open[0].words


def test_enter_opens_the_network_with_its_curves(tab, kept, bench, qtbot, link_to, ready):
    tab._runs._link = ready(link_to("well"))
    tab.panel.choose([kept.root / "b"])
    QTest.keyClick(tab.panel.view, Qt.Key.Key_Return)
    assert bench.store.title == "digits"
    assert bench.store.document.training.learning_rate == 0.01
    assert tab._runs.folder == kept.root / "b"
    qtbot.waitUntil(lambda: tab._training.record.step == 20)
    assert tab._training.record.marks == [Mark(5, "pause", "Paused")]


def test_a_run_goes_on_with_its_curves_where_it_was(tab, kept, bench, qtbot, link_to, ready, monkeypatch):
    link = ready(link_to("well"))
    sent, send = [], link.send
    monkeypatch.setattr(link, "send", lambda request: (sent.append(request), send(request)))
    checkpoint = kept.root / "b" / "checkpoint"
    checkpoint.mkdir()
    (checkpoint / "state.json").write_text("{}")
    (checkpoint / "document.convstudio").write_bytes((kept.root / "b" / "document.convstudio").read_bytes())
    tab._runs._link = link
    tab.panel.choose([kept.root / "b"])
    tab.panel.ask("continue")
    train = next(request for request in sent if isinstance(request, Train))
    assert train.resume == train.folder == str(kept.root / "b")
    qtbot.waitUntil(lambda: tab._training.record.step == 20)
    assert tab._training.record.run == tab._runs.number == 2
    tab._training.on_validation(Validation(run=2, step=25, epoch=4, loss=0.4, accuracy=0.9))
    assert tab._training.record.step == 25  # the same curves go on


def test_a_run_of_the_very_network_that_is_shown_replaces_nothing_and_asks_nothing(
    tab, kept, bench, link_to, ready, monkeypatch
):
    """As after a crash: the unsaved work is restored, and its run is to go on."""
    tab._runs._link = ready(link_to("well"))
    moved = replace(kept.document, training=with_fields(kept.document.training, learning_rate=0.01))
    bench.store.do("Rate", moved)
    monkeypatch.setattr(bench, "begin", lambda document, name: pytest.fail("nothing is left, so nothing is asked"))
    assert tab.open(entry.read(kept.root / "b"))
    assert tab._runs.folder == kept.root / "b"
    bench.store.undo()
    assert bench.store.document == kept.document


def test_what_cannot_be_opened_is_said(tab, kept, bench):
    (kept.root / "a" / "document.convstudio").write_text("{")
    before = bench.store.document
    tab.panel.choose([kept.root / "a"])
    tab.panel.ask("open")
    assert "cannot be opened" in bench.notices.open[0].words
    tab.panel.choose([kept.root / "broken"])
    tab.panel.ask("open")
    assert "damaged" in bench.notices.open[0].words
    assert bench.store.document == before


def test_runs_of_another_folder_are_listed_when_it_is_named(tab, kept, bench, tmp_path, qtbot):
    elsewhere = Kept(tmp_path / "export", kept.document)  # the folder that the person names in these tests
    elsewhere.run("far away", 500.0, name="trained without a window")
    (tmp_path / "export" / "holiday").mkdir()
    tab.panel.more_requested.emit()
    qtbot.waitUntil(lambda: "trained without a window" in shown(tab))
    assert len(shown(tab)) == 6  # what is no run is not listed from there
    again = RunsTab(bench, tab._runs, tab._training, kept.root)
    assert again.shelf.also == (tmp_path / "export",)
    tab.panel.fewer_requested.emit()
    qtbot.waitUntil(lambda: len(shown(tab)) == 5)


def test_a_run_that_goes_on_elsewhere_is_followed_until_it_ends(tab, kept, bench, qtbot, monkeypatch):
    sent = []
    monkeypatch.setattr(WorkerLink, "alive", property(lambda link: True))
    monkeypatch.setattr(WorkerLink, "send", lambda link, *messages: sent.extend(messages))
    folder = kept.run("live", 4000.0, state="running", updated=time(), epoch=1)
    tab.shelf.look()
    qtbot.waitUntil(lambda: len(tab.panel.model.entries) == 6)
    assert tab.open(entry.read(folder))
    qtbot.waitUntil(lambda: tab._runs.message == "Goes on elsewhere · epoch 1/3")
    assert tab._training.record.step == 20

    metrics.record(folder, [{"step": n, "loss": 0.1, "accuracy": 1.0, "learning_rate": 0.1} for n in range(21, 31)])
    qtbot.waitUntil(lambda: tab._training.record.step == 30)
    loads = len([message for message in sent if isinstance(message, Reopen)])
    (folder / "checkpoint").mkdir()
    (folder / "checkpoint" / "state.json").write_text("{}")
    qtbot.waitUntil(lambda: len([message for message in sent if isinstance(message, Reopen)]) == loads + 1)
    tab._runs._on_state(State(run=tab._runs.number, state="stopped"))
    assert tab._runs.message == "Goes on elsewhere · epoch 1/3"

    head = with_fields(summary.read(folder), state="finished")
    (folder / summary.FILE).write_bytes(summary.dump(head))
    qtbot.waitUntil(lambda: tab.following.folder is None)
    assert tab._runs.message == "Finished"


def test_another_document_is_not_followed(tab, kept, bench, qtbot, monkeypatch):
    monkeypatch.setattr(WorkerLink, "alive", property(lambda link: True))
    monkeypatch.setattr(WorkerLink, "send", lambda link, *messages: None)
    folder = kept.run("live", 4000.0, state="running", updated=time())
    assert tab.open(entry.read(folder))
    qtbot.waitUntil(lambda: tab.following.folder == folder)
    bench.begin(bench.store.document, "another")
    assert tab.following.folder is None
