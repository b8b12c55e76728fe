"""A heading that many sections have, at the top of pages: text, where it stands inside the text as often."""

from split_samples import Printed, paragraph, pdf, pdf_page, prose

from ingest.layout.line import lines_of_pages
from ingest.layout.running_heads import running_heads
from ingest.passages.split import split_source
from ingest.readers.source import Page, Source


def page(number: int, *, inside: int, head: str = "Health plan", at_top: str = "Indicators") -> Page:
    """Return a page with a running head, a line right under it, text, and that line `inside` times in the text."""
    printed = [Printed(head, 800.0, 85, 300, 8)] if head else []
    printed += [Printed(at_top, 770.0, 85, 140, 10, True), *paragraph(prose(number), 740.0)]
    for at in range(inside):
        top = 640.0 - 90 * at - 7 * (number % 5)
        printed += [Printed(at_top, top, 85, 140, 10, True), *paragraph(prose(number + 9 + at), top - 30)]
    return pdf_page(number, *printed)


def out(source: Source) -> set[str]:
    sheets = lines_of_pages(source)
    marked = running_heads(sheets)
    return {row.text for sheet in sheets for row in sheet.lines if row.index in marked}


def test_a_heading_of_many_sections_is_no_running_head() -> None:
    source = pdf(*(page(number, inside=2) for number in range(1, 7)))
    assert out(source) == {"Health plan"}
    result = split_source(source, "sha")
    headed = [passage for passage in result.passages if passage.text.startswith("Indicators")]
    assert len(headed) == 18


def test_a_second_line_of_the_head_that_stands_nowhere_else_goes() -> None:
    assert out(pdf(*(page(number, inside=0) for number in range(1, 7)))) == {"Health plan", "Indicators"}


def test_a_second_line_that_the_text_has_now_and_then_goes() -> None:
    pages = [page(number, inside=int(number == 4)) for number in range(1, 9)]
    sheets = lines_of_pages(pdf(*pages))
    marked = running_heads(sheets)
    assert (
        sum(row.text == "Indicators" and row.index in marked for sheet in sheets for row in sheet.lines) == 8
    )


def test_the_edge_of_the_page_goes_however_often_the_text_has_it() -> None:
    assert out(pdf(*(page(number, inside=2, head="") for number in range(1, 7)))) == {"Indicators"}
