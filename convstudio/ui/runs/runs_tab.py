"""What the Runs tab does: ties the list of kept runs to the window, to the worker and to the disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from convstudio.network import file
from convstudio.runs import about, trash
from convstudio.runs.about import About
from convstudio.runs.comparison import comparison
from convstudio.runs.entry import Entry, elsewhere
from convstudio.ui.background import Background
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.runs.exporting import write_csv, write_events
from convstudio.ui.runs.following import Following
from convstudio.ui.runs.loading import LoadedRun, document_of, load
from convstudio.ui.runs.run_reader import RunReader
from convstudio.ui.runs.runs_panel import RunsPanel
from convstudio.ui.runs.shelf import RunShelf
from convstudio.ui.saving.asking import AskFolder, ask_for_folder
from convstudio.ui.text import count, tr
from convstudio.ui.workbench import Workbench

PLACES = "runs/also"
PURGE_MS = 20_000
"""So long after the start the trash is looked through for what has lain there for a month."""


class RunsTab(QObject):
    """The kept runs of one window. It ends with its panel: what a thread still finds has nowhere to be shown then."""

    def __init__(
        self,
        bench: Workbench,
        runs: RunController,
        training: TrainingPanel,
        root: Path,
        ask: AskFolder | None = None,
        sure: Callable[[str], bool] | None = None,
    ) -> None:
        """`ask` and `sure` are how the person is asked: in dialogs, unless given."""
        panel = RunsPanel(bench.window.settings)
        super().__init__(panel)
        self.panel = panel
        self._bench, self._runs, self._training, self._notices = bench, runs, training, bench.notices
        self._ask = ask or partial(ask_for_folder, bench.window)
        self._sure = sure or partial(_sure_in_dialog, bench.window)
        self.shelf = RunShelf(root, self)
        self.reader = RunReader(self)
        self.following = Following(bench, runs, training)
        self._background = Background(self)
        bench.live.addTab(self.panel, tr("Runs"))
        bench.actions.connect("kept_runs", self.show)
        self._connect()
        self._look_at(_remembered(bench.window.settings))
        QTimer.singleShot(PURGE_MS, self, self._purge)

    def show(self) -> None:
        """Bring the tab to the front."""
        self._bench.docks["live"].show()
        self._bench.live.setCurrentWidget(self.panel)
        self.panel.view.setFocus()

    def open(self, entry: Entry) -> bool:
        """Show the run's network here with the weights that it ended with; False when that cannot be.

        Where it is shown already, as after a crash, nothing is left, and nothing is asked.
        """
        if self._runs.active:
            self._notices.warn(
                tr("A run is under way. Stop it before you open another one."), actions=[(tr("Stop"), self._runs.stop)]
            )
            return False
        try:
            document = document_of(entry.folder)
        except file.FileError as error:
            self._notices.error(str(error))
            return False
        if document != self._bench.store.document and not self._bench.files.begin(document, entry.name):
            return False
        self._runs.reopen(entry.folder)
        self._background.run(partial(load, entry.folder, self._runs.number), partial(self._show_curves, entry))
        return True

    def go_on(self, entry: Entry) -> None:
        """Open the run and train on from its last checkpoint."""
        if self.open(entry):
            self._runs.continue_run(entry.folder)

    def delete(self, entries: tuple[Entry, ...]) -> None:
        """Put runs into the trash, from where they can be taken back."""
        busy = [e for e in entries if e.going_on or (self._runs.active and e.folder == self._runs.folder)]
        gone = [lying for entry in entries if entry not in busy and (lying := self._put_away(entry))]
        if busy:
            self._notices.warn(tr("{name} is still going on. Stop it first.").format(name=busy[0].name))
        if gone:
            words = tr("{runs} deleted. The trash keeps them for a month.")
            told = words.format(runs=count(len(gone), "run", "runs"))
            self._notices.info(told, actions=[(tr("Undo"), partial(self._put_back, gone))])
        self._look()

    def _connect(self) -> None:
        panel = self.panel
        panel.seen.connect(self.shelf.open)
        panel.seen.connect(lambda _seen: panel.show_deleted(len(trash.lying(self.shelf.root))))
        panel.chosen.connect(self._read)
        panel.asked.connect(self._do)
        panel.model.renamed.connect(lambda folder, name: self._note(folder, name=name))
        panel.model.noted.connect(lambda folder, note: self._note(folder, note=note))
        panel.restore_requested.connect(lambda: self._put_back(trash.lying(self.shelf.root)[:1]))
        panel.empty_requested.connect(self._empty_trash)
        panel.more_requested.connect(lambda: self._ask(tr("Also list the runs of this folder"), self._look_also))
        panel.fewer_requested.connect(lambda: self._look_at(()))
        panel.folder_requested.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.shelf.root))))
        self.shelf.changed.connect(self._show)
        self.reader.ready.connect(self._show_runs)
        for source in (self.shelf.failed, self.reader.failed):
            source.connect(self._notices.error)
        self._runs.state_changed.connect(self._on_run_changed)

    def _on_run_changed(self) -> None:
        if self.panel.isVisible():
            self.shelf.look()

    def _look_also(self, place: Path) -> None:
        """List the runs of a folder too, now and after the next start."""
        if place != self.shelf.root and place not in self.shelf.also:
            self._look_at((*self.shelf.also, place))
        if not list(elsewhere(place)):
            self._notices.warn(tr("There is no run in {folder} yet. Those to come are listed.").format(folder=place))

    def _look_at(self, places: tuple[Path, ...]) -> None:
        self.shelf.also = places
        self._bench.window.settings.setValue(PLACES, [str(place) for place in places])
        self.panel.show_elsewhere(bool(places))
        self.shelf.look()

    def _show(self) -> None:
        self.panel.show_entries(self.shelf.entries)
        self._read()

    def _read(self) -> None:
        self.reader.want(tuple(entry for entry in self.panel.entries if entry.summary))

    def _show_runs(self) -> None:
        """Curves and comparison of the selected runs that have been read by now."""
        loaded = {run.folder: run for run in self.reader.runs}
        entries = [entry for entry in self.panel.entries if entry.folder in loaded]
        self.panel.show_runs([loaded[entry.folder] for entry in entries], self.reader.left_out)
        parts = comparison(entries, [loaded[entry.folder].document for entry in entries]) if entries else ()
        self.panel.show_comparison(entries, parts)

    def _do(self, way: str) -> None:
        entries = self.panel.entries
        sound = tuple(entry for entry in entries if entry.summary)
        if way == "delete":
            self.delete(entries)
        elif not sound:
            if entries:
                self._notices.warn(f"{entries[0].name}: {entries[0].problem}")
        elif way == "open":
            self.open(sound[0])
        elif way == "continue":
            self.go_on(sound[0])
        else:
            self._ask(tr("Export the runs into a folder"), partial(self._export, way, sound))

    def _export(self, way: str, entries: tuple[Entry, ...], folder: Path) -> None:
        write = write_csv if way == "csv" else write_events

        def job() -> tuple[bool, str]:
            try:
                return True, write(entries, folder)
            except OSError as error:
                return False, (error.strerror or str(error)).lower()

        self._background.run(job, partial(self._told_of_export, folder))

    def _told_of_export(self, folder: Path, outcome: tuple[bool, str]) -> None:
        done, words = outcome
        if done:
            self._notices.info(tr("Written into {folder}: {what}.").format(folder=folder, what=words))
        else:
            self._notices.error(tr("The runs cannot be written into {folder}: {why}.").format(folder=folder, why=words))

    def _note(self, folder: Path, name: str | None = None, note: str | None = None) -> None:
        """Keep the person's words; where they cannot be kept, say so."""
        was = about.read(folder)
        try:
            about.write(folder, About(was.name if name is None else name, was.note if note is None else note))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self._notices.error(tr("The words cannot be kept in {folder}: {why}.").format(folder=folder, why=reason))
        self._look()

    def _put_away(self, entry: Entry) -> Path | None:
        try:
            return trash.put(entry.folder)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self._notices.error(tr("{name} cannot be deleted: {why}.").format(name=entry.name, why=reason))
            return None

    def _put_back(self, lying: list[Path]) -> None:
        """Take runs out of the trash; those that are not there any more stay where they are."""
        back = []
        for path in lying:
            try:
                back.append(trash.put_back(path))
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                self._notices.error(tr("A run cannot be taken out of the trash: {why}.").format(why=reason))
        self._look()
        if back:
            self._notices.info(tr("{runs} restored.").format(runs=count(len(back), "run", "runs")))

    def _empty_trash(self) -> None:
        number = len(trash.lying(self.shelf.root))
        words = tr("Remove {runs} for good? This cannot be undone.").format(runs=count(number, "run", "runs"))
        if self._sure(words):
            self._background.run(partial(_emptied, self.shelf.root, 0.0), self._told_of_trash)

    def _purge(self) -> None:
        self._background.run(partial(_emptied, self.shelf.root, trash.KEPT_SECONDS), self._told_of_trash)

    def _told_of_trash(self, problem: str) -> None:
        if problem:
            self._notices.error(tr("The trash cannot be emptied: {why}.").format(why=problem))
        self._look()

    def _look(self) -> None:
        self.panel.show_deleted(len(trash.lying(self.shelf.root)))
        self.shelf.look()

    def _show_curves(self, entry: Entry, loaded: LoadedRun) -> None:
        """Of the run that was opened; it may go on by now, under another number."""
        if loaded.folder == self._runs.folder:
            loaded.record.run = self._runs.number
        self._training.show_kept(loaded.record)
        if entry.going_on and not self._runs.active and loaded.folder == self._runs.folder:
            self.following.begin(loaded, entry.name)


def _remembered(settings: QSettings) -> tuple[Path, ...]:
    """The other folders that the person named; of one, Qt remembers a word and no list."""
    found = settings.value(PLACES, [])
    places = found if isinstance(found, list) else [found] if found else []
    return tuple(Path(str(place)) for place in places)


def _emptied(root: Path, older_than: float) -> str:
    """'' when it is done, else why not."""
    try:
        trash.empty(root, older_than)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def _sure_in_dialog(window: QWidget, words: str) -> bool:
    button = QMessageBox.StandardButton
    return QMessageBox.question(window, tr("Empty the trash"), words, button.Yes | button.No, button.No) == button.Yes
