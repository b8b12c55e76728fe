"""Two printed pages on one sheet: each passage is cited by the number of the half on which it stands."""

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.layout.spread_halves import OVER, Spread, spreads
from ingest.passage import LabelSource, PageLabel, Passage, halves_of
from ingest.passages.invariants import WRONG_PAGES, violations
from ingest.passages.split import SplitResult, split_source
from ingest.readers.limits import Limits
from ingest.readers.read import read_bytes
from ingest.readers.source import Line, Page

BROAD, HIGH = (842.0, 595.0), (595.0, 842.0)
WORDS = ["clinics", "nurses", "rivers", "roads", "bridges", "ports", "schools", "villages"]
WORDS += ["offices", "fees", "queues", "doctors"]
Draw = Callable[[Canvas, int], None]


def sentence(sheet: int, half: str, at: int) -> str:
    """Return a sentence that says where it is drawn; no two are alike."""
    turned = WORDS[(sheet * 5 + at) % 12 :] + WORDS[: (sheet * 5 + at) % 12]
    return f"On {half} {sheet} we saw {' and '.join(turned[:4])} in the north of town {at}."


def column(canvas: Canvas, words: Sequence[str], left: float, top: float, width: int = 52) -> None:
    """Draw sentences as running text of so many characters a line."""
    line, lines = "", []
    for word in " ".join(words).split():
        if len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    for at, each in enumerate([*lines, line]):
        canvas.drawString(left, top - 13 * at, each)


def paper(draw: Draw, size: tuple[float, float] = BROAD, sheets: int = 5) -> SplitResult:
    """Return a drawn paper as it is read and split."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=True)
    for sheet in range(1, sheets + 1):
        canvas.setFont("Helvetica", 10)
        draw(canvas, sheet)
        canvas.showPage()
    canvas.save()
    data = out.getvalue()
    source = read_bytes(data, "drawn.pdf", limits=Limits(second_reading=0.0), ocr=False)
    sha = hashlib.sha256(data).hexdigest()
    result = split_source(source, sha)
    labels = {item.page.number: item.label.text if item.label else None for item in result.pages}
    texts = {item.page.number: item.page.text for item in result.pages}
    assert list(violations(sha, result.passages, texts, labels, paged=True)) == []
    return result


def halves(canvas: Canvas, sheet: int, *, columns: int = 1, size: tuple[float, float] = BROAD) -> None:
    """Draw text on both halves of a sheet, in one column or two each."""
    for number, half in enumerate(("left", "right")):
        start = 50 + number * size[0] / 2
        for part in range(columns):
            told = [sentence(sheet, half, at) for at in range(part * 20, part * 20 + 14 // columns)]
            column(canvas, told, start + part * 165, 520, 52 // columns)


def numbers(canvas: Canvas, sheet: int, *, both: bool = True, size: tuple[float, float] = BROAD) -> None:
    """Draw the numbers of the halves: 2 and 3 on the first sheet."""
    canvas.drawString(size[0] * 0.25, 30, str(2 * sheet))
    if both:
        canvas.drawString(size[0] * 0.75, 30, str(2 * sheet + 1))


def told(passage: Passage) -> list[str]:
    """Return the numbers of the halves that a passage's own words name, first and last."""
    places = re.findall(r"On (left|right) (\d+) ", passage.text)
    found = sorted(2 * int(sheet) + (half == "right") for half, sheet in places)
    return [str(found[0]), str(found[-1])] if found else []


@pytest.mark.parametrize("columns", [1, 2])
def test_a_passage_has_the_number_of_its_half(columns: int) -> None:
    def draw(canvas: Canvas, sheet: int) -> None:
        halves(canvas, sheet, columns=columns)
        numbers(canvas, sheet)

    result = paper(draw)
    assert [item.label.text for item in result.pages if item.label] == ["2–3", "4–5", "6–7", "8–9", "10–11"]
    named = [passage for passage in result.passages if told(passage)]
    assert len({label for passage in named for label in passage.labels}) == 10
    for passage in named:
        assert list(passage.labels) == told(passage)
        assert passage.label_source == "printed"


def test_a_passage_over_both_halves_has_both_numbers() -> None:
    def draw(canvas: Canvas, sheet: int) -> None:
        halves(canvas, sheet)
        words = (
            f"Both pages of sheet {sheet} say together what the {WORDS[sheet]} cost in every town and village"
        )
        column(canvas, [f"{words} of the north, in the year in which they were opened."], 60, 60, 200)
        numbers(canvas, sheet)

    both = [passage for passage in paper(draw).passages if "Both pages of sheet" in passage.text]
    assert len(both) == 5
    for passage in both:
        first, last = passage.pages
        assert set(passage.labels) <= {str(2 * first), str(2 * first + 1), str(2 * last + 1)}
        assert passage.labels[0] != passage.labels[1]


