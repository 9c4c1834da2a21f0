"""Live thumbnails on the canvas: the maps or masks of every card, and the probabilities on the Output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from convstudio.protocol.messages import ClassMap, Maps, Masks, Scores, View
from convstudio.ui.canvas.scene import CanvasScene
from convstudio.ui.canvas.view import CanvasView
from convstudio.ui.link.view_book import Picture, ViewBook
from convstudio.ui.live.arrays import floats, octets
from convstudio.ui.live.class_colours import class_image
from convstudio.ui.live.neighbours import spread_over
from convstudio.ui.live.prob_bars import verdict
from convstudio.ui.live.tile_picture import mask_thumbnail, thumbnail
from convstudio.ui.theme import number_font, theme
from convstudio.ui.watched import WatchedSample

SHOWN = 8
"""Feature maps on a card, as 4 × 2."""
SCORES_SIZE = (268, 150)
Shown = Literal["maps", "masks", "nothing"]
ANSWER = View(block="", what="answer", limit=1)
"""The answer for the watched sample; it comes without a picture."""


class Thumbnails(QObject):
    """Keeps a view open for each card that can show something, and hands its pictures to the scene."""

    def __init__(self, canvas: CanvasView, scene: CanvasScene, book: ViewBook, sample: WatchedSample) -> None:
        super().__init__(canvas)
        self._scene = scene
        self._sample = sample
        self._pictures: dict[str, Maps | Masks] = {}
        self._book = book
        self._open: dict[str, View] = {}
        self._names: dict[str, str] = {}
        self._undrawn: list[View] = []
        self._answer: Scores | ClassMap | None = None
        self._shown: Shown = "maps"
        self._answers = False
        scene.store.level_changed.connect(self._look_again)
        scene.store.changed.connect(self.follow)
        scene.store.changed.connect(self._show_answer)
        canvas.painted.connect(self._credit)
        theme.changed.connect(self._repaint)
        self.follow()

    def follow(self) -> None:
        """Open the views of new cards, close those of vanished ones."""
        store = self._scene.store
        network, analysis, answering = store.network, store.analysis, self._answering()
        cards = (i for i in analysis.live if not network.blocks[i].layer.pill and i != answering)
        before, self._names = self._names, {store.full_id(i): i for i in cards if analysis.blocks[i].output}
        wanted = {full_id: self._view(full_id, i) for full_id, i in self._names.items()}
        wanted = {} if self._shown == "nothing" else wanted
        for full_id in [i for i, view in self._open.items() if wanted.get(i) != view]:
            self._book.close(self._open.pop(full_id), self._show)
            self._pictures.pop(full_id, None)
            self._scene.set_thumbnail(self._names.get(full_id) or before[full_id], None)
        for full_id in (i for i in wanted if i not in self._open):
            self._open[full_id] = wanted[full_id]
            self._book.open(self._open[full_id], self._show)
        self._follow_answer(answering)

    def _follow_answer(self, answering: str | None) -> None:
        """Ask for the answer while the Output can show one."""
        wanted = self._shown != "nothing" and answering is not None
        if wanted != self._answers:
            self._answers = wanted
            (self._book.open if wanted else self._book.close)(ANSWER, self._show)
        if answering and (not wanted or self._scene.store.analysis.blocks[answering].output is None):
            self._answer = None
            self._scene.set_thumbnail(answering, None)

    def _view(self, full_id: str, block_id: str) -> View:
        """The picture of a card: its masks where these are chosen and it has any, else its maps."""
        facts = self._scene.store.analysis.blocks[block_id]
        masks = self._shown == "masks" and bool(facts.multiply_adds) and not facts.inside
        return View(block=full_id, what="masks" if masks else "maps", limit=SHOWN)

    def picture(self, full_id: str) -> Maps | Masks | None:
        """What the card of a block shows, by the name that the worker has for it."""
        return self._pictures.get(full_id)

    def show_only(self, what: Shown) -> None:
        """Let the cards show this from now on."""
        if what != self._shown:
            self._shown = what
            self.follow()

    def _look_again(self) -> None:
        """Other blocks are on the canvas now; those of the same names are others."""
        for view in self._open.values():
            self._book.close(view, self._show)
        self._open, self._names = {}, {}
        self._pictures.clear()

    def _answering(self) -> str | None:
        """The Output, where it is on the canvas."""
        store = self._scene.store
        return None if store.level else store.whole.output

    def on_scores(self, scores: Scores) -> None:
        """Show the probabilities of the classes on the Output."""
        self._book.answered(ANSWER)
        self._answer = scores if self._answers else None
        self._show_answer()

    def on_class_map(self, answer: ClassMap) -> None:
        """Show the class of each pixel on the Output."""
        self._book.answered(ANSWER)
        self._answer = answer if self._answers else None
        self._show_answer()

    def _show(self, picture: Picture) -> None:
        if isinstance(picture, Maps | Masks):
            self._pictures[picture.view.block] = picture
            self._draw(picture)
        self._undrawn.append(picture.view)

    def _draw(self, picture: Maps | Masks) -> None:
        if isinstance(picture, Masks):
            self._draw_masks(picture)
            return
        maps = octets(picture.maps)
        vector = maps.shape[:2] == (1, 1)
        image = thumbnail(maps.reshape(-1) if vector else maps)
        block_id = self._names.get(picture.view.block, "")
        self._scene.set_thumbnail(block_id, None if image.isNull() else image)

    def _draw_masks(self, picture: Masks) -> None:
        """The masks of the first stage; weights of a fully connected block over the maps they weigh, where they do."""
        block_id, store = self._names.get(picture.view.block, ""), self._scene.store
        values = floats(picture.arrays[0]) if picture.arrays else np.zeros(0, np.float32)
        over = spread_over(store.network, store.analysis, block_id) if values.ndim == 2 and block_id else None
        if over and values.shape[1] == over.shape.size:
            values = values.reshape(len(values), *over.shape.dims)
        image = mask_thumbnail(values)
        self._scene.set_thumbnail(block_id, None if image.isNull() else image)

    def _repaint(self) -> None:
        """Bars are drawn in the colours of the theme."""
        for picture in self._pictures.values():
            self._draw(picture)
        self._show_answer()

    def _show_answer(self) -> None:
        output = self._answering()
        if self._answer is None or output is None:
            return
        classes = self._sample.classes
        if isinstance(self._answer, ClassMap):
            picture = class_image(octets(self._answer.classes), classes)
        else:
            picture = score_picture(floats(self._answer.probabilities), classes, self._sample.label)
        self._scene.set_thumbnail(output, picture)

    def _credit(self) -> None:
        drawn, self._undrawn = self._undrawn, []
        for view in drawn:
            self._book.drawn(view)


def score_picture(probabilities: NDArray[np.float32], classes: Sequence[str], right: int | None) -> QImage:
    """Probabilities (one a class, 0..1) as bars with the classes' names below, for the Output's card.

    `right` is the number of the right class, where it is known.
    """
    width, height = SCORES_SIZE
    picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setFont(number_font(12))
    step = width / max(1, len(probabilities))
    named = len(classes) == len(probabilities) <= 12
    room = height - (26 if named else 4)
    best = int(np.argmax(probabilities))
    for number, share in enumerate(probabilities):
        tall = max(2.0, float(np.nan_to_num(share)) * (room - 6))
        colour = theme.colour(verdict(best, right) if number == best else "wire")
        painter.fillRect(QRectF(number * step + 2, room - tall, step - 4, tall), colour)
        if named:
            painter.setPen(theme.colour("text" if number == best else "dim"))
            painter.drawText(QRectF(number * step, room, step, 24), Qt.AlignmentFlag.AlignCenter, classes[number][:3])
    painter.end()
    return picture
