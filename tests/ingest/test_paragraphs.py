"""Paragraphs: which lines run on by boxes or by blanks, what opens an item, and what running text is."""

import pytest
from split_samples import Printed, laid_out, paragraph, pdf_page, prose, text_page

from ingest.readers.source import Line, Page
from ingest.structure.paragraphs import Paragraph, group


def grouped(*pages: Page) -> list[Paragraph]:
    lines, layout = laid_out(*pages)
    raw = {page.number: page.text for page in pages}
    flow = [line for page in lines for line in page.lines]
    return group(flow, layout, lambda line: raw[line.page][line.start : line.end])


def texts(*pages: Page) -> list[str]:
    return [item.text for item in grouped(*pages)]


BODY = paragraph(prose(1), 780.0)
FULL = "The ministry opened offices in the north and in the south of the country"


def boxed(*printed: Printed) -> list[str]:
    """Return the paragraphs of these lines, a paragraph of prose above them left out."""
    return texts(pdf_page(1, *BODY, *printed))[1:]


ONE = {
    "next line": (Printed(FULL, 700.0), Printed("Opened last year as well.", 688.0, 85, 240)),
    "lower case after a wide gap": (Printed(FULL, 700.0), Printed("and opened last year.", 676.0, 85, 240)),
    "one printed line": (Printed("Offices", 700.0, 85, 140), Printed("North", 700.0, 300, 360)),
    "broken range": (
        Printed("Children of 0-", 700.0, 85, 170),
        Printed("5 years pay nothing.", 688.0, 85, 240),
    ),
    "broken number": (
        Printed("The Decree 013-2019-", 700.0, 85, 190),
        Printed("SA sets the fee.", 688.0, 85, 190),
    ),
    "raised words": (Printed(FULL, 700.0, 85, 400), Printed("And more", 702.0, 402, 510)),
}
TWO = {
    "white space": (Printed(FULL, 700.0), Printed("Opened last year as well.", 676.0, 85, 240)),
    "ended in a short line": (Printed("It rained.", 700.0, 85, 140), Printed("It fell.", 688.0, 85, 140)),
    "indent": (Printed(FULL + ".", 700.0), Printed("It fell in the year after.", 688.0, 105, 240)),
    "other size": (Printed(FULL, 700.0, size=14.0), Printed("Opened last year.", 688.0, 85, 240)),
    "bold below": (Printed(FULL + ".", 700.0), Printed("Opened last year.", 688.0, 85, 240, bold=True)),
    "bullet": (Printed(FULL, 700.0), Printed("• Opened last year.", 688.0, 85, 240)),
    "counter": (Printed(FULL + ":", 700.0), Printed("(a) Opened last year.", 688.0, 85, 240)),
    "caption": (Printed(FULL, 700.0), Printed("Table 1. Offices", 688.0, 85, 240)),
    "stub": (Printed("Offices of the north", 700.0, 85, 180), Printed("Opened last year.", 688.0, 85, 240)),
}


@pytest.mark.parametrize("name", ONE)
def test_lines_run_on(name: str) -> None:
    assert boxed(*ONE[name]) == [" ".join(line.text for line in ONE[name])]


@pytest.mark.parametrize("name", TWO)
def test_lines_stay_apart(name: str) -> None:
    assert boxed(*TWO[name]) == [line.text for line in TWO[name]]


BLANKS_ONE = {
    "wrapped": f"{FULL}\nand opened last year.",
    "lower case behind one blank": f"{FULL}\n\nand opened last year.",
    "full line that ends": f"{FULL}.\nIt opened more of them in the year after.",
}
BLANKS_TWO = {
    "blank": f"{FULL}\n\nIt opened last year.",
    "lower case behind two blanks": f"{FULL}\n\n\nand opened last year.",
    "short line that ends": f"{FULL}\nIt rained.\nIt opened more of them in the year after.",
    "address": f"{FULL}\n\nwww.who.int/health/a",
    "item": f"{FULL}:\n• opened last year.",
}


