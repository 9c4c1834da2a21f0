"""The lab's panel alone: what it shows of masks, and what it tells of the person's edits."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from convstudio.blocks import Convolution, Depthwise, Separable
from convstudio.network.call import Call
from convstudio.network.resolve import measure
from convstudio.network.shape import Shape
from convstudio.protocol.messages import Array, Maps, View
from convstudio.ui.live.mask_stage import MaskStage, stage
from convstudio.ui.masklab.chosen import Scope
from convstudio.ui.masklab.lab_panel import LabPanel
from convstudio.ui.masklab.later_maps import Later


def call(layer, channels: int) -> Call:
    found = measure(layer, (Shape(channels, (8, 8)),)).call
    assert found is not None
    return found


def weights(*shape: int) -> np.ndarray:
    return (np.arange(np.prod(shape), dtype=np.float32) / np.prod(shape)).reshape(shape)


def plain(outputs: int = 3, inputs: int = 2) -> MaskStage:
    return stage(call(Convolution(channels=outputs), inputs), "weight", weights(outputs, inputs, 3, 3), outputs)


@pytest.fixture
def panel(qtbot) -> LabPanel:
    made = LabPanel()
    made.resize(1000, 240)
    qtbot.addWidget(made)
    made.edits, made.ends = [], []  # type: ignore[attr-defined]
    made.edited.connect(made.edits.append)  # type: ignore[attr-defined]
    made.released.connect(lambda: made.ends.append(len(made.edits)))  # type: ignore[attr-defined]
    made.show_block("conv_1", "input_1", (Later("relu_1", "ReLU"),))
    made.show_stages((plain(),))
    with qtbot.waitExposed(made):
        made.show()
    return made


def maps(block: str, values: np.ndarray) -> Maps:
    packed = Array("uint8", values.shape, values.astype(np.uint8).tobytes())
    return Maps(run=0, step=0, view=View(block=block, what="maps"), maps=packed, low=0.0, high=2.55, total=len(values))


def test_a_drag_changes_one_cell_of_one_mask(panel: LabPanel) -> None:
    panel.choose("weight", 2, 1)
    at = panel.editor.grid().place(0).center().toPoint()
    QTest.mousePress(panel.editor, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(panel.editor, at - QPoint(0, 60))
    QTest.mouseRelease(panel.editor, Qt.MouseButton.LeftButton, pos=at)
    edit = panel.edits[-1]
    assert (edit.name, edit.region.outputs, edit.region.inputs, edit.values.shape) == (
        "weight",
        (2, 1),
        (1, 1),
        (1, 1, 3, 3),
    )
    before = plain().values[2, 1]
    assert edit.values[0, 0, 0, 0] == pytest.approx(before[0, 0] + 0.5 * plain().limit, abs=1e-5)
    assert np.array_equal(edit.values[0, 0].ravel()[1:], before.ravel()[1:])
    assert panel.ends[-1] == len(panel.edits)


@pytest.mark.parametrize(("scope", "shape"), [(Scope.ONE, (1, 1)), (Scope.OUTPUT, (1, 2)), (Scope.ALL, (3, 2))])
def test_a_preset_goes_to_the_masks_that_are_meant(panel: LabPanel, scope: Scope, shape: tuple[int, int]) -> None:
    panel.choice.scopes.setCurrentIndex(panel.choice.scopes.findData(scope))
    panel.choice.scopes.activated.emit(0)
    choose(panel, "sobel_x")
    (edit,) = panel.edits
    assert edit.values.shape == (*shape, 3, 3)
    assert (edit.values == np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])).all()
    assert edit.label == "Sobel x · conv_1"
    assert panel.tools.recipes.preset == "sobel_x"


def choose(panel: LabPanel, preset: str) -> None:
    panel.tools.recipes.presets.setCurrentIndex(panel.tools.recipes.presets.findData(preset))
    panel.tools.recipes.presets.activated.emit(panel.tools.recipes.presets.currentIndex())


def test_a_gabor_follows_its_angle_and_forgets_its_recipe_when_a_cell_is_edited(panel: LabPanel) -> None:
    choose(panel, "gabor")
    knob = panel.tools.recipes.knobs["angle"]
    assert knob.isVisible()
    QTest.keyClick(knob.slider, Qt.Key.Key_Right)
    first, second = (edit.values[0, 0] for edit in panel.edits)
    assert np.allclose(first, first[:, ::-1])
    assert not np.allclose(second, second[:, ::-1])
    QTest.mouseClick(panel.tools.buttons["negate"], Qt.MouseButton.LeftButton)
    assert np.array_equal(panel.edits[-1].values[0, 0], -second)
    assert panel.tools.recipes.preset == ""
    assert not knob.isVisible()
    assert panel.ends[-1] == 3


def test_operations_go_to_each_mask_by_itself(panel: LabPanel) -> None:
    panel.choice.scopes.setCurrentIndex(2)
    panel.choice.scopes.activated.emit(2)
    QTest.mouseClick(panel.tools.buttons["sum_zero"], Qt.MouseButton.LeftButton)
    assert np.abs(panel.edits[-1].values.sum((2, 3))).max() < 1e-5
    QTest.mouseClick(panel.tools.buttons["sum_one"], Qt.MouseButton.LeftButton)
    assert "add up to 0" in panel.complaint.text()
    choose(panel, "random")
    assert len({float(mask[0, 0]) for mask in panel.edits[-1].values.reshape(-1, 3, 3)}) == 6
    assert panel.complaint.text() == ""


def test_a_preset_without_room_is_refused_in_words(panel: LabPanel) -> None:
    small = stage(call(Convolution(channels=3, mask=(1,)), 2), "weight", weights(3, 2, 1, 1), 3)
    panel.show_stages((small,))
    choose(panel, "sobel_x")
    assert "only 1 × 1" in panel.complaint.text()
    assert panel.edits == []


def test_the_maps_of_the_chosen_channels_are_shown(panel: LabPanel) -> None:
    panel.on_maps(maps("input_1", np.stack([np.full((4, 4), n) for n in (10, 20)])))
    panel.on_maps(maps("conv_1", np.stack([np.full((4, 4), n) for n in (1, 2, 3)])))
    panel.on_maps(maps("relu_1", np.zeros((3, 4, 4))))
    panel.choice.columns.setValue(1)
    panel.choice.rows.setValue(2)
    assert panel.input.scene.values[0, 0] == pytest.approx(0.2)
    assert panel.output.scene.values[0, 0] == pytest.approx(0.03)
    assert panel.output_words.text() == "conv_1 · map 2"
    assert not panel.later.picture("relu_1").isNull()
    assert panel.later.picture("nobody").isNull()


def test_depthwise_masks_have_one_field_and_separable_ones_two_stages(panel: LabPanel) -> None:
    deep = stage(call(Depthwise(), 4), "weight", weights(4, 1, 3, 3), 4)
    panel.show_block("depthwise_1", "input_1", ())
    panel.show_stages((deep,))
    panel.choice.rows.setValue(3)
    assert (panel.chosen.input_map, panel.chosen.output_map) == (3, 3)
    assert not panel.choice.columns.isVisible()
    separable = call(Separable(channels=5), 4)
    shapes = {"depthwise.weight": (4, 1, 3, 3), "pointwise.weight": (5, 4, 1, 1)}
    panel.show_block("separable_1", "input_1", ())
    panel.show_stages(tuple(stage(separable, name, weights(*s), s[0]) for name, s in shapes.items()))
    assert panel.stages.isVisible()
    panel.choose("pointwise.weight", 4, 3)
    assert (panel.chosen.stage.name, panel.chosen.input_map, panel.chosen.output_map) == ("pointwise.weight", 3, 4)
    assert panel.chosen.mask.shape == (1, 1)


def test_of_too_many_masks_not_every_one_can_be_meant(panel: LabPanel) -> None:
    panel.show_stages((stage(call(Convolution(channels=9), 2), "weight", weights(3, 2, 3, 3), 9),))
    assert not panel.choice.scopes.model().item(2).isEnabled()
    assert panel.choice.scopes.model().item(1).isEnabled()
