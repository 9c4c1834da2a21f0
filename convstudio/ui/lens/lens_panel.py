"""The Lens tab: where a unit looks, how its value comes about, and where it lies, side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convstudio.network.terms import Moved, Place, Spread, Stages, Sum
from convstudio.protocol.messages import Explanation
from convstudio.ui.lens import scenes
from convstudio.ui.lens.field_sight import FieldSight
from convstudio.ui.lens.field_view import FieldView
from convstudio.ui.lens.map_side import MapSide
from convstudio.ui.lens.scan_bar import ScanBar
from convstudio.ui.lens.sheet import Sheet, csv_text
from convstudio.ui.lens.sheet_view import SheetView
from convstudio.ui.lens.sheets import sheet as sheet_of
from convstudio.ui.lens.unit_head import UnitHead
from convstudio.ui.lens.words import headline, input_words, output_words
from convstudio.ui.live.sentence import Sentence
from convstudio.ui.text import tr
from convstudio.ui.theme import number_font

NARROW = 640
"""Pixels of width below which some words are left out."""
LOW, LOW_FONT = 230, 7.5
"""Pixels of height below which there is little room, and the points of the formula then."""
SAVED = {
    "png": "Save the picture (PNG)…",
    "svg": "Save the drawing (SVG)…",
    "pdf": "Save the document (PDF)…",
    "csv": "Save the numbers (CSV)…",
}
MOVES: dict[Qt.Key, tuple[int, int]] = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class LensPanel(QWidget):
    """Shows explanations, and tells which unit or input channel the person wants to see instead."""

    unit_chosen = Signal(int, tuple)
    """Channel and place."""
    unit_hovered = Signal(str, int, tuple)
    """Block, channel and place of the unit of the result under the mouse."""
    unit_left = Signal()
    input_chosen = Signal(int, int)
    """Port and channel."""
    save_requested = Signal(str)
    """'png', 'svg', 'pdf' or 'csv'."""
    field_toggled = Signal()
    """The receptive field is wanted, or not any more."""
    mask_requested = Signal(str, str, int, int)
    """Block, '' for its first weights, output and input channel of a mask that is to be edited."""
    shown = Signal()
    """An explanation is on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self.classes: tuple[str, ...] = ()
        """Names of the classes of the data set."""
        self.muted: Callable[[str, int], str] = lambda block, channel: ""
        """What is said of a map that is switched off; '' where it is not."""
        self._port = 0
        self._scanning = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Lens"))
        self._sentence = Sentence()
        self.ports = QComboBox()
        self.ports.setAccessibleName(tr("Which input is shown"))
        self.input = MapSide(
            tr("Input map with what the unit looks at"), tr("Channels of the input"), between=(self.ports,)
        )
        self.output = MapSide(tr("Output map with the unit"), tr("Channels of the output"))
        self.head = UnitHead()
        self.view = SheetView()
        self.field = FieldView()
        self.field.hide()
        self.field_button = QToolButton()
        self.field_button.setText(tr("Receptive field"))
        self.field_button.setCheckable(True)
        self.field_button.setObjectName("choice")
        self.field_button.setToolTip(tr("Show on the image what the unit can see, and what moves it (R)"))
        self.formula = QLabel()
        self.scan = ScanBar()
        self.more = QToolButton()
        self.more.setText("⋯")
        self.more.setAccessibleName(tr("Edit, copy and save"))
        self.more.setToolTip(tr("Edit the mask, copy the numbers, save the picture"))
        self._build()
        self._connect()
        self.show_nothing(tr("Select a block to look into it: how each of its values comes about."))

    # --- slots

    def show_nothing(self, sentence: str) -> None:
        """Nothing can be explained; say why."""
        self._sheet = None
        self.scan.stop()
        self._sentence.setText(sentence)
        self._pages.setCurrentIndex(0)

    def on_explanation(self, found: Explanation) -> None:
        """Show how the value of a unit comes about."""
        before = self._sheet
        self._sheet = sheet_of(found, self.classes)
        if before is None or before.found.block != found.block or self._port >= len(found.inputs):
            self._port, self._scanning = 0, False
        self._follow_source(before)
        self._show_ports()
        self._show_middle()
        self._show_input()
        self._show_output()
        self.scan.show_position(scenes.position(found), scenes.positions(found))
        self._pages.setCurrentIndex(1)

    def show_field(self, sight: FieldSight) -> None:
        """The receptive field of the unit that is shown."""
        self.field.show_sight(sight)

    @property
    def field_wanted(self) -> bool:
        """The image with the receptive field is shown instead of the block's input."""
        return self.field_button.isChecked()

    @property
    def sheet(self) -> Sheet | None:
        return self._sheet

    @property
    def found(self) -> Explanation | None:
        return self._sheet.found if self._sheet else None

    @property
    def port(self) -> int:
        """Which input is shown."""
        return self._port

    @property
    def sentence(self) -> str:
        """What is said where nothing can be shown; '' where something is."""
        return self._sentence.text() if self._pages.currentIndex() == 0 else ""

    # --- painting

    def _follow_source(self, before: Sheet | None) -> None:
        """Where a value is handed on from another input than the one before was, that input is shown."""
        assert self._sheet is not None
        source, last = _source(self._sheet), _source(before)
        if source and source != last:
            self._port = source[1]

    def _show_middle(self) -> None:
        assert self._sheet is not None
        found = self._sheet.found
        muted = self.muted(found.block, found.channel)
        self.head.show_words(tr(self._sheet.title), f"{headline(found)} · {muted}" if muted else headline(found))
        self.view.show_sheet(self._sheet)
        self.formula.setText(self._sheet.formula())
        self.formula.setToolTip(self._sheet.formula())

    def _show_input(self) -> None:
        assert self._sheet is not None
        found = self._sheet.found
        there = bool(found.inputs)
        self.input.setVisible(there and not self.field_wanted)
        self.field.setVisible(self.field_wanted)
        if not there:
            return
        seen = found.inputs[self._port]
        self.input.words.setText(input_words(seen))
        self.input.picture.show_scene(scenes.input_scene(self._sheet, self._port))
        self.input.show_strip(seen)

    def _show_output(self) -> None:
        assert self._sheet is not None
        found = self._sheet.found
        self.output.words.setText(output_words(found.output, found.channel))
        position = scenes.frame_position(found) if self._scanning else None
        self.output.picture.show_scene(scenes.output_scene(self._sheet, position))
        self.output.show_strip(found.output)

    def _show_ports(self) -> None:
        assert self._sheet is not None
        names = [seen.block for seen in self._sheet.found.inputs]
        self.ports.setVisible(len(names) > 1)
        with QSignalBlocker(self.ports):
            if names != [self.ports.itemText(n) for n in range(self.ports.count())]:
                self.ports.clear()
                self.ports.addItems(names)
            self.ports.setCurrentIndex(self._port)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow panel the bar says less; in a low one the formula is smaller, so that the cells have room."""
        super().resizeEvent(event)
        low = self.height() < LOW
        self.formula.setFont(number_font(LOW_FONT) if low else number_font())
        self._around.setContentsMargins(*((8, 3, 8, 3) if low else (12, 6, 12, 6)))
        self._body.setSpacing(8 if low else 16)
        narrow = self.width() < NARROW
        self.scan.words.setVisible(not narrow)
        self.field_button.setText(tr("Field") if narrow else tr("Receptive field"))

    # --- what the person does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.found is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in MOVES:
            self._move(*MOVES[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._change_channel(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            self._change_input(-1 if key == Qt.Key.Key_Comma else 1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.scan.stop()
            self.scan.go(0 if key == Qt.Key.Key_Home else scenes.positions(self.found) - 1)
        elif key == Qt.Key.Key_Space:
            self.scan.toggle()
        elif key == Qt.Key.Key_R:
            self.field_button.toggle()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Copying means the numbers here, not the blocks of the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            wanted = (Qt.Key.Key_Space, Qt.Key.Key_R, Qt.Key.Key_Comma, Qt.Key.Key_Period, *MOVES)
            if event.matches(QKeySequence.StandardKey.Copy) or Qt.Key(event.key()) in wanted:
                event.accept()
                return True
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            self.copy_numbers()
            return True
        return super().event(event)

    def copy_numbers(self) -> None:
        """All numbers of the explanation as comma-separated text."""
        if self._sheet is not None:
            QGuiApplication.clipboard().setText(csv_text(self._sheet, headline(self._sheet.found)))

    def menu(self) -> QMenu:
        """What can be done with what is shown."""
        menu = QMenu(self)
        if self.found is not None and _has_mask(self.found):
            menu.addAction(tr("Edit this mask in the mask lab"), self._ask_for_mask).setShortcut("M")
            menu.addSeparator()
        menu.addAction(tr("Copy the numbers"), self.copy_numbers).setShortcut(QKeySequence.StandardKey.Copy)
        menu.addSeparator()
        for kind, words in SAVED.items():
            menu.addAction(tr(words), partial(self.save_requested.emit, kind))
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _move(self, down: int, across: int) -> None:
        found = self.found
        assert found is not None
        if len(found.place) < 2:
            self.scan.step(down + across)
            return
        *frame, row, column = found.place
        self._choose(found.channel, (*frame, row + down, column + across))

    def _change_channel(self, distance: int) -> None:
        found = self.found
        assert found is not None
        self._choose(found.channel + distance, found.place)

    def _change_input(self, distance: int) -> None:
        if self.found and self.found.inputs:
            seen = self.found.inputs[self._port]
            self._choose_input(min(max(seen.channel + distance, 0), seen.dims[0] - 1))

    def _choose(self, channel: int, place: Place) -> None:
        """Another unit, by hand: the scan ends, and the whole map is seen again. Outside the map nothing happens."""
        found = self.found
        if found is None:
            return
        inside = all(0 <= n < length for n, length in zip((channel, *place), found.output.dims, strict=True))
        self.scan.stop()
        self._scanning = False
        if inside and (channel, place) != (found.channel, found.place):
            self.unit_chosen.emit(channel, place)
        else:
            self._show_output()

    def _choose_place(self, row: int, column: int) -> None:
        found = self.found
        assert found is not None
        self._choose(*((column, ()) if len(found.output.dims) == 1 else (found.channel, _place(found, row, column))))

    def _hover_place(self, row: int, column: int) -> None:
        """Tell which unit of the result is under the mouse."""
        if self.found is not None and len(self.found.output.dims) > 1:
            self.unit_hovered.emit(self.found.block, self.found.channel, _place(self.found, row, column))

    def _choose_channel(self, channel: int) -> None:
        if self.found is not None:
            self._choose(channel, self.found.place)

    def _choose_input(self, channel: int) -> None:
        self.input_chosen.emit(self._port, channel)
        self.view.reveal(self._port, channel)

    def _choose_port(self, port: int) -> None:
        self._port = port
        self._show_input()

    def _toggle_field(self) -> None:
        if self._sheet is not None:
            self._show_input()
        self.field_toggled.emit()

    def _ask_for_mask(self) -> None:
        """The mask from the input channel that is shown to this output channel; of two stages, the first's."""
        found = self.found
        if found is None:
            return
        shown = found.inputs[self._port].channel if found.inputs else 0
        place = (found.channel, shown) if isinstance(found.terms, Sum) else (shown, found.channel)
        self.mask_requested.emit(found.block, "", *place)

    def _scan_to(self, position: int) -> None:
        if self.found is not None:
            self._scanning = True
            self.unit_chosen.emit(*scenes.unit_at(self.found, position))

    def _connect(self) -> None:
        self.output.picture.chosen.connect(self._choose_place)
        self.output.picture.hovered.connect(self._hover_place)
        self.output.picture.left.connect(self.unit_left)
        self.output.strip.selected.connect(self._choose_channel)
        self.input.strip.selected.connect(self._choose_input)
        self.ports.currentIndexChanged.connect(self._choose_port)
        self.output.picture.drawn.connect(self.shown)
        self.field_button.toggled.connect(self._toggle_field)
        self.more.clicked.connect(self._open_menu)
        self.scan.position_requested.connect(self._scan_to)

    # --- layout

    def _build(self) -> None:
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._sentence)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(6)
        body = self._body = QHBoxLayout()
        body.addWidget(self.input, 5)
        body.addWidget(self.field, 8)
        body.addWidget(self._middle(), 11)
        body.addWidget(self.output, 5)
        column.addLayout(body, 1)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.scan, 1)
        foot.addWidget(self.field_button)
        foot.addWidget(self.more)
        column.addLayout(foot)
        self._pages.addWidget(page)

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        card = QFrame()
        card.setObjectName("card")
        inside = self._around = QHBoxLayout(card)
        self.formula.setWordWrap(True)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(self.formula)
        column.addWidget(self.head)
        column.addWidget(self.view, 1)
        column.addWidget(card)
        return middle


def _has_mask(found: Explanation) -> bool:
    """Whether a mask that can be edited makes the value."""
    terms = found.terms
    return isinstance(terms, Stages | Spread) or (isinstance(terms, Sum) and terms.scanning is not None)


def _source(sheet: Sheet | None) -> tuple[str, int] | None:
    """The block, and the input that its value is handed on from as it is; None where it is made of several."""
    terms = sheet.found.terms if sheet else None
    return (sheet.found.block, terms.port) if sheet and isinstance(terms, Moved) else None


def _place(found: Explanation, row: int, column: int) -> Place:
    """The place of a cell of the output's picture; of a clip, in the frame that is shown."""
    return {1: (column,), 2: (row, column)}.get(len(found.place)) or (found.place[0], row, column)