@pytest.mark.parametrize("name", BLANKS_ONE)
def test_text_without_boxes_runs_on(name: str) -> None:
    assert texts(text_page(1, BLANKS_ONE[name])) == [" ".join(BLANKS_ONE[name].split())]


@pytest.mark.parametrize("name", BLANKS_TWO)
def test_text_without_boxes_stays_apart(name: str) -> None:
    assert len(texts(text_page(1, BLANKS_TWO[name]))) == 2


def test_unwrapped_paragraphs_stay_apart_without_a_blank() -> None:
    first, second = prose(1) * 2, prose(2) * 2
    assert texts(text_page(1, f"{first}\n{second}")) == [" ".join(first.split()), " ".join(second.split())]


def test_double_spaced_text_runs_on() -> None:
    lines = [f"{FULL} and number {n} of them is" for n in range(6)]
    assert len(texts(text_page(1, "\n\n".join(lines)))) == 1


def test_a_sentence_goes_on_over_the_page() -> None:
    pages = pdf_page(1, Printed(FULL, 60.0)), pdf_page(2, Printed("where few people live.", 780.0, 85, 200))
    assert texts(*pages) == [f"{FULL} where few people live."]


def test_a_caption_does_not_go_on_over_the_page() -> None:
    pages = (
        pdf_page(1, Printed("Table 1. Offices of", 60.0)),
        pdf_page(2, Printed("the north.", 780.0, 85, 200)),
    )
    assert len(texts(*pages)) == 2


GOING_ON = {
    "in brackets": ("As the code (article 5 and", "(b) of article 6) says, offices open in the north of it."),
    "dash": (FULL, "– through which people come – and closed them again in the year."),
    "counter known": (
        "Three things hold: (1) staff and beds; and",
        "(2) money that lasts for more than a year.",
    ),
}


@pytest.mark.parametrize("name", GOING_ON)
def test_a_mark_inside_a_sentence_opens_no_item(name: str) -> None:
    first, second = GOING_ON[name]
    assert boxed(Printed(first, 700.0), Printed(second, 688.0)) == [f"{first} {second}"]


def test_markup_keeps_every_line_apart() -> None:
    text = "It rained in\nthe north"
    page = Page(1, text, (Line(0, 12, role="p"), Line(13, 22, role="li")))
    first, second = grouped(page)
    assert (first.text, first.item) == ("It rained in", False)
    assert (second.text, second.item) == ("the north", True)


def test_what_a_paragraph_knows_of_itself() -> None:
    (item,) = grouped(text_page(1, "(a) the law."))
    assert item.item and item.ends and not item.cells and item.first.text == "(a) the law."
    cells = grouped(pdf_page(1, Printed("Offices", 700.0, 85, 140), Printed("North", 700.0, 300, 360)))
    assert cells[0].cells and not cells[0].item and not cells[0].ends
    close = grouped(pdf_page(1, Printed("Offices", 700.0, 85, 140), Printed("North", 700.0, 144, 180)))
    assert not close[0].cells


PROSE = [
    "The ministry opened offices in the north.",
    "the offices of the ministry were opened in the north and in the south",
]
NOT_PROSE = [
    "It rained.",
    "Offices of the ministry",
    "Ana Ruiz Lima Peru Juan Soto Puno Peru Rosa Paz Cusco Peru",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose(text: str) -> None:
    assert grouped(text_page(1, text))[0].prose


@pytest.mark.parametrize("text", NOT_PROSE)
def test_not_prose(text: str) -> None:
    assert not grouped(text_page(1, text))[0].prose


def test_no_line_is_lost_and_none_is_read_twice() -> None:
    pages = [pdf_page(n, *paragraph(prose(n), 780.0), *paragraph(FULL, 60.0)) for n in range(1, 5)]
    found = [line.index for item in grouped(*pages) for line in item.lines]
    assert sorted(found) == list(range(len(found)))
    assert len(found) == sum(len(page.lines) for page in pages)
    assert grouped() == []
