"""The table of blocks by hand: sorting, selecting both ways, copying, columns, totals, and its large window."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from convstudio.assets import asset
from convstudio.network import edits
from convstudio.ui.table.columns import COLUMNS, TIMED
from convstudio.ui.table.conventions import Conventions
from convstudio.ui.table.copying import as_csv, as_latex, as_markdown, as_text
from convstudio.ui.table.model import SHARE
from convstudio.ui.text import grouped, memory


@pytest.fixture
def table(bench):
    bench.inspector.setCurrentWidget(bench.inspector.network)
    return bench.inspector.network.table


def number(name: str) -> int:
    return next(n for n, c in enumerate(COLUMNS) if c.name == name)


def shown(table, name: str = "block") -> list[str]:
    model = table.view.model()
    return [model.index(row, number(name)).data() for row in range(model.rowCount())]


def click_head(table, name: str) -> None:
    header = table.view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(number(name)) + 8, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def click_row(table, row: int, *modifiers: Qt.KeyboardModifier) -> None:
    at = table.view.visualRect(table.view.model().index(row, 0)).center()
    keys = modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, keys, at)


def test_rows_are_the_blocks_with_their_figures(bench, table):
    analysis = bench.store.analysis
    assert shown(table) == list(analysis.order)
    row = shown(table).index("conv_1")
    cells = {c.name: shown(table, c.name)[row] for c in COLUMNS if c.name not in TIMED}
    assert cells == {
        "block": "conv_1",
        "kind": "Convolution",
        "output": "8×28×28",
        "weights": "80",
        "multiply_adds": "56.4 k",
        "memory": "784 KiB",  # 8 · 28 · 28 numbers · 4 bytes · 32 samples / 1024
        "field": "3×3",
        "stride": "1×1",
        "centre": "0×0",
    }
    assert table.totals == {
        "block": "Total",
        "weights": grouped(32_186),
        "multiply_adds": "0.646 M",
        "memory": memory(sum(4 * f.output.size for f in analysis.blocks.values()) * 32),
    }


def test_the_centre_of_the_field_moves_as_published(bench, table):
    """c' = c + ((k - 1) / 2 - p) · stride, from Araujo, Norris and Sim (Distill, 2019), for LeNet-5 of 28 × 28."""
    assert bench.files.open(asset("examples", "lenet5.convstudio"))
    centres = dict(zip(shown(table), shown(table, "centre"), strict=True))
    layers = [("conv_1", 5, 1, 2), ("max_pool_1", 2, 2, 0), ("conv_2", 5, 1, 0), ("max_pool_2", 2, 2, 0)]
    centre, stride = 0.0, 1
    for block, mask, step, padding in layers:
        centre, stride = centre + ((mask - 1) / 2 - padding) * stride, stride * step
        assert centres[block] == f"{centre:g}×{centre:g}"
    assert centres["fc_1"] == "–"


def test_memory_follows_the_batch_size(bench, table):
    document = bench.store.document
    bench.store.do("batch", replace(document, training=with_fields(document.training, batch_size=64)))
    assert shown(table, "memory")[shown(table).index("conv_1")] == "1.53 MiB"
    QApplication.processEvents()
    large = bench.inspector.network.open_large()
    for place in (bench.inspector.network, large):
        assert "64 samples" in place.findChild(Conventions).text()
    large.close()


def test_a_click_sorts_by_exact_numbers_and_the_third_returns_to_the_order_of_computation(bench, table):
    order = shown(table)
    exact = {i: bench.store.analysis.blocks[i].parameters for i in order}
    click_head(table, "weights")
    assert shown(table)[:4] == ["fc_1", "dilated_1", "separable_1", "conv_1"]
    click_head(table, "weights")
    assert [exact[i] for i in shown(table)] == sorted(exact.values())
    click_head(table, "weights")
    assert shown(table) == order


def test_sorting_is_live_while_editing(bench, table):
    click_head(table, "weights")
    block = bench.store.network.blocks["separable_1"]
    bench.store.edit("wide", edits.change(bench.store.network, block.id, with_fields(block.layer, channels=5000)))
    assert shown(table)[:2] == ["fc_1", "separable_1"] or shown(table)[0] == "separable_1"
    weights = [bench.store.analysis.blocks[i].parameters for i in shown(table)]
    assert weights == sorted(weights, reverse=True)


def test_shares_of_weights_are_parts_of_one(table):
    model = table.view.model()
    shares = [model.index(row, number("weights")).data(SHARE) for row in range(model.rowCount())]
    assert sum(shares) == pytest.approx(1)
    assert shares[shown(table).index("fc_1")] == 31370 / 32186
    assert model.index(0, number("block")).data(SHARE) is None


def test_selecting_rows_selects_blocks_and_the_other_way_round(bench, table, hands):
    click_row(table, shown(table).index("conv_1"))
    assert bench.store.selection == ("conv_1",)
    click_row(table, shown(table).index("fc_1"), Qt.KeyboardModifier.ControlModifier)
    assert set(bench.store.selection) == {"conv_1", "fc_1"}
    hands.click(hands.middle("dilated_1"))
    assert [row.block.id for row in table._chosen()] == ["dilated_1"]
    bench.store.select(())
    assert table._chosen() == []


