"""The curves of a kept run as plain charts, for papers: loss and accuracy from the first step to the last."""

from __future__ import annotations

import numpy as np

from convstudio.ui.live.axis_range import loss_top, round_above
from convstudio.ui.live.chart import Chart, Floats, Line
from convstudio.ui.live.run_record import RunRecord
from convstudio.ui.live.ticks import ticks
from convstudio.ui.text import tr
from convstudio.ui.theme import theme

POINTS = 600
"""Of a curve at most: a paper has no more room."""


def run_charts(record: RunRecord) -> tuple[Chart, ...]:
    """Loss and accuracy; none where no step was made. Colours are those of the theme."""
    count = len(record.loss.raw)
    if not count:
        return ()
    steps, losses, accuracies = record.validations()
    end = float(record.offset + count)
    smooth = record.loss.smooth.extremes()[1]
    top = loss_top(0.0, smooth, float(np.max(losses)) if len(losses) else float("nan"), record.loss.raw.extremes()[1])
    across = tuple(ticks(0.0, end, 6))
    return tuple(
        Chart(title, 0.0, end, 0.0, height, across, tuple(ticks(0.0, height, 6)), _lines(series, record, *points))
        for title, height, series, points in (
            (tr("Loss"), top or round_above(smooth), record.loss.smooth.values, (steps, losses)),
            (tr("Accuracy in %"), 100.0, record.accuracy.smooth.values, (steps, accuracies)),
        )
    )


def _lines(values: Floats, record: RunRecord, steps: Floats, judged: Floats) -> tuple[Line, ...]:
    chosen = np.unique(np.linspace(0, len(values) - 1, min(len(values), POINTS)).round().astype(int))
    training = (chosen + record.offset + 1).astype(np.float32)
    return (
        Line(tr("training"), theme.text("train"), 1.0, training, values[chosen]),
        Line(tr("validation"), theme.text("validation"), 1.0, np.asarray(steps, np.float32), judged),
    )
