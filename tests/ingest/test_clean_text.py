"""The clean text of a block: lines joined, hyphens at their ends, and every character mapped to its page."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from split_samples import Printed, laid_out, pdf_page, text_page

from ingest.passage import Kind
from ingest.passages.clean_text import map_block
from ingest.passages.hyphens import Vocabulary
from ingest.passages.offset_map import MappedText
from ingest.readers.source import Page
from ingest.structure.blocks import Block
from ingest.text.folding import fold


def mapped(*pages: Page, kind: Kind = "body", known: Sequence[str] = ()) -> MappedText:
    lines = tuple(line for page in laid_out(*pages)[0] for line in page.lines)
    raw = {page.number: page.text for page in pages}
    return map_block(Block(kind=kind, lines=lines, section=()), raw, Vocabulary(known))


def text(*pages: Page, kind: Kind = "body", known: Sequence[str] = ()) -> str:
    return mapped(*pages, kind=kind, known=known).text


JOINED = {
    "blank between lines": ("It rose\nin the north.", "It rose in the north."),
    "several blanks": ("It  rose \n in\tthe north.", "It rose in the north."),
    "hyphen of a broken word": ("the insti-\ntutions", "the institutions"),
    "hyphen of the typesetter": ("the insti\u0002\ntutions", "the institutions"),
    "hyphen of a part that comes later": ("pre-\nand postnatal care", "pre- and postnatal care"),
    "the same, set by the typesetter": ("short\u0002\nor long-term", "short- or long-term"),
    "the same inside a line": ("a pre\u0002and postnatal visit", "a pre- and postnatal visit"),
    "hyphen before a capital": ("Guinea-\nBissau", "Guinea-Bissau"),
    "hyphen before a figure": ("2017-\n2025", "2017-2025"),
    "soft hyphen inside a line": ("the insti\u0002tutions", "the institutions"),
    "soft hyphen with a blank": ("the insti\ufffe tutions", "the institutions"),
    "ligature": ("the o\ufb03ce", "the office"),
    "control": ("the of\u200bfice", "the office"),
}


@pytest.mark.parametrize("name", JOINED)
def test_lines_are_joined(name: str) -> None:
    raw, clean = JOINED[name]
    assert text(text_page(1, raw)) == clean


def test_the_document_decides_about_a_hyphen() -> None:
    page = text_page(1, "the socio-\neconomic rights")
    assert text(page) == "the socio-economic rights"
    assert text(page, known=["socioeconomic"]) == "the socioeconomic rights"
    assert text(text_page(1, "the xeno-\nfobia"), known=["xeno-fobia"]) == "the xeno-fobia"


def test_tables_keep_their_lines() -> None:
    assert text(text_page(1, "North 12\nSouth 8-\n9"), kind="table") == "North 12\nSouth 8-\n9"


def test_cells_of_one_line_are_parted_by_a_blank() -> None:
    page = pdf_page(
        1, Printed("North", 700.0, 85, 120), Printed("12", 700.0, 200, 220), Printed("South", 680.0, 85, 120)
    )
    assert text(page, kind="table") == "North 12\nSouth"


def test_a_fragment_that_touches_the_one_before_is_glued_to_it() -> None:
    touching = pdf_page(1, Printed("Migra", 700.0, 85, 120), Printed("tion", 700.0, 120.5, 140))
    assert text(touching) == "Migration"
    apart = pdf_page(1, Printed("Migra", 700.0, 85, 120), Printed("tion", 700.0, 124, 140))
    assert text(apart) == "Migra tion"


@pytest.mark.parametrize(
    ("letter", "beside", "size", "known", "expected"),
    [
        ("M", "igration rose", 48, (), "Migration rose"),
        ("L", "OS MIGRANTES", 40, (), "LOS MIGRANTES"),
        ("A", "migrant came", 48, (), "A migrant came"),
        ("A", "ccess is free", 48, ("access",), "Access is free"),
        ("M", "igration rose", 16, (), "M igration rose"),
        ("«", "Nobody asks»", 48, (), "« Nobody asks»"),
    ],
)
def test_a_large_initial_belongs_to_its_word(
    letter: str, beside: str, size: float, known: tuple[str, ...], expected: str
) -> None:
    page = pdf_page(
        1, Printed(letter, 672.0, 85, 118, size=size), Printed(beside, 692.0, 122, 300, size=10.0)
    )
    assert text(page, known=known) == expected


def test_a_block_over_two_pages_has_spans_on_both() -> None:
    pages = text_page(1, "It rose in the"), text_page(2, "north.")
    raw = {page.number: page.text for page in pages}
    found = mapped(*pages)
    assert found.text == "It rose in the north."
    assert found.spans(0, len(found.text), raw) == ((1, 0, 14), (2, 0, 6))


WORDS = st.sampled_from(
    ["health", "migra-", "tion", "insti\u0002", "5.", "\ufb01n", "caf\u0065\u0301", "\u00ad", "–", "a\u200bb"]
)


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6),
    st.sampled_from(["body", "table"]),
)
def test_clean_text_is_its_raw_lines_folded(lines: list[str], kind: Kind) -> None:
    page = text_page(1, "\n".join(lines))
    assert fold(text(page, kind=kind)) == fold(page.text)