def test_selection_and_rows_live_through_edits_and_undo(bench, table):
    bench.store.select(("dilated_1",))
    bench.store.edit("remove", edits.remove(bench.store.network, ["relu_2"]))
    assert [row.block.id for row in table._chosen()] == ["dilated_1"]
    assert "relu_2" not in shown(table)
    bench.store.undo()
    assert "relu_2" in shown(table)
    assert [row.block.id for row in table._chosen()] == ["dilated_1"]


def test_keys_walk_the_rows_and_enter_shows_the_block(bench, table):
    table.view.setFocus()
    click_row(table, 0)
    QTest.keyClick(table.view, Qt.Key.Key_Down)
    assert bench.store.selection == (shown(table)[1],)
    bench.canvas.zoom_to(4.0)
    with Collected(bench.inspector.block_chosen) as asked:
        QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert asked == [shown(table)[1]]


class Collected:
    """Collects what a signal carries."""

    def __init__(self, signal) -> None:
        self.signal, self.got = signal, []

    def __enter__(self) -> list:
        self.signal.connect(self.got.append)
        return self.got

    def __exit__(self, *_) -> None:
        self.signal.disconnect(self.got.append)


def test_copying_by_key_takes_the_selected_rows_and_not_the_blocks(bench, table):
    bench.window.activateWindow()
    click_row(table, shown(table).index("fc_1"))
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[1].split() == ["fc_1", "10", "31370", "31360", "1280", "28×28", "–", "–"]


def test_copying_by_menu_takes_all_with_exact_numbers_and_totals(bench, table):
    actions = {a.text(): a for a in table.copy_menu(table).actions() if a.text()}
    assert len(actions) == 8
    assert not actions["Copy the selected rows as CSV"].isEnabled()
    actions["Copy the table as CSV"].trigger()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [r["Block"] for r in rows] == [*bench.store.analysis.order, "Total"]
    assert rows[-1]["Weights"] == str(bench.store.analysis.parameters)
    assert rows[-1]["Multiply-adds"] == str(bench.store.analysis.multiply_adds)
    assert sum(int(r["Memory (bytes)"]) for r in rows[:-1]) == int(rows[-1]["Memory (bytes)"])


def test_columns_can_be_hidden_and_that_is_remembered(bench, table):
    assert table.view.isColumnHidden(number("kind"))
    action = next(a for a in table.column_menu().actions() if a.text() == "Field")
    action.trigger()
    assert table.view.isColumnHidden(number("field"))
    assert "Field," not in table.text("CSV")
    assert bench.window.settings.value("network_tab/hidden") == "kind,field"


def test_a_block_that_cannot_be_computed_has_a_question_mark_and_no_numbers(bench, table):
    bench.store.edit("break", edits.remove(bench.store.network, ["flatten_1"]))
    row = shown(table).index("fc_1")
    assert [shown(table, name)[row] for name in ("output", "weights", "memory")] == ["?", "", ""]
    copied = next(line for line in table.text("text").splitlines() if line.startswith("fc_1"))
    assert copied.split() == ["fc_1", "?", "?", "?", "?", "?", "?", "?"]


def test_the_large_window_has_all_columns_and_the_same_selection(bench, table, qtbot):
    bench.store.select(("conv_1",))
    QTest.mouseClick(bench.inspector.network.large_button, Qt.MouseButton.LeftButton)
    large = bench.inspector.network.open_large()
    assert large.isVisible()
    hidden = {c.name for n, c in enumerate(COLUMNS) if large.table.view.isColumnHidden(n)}
    assert hidden == TIMED  # nothing was measured
    assert [row.block.id for row in large.table._chosen()] == ["conv_1"]
    click_row(large.table, 0)
    assert [row.block.id for row in table._chosen()] == ["input_1"]
    qtbot.waitUntil(lambda: large.isActiveWindow())
    QTest.keyClick(large.table.view, Qt.Key.Key_Escape)
    assert not large.isVisible()


def test_an_empty_network_has_an_empty_table(empty):
    empty.inspector.setCurrentWidget(empty.inspector.network)
    table = empty.inspector.network.table
    assert shown(table) == []
    assert table.totals["weights"] == "0"


HEAD, ROWS, NUMERIC = ["Block", "Weights"], [["a|b", "80"], ["=1+1", "31370"]], [False, True]


def test_text_is_aligned() -> None:
    assert as_text(HEAD, ROWS, NUMERIC) == "Block  Weights\na|b         80\n=1+1     31370\n"


def test_latex_has_no_sign_that_means_something_else():
    head, row = ["Block", "Weights"], ["a_1 & b^2 \\ 5 %", "3 × 3"]
    assert as_latex(head, [row], [False, True]).splitlines() == [
        r"\begin{tabular}{lr}",
        r"\toprule",
        r"Block & Weights \\",
        r"\midrule",
        r"a\_1 \& b\textasciicircum{}2 \textbackslash{} 5 \% & 3 $\times$ 3 \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


def test_markdown_keeps_its_columns_whatever_is_in_the_cells() -> None:
    lines = as_markdown(HEAD, ROWS, NUMERIC).splitlines()
    assert lines == ["| Block | Weights |", "| --- | ---: |", "| a\\|b | 80 |", "| =1+1 | 31370 |"]


def test_csv_is_no_formula_for_a_spreadsheet() -> None:
    assert as_csv(HEAD, ROWS, NUMERIC) == "Block,Weights\r\na|b,80\r\n'=1+1,31370\r\n"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (802_816, "784 KiB"), (2**20 - 1, "1,024 KiB"), (2**30, "1 GiB")],
)
def test_memory_in_words(size: int, words: str) -> None:
    assert memory(size) == words
