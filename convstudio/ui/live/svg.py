"""Charts as SVG text, written by hand: paths, lines and escaped words, and nothing that another program must guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

import numpy as np

from convstudio.ui.live.chart import Chart, Line

WIDTH, HEIGHT = 480, 300
"""Of one chart, in pixels."""
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 34, 30
MOST = 1_000_000.0
"""Points farther out than this many pixels are not written: no program draws them."""


def svg(charts: Sequence[Chart], paper: str, ink: str, dim: str, line: str) -> str:
    """The charts beside each other; colours as #rrggbb."""
    across = WIDTH * len(charts)
    size = f'width="{across}" height="{HEIGHT}" viewBox="0 0 {across} {HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Inter, sans-serif" font-size="11">',
        f'<rect width="{across}" height="{HEIGHT}" fill="{paper}"/>',
    ]
    for number, chart in enumerate(charts):
        parts.append(f'<g transform="translate({WIDTH * number} 0)">')
        parts += [*_frame(chart, number, ink, dim, line), *_marks(chart, dim), *_lines(chart, number), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _frame(chart: Chart, number: int, ink: str, dim: str, line: str) -> Iterator[str]:
    """Title, grid, numbers of the axes, and the names of the curves."""
    area = f'<rect x="{LEFT}" y="{TOP}" width="{_across()}" height="{_down()}"/>'
    yield f'<defs><clipPath id="area{number}">{area}</clipPath></defs>'
    yield f'<text x="{LEFT}" y="18" font-weight="600" fill="{ink}">{escape(chart.title)}</text>'
    for height, words in chart.up:
        y = _y(chart, height)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{line}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{dim}">{escape(words)}</text>'
    for step, words in chart.across:
        yield (
            f'<text x="{_x(chart, step):.1f}" y="{HEIGHT - 12}" text-anchor="middle" fill="{dim}">'
            f"{escape(words)}</text>"
        )
    names = "".join(
        f'<tspan fill="{drawn.colour}" fill-opacity="{max(drawn.opacity, 0.6):g}">\u2003{escape(drawn.name)}</tspan>'
        for drawn in chart.lines
    )
    yield f'<text x="{WIDTH - RIGHT}" y="18" text-anchor="end" xml:space="preserve">{names}</text>'


def _marks(chart: Chart, dim: str) -> Iterator[str]:
    """Each with its words as a title, which programs show under the mouse."""
    for step, words in chart.marks:
        if chart.left <= step <= chart.right:
            path = f'd="M{_x(chart, step):.1f} {TOP}V{HEIGHT - BOTTOM}"'
            yield f'<path {path} stroke="{dim}" stroke-dasharray="2 3"><title>{escape(words)}</title></path>'


def _lines(chart: Chart, number: int) -> Iterator[str]:
    for drawn in chart.lines:
        style = f'fill="none" stroke="{drawn.colour}" stroke-opacity="{drawn.opacity:g}" stroke-linejoin="round"'
        yield f'<path clip-path="url(#area{number})" {style} d="{_path(chart, drawn)}"/>'


def _path(chart: Chart, drawn: Line) -> str:
    """A move before the first point and after each hole, else lines."""
    xs = LEFT + (np.asarray(drawn.steps, np.float64) - chart.left) / (chart.right - chart.left) * _across()
    ys = TOP + (chart.top - np.asarray(drawn.heights, np.float64)) / (chart.top - chart.bottom) * _down()
    there = np.isfinite(xs) & np.isfinite(ys) & (np.abs(xs) < MOST) & (np.abs(ys) < MOST)
    before = np.concatenate([[False], there[:-1]])
    return "".join(
        f"{'L' if goes_on else 'M'}{x:.1f} {y:.1f}"
        for x, y, is_there, goes_on in zip(xs.tolist(), ys.tolist(), there, before, strict=True)
        if is_there
    )


def _x(chart: Chart, step: float) -> float:
    return LEFT + (step - chart.left) / (chart.right - chart.left) * _across()


def _y(chart: Chart, height: float) -> float:
    return TOP + (chart.top - height) / (chart.top - chart.bottom) * _down()


def _across() -> int:
    return WIDTH - LEFT - RIGHT


def _down() -> int:
    return HEIGHT - TOP - BOTTOM
