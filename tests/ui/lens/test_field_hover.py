"""The field of the unit under the mouse is framed on the sample, and the frame goes with the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from chains import chain
from convstudio.blocks import Convolution, Input, MaxPool
from convstudio.network import edits
from convstudio.network.document import Document
from convstudio.protocol.messages import Array, Maps, View
from convstudio.ui.lens.field_hover import FieldHover
from convstudio.ui.lens.map_picture import MapPicture, MapScene
from convstudio.ui.live.maps_panel import MapsPanel
from convstudio.ui.live.sample_panel import SamplePanel
from convstudio.ui.store import DocumentStore


def store() -> DocumentStore:
    network = chain(Input(channels=1, axes=(12, 12)), Convolution(channels=2), MaxPool())
    made = DocumentStore()
    made.open(Document(network), None)
    return made


def test_a_unit_of_the_maps_tab_frames_what_it_sees(qtbot) -> None:
    sample, maps, document = SamplePanel(), MapsPanel(), store()
    for widget in (sample, maps):
        qtbot.addWidget(widget)
    sample.set_sample(np.full((1, 12, 12), 90, np.uint8))
    hover = FieldHover(document, sample)
    maps.unit_hovered.connect(hover.show)
    maps.unit_left.connect(hover.leave)
    maps.resize(700, 240)
    maps.show_block("max_pool_1", "Max pool")
    values = np.arange(72, dtype=np.uint8).reshape(2, 6, 6)
    view = View(block="max_pool_1", what="maps")
    maps.on_maps(
        Maps(run=0, step=0, view=view, maps=Array("uint8", values.shape, values.tobytes()), low=0, high=1, total=2)
    )
    with qtbot.waitExposed(maps):
        maps.show()
    grid = maps.grid
    layout = grid.tile_layout
    at = grid.place(1).topLeft()
    at.setX(at.x() + 3 * layout.across + 1)
    at.setY(at.y() + 2 * layout.down + 1)
    before = picture(sample)
    QTest.mouseMove(grid.viewport(), at)
    assert sample.picture.field == ((3, 5), (6, 8))
    assert picture(sample) != before
    QApplication.sendEvent(grid.viewport(), QEvent(QEvent.Type.Leave))
    assert sample.picture.field == ()
    hover.show("max_pool_1", 0, (0, 0))
    assert sample.picture.field == ((0, 0), (2, 2))
    document.edit("more", edits.append_after(document.network, "max_pool_1", Convolution())[0])
    assert sample.picture.field == ()
    hover.show("nobody", 0, (0, 0))
    assert sample.picture.field == ()


def picture(sample: SamplePanel) -> QImage:
    return sample.picture.grab().toImage()


def test_a_map_tells_the_cell_under_the_mouse(qtbot) -> None:
    shown = MapPicture("map")
    qtbot.addWidget(shown)
    shown.resize(100, 100)
    shown.show_scene(MapScene(np.zeros((4, 4), np.float32), 0, 1))
    with qtbot.waitExposed(shown):
        shown.show()
    with qtbot.waitSignal(shown.hovered) as cell:
        QTest.mouseMove(shown, shown.cell(2, 1).center().toPoint())
    assert cell.args == [2, 1]
    with qtbot.waitSignal(shown.left):
        QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))
    with qtbot.waitSignal(shown.chosen) as chosen:
        QTest.mousePress(shown, Qt.MouseButton.LeftButton, pos=shown.cell(0, 3).center().toPoint())
    assert chosen.args == [0, 3]


def test_a_signal_is_framed_through_all_its_rows(qtbot) -> None:
    sample = SamplePanel()
    qtbot.addWidget(sample)
    sample.set_sample(np.full((2, 20), 90, np.uint8))
    sample.show_field(((0, 4), (0, 9)), flat=True)
    assert sample.picture.field == ((0, 4), (0, 9))
    assert not picture(sample).isNull()
