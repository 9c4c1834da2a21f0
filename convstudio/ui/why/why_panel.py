"""The Why tab: which unit, by which method, the pictures, and what they say in words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from convstudio.network.terms import Place
from convstudio.protocol.messages import Attribute, Attribution, Dream, Dreamt, Method
from convstudio.ui.flow_layout import FlowLayout
from convstudio.ui.live.arrays import floats
from convstudio.ui.live.numbers import significant
from convstudio.ui.live.sample_picture import sample_image
from convstudio.ui.live.segments import Segments
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.text import tr
from convstudio.ui.why import words
from convstudio.ui.why.dream_page import DreamPage
from convstudio.ui.why.heat import Heat, HeatPicture
from convstudio.ui.why.options import Options
from convstudio.ui.why.pair import pair
from convstudio.ui.why.patch_grid import PatchGrid, shown
from convstudio.ui.why.side import Side
from convstudio.ui.why.unit_choice import UnitChoice

NARROW = 620
"""Pixels of width below which the sample alone is not shown beside the heat."""
LOW = 230
"""Pixels of height below which there is no room for words below one another."""
LEAST, GAP = 110, 12
QWIDGETSIZE_MAX = 2**24 - 1
"""Qt's own number for: as wide as it likes."""
SAVED = {
    "png": "Save the picture (PNG)…",
    "svg": "Save the drawing (SVG)…",
    "pdf": "Save the document (PDF)…",
    "csv": "Save the numbers (CSV)…",
}
FIELD = 28
"""Pixels of height of a field in the row above."""
SPARE = 8
"""Pixels by which the row of methods may become wider, as the chosen one is bold."""
PAGES = {"patches": 1, "maximise": 2}


