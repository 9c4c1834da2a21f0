"""The Block tab: a block's share of the whole network's costs, and its receptive field in words."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from convstudio.network import edits, grouping
from convstudio.network.costs import percent, shares
from convstudio.network.receptive_field import Field
from convstudio.ui.inspector.field_words import field_words
from convstudio.ui.text import memory
from tests.ui.window.test_heat import PART


def card(bench):
    return bench.inspector.block._share


def figures(bench) -> list[str]:
    return [shown for _, shown, _ in card(bench).bars.rows]


def test_the_card_shows_number_and_share_of_each_cost(bench):
    bench.store.select(("dilated_1",))
    analysis, batch = bench.store.analysis, bench.store.document.training.batch_size
    parts = {w: shares(analysis, w)["dilated_1"] for w in ("parameters", "multiply_adds", "activation_bytes")}
    size = memory(8 * 28 * 28 * 4 * batch)  # the numbers of its result, 4 bytes each
    assert figures(bench) == [
        f"584 · {percent(584 / 32186)}",
        f"0.452 M · {percent(parts['multiply_adds'])}",
        f"{size} · {percent(parts['activation_bytes'])}",
    ]
    assert [share for _, _, share in card(bench).bars.rows] == list(parts.values())
    assert not card(bench).isHidden()


def test_it_follows_edits_and_undo(bench):
    bench.store.select(("conv_1",))
    before = figures(bench)
    layer = replace(bench.store.network.blocks["conv_1"].layer, channels=16)
    bench.store.edit("More channels", edits.change(bench.store.network, "conv_1", layer))
    QApplication.processEvents()
    assert figures(bench)[0].startswith("160 · ")
    bench.actions["undo"].trigger()
    QApplication.processEvents()
    assert figures(bench) == before


def test_it_is_hidden_where_there_is_nothing_to_share(bench):
    bench.store.select(("separable_1",))
    wire = next(w for w in bench.store.network.wires if w.source == "separable_1")
    bench.store.edit("Unplug", edits.disconnect(bench.store.network, [wire]))
    QApplication.processEvents()
    assert card(bench).isHidden()
    bench.store.select(())
    assert card(bench).isHidden()


def test_in_a_group_the_whole_is_the_document(bench):
    apart = shares(bench.store.analysis, "parameters")["dilated_1"]
    network, group_id = grouping.group(bench.store.network, PART)
    bench.store.edit("Group", network)
    bench.store.enter((group_id,))
    bench.store.select(("dilated_1",))
    assert figures(bench)[0] == f"584 · {percent(apart)}"


def test_the_receptive_field_in_words(bench):
    bench.store.select(("dilated_1",))
    text = bench.inspector.block._figures._text.text()
    assert "receptive field 7 × 7, stride 1 × 1" in text
    assert "the first unit begins 3 cells before the edge, in the padding" in text  # padding 1, then 2


def test_axes_that_differ_are_told_apart():
    words = field_words((Field(5, 2, -2, 28), Field(3, 1, 0, 28)))
    assert words == [
        "receptive field 5 × 3, stride 2 × 1",
        "rows: the first unit begins 2 cells before the edge, in the padding",
        "columns: the first unit begins at the edge",
    ]
    assert field_words((Field(28, 0, 0, 28),)) == [
        "receptive field 28, the same for all units",
        "every unit sees 28 of 28 cells",
    ]
    assert field_words((Field(2, 1, 1, 9, ((1, 1), (1, 2))),))[1] == (
        "the first unit begins 1 cell inside; the pattern repeats after 2 units"
    )
    assert field_words(()) == []
