"""Plots as shapes of an SVG, drawn by `templates/macros.html.jinja`: no network, readable in light and dark.

Colours come from the page's style sheet (classes s1, s2, s3: blue, orange, green of the palette of Okabe
and Ito, 2008, told apart by people with any common colour blindness); shapes differ as well as colours.
Plots are 380 units wide, the width of a phone, so that their letters never shrink below 11 px there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

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


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of an SVG: its tag, its attributes and the text inside."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Shapes on a ground of `WIDTH` by `height` units; the title is for screen readers."""

    caption: str
    title: str
    height: int
    shapes: tuple[Shape, ...]
    width: int = WIDTH


def forest(caption: str, title: str, rows: Sequence[Row], low: float = 0.0, high: float = 1.0) -> Plot:
    """Return dots with their intervals, a row each; the axis runs from `low` to `high`."""
    right = WIDTH - _RIGHT
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return _LABEL + (min(max(value, low), high) - low) / span * (right - _LABEL)

    shapes: list[Shape] = []
    y = float(_TOP)
    for row in rows:
        height = max(_ROW, 15 * len(row.points) + 5)
        shapes.append(_text(_LABEL - 8, y + height / 2 + 4, _short(row.label), "end", "label"))
        for index, point in enumerate(row.points):
            middle = y + height / 2 + (index - (len(row.points) - 1) / 2) * 13
            shapes += _whisker(point, middle, x)
            value = f"{point.mean:.2f}".replace("-", "−")
            shapes.append(_text(right + 8, middle + 4, value, "start", "value"))
        y += height
    return _plot(caption, title, y + 22, [*_axis(low, high, x, y), *shapes])


def histogram(caption: str, title: str, labels: Sequence[str], series: Sequence[Sequence[int]]) -> Plot:
    """Return upright bars: one group a label, one bar a series (up to three), with the counts on top."""
    height, base = 170, 140
    most = max((value for values in series for value in values), default=0) or 1
    slot = (WIDTH - 20) / max(len(labels), 1)
    bar = (slot - 6) / max(len(series), 1)
    shapes = [_line("axis", (10, WIDTH - 10), (base, base))]
    for group, label in enumerate(labels):
        shapes.append(_text(10 + slot * (group + 0.5), base + 16, label, "middle", "label"))
        for index, values in enumerate(series):
            size = values[group] / most * (base - 26)
            left = 10 + slot * group + 3 + bar * index
            shapes.append(_box(index + 1, left, base - size, bar - 1, size))
            if values[group] and bar >= 5 * len(str(values[group])):
                shapes.append(_text(left + bar / 2, base - size - 4, str(values[group]), "middle", "value"))
    return _plot(caption, title, height, shapes)


def strip(caption: str, title: str, rows: Sequence[tuple[str, Sequence[float]]], bins: int = 40) -> Plot:
    """Return dots stacked along 0…1, one band a row: the spread of a score in each."""
    shapes: list[Shape] = []
    y = float(_TOP)

    def x(value: float) -> float:
        return 16 + min(max(value, 0.0), 1.0) * (WIDTH - 32)

    for index, (label, values) in enumerate(rows):
        places = [min(int(min(max(value, 0.0), 1.0) * bins), bins - 1) for value in values]
        tallest = max((places.count(place) for place in set(places)), default=1)
        step = min(8.0, 84 / tallest)
        height = 22 + step * tallest + 6
        shapes.append(_text(16, y + 12, label, "start", "label"))
        piled = {place: count(1) for place in places}
        for place in sorted(places):
            above = step * next(piled[place])
            shapes.append(mark(index + 1, x((place + 0.5) / bins), y + height - above, 3.0))
        y += height
    return _plot(caption, title, y + 22, [*_axis(0.0, 1.0, x, y), *shapes])


def waterfall(caption: str, title: str, values: Sequence[float]) -> Plot:
    """Return one thin bar a question, sorted from the largest loss to the largest gain (-1…1)."""
    height, middle = 130, 62
    slot = (WIDTH - 20) / max(len(values), 1)
    shapes = [_line("axis", (10, WIDTH - 10), (middle, middle))]
    for index, value in enumerate(sorted(values)):
        size = abs(value) * 52
        top = middle if value < 0 else middle - size
        shapes.append(_box(2 if value < 0 else 1, 10 + slot * index, top, max(slot - 0.6, 0.6), size))
    shapes.append(_text(10, 124, "← worse", "start", "label"))
    shapes.append(_text(WIDTH - 10, 124, "better →", "end", "label"))
    return _plot(caption, title, height, shapes)


def mark(series: int, x: float, y: float, size: float) -> Shape:
    """Return a circle, a square or a triangle by series."""
    if series == 2:
        return _box(2, x - size, y - size, 2 * size, 2 * size)
    if series == 3:
        points = f"{x:.1f},{y - size:.1f} {x + size:.1f},{y + size:.1f} {x - size:.1f},{y + size:.1f}"
        return Shape("polygon", {"class": "s3", "points": points})
    return Shape("circle", {"class": "s1", "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{size:g}"})


def _whisker(point: Point, y: float, x: Callable[[float], float]) -> list[Shape]:
    line = _line(f"w{point.series}", (x(point.low), x(point.high)), (y, y))
    return [line, mark(point.series, x(point.mean), y, 4.5)]


def _axis(low: float, high: float, x: Callable[[float], float], bottom: float) -> list[Shape]:
    shapes = []
    for index in range(5):
        value = low + (high - low) * index / 4
        css = "zero" if abs(value) < 1e-12 and low < 0 else "grid"
        shapes.append(_line(css, (x(value), x(value)), (_TOP, bottom)))
        shapes.append(_text(x(value), bottom + 16, f"{value:.2g}".replace("-", "−"), "middle", "value"))
    return shapes


def _line(css: str, x: tuple[float, float], y: tuple[float, float]) -> Shape:
    ends = {"x1": x[0], "x2": x[1], "y1": y[0], "y2": y[1]}
    return Shape("line", {"class": css} | {name: f"{value:.1f}" for name, value in ends.items()})


def _box(series: int, x: float, y: float, width: float, height: float) -> Shape:
    sides = {"x": x, "y": y, "width": width, "height": height}
    return Shape("rect", {"class": f"s{series}"} | {name: f"{value:.2f}" for name, value in sides.items()})


def _text(x: float, y: float, text: str, anchor: str, css: str) -> Shape:
    return Shape("text", {"class": css, "x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}, text)


def _short(label: str) -> str:
    return label if len(label) <= 18 else label[:17] + "…"


def _plot(caption: str, title: str, height: float, shapes: Sequence[Shape]) -> Plot:
    return Plot(caption, title, round(height), tuple(shapes))
