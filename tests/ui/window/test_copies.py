"""Which copy of a repeated group is looked at: chosen by mouse and by keys, and followed by every view."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from convstudio.blocks.convolution import Convolution
from convstudio.blocks.flatten import Flatten
from convstudio.blocks.fully_connected import FullyConnected
from convstudio.blocks.input import Input
from convstudio.blocks.output import Output
from convstudio.network.document import Block, Document, Network, Wire
from convstudio.network.group import Entry, Exit, Group
from convstudio.network.muting import Mute
from convstudio.ui.editing.breadcrumbs import Breadcrumbs
from convstudio.ui.editing.grouping import turned
from convstudio.ui.level import copies, way
from convstudio.ui.session import Session

PATIENCE = 30_000


def row(*blocks: Block) -> Network:
    wires = tuple(Wire(a.id, b.id) for a, b in pairwise(blocks))
    return Network({b.id: b for b in blocks}, wires)


def nested() -> Document:
    """A convolution in a group of two copies, which lies in one of three."""
    inner = row(Block("entry_1", Entry()), Block("conv_1", Convolution(channels=2)), Block("exit_1", Exit()))
    twice = Block("inner_1", Group(network=inner, repeat=2))
    outer = Group(network=row(Block("entry_1", Entry()), twice, Block("exit_1", Exit())), repeat=3)
    end = (Block("flatten_1", Flatten()), Block("fc_1", FullyConnected(channels=10)), Block("output_1", Output()))
    return Document(network=row(Block("input_1", Input()), Block("outer_1", outer), *end))


def spins(bench) -> list:
    return bench.canvas.findChild(Breadcrumbs).copies


@pytest.mark.parametrize(
    ("before", "by", "after"),
    [((0, 0), 1, (0, 1)), ((0, 1), 1, (1, 0)), ((2, 1), 1, (0, 0)), ((0, 0), -1, (2, 1)), ((1, 0), -1, (0, 1))],
)
def test_steps_go_through_all_copies_of_nested_groups(before, by, after):
    assert turned(before, (3, 2), by) == after


def test_a_name_of_the_worker_says_which_copy():
    assert copies("outer_1.2.inner_1.1.conv_1") == (2, 1)
    assert copies("group_1.conv_1") == (0,)
    assert way("outer_1.2.group_1.conv_1") == "outer_1 (copy 3) › group_1 › conv_1"


def test_the_copy_is_chosen_beside_the_way_and_kept_by_edits(bench):
    bench.store.open(nested(), None)
    document = bench.store.document
    bench.store.enter(("outer_1", "inner_1"))
    bench.store.select(("conv_1",))
    assert [spin.text() for spin in spins(bench)] == ["copy 1 of 3", "copy 1 of 2"]
    QTest.keyClick(spins(bench)[0], Qt.Key.Key_Up)
    QTest.keyClick(spins(bench)[0], Qt.Key.Key_Up)
    QTest.keyClick(spins(bench)[1], Qt.Key.Key_Up)
    assert bench.store.full_id("conv_1") == "outer_1.2.inner_1.1.conv_1"
    assert bench.store.selection == ("conv_1",)
    assert bench.store.sight.of("conv_1")[0].size == 13
    bench.store.leave()
    assert bench.store.full_id("inner_1") == "outer_1.2.inner_1"
    assert [spin.text() for spin in spins(bench)] == ["copy 3 of 3"]
    bench.store.enter(())
    bench.store.reveal("outer_1.1.inner_1.1.conv_1")
    assert bench.store.place.copies == (1, 1)
    QTest.keyClick(bench.window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier)
    assert bench.store.place.copies == (2, 0)
    assert bench.store.document is document
    bench.store.leave()
    bench.store.leave()
    assert not bench.actions["next_copy"].isEnabled()
    fewer = Block("outer_1", Group(network=document.network.blocks["outer_1"].layer.network, repeat=2))
    bench.store.enter(("outer_1",), (2,))
    bench.store.do(
        "fewer", document.with_network(document.network.with_blocks({**document.network.blocks, "outer_1": fewer}))
    )
    assert bench.store.place.copies == (1,)
    assert [spin.text() for spin in spins(bench)] == ["copy 2 of 2"]


@pytest.fixture
def session(bench, with_worker) -> Session:
    bench.store.open(nested(), None)
    return with_worker()


def test_lens_masks_maps_and_muting_look_at_the_chosen_copy(session, bench, qtbot):
    lens, live = session.lens.panel, session.live
    bench.store.enter(("outer_1", "inner_1"))
    bench.store.select(("conv_1",))
    bench.live.setCurrentWidget(lens)
    qtbot.waitUntil(lambda: lens.found is not None, timeout=PATIENCE)
    QTest.keyClick(lens, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: lens.found.place == (0, 0), timeout=PATIENCE)
    first = lens.found
    bench.actions["next_copy"].trigger()
    second = "outer_1.0.inner_1.1.conv_1"
    qtbot.waitUntil(lambda: lens.found is not None and lens.found.block == second, timeout=PATIENCE)
    assert (lens.found.channel, lens.found.place) == (first.channel, (0, 0))
    assert lens.found.terms.rows[0].weights != first.terms.rows[0].weights
    bench.live.setCurrentWidget(live.maps)
    assert live.maps.block == second
    bench.actions["mute"].trigger()
    assert session.muting.state.mutes == {Mute(second)}
    bench.actions["previous_copy"].trigger()
    assert not bench.actions["mute"].isChecked()
