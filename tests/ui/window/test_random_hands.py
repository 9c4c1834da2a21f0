"""A random walk over the whole window: whatever hands do, the picture is that of the document, and undo leads back.

WALKS=500 in the environment takes five hundred walks instead of the few of every day; with MINUTES=5 each walk lasts
so long, thousands of actions in one window, and SEED=7 names the first seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from itertools import count, takewhile
from time import monotonic

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, qInstallMessageHandler
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QMenu, QPushButton, QSpinBox, QWidget

from convstudio.blocks import catalogue
from convstudio.network import file
from convstudio.network.group import MAX_REPEAT, Group
from convstudio.network.resolve import resolve
from convstudio.ui.canvas import motion
from convstudio.ui.canvas.fix_preview import FixPreview
from convstudio.ui.editing.context_menu import ContextMenu
from convstudio.ui.files.files import examples
from convstudio.ui.problems.card import ProblemCard
from convstudio.ui.theme import theme

ACTIONS = 220
MINUTES = float(os.environ.get("MINUTES", "0"))
FIRST = int(os.environ.get("SEED", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("WALKS", "3")))
KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape, Qt.Key.Key_A),
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_C, Qt.Key.Key_F, Qt.Key.Key_Backspace),
)
TYPED = (
    "5",
    "3 × 7",
    "nonsense",
    "",
    "0",
    "-1",
    "99999999999",
    "0,5",
    "none",
    "1 2 3 4",
    "Ärger",
    "inf",
    "nan",
    "<b>x",
)
ODD = "a\ud83d\x07\x1b b\u2028c\u2029d\r\ne😀\t"
"""What a clipboard may bring: half of a pair, signs that steer printers, and several kinds of line ends."""
COMMANDS = (
    *("undo", "undo", "undo", "redo", "cut", "copy", "paste", "duplicate", "delete", "select_all"),
    *("add_note", "frame", "rename", "add_note", "frame", "copy_picture"),
    *("tidy", "tidy", "align_left", "align_middle", "align_bottom", "distribute_across", "distribute_down", "connect"),
    *("align_centre", "align_right", "align_top", "group", "group", "ungroup", "open_group", "level_up"),
    *("next_problem", "previous_problem", "problems", "show_advice", "select_inside"),
    *("select_upstream", "select_downstream", "select_connected", "select_kind", "invert_selection", "find_block"),
    *(
        "zoom_selection",
        "fit",
        "zoom_in",
        "zoom_out",
        "zoom_actual",
        "show_live",
        "show_inspector",
        "show_blocks",
        "dark",
    ),
)


def rounds() -> Iterator[int]:
    """As many as a walk has actions."""
    until = monotonic() + 60 * MINUTES
    return iter(range(ACTIONS)) if not MINUTES else takewhile(lambda _: monotonic() < until, count())


class Walk:
    """One walk: picks an action and a place by its seed, and remembers what it did for the message of a failure."""

    def __init__(self, bench, hands, seed: int) -> None:
        self.bench, self.hands, self.dice = bench, hands, random.Random(seed)
        self.preview = bench.window.findChild(FixPreview)
        self.held = False
        self.done: list[str] = []
        self.start = bench.store.document

    # --- where --------------------------------------------------------------------------------------------------------

    def anywhere(self) -> QPointF:
        size = self.hands.viewport.size()
        pixel = QPoint(self.dice.randrange(size.width()), self.dice.randrange(size.height()))
        return self.hands.view.mapToScene(pixel)

    def place(self) -> QPointF:
        """On a block, a port or a wire, beside a loose end, on the edge or the head of a note, or anywhere."""
        notes = list(self.bench.store.network.notes.values())
        if notes and self.dice.random() < 0.2:
            note = self.dice.choice(notes)
            return QPointF(note.x + note.width * self.dice.choice([0, 0.4, 1]), note.y + self.dice.choice([0, 15]))
        blocks, wires = list(self.bench.scene.blocks.values()), list(self.bench.scene.wires.values())
        kind = self.dice.randrange(6)
        if kind == 0 and wires:
            return self.dice.choice(wires).middle()
        if kind == 1 and blocks:
            return self.dice.choice(blocks).output_point()
        if kind == 2 and blocks:
            item = self.dice.choice(blocks)
            return item.input_point(self.dice.choice(item.look.inputs)[0]) if item.look.inputs else item.pos()
        if kind == 3 and blocks:
            return self.dice.choice(blocks).output_point() + QPointF(self.dice.randrange(160), self.dice.randrange(90))
        return self.hands.middle(self.dice.choice(blocks).block_id) if kind == 4 and blocks else self.anywhere()

    def field(self, kind: type[QWidget]) -> QWidget | None:
        """A field of that kind that can be seen in the inspector."""
        found = [w for w in self.bench.inspector.findChildren(kind) if w.isVisible() and w.isEnabled()]
        return self.dice.choice(found) if found else None

    # --- what ---------------------------------------------------------------------------------------------------------

    def drop(self) -> None:
        data = self.hands.hold(self.dice.choice(list(catalogue())), self.place())
        if self.dice.random() < 0.2:
            self.hands.view.dragLeaveEvent(None)
        else:
            self.hands.let_go(data, self.place())

    def wire(self) -> None:
        self.hands.drag(self.place(), self.place())

    def click(self) -> None:
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        self.hands.click(self.place(), self.dice.choice([Qt.KeyboardModifier.NoModifier, shift, control]))

    def double_click(self) -> None:
        button = self.dice.choice([Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton])
        QTest.mouseDClick(self.hands.viewport, button, pos=self.hands.pixel(self.place()))

    def middle_drag(self) -> None:
        start, end = self.hands.pixel(self.place()), self.hands.pixel(self.anywhere())
        QTest.mousePress(self.hands.viewport, Qt.MouseButton.MiddleButton, pos=start)
        QTest.mouseMove(self.hands.viewport, end)
        QTest.mouseRelease(self.hands.viewport, Qt.MouseButton.MiddleButton, pos=end)

    def hold(self) -> None:
        """Begin a gesture that goes on while other things happen; the next time, end it."""
        point = self.place()
        if self.held:
            self.hands.release(point)
        else:
            self.hands.press(point)
            self.hands.move(self.place())
        self.held = not self.held

    def move(self) -> None:
        self.hands.move(self.place())

    def key(self) -> None:
        modifiers = Qt.KeyboardModifier
        self.hands.key(
            self.dice.choice(KEYS),
            self.dice.choice([modifiers.NoModifier, modifiers.ShiftModifier, modifiers.AltModifier]),
        )

    def keys(self) -> None:
        """Several keys in a row, as in walking and in connecting."""
        for _ in range(self.dice.randrange(2, 7)):
            self.key()

    def space_drag(self) -> None:
        """Pan with the space bar; now and then a hand forgets to let go of it until later."""
        QTest.keyPress(self.hands.view, Qt.Key.Key_Space)
        self.hands.drag(self.place(), self.anywhere())
        if self.dice.random() < 0.8:
            QTest.keyRelease(self.hands.view, Qt.Key.Key_Space)

    def alt_drag(self) -> None:
        """Carry a copy away; sometimes with the press of a key on the way."""
        self.hands.press(self.place(), Qt.KeyboardModifier.AltModifier)
        self.hands.move(self.place())
        if self.dice.random() < 0.2:
            self.key()
        self.hands.release(self.place())

    def menu(self) -> None:
        """Open the menu of the right button and choose from it."""
        pixel = self.hands.pixel(self.place())
        QTest.mousePress(self.hands.viewport, Qt.MouseButton.RightButton, pos=pixel)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pixel, self.hands.viewport.mapToGlobal(pixel))
        QApplication.sendEvent(self.hands.viewport, event)
        menu = self.bench.findChild(ContextMenu).menu
        actions = [a for a in menu.actions() if a.isEnabled() and not a.isSeparator() and not a.menu()]
        action = self.dice.choice(actions)
        self.done[-1] += f" {action.text()}"
        action.trigger()

    def answer(self) -> None:
        """Choose something from the search that is open, or leave it."""
        finder = self.bench.finder
        if finder.isVisible() and "example" not in finder.field.placeholderText():
            QTest.keyClicks(finder.field, self.dice.choice(["", "co", "re", "in", "zz"]))
            if "do?" in finder.field.placeholderText():
                QTest.keyClick(finder.field, Qt.Key.Key_Escape)
            else:
                QTest.keyClick(finder.field, self.dice.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape]))

    def command(self) -> None:
        name = self.dice.choice(COMMANDS)
        self.done[-1] += f" {name}"
        self.bench.actions[name].trigger()

    def wheel(self) -> None:
        place, turn = QPointF(self.hands.pixel(self.anywhere())), self.dice.choice([-120, 120, -360, 360])
        event = QWheelEvent(
            *(place, self.hands.viewport.mapToGlobal(place), QPoint(), QPoint(0, turn)),
            *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
        )
        QApplication.sendEvent(self.hands.viewport, event)

    def map_click(self) -> None:
        small = self.hands.view._minimap
        if small.isVisible():
            pos = QPoint(self.dice.randrange(small.width()), self.dice.randrange(small.height()))
            QTest.mouseClick(small, Qt.MouseButton.LeftButton, pos=pos)

    def choose_block(self) -> None:
        blocks, notes = list(self.bench.store.network.blocks), list(self.bench.store.network.notes)
        if blocks:
            noted = self.dice.sample(notes, min(len(notes), self.dice.choice([0, 0, 1])))
            chosen = self.dice.sample(blocks, min(len(blocks), self.dice.choice([1, 1, 1, 2])))
            self.bench.store.select(chosen, notes=noted)

    def gather(self) -> None:
        """Make a group of blocks that follow one another, and often give it a title."""
        network = self.bench.store.network
        if network.blocks:
            chain = [self.dice.choice(list(network.blocks))]
            for _ in range(self.dice.randrange(4)):
                chain += [w.target for w in network.outgoing.get(chain[-1], ())][:1]
            self.bench.store.select(chain)
            self.bench.actions["group"].trigger()
            if self.dice.random() < 0.7:
                self.write()

    def choose_group(self) -> bool:
        blocks = self.bench.store.network.blocks
        groups = [i for i, b in blocks.items() if isinstance(b.layer, Group)]
        self.bench.store.select([self.dice.choice(groups)] if groups else [])
        return bool(groups)

    def inside(self) -> None:
        """Look into a group, by one of the ways that there are, or out again."""
        if self.dice.random() < 0.3 or not self.choose_group():
            self.bench.actions["level_up"].trigger()
        elif self.dice.random() < 0.5:
            self.hands.key(Qt.Key.Key_Return)
        else:
            self.bench.actions["open_group"].trigger()

    def repeat(self) -> None:
        """Repeat a group, or dissolve it."""
        if not self.choose_group():
            return
        boxes = self.bench.inspector.block.findChildren(QSpinBox)
        found = [b for b in boxes if b.isVisible() and b.maximum() == MAX_REPEAT]
        if found and self.dice.random() < 0.7:
            found[0].setValue(self.dice.choice([1, 2, 3]))
        else:
            self.bench.actions["ungroup"].trigger()

    def into_the_void(self) -> None:
        """Draw a wire from a port to free canvas, and choose what is offered there, or leave it."""
        blocks = list(self.bench.scene.blocks.values())
        if blocks:
            item = self.dice.choice(blocks)
            ports = [item.output_point()] if item.look.output else []
            ports += [item.input_point(name) for name, _, _ in item.look.inputs]
            self.hands.drag(self.dice.choice(ports), self.anywhere())
            self.answer()

    def tab(self) -> None:
        self.bench.inspector.setCurrentIndex(self.dice.choice([0, 0, 0, 1, 2]))

    def type(self) -> None:
        line = self.field(QLineEdit)
        if line:
            line.setFocus()
            line.selectAll()
            text = self.dice.choice(TYPED)
            self.done[-1] += f" {text!r}"
            QTest.keyClicks(line, text) if text else line.clear()
            if self.dice.random() < 0.7:
                QTest.keyClick(line, Qt.Key.Key_Return)

    def write(self) -> None:
        """Type into the field on the canvas, if one is open, and perhaps end it."""
        field = self.bench.canvas.writing.field
        if field:
            if self.dice.random() < 0.2:
                field.insertPlainText(ODD)
            else:
                QTest.keyClicks(field, self.dice.choice(TYPED))
            end = self.dice.choice([Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Tab, None])
            if end is not None and self.bench.canvas.writing.field:
                QTest.keyClick(self.bench.canvas.writing.field, end)

    def step(self) -> None:
        box = self.field(QSpinBox)
        if box:
            box.stepBy(self.dice.choice([-1, 1, 10]))

    def tick(self) -> None:
        box = self.field(QCheckBox)
        if box:
            box.click()

    def pick(self) -> None:
        box = self.field(QComboBox)
        if box:
            box.setCurrentIndex(self.dice.randrange(box.count()))
            box.activated.emit(box.currentIndex())

    def fix(self) -> None:
        cards = [c for c in self.bench.window.findChildren(ProblemCard) if c.isVisible()]
        buttons = [b for c in cards for b in c.findChildren(QPushButton)]
        if buttons:
            self.dice.choice(buttons).click()

    def problem_in_status(self) -> None:
        self.bench.status._problems.click()
        self.bench.actions[self.dice.choice(["next_problem", "previous_problem", "show_advice"])].trigger()

    def open_example(self) -> None:
        if self.dice.random() < 0.15:
            self.bench.files.may_leave = lambda: True
            self.bench.files.open_example(self.dice.choice(examples()))
            self.start = self.bench.store.document

    def find(self) -> None:
        self.bench.actions[self.dice.choice(["add_block", "examples", "commands"])].trigger()
        field = self.bench.window.focusWidget()
        QTest.keyClicks(field, self.dice.choice(["co", "zzz", "", "a b"]))
        QTest.keyClick(field, self.dice.choice([Qt.Key.Key_Down, Qt.Key.Key_Up]))
        QTest.keyClick(field, Qt.Key.Key_Escape)

    def one(self) -> None:
        common: list[Callable[[], None]] = [
            self.drop,
            self.wire,
            self.click,
            self.command,
            self.type,
            self.write,
            self.choose_block,
        ]
        rare: list[Callable[[], None]] = [
            *(
                self.keys,
                self.keys,
                self.space_drag,
                self.alt_drag,
                self.menu,
                self.answer,
                self.answer,
                self.double_click,
                self.middle_drag,
                self.hold,
                self.move,
                self.key,
                self.wheel,
                self.map_click,
                self.tab,
            ),
            *(self.gather, self.gather, self.inside, self.inside, self.repeat, self.into_the_void, self.into_the_void),
            *(self.step, self.tick, self.pick, self.fix, self.problem_in_status, self.open_example, self.find),
        ]
        act = self.dice.choice(common * 2 + rare)
        self.done.append(act.__name__)
        act()

    # --- what must be so ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        store, scene = self.bench.store, self.bench.scene
        network = store.network
        scene.arrive()
        assert set(scene.blocks) == set(network.blocks) == set(store.analysis.blocks)
        assert set(scene.wires) == set(network.wires)
        assert set(store.selection) <= set(network.blocks)
        assert set(store.selected_notes) <= set(network.notes)
        assert store.selected_wire is None or store.selected_wire in network.wires
        self.check_inspector()
        if self.bench.canvas.busy or self.previewing():
            return
        assert all(item.opacity() == 1 for item in scene.blocks.values())
        assert len(scene.items()) == len(network.blocks) + len(network.wires) + len(network.notes)
        assert {i: item.note for i, item in scene.notes.items.items()} == network.notes
        assert all(line.isVisible() for line in scene.wires.values())
        assert {i: (b.x, b.y) for i, b in network.blocks.items()} == {
            i: (item.pos().x(), item.pos().y()) for i, item in scene.blocks.items()
        }
        for wire, line in scene.wires.items():
            assert line._ends == (
                scene.blocks[wire.source].output_point(),
                scene.blocks[wire.target].input_point(wire.port),
            )

    def previewing(self) -> bool:
        """Whether the canvas shows what a fix would do: only while its button has the focus or the mouse."""
        window = self.bench.window
        if not self.preview.shown:
            return False
        assert isinstance(window.focusWidget(), QPushButton) or any(
            button.underMouse() for button in window.findChildren(QPushButton)
        )
        return True

    def check_inspector(self) -> None:
        """The Block tab shows the one selected block, and its form that block's settings."""
        tab, chosen = self.bench.inspector.block, self.bench.store.selection
        shown = [f for f in tab._forms.values() if not f.isHidden()]
        if len(chosen) != 1:
            assert not shown
            return
        block = self.bench.store.network.blocks[chosen[0]]
        assert [f._value for f in shown] == [block.layer]
        if not tab._head.renamed.hasFocus():
            assert tab._head.renamed.text() == block.heading

    def check_file(self) -> None:
        """Whatever was made can be saved, comes back as it was, and is understood or said to be wrong."""
        document = self.bench.store.document
        assert file.parse(file.dump(document).encode(), catalogue()) == document
        resolve(document.network, catalogue())
        resolve(document.network, catalogue(), self.bench.store.sample)

    def back_and_forth(self) -> None:
        """Undo leads to the document that was opened, redo to the last that there was; all between can be saved."""
        while self.bench.store.history.redo_label:
            self.bench.store.redo()
        end = self.bench.store.document
        self.check_file()
        while self.bench.store.history.undo_label:
            self.bench.store.undo()
            self.check_file()
        assert self.bench.store.document == self.start
        self.check()
        while self.bench.store.history.redo_label:
            self.bench.store.redo()
        assert self.bench.store.document == end
        self.check()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_hands_do_the_picture_is_that_of_the_document(bench, hands, qtbot, seed, monkeypatch):
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # where there is no screen, no menu can take the keyboard
    monkeypatch.setattr(motion, "duration", lambda: 30 * (seed % 2))
    walk = Walk(bench, hands, seed)
    complaints: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _context, words: complaints.append(words))
    try:
        with qtbot.captureExceptions() as raised:
            for _ in rounds():
                walk.one()
                QApplication.processEvents()
                assert not raised, walk.done[-12:]
                assert not complaints, walk.done[-12:]
                try:
                    walk.check()
                except AssertionError as error:
                    raise AssertionError(f"after {walk.done[-12:]}: {error}") from error
            print(f"seed {seed}: {len(walk.done):,} actions")
            bench.canvas.writing.finish(False)
            hands.key(Qt.Key.Key_Escape)
            walk.back_and_forth()
    finally:
        qInstallMessageHandler(before)
        theme.set_dark(True)
    assert not raised
    assert not complaints
