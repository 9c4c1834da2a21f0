"""The table of layers of a whole document, as the table of blocks shows it, for papers."""

from __future__ import annotations

from collections.abc import Sequence

from convstudio.network.document import Document
from convstudio.network.facts import Analysis
from convstudio.network.sight import Sight
from convstudio.ui.table.columns import COLUMNS, COPIED_TITLES, Column, Row
from convstudio.ui.table.copying import FORMS
from convstudio.ui.text import tr

SHOWN = ("block", "kind", "output", "weights", "multiply_adds", "field")
TOTALS = ("weights", "multiply_adds")


def layer_table(form: str, document: Document, analysis: Analysis) -> str:
    """The table in one of the forms of `copying`, blocks in the order of computation, and a line of totals."""
    columns = [column for column in COLUMNS if column.name in SHOWN]
    sight = Sight(analysis)
    batch = document.training.batch_size
    known = set(analysis.order)
    order = (*analysis.order, *(i for i in document.network.blocks if i not in known))
    rows = [Row(document.network.blocks[i], analysis.blocks[i], sight.of(i), batch) for i in order]
    number = "d" if form == "CSV" else ",d"  # a spreadsheet counts with it
    cells = [[_cell(column, row, number) for column in columns] for row in rows]
    heads = [tr(COPIED_TITLES.get(column.name, column.title)) for column in columns]
    return FORMS[form](heads, [*cells, _totals(columns, rows, number)], [column.numeric for column in columns])


def _cell(column: Column, row: Row, number: str) -> str:
    if row.facts.output is None and column.numeric:
        return "?"
    value = column.value(row)
    return format(value, number) if isinstance(value, int) else value


def _totals(columns: Sequence[Column], rows: Sequence[Row], number: str) -> list[str]:
    """Of the blocks that lead to the Output, or of all where none does."""
    used = [row for row in rows if row.facts.used] or rows
    sums = {c.name: format(sum(int(c.value(row)) for row in used), number) for c in columns if c.name in TOTALS}
    return [tr("Together") if c.name == "block" else sums.get(c.name, "") for c in columns]
