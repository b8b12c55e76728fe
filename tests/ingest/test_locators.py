"""Where a passage of a source without pages stands: lines of plain text, section and paragraph of marked-up text."""

import pytest
from split_samples import laid_out, text_page

from ingest.passages.locators import Locators
from ingest.passages.opening import Sentence
from ingest.readers.source import Line, Page, Source
from ingest.structure.blocks import Block

TEXT = "One\nTwo\n\nThree\nFour"


def block(*section: str) -> Block:
    lines, _ = laid_out(text_page(1, "It rained."))
    return Block(kind="body", lines=lines[0].lines, section=section)


def sentence(number: int) -> Sentence:
    return Sentence(block=number, start=0, end=1, tokens=1)


LINES = {
    "one line": (((1, 0, 3),), "line 1"),
    "two lines": (((1, 0, 7),), "lines 1–2"),
    "past a blank": (((1, 4, 14),), "lines 2–4"),
    "several spans": (((1, 0, 3), (1, 15, 19)), "lines 1–5"),
    "up to the line break": (((1, 0, 4),), "line 1"),
}


@pytest.mark.parametrize("name", LINES)
def test_plain_text_is_cited_by_lines(name: str) -> None:
    spans, place = LINES[name]
    source = Source("txt", False, (Page(1, TEXT, (Line(0, 3), Line(4, 7))),))
    assert Locators(source, [block()]).of(sentence(0), sentence(0), spans) == place


BLOCKS = [block(), block("Health"), block("Health"), block("Health", "Costs"), block("Health")]
PARAGRAPHS = {
    "without a section": (0, 0, "paragraph 1"),
    "first of its section": (1, 1, "section Health, paragraph 1"),
    "two of a section": (1, 2, "section Health, paragraphs 1–2"),
    "section of a section": (3, 3, "section Health › Costs, paragraph 1"),
    "after another section": (4, 4, "section Health, paragraph 3"),
}


@pytest.mark.parametrize("name", PARAGRAPHS)
def test_marked_up_text_is_cited_by_section_and_paragraph(name: str) -> None:
    first, last, place = PARAGRAPHS[name]
    source = Source("html", False, (Page(1, TEXT, (Line(0, 3, role="p"),)),))
    found = Locators(source, BLOCKS).of(sentence(first), sentence(last), ((1, 0, 3),))
    assert found == place


def test_a_source_without_pages_has_one_line() -> None:
    assert (
        Locators(Source("txt", False, ()), [block()]).of(sentence(0), sentence(0), ((1, 0, 3),)) == "line 1"
    )
