"""A furnished window without a worker, and the hands that act on its canvas: real mouse, key and drop events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QEvent, QMetaMethod, QMimeData, QObject, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget
from shiboken6 import isValid

from convstudio.assets import asset
from convstudio.network.document import Document
from convstudio.ui import app
from convstudio.ui.canvas.carrying import BLOCK_MIME
from convstudio.ui.folders import Folders
from convstudio.ui.main_window import MainWindow
from convstudio.ui.session import Session
from convstudio.ui.theme import theme
from convstudio.ui.windows import Windows
from convstudio.ui.workbench import Workbench


class Hands:
    """Acts on the canvas in canvas coordinates."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.view = bench.canvas
        self.viewport = bench.canvas.viewport()

    def pixel(self, point: QPointF) -> QPoint:
        return self.view.mapFromScene(point)

    def middle(self, block_id: str) -> QPointF:
        item = self.bench.scene.blocks[block_id]
        return item.pos() + QPointF(item.look.size[0] / 2, item.look.size[1] / 2)

    def press(self, point: QPointF, *modifiers: Qt.KeyboardModifier) -> None:
        QTest.mousePress(self.viewport, Qt.MouseButton.LeftButton, _one(modifiers), self.pixel(point))

    def move(self, point: QPointF) -> None:
        QTest.mouseMove(self.viewport, self.pixel(point))

    def release(self, point: QPointF) -> None:
        QTest.mouseRelease(self.viewport, Qt.MouseButton.LeftButton, pos=self.pixel(point))

    def click(self, point: QPointF, *modifiers: Qt.KeyboardModifier) -> None:
        self.press(point, *modifiers)
        self.release(point)

    def drag(self, start: QPointF, end: QPointF) -> None:
        self.press(start)
        self.move((start + end) / 2)
        self.move(end)
        self.release(end)

    def key(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        QTest.keyClick(self.view, key, _one(modifiers))

    def hold(self, kind: str, point: QPointF) -> QMimeData:
        """Carry a block from the palette over the canvas, without letting go."""
        data = QMimeData()
        data.setData(BLOCK_MIME, kind.encode())
        entering = QDragEnterEvent(self.pixel(point), *_carried(data))
        QApplication.sendEvent(self.viewport, entering)
        if entering.isAccepted():  # Qt moves only what was let in; to what target otherwise is undefined
            QApplication.sendEvent(self.viewport, QDragMoveEvent(self.pixel(point), *_carried(data)))
        return data

    def take_away(self) -> None:
        """Carry what is held off the canvas again."""
        QApplication.sendEvent(self.viewport, QDragLeaveEvent())

    def drop(self, kind: str, point: QPointF) -> str:
        """Carry a block from the palette and let go. Returns the id of the new block."""
        self.let_go(self.hold(kind, point), point)
        (new_id,) = self.bench.store.selection
        return new_id

    def let_go(self, data: QMimeData, point: QPointF) -> None:
        """Drop what is carried."""
        QApplication.sendEvent(self.viewport, QDropEvent(QPointF(self.pixel(point)), *_carried(data)))

    def connect(self, source: str, target: str, port: str = "in") -> None:
        blocks = self.bench.scene.blocks
        self.drag(blocks[source].output_point(), blocks[target].input_point(port))


def _one(modifiers: tuple[Qt.KeyboardModifier, ...]) -> Qt.KeyboardModifier:
    return modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier


def _carried(data: QMimeData) -> tuple[object, ...]:
    return Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Lent:
    """A window that test after test borrows, for as long as each leaves it as it was made.

    Making one takes longer than most tests. Between two tests the program itself opens the first example again. If
    then anything is not as in the new window (what is seen, what can be done, what hangs on its signals, what is
    remembered), it is thrown away, and the next test gets a new one.
    """

    def __init__(self, settings: QSettings) -> None:
        self.window = MainWindow(settings)
        self.bench = app.furnish(self.window, None)
        self.window.resize(1440, 900)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self._clean()
        self._new = self._looks()

    def is_as_new(self) -> bool:
        """Make it so, as far as the program can."""
        if not isValid(self.window) or not self.window.isVisible() or QApplication.activePopupWidget():
            return False
        self._clean()
        return self._looks() == self._new

    def throw_away(self) -> None:
        if isValid(self.window):
            self.window.may_close = lambda: True
            self.window.close()
            self.window.deleteLater()

    def _clean(self) -> None:
        self.bench.store.open(Document(), None)
        self.bench.files.open_example(asset(*app.FIRST_EXAMPLE))
        for notice in self.bench.notices.open:
            self.bench.notices.close(notice)
        self.bench.inspector.setCurrentIndex(0)
        self.window.resize(1440, 900)
        self.bench.canvas.setFocus()
        for _ in range(3):  # what follows a moment later asks in its turn for another layout
            QApplication.processEvents()

    def _looks(self) -> dict[str, object]:
        window, parts = self.window, [part for part in vars(self.bench).values() if isinstance(part, QObject)]
        seen = [widget for widget in window.findChildren(QWidget) if widget.isVisible()]
        store, settings = self.bench.store, window.settings
        return {
            "seen": [(type(w), w.objectName(), w.geometry(), w.isEnabled(), _words(w)) for w in seen],
            "actions": [(a.text(), a.isEnabled(), a.isVisible(), a.isChecked()) for a in window.findChildren(QAction)],
            "settings": {key: settings.value(key) for key in settings.allKeys()},
            "parts": [*window.findChildren(QObject, options=DIRECT), *self.bench.findChildren(QObject, options=DIRECT)],
            "attributes": [vars(part).keys() for part in (window, self.bench, *parts)],
            "followers": [part.receivers(f"2{signal}") for part in parts for signal in _signals(type(part))],
            "document": (store.document, store.title, store.path, store.level, store.selection, store.history.modified),
            "camera": (self.bench.canvas.transform(), self.bench.canvas.sceneRect()),
            "recent": self.bench.windows.recent.paths,
            "focus": window.focusWidget(),
            "busy": (self.bench.canvas.busy, QApplication.overrideCursor()),
            "theme": theme.dark,
        }


DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


@cache
def _signals(kind: type[QObject]) -> tuple[str, ...]:
    methods = (kind.staticMetaObject.method(n) for n in range(kind.staticMetaObject.methodCount()))
    signals = [m for m in methods if m.methodType() is QMetaMethod.MethodType.Signal]
    return tuple(m.methodSignature().data().decode() for m in signals if m.name().data() != b"destroyed")


def _words(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else ""


@pytest.fixture(scope="module")
def _lent(qapp) -> Iterator[list[Lent]]:
    """The window that is lent, if there is one; it does not outlive the tests of a file."""
    held: list[Lent] = []
    yield held
    for lent in held:
        lent.throw_away()


@pytest.fixture
def bench(_lent, tmp_path_factory) -> Workbench:
    """A window with the first example, furnished, 1440 × 900, no worker."""
    if _lent and not _lent[0].is_as_new():
        _lent.pop().throw_away()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if not _lent:
        app.make_application()
        settings = tmp_path_factory.mktemp("window") / "settings.ini"
        _lent.append(Lent(QSettings(str(settings), QSettings.Format.IniFormat)))
    return _lent[0].bench


@pytest.fixture
def first_steps(bench: Workbench) -> Callable[..., None]:
    """Open the smallest example, with these settings of its training."""

    def opened(**settings: object) -> None:
        bench.files.open_example(asset("examples", "first-steps.convstudio"))
        training = with_fields(bench.store.document.training, **settings)
        bench.store.do("settings", replace(bench.store.document, training=training))

    return opened


@pytest.fixture
def with_worker(bench: Workbench, qtbot, tmp_path) -> Iterator[Callable[[], Session]]:
    """Complete the window: its session, whose real worker has said hello. After the test no process is left."""
    made: list[tuple[Session, int]] = []

    def complete() -> Session:
        session = app.complete(bench, tmp_path / "runs")
        with qtbot.waitSignal(session.link.hello_received, timeout=60_000) as hello:
            pass
        made.append((session, hello.args[0].process))
        return session

    yield complete
    for session, process in made:
        session.close()
        assert not Path(f"/proc/{process}").exists()


@pytest.fixture
def empty(bench: Workbench) -> Workbench:
    """The same window with an empty canvas."""
    bench.store.open(Document(), None)
    return bench


@pytest.fixture
def folders(tmp_path) -> Folders:
    """Where a program keeps its data; nothing is there yet."""
    return Folders(tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def windows(qtbot, tmp_path, folders):
    """The windows of a program, without workers; all are closed after the test."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = Windows(settings, folders, lambda bench: None)
    yield made
    for bench in made.benches:
        bench.window.may_close = lambda: True
        bench.window.close()
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow):
            window.deleteLater()  # the last one is left to the end of the program


@pytest.fixture
def open_window(windows, qtbot):
    """Open one more window and wait until it is furnished. Returns its workbench."""

    def make(fill=lambda _bench: None):
        with qtbot.waitSignal(windows.changed):
            windows.open(fill)
        return windows.benches[-1]

    return make


@pytest.fixture
def hands(bench: Workbench) -> Hands:
    """Hands that hold nothing: a button that an earlier test has not let go of would be held on."""
    made = Hands(bench)
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
        if QApplication.mouseButtons() & button:
            QTest.mouseRelease(made.viewport, button)
    return made
