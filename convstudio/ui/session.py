"""What a window does beyond editing: the worker behind it, runs, live views, exports. Made after the first paint."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

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
from convstudio.ui.run.binding import RunBinding
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
from convstudio.ui.view_ties import tie_choices, tie_hovers
from convstudio.ui.why.binding import WhyBinding
from convstudio.ui.workbench import Workbench


class Session(QObject):
    """Ties worker, runs and live views to one window."""

    def __init__(self, bench: Workbench, runs: Path) -> None:
        """`runs` is the folder that keeps the runs."""
        super().__init__(bench)
        self._bench = bench
        self.link = WorkerLink(parent=self)
        self.book = ViewBook(self.link, self)
        self.runs = RunController(bench.store, self.link, RunFolders(runs), self)
        self.sampling = Sampling(bench, self.link, self.book)
        self.sample, self.sample_panel = self.sampling.sample, self.sampling.panel
        self._make_views()
        self._make_views_inside()
        self._make_views_of_runs(runs)
        self._tie_views()
        self._add_tools(runs)
        self._add_export()
        bench.window.closed.connect(self.link.part)
        self.link.start()

    def close(self) -> None:
        """End the worker, and wait for its end."""
        self.link.shut_down()

    def _make_views(self) -> None:
        """What shows a run and how good the network is: curves, masks and maps, scores, health, thumbnails."""
        bench, link = self._bench, self.link
        self.training = TrainingPanel()
        self.curves = CurveSaving(self.training, bench.picture_files)
        bench.live.addTab(self.training, tr("Training"))
        bench.left.addWidget(self.sample_panel)
        bench.left.setStretchFactor(0, 1)
        self.live = LiveViews(bench.store, bench.live, bench.docks["live"], self.book)
        self.sampling.pictured.connect(self.live.maps.set_input)
        self.sampling.show_sample()
        self.thumbnails = Thumbnails(bench.canvas, bench.scene, self.book, self.sample)
        link.scores_received.connect(self.thumbnails.on_scores)
        link.class_map_received.connect(self.thumbnails.on_class_map)
        self.showing = Showing(bench, self.book, self.thumbnails)

    def _make_views_inside(self) -> None:
        """What explains single units and masks, and the tabs about the whole: their order is that of the tabs."""
        bench, link = self._bench, self.link
        self.lens = LensBinding(bench.store, bench.live, bench.docks["live"], link, self.sample)
        self.lens_saving = LensSaving(self.lens.panel, bench.picture_files)
        self.muting = MutingBinding(bench, link, self.live.maps)
        self.lens.panel.muted = self.muting.words_of
        self.why = WhyBinding(bench, link, self.sample)
        self.evaluation = Evaluating(bench, link, self.book, self.runs, self.sample)
        self.past = TimeMachine(bench, link, self.runs, self.training)
        self.mask_lab = MaskLab(bench, link, self.book, lambda: self.past.place is not None)
        self.mask_lab.kept.connect(self.runs.share)
        lab = self.mask_lab.panel
        lab.images.setMenu(image_menu(bench.actions, self.sample, lab))

    def _make_views_of_runs(self, runs: Path) -> None:
        """The kept runs, the film of one, and how its layers fare."""
        bench = self._bench
        self.film = FilmSaving(bench, self.past, self.live, self.link)
        self.kept_runs = RunsTab(bench, self.runs, self.training, runs)
        self.doctoring = Doctoring(bench, self.link, self.book, self.runs)

    def _tie_views(self) -> None:
        """What leads from one view to another, and what all of them have: a picture to save, words while empty."""
        bench, live = self._bench, self.live
        tie_choices(live, self.lens, self.why, self.mask_lab)
        self.field_hover = FieldHover(bench.store, self.sample_panel)
        self.thumbnail_hover = ThumbnailHover(bench.canvas, self.thumbnails)
        tie_hovers(self.field_hover, live, self.lens, self.mask_lab, self.thumbnail_hover)
        views = (
            (live.masks, "masks", tr("Masks")),
            (live.maps, "maps", tr("Feature maps")),
            (self.evaluation.tab, "evaluation", tr("Evaluation")),
            (self.doctoring.tab, "health", tr("Health")),
        )
        lab = (self.mask_lab.panel, "mask-lab", tr("Mask lab"))
        bench.found_also.append(savable((*views, lab), bench.picture_files))
        sentences = (view.sentence for view, _name, _title in views)
        self.readiness = Readiness(self.link, self.runs, *sentences, parent=self)

    def _add_tools(self, runs: Path) -> None:
        """What else is asked of the worker, and what the run control and the menus do."""
        bench, link = self._bench, self.link
        self.importing = Importing(bench, self.runs, runs)
        Computing(bench, link, self.runs)
        NextRun(bench, self.runs)
        Resetting(bench, link, self.runs)
        RangeTesting(bench, link, self.runs)
        Timing(bench, link, self.runs)
        self.swapping = Swapping(bench, link, self.runs, runs)
        RunBinding(bench, link, self.runs, self.training)
        bench.actions.connect("lens", self.lens.open)
        bench.actions.connect("why", self.why.open)

    def _add_export(self) -> None:
        bench = self._bench
        window, folder = bench.window, lambda: self.runs.folder or self.runs.given
        self.export = ExportFlow(bench.store, self.link, bench.scene, window, window.settings, folder)
        self.export.news.connect(bench.notices.tell)
        for name, opened in entries(self.export.open):
            bench.actions.connect(name, opened)