class WhyPanel(QWidget):
    """Shows answers, and tells what the person wants to know instead."""

    asked = Signal()
    """Another question is put, or the same again."""
    stopped = Signal()
    """The person does not want to wait for the answer."""
    sample_chosen = Signal(int)
    save_requested = Signal(str)
    """'png', 'svg', 'pdf' or 'csv'."""
    shown = Signal()
    """A final answer is on the screen."""
    dream_drawn = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Attribution | None = None
        self.output = ""
        self._sample: NDArray[np.uint8] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Why this class"))
        self.ways = Segments(tr("Method"), tr("By which method it is explained"))
        self.way = QComboBox()
        self.unit, self.options = UnitChoice(self), Options(self)
        self.sample, self.heat = HeatPicture(tr("The watched sample")), HeatPicture(tr("The explanation"))
        self.dream = DreamPage()
        self.patches = PatchGrid()
        self.side = Side()
        self.more = QToolButton()
        self._sentence = Sentence()
        self._pages, self._shown = QStackedWidget(), QStackedWidget()
        self._dress()
        self._build()
        self._connect()
        self._choose_way()

    # --- what is asked

    @property
    def method(self) -> Method | Literal["maximise"]:
        return words.WAYS[max(0, self.ways.currentIndex())].method

    @property
    def question(self) -> Attribute | None:
        """What the person wants to know; None where it is a dream, or there is no unit."""
        options, unit, method = self.options, self.unit, self.method
        if method == "maximise" or not unit.chosen_block:
            return None
        return Attribute(
            ticket=0,
            method=method,
            block=unit.chosen_block,
            channel=unit.chosen_channel,
            place=unit.place,
            layer=str(options.layer.currentData() or ""),
            side=options.side.value(),
            stride=options.stride.value(),
            tone=float(options.tone.currentData()),
            steps=int(options.steps.currentData()),
        )

    @property
    def dream_wanted(self) -> Dream:
        """The dream that is asked for."""
        options, unit = self.options, self.unit
        return Dream(
            ticket=0,
            block=unit.chosen_block,
            channel=unit.chosen_channel,
            place=unit.place,
            rate=options.rate.value(),
            smooth=options.smooth.value(),
            seed=self._seed,
            from_sample=bool(options.start.currentData()),
        )

    # --- slots

    def show_sample(self, sample: NDArray[np.uint8] | None) -> None:
        """The watched sample; what was found of another one is not shown any more."""
        if sample is not None and self._sample is not None and np.array_equal(sample, self._sample):
            return
        self._sample = sample
        picture = QImage() if sample is None else sample_image(sample)
        for view in (self.sample, self.heat):
            view.show_sample(picture)
        self.heat.show_heat(None)

    def show_nothing(self, sentence: str) -> None:
        """There is no answer; say why."""
        self.found = None
        self.side.show_progress(1.0)
        self._sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    def show_waiting(self) -> None:
        """A question was put; what was shown stays until the answer comes."""
        self.side.show_progress(0.0)

    def show_answer(self, found: Attribution) -> None:
        """Show how far an answer is, or the whole."""
        self.found = found
        self.side.show_progress(found.share)
        self.side.show_numbers(words.numbers(found, self.unit_words))
        self.side.heading.setText(f"{tr(words.BY_METHOD[found.method].picture)} · {self.unit_words}")
        self._pages.setCurrentIndex(1)
        if found.method == "patches":
            self.patches.show_patches(tuple(map(shown, found.patches)))
        else:
            self._show_heat(found)

    def show_dream(self, dreamt: Dreamt) -> None:
        """The image of a dream, and the curve up to it."""
        if dreamt.words:
            self.show_nothing(dreamt.words)
            return
        self._pages.setCurrentIndex(1)
        self.dream.show_dream(dreamt)
        self.side.show_numbers(self.dream.numbers(self._dreamt_of))

    def show_stopped(self) -> None:
        """The answer is not waited for any more; what was found so far stays."""
        self.side.show_progress(1.0)

    def next_noise(self) -> None:
        """The next dream begins with another noise."""
        self._seed += 1

    def show_going(self, going: bool) -> None:
        """A dream goes on, or none does."""
        self.options.show_going(going)

    @property
    def sentence(self) -> str:
        """What is said where nothing can be shown; '' where something is."""
        return self._sentence.text() if self._pages.currentIndex() == 0 else ""

    @property
    def unit_words(self) -> str:
        """The unit that the answer is about."""
        found = self.found
        return "" if found is None else self._named(found.block, found.channel, found.place)

    @property
    def headline(self) -> str:
        """The method and the unit, as the title of a saved picture."""
        way = words.BY_METHOD[self.method]
        if self.method == "maximise":
            return f"{tr(way.name)} · {self._dreamt_of}"
        return f"{tr(way.name)} · {self.unit_words}"

    def copy_numbers(self) -> None:
        """All numbers of what is shown as comma-separated text."""
        if text := self.csv_text():
            QGuiApplication.clipboard().setText(text)

    def csv_text(self) -> str:
        """'' where there are none."""
        if self.method == "maximise":
            return self.dream.csv_text()
        return words.csv_text(self.found, self.unit_words) if self.found else ""

    def menu(self) -> QMenu:
        """What can be done with what is shown."""
        menu = QMenu(self)
        menu.addAction(tr("Copy the numbers"), self.copy_numbers).setShortcut(QKeySequence.StandardKey.Copy)
        menu.addSeparator()
        for kind, said in SAVED.items():
            menu.addAction(tr(said), partial(self.save_requested.emit, kind))
        return menu

    # --- inside

    @property
    def _dreamt_of(self) -> str:
        channel = self.dream.last.channel if self.dream.last else self.unit.chosen_channel
        return self._named(self.unit.chosen_block, channel, self.unit.place)

    def _named(self, block: str, channel: int, place: Place) -> str:
        return words.unit_words(block, place, self.unit.name_of(channel), scored=block == self.output)

    def _show_heat(self, found: Attribution) -> None:
        values = floats(found.map)
        if not values.size:
            return
        heat = Heat(values, found.method in words.SIGNED, smooth=found.method == "gradcam")
        self.heat.show_heat(heat)
        self.side.bar.set_scale(*heat.scale)

    def _show_hover(self, row: int, column: int) -> None:
        heat = self.heat.heat
        if heat is None or row < 0:
            self.side.hover.setText("")
            return
        value = significant(float(heat.values[row, column]), 4)
        place = f"{tr('row')} {row}, {tr('column')} {column}" if len(heat.values) > 1 else f"{tr('cell')} {column}"
        self.side.hover.setText(f"{place}: {value}")

    def _choose_way(self) -> None:
        method = self.method
        self.found = None
        self.options.show_method(method)
        self.unit.offer_place(method != "patches")
        self.unit.offer_answer(method != "patches")
        self.side.show_method(tr(words.BY_METHOD[method].about), method not in PAGES)
        self._shown.setCurrentIndex(PAGES.get(method, 0))
        self._share_room()
        self.heat.show_heat(None)
        self._pages.setCurrentIndex(1)
        if method == "maximise":
            self.side.show_numbers(self.dream.numbers(self._dreamt_of))
        self.asked.emit()

    def _forget_dream(self) -> None:
        """Another unit: the image of the last one is not its."""
        self.dream.forget()
        if self.method == "maximise":
            self.side.show_numbers(self.dream.numbers(self._dreamt_of))

    # --- what the person does

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow panel the methods are a list, and the sample is not shown twice."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.sample.setVisible(not narrow)
        self.ways.setVisible(not narrow)
        self.way.setVisible(narrow)
        self._share_room()

    def _share_room(self) -> None:
        """In a low panel square pictures take no more width than they can use: the words get the rest."""
        low = self.height() < LOW
        self.side.set_low(low)
        pictures = {0: 1 if self.width() < NARROW else 2, PAGES["maximise"]: 2}.get(self._shown.currentIndex(), 0)
        room = max(LEAST, self._pages.height()) * pictures + GAP
        self._shown.setMaximumWidth(room if low and pictures else QWIDGETSIZE_MAX)

    def event(self, event: QEvent) -> bool:
        """Copying means the numbers here, not the canvas; Space starts and stops a dream, Esc what takes long."""
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            act = self._act_of(event)
            if act is not None:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    act()
                return True
        return super().event(event)

    def _act_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        if event.matches(QKeySequence.StandardKey.Copy):
            return self.copy_numbers
        if event.key() == Qt.Key.Key_Space and self.method == "maximise":
            return self.options.dream_toggled.emit
        if event.key() == Qt.Key.Key_Escape and self.side.stop.isVisibleTo(self):
            return self.stopped.emit
        return None

    def _open_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _connect(self) -> None:
        self.ways.chosen.connect(self.way.setCurrentIndex)
        self.ways.chosen.connect(lambda _at: self._choose_way())
        self.way.currentIndexChanged.connect(self.ways.setCurrentIndex)
        self.unit.changed.connect(self._forget_dream)
        self.unit.changed.connect(self.asked)
        self.options.changed.connect(self.asked)
        self.side.over.valueChanged.connect(lambda value: self.heat.set_share(value / 100))
        self.heat.hovered.connect(self._show_hover)
        self.heat.drawn.connect(self._tell_drawn)
        self.patches.drawn.connect(self._tell_drawn)
        self.patches.chosen.connect(self.sample_chosen)
        self.dream.image.drawn.connect(self.dream_drawn)
        self.side.stop.clicked.connect(self.stopped)
        self.more.clicked.connect(self._open_menu)

    def _tell_drawn(self) -> None:
        if self.found is not None and self.found.share >= 1:
            self.shown.emit()

    # --- layout

    def _dress(self) -> None:
        self._seed = 0
        self.ways.set_choices(tuple(tr(way.name) for way in words.WAYS))
        self.way.setAccessibleName(tr("Method"))
        self.way.addItems([tr(way.name) for way in words.WAYS])
        self.ways.setUsesScrollButtons(False)
        self.ways.setFixedWidth(self.ways.sizeHint().width() + SPARE)
        for at, way in enumerate(words.WAYS):
            self.ways.setTabToolTip(at, tr(way.about))
        self.heat.set_share(self.side.over.value() / 100)
        self.more.setText("⋯")
        self.more.setAccessibleName(tr("Copy and save"))
        self.more.setToolTip(tr("Copy the numbers, save the picture"))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(6)
        head, row = QHBoxLayout(), FlowLayout(spacing=6)
        for field in (self.ways, self.way, *self.unit.fields, *self.options.fields):
            field.setFixedHeight(FIELD)
            row.addWidget(field)
        head.addLayout(row, 1)
        head.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        self._pages.addWidget(self._sentence)
        self._pages.addWidget(self._body())
        column.addWidget(self._pages, 1)

    def _body(self) -> QWidget:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for page in (self._heat_page(), self.patches, self.dream):
            self._shown.addWidget(page)
        row.addWidget(self._shown, 3)
        row.addWidget(self.side, 2)
        return body

    def _heat_page(self) -> QWidget:
        page = QWidget()
        pair(page, self.sample, self.heat)
        return page
