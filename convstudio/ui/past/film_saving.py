"""A film of what a live view shows over the run: taken moment by moment, and written as a GIF or as pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from convstudio.data.film import Frame, gif, of_one_size, png
from convstudio.network.file import write_atomically
from convstudio.protocol.messages import Maps, Masks
from convstudio.ui.background import Background
from convstudio.ui.link.worker_link import WorkerLink
from convstudio.ui.live_views import LiveViews
from convstudio.ui.notices.notices import Notice
from convstudio.ui.past.time_machine import FRAME_MS, TimeMachine
from convstudio.ui.saving.asking import Ask, AskFolder, ask_for_folder, ask_in_dialog
from convstudio.ui.text import count, tr
from convstudio.ui.workbench import Workbench

MASKS = ("masks", "changes", "gradients")
"""What the Masks tab may show."""
PATIENCE_MS = 15_000
"""So long a moment may take to be drawn."""


class FilmSaving(QObject):
    """Takes one film at a time."""

    def __init__(
        self,
        bench: Workbench,
        machine: TimeMachine,
        live: LiveViews,
        link: WorkerLink,
        ask: Ask | None = None,
        ask_folder: AskFolder | None = None,
    ) -> None:
        """`ask` and `ask_folder` are how a place is asked for: in dialogs, unless given."""
        super().__init__(bench)
        self._bench, self._machine = bench, machine
        self._ask = ask or partial(ask_in_dialog, bench.window)
        self._ask_folder = ask_folder or partial(ask_for_folder, bench.window)
        self._panels: tuple[QWidget, ...] = (live.masks, live.maps)
        self._background = Background(self)
        self._frames: list[Frame] = []
        self._then: Callable[[list[Frame]], object] | None = None
        self._panel: QWidget | None = None
        self._arrived = False
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._give_up)
        for received in (link.masks_received, link.maps_received):
            received.connect(self._on_picture)
        for panel in (live.masks, live.maps):
            panel.drawn.connect(self._on_drawn)
        machine.bar.gif_requested.connect(self.save_gif)
        machine.bar.pictures_requested.connect(self.save_pictures)
        bench.live.currentChanged.connect(self._follow)
        self._follow()

    def save_gif(self) -> None:
        """Ask for a file, take the film, and write it."""
        store = self._bench.store
        place = (store.path.parent if store.path else Path.home()) / f"{store.title}.gif"
        self._ask(tr("Save the film"), place, f"{tr('Animated GIF')} (*.gif)", self._begin_gif)

    def save_pictures(self) -> None:
        """Ask for a folder, take the film, and write its pictures."""
        self._ask_folder(tr("Save the pictures into a folder"), lambda folder: self._begin(partial(_pictures, folder)))

    def _begin_gif(self, path: Path) -> None:
        path = path if path.suffix.lower() == ".gif" else path.with_name(f"{path.name}.gif")
        self._begin(partial(_gif, path))

    def _begin(self, write: Callable[[list[Frame]], Notice]) -> None:
        """Go to the first moment; each that is drawn is taken, until the last."""
        panel = self._bench.live.currentWidget()
        if self._then is not None or panel not in self._panels or not self._machine.steps:
            return
        self._panel, self._frames = panel, []
        self._then = lambda frames: self._background.run(partial(write, frames), self._bench.notices.post)
        self._look(0)

    def _look(self, place: int) -> None:
        self._arrived = False
        self._patience.start()
        self._machine.look(place)

    def _on_picture(self, picture: Masks | Maps) -> None:
        place = self._machine.place
        if self._then is not None and place is not None and picture.step == self._machine.steps[place]:
            self._arrived = self._arrived or self._is_filmed(picture)

    def _is_filmed(self, picture: Masks | Maps) -> bool:
        """Whether the view that is filmed shows this kind of picture, all of it: thumbnails have fewer maps."""
        kinds = MASKS if self._panel is self._panels[0] else ("maps",)
        return picture.view.what in kinds and picture.view.limit == 0

    def _on_drawn(self) -> None:
        """Painting says so while it paints: the picture is taken after it."""
        if self._then is not None and self._arrived:
            self._arrived = False
            QTimer.singleShot(0, self, self._take)

    def _take(self) -> None:
        if self._then is None or self._panel is None:
            return
        self._frames.append(_frame(self._panel))
        place = self._machine.place
        if place is None or place + 1 >= len(self._machine.steps):
            self._finish()
        else:
            self._look(place + 1)

    def _finish(self) -> None:
        then, frames = self._then, self._frames
        self._end()
        if then is not None:
            then(of_one_size(frames))

    def _end(self) -> None:
        self._patience.stop()
        self._then, self._frames = None, []
        self._machine.look_at_present()

    def _give_up(self) -> None:
        self._end()
        words = tr("The film was not finished: a moment of the run was not drawn in time. Stop the run, and try again.")
        self._bench.notices.warn(words)

    def _follow(self) -> None:
        self._machine.bar.show_filmed(self._bench.live.currentWidget() in self._panels)


def _frame(widget: QWidget) -> Frame:
    """The widget as it looks, rows × columns × 3."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def _gif(path: Path, frames: list[Frame]) -> Notice:
    try:
        write_atomically(path, gif(frames, FRAME_MS))
    except (OSError, ValueError) as error:
        return _unwritten(error)
    words = tr("{name} written: {frames}.").format(name=path.name, frames=count(len(frames), "picture", "pictures"))
    return Notice("info", words)


def _pictures(folder: Path, frames: list[Frame]) -> Notice:
    try:
        for number, frame in enumerate(frames):
            write_atomically(folder / f"film-{number:04}.png", png(frame))
    except OSError as error:
        return _unwritten(error)
    pictures = count(len(frames), "picture", "pictures")
    return Notice("info", tr("{frames} written into {folder}.").format(frames=pictures, folder=folder))


def _unwritten(error: Exception) -> Notice:
    return Notice("error", tr("The film cannot be written: {why}.").format(why=error))
