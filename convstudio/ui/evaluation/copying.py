"""An evaluation as text for other programs: plain text, Markdown or CSV, of the confusion matrix and the scores."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from convstudio.ui.evaluation.report import Report
from convstudio.ui.text import tr

Rows = list[list[str]]


def as_text(report: Report, title: str) -> str:
    """Tables with columns side by side, for a fixed-width font."""
    return _whole(report, title, _aligned)


def as_markdown(report: Report, title: str) -> str:
    """Markdown tables, with `title` in bold above."""
    return _whole(report, f"**{title}**", _piped)


def as_csv(report: Report, title: str) -> str:
    """Comma-separated values; an empty line lies between title, matrix and scores."""
    return _whole(report, _separated([[title]]), _separated)


def matrix_rows(report: Report) -> Rows:
    """The confusion matrix: a row for each true class, a column for each answer."""
    head = [tr("true \\ answered"), *report.classes]
    counts = report.confusion.tolist()
    return [head, *([name, *map(str, row)] for name, row in zip(report.classes, counts, strict=True))]


def score_rows(report: Report) -> Rows:
    """Precision, recall, F1, for pixels also IoU, and support of each class, with their means."""
    head = [tr("class"), tr("precision"), tr("recall"), "F1", *(["IoU"] if report.per_pixel else []), tr("support")]
    rows = [
        [name, *_scores(report, (s.precision, s.recall, s.f1, s.iou)), str(s.support)]
        for name, s in zip(report.classes, report.scores, strict=True)
    ]
    mean = [tr("mean"), *_scores(report, report.mean_scores()), str(report.message.targets)]
    return [head, *rows, mean]


def figure_rows(report: Report) -> Rows:
    """What is said in single numbers."""
    message = report.message
    return [
        [tr("accuracy"), f"{message.accuracy:.4f}"],
        [tr("loss"), f"{message.loss:.4f}"],
        [tr("expected calibration error"), f"{message.calibration_error:.4f}"],
    ]


def _scores(report: Report, values: Sequence[float | None]) -> list[str]:
    shown = values if report.per_pixel else values[:3]
    return ["" if value is None else f"{value:.4f}" for value in shown]


def _whole(report: Report, title: str, table: Callable[[Rows], str]) -> str:
    parts = (title.rstrip("\n"), table(figure_rows(report)), table(matrix_rows(report)), table(score_rows(report)))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _aligned(rows: Rows) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join([row[0].ljust(widths[0]), *_right(row[1:], widths[1:])]).rstrip() for row in rows)
    return "\n".join(lines)


def _right(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]


def _piped(rows: Rows) -> str:
    safe = [[cell.replace("\\", "\\\\").replace("|", "\\|") for cell in row] for row in rows]
    head, *rest = safe if len(rows[0]) > 2 else [["", ""], *safe]
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rest))


def _separated(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
