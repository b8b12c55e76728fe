"""Where a passage of a source without pages stands: lines of plain text, section and paragraph of marked-up text."""

import pytest
from split_samples import laid_out, text_page

from ingest.passages.block_text import Sentence
from ingest.passages.locators import Locator, Locators
from ingest.passages.numbers_of_law import Address, joined
from ingest.passages.split import split_source
from ingest.readers.read import read_bytes
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
    assert str(Locators(source, [block()]).of(sentence(0), sentence(0), spans)) == place


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
    assert str(found) == place


def test_a_source_without_pages_has_one_line() -> None:
    found = Locators(Source("txt", False, ()), [block()]).of(sentence(0), sentence(0), ((1, 0, 3),))
    assert str(found) == "line 1"


def test_a_printed_page_needs_no_locator() -> None:
    source = Source("pdf", True, (Page(1, TEXT, (Line(0, 3),)),))
    assert Locators(source, [block()]).of(sentence(0), sentence(0), ((1, 0, 3),)) is None


PARSED = {
    "section Health › Costs, paragraph 1": ("section", ("Health", "Costs"), "paragraph 1"),
    "section Health, Article 2(a)": ("section", ("Health",), "Article 2(a)"),
    "sheet Health, rows 4–9": ("sheet", ("Health",), "rows 4–9"),
    "Artículo 2, para. 3": ("section", (), "Artículo 2, para. 3"),
    "section Other, paragraph 1": ("section", ("Other",), "paragraph 1"),
    "slide 3": ("section", (), "slide 3"),
    "": ("section", (), ""),
}


@pytest.mark.parametrize("text", PARSED)
def test_a_locator_is_read_as_it_was_written(text: str) -> None:
    within, headings, place = PARSED[text]
    found = Locator.parse(text, ("Health", "Costs"))
    assert (found.within, found.headings, found.place) == (within, headings, place)
    assert str(found) == text


def test_a_section_whose_name_holds_a_comma_is_parted_from_the_place() -> None:
    text = "section Health, rights, paragraph 3"
    assert Locator.parse(text, ("Health, rights",)).place == "paragraph 3"


def places(*blocks: tuple[str, str]) -> list[str]:
    """Return the locator of each block of a marked-up text, given as heading and text."""
    made = []
    for heading, text in blocks:
        lines, _ = laid_out(text_page(1, text))
        made.append(Block(kind="body", lines=lines[0].lines, section=tuple(heading.split(" › "))))
    locators = Locators(Source("html", False, (Page(1, TEXT, (Line(0, 3, role="p"),)),)), made)
    return [str(locators.of(sentence(at), sentence(at), ((1, 0, 3),))) for at in range(len(made))]


