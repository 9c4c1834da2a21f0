"""Times of layers in the window: heat, legend and columns come with a measurement and go with another document."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields

from convstudio.network import edits, grouping
from convstudio.protocol.messages import BlockTime, LayerTimes
from convstudio.ui.canvas.heat_legend import times_said
from convstudio.ui.table.columns import COLUMNS
from convstudio.ui.text import duration

NUMBERS = {column.name: n for n, column in enumerate(COLUMNS)}


def measured(**blocks: tuple[float, float]) -> LayerTimes:
    found = tuple(BlockTime(block.replace("__", "."), *times) for block, times in blocks.items())
    return LayerTimes(number=1, batch=32, device="cpu", threads=1, blocks=found)


def show(bench, times: LayerTimes) -> None:
    bench.store.times.begin()
    bench.store.times.show(times)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.00085, "850 µs"), (0.0123, "12.3 ms"), (1.25, "1.25 s"), (0.9999, "1 s")],
)
def test_short_times_in_words(seconds, words):
    assert duration(seconds) == words


def test_heat_shows_the_share_of_the_time_and_the_legend_says_it(bench):
    bench.actions["heat_time"].trigger()
    heat = bench.scene.heat
    assert heat.of == {}
    show(bench, measured(conv_1=(0.003, 0.006), fc_1=(0.0005, 0.0005)))
    assert heat.of["conv_1"].percent == "90 %"
    assert bench.scene.blocks["fc_1"].look.heat.percent == "10 %"
    assert "relu_1" not in heat.of


def test_the_legend_says_how_long_and_of_what(bench):
    assert times_said(bench.store) == "Time: not measured yet"
    bench.store.times.begin()
    assert "Measuring" in times_said(bench.store)
    bench.store.times.show(measured(conv_1=(0.003, 0.006), fc_1=(0.0005, 0.0005)))
    assert times_said(bench.store) == "Time of a mini-batch of 32: 3.5 ms forward, 6.5 ms backward"
    training = with_fields(bench.store.document.training, batch_size=64)
    bench.store.do("batch", replace(bench.store.document, training=training))
    assert times_said(bench.store).endswith("before the last change")
    bench.store.undo()
    bench.store.edit("away", edits.remove(bench.store.network, ["relu_1"]))
    assert bench.store.times.outdated
    show(bench, LayerTimes(number=2, message="There is no network yet."))
    assert times_said(bench.store) == "There is no network yet."


def test_a_group_takes_the_time_of_all_in_it(bench):
    network, group_id = grouping.group(bench.store.network, ["conv_1", "relu_1"])
    bench.store.edit("group", network)
    show(bench, measured(group_1__conv_1=(0.001, 0.002), group_1__relu_1=(0.001, 0.0), fc_1=(0.001, 0.001)))
    assert bench.store.times.at(group_id).both == pytest.approx(0.004)
    assert bench.store.times.total.both == pytest.approx(0.006)
    bench.store.enter((group_id,))
    assert bench.store.times.at("conv_1").backward == 0.002


def test_columns_come_with_a_measurement_and_go_with_the_document(bench):
    table = bench.inspector.network.table
    assert all(table.view.isColumnHidden(NUMBERS[name]) for name in ("forward", "backward"))
    show(bench, measured(conv_1=(0.003, 0.006), fc_1=(0.0005, 0.0005)))
    assert not any(table.view.isColumnHidden(NUMBERS[name]) for name in ("forward", "backward"))
    assert (table.totals["forward"], table.totals["backward"]) == ("3.5 ms", "6.5 ms")
    row = table.model.row_of("conv_1")
    assert table.model.index(row, NUMBERS["forward"]).data() == "3 ms"
    assert table.model.index(table.model.row_of("relu_1"), NUMBERS["forward"]).data() == "–"
    assert "Forward (µs)" in table.text("CSV").splitlines()[0]
    bench.store.open(bench.store.document, None)
    assert table.view.isColumnHidden(NUMBERS["forward"])
    assert not bench.store.times.known
