"""Numbers that count the lines of a page are cut off; numbers of rows, items and paragraphs stay."""

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.read import read_bytes
from ingest.readers.source import Page

TEXT = [
    "SEC. 4. ACCESS OF MIGRANTS TO CARE.",
    "(a) The office of Tacna shall register each",
    "person who asks for care and shall",
    "issue a card within ten days. The card",
    "is free of charge.",
    "(b) The ministry shall report each",
    "year on the cards issued and on",
    "those refused, with the reason.",
    "(c) No hospital shall ask for a",
    "document other than this card in",
    "cases of emergency.",
    "(d) The fee is abolished for children",
    "under five years and for women who",
    "expect a child.",
]


def page(numbers: list[str], lines: list[str] = TEXT, *, right: bool = False, gap: float = 22) -> Page:
    """Return a page whose lines bear these numbers in the margin."""
    import io

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    for row, (number, line) in enumerate(zip(numbers, lines, strict=True)):
        y = 760 - 22 * row
        canvas.drawString(72, y, line)
        if right:
            canvas.drawString(430, y, number)
        else:
            canvas.drawRightString(72 - gap, y, number)
    canvas.showPage()
    canvas.save()
    return read_bytes(buffer.getvalue(), "a.pdf").pages[0]


def seen(read: Page) -> list[str]:
    return [read.text[line.start : line.end] for line in read.lines if not line.hidden]


EACH = [str(number) for number in range(1, len(TEXT) + 1)]
FIFTH = [str(number) if number % 5 == 0 else "" for number in range(1, len(TEXT) + 3)][2:]
COUNTED = {
    "each_line": page(EACH),
    "each_line_from_a_later_one": page([str(31 + number) for number in range(len(TEXT))]),
    "each_line_at_the_right": page(EACH, right=True),
    "each_fifth": page([*FIFTH[:-1], FIFTH[-1]]),
    "each_fifth_at_the_right": page(FIFTH, right=True),
}
LONG = TEXT * 2 + TEXT[:6]
TENTH = [str(number) if number % 10 == 0 else "" for number in range(1, len(LONG) + 1)]


@pytest.mark.parametrize("right", [False, True])
def test_numbers_of_each_tenth_line_are_no_text(right: bool) -> None:
    read = page(TENTH, LONG, right=right)
    assert seen(read) == LONG
    assert read.flags == {"line_numbers"}


@pytest.mark.parametrize("case", COUNTED)
def test_numbers_of_lines_are_no_text(case: str) -> None:
    read = COUNTED[case]
    assert seen(read) == TEXT
    assert read.flags == {"line_numbers"}


ROWS = [f"Regional hospital of place {chr(65 + row)}" for row in range(14)]
NOT_COUNTED = {
    "rows": page(EACH, ROWS),
    "years": page([str(2010 + 3 * row) for row in range(14)]),
    "a_blank_apart": page(EACH, gap=3),
    "few": page(EACH[:6], TEXT[:6]),
}


@pytest.mark.parametrize("case", NOT_COUNTED)
def test_other_numbers_stay(case: str) -> None:
    read = NOT_COUNTED[case]
    assert "line_numbers" not in read.flags
    assert any(text[0].isdigit() for text in seen(read))