def test_a_half_whose_number_is_not_printed_has_none() -> None:
    def draw(canvas: Canvas, sheet: int) -> None:
        halves(canvas, sheet)
        numbers(canvas, sheet, both=sheet != 3)

    result = paper(draw)
    for passage in result.passages:
        if passage.pages == (3, 3) and told(passage):
            assert passage.labels == (("6", "6") if told(passage) == ["6", "6"] else ())
        elif told(passage) and 3 not in passage.pages:
            assert list(passage.labels) == told(passage)


def test_numbers_of_columns_on_a_high_page_are_no_halves() -> None:
    def draw(canvas: Canvas, sheet: int) -> None:
        for number, half in enumerate(("left", "right")):
            column(canvas, [sentence(sheet, half, at) for at in range(14)], 50 + number * 260, 740, 44)
        numbers(canvas, sheet, size=HIGH)

    result = paper(draw, HIGH)
    whole = {item.page.number: item.label.text for item in result.pages if item.label}
    assert whole[2] == "4–5"
    for passage in result.passages:
        assert passage.labels in ((), tuple(whole.get(page, "") for page in passage.pages))


def test_a_broad_page_with_one_number_is_no_spread() -> None:
    def draw(canvas: Canvas, sheet: int) -> None:
        halves(canvas, sheet)
        canvas.drawString(BROAD[0] / 2, 30, str(sheet + 6))

    for passage in paper(draw).passages:
        assert list(passage.labels) == [str(page + 6) for page in passage.pages]


def sheet(number: int, size: tuple[float, float] = BROAD) -> Page:
    """Return a page with a line on each half and one over the middle, and a line in two pieces."""
    text = "left right over both left right"
    middle = size[0] / 2
    lines = (
        Line(0, 4, (50, 500, middle - 50, 510)),
        Line(5, 10, (middle + 50, 500, 800, 510)),
        Line(11, 20, (50, 300, 800, 310)),
        Line(21, 31, (50, 200, 800, 210), pieces=((21, 25, 50, 90), (26, 31, 700, 760))),
    )
    return Page(number, text, lines, *size)


def found(
    size: tuple[float, float], *labels: str | None, source: LabelSource = "printed"
) -> dict[int, Spread]:
    pages = [sheet(at, size) for at in range(1, len(labels) + 1)]
    return spreads(pages, [PageLabel(label, source) if label else None for label in labels])


ENDS = {
    "left": ((0, 4), ("2", "2")),
    "right": ((5, 10), ("3", "3")),
    "over the middle": ((11, 20), ("2", "3")),
    "a piece on the left": ((21, 25), ("2", "2")),
    "a piece on the right": ((26, 31), ("3", "3")),
    "both lines": ((0, 10), ("2", "3")),
    "nothing that has a place": ((4, 5), ("2", "3")),
}


@pytest.mark.parametrize("case", ENDS)
def test_the_half_is_told_from_the_places_of_lines(case: str) -> None:
    part, ends = ENDS[case]
    assert found(BROAD, "2–3")[1].ends([part]) == ends


def test_a_line_may_reach_a_little_over_the_middle() -> None:
    middle = BROAD[0] / 2
    one = Spread(("2", "3"), middle, ((0, 5, 50, middle + OVER), (6, 9, middle - OVER, 800)))
    assert (one.ends([(0, 5)]), one.ends([(6, 9)])) == (("2", "2"), ("3", "3"))


def test_which_sheets_are_spreads() -> None:
    assert set(found(BROAD, "2–3", None, "6–7")) == {1, 3}
    assert found(HIGH, "2–3", "4–5") == {}
    assert found(BROAD, "2–3", "4–5", source="pagelabels") == {}
    assert found(BROAD, "2", "3") == {}
    assert found(BROAD, "2–9", "A–B", "2-3") == {}


def test_a_sheet_with_one_of_its_numbers_is_a_spread_of_its_numbering() -> None:
    several = found(BROAD, "2–3", "4", "7", "9", "iv")
    assert {page: one.numbers for page, one in several.items()} == {
        1: ("2", "3"),
        2: ("4", None),
        3: (None, "7"),
        4: (None, "9"),
    }


def test_the_label_of_a_spread_names_its_halves() -> None:
    assert halves_of("12–13") == ("12", "13")
    assert [halves_of(label) for label in ("12", "12–14", "12-13", "13–12", "iv–v", "")] == [None] * 6


def test_a_label_of_another_half_or_page_breaks_a_passage() -> None:
    def draw(canvas: Canvas, at: int) -> None:
        halves(canvas, at)
        numbers(canvas, at)

    result = paper(draw)
    texts = {item.page.number: item.page.text for item in result.pages}
    labels = {item.page.number: item.label.text if item.label else None for item in result.pages}
    one = result.passages[0]
    for wrong in (("4", "4"), ("2",), ("2", "9")):
        told_of = dict(violations("", [replace(one, labels=wrong)], texts, labels, paged=True))
        assert WRONG_PAGES in told_of
