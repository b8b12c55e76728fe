"""Citations say the right page in the right numbering, and other programs read the exports back."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string
from pybtex.richtext import Text

from app.citations import styles as bib
from ingest.library.library import Document
from ingest.metadata.metadata import Metadata
from ingest.passage import LabelSource, Passage

META = Metadata(
    title="Migration & health: 100% of_it",
    publisher="UNDP",
    year=2022,
    type="report",
    countries=("PER",),
    url="https://example.org/a_b~c#d%20e",
    language="en",
)


def document(**changes: Any) -> Document:
    return Document(
        id="0123456789abcdef" * 2,
        sha256="0123456789abcdef" * 4,
        file="undp-2022.pdf",
        path="undp-2022.pdf",
        files=("undp-2022.pdf",),
        format="pdf",
        paged=True,
        state="ready",
        reason=None,
        page_count=20,
        passage_count=3,
        pages_without_text=0,
        language="en",
        metadata=replace(META, **changes),
    )


def passage(
    pages: tuple[int, ...] = (9, 10),
    labels: tuple[str, ...] = ("7", "8"),
    source: LabelSource | None = "printed",
    locator: str | None = None,
) -> Passage:
    return Passage(
        id="a" * 32, text="Text.", kind="body", language="en", section=(), spans=(), pages=pages,
        labels=labels, label_source=source, locator=locator, sentences=(), tokens=3,
    )  # fmt: skip


# LaTeX's own names (The LaTeX Companion, table of text symbols); latexcodec knows only some of them.
SYMBOLS = {
    r"{\textbackslash}": "\\",
    r"{\textbraceleft}": "{",
    r"{\textbraceright}": "}",
    r"{\textasciitilde}": "~",
    r"{\textasciicircum}": "^",
    r"\$": "$",
}


def as_text(tex: str) -> str:
    """Read TeX text with pybtex, symbol by symbol where it lacks a name."""
    parts = re.split("(" + "|".join(map(re.escape, SYMBOLS)) + ")", tex)
    return "".join(SYMBOLS.get(part) or str(Text.from_latex(part)) for part in parts)


PLACES = {
    "two_pages": (passage(), "pp. 7–8 (PDF pages 9–10)"),
    "one_page": (passage((9, 9), ("7", "7")), "p. 7 (PDF page 9)"),
    "roman": (passage((4, 5), ("iv", "v"), "pagelabels"), "pp. iv–v (PDF pages 4–5)"),
    "both_agree": (passage((9, 9), ("9", "9")), "p. 9"),
    "both_agree_on_two_pages": (passage((9, 10), ("9", "10")), "pp. 9–10"),
    "agree_on_the_first_only": (passage((9, 11), ("9", "10")), "pp. 9–10 (PDF pages 9–11)"),
    "no_label": (passage(labels=(), source=None), "PDF pages 9–10"),
    "no_label_one_page": (passage((9, 9), (), None), "PDF page 9"),
    "inferred": (passage(source="inferred"), "pp. 7–8 (inferred; PDF pages 9–10)"),
    "inferred_and_equal": (passage((9, 9), ("9", "9"), "inferred"), "p. 9 (inferred; PDF page 9)"),
    "label_used_twice": (passage((9, 10), ("A", "A")), "p. A (PDF pages 9–10)"),
    "roman_to_arabic": (passage((4, 5), ("iv", "1")), "pp. iv–1 (PDF pages 4–5)"),
    "no_pages": (passage((), (), None, "section 2.1, paragraph 4"), "section 2.1, paragraph 4"),
    "nothing_known": (passage((), (), None), ""),
}


@pytest.mark.parametrize("name", PLACES)
def test_place(name: str) -> None:
    given_passage, expected = PLACES[name]
    assert bib.where(given_passage) == expected


def test_a_locator_in_a_citation_does_not_say_the_title_again() -> None:
    under = passage((), (), None, "section Migration & health › 2 Costs, paragraph 4")
    under = replace(under, section=("Migration & health", "2 Costs"))
    titled = document(title="Migration & health")
    assert bib.citation(titled, under) == "UNDP (2022). Migration & health, section 2 Costs, paragraph 4."
    alone = replace(
        under, section=("Migration & health",), locator="section Migration & health, paragraphs 1–2"
    )
    assert bib.citation(titled, alone) == "UNDP (2022). Migration & health, paragraphs 1–2."
    assert bib.where(alone) == "section Migration & health, paragraphs 1–2"
    lines = replace(under, locator="lines 40–52")
    assert bib.citation(titled, lines) == "UNDP (2022). Migration & health, lines 40–52."


CITATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "all_known": ({}, "UNDP (2022). Migration & health: 100% of_it, pp. 7–8 (PDF pages 9–10)."),
    "no_year": (
        {"year": None},
        "UNDP (n.d.). Migration & health: 100% of_it, pp. 7–8 (PDF pages 9–10).",
    ),
    "no_publisher": (
        {"publisher": None, "title": "T."},
        "[publisher unknown] (2022). T, pp. 7–8 (PDF pages 9–10).",
    ),
    "authors_stand_in": (
        {"publisher": None, "authors": ("Ana Ruiz", "B. Paz"), "title": "T"},
        "Ana Ruiz and B. Paz (2022). T, pp. 7–8 (PDF pages 9–10).",
    ),
    "no_title": ({"title": None}, "UNDP (2022). undp-2022.pdf, pp. 7–8 (PDF pages 9–10)."),
}


@pytest.mark.parametrize("name", CITATIONS)
def test_citation_line(name: str) -> None:
    changes, expected = CITATIONS[name]
    assert bib.citation(document(**changes), passage()) == expected


SPANISH = bib.Wording(
    no_date="s. f.",
    no_publisher="[editor desconocido]",
    last_name=" y ",
    last_apa=" y ",
    last_chicago=" y ",
    place=lambda _, passage: f"pp. 7–8 (páginas {passage.pages[0]}–{passage.pages[-1]} del PDF)",
)


def test_citations_take_the_words_of_another_language() -> None:
    unknown = document(publisher=None, year=None, title="T", url=None)
    assert bib.citation(unknown, passage(), SPANISH) == (
        "[editor desconocido] (s. f.). T, pp. 7–8 (páginas 9–10 del PDF)."
    )
    assert bib.apa(unknown, passage(), SPANISH) == (
        "[editor desconocido]. (s. f.). T (pp. 7–8 [páginas 9–10 del PDF])."
    )
    three = document(authors=("Ruiz, Ana", "Paz, B.", "Sol, C."), title="T", url=None)
    assert bib.chicago(three, passage(), SPANISH) == (
        "Ruiz, Ana, Paz, B. y Sol, C., T (UNDP, 2022), 7–8 (páginas 9–10 del PDF)."
    )
    for write in (bib.bibtex, bib.ris):
        assert "del PDF" in write(three, passage(), SPANISH)
        assert "del PDF" not in write(three, passage())
    assert bib.csl_json(three, passage(), SPANISH)["note"] == "pp. 7–8 (páginas 9–10 del PDF)"


def test_citation_of_a_whole_document_and_of_a_source_without_pages() -> None:
    assert bib.citation(document(title="T")) == "UNDP (2022). T."
    unpaged = passage((), (), None, "lines 40–52")
    assert bib.citation(document(title="T"), unpaged) == "UNDP (2022). T, lines 40–52."


def test_styles() -> None:
    two = document(title="T", authors=("Ruiz, Ana", "Paz, B."), url=None)
    assert bib.apa(two, passage()) == "Ruiz, Ana, & Paz, B. (2022). T (pp. 7–8 [PDF pages 9–10]). UNDP."
    assert bib.apa(document(title="Why?", url=None)) == "UNDP. (2022). Why?"
    assert bib.chicago(document(title="T", url=None), passage()) == "UNDP, T (2022), 7–8 (PDF pages 9–10)."
    assert bib.chicago(two) == "Ruiz, Ana and Paz, B., T (UNDP, 2022)."


TYPES = {
    "report": ("techreport", "RPRT", "report"),
    "Policy brief": ("techreport", "RPRT", "report"),
    "law": ("misc", "STAT", "legislation"),
    "Journal-Article": ("article", "JOUR", "article-journal"),
    None: ("techreport", "RPRT", "report"),
}


@pytest.mark.parametrize("word", TYPES)
def test_entry_types(word: str | None) -> None:
    made = document(type=word)
    found = (
        bib.bibtex(made).partition("{")[0].removeprefix("@"),
        bib.ris(made)[6:10].strip(),
        bib.csl_json(made)["type"],
    )
    assert found == TYPES[word]
    assert bib.csl_json(document(type=None, publisher=None))["type"] == "document"


def test_bibtex_is_read_back_by_pybtex() -> None:
    made = document(authors=("Ruiz, Ana",))
    (entry,) = parse_string(bib.bibtex(made, passage()), "bibtex").entries.values()
    assert entry.key == bib.key(made) == "undp202201234567"
    assert entry.fields["title"] == r"Migration \& health: 100\% of\_it"
    assert as_text(entry.fields["title"]) == META.title
    assert entry.fields["url"] == META.url
    assert (entry.fields["pages"], entry.fields["year"]) == ("7--8", "2022")
    assert entry.fields["institution"] == "UNDP"
    assert str(entry.persons["author"][0]) == "Ruiz, Ana"


SPECIAL = [*"\\{}~^$&#_%", "a_b~c^d\\e{f}g", "Ñandú – “x”"]


@pytest.mark.parametrize("title", SPECIAL)
def test_characters_tex_reserves_are_read_back_as_themselves(title: str) -> None:
    (entry,) = parse_string(bib.bibtex(document(title=f"A{title}z")), "bibtex").entries.values()
    assert as_text(entry.fields["title"]) == f"A{title}z"


def test_a_body_as_author_is_one_name_in_bibtex() -> None:
    made = document(publisher="Food and Health Board")
    (entry,) = parse_string(bib.bibtex(made), "bibtex").entries.values()
    assert [person.rich_last_names[0].render_as("text") for person in entry.persons["author"]] == [
        "Food and Health Board"
    ]


@given(title=st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_title_stays_one_bibtex_field_one_ris_line_one_csl_item(title: str) -> None:
    made = document(title=title)
    shown = bib.csl_json(made)["title"]
    (entry,) = parse_string(bib.bibtex(made), "bibtex").entries.values()
    assert entry.fields["year"] == "2022"
    (record,) = rispy.loads(bib.ris(made))
    assert (record["title"], record["year"]) == (shown, "2022")
    assert json.loads(bib.csl_text([made]))[0]["title"] == shown


def test_braces_and_backslashes_do_not_break_bibtex_out_of_its_field() -> None:
    made = document(title="a} , year = {1999}, x = {\\", url=None)
    (entry,) = parse_string(bib.bibtex(made), "bibtex").entries.values()
    assert entry.fields["year"] == "2022"
    assert "x" not in entry.fields


def test_ris_is_read_back_by_rispy() -> None:
    (record,) = rispy.loads(bib.ris(document(authors=("Ruiz, Ana", "Paz, B.")), passage()))
    assert record["type_of_reference"] == "RPRT"
    assert record["authors"] == ["Ruiz, Ana", "Paz, B."]
    assert (record["start_page"], record["end_page"]) == ("7", "8")
    assert record["notes"] == ["pp. 7–8 (PDF pages 9–10)"]
    assert record["urls"] == [META.url]


def test_printed_fields_never_hold_pdf_pages_or_guesses() -> None:
    for where in (passage(labels=(), source=None), passage(source="inferred")):
        assert "pages =" not in bib.bibtex(document(), where)
        assert "\nSP  -" not in bib.ris(document(), where)
        item = bib.csl_json(document(), where)
        assert "locator" not in item
        assert "PDF pages 9–10" in item["note"]


def test_csl_names_and_missing_values() -> None:
    item = bib.csl_json(document(authors=("Ruiz, Ana", "Foro Social"), year=None))
    assert item["author"] == [{"family": "Ruiz", "given": "Ana"}, {"literal": "Foro Social"}]
    assert "issued" not in item
    assert bib.key(document(publisher=None, year=None)) == "anonnd01234567"
