"""What of a page stands in passages, and why the rest does not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from split_samples import Printed, paragraph, pdf, pdf_page, prose, text_page

from ingest.library.library import FileStamp, Library, document_id, from_reading
from ingest.metadata.metadata import Metadata
from ingest.passage import Gap, Passage
from ingest.passages.passage_maker import LabelledPage
from ingest.passages.split import split_source
from ingest.readers.source import Page, Source

SHA = "ab" * 32


def pages_of(source: Source) -> tuple[LabelledPage, ...]:
    return split_source(source, SHA).pages


def passages(source: Source) -> tuple[Passage, ...]:
    return split_source(source, SHA).passages


def told(page: LabelledPage) -> list[tuple[str, str]]:
    return [(page.page.text[gap.start : gap.end], gap.reason) for gap in page.gaps]


def test_all_text_of_a_page_is_covered_headings_included() -> None:
    page = pdf_page(
        1,
        Printed("2. Health", 780.0, 85, 160, 14.0, True),
        Printed("2.1 Costs", 750.0, 85, 160, 12.0, True),
        *paragraph(prose(1), 720.0),
        Printed("Annex", 500.0, 85, 160, 14.0, True),
    )
    (found,) = pages_of(pdf(page))
    assert (found.coverage, found.gaps) == (1.0, ())


def test_what_a_page_does_not_show_is_no_loss() -> None:
    page = pdf_page(1, *paragraph(prose(1), 780.0), Printed("print shop 12", 500.0, hidden=True))
    (found,) = pages_of(pdf(page))
    assert found.coverage == 1.0
    assert told(found) == [("print shop 12", "hidden")]


def test_watermarks_are_named() -> None:
    page = pdf_page(1, *paragraph(prose(1), 780.0), Printed("DRAFT", 500.0, hidden=True))
    lines = tuple(replace(line, slant=45.0) if line.hidden else line for line in page.lines)
    (found,) = pages_of(pdf(replace(page, lines=lines)))
    assert told(found) == [("DRAFT", "watermark")]


def test_heads_numbers_and_rules_are_told_apart() -> None:
    sheets = [
        pdf_page(
            number,
            Printed("Report on the health of migrants", 820.0, 85, 300, 8.0),
            *paragraph(prose(number), 760.0),
            Printed("__________", 300.0, 85, 150),
            Printed(str(number + 3), 30.0, 290, 300, 8.0),
        )
        for number in range(1, 7)
    ]
    found = pages_of(pdf(*sheets))
    assert [page.coverage for page in found] == [1.0] * 6
    assert told(found[2]) == [
        ("Report on the health of migrants", "running head"),
        ("__________", "rule or leader"),
        ("6", "page number"),
    ]


def test_dot_leaders_are_no_text() -> None:
    entries = [f"Chapter {n} {'.' * 30} {n * 3}" for n in range(1, 6)]
    (found,) = pages_of(
        pdf(pdf_page(1, *(Printed(entry, 780.0 - 14 * at) for at, entry in enumerate(entries))))
    )
    assert found.coverage == 1.0
    assert set(told(found)) == {("." * 30, "rule or leader")}


def test_text_in_no_line_is_a_loss() -> None:
    page = text_page(1, f"{prose(1)}\n")
    forgotten = Page(1, page.text + "Forgotten words.", page.lines[:1])
    (found,) = pages_of(Source("txt", False, (forgotten,)))
    assert found.coverage is not None and 0.5 < found.coverage < 1
    assert told(found) == [("Forgotten words.", "no passage")]


def test_a_page_without_text_has_no_share() -> None:
    (found,) = pages_of(pdf(pdf_page(1)))
    assert (found.coverage, found.gaps) == (None, ())


HEADING = Printed("2. Health", 780.0, 85, 160, 14.0, True)


def test_a_heading_opens_its_passage_and_is_no_sentence_of_it() -> None:
    (found,) = passages(pdf(pdf_page(1, HEADING, *paragraph(prose(1), 750.0))))
    assert found.text.startswith("2. Health\n") and found.start == len("2. Health\n")
    assert found.search_text() == found.text[found.start :]


def test_a_heading_at_the_foot_of_a_page_stays_on_it() -> None:
    first = pdf_page(1, *paragraph(prose(1), 780.0), replace(HEADING, y=300.0))
    found = passages(pdf(first, pdf_page(2, *paragraph(prose(2), 780.0))))
    assert [(p.kind, p.pages) for p in found] == [("body", (1, 1)), ("heading", (1, 1)), ("body", (2, 2))]


def test_headings_far_above_stand_in_a_passage_of_their_own() -> None:
    page = pdf_page(
        1,
        Printed("Part I", 800.0, 85, 200, 20.0, True),
        Printed("2. Health", 760.0, 85, 200, 16.0, True),
        Printed("2.1 Costs", 730.0, 85, 200, 14.0, True),
        *paragraph(prose(1), 700.0),
    )
    heading, body = passages(pdf(page))
    assert (heading.kind, heading.text) == ("heading", "Part I")
    assert body.text.startswith("2. Health\n2.1 Costs\n")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def test_the_figures_are_kept_and_summed(library: Library) -> None:
    page = text_page(1, f"{prose(1)}\n")
    source = Source("txt", False, (Page(1, page.text + "Forgotten words.", page.lines[:1]),))
    assert library.coverage().share is None
    library.put_document(
        from_reading(SHA, source, split_source(source, SHA)), Metadata(), [FileStamp("a.txt", 1, 1, 1, 1)]
    )
    (stored,) = library.pages(document_id(SHA))
    assert stored.gaps == (Gap(len(page.text), len(page.text) + 16, "no passage"),)
    figures = library.coverage()
    assert stored.coverage is not None and figures.share == pytest.approx(stored.coverage)
    assert [(item.number, item.share) for item in figures.worst] == [(1, stored.coverage)]
    assert library.coverage(below=0.1).worst == ()
