"""One training run after another: its state, what is asked of the worker, and what is said to the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from msgspec.structs import replace as with_fields
from PySide6.QtCore import QObject, QTimer, Signal

from convstudio.network import by_hand
from convstudio.protocol.messages import (
    Marked,
    Metrics,
    Pause,
    Reopen,
    Resume,
    State,
    Stop,
    Train,
    Until,
    Validation,
)
from convstudio.runs.brought import is_import
from convstudio.runs.run_folders import RunFolders, has_checkpoint
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.notices.notices import Notice
from convstudio.ui.run import run_news
from convstudio.ui.run.document_sender import DocumentSender
from convstudio.ui.run.telling import RunTelling
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr

RunState = Literal["idle", "preparing", "running", "paused", "stopped", "finished", "failed", "lost"]
ACTIVE: tuple[RunState, ...] = ("preparing", "running", "paused")
PATIENCE_MS = 10_000
"""After this long without an answer to Stop, ending the worker is offered."""


class RunController(QObject):
    """Owns the run number and the state. Events of older runs are dropped here, so views follow these signals."""

    state_changed = Signal()
    run_began = Signal(int, bool)
    """Number of the run, and whether it continues an earlier one."""
    progress = Signal(object)
    """Metrics of this run."""
    validated = Signal(object)
    """Validation of this run."""
    marked = Signal(object)
    """Marked of this run."""
    news = Signal(str, str, str, object)
    """Something to tell: severity (info, warn, error), words, detail, and a list of (label, callable)."""

    def __init__(
        self, store: DocumentStore, link: WorkerLink, folders: RunFolders | None = None, parent: QObject | None = None
    ) -> None:
        """Without `folders` no run is kept on the disk."""
        super().__init__(parent)
        self._store = store
        self._link = link
        self._folders = folders
        self._documents = DocumentSender(store, link, self)
        self._number = 0
        self._state: RunState = "idle"
        self._last: State | None = None
        self._folder: Path | None = None
        self._before: Path | None = None
        """Where the run before the last is kept."""
        self._given: Path | None = None
        self._left_behind = False
        self._anew = False
        """The next run begins with weights of its seed, whatever was brought in or edited by hand."""
        self._asked: Train | None = None
        """How the last run was asked for."""
        self._next: Callable[[], None] | None = None
        """What begins when the run that is under way has ended."""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_over)
        store.replaced.connect(self._on_replaced)
        self._connect_link()
        RunTelling(self, store, link)

    @property
    def state(self) -> RunState:
        return self._state

    @property
    def active(self) -> bool:
        """A run is under way, if only paused."""
        return self._state in ACTIVE

    @property
    def number(self) -> int:
        """Number of the current run; 0 before the first."""
        return self._number

    @property
    def message(self) -> str:
        """What the worker says of the state; '' when it says nothing."""
        return self._last.message if self._last else ""

    @property
    def device(self) -> str:
        """Where the run computes, as torch names it; '' while that is not known."""
        return self._last.device if self._last else ""

    @property
    def threads(self) -> int:
        """On how many CPU threads; 0 while that is not known."""
        return self._last.threads if self._last else 0

    @property
    def folder(self) -> Path | None:
        """Where the last run is kept; None when it is not."""
        return self._folder

    @property
    def given(self) -> Path | None:
        """Where the weights are kept that were brought in for this document; None where there are none."""
        return self._given

    @property
    def left_behind(self) -> bool:
        """The run that is under way is about to end, as its document is not open any more."""
        return self._left_behind

    @property
    def can_continue(self) -> bool:
        """The last run left a checkpoint that training can go on from."""
        return not self.active and self._folder is not None and has_checkpoint(self._folder)

    def train(self, until: Until = "end") -> None:
        """Start a new run, with fresh weights; says why not when the network cannot be trained."""
        if self.active:
            return
        if self._store.whole.errors:
            self.tell(run_news.refused(self._store, self._store.whole.errors[0]))
        elif self._store.document.data.none:
            self.tell(run_news.no_data())
        else:
            self._begin(self._fresh_folder(), until=until)

    def advance(self, until: Until) -> None:
        """Make one step, or go to the end of the epoch, then pause; starts a run when none is under way."""
        if self._state == "paused":
            self._link.send(Resume(until=until))
        elif self._state != "lost":
            self.train(until)

    def begin_again(self) -> None:
        """Start anew with the weights that the seed gives; a run that is under way ends before."""
        if self.active:
            self._next = self.train
            self.stop()
        elif self._state != "lost":
            self.train()

    def share(self) -> None:
        """Let the worker have the document as it is now, not only when the window is idle again."""
        self._documents.flush()

    def begin_with_new_weights(self) -> None:
        """Start anew with another seed, and without masks by hand where blocks learn; which can be undone."""
        document = self._store.document
        training = with_fields(document.training, seed=(document.training.seed + 1) % 2**31)
        network = by_hand.without(document.network)
        self._store.do(tr("New weights"), replace(document, training=training, network=network))
        self._given = None
        self._anew = True
        self.begin_again()

    def continue_run(self, folder: Path | None = None) -> None:
        """Go on from the last checkpoint in `folder`, else of the last run, as a new run; restarts a lost worker."""
        source = folder or self._folder
        if self.active:
            return
        if source is not None and is_import(source):
            self.train()
        elif source is None or not has_checkpoint(source):
            self.tell(run_news.no_checkpoint(self.train))
        else:
            self._begin(source, source)

    def begin_all_the_same(self) -> None:
        """Go on with the run, or the branch, that was asked for last, although its data set has changed."""
        if not self.active and self._asked is not None and self._asked.resume:
            self._begin_with(with_fields(self._asked, other_data=True))

    def branch(self, parent: Path, step: int) -> None:
        """Begin a new run where the run in `parent` stood after `step` steps; it waits for Resume.

        A run that is under way ends before.
        """
        if self.active:
            self._next = partial(self.branch, parent, step)
            self.stop()
        elif self._folders and self._state != "lost":
            self._begin(self._fresh_folder(), parent, step, until="start")
            self.tell(run_news.branched(step))

    def reopen(self, folder: Path) -> None:
        """Take up a kept run as it was left: its document is shown here already. Nothing happens during a run."""
        if self.active:
            return
        if not self._link.alive:
            self.restart()
        self._documents.flush()
        self._number += 1
        self._given = folder if is_import(folder) else None
        self._folder = None if self._given else folder
        self._link.send(Reopen(run=self._number, folder=str(folder)))
        self.run_began.emit(self._number, True)

    def look_again(self) -> None:
        """Show the newest weights of the kept run that was taken up: it goes on elsewhere."""
        if not self.active and self._folder and self._link.alive:
            self._link.send(Reopen(run=self._number, folder=str(self._folder)))

    def say(self, words: str) -> None:
        """Tell this of the kept run that was taken up, in place of its state: it goes on elsewhere."""
        if not self.active:
            self._enter(self._state, State(run=self._number, state="stopped", message=words))

    def send_document(self) -> None:
        """Let the worker have the document as it is now, before it is asked about it."""
        self._documents.flush()

    def pause(self) -> None:
        """Stop between two steps. Nothing happens unless a run is running."""
        if self._state == "running":
            self._link.send(Pause())

    def resume(self) -> None:
        """Go on after a pause."""
        if self._state == "paused":
            self._link.send(Resume())

    def stop(self) -> None:
        """End the run; its weights stay. A worker that does not answer may then be ended."""
        if self.active:
            self._link.send(Stop())
            self._patience.start()

    def toggle(self) -> None:
        """What the main button does: train, pause, resume, or restart a lost worker."""
        steps = {"running": self.pause, "paused": self.resume, "lost": self.restart}
        steps.get(self._state, self.train)()

    def restart(self) -> None:
        """Start the worker again. The document is untouched; a run that was under way is over."""
        self._patience.stop()
        self._enter("idle")
        self._link.restart()

    def _give_again(self) -> None:
        """A fresh worker knows nothing of the weights that were brought in."""
        if self._given is not None:
            self._documents.flush()
            self._number += 1
            self._link.send(Reopen(run=self._number, folder=str(self._given)))

    def _connect_link(self) -> None:
        self._link.started.connect(self._give_again)
        self._link.state_changed.connect(self._on_state)
        self._link.metrics_received.connect(self._on_metrics)
        self._link.validation_received.connect(self._on_validation)
        self._link.marked.connect(self._on_marked)
        self._link.lost.connect(self._on_lost)

    def _fresh_folder(self) -> Path | None:
        """For a new run; None where no run is kept."""
        return self._folders.fresh(self._store.title, datetime.now()) if self._folders else None

    def _begin(self, folder: Path | None, parent: Path | None = None, step: int = -1, until: Until = "end") -> None:
        """Send Train, after the document that it is to train.

        With a `parent` the run goes on from the last checkpoint there, or from `step` of the steps that it made.
        """
        place, resume = (str(f) if f else "" for f in (folder, parent))
        train = Train(run=0, name=self._store.title, anew=self._anew, folder=place, resume=resume, branch=step)
        self._begin_with(with_fields(train, until=until))

    def _begin_with(self, request: Train) -> None:
        """Send this request as that for the next run."""
        if not self._link.alive:
            self.restart()
        if not self._link.alive:
            return
        self._documents.flush()
        self._number += 1
        self._before, self._folder = self._folder, Path(request.folder) if request.folder else None
        self._anew, self._asked = False, with_fields(request, run=self._number)
        self._link.send(self._asked)
        self.run_began.emit(self._number, bool(request.resume) and request.branch < 0)
        waiting = tr("Starting the worker …") if self._link.hello is None else ""
        self._enter("preparing", State(run=self._number, state="preparing", message=waiting))

    def tell(self, notice: Notice) -> None:
        """Let the person know."""
        self.news.emit(notice.severity, notice.words, notice.detail, list(notice.actions))

    def _enter(self, state: RunState, last: State | None = None) -> None:
        self._state = state
        self._last = last
        self._documents.wait_for_pauses(self.active)
        self.state_changed.emit()

    def _on_state(self, event: State) -> None:
        if event.run != self._number or event.run == 0:
            return
        if event.state in ACTIVE:
            self._enter(event.state, event)
            return
        if event.state == "failed" and self._state == "preparing":
            self._folder = self._before  # it never began: the run before it can still go on
        self._patience.stop()
        if self._left_behind:
            self._begin_anew()
            return
        self._enter(event.state, event)
        follows, self._next = self._next, None
        if follows:
            follows()

    def _on_metrics(self, metrics: Metrics) -> None:
        if metrics.run == self._number:
            self.progress.emit(metrics)

    def _on_validation(self, validation: Validation) -> None:
        if validation.run == self._number:
            self.validated.emit(validation)

    def _on_marked(self, mark: Marked) -> None:
        if mark.run == self._number:
            self.marked.emit(mark)

    def _on_replaced(self) -> None:
        """Another document was opened: the last run was not its own. One that is under way ends with a checkpoint."""
        if self.active:
            self._left_behind = True
            self.tell(run_news.left_behind(self._folder))
            self.stop()
        elif self._state != "lost":
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._folder, self._given, self._next, self._asked = None, None, None, None
        self._left_behind = self._anew = False
        self._enter("idle")

    def _on_lost(self, sentence: str, detail: str) -> None:
        self._patience.stop()
        broken_off = self.active and not self._left_behind
        self._left_behind, self._next = False, None
        self._enter("lost", State(run=self._number, state="failed", message=sentence))
        go_on = self.continue_run if self.can_continue else None
        again = self.train if broken_off and self._folder is not None else None
        self.tell(run_news.lost(sentence, detail, self._restart_if("lost"), go_on, again))

    def _on_patience_over(self) -> None:
        self.tell(run_news.no_answer(self._restart_if(*ACTIVE)))

    def _restart_if(self, *states: RunState) -> Callable[[], None]:
        """For buttons that may be clicked long after they were offered."""
        return lambda: self.restart() if self._state in states else None
