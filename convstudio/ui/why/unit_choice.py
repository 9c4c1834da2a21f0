"""The choice of a unit: a block, one of its maps (or a class), and a place in it or the mean over the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from convstudio.network.shape import Shape
from convstudio.network.terms import Place
from convstudio.ui.text import tr

AXES = {1: ("time",), 2: ("row", "column"), 3: ("frame", "row", "column")}
WIDEST = 190


class UnitChoice(QObject):
    """Holds the fields; whoever makes it places them. Fields that do not apply are hidden."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shapes: Mapping[str, Shape] = {}
        self._output, self._classes = "", tuple[str, ...]()
        self._placed = True
        self._answering = False
        """The answer was chosen, and is again as soon as it can be."""
        self.block, self.channel = QComboBox(), QComboBox()
        self.one = QCheckBox(tr("one unit"))
        self.places = tuple(QSpinBox() for _ in range(3))
        self._dress()
        self.block.currentIndexChanged.connect(self._choose_block)
        self.channel.currentIndexChanged.connect(self._choose_channel)
        self.one.toggled.connect(self._toggle)
        for place in self.places:
            place.valueChanged.connect(lambda _at: self.changed.emit())

    @property
    def fields(self) -> tuple[QWidget, ...]:
        return (self.block, self.channel, self.one, *self.places)

    @property
    def chosen_block(self) -> str:
        """As the worker calls it; '' where there is none."""
        return str(self.block.currentData() or "")

    @property
    def chosen_channel(self) -> int:
        """-1 for the one with the largest value."""
        found = self.channel.currentData()
        return -1 if found is None else int(found)

    @property
    def place(self) -> Place:
        """() for the mean over the map."""
        rank = self._rank if self.one.isChecked() and self._placed else 0
        return tuple(place.value() for place in self.places[:rank])

    def set_blocks(self, shapes: Mapping[str, Shape], output: str, classes: Sequence[str]) -> None:
        """What there is to choose: the results' shapes by block, the Output's id, and the names of its classes.

        The choice stays where its block does; else it is the answer, or the last block.
        """
        if (dict(shapes), output, tuple(classes)) == (dict(self._shapes), self._output, self._classes):
            return
        before = self.chosen_block
        self._shapes, self._output, self._classes = dict(shapes), output, tuple(classes)
        names = ([output] if output in shapes else []) + [i for i in shapes if i != output]
        with QSignalBlocker(self.block):
            self.block.clear()
            for name in names:
                self.block.addItem(tr("the classes") if name == output else name, name)
            self.block.setCurrentIndex(names.index(before) if before in names else 0 if output else len(names) - 1)
        self._fill()
        self.changed.emit()

    def choose(self, block: str, channel: int, place: Place = ()) -> None:
        """Choose a unit, as far as it is there."""
        self.block.setCurrentIndex(max(0, self.block.findData(block)))
        self.channel.setCurrentIndex(max(0, self.channel.findData(channel)))
        for field, at in zip(self.places, place, strict=False):
            field.setValue(at)
        self.one.setChecked(bool(place))

    def offer_place(self, wanted: bool) -> None:
        """Whether a single place can be chosen; otherwise the whole map is looked at."""
        self._placed = wanted
        self._show_places()

    def offer_answer(self, wanted: bool) -> None:
        """Whether "the strongest" can be chosen, which depends on the watched sample."""
        there = self.channel.itemData(0) == -1
        if wanted == there or not self.channel.count():
            return
        with QSignalBlocker(self.channel):
            if wanted:
                self.channel.insertItem(0, self._answer_words(), -1)
                self.channel.setCurrentIndex(0 if self._answering else self.channel.currentIndex())
            else:
                self._answering = self.chosen_channel == -1
                self.channel.removeItem(0)

    # --- inside

    @property
    def _rank(self) -> int:
        shape = self._shapes.get(self.chosen_block)
        return shape.rank if shape else 0

    def _answer_words(self) -> str:
        return tr("its answer") if self.chosen_block == self._output else tr("the strongest")

    def _choose_block(self) -> None:
        self._fill()
        self.changed.emit()

    def _choose_channel(self) -> None:
        self._answering = False
        self.changed.emit()

    def _toggle(self) -> None:
        self._show_places()
        self.changed.emit()

    def _fill(self) -> None:
        """Maps and places of the chosen block; the number of a map stays where there are as many."""
        shape, before = self._shapes.get(self.chosen_block), self.chosen_channel
        answer = self.channel.itemData(0) == -1 or not self.channel.count()
        with QSignalBlocker(self.channel):
            self.channel.clear()
            if answer:
                self.channel.addItem(self._answer_words(), -1)
            for n in range(shape.channels if shape else 0):
                self.channel.addItem(self.name_of(n), n)
            self.channel.setCurrentIndex(max(0, self.channel.findData(before)))
        for field, length in zip(self.places, shape.axes if shape else (), strict=False):
            with QSignalBlocker(field):
                fresh = field.maximum() != length - 1
                field.setMaximum(length - 1)
                field.setValue(length // 2 if fresh else field.value())
        self._show_places()

    def name_of(self, channel: int) -> str:
        """'class 3: three', 'map 3'."""
        if self.chosen_block == self._output:
            named = channel < len(self._classes)
            return self._classes[channel] if named else f"{tr('class')} {channel}"
        return f"{tr('map')} {channel}" if self._rank else f"{tr('number')} {channel}"

    def _show_places(self) -> None:
        rank = self._rank if self._placed else 0
        self.one.setVisible(rank > 0)
        for at, field in enumerate(self.places):
            field.setVisible(self.one.isChecked() and at < rank)
            if at < rank:
                field.setPrefix(f"{tr(AXES[rank][at])} ")
                field.setAccessibleName(tr(AXES[rank][at]))

    def _dress(self) -> None:
        self.block.setAccessibleName(tr("Block of the unit"))
        self.block.setToolTip(tr("Which block's unit is explained"))
        self.channel.setAccessibleName(tr("Class or map of the unit"))
        self.one.setToolTip(tr("Explain one unit of the map; otherwise it is the mean over the map"))
        for box in (self.block, self.channel):
            box.setMaximumWidth(WIDEST)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
