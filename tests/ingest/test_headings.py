"""Headings: by bookmark, markup, type, numbering or standing alone; and the path of sections they make."""

import pytest
from split_samples import Printed, laid_out, paragraph, pdf_page, prose, text_page

from ingest.layout.line import Layout
from ingest.readers.source import Line, OutlineEntry, Page
from ingest.structure.headings import (
    Heading,
    Outline,
    Sections,
    heading_of,
    is_sentence,
    is_titled,
    lone_counts,
    numbering,
)
from ingest.structure.paragraphs import Paragraph, group

NUMBERINGS = {
    "2.3 Health": ("decimal", 2),
    "2.3.1. Health": ("decimal", 3),
    "2.3.Health": ("decimal", 2),
    "1 Introduction": ("decimal", 1),
    "IV. Results": ("roman", 1),
    "IV – Results": ("roman", 1),
    "B. Method": ("letter", 1),
    "Artículo 5. Objeto": ("word", 2),
    "CAPÍTULO II": ("word", 1),
    "Annex A": ("word", 1),
    "Health": ("plain", 1),
    "2.3": ("plain", 1),
    "2022 saw arrivals": ("plain", 1),
}


@pytest.mark.parametrize("text", NUMBERINGS)
def test_numbering(text: str) -> None:
    assert numbering(text) == NUMBERINGS[text]


TITLED = ["ii) Mitigate discrimination", "Health", "¿Qué barreras hay?", "3.1 a new start", "(a) The law"]
NOT_TITLED = ["of the law", "(a) the law", "12 13", ""]


@pytest.mark.parametrize("text", TITLED)
def test_titled(text: str) -> None:
    assert is_titled(text)


@pytest.mark.parametrize("text", NOT_TITLED)
def test_not_titled(text: str) -> None:
    assert not is_titled(text)


