"""What blocks and wires show: maps, masks or nothing, and the activity on the wires, by the View menu."""

from __future__ import annotations

import numpy as np
import pytest

from convstudio.protocol.messages import Activity, Array, Masks, Scores
from convstudio.ui.canvas.items import SHADES
from convstudio.ui.link.view_book import ViewBook
from convstudio.ui.live.colour_maps import CENTRE, DIVERGING
from convstudio.ui.showing import Showing
from convstudio.ui.thumbnails import ANSWER, Thumbnails
from convstudio.ui.watched import WatchedSample
from convstudio.ui.wire_activity import level


@pytest.fixture
def showing(bench, line):
    book = ViewBook(line, bench)
    sample = WatchedSample(bench.store, bench)
    sample.follow()
    made = Showing(bench, book, Thumbnails(bench.canvas, bench.scene, book, sample))
    made.book = book
    return made


def asked(showing, what):
    return {v.block for v in showing.book.views if v.what == what}


def array(values):
    values = np.asarray(values, np.float32)
    return Array("float32", values.shape, values.tobytes())


def test_maps_masks_or_nothing(bench, showing, line):
    weighing = {"conv_1", "dilated_1", "separable_1", "fc_1"}
    assert asked(showing, "masks") == set()
    maps = asked(showing, "maps")
    assert maps >= weighing
    bench.actions["blocks_masks"].trigger()
    assert asked(showing, "masks") == weighing
    assert asked(showing, "maps") == maps - weighing
    (view,) = (v for v in showing.book.views if v.block == "conv_1")
    values = np.zeros((3, 1, 2, 2), np.float32)
    values[1] = -1
    line.masks_received.emit(Masks(run=0, step=0, view=view, names=("weight",), arrays=(array(values),), total=(3,)))
    picture = bench.scene.blocks["conv_1"].image
    assert picture.size().toTuple() == (3 * 2 + 2, 2)
    assert (picture.pixel(0, 0), picture.pixel(3, 0)) == (DIVERGING[CENTRE], DIVERGING[0])
    bench.actions["blocks_nothing"].trigger()
    assert showing.book.views == ()
    assert bench.scene.blocks["conv_1"].image is None
    bench.actions["blocks_maps"].trigger()
    assert asked(showing, "maps") == maps


def test_the_choice_is_remembered_and_no_step_of_undo(bench, showing, line):
    before = bench.store.history.undo_label
    bench.actions["blocks_nothing"].trigger()
    bench.actions["wire_activity"].trigger()
    assert bench.store.history.undo_label == before
    settings = bench.window.settings
    assert settings.value("on_blocks") == "blocks_nothing"
    assert settings.value("wire_activity", type=bool)


def test_the_output_asks_for_its_answer_and_shows_it(bench, showing):
    assert ANSWER in showing.book.views
    scores = Scores(run=0, step=0, probabilities=array([0.1] * 9 + [0.9]))
    thumbnails = showing._thumbnails
    thumbnails.on_scores(scores)
    assert bench.scene.blocks["output_1"].image is not None
    bench.actions["blocks_nothing"].trigger()
    assert bench.scene.blocks["output_1"].image is None
    thumbnails.on_scores(scores)
    assert bench.scene.blocks["output_1"].image is None


def test_wires_are_shaded_by_what_flows_only_while_that_is_on(bench, showing, line):
    assert asked(showing, "activity") == set()
    bench.actions["wire_activity"].trigger()
    sources = {w.source for w in bench.store.network.wires}
    assert asked(showing, "activity") == sources
    for block, mean in (("input_1", [0.5]), ("conv_1", [0.04, 0.06]), ("fc_1", [9.0])):
        (view,) = (v for v in showing.book.views if v.block == block and v.what == "activity")
        numbers = array(mean)
        line.activity_received.emit(
            Activity(run=0, step=0, view=view, samples=64, low=numbers, high=numbers, mean=numbers)
        )
    lines = {w.source: item for w, item in bench.scene.wires.items()}
    assert lines["input_1"].stroke()[0] == f"activity {SHADES}"
    assert lines["conv_1"].stroke()[0] == "activity 0"
    assert lines["fc_1"].stroke()[0] == f"activity {SHADES}"
    assert lines["flatten_1"].stroke()[0] == "wire"
    assert "mean size 0.05 over 64 validation samples" in lines["conv_1"].toolTip()
    bench.actions["wire_activity"].trigger()
    assert asked(showing, "activity") == set()
    assert {item.stroke()[0] for item in lines.values()} == {"wire"}
    assert "mean size" not in lines["conv_1"].toolTip()


def test_levels_go_by_powers_of_ten():
    means = (100.0, 10.0, 1.0, 0.1, 0.0, float("nan"))
    assert [level(mean, 10.0) for mean in means] == [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert level(10**0.5, 10.0) == pytest.approx(0.5)
