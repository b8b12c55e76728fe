"""Plots: what is drawn lies on the paper, in the right place, and tells series apart without colour."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.reports.plots import WIDTH, Plot, Point, Row, Shape, forest, histogram, mark, strip, waterfall

SHARE = st.floats(0, 1)


def texts(plot: Plot) -> list[str]:
    return [shape.text for shape in plot.shapes if shape.tag == "text"]


def of(plot: Plot, tag: str, css: str | None = None) -> list[Shape]:
    return [s for s in plot.shapes if s.tag == tag and (css is None or s.attributes["class"] == css)]


def number(shape: Shape, name: str) -> float:
    return float(shape.attributes[name])


def assert_on_paper(plot: Plot) -> None:
    for shape in plot.shapes:
        for name in ("x", "cx", "x1", "x2"):
            assert -1 <= number(shape, name) <= WIDTH + 1 if name in shape.attributes else True, shape
        for name in ("y", "cy", "y1", "y2"):
            assert -1 <= number(shape, name) <= plot.height + 1 if name in shape.attributes else True, shape
        for name in ("width", "height"):
            assert number(shape, name) >= 0 if name in shape.attributes else True, shape


def test_a_forest_has_a_row_a_label_and_a_dot_a_point() -> None:
    rows = [Row("nDCG@10", (Point(1, 0.5, 0.4, 0.6), Point(2, 0.25, 0.2, 0.3))), Row("MAP", ())]
    plot = forest("caption", "title", rows)
    assert {"nDCG@10", "MAP", "0.50", "0.25"} <= set(texts(plot))
    (dot,) = of(plot, "circle", "s1")
    (square,) = of(plot, "rect", "s2")
    assert number(dot, "cx") > number(square, "x")
    assert len(of(plot, "line", "w1")) == len(of(plot, "line", "w2")) == 1
    assert_on_paper(plot)


def test_means_in_the_middle_of_the_axis_stand_in_the_middle() -> None:
    plot = forest("", "", [Row("a", (Point(1, 0.0, -0.1, 0.1),))], -0.2, 0.2)
    (dot,) = of(plot, "circle")
    (zero,) = of(plot, "line", "zero")
    assert number(dot, "cx") == number(zero, "x1")


def test_a_figure_beyond_the_axis_is_drawn_at_its_end_and_told_in_full() -> None:
    plot = forest("", "", [Row("a", (Point(1, -0.5, -0.7, -0.3),))], -0.2, 0.2)
    assert "−0.50" in texts(plot)
    assert number(of(plot, "circle")[0], "cx") == number(of(plot, "line", "grid")[0], "x1")


def test_long_labels_are_cut() -> None:
    plot = forest("", "", [Row("a very long name of a metric", ())])
    assert "a very long name …" in texts(plot)


def test_a_histogram_has_a_bar_a_series_and_label_and_tells_counts() -> None:
    plot = histogram("", "", ["1", "2"], [[4, 0], [2, 1]])
    first, second = of(plot, "rect", "s1"), of(plot, "rect", "s2")
    assert [number(bar, "height") for bar in first] == [114, 0]
    assert number(second[0], "height") == pytest.approx(57)
    assert {"4", "2", "1"} <= set(texts(plot))
    assert_on_paper(plot)


def test_counts_that_do_not_fit_over_their_bar_are_left_out() -> None:
    plot = histogram("", "", [str(n) for n in range(40)], [[1000] * 40])
    assert "1000" not in texts(plot)


def test_a_histogram_of_nothing_is_an_axis() -> None:
    plot = histogram("", "", [], [])
    assert [shape.tag for shape in plot.shapes] == ["line"]


def test_dots_of_a_strip_are_piled_where_scores_are_alike() -> None:
    plot = strip("", "", [("answerable", [0.5, 0.5, 0.9]), ("unanswerable", [])])
    dots = of(plot, "circle")
    alike = [number(dot, "cy") for dot in dots if dot.attributes["cx"] == dots[0].attributes["cx"]]
    assert len(dots) == 3
    assert len(set(alike)) == 2
    assert {"answerable", "unanswerable"} <= set(texts(plot))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1, 2), max_size=60), st.lists(SHARE, max_size=60))
def test_every_dot_of_a_strip_lies_on_the_paper(one: list[float], other: list[float]) -> None:
    plot = strip("", "", [("one", one), ("other", other)])
    assert len(of(plot, "circle")) == len(one)
    assert len(of(plot, "rect")) == len(other)
    assert_on_paper(plot)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SHARE, SHARE, SHARE), max_size=12))
def test_every_mark_of_a_forest_lies_on_the_paper(points: list[tuple[float, float, float]]) -> None:
    rows = []
    for place, values in enumerate(points):
        low, mean, high = sorted(values)
        rows.append(Row(str(place), (Point(place % 3 + 1, mean, low, high),)))
    assert_on_paper(forest("", "", rows))


def test_a_waterfall_goes_from_loss_to_gain() -> None:
    plot = waterfall("", "", [0.5, -1.0, 0.0, 1.0])
    bars = of(plot, "rect")
    assert [bar.attributes["class"] for bar in bars] == ["s2", "s1", "s1", "s1"]
    assert [number(bar, "height") for bar in bars] == [52, 0, 26, 52]
    assert number(bars[0], "y") == number(bars[1], "y")  # losses hang from the line
    assert_on_paper(plot)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1, 1), max_size=300))
def test_a_waterfall_of_any_size_lies_on_the_paper(values: list[float]) -> None:
    plot = waterfall("", "", values)
    assert len(of(plot, "rect")) == len(values)
    assert_on_paper(plot)


def test_series_differ_in_shape() -> None:
    assert [mark(series, 0, 0, 5).tag for series in (1, 2, 3)] == ["circle", "rect", "polygon"]
