"""Several blocks at once in the inspector: mixed values, one step for all, refusals, sums; and the notes there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QSpinBox

from convstudio.blocks import KINDS, Convolution, Input
from convstudio.network import edits
from convstudio.network.document import Network
from convstudio.network.training_settings import TrainingSettings
from convstudio.ui.forms.editors import EDITORS
from convstudio.ui.forms.fields import fields
from convstudio.ui.forms.shared_form import SharedForm, shared
from convstudio.ui.inspector.several import applied

THREE = ("conv_1", "dilated_1", "separable_1")


def part(bench, name: str, kind: type):
    """The widget of a shared setting."""
    return bench.inspector.block.several.form.editor(name).findChild(kind)


def enter(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def layers(bench, *ids: str):
    return [bench.store.network.blocks[i].layer for i in ids]


def said(bench) -> str:
    label = bench.inspector.block.several._refused
    return label.text() if label.isVisible() else ""


def test_one_entry_changes_all_as_one_step_however_many_keys(bench):
    before = bench.store.document
    bench.store.select(THREE)
    box = part(bench, "channels", QSpinBox)
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "124")
    assert [layer.channels for layer in layers(bench, *THREE)] == [124] * 3
    assert bench.store.history.undo_label == "Change channels · 3 blocks"
    bench.store.undo()
    assert bench.store.document == before
    assert box.value() == 8


def test_what_differs_is_shown_as_mixed_and_kept(bench):
    bench.store.select(("conv_1", "fc_1"))
    box = part(bench, "channels", QSpinBox)
    assert (box.lineEdit().text(), box.lineEdit().placeholderText()) == ("", "mixed")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert [layer.channels for layer in layers(bench, "conv_1", "fc_1")] == [8, 10]
    assert bench.store.history.undo_label is None
    box.setFocus()
    QTest.keyClicks(box, "12")
    assert [layer.channels for layer in layers(bench, "conv_1", "fc_1")] == [12, 12]
    assert box.lineEdit().text() == "12"
    box.setValue(0)
    assert box.value() == 1


def test_only_what_was_entered_is_given_to_all(bench):
    before = layers(bench, *THREE)
    bench.store.select(THREE)
    assert part(bench, "dilation", QLineEdit).placeholderText() == "mixed"
    enter(part(bench, "mask", QLineEdit), "5")
    after = layers(bench, *THREE)
    assert [layer.mask for layer in after] == [(5,)] * 3
    assert [layer.dilation for layer in after] == [layer.dilation for layer in before]


def test_flags_and_words_that_differ(bench):
    network = edits.change(bench.store.network, "conv_1", Convolution(bias=False, padding="none"))
    bench.store.edit("change", network)
    bench.store.select(THREE)
    flag, box = part(bench, "bias", QCheckBox), part(bench, "padding", QComboBox)
    assert flag.checkState() == Qt.CheckState.PartiallyChecked
    assert (box.currentText(), box.lineEdit().placeholderText()) == ("", "mixed")
    flag.click()
    assert [layer.bias for layer in layers(bench, *THREE)] == [True] * 3
    assert not flag.isTristate()
    enter(box.lineEdit(), "none")
    assert [layer.padding for layer in layers(bench, *THREE)] == ["none"] * 3


@pytest.mark.parametrize("typed", ["big", "0", "-3", "1 2 3 4", "99999999999"])
def test_what_all_refuse_changes_nothing_and_is_said(bench, typed):
    before = bench.store.document
    bench.store.select(THREE)
    enter(part(bench, "mask", QLineEdit), typed)
    assert bench.store.document == before
    assert said(bench).startswith("3 blocks keep their own.\nconv_1: ")
    assert part(bench, "mask", QLineEdit).property("invalid") is True
    enter(part(bench, "mask", QLineEdit), "7")
    assert said(bench) == ""
    assert part(bench, "mask", QLineEdit).property("invalid") is False
    bench.store.undo()
    enter(part(bench, "mask", QLineEdit), typed)
    bench.store.select(("conv_1", "dilated_1"))
    assert said(bench) == ""


def test_a_block_that_refuses_keeps_its_own(bench):
    bench.store.select(("input_1", "fc_1"))
    wide = 70_000
    network, refusals = applied(bench.store.network, ("input_1", "fc_1"), "channels", wide)
    assert set(refusals) == {"input_1", "fc_1"}
    network, refusals = applied(bench.store.network, ("conv_1", "relu_1"), "channels", 3)
    assert network.blocks["conv_1"].layer.channels == 3
    assert network.blocks["relu_1"] == bench.store.network.blocks["relu_1"]
    assert list(refusals) == ["relu_1"]


def test_blocks_with_nothing_in_common_say_so(bench):
    bench.store.select(("max_pool_1", "fc_1"))
    assert shared([type(layer) for layer in layers(bench, "max_pool_1", "fc_1")]) == ()
    assert bench.inspector.block.several._none.isVisible()


def test_the_costs_are_the_sums_of_the_analysis(bench):
    bench.store.select(THREE)
    facts = [bench.store.analysis.blocks[i] for i in THREE]
    text = bench.inspector.block.several._costs.text()
    assert sum(f.parameters for f in facts) == 80 + 584 + 152
    assert ">816<" in text
    assert sum(f.multiply_adds for f in facts) == 28 * 28 * (72 + 576 + 72 + 64)
    assert ">0.615 M<" in text


def test_blocks_that_cannot_compute_are_said_to_be_missing_in_the_sum(bench):
    bench.store.edit("break", edits.remove(bench.store.network, ["flatten_1"]))
    bench.store.select(("conv_1", "fc_1"))
    assert "without 1 block that cannot compute yet" in bench.inspector.block.several._costs.text()


def test_every_pair_of_kinds_has_a_form(qtbot):
    pairs = {str(shared([one, other])): (one, other) for one in KINDS for other in KINDS}
    assert len(pairs) < len(KINDS) ** 2 / 4
    for one, other in pairs.values():
        common = shared([one, other])
        assert {f.name for f in common} <= {f.name for f in fields(one)} & {f.name for f in fields(other)}
        form = SharedForm(common)
        qtbot.addWidget(form)
        form.show_values([one(), other()], 2)


def test_every_editor_can_show_values_that_differ(qtbot):
    by_editor = {f.editor: f for kind in (*KINDS, TrainingSettings) for f in fields(kind)}
    for name in EDITORS.keys() & by_editor.keys():
        form = SharedForm((by_editor[name],))
        qtbot.addWidget(form)
        form.editor(by_editor[name].name).set_mixed()


def test_hundreds_of_blocks_are_changed_at_once(empty):
    network = Network()
    for number in range(300):
        network, _ = edits.add(network, Convolution(), 200.0 * number, 0)
    network, _ = edits.add(network, Input(), 0, 300)
    empty.store.edit("many", network)
    empty.store.select(i for i in network.blocks if i != "input_1")
    part(empty, "channels", QSpinBox).setValue(3)
    assert {b.layer.channels for i, b in empty.store.network.blocks.items() if i != "input_1"} == {3}


# --- notes in the inspector -----------------------------------------------------------------------------------------


@pytest.fixture
def framed(bench):
    bench.store.select(("dilated_1", "separable_1"))
    bench.actions["frame"].trigger()
    bench.canvas.writing.finish()
    return bench


def test_the_inspector_shows_a_frame_and_what_lies_in_it(framed, qtbot):
    card = framed.inspector.block.notes.card
    assert card.isVisible()
    words = " ".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())
    assert "2 blocks inside" in words
    assert ">736<" in words
    assert card.colours["violet"].isChecked()
    framed.store.select(("conv_1",))
    assert not card.isVisible()


def test_a_colour_and_a_kind_chosen_there_are_one_step_each(framed, qtbot):
    before = framed.store.document
    card = framed.inspector.block.notes.card
    qtbot.mouseClick(card.colours["teal"], Qt.MouseButton.LeftButton)
    assert framed.store.network.notes["note_1"].colour == "teal"
    qtbot.mouseClick(card.kinds["note"], Qt.MouseButton.LeftButton)
    assert framed.store.network.notes["note_1"].kind == "note"
    assert card.kinds["note"].isChecked()
    assert not card.kinds["frame"].isChecked()
    framed.store.undo()
    framed.store.undo()
    assert framed.store.document == before
    assert card.colours["violet"].isChecked()


def test_writing_begins_from_there(framed, qtbot):
    qtbot.mouseClick(framed.inspector.block.notes.card.write, Qt.MouseButton.LeftButton)
    assert framed.canvas.writing.field.text() == "Title"


def test_notes_of_several_colours_mark_none(framed, hands):
    framed.store.select(())
    hands.key(Qt.Key.Key_N)
    QTest.keyClicks(framed.canvas.writing.field, "x")
    hands.click(QPointF(-5, 420))
    framed.store.select((), notes=("note_1", "note_2"))
    card = framed.inspector.block.notes.card
    assert not any(b.isChecked() for b in (*card.colours.values(), *card.kinds.values()))
    assert not card.write.isEnabled()
    card.colours["rose"].click()
    assert {n.colour for n in framed.store.network.notes.values()} == {"rose"}
