"""The Why tab alone: what it asks, what it shows of an answer, the hand on it, numbers and files."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest

from convstudio.network.shape import Shape
from convstudio.protocol import messages as m
from convstudio.ui.saving.picture_files import PictureFiles
from convstudio.ui.store import DocumentStore
from convstudio.ui.why import words
from convstudio.ui.why.heat import SIGNED, Heat, HeatPicture, fitted
from convstudio.ui.why.poster import WhySaving
from convstudio.ui.why.why_panel import NARROW, WhyPanel

SHAPES = {
    "input_1": Shape(1, (4, 6)),
    "conv_1": Shape(3, (4, 6)),
    "fc_1": Shape(2, ()),
    "output_1": Shape(2, ()),
}
WAYS = [way.method for way in words.WAYS]


def packed(values: object, kind: str = "float32") -> m.Array:
    made = np.asarray(values, kind)
    return m.Array(kind, made.shape, made.tobytes())


def answer(method: m.Method = "gradient", values: object = ((0.0, 1.0), (2.0, 4.0)), **more: object) -> m.Attribution:
    given = {"block": "output_1", "channel": 1, "place": (), "share": 1.0, "value": 2.5, "map": packed(values)}
    return m.Attribution(run=0, step=7, ticket=1, method=method, **(given | more))


@pytest.fixture
def panel(qtbot) -> WhyPanel:
    made = WhyPanel()
    made.resize(1000, 240)
    qtbot.addWidget(made)
    made.output = "output_1"
    made.unit.set_blocks(SHAPES, "output_1", ("cat", "dog"))
    made.show_sample(np.arange(24, dtype=np.uint8).reshape(1, 4, 6))
    made.show()
    return made


def choose(panel: WhyPanel, method: str) -> None:
    panel.ways.setCurrentIndex(WAYS.index(method))


def test_at_first_it_asks_why_the_answer(panel) -> None:
    asked = panel.question
    assert (asked.method, asked.block, asked.channel, asked.place) == ("gradient", "output_1", -1, ())
    assert [panel.unit.channel.itemText(n) for n in range(3)] == ["its answer", "cat", "dog"]


def test_any_unit_of_any_layer_can_be_asked_for(panel, qtbot) -> None:
    panel.unit.block.setCurrentIndex(panel.unit.block.findData("conv_1"))
    panel.unit.channel.setCurrentIndex(panel.unit.channel.findData(2))
    assert (panel.question.block, panel.question.channel, panel.question.place) == ("conv_1", 2, ())
    qtbot.mouseClick(panel.unit.one, Qt.MouseButton.LeftButton, pos=QPoint(8, panel.unit.one.height() // 2))
    assert panel.question.place == (2, 3)
    panel.unit.places[1].setValue(5)
    panel.unit.places[0].setValue(99)
    assert panel.question.place == (3, 5)
    panel.unit.block.setCurrentIndex(panel.unit.block.findData("fc_1"))
    assert panel.question.place == ()
    assert not panel.unit.one.isVisible()


def test_each_change_asks_once(panel, qtbot) -> None:
    for change in (
        lambda: choose(panel, "occlusion"),
        lambda: panel.options.side.setValue(3),
        lambda: panel.options.tone.setCurrentIndex(1),
        lambda: panel.unit.channel.setCurrentIndex(1),
    ):
        with qtbot.waitSignal(panel.asked) as caught:
            change()
        assert caught.signal_triggered
    asked = panel.question
    assert (asked.method, asked.side, asked.stride, asked.tone, asked.channel) == ("occlusion", 3, 2, 0.5, 0)


@pytest.mark.parametrize("way", range(len(words.WAYS)))
def test_the_paragraph_is_seen_whole_where_the_window_is_small(panel, qtbot, way: int) -> None:
    """As large as the panel is in a window of 1024 × 700."""
    panel.resize(504, 198)
    panel.ways.setCurrentIndex(way)
    panel.side.show_numbers("score of “7” = 0.1558\nlargest = 0.0009309 at row 9, column 5\nmaps of conv_2: 14 × 14")
    qtbot.waitUntil(lambda: panel.side.verticalScrollBar().maximum() == 0)
    assert panel.side.numbers.text().count(" · ") == 2
    panel.resize(504, 400)
    assert panel.side.numbers.text().count("\n") == 2


def test_an_edit_keeps_the_choice_where_its_block_stays(panel) -> None:
    panel.unit.choose("conv_1", 2, (1, 1))
    panel.unit.set_blocks({**SHAPES, "relu_1": Shape(3, (4, 6))}, "output_1", ("cat", "dog"))
    assert (panel.question.block, panel.question.channel, panel.question.place) == ("conv_1", 2, (1, 1))
    panel.unit.set_blocks({"input_1": SHAPES["input_1"]}, "", ())
    assert panel.question.block == "input_1"
    panel.unit.set_blocks({}, "", ())
    assert panel.question is None


def test_looking_at_patches_does_not_forget_that_the_answer_was_chosen(panel) -> None:
    choose(panel, "patches")
    assert panel.question.channel == 0
    choose(panel, "gradient")
    assert panel.question.channel == -1
    choose(panel, "patches")
    panel.unit.channel.setCurrentIndex(1)
    choose(panel, "gradient")
    assert panel.question.channel == 1


def test_the_same_sample_again_leaves_what_was_found(panel) -> None:
    sample = np.arange(24, dtype=np.uint8).reshape(1, 4, 6)
    panel.show_answer(answer())
    panel.show_sample(sample.copy())
    assert panel.heat.heat is not None
    panel.show_sample(sample[:, ::-1])
    assert panel.heat.heat is None


def test_an_answer_is_shown_with_its_numbers(panel, qtbot) -> None:
    with qtbot.waitSignal(panel.shown):
        panel.show_answer(answer())
        panel.heat.repaint()
    assert panel.side.numbers.text() == "score of “dog” = 2.5\nlargest = 4 at row 1, column 1"
    assert panel.side.bar.numbers == ("0", "4")
    assert not panel.side.stop.isVisible()
    frame = panel.heat.frame()
    corner = QPointF(frame.left() + frame.width() * 0.75, frame.top() + frame.height() * 0.75)
    QTest.mouseMove(panel.heat, corner.toPoint())
    assert panel.side.hover.text() == "row 1, column 1: 4"


def test_completeness_is_said_in_numbers(panel) -> None:
    choose(panel, "integrated")
    panel.show_answer(answer("integrated", [[1.0, -0.5]], baseline=2.0, total=0.49))
    assert panel.side.numbers.text().splitlines()[1:] == [
        "for a black image = 2",
        "Σ of all cells = 0.49",
        "difference of the two = 0.5 (2 % off)",
    ]
    assert panel.side.bar.numbers == ("−1", "0", "1")


def test_a_map_of_zeros_is_explained(panel) -> None:
    choose(panel, "gradcam")
    panel.show_answer(answer("gradcam", np.zeros((2, 2)), layer="conv_1"))
    assert "Nothing in these maps speaks for this unit" in panel.side.numbers.text()
    assert "maps of conv_1: 2 × 2" in panel.side.numbers.text()


def test_while_it_works_it_can_be_stopped(panel, qtbot) -> None:
    choose(panel, "occlusion")
    panel.show_answer(answer("occlusion", share=0.25))
    assert panel.side.progress.value() == 250
    with qtbot.waitSignal(panel.stopped):
        qtbot.mouseClick(panel.side.stop, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.stopped):
        QTest.keyClick(panel, Qt.Key.Key_Escape)
    panel.show_answer(answer("occlusion", share=1.0))
    with qtbot.assertNotEmitted(panel.stopped):
        QTest.keyClick(panel, Qt.Key.Key_Escape)


def test_why_there_is_no_answer_is_said(panel) -> None:
    panel.show_nothing("fc_1 has no spatial map.")
    assert panel.sentence == "fc_1 has no spatial map."
    panel.show_answer(answer())
    assert panel.sentence == ""


def test_a_patch_brings_its_sample(panel, qtbot) -> None:
    choose(panel, "patches")
    assert not panel.unit.one.isVisible()
    assert panel.question.channel == 0
    patches = tuple(
        m.SamplePatch(n, 3.0 - n, (0, 1), ((0, 1), (1, 2)), packed([[[9, 9], [9, 9]]], "uint8")) for n in (4, 8)
    )
    panel.show_answer(answer("patches", np.zeros((0, 0)), patches=patches, samples=20))
    inside = panel.patches.inside
    with qtbot.waitSignal(panel.sample_chosen) as caught:
        qtbot.mouseClick(inside, Qt.MouseButton.LeftButton, pos=inside.place(1).center())
    assert caught.args == [8]
    QTest.keyClick(inside, Qt.Key.Key_Left)
    with qtbot.waitSignal(panel.sample_chosen) as caught:
        QTest.keyClick(inside, Qt.Key.Key_Return)
    assert caught.args == [4]
    assert panel.patches.patches[1].where == "sample 9, cells 0–1, 1–2: −5"
    assert panel.csv_text().splitlines()[-1] == "8,-5.0,0 1,0-1 1-2"


def dreamt(steps: int, values: list[float], **more: object) -> m.Dreamt:
    image = packed(np.full((1, 4, 6), 128), "uint8")
    return m.Dreamt(ticket=1, channel=1, image=image, values=packed(values), steps=steps, **more)


def test_a_dream_grows_its_curve(panel, qtbot) -> None:
    choose(panel, "maximise")
    assert panel.question is None
    assert "Press Start" in panel.side.numbers.text()
    with qtbot.waitSignal(panel.options.dream_toggled):
        qtbot.mouseClick(panel.options.dream, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.options.dream_toggled):
        QTest.keyClick(panel, Qt.Key.Key_Space)
    panel.show_dream(dreamt(0, [1.0]))
    with qtbot.waitSignal(panel.dream_drawn):
        panel.show_dream(dreamt(2, [1.5, 2.0]))
        panel.dream.image.repaint()
    assert panel.dream.curve.values == [1.0, 1.5, 2.0]
    assert panel.side.numbers.text() == "score of “dog” = 2\n2 steps"
    assert panel.csv_text() == "step,value\n0,1.0\n1,1.5\n2,2.0\n"
    panel.show_dream(dreamt(0, [0.0], still=True))
    assert "Nothing of this image moves the unit" in panel.side.numbers.text()
    panel.unit.channel.setCurrentIndex(1)
    assert panel.dream.curve.values == []


def test_numbers_are_copied_by_the_keyboard(panel) -> None:
    panel.show_answer(answer())
    QTest.keyClick(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines == ["method,gradient", 'unit,"score of “dog”"', "value,2.5", "step,7", "0.0,1.0", "2.0,4.0"]


@pytest.mark.parametrize("method", WAYS)
def test_what_is_shown_can_be_saved(panel, tmp_path, method) -> None:
    choose(panel, method)
    if method == "maximise":
        panel.show_dream(dreamt(1, [1.0, 2.0]))
    else:
        patch = m.SamplePatch(4, 3.0, (), (), packed([[[9, 9], [9, 9]]], "uint8"))
        panel.show_answer(answer(method, patches=(patch,)))
    WhySaving(
        panel, PictureFiles(DocumentStore(), panel, lambda title, place, kinds, done: done(tmp_path / place.name))
    )
    for kind in ("Save the picture", "Save the drawing", "Save the document", "Save the numbers"):
        next(a for a in panel.menu().actions() if a.text().startswith(kind)).trigger()
    picture = QImage(str(tmp_path / f"untitled-why-{method}.png"))
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}) > 3
    assert ElementTree.fromstring((tmp_path / f"untitled-why-{method}.svg").read_text()).tag.endswith("svg")
    assert (tmp_path / f"untitled-why-{method}.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / f"untitled-why-{method}.csv").read_text() == panel.csv_text()


def test_a_narrow_panel_lists_the_methods(panel, qtbot) -> None:
    panel.resize(NARROW - 10, 200)
    assert panel.way.isVisible()
    assert not panel.ways.isVisible()
    assert not panel.sample.isVisible()
    panel.way.setCurrentIndex(2)
    assert panel.method == "gradcam"


def test_colours_stand_for_values() -> None:
    signed = Heat(np.array([[-2.0, 0.0, 2.0]], np.float32), signed=True)
    pixels = [QColor(signed.picture.pixel(n, 0)) for n in range(3)]
    assert pixels[0].red() > pixels[0].blue()
    assert (pixels[1].red(), pixels[1].green(), pixels[1].blue()) == (0, 0, 0)
    assert pixels[2].blue() > pixels[2].red()
    assert len(SIGNED) == 256
    broken = Heat(np.array([[np.nan, 1.0]], np.float32))
    assert broken.limit == 1.0
    assert broken.levels[0, 0] == 0


def test_a_signal_is_a_strip(qtbot) -> None:
    picture = HeatPicture("x")
    qtbot.addWidget(picture)
    picture.resize(300, 200)
    picture.show_heat(Heat(np.ones((1, 40), np.float32)))
    assert (picture.frame().width(), picture.frame().height()) == (299, 63)
    assert picture.cell_at(QPointF(299 * 0.5, 10)) == (0, 20)
    assert picture.cell_at(QPointF(150, 150)) is None
    assert not fitted(QImage(), picture.frame()).isValid()
