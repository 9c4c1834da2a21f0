"""Bringing foreign files in: asks which, lets a process read them, shows the network with its weights and a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from convstudio.network import file
from convstudio.runs import brought
from convstudio.runs.brought import Report
from convstudio.runs.run_folders import RunFolders
from convstudio.ui.files.files import MODELS
from convstudio.ui.importing.import_process import Done, ImportProcess
from convstudio.ui.importing.report_card import ReportCard
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.runs.loading import document_of
from convstudio.ui.text import grouped, tr
from convstudio.ui.workbench import Workbench

PATIENCE_MS = 800
"""An import that takes longer than this is said to be under way, and can be cancelled."""
AGAIN_MS = 4000
"""So often it is said again, while it goes on."""
Ask = Callable[[Callable[[Path], None]], None]
"""Ask for a file to read, and who gets the answer (nobody, when it is cancelled)."""


class Importing(QObject):
    """Ties the action, files that are dropped, the process and the report of one window together."""

    def __init__(self, bench: Workbench, runs: RunController, root: Path, ask: Ask | None = None) -> None:
        """`root` is the folder that keeps the runs; `ask` is how a file is asked for, in a dialog unless given."""
        super().__init__(bench)
        self._bench, self._runs, self._notices = bench, runs, bench.notices
        self._folders = RunFolders(root)
        self._ask = ask or self._ask_in_dialog
        self._folder = Path.home()
        self._card: ReportCard | None = None
        self._said = ""
        self.process = ImportProcess(self)
        self.process.done.connect(self._on_done)
        self.process.failed.connect(self._on_failed)
        self._patience = QTimer(self, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_it_goes_on)
        bench.actions.connect("import", self.choose)
        bench.actions.connect("import_report", self.show_report)
        bench.window.closed.connect(self.process.cancel)
        bench.files.model_given.connect(self.take)
        runs.state_changed.connect(self._follow)
        self._follow()
        for path in bench.files.models:
            self.take(path)

    @property
    def card(self) -> ReportCard:
        """Made when it is first needed."""
        if self._card is None:
            self._card = ReportCard(self._bench.window)
            self._card.block_chosen.connect(self._show_block)
        return self._card

    def choose(self) -> None:
        """Ask for a file."""
        self._ask(self.take)

    def take(self, path: Path) -> None:
        """Let a file be read; says why not when that cannot be."""
        self._bench.files.models.clear()
        self._folder = path.parent
        if self.process.path:
            self._notices.warn(tr("{name} is still being read.").format(name=self.process.path.name))
        elif self._runs.active:
            words = tr("A run is under way. Stop it before you bring something in.")
            self._notices.warn(words, actions=[(tr("Stop"), self._runs.stop)])
        else:
            folder = self._folders.fresh(path.stem, datetime.now())
            weights = path.suffix.lower() == ".safetensors" and not self._bench.store.empty
            self.process.start(path, folder, self._bench.store.document if weights else None)
            self._patience.start(PATIENCE_MS)

    def show_report(self) -> None:
        """Show the report of the weights that this document has."""
        folder = self._runs.given
        if folder and (report := brought.read(folder)):
            self._show(report)

    def _on_done(self, done: Done) -> None:
        self._stop_waiting()
        if done.report.source == "safetensors" and not done.report.whole:
            self._runs.reopen(done.folder)
            self._tell_of_weights(done.report)
        elif not self._opened(done):
            words = tr("{name} is kept among the runs; it can be opened there.").format(name=done.path.name)
            self._notices.info(words)
            return
        self._follow()
        self._show(done.report)

    def _opened(self, done: Done) -> bool:
        """Show the network in place of the document that was there, if that may be left."""
        try:
            document = document_of(done.folder)
        except file.FileError as error:
            self._notices.error(str(error))
            return False
        if not self._bench.files.begin(document, done.path.stem):
            return False
        self._runs.reopen(done.folder)
        self._bench.canvas.show_all()
        return True

    def _tell_of_weights(self, report: Report) -> None:
        odd = len(report.missing) + len(report.unlike)
        words = tr("{name}: {matching} of {keys} keys match.").format(
            name=report.name, matching=grouped(report.matching), keys=grouped(report.matching + odd)
        )
        if odd:
            words += " " + tr("The others keep their start values.")
        self._notices.info(words, actions=[(tr("Begin again with new weights"), self._runs.begin_with_new_weights)])

    def _on_failed(self, words: str) -> None:
        self._stop_waiting()
        if words:
            self._notices.error(words, actions=[(tr("Import…"), self.choose)])

    def _show(self, report: Report) -> None:
        self.card.show_report(report)
        self.card.show()
        self.card.raise_()

    def _show_block(self, block_id: str) -> None:
        if block_id in self._bench.store.document.network.blocks:
            self._bench.reveal(block_id)
            self._bench.window.activateWindow()

    def _say_it_goes_on(self) -> None:
        self._patience.setInterval(AGAIN_MS)
        if path := self.process.path:
            self._said = f"{tr('Reading')} {path.name} …"
            self._notices.info(self._said, actions=[(tr("Cancel"), self.process.cancel)])

    def _stop_waiting(self) -> None:
        self._patience.stop()
        for notice in self._notices.open:
            if notice.words == self._said:
                self._notices.close(notice)

    def _follow(self) -> None:
        self._bench.actions["import_report"].setEnabled(self._runs.given is not None)

    def _ask_in_dialog(self, answer: Callable[[Path], None]) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in MODELS)
        words = tr("ONNX models and weights")
        dialog = QFileDialog(self._bench.window, tr("Import"), str(self._folder), f"{words} ({kinds})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: answer(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
