"""A run that was opened while another process trains it: its curves, weights and moments are shown as they come."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer

from convstudio.network.essence import essence
from convstudio.runs import entry
from convstudio.runs.entry import Entry
from convstudio.runs.run_folders import CHECKPOINTS
from convstudio.ui.background import Background
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.run.words import STATE_WORDS
from convstudio.ui.runs.loading import LoadedRun
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench

EVERY_MS = 1000


class Look(NamedTuple):
    """What was found: how the run stands, its figures if there are more, and when its checkpoint was written."""

    entry: Entry
    grown: LoadedRun | None
    kept: int


class Following(QObject):
    """Looks into the folder of one run again and again, until it ends or the window does something else."""

    def __init__(self, bench: Workbench, runs: RunController, training: TrainingPanel) -> None:
        super().__init__(bench)
        self._store, self._notices = bench.store, bench.notices
        self._runs, self._training = runs, training
        self._background = Background(self)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._loaded: LoadedRun | None = None
        self._kept, self._words = 0, ""
        self._timer.timeout.connect(self._look)
        bench.store.replaced.connect(self.stop)
        runs.state_changed.connect(self._on_state)

    @property
    def folder(self) -> Path | None:
        """The run that is followed."""
        return self._loaded.folder if self._loaded else None

    def begin(self, loaded: LoadedRun, name: str) -> None:
        """Follow this run, which is shown already."""
        self._loaded, self._kept = loaded, _kept(loaded.folder)
        self._timer.start()
        self._notices.info(tr("{name} is still going on elsewhere: it is followed here.").format(name=name))
        self._look()

    def stop(self) -> None:
        """Follow nothing any more."""
        self._timer.stop()
        self._loaded, self._words = None, ""

    def _on_state(self) -> None:
        """The worker says of a kept run that it is stopped, whenever its weights are loaded."""
        if self._loaded is None:
            return
        if self._runs.active or self._runs.folder != self._loaded.folder:
            self.stop()
        elif self._words and not self._runs.message:
            self._runs.say(self._words)

    def _look(self) -> None:
        if self._loaded:
            self._timer.stop()
            self._background.run(partial(_looked, self._loaded), self._take)

    def _take(self, look: Look | str) -> None:
        loaded = self._loaded
        if loaded is None:
            return
        if isinstance(look, str):
            self.stop()
            self._notices.error(look)
            return
        if look.entry.folder != loaded.folder:
            return
        self._show(look)
        if look.entry.going_on:
            self._timer.start()
        else:
            self.stop()
            state = look.entry.state()
            self._runs.say(tr(STATE_WORDS.get(state, state.capitalize())))

    def _show(self, look: Look) -> None:
        head = look.entry.summary
        if head and look.entry.going_on:
            self._words = f"{tr('Goes on elsewhere')} · {tr('epoch')} {head.epoch}/{head.epochs}"
            self._runs.say(self._words)
        if look.grown:
            self._loaded = look.grown
            self._training.show_grown(look.grown.record)
        if look.kept != self._kept and self._same_network():
            self._kept = look.kept
            self._runs.look_again()

    def _same_network(self) -> bool:
        """Weights fit only the network that is trained; it may have been edited here."""
        document = self._loaded.document if self._loaded else None
        return document is not None and essence(document.network) == essence(self._store.document.network)


def _looked(loaded: LoadedRun) -> Look | str:
    """In the thread; the record that is drawn is not touched. A sentence where the run cannot be read any more."""
    found = entry.read(loaded.folder)
    if found.summary is None:
        return f"{found.name}: {found.problem}"
    try:
        grown = loaded.grown() if loaded.stale else None
    except OSError as error:
        return f"{found.name}: {(error.strerror or str(error)).lower()}."
    return Look(found, grown, _kept(loaded.folder))


def _kept(folder: Path) -> int:
    """When the last whole checkpoint was written, in nanoseconds; 0 without one."""
    times = [0]
    for path in folder.glob(CHECKPOINTS):
        try:
            times.append(path.stat().st_mtime_ns)
        except OSError:
            continue  # it was replaced in this very moment
    return max(times)
