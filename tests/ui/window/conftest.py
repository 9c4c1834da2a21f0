"""A furnished window without a worker, and the hands that act on its canvas: real mouse, key and drop events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.network.document import Document
from convstudio.ui import app
from convstudio.ui.canvas.carrying import BLOCK_MIME
from convstudio.ui.folders import Folders
from convstudio.ui.main_window import MainWindow
from convstudio.ui.session import Session
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


@pytest.fixture
def bench(qtbot, tmp_path) -> Workbench:
    """A window with the first example, furnished, 1440 × 900, no worker."""
    app.make_application()
    window = MainWindow(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    made = app.furnish(window, None)
    window.resize(1440, 900)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "may_close", lambda: True))
    with qtbot.waitExposed(window):
        window.show()
    return made


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
