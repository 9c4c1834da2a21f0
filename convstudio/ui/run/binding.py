"""What ties runs to their window: the run bar, the menu Run, the Training tab, messages to the person."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_fields
from PySide6.QtCore import QObject

from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.text import tr
from convstudio.ui.workbench import Workbench


class RunBinding(QObject):
    """Shows in the window how the run stands, and lets what the person presses there begin, pause and end it."""

    def __init__(self, bench: Workbench, link: WorkerLink, runs: RunController, training: TrainingPanel) -> None:
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        self._link, self._runs = link, runs
        self._connect_curves(training)
        self._connect_bar()
        self._connect_actions()
        runs.news.connect(bench.notices.tell)
        runs.state_changed.connect(self._show_state)
        self._show_state()

    def _connect_curves(self, training: TrainingPanel) -> None:
        runs = self._runs
        runs.progress.connect(training.on_metrics)
        runs.validated.connect(training.on_validation)
        runs.marked.connect(training.on_marked)
        runs.run_began.connect(training.on_began)
        self._store.replaced.connect(training.clear)

    def _connect_bar(self) -> None:
        bar, runs = self._bench.run_bar, self._runs
        runs.progress.connect(bar.show_progress)
        bar.train_requested.connect(runs.train)
        bar.pause_requested.connect(runs.pause)
        bar.resume_requested.connect(runs.resume)
        bar.stop_requested.connect(runs.stop)
        bar.restart_requested.connect(runs.restart)
        bar.device_chosen.connect(self._choose_device)
        self._link.hello_received.connect(self._on_hello)
        self._store.changed.connect(self._show_devices)

    def _connect_actions(self) -> None:
        actions, runs = self._bench.actions, self._runs
        actions.connect("train", runs.toggle)
        actions.connect("stop", runs.stop)
        actions.connect("one_step", lambda: runs.advance("step"))
        actions.connect("one_epoch", lambda: runs.advance("epoch"))
        actions.connect("begin_again", runs.begin_again)
        actions.connect("new_weights", runs.begin_with_new_weights)
        actions.connect("continue", runs.continue_run)
        actions.connect("restart_worker", runs.restart)

    def _show_state(self) -> None:
        runs, actions = self._runs, self._bench.actions
        self._bench.run_bar.show_state(runs.state, runs.message)
        self._bench.run_bar.show_device(runs.device, runs.threads)
        actions["stop"].setEnabled(runs.active)
        for name in ("one_step", "one_epoch"):
            actions[name].setEnabled(runs.state not in ("running", "preparing", "lost"))
        actions["continue"].setEnabled(runs.can_continue)

    def _on_hello(self) -> None:
        self._bench.run_bar.show_ready(True)
        self._show_devices()

    def _show_devices(self) -> None:
        if self._link.hello:
            self._bench.run_bar.show_devices(self._link.hello.devices, self._store.document.training.device)

    def _choose_device(self, name: str) -> None:
        document = self._store.document
        training = with_fields(document.training, device=name)
        self._store.do(tr("Compute on") + f" {name}", replace(document, training=training))
