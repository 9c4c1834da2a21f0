"""What a window does beyond editing: the worker behind it, runs, live views, exports. Made after the first paint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from msgspec.structs import replace as with_fields
from PySide6.QtCore import QObject

from convstudio.protocol.messages import Hello
from convstudio.runs.run_folders import RunFolders
from convstudio.ui.computing import Computing
from convstudio.ui.evaluation.evaluating import Evaluating
from convstudio.ui.export.exporting import ExportFlow, entries
from convstudio.ui.health.doctoring import Doctoring
from convstudio.ui.importing.importing import Importing
from convstudio.ui.lens.binding import LensBinding
from convstudio.ui.lens.field_hover import FieldHover
from convstudio.ui.lens.lens_saving import LensSaving
from convstudio.ui.lens.thumbnail_hover import ThumbnailHover
from convstudio.ui.link.view_book import ViewBook
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.curve_saving import CurveSaving
from convstudio.ui.live.training_panel import TrainingPanel
from convstudio.ui.live_views import LiveViews
from convstudio.ui.masklab.binding import MaskLab
from convstudio.ui.masklab.images import image_menu
from convstudio.ui.muting.binding import MutingBinding
from convstudio.ui.past.film_saving import FilmSaving
from convstudio.ui.past.time_machine import TimeMachine
from convstudio.ui.rates.range_testing import RangeTesting
from convstudio.ui.readiness import Readiness
from convstudio.ui.resetting import Resetting
from convstudio.ui.run.next_run import NextRun
from convstudio.ui.run.run_controller import RunController
from convstudio.ui.runs.runs_tab import RunsTab
from convstudio.ui.sampling import Sampling
from convstudio.ui.saving.view_saving import savable
from convstudio.ui.showing import Showing
from convstudio.ui.swaps.swapping import Swapping
from convstudio.ui.text import tr
from convstudio.ui.thumbnails import Thumbnails
from convstudio.ui.timing import Timing
from convstudio.ui.why.binding import WhyBinding
from convstudio.ui.workbench import Workbench


class Session(QObject):
    """Ties worker, runs and live views to one window."""

    def __init__(self, bench: Workbench, runs: Path) -> None:
        """`runs` is the folder that keeps the runs."""
        super().__init__(bench)
        self._bench, self._store = bench, bench.store
        self.link = WorkerLink(parent=self)
        self.book = ViewBook(self.link, self)
        self.runs = RunController(bench.store, self.link, RunFolders(runs), self)
        self.export = ExportFlow(
            bench.store, self.link, bench.scene, bench.window, bench.window.settings, lambda: self.runs.folder
        )
        self.sampling = Sampling(bench, self.link, self.book)
        self.sample, self.sample_panel = self.sampling.sample, self.sampling.panel
        self.training = TrainingPanel()
        self.curves = CurveSaving(self.training, bench.picture_files)
        bench.live.addTab(self.training, tr("Training"))
        bench.left.addWidget(self.sample_panel)
        bench.left.setStretchFactor(0, 1)
        self.live = LiveViews(bench.store, bench.live, bench.docks["live"], self.book)
        self.sampling.pictured.connect(self.live.maps.set_input)
        self.sampling.show_sample()
        self.lens = LensBinding(bench.store, bench.live, bench.docks["live"], self.link, self.sample)
        self.lens_saving = LensSaving(self.lens.panel, bench.picture_files)
        self.live.maps.unit_chosen.connect(self.lens.look)
        self.muting = MutingBinding(bench, self.link, self.live.maps)
        self.lens.panel.muted = self.muting.words_of
        self.why = WhyBinding(bench, self.link, self.sample)
        self.live.maps.why_asked.connect(self.why.explain)
        self.evaluation = Evaluating(bench, self.link, self.book, self.runs, self.sample)
        self.past = TimeMachine(bench, self.link, self.runs, self.training)
        self.mask_lab = MaskLab(bench, self.link, self.book, lambda: self.past.place is not None)
        self.mask_lab.kept.connect(self.runs.share)
        self.mask_lab.panel.unit_chosen.connect(self.lens.look)
        panel = self.mask_lab.panel
        panel.images.setMenu(image_menu(bench.actions, self.sample, panel))
        self.live.masks.edit_requested.connect(self.mask_lab.look)
        self.lens.panel.mask_requested.connect(self.mask_lab.look)
        self.field_hover = FieldHover(bench.store, self.sample_panel)
        for view in (self.live.maps, self.lens.panel, self.mask_lab.panel):
            view.unit_hovered.connect(self.field_hover.show)
            view.unit_left.connect(self.field_hover.leave)
        self.film = FilmSaving(bench, self.past, self.live, self.link)
        self.kept_runs = RunsTab(bench, self.runs, self.training, runs)
        self.doctoring = Doctoring(bench, self.link, self.book, self.runs)
        views = (
            (self.live.masks, "masks", tr("Masks")),
            (self.live.maps, "maps", tr("Feature maps")),
            (self.evaluation.tab, "evaluation", tr("Evaluation")),
            (self.doctoring.tab, "health", tr("Health")),
        )
        bench.found_also.append(savable(views, bench.picture_files))
        empty = (self.live.masks, self.live.maps, self.evaluation.tab, self.doctoring.tab)
        self.readiness = Readiness(self.link, self.runs, *(view.sentence for view in empty), parent=self)
        self.thumbnails = Thumbnails(bench.canvas, bench.scene, self.book, self.sample)
        self.thumbnail_hover = ThumbnailHover(bench.canvas, self.thumbnails)
        self.thumbnail_hover.unit_hovered.connect(self.field_hover.show)
        self.thumbnail_hover.unit_left.connect(self.field_hover.leave)
        self.showing = Showing(bench, self.book, self.thumbnails)
        self.importing = Importing(bench, self.runs, runs)
        Computing(bench, self.link, self.runs)
        NextRun(bench, self.runs)
        Resetting(bench, self.link, self.runs)
        RangeTesting(bench, self.link, self.runs)
        Timing(bench, self.link, self.runs)
        self.swapping = Swapping(bench, self.link, self.runs, runs)
        self._connect_runs()
        self._connect_bar()
        self._connect_actions()
        self.link.scores_received.connect(self.thumbnails.on_scores)
        self.link.class_map_received.connect(self.thumbnails.on_class_map)
        bench.window.closed.connect(self.link.part)
        self.link.start()

    def close(self) -> None:
        """End the worker, and wait for its end."""
        self.link.shut_down()

    def _connect_runs(self) -> None:
        runs = self.runs
        runs.state_changed.connect(self._show_state)
        runs.progress.connect(self._bench.run_bar.show_progress)
        runs.progress.connect(self.training.on_metrics)
        runs.validated.connect(self.training.on_validation)
        runs.marked.connect(self.training.on_marked)
        runs.run_began.connect(self.training.on_began)
        for source in (runs, self.export):
            source.news.connect(self._bench.notices.tell)

    def _connect_bar(self) -> None:
        bar, runs = self._bench.run_bar, self.runs
        bar.train_requested.connect(runs.train)
        bar.pause_requested.connect(runs.pause)
        bar.resume_requested.connect(runs.resume)
        bar.stop_requested.connect(runs.stop)
        bar.restart_requested.connect(runs.restart)
        bar.device_chosen.connect(self._choose_device)
        self.link.hello_received.connect(self._on_hello)
        self._store.changed.connect(self._show_devices)
        self._store.replaced.connect(self.training.clear)

    def _connect_actions(self) -> None:
        actions = self._bench.actions
        actions.connect("train", self.runs.toggle)
        actions.connect("stop", self.runs.stop)
        actions.connect("one_step", lambda: self.runs.advance("step"))
        actions.connect("one_epoch", lambda: self.runs.advance("epoch"))
        actions.connect("begin_again", self.runs.begin_again)
        actions.connect("new_weights", self.runs.begin_with_new_weights)
        actions.connect("continue", self.runs.continue_run)
        actions.connect("restart_worker", self.runs.restart)
        actions.connect("lens", self.lens.open)
        actions.connect("why", self.why.open)
        for name, opened in entries(self.export.open):
            actions.connect(name, opened)
        self._show_state()

    def _show_state(self) -> None:
        runs, actions = self.runs, self._bench.actions
        self._bench.run_bar.show_state(runs.state, runs.message)
        self._bench.run_bar.show_device(runs.device, runs.threads)
        actions["stop"].setEnabled(runs.active)
        for name in ("one_step", "one_epoch"):
            actions[name].setEnabled(runs.state not in ("running", "preparing", "lost"))
        actions["continue"].setEnabled(runs.can_continue)

    def _on_hello(self, hello: Hello) -> None:
        self._bench.run_bar.show_ready(True)
        self._show_devices()

    def _show_devices(self) -> None:
        if self.link.hello:
            self._bench.run_bar.show_devices(self.link.hello.devices, self._store.document.training.device)

    def _choose_device(self, name: str) -> None:
        document = self._store.document
        training = with_fields(document.training, device=name)
        self._store.do(tr("Compute on") + f" {name}", replace(document, training=training))
