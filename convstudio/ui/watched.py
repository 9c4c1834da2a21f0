"""The watched sample: which image the views show the network's work on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from convstudio.data import DataError, Dataset, fit_picture, load, read_image
from convstudio.network.document import DataChoice
from convstudio.network.shape import Shape
from convstudio.protocol.messages import Array, WatchSample
from convstudio.ui.background import Background
from convstudio.ui.store import DocumentStore
from convstudio.ui.text import tr
from convstudio.ui.wave import wave

SIGNAL = "test signal"
LARGEST = 4096
"""Pixels of a side to which a pasted picture is brought before it is fitted."""
AT_ONCE = 2**20
"""Pixels of an image file that is read while the window waits."""


class WatchedSample(QObject):
    """Follows the document's choice of data; a sample of its validation part, or an image of the person's own.

    `only` is the class that other samples are chosen from, None for every class.
    """

    changed = Signal()
    failed = Signal(str)
    """The data or an image cannot be read; a sentence."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._background = Background(self)
        self._choice: DataChoice | None = None
        self._data: Dataset | None = None
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)
        self._number = 0
        self._own: NDArray[np.uint8] | None = None
        self.own_words = ""
        self.only: int | None = None
        self._changes = 0
        self.changed.connect(self._count)
        store.changed.connect(self.follow)

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The picture (channels × axes); None when there are no data."""
        if self._own is not None:
            return self._own
        if self._data is None or not len(self._numbers):
            return None
        found: NDArray[np.uint8] = self._data.images[self._numbers[self._number]]
        return found

    @property
    def label(self) -> int | None:
        """Number of the right class; None for an image of the person's own."""
        if self._own is not None or self._data is None or not len(self._numbers):
            return None
        return int(self._data.labels[self._numbers[self._number]])

    @property
    def truth(self) -> NDArray[np.uint8] | None:
        """The right class of each pixel; None where only the whole sample has one, or none is known."""
        if self._own is not None or self._data is None or self._data.masks is None or not len(self._numbers):
            return None
        found: NDArray[np.uint8] = self._data.masks[self._numbers[self._number]]
        return found

    @property
    def number(self) -> int:
        """Place in the validation part, from 0."""
        return self._number

    @property
    def count(self) -> int:
        return len(self._numbers)

    @property
    def place(self) -> tuple[int, int]:
        """The number among the samples of the chosen class, from 0, and how many these are."""
        among = self._among()
        return int(np.searchsorted(among, self._number)), len(among)

    @property
    def own(self) -> bool:
        """An image of the person's own is watched."""
        return self._own is not None

    @property
    def classes(self) -> tuple[str, ...]:
        return self._data.info.classes if self._data else ()

    def request(self) -> WatchSample:
        """What the worker is told."""
        if self._own is None:
            return WatchSample(number=self._number)
        return WatchSample(image=Array("uint8", self._own.shape, self._own.tobytes()))

    def choose(self, number: int) -> None:
        """Watch another sample of the data set; after the last comes the first."""
        if self.count:
            self._own, self.own_words = None, ""
            self._number = number % self.count
            self.changed.emit()

    def step(self, distance: int) -> None:
        """Watch the next sample of the chosen class (1), or the one before (-1); from an own image back to the last."""
        among = self._among()
        if not len(among):
            return
        if self._own is not None and self._number in among:
            self.choose(self._number)
            return
        side = np.searchsorted(among, self._number, "right" if distance > 0 else "left")
        self.choose(int(among[(side if distance > 0 else side - 1) % len(among)]))

    def choose_class(self, label: int | None) -> None:
        """Choose from samples of this class only, None: of every class. One of another class makes way for the next."""
        self.only = label
        if self.count and self._number not in self._among():
            self.step(1)
        else:
            self.changed.emit()

    def open_image(self, path: Path) -> None:
        """Watch an image file, fitted to the shape of a sample; `failed` says why it cannot be."""
        if _large(path):
            self._take_later(path)
        else:
            self._take(lambda shape: read_image(path, shape.channels, shape.axes))

    def take_picture(self, picture: QImage) -> None:
        """Watch a picture that was pasted or dropped, fitted like an image file."""
        self._take(lambda shape: fit_picture(_pixels(picture), shape.channels, shape.axes))

    def take_own(self, sample: NDArray[np.uint8], words: str) -> None:
        """Watch a sample of the person's own (uint8, channels × axes), of which `words` say what it is."""
        self._own, self.own_words = sample, words
        self.changed.emit()

    def _take(self, read: Callable[[Shape], NDArray[np.uint8]]) -> None:
        shape = self.fitting
        if shape is None:
            self.failed.emit(tr("Choose a data set first: an image is fitted to the shape of its samples."))
            return
        try:
            found = read(shape)
        except DataError as error:
            self.failed.emit(str(error))
            return
        self.own_words = ""
        self.take_own(found, tr("your image"))

    def _take_later(self, path: Path) -> None:
        """A large image is read in a thread; it counts unless something else is watched by then."""
        shape, asked = self.fitting, self._changes
        if shape is None:
            self.failed.emit(tr("Choose a data set first: an image is fitted to the shape of its samples."))
            return

        def then(found: NDArray[np.uint8] | str) -> None:
            if self._changes != asked:
                return
            if isinstance(found, str):
                self.failed.emit(found)
            else:
                self.take_own(found, tr("your image"))

        self._background.run(partial(_read, path, shape), then)

    def _count(self) -> None:
        self._changes += 1

    def _among(self) -> NDArray[np.int64]:
        """The numbers, in the validation part, of the samples of the chosen class."""
        if self._data is None or self.only is None:
            return np.arange(self.count)
        return np.flatnonzero(self._data.labels[self._numbers] == self.only)

    def follow(self) -> None:
        """Take up the document's choice of data, if it is another one; a test signal where nothing else fits."""
        if self._store.document.data != self._choice:
            self._take_choice(self._store.document.data)
        self._follow_signal()

    def _take_choice(self, choice: DataChoice) -> None:
        self._choice, self._own, self.only, self.own_words = choice, None, None, ""
        self._data, self._numbers = self._loaded(choice)
        self._number = min(self._number, max(0, self.count - 1))
        self.changed.emit()

    def _follow_signal(self) -> None:
        """Through a network of signals goes a test signal while no data are chosen."""
        shape = None if self._store.dataset else self.fitting
        if shape is not None and len(shape.axes) == 1:
            if self._own is None or self._own.shape != shape.dims:
                self.take_own(wave(shape.channels, shape.axes[0]), tr(SIGNAL))
        elif self._own is not None and self.own_words == tr(SIGNAL):
            self._own, self.own_words = None, ""
            self.changed.emit()

    def _loaded(self, choice: DataChoice) -> tuple[Dataset | None, NDArray[np.int64]]:
        """The data set and the numbers of its validation part; nothing where none is chosen or it cannot be had."""
        try:
            if not choice.none:
                data = load(choice.name)
                return data, data.divided(choice.validation_share, choice.seed)[1]
        except DataError as error:
            if self._store.dataset:  # an unknown data set is a problem of the document, and said as such
                self.failed.emit(str(error))
        return None, np.zeros(0, np.int64)

    @property
    def fitting(self) -> Shape | None:
        """The shape that an image is fitted to: a sample's; where no data are chosen, that of the network's Input."""
        if info := self._store.dataset:
            return Shape(info.channels, info.axes)
        analysis = self._store.whole
        there = analysis.input is not None and self._store.document.data.none
        return analysis.blocks[analysis.input].output if there and analysis.input else None


def _large(path: Path) -> bool:
    """Whether reading it would hold the window up; what its head does not tell is read at once, and refused."""
    size = QImageReader(str(path)).size()
    return size.width() * size.height() > AT_ONCE


def _read(path: Path, shape: Shape) -> NDArray[np.uint8] | str:
    """In a thread: the image, or the sentence that says why there is none."""
    try:
        return read_image(path, shape.channels, shape.axes)
    except DataError as error:
        return str(error)


def _pixels(picture: QImage) -> NDArray[np.uint8]:
    """A picture as uint8 (rows, columns, 4): red, green, blue and opacity; a huge one is made smaller first."""
    if max(picture.width(), picture.height()) > LARGEST:
        way = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        picture = picture.scaled(LARGEST, LARGEST, *way)
    plain = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    if plain.isNull():
        return np.zeros((0, 0, 4), np.uint8)
    return np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.width(), 4).copy()
