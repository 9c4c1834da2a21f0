"""Which sample is watched: ties the sample's panel, the draw pad, image files and the worker to one choice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from convstudio.protocol.messages import ClassMap, FindMistake, Mistake, Scores
from convstudio.ui.drawing.draw_window import DrawWindow
from convstudio.ui.drawing.form import DrawingForm, drawing_form
from convstudio.ui.link.view_book import Picture, ViewBook
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live.sample_panel import SamplePanel
from convstudio.ui.live.sample_picture import sample_image
from convstudio.ui.text import grouped, tr
from convstudio.ui.thumbnails import ANSWER
from convstudio.ui.watched import WatchedSample
from convstudio.ui.workbench import Workbench

DRAWING = "your drawing"
IMAGES = "*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff"


class Sampling(QObject):
    """`sample` is what is watched; `panel` shows it."""

    pictured = Signal(object)
    """The picture (QImage) of another sample."""

    def __init__(self, bench: Workbench, link: WorkerLink, book: ViewBook) -> None:
        super().__init__(bench)
        self._bench, self._store, self._link, self._book = bench, bench.store, link, book
        self._asks = False
        self.sample = WatchedSample(bench.store, self)
        self.panel = SamplePanel()
        self.pad: DrawWindow | None = None
        self._connect_worker()
        self._connect_panel()
        self._connect_actions()
        self.sample.follow()
        self._follow_sight()

    # --- the worker

    def _follow_sight(self) -> None:
        """Ask for answers while somebody can see them."""
        seen = not self._bench.docks["blocks"].isHidden() or bool(self.pad and self.pad.isVisible())
        if seen != self._asks:
            self._asks = seen
            (self._book.open if seen else self._book.close)(ANSWER, _nothing)

    def _connect_worker(self) -> None:
        link = self._link
        link.started.connect(self._watch)
        link.scores_received.connect(self._on_scores)
        link.class_map_received.connect(self._on_class_map)
        link.mistake_found.connect(self._on_mistake)
        self.sample.changed.connect(self.show_sample)
        self._bench.docks["blocks"].visibilityChanged.connect(lambda _seen: self._follow_sight())
        self.sample.failed.connect(self._bench.notices.error)
        self._store.changed.connect(self._forget_answer)
        self._store.changed.connect(self._follow_form)

    def _watch(self) -> None:
        self._link.send(self.sample.request())

    def show_sample(self) -> None:
        """Show the sample wherever it is shown, and let the worker watch it."""
        sample = self.sample
        self.panel.set_classes(sample.classes)
        self.panel.set_only(sample.only)
        number, count = sample.place
        own = sample.own or not sample.count
        self.panel.set_sample(
            sample.image,
            -1 if own else number,
            count,
            sample.label,
            sample.truth,
            own=sample.own_words,
            keep=self._drawn,
        )
        self.pictured.emit(QImage() if sample.image is None else sample_image(sample.image))
        self._watch()

    def _on_scores(self, scores: Scores) -> None:
        self._book.answered(ANSWER)
        self.panel.on_scores(scores)
        if self.pad and self.pad.isVisible() and self._drawn:
            self.pad.on_scores(scores)

    def _on_class_map(self, answer: ClassMap) -> None:
        self._book.answered(ANSWER)
        self.panel.on_class_map(answer)
        if self.pad and self.pad.isVisible() and self._drawn:
            self.pad.on_class_map(answer)

    def _forget_answer(self) -> None:
        """A network that cannot answer any more must not seem to have answered."""
        analysis = self._store.whole
        if analysis.output is None or analysis.blocks[analysis.output].output is None:
            self.panel.clear_scores()

    # --- the way to other samples

    def find_mistake(self) -> None:
        """Watch the next sample that the network, as it is now, answers wrongly."""
        if not self._link.alive:
            self._bench.notices.warn(tr("The worker, which knows the answers, is not running. Restart it first."))
        elif self.sample.count:
            only = -1 if self.sample.only is None else self.sample.only
            self._link.send(FindMistake(after=self.sample.number, label=only))

    def _on_mistake(self, found: Mistake) -> None:
        if found.number >= 0:
            self.sample.choose(found.number)
            return
        number, only = self.sample.place[1], self.sample.only
        of = f" {tr('of class')} “{self.sample.classes[only]}”" if only is not None else ""
        words = (
            f"{tr('No mistakes: all')} {grouped(number)} {tr('validation samples')}{of} {tr('are answered rightly')}"
        )
        self._bench.notices.info(f"{words} {tr('after step')} {grouped(found.step)}.")

    def _connect_panel(self) -> None:
        panel, sample = self.panel, self.sample
        panel.step_requested.connect(sample.step)
        panel.class_requested.connect(lambda label: sample.choose_class(label if label >= 0 else None))
        panel.mistake_requested.connect(self.find_mistake)
        panel.draw_requested.connect(self.draw)
        panel.image_requested.connect(self._choose_image)
        self._bench.files.image_given.connect(sample.open_image)
        self._bench.files.picture_given.connect(self._take_picture)

    def _connect_actions(self) -> None:
        actions = self._bench.actions
        actions.connect("next_sample", lambda: self.sample.step(1))
        actions.connect("previous_sample", lambda: self.sample.step(-1))
        actions.connect("next_mistake", self.find_mistake)
        actions.connect("draw_sample", self.draw)
        actions.connect("image_sample", self._choose_image)

    # --- samples of the person's own

    @property
    def _drawn(self) -> bool:
        """The sample is what is on the draw pad."""
        return self.sample.own_words == tr(DRAWING)

    def draw(self) -> None:
        """Open the draw pad; a sentence where samples cannot be drawn."""
        form = self._form()
        if isinstance(form, str):
            self._bench.notices.warn(form)
            return
        if self.pad is None:
            self.pad = DrawWindow(self._bench.window)
            self.pad.drawn.connect(self._take_drawing)
            self.pad.seen.connect(self._follow_sight)
        self.pad.set_classes(self.sample.classes)
        self.pad.set_form(form)
        self.pad.show()
        self.pad.raise_()
        self.pad.activateWindow()

    def _form(self) -> DrawingForm | str:
        """What a drawing is like now, or why there can be none."""
        shape = self.sample.fitting
        if shape is None:
            return tr("Choose a data set first: a drawing is made like its samples.")
        return drawing_form(shape, self._store.dataset)

    def _follow_form(self) -> None:
        """Other data make another paper of the pad that is open, or close it."""
        if self.pad is None or not self.pad.isVisible():
            return
        form = self._form()
        if isinstance(form, str):
            self.pad.close()
        else:
            self.pad.set_classes(self.sample.classes)
            self.pad.set_form(form)

    def _take_drawing(self, sample: NDArray[np.uint8]) -> None:
        self.sample.take_own(sample, tr(DRAWING))

    def _take_picture(self, picture: QImage) -> None:
        self.sample.take_picture(picture)

    def _choose_image(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._bench.window, tr("Open an image"), str(Path.home()), f"{tr('Images')} ({IMAGES})"
        )
        if name:
            self.sample.open_image(Path(name))


def _nothing(picture: Picture) -> None:
    """An answer brings no picture."""
