"""Plots as inline SVG, drawn here: no library, no network, readable in light and dark and on a phone.

Colours come from the page's style sheet (classes s1, s2, s3: blue, orange, green of the palette of Okabe
and Ito, 2008, told apart by people with any common colour blindness); shapes differ as well as colours.
Plots are 380 units wide, the width of a phone, so that their letters never shrink below 11 px there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 380
_LABEL = 118
_RIGHT = 44
_ROW = 22
_TOP = 8


@dataclass(frozen=True, slots=True)
class Point:
    """A mean with its interval, of series 1, 2 or 3."""

    series: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled line of a plot."""

    label: str
    points: tuple[Point, ...]


def forest(title: str, rows: Sequence[Row], low: float = 0.0, high: float = 1.0) -> str:
    """Return dots with their intervals, a row each; the axis runs from `low` to `high`."""
    right = WIDTH - _RIGHT
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return _LABEL + (min(max(value, low), high) - low) / span * (right - _LABEL)

    parts: list[str] = []
    y = float(_TOP)
    for row in rows:
        height = max(_ROW, 15 * len(row.points) + 5)
        parts.append(_text(_LABEL - 8, y + height / 2 + 4, _short(row.label), "end", "label"))
        for index, point in enumerate(row.points):
            middle = y + height / 2 + (index - (len(row.points) - 1) / 2) * 13
            parts.append(_whisker(point, middle, x))
            parts.append(
                _text(right + 8, middle + 4, f"{point.mean:.2f}".replace("-", "−"), "start", "value")
            )
        y += height
    return _svg(title, y + 22, _axis(low, high, x, y) + "".join(parts))


def histogram(title: str, labels: Sequence[str], series: Sequence[Sequence[int]]) -> str:
    """Return upright bars: one group a label, one bar a series (up to three), with the counts on top."""
    height, base = 170, 140
    most = max((value for values in series for value in values), default=0) or 1
    slot = (WIDTH - 20) / max(len(labels), 1)
    bar = (slot - 6) / max(len(series), 1)
    parts = [f'<line class="axis" x1="10" x2="{WIDTH - 10}" y1="{base}" y2="{base}"/>']
    for group, label in enumerate(labels):
        parts.append(_text(10 + slot * (group + 0.5), base + 16, label, "middle", "label"))
        for index, values in enumerate(series):
            size = values[group] / most * (base - 26)
            left = 10 + slot * group + 3 + bar * index
            parts.append(
                f'<rect class="s{index + 1}" x="{left:.1f}" y="{base - size:.1f}" '
                f'width="{bar - 1:.1f}" height="{size:.1f}"/>'
            )
            if values[group] and bar >= 5 * len(str(values[group])):
                parts.append(_text(left + bar / 2, base - size - 4, str(values[group]), "middle", "value"))
    return _svg(title, height, "".join(parts))


def strip(title: str, rows: Sequence[tuple[str, Sequence[float]]], bins: int = 40) -> str:
    """Return dots stacked along 0…1, one band a row: the spread of a score in each."""
    parts: list[str] = []
    y = float(_TOP)

    def x(value: float) -> float:
        return 16 + min(max(value, 0.0), 1.0) * (WIDTH - 32)

    for index, (label, values) in enumerate(rows):
        places = [min(int(min(max(value, 0.0), 1.0) * bins), bins - 1) for value in values]
        tallest = max((places.count(place) for place in set(places)), default=1)
        step = min(8.0, 84 / tallest)
        height = 22 + step * tallest + 6
        parts.append(_text(16, y + 12, label, "start", "label"))
        piled: dict[int, int] = {}
        for place in sorted(places):
            piled[place] = piled.get(place, 0) + 1
            parts.append(_mark(index + 1, x((place + 0.5) / bins), y + height - step * piled[place], 3.0))
        y += height
    return _svg(title, y + 22, _axis(0.0, 1.0, x, y) + "".join(parts))


def waterfall(title: str, values: Sequence[float]) -> str:
    """Return one thin bar a question, sorted from the largest loss to the largest gain (-1…1)."""
    height, middle = 130, 62
    slot = (WIDTH - 20) / max(len(values), 1)
    parts = [f'<line class="axis" x1="10" x2="{WIDTH - 10}" y1="{middle}" y2="{middle}"/>']
    for index, value in enumerate(sorted(values)):
        size = abs(value) * 52
        top = middle if value < 0 else middle - size
        parts.append(
            f'<rect class="s{2 if value < 0 else 1}" x="{10 + slot * index:.2f}" y="{top:.2f}" '
            f'width="{max(slot - 0.6, 0.6):.2f}" height="{size:.2f}"/>'
        )
    parts.append(_text(10, 124, "← worse", "start", "label"))
    parts.append(_text(WIDTH - 10, 124, "better →", "end", "label"))
    return _svg(title, height, "".join(parts))


def legend(names: Sequence[str]) -> str:
    """Return the key of the series as HTML, each name with its mark."""
    items = (
        '<li><svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">'
        f"{_mark(index, 7, 7, 5)}</svg>{escape(name)}</li>"
        for index, name in enumerate(names, start=1)
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _whisker(point: Point, y: float, x: Callable[[float], float]) -> str:
    ends = f'x1="{x(point.low):.1f}" x2="{x(point.high):.1f}" y1="{y:.1f}" y2="{y:.1f}"'
    line = f'<line class="w{point.series}" {ends}/>'
    return line + _mark(point.series, x(point.mean), y, 4.5)


def _mark(series: int, x: float, y: float, size: float) -> str:
    """Return a circle, a square or a triangle by series."""
    if series == 2:
        return (
            f'<rect class="s2" x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size}" height="{2 * size}"/>'
        )
    if series == 3:
        points = f"{x:.1f},{y - size:.1f} {x + size:.1f},{y + size:.1f} {x - size:.1f},{y + size:.1f}"
        return f'<polygon class="s3" points="{points}"/>'
    return f'<circle class="s1" cx="{x:.1f}" cy="{y:.1f}" r="{size}"/>'


def _axis(low: float, high: float, x: Callable[[float], float], bottom: float) -> str:
    parts = []
    for index in range(5):
        value = low + (high - low) * index / 4
        css = "zero" if abs(value) < 1e-12 and low < 0 else "grid"
        parts.append(
            f'<line class="{css}" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{_TOP}" y2="{bottom:.1f}"/>'
        )
        label = f"{value:.2g}".replace("-", "−")
        parts.append(_text(x(value), bottom + 16, label, "middle", "value"))
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str, css: str) -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _short(label: str) -> str:
    return label if len(label) <= 18 else label[:17] + "…"


def _svg(title: str, height: float, inside: str) -> str:
    name = escape(title)
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{name}">'
        f"<title>{name}</title>{inside}</svg>"
    )
