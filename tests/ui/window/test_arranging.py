"""Tidying, lining up and spreading by keys; every edit one step of undo; blocks glide to where they are put."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPointF, Qt

from convstudio.network import edits
from convstudio.network.document import Document
from convstudio.ui.canvas import geometry, motion

CONTROL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def middles(bench, ids):
    blocks = bench.store.network.blocks
    return {blocks[i].y + geometry.size(blocks[i].layer)[1] / 2 for i in ids}


def test_tidy_straightens_the_chain_in_one_step(bench, hands):
    bench.store.edit("scatter", edits.move(bench.store.network, {"conv_1": (700, 900), "relu_1": (-300, 20)}))
    before = bench.store.document
    hands.key(Qt.Key.Key_T, CONTROL)
    assert bench.store.history.undo_label == "Tidy 11 blocks"
    assert len(middles(bench, ["input_1", "conv_1", "relu_1", "concat_1"])) == 1
    assert {i: QPointF(b.x, b.y) for i, b in bench.store.network.blocks.items()} == {
        i: item.pos() for i, item in bench.scene.blocks.items()
    }
    bench.store.undo()
    assert bench.store.document == before


def test_tidy_of_a_selection_leaves_the_rest(bench, hands):
    before = bench.store.network
    chosen = ("flatten_1", "fc_1", "output_1")
    bench.store.edit("scatter", edits.move(before, {"fc_1": (760, 820)}))
    bench.store.select(chosen)
    hands.key(Qt.Key.Key_T, CONTROL)
    after = bench.store.network
    assert len(middles(bench, chosen)) == 1
    assert all(after.blocks[i] == before.blocks[i] for i in before.blocks if i not in chosen)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_A, lambda b, w, h: b.x),
        (Qt.Key.Key_H, lambda b, w, h: b.x + w / 2),
        (Qt.Key.Key_D, lambda b, w, h: b.x + w),
        (Qt.Key.Key_W, lambda b, w, h: b.y),
        (Qt.Key.Key_V, lambda b, w, h: b.y + h / 2),
        (Qt.Key.Key_S, lambda b, w, h: b.y + h),
    ],
)
def test_blocks_are_lined_up_by_a_key(bench, hands, key, value):
    before = bench.store.document
    bench.store.select(("relu_1", "dilated_1", "max_pool_1"))
    hands.key(key, ALT)
    blocks = [bench.store.network.blocks[i] for i in bench.store.selection]
    assert len({value(b, *geometry.size(b.layer)) for b in blocks}) == 1
    bench.store.undo()
    assert bench.store.document == before


@pytest.mark.parametrize(("key", "n"), [(Qt.Key.Key_H, 0), (Qt.Key.Key_V, 1)])
def test_gaps_are_made_equal_by_a_key(bench, hands, key, n):
    bench.store.select(("input_1", "relu_1", "max_pool_1", "output_1"))
    hands.key(key, ALT | SHIFT)
    blocks = [bench.store.network.blocks[i] for i in bench.store.selection]
    ends = sorted(((b.x, b.y)[n], (b.x, b.y)[n] + geometry.size(b.layer)[n]) for b in blocks)
    gaps = [round(b[0] - a[1], 6) for a, b in itertools.pairwise(ends)]
    assert len(set(gaps)) == 1


def test_what_needs_more_blocks_cannot_be_chosen(bench):
    enabled = {a.objectName() for a in bench.actions if a.isEnabled()}
    assert "tidy" in enabled
    assert not {"align_left", "distribute_across", "select_upstream"} & enabled
    bench.store.select(("conv_1", "relu_1"))
    assert bench.actions["align_left"].isEnabled()
    assert not bench.actions["distribute_down"].isEnabled()
    bench.store.open(Document(), None)
    assert not bench.actions["tidy"].isEnabled()


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ((Qt.Key.Key_Left, CONTROL | SHIFT), {"input_1", "conv_1", "relu_1", "dilated_1"}),
        (
            (Qt.Key.Key_Right, CONTROL | SHIFT),
            {"dilated_1", "concat_1", "relu_2", "max_pool_1", "flatten_1", "fc_1", "output_1"},
        ),
        ((Qt.Key.Key_K, CONTROL | SHIFT), {"dilated_1"}),
    ],
)
def test_the_selection_grows_along_the_wires(bench, hands, keys, found):
    bench.store.select(("dilated_1",))
    hands.key(*keys)
    assert set(bench.store.selection) == found


def test_connected_alike_and_the_rest(empty, hands):
    first, second = hands.drop("input", QPointF(-300, 0)), hands.drop("relu", QPointF(-60, 0))
    third = hands.drop("relu", QPointF(300, 200))
    empty.store.select((first,))
    hands.key(Qt.Key.Key_A, CONTROL | SHIFT)
    assert set(empty.store.selection) == {first, second}
    hands.key(Qt.Key.Key_I, CONTROL)
    assert empty.store.selection == (third,)
    hands.key(Qt.Key.Key_K, CONTROL | SHIFT)
    assert set(empty.store.selection) == {second, third}
    hands.key(Qt.Key.Key_A, CONTROL)
    assert set(empty.store.selection) == {first, second, third}


def test_blocks_glide_and_the_document_has_changed_at_once(bench, hands, monkeypatch):
    monkeypatch.setattr(motion, "duration", lambda: 60_000)
    old = bench.scene.blocks["conv_1"].pos()
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (old.x() + 400, old.y() + 200)}))
    assert bench.store.network.blocks["conv_1"].x == old.x() + 400
    assert bench.scene.blocks["conv_1"].pos() == old
    bench.scene._motion._animation.setCurrentTime(30_000)
    assert old.x() < bench.scene.blocks["conv_1"].pos().x() < old.x() + 400
    hands.press(QPointF(-400, -300))
    assert bench.scene.blocks["conv_1"].pos() == old + QPointF(400, 200)


@pytest.mark.parametrize("interruption", ["undo", "delete", "press", "open"])
def test_a_glide_that_is_interrupted_ends_where_the_document_says(bench, hands, qtbot, monkeypatch, interruption):
    monkeypatch.setattr(motion, "duration", lambda: 60)
    old = bench.scene.blocks["conv_1"].pos()
    bench.store.edit("move", edits.move(bench.store.network, {"conv_1": (old.x(), 700), "relu_1": (0, 800)}))
    if interruption == "press":
        hands.press(QPointF(-400, -300))
        hands.release(QPointF(-400, -300))
    elif interruption == "open":
        bench.store.open(bench.store.document, None)
    elif interruption == "undo":
        bench.store.undo()
    else:
        bench.store.edit("delete", edits.remove(bench.store.network, ["conv_1"]))
    blocks = bench.store.network.blocks
    qtbot.waitUntil(
        lambda: all(item.pos() == QPointF(blocks[i].x, blocks[i].y) for i, item in bench.scene.blocks.items())
    )
    for wire, line in bench.scene.wires.items():
        assert line._ends[0] == bench.scene.blocks[wire.source].output_point()
