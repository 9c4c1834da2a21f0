"""What the time bar does: asks the worker for moments of the run, plays them, and begins branches."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from convstudio.protocol.messages import LookBack, Metrics, Snapshots
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.past.time_bar import TimeBar
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.text import grouped, tr
from convstudio.ui.workbench import Workbench

FRAME_MS = 90
"""A film shows a moment so long."""
LEAST = 2
"""So many moments there must be to look back."""


class TimeMachine(QObject):
    """Follows one run; `place` is the place of the moment that is shown, None for the present."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController, training: TrainingPanel) -> None:
        super().__init__(bench)
        self._bench, self._link, self._runs, self._training = bench, link, runs, training
        self._steps: tuple[int, ...] = ()
        self._folder = ""
        self._batches = 0
        self._stays = False
        """The bar waits for the moments of a run that has just begun."""
        self.place: int | None = None
        self.bar = TimeBar()
        self._film = QTimer(self, interval=FRAME_MS)
        self._film.timeout.connect(self._next)
        self._put_bar(bench)
        self._connect()
        self._show()

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps of the moments that were kept."""
        return self._steps

    def look(self, place: int) -> None:
        """Show the moment at a place of the slider."""
        if self._steps:
            self.place = min(max(place, 0), len(self._steps) - 1)
            self._link.send(LookBack(folder=self._folder, step=self._steps[self.place]))
            self._show()

    def look_at_present(self) -> None:
        """Show the network as it is now."""
        self._film.stop()
        if self.place is not None:
            self.place = None
            self._link.send(LookBack())
        self._show()

    def toggle_film(self) -> None:
        """Play from the moment that is shown, or from the first; or stop playing."""
        if self._film.isActive():
            self._film.stop()
        elif len(self._steps) >= LEAST:
            self.look(0 if self.place in (None, len(self._steps) - 1) else self.place or 0)
            self._film.start()
        self._show()

    def branch(self) -> None:
        """Begin a new run at the moment that is shown; it waits, so that one thing can be changed."""
        if self.place is None:
            return
        step, folder = self._steps[self.place], Path(self._folder)
        self.look_at_present()
        self._runs.branch(folder, step)

    def _next(self) -> None:
        """The film's next moment; at its end the present."""
        if self.place is None or self.place + 1 >= len(self._steps):
            self.look_at_present()
        else:
            self.look(self.place + 1)

    def _on_snapshots(self, message: Snapshots) -> None:
        if message.run != self._runs.number:
            return
        shown = self._steps[self.place] if self.place is not None else None
        self._steps, self._folder = message.steps, message.folder
        if shown is not None:
            if shown in self._steps:
                self.place = self._steps.index(shown)
            else:
                self.look(min(range(len(self._steps)), key=lambda n: abs(self._steps[n] - shown), default=0))
        self._show()

    def _on_began(self) -> None:
        """Another run has no past yet; a bar that is there stays, so that nothing is laid out anew for a moment."""
        self._stays = not self.bar.isHidden()
        self._begin_anew()

    def _on_other(self) -> None:
        self._stays = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._film.stop()
        if self.place is not None:
            self.place = None
            self._link.send(LookBack())
        self._steps, self._folder = (), ""
        self._show()

    def _on_metrics(self, metrics: Metrics) -> None:
        self._batches = metrics.batches

    def _show(self) -> None:
        there = len(self._steps) >= LEAST
        self.bar.setVisible(there or self._stays)
        self.bar.setEnabled(there)
        if there or self._stays:
            self._show_moments()

    def _show_moments(self) -> None:
        last = max(0, len(self._steps) - 1)
        self.bar.show_places(last + 1, last if self.place is None else self.place)
        self.bar.show_past(self.place is not None)
        self.bar.show_playing(self._film.isActive())
        self.bar.show_words(*self._words())
        self._training.show_step(None if self.place is None else self._steps[self.place])

    def _words(self) -> tuple[str, str]:
        """What is shown, in full and in short."""
        record = self._training.record
        if self.place is None:
            return f"{tr('live')} · {tr('{number} moments kept').format(number=len(self._steps))}", tr("live")
        step = self._steps[self.place]
        short = f"{tr('step')} {grouped(step)}"
        words = [f"{short} {tr('of')} {grouped(max(record.step, step))}"]
        if self._batches:
            words.append(f"{tr('epoch')} {max(0, step - 1) // self._batches + 1}")
        _, accuracy = record.validation_at(step)
        if accuracy == accuracy:
            words.append(f"{tr('val')} {accuracy:.1f} %")
        return " · ".join(words), short

    def _connect(self) -> None:
        bar = self.bar
        bar.moved.connect(self._on_moved)
        bar.live_requested.connect(self.look_at_present)
        bar.play_requested.connect(self.toggle_film)
        bar.branch_requested.connect(self.branch)
        self._link.snapshots_received.connect(self._on_snapshots)
        self._link.started.connect(self._on_other)
        self._runs.run_began.connect(self._on_began)
        self._runs.progress.connect(self._on_metrics)
        self._bench.store.replaced.connect(self._on_other)

    def _on_moved(self, place: int) -> None:
        self._film.stop()
        self.look(place)

    def _put_bar(self, bench: Workbench) -> None:
        """Under the tabs of the live views, in their dock."""
        dock, tabs = bench.docks["live"], bench.live
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(tabs, 1)
        column.addWidget(self.bar)
        dock.setWidget(box)
        assert isinstance(tabs, QTabWidget)