SENTENCES = ["Article 36. Paragraph 12 of article 131 is repealed."]
NO_SENTENCES = [
    "Article 5. Purpose.",
    "What did the ministry do in the north?",
    "Health of migrants in the north of Peru",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_heading_that_is_a_sentence(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize("text", NO_SENTENCES)
def test_a_heading_that_is_none(text: str) -> None:
    assert not is_sentence(text)


def paragraphs_of(page: Page) -> tuple[list[Paragraph], Layout]:
    (lines,), layout = laid_out(page)
    return group(lines.lines, layout, lambda line: page.text[line.start : line.end]), layout


def headings(page: Page, *bookmarks: OutlineEntry) -> list[str]:
    """Return the paragraphs of a page that are headings, each asked with those around it."""
    found, layout = paragraphs_of(page)
    around = [None, *found, None]
    outline = Outline(bookmarks)
    return [
        paragraph.text
        for above, paragraph, below in zip(around, found, around[2:], strict=False)
        if heading_of(paragraph, above, below, layout, outline)
    ]


def between(*printed: Printed) -> Page:
    """Return a page with these lines between two paragraphs of prose."""
    return pdf_page(1, *paragraph(prose(1), 780.0), *printed, *paragraph(prose(2), 640.0))


BY_TYPE = {
    "larger": Printed("Health in the north", 690.0, 85, 200, 12.0),
    "bold and apart": Printed("Health in the north", 690.0, 85, 200, 10.0, True),
    "bold and numbered": Printed("2.1 Health in the north", 690.0, 85, 200, 10.0, True),
    "capitals": Printed("HEALTH IN THE NORTH", 690.0, 85, 200),
    "alone in body type": Printed("Health in the north", 690.0, 85, 200),
    "small capitals": Printed("HEALTH IN THE NORTH", 690.0, 85, 200, 8.0),
    "a question": Printed("What is done in the north?", 690.0, 85, 200),
    "bold, with a stop": Printed("Getting clinics right.", 690.0, 85, 200, 10.0, True),
    "larger, with a stop": Printed("Strategic Goal #8: better clinics.", 690.0, 85, 200, 13.0),
    "numbered, with a stop": Printed("2. Health in the north.", 690.0, 85, 200),
}
NOT_BY_TYPE = {
    "smaller": Printed("Health in the north", 690.0, 85, 200, 8.0),
    "sentence": Printed("It rained in the north.", 690.0, 85, 200),
    "lower case": Printed("health in the north", 690.0, 85, 200),
    "comma": Printed("Health in the north,", 690.0, 85, 200, 12.0),
    "colon": Printed("Health in the north:", 690.0, 85, 200),
    "two letters": Printed("A 1 B 2", 690.0, 85, 200, 12.0),
    "item": Printed("• Health in the north", 690.0, 85, 200),
    "a row": Printed("Health in the north 49% 1,204", 690.0, 85, 200, 12.0),
    "a field": Printed("Date of payment: 06/05/2025", 690.0, 85, 200, 12.0, True),
    "capitals far smaller": Printed("HEALTH IN THE NORTH", 690.0, 85, 200, 6.0),
    "more than a title holds": Printed("Health " * 32, 690.0, 85, 510, 12.0),
}


@pytest.mark.parametrize("name", BY_TYPE)
def test_heading(name: str) -> None:
    assert headings(between(BY_TYPE[name])) == [BY_TYPE[name].text]


@pytest.mark.parametrize("name", NOT_BY_TYPE)
def test_not_heading(name: str) -> None:
    assert headings(between(NOT_BY_TYPE[name])) == []


def test_numbered_paragraphs_without_a_gap_are_no_headings() -> None:
    texts = (
        "83.Requests are unlikely to contain the evidence",
        "84.A trust is able to begin treatment and to",
    )
    printed = (
        Printed(text, 690.0 - 24 * at, 60, 395) for at, text in enumerate((*texts, "85.Although it may"))
    )
    assert headings(between(*printed)) == []


def test_nothing_below_heads_nothing_in_body_type() -> None:
    title = Printed("Health in the north", 690.0, 85, 200)
    assert headings(pdf_page(1, *paragraph(prose(1), 780.0), title)) == []


def test_a_line_after_an_unfinished_one_is_no_heading() -> None:
    above = [*paragraph(prose(1) + " The offices of the", 780.0)]
    title = Printed("Ministry of Health", 690.0, 85, 200)
    assert headings(pdf_page(1, *above, title, *paragraph(prose(2), 640.0))) == []


def test_cells_of_one_line_are_no_heading() -> None:
    cells = (Printed("Health", 690.0, 85, 120, 12.0), Printed("North", 690.0, 300, 340, 12.0))
    assert headings(between(*cells)) == []


def test_a_bookmark_names_a_heading_on_its_page_only() -> None:
    page = pdf_page(1, *paragraph(prose(1), 780.0), Printed("Health in the north", 690.0, 85, 200))
    assert headings(page, OutlineEntry("Health in the north", 1, 1)) == ["Health in the north"]
    assert headings(page, OutlineEntry("Health in the north", 1, 2)) == []


def test_bookmarks_are_found_by_their_folded_title() -> None:
    outline = Outline(
        [
            OutlineEntry("1. Health  care", 2, 3),
            OutlineEntry("1. Health care", 5, 3),
            OutlineEntry("ab", 1, 3),
        ]
    )
    assert outline.level(3, "1. HEALTH-CARE") == 2
    assert outline.level(4, "1. Health care") is None
    assert outline.level(3, "ab") is None
    assert outline.level(3, "x" * 221) is None
    assert Outline([]).level(3, "1. Health care") is None


def test_markup_alone_decides_where_there_is_any() -> None:
    parts = (("h2", "Costs"), ("p", "Health in the north"), ("p", "Care is expensive for all of them."))
    text, lines = "", []
    for role, part in parts:
        lines.append(Line(len(text), len(text) + len(part), role=role))
        text += part + "\n"
    found, layout = paragraphs_of(Page(1, text, tuple(lines)))
    made = [heading_of(item, None, None, layout, Outline([])) for item in found]
    assert [item and (item.text, item.level) for item in made] == [("Costs", 2), None, None]


def test_text_without_type_needs_a_blank_below_a_heading() -> None:
    assert headings(text_page(1, f"{prose(1)}\n\nHealth in the north\n\n{prose(2)}")) == [
        "Health in the north"
    ]
    assert headings(text_page(1, f"{prose(1)}\n\n{prose(2)}")) == []


COUNTS = {
    "count": ["1 citation"],
    "date": ["20 March 2024"],
    "two apart": ["1 citation", "20 March 2024"],
}
SERIES = {"two sections": ["1 Introduction", "2 Methods"], "stops": ["1. Introduction"], "words": ["Methods"]}


def counts(texts: list[str]) -> int:
    page = text_page(1, "\n\n".join(part for text in texts for part in (text, prose(len(text)))))
    return len(lone_counts(paragraphs_of(page)[0]))


@pytest.mark.parametrize("name", COUNTS)
def test_a_number_in_no_series_counts_something(name: str) -> None:
    assert counts(COUNTS[name]) == len(COUNTS[name])


@pytest.mark.parametrize("name", SERIES)
def test_a_number_in_a_series_numbers_a_section(name: str) -> None:
    assert counts(SERIES[name]) == 0


def test_printed_pages_tell_counts_by_their_type() -> None:
    page = pdf_page(1, Printed("20 March 2024", 780.0, 85, 160), *paragraph(prose(1), 740.0))
    assert lone_counts(paragraphs_of(page)[0]) == frozenset()


def heading(text: str, size: float = 10.0, *, bold: bool = False, level: int | None = None) -> Heading:
    shape, depth = numbering(text)
    return Heading(
        lines=(),
        text=text,
        shape=shape,
        depth=depth,
        size=size,
        bold=bold,
        capitals=text.isupper(),
        level=level,
    )


PATHS = {
    "by depth": ([heading("1. A"), heading("1.1 B"), heading("1.2 C")], ("1. A", "1.2 C")),
    "back to the first level": ([heading("1. A"), heading("1.1 B"), heading("2. C")], ("2. C",)),
    "by size": ([heading("A", 14), heading("B", 12), heading("C", 12)], ("A", "C")),
    "by weight": ([heading("A", bold=True), heading("B")], ("A", "B")),
    "by capitals": ([heading("RESULTS"), heading("Health")], ("RESULTS", "Health")),
    "by kind of number": ([heading("II. A"), heading("B. C"), heading("1. D")], ("II. A", "B. C", "1. D")),
    "numbers before size": ([heading("1. A", 10), heading("1.1 B", 14)], ("1. A", "1.1 B")),
    "by bookmark": ([heading("A", level=1), heading("B", level=2), heading("C", level=2)], ("A", "C")),
    "one bookmark level": ([heading("A", level=1), heading("B", level=1)], ("B",)),
    "larger below smaller": ([heading("A", 12), heading("B", 14)], ("B",)),
}


@pytest.mark.parametrize("name", PATHS)
def test_path(name: str) -> None:
    found, path = PATHS[name]
    sections = Sections()
    for item in found:
        sections.push(item)
    assert sections.path() == path
