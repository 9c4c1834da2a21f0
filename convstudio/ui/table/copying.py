"""The table of blocks as text: aligned columns, Markdown or CSV, with exact numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

Cells = Sequence[str]


def as_text(head: Cells, rows: Sequence[Cells], numeric: Sequence[bool]) -> str:
    """Columns side by side, numbers to the right, as a fixed-width font shows them."""
    widths = [max(len(row[c]) for row in (head, *rows)) for c in range(len(head))]
    lines = [_spread(row, widths, numeric) for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def as_markdown(head: Cells, rows: Sequence[Cells], numeric: Sequence[bool]) -> str:
    """A table as GitHub and most editors of Markdown show it."""
    rule = ["---:" if n else "---" for n in numeric]
    body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *body))


def as_csv(head: Cells, rows: Sequence[Cells], numeric: Sequence[bool]) -> str:
    """Comma-separated values as in RFC 4180, for spreadsheets and scripts."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([[_harmless(c) for c in row] for row in (head, *rows)])
    return written.getvalue()


def as_latex(head: Cells, rows: Sequence[Cells], numeric: Sequence[bool]) -> str:
    """A table as LaTeX sets it, with the lines of the package booktabs."""
    columns = "".join("r" if n else "l" for n in numeric)
    first, *body = (" & ".join(_latex(cell) for cell in row) + r" \\" for row in (head, *rows))
    lines = (
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        first,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    )
    return "\n".join(lines) + "\n"


FORMS: dict[str, Callable[[Cells, Sequence[Cells], Sequence[bool]], str]] = {
    "text": as_text,
    "Markdown": as_markdown,
    "LaTeX": as_latex,
    "CSV": as_csv,
}


def _spread(row: Cells, widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = (c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numeric, strict=True))
    return "  ".join(cells)


LATEX = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "×": r"$\times$",
    "\u2009": r"\,",
    "\u202f": r"\,",
}
"""Signs that mean something else to LaTeX, or nothing."""


def _latex(cell: str) -> str:
    return "".join(LATEX.get(sign, sign) for sign in cell)


def _harmless(cell: str) -> str:
    """Spreadsheets take a cell that begins so for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