LAWS: dict[str, list[tuple[str, str, str]]] = {
    "articles as headings": [
        ("Ley › Artículo 2. Objeto", "1. The law.", "Artículo 2, para. 1"),
        ("Ley › Artículo 2. Objeto", "2. The people:", "Artículo 2, para. 2"),
        ("Ley › Artículo 2. Objeto", "(a) One.", "Artículo 2, para. 2(a)"),
        ("Ley › Artículo 2. Objeto", "b) Two.", "Artículo 2, para. 2(b)"),
        ("Ley › Artículo 2. Objeto", "It froze.", "Artículo 2"),
    ],
    "articles as blocks": [
        ("Título I", "Artículo 1.- Objeto.", "Artículo 1"),
        ("Título I", "ARTÍCULO 2º Son personas.", "ARTÍCULO 2º"),
        ("Título I", "a. Niños.", "ARTÍCULO 2º(a)"),
        ("Título I", "b. Niñas.", "ARTÍCULO 2º(b)"),
        ("Título I", "Artículo único. Fin.", "Artículo único"),
    ],
    "points of a directive": [
        ("Article 13", "(1) States.", "Article 13(1)"),
        ("Article 13", "(2) People.", "Article 13(2)"),
        ("Article 13", "(a) One.", "Article 13(2)(a)"),
        ("Article 13", "(b) Two.", "Article 13(2)(b)"),
        ("Article 13", "(i) First.", "Article 13(2)(b)(i)"),
        ("Article 13", "(ii) Second.", "Article 13(2)(b)(ii)"),
    ],
    "a letter i behind an h": [
        ("Health", "(h) Eight.", "section Health, paragraph 1"),
        ("Rights", "(a) A.", "section Rights, (a)"),
        ("Rights", "(b) B.", "section Rights, (b)"),
    ],
    "paragraphs of a report": [
        ("2. Findings", "4. It rained.", "section 2. Findings, para. 4"),
        ("2. Findings", "5.It snowed.", "section 2. Findings, para. 5"),
        ("3. End", "6) It froze.", "section 3. End, para. 6"),
    ],
    "numbers of two levels": [
        ("Findings", "2.3 It rained.", "section Findings, para. 2.3"),
        ("Findings", "2.4 It snowed.", "section Findings, para. 2.4"),
    ],
    "Brazilian paragraphs": [
        ("Art. 5º Direitos", "§ 1º As normas.", "Art. 5º, § 1"),
        ("Art. 5º Direitos", "§ 2º Os direitos.", "Art. 5º, § 2"),
    ],
    "the same article in an annex": [
        ("Law", "Article 1. It rains.", "section Law, Article 1"),
        ("Annex", "Article 1. We pay.", "section Annex, Article 1"),
    ],
    "text of an article without numbers": [
        ("Law › Article 1", "It rains.", "section Law, Article 1"),
        ("Law › Article 2", "It snows.", "Article 2"),
        ("Annex › Article 1", "It freezes.", "section Annex, Article 1"),
    ],
    "a lone number": [
        ("Findings", "3.5 million people came.", "section Findings, paragraph 1"),
        ("Findings", "12. It rained.", "section Findings, paragraph 2"),
        ("Findings", "2019 was dry.", "section Findings, paragraph 3"),
    ],
    "a list that begins again": [
        ("Findings", "1. One.", "section Findings, paragraph 1"),
        ("Findings", "2. Two.", "section Findings, paragraph 2"),
        ("Findings", "1. Other.", "section Findings, paragraph 3"),
        ("Findings", "2. Another.", "section Findings, paragraph 4"),
    ],
    "an article that is only mentioned": [
        ("Findings", "Article 13 of the Covenant says so.", "section Findings, paragraph 1"),
        ("Article 13 of the Covenant", "1. One.", "section Article 13 of the Covenant, para. 1"),
        ("Article 13 of the Covenant", "2. Two.", "section Article 13 of the Covenant, para. 2"),
    ],
    "letters out of order": [
        ("Findings", "c) Three.", "section Findings, paragraph 1"),
        ("Findings", "a. One.", "section Findings, paragraph 2"),
        ("Findings", "e.g. this.", "section Findings, paragraph 3"),
    ],
}


@pytest.mark.parametrize("name", LAWS)
def test_the_numbers_of_the_text_are_the_place(name: str) -> None:
    assert places(*(case[:2] for case in LAWS[name])) == [case[2] for case in LAWS[name]]


def test_a_long_law_is_placed_in_time() -> None:
    blocks = [("Law", f"{number}. It rains.") for number in range(1, 1_000)]
    assert places(*blocks)[-1] == "section Law, para. 999"


def test_the_locator_of_a_law_read_from_a_page() -> None:
    page = "<html><body><h2>Article 13</h2><ol><li>States.</li><li>People.</li></ol></body></html>"
    split = split_source(read_bytes(page.encode(), "a.html"), "0" * 64)
    assert [passage.locator for passage in split.passages] == ["Article 13, paras. 1–2"]


RANGES = {
    "paragraphs": (Address(paragraph="3", style="."), Address(paragraph="5", style="."), "paras. 3–5"),
    "points": (
        Address(article="Article 1", paragraph="3", style="("),
        Address(article="Article 1", paragraph="5", style="("),
        "Article 1(3)–(5)",
    ),
    "letters": (
        Address(paragraph="3", style=".", letter="a"),
        Address(paragraph="3", style=".", letter="c"),
        "para. 3(a)–(c)",
    ),
    "a paragraph and its letters": (
        Address(paragraph="3", style="."),
        Address(paragraph="3", style=".", letter="c"),
        "para. 3",
    ),
    "a letter and the next paragraph": (
        Address(paragraph="3", style=".", letter="b"),
        Address(paragraph="4", style="."),
        "para. 3(b) – para. 4",
    ),
    "articles": (Address(article="Artículo 2"), Address(article="Artículo 4"), "Artículo 2 – Artículo 4"),
    "signs": (
        Address(article="Art. 5º", paragraph="1", style="§"),
        Address(article="Art. 5º", paragraph="2", style="§"),
        "Art. 5º, §§ 1–2",
    ),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_range_names_what_is_common_once(name: str) -> None:
    first, last, text = RANGES[name]
    assert joined(first, last) == text
