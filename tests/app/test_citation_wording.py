"""Places and citations are worded in the language of the page, and name one numbering at a time."""

from dataclasses import replace

import pytest
from cited_samples import REPORT, a_document, a_passage, without_pages
from hypothesis import given
from hypothesis import strategies as st

from app.checks.excerpts import cited_pages
from app.citations.styles import ENGLISH, apa, bibtex, chicago, citation, csl_json, key, ris, where
from app.citations.wording import citation_words, page_text, pages_text, section_text, title_key
from app.i18n import LANGUAGES, words
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage

LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)

# Name of the case -> the passage, and its place in English, Spanish and Portuguese.
PLACES: dict[str, tuple[Passage, str, str, str]] = {
    "printed and physical differ": (
        a_passage(),
        "p. 7 (PDF page 9)",
        "p. 7 (página 9 del PDF)",
        "p. 7 (página 9 do PDF)",
    ),
    "two pages": (
        a_passage(pages=(9, 10), labels=("7", "8")),
        "pp. 7–8 (PDF pages 9–10)",
        "pp. 7–8 (páginas 9–10 del PDF)",
        "pp. 7–8 (páginas 9–10 do PDF)",
    ),
    "two pages under one number": (
        a_passage(pages=(9, 10), labels=("7", "7")),
        "p. 7 (PDF pages 9–10)",
        "p. 7 (páginas 9–10 del PDF)",
        "p. 7 (páginas 9–10 do PDF)",
    ),
    "both agree": (a_passage(pages=(9, 9), labels=("9", "9")), "p. 9", "p. 9", "p. 9"),
    "both agree on two pages": (
        a_passage(pages=(9, 10), labels=("9", "10")),
        "pp. 9–10",
        "pp. 9–10",
        "pp. 9–10",
    ),
    "roman": (
        a_passage(pages=(4, 4), labels=("iv", "iv")),
        "p. iv (PDF page 4)",
        "p. iv (página 4 del PDF)",
        "p. iv (página 4 do PDF)",
    ),
    "nothing printed": (
        a_passage(labels=()),
        "PDF page 9",
        "página 9 del PDF",
        "página 9 do PDF",
    ),
    "nothing printed on two pages": (
        a_passage(pages=(9, 10), labels=()),
        "PDF pages 9–10",
        "páginas 9–10 del PDF",
        "páginas 9–10 do PDF",
    ),
    "inferred": (
        a_passage(source="inferred"),
        "p. 7 (inferred; PDF page 9)",
        "p. 7 (inferida; página 9 del PDF)",
        "p. 7 (inferida; página 9 do PDF)",
    ),
    "inferred, and both agree": (
        a_passage(labels=("9", "9"), source="inferred"),
        "p. 9 (inferred; PDF page 9)",
        "p. 9 (inferida; página 9 del PDF)",
        "p. 9 (inferida; página 9 do PDF)",
    ),
    "paragraph": (without_pages("paragraph 4"), "paragraph 4", "párrafo 4", "parágrafo 4"),
    "paragraphs": (without_pages("paragraphs 4–6"), "paragraphs 4–6", "párrafos 4–6", "parágrafos 4–6"),
    "line": (without_pages("line 40"), "line 40", "línea 40", "linha 40"),
    "lines": (without_pages("lines 40–52"), "lines 40–52", "líneas 40–52", "linhas 40–52"),
    "section": (
        without_pages("section Access, paragraph 4", "Access"),
        "section “Access”, paragraph 4",
        "sección «Access», párrafo 4",
        "seção “Access”, parágrafo 4",
    ),
    "nothing at all": (without_pages(None), "no pages", "sin páginas", "sem páginas"),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_place_is_named_in_every_language(case: str) -> None:
    passage, *wanted = PLACES[case]
    assert [pages_text(words(language), passage) for language in LANGUAGES] == wanted


@pytest.mark.parametrize("case", [name for name, found in PLACES.items() if found[0].pages])
@LANGUAGE
def test_the_pages_of_a_citation_are_read_back_by_verify(case: str, language: str) -> None:
    passage = PLACES[case][0]
    line = citation(a_document(), passage, citation_words(words(language)))
    assert cited_pages(line) == passage.pages


@pytest.mark.parametrize("case", [name for name, found in PLACES.items() if found[0].pages])
def test_the_english_page_says_what_the_search_format_says(case: str) -> None:
    passage, english, *_ = PLACES[case]
    assert where(passage) == english


OF_A_TEXT = {
    "none printed": (
        a_passage(labels=()),
        "page 9 of the file",
        "página 9 del archivo",
        "página 9 do arquivo",
    ),
    "two pages": (
        a_passage(pages=(9, 10), labels=("7", "8")),
        "pp. 7–8 (pages 9–10 of the file)",
        "pp. 7–8 (páginas 9–10 del archivo)",
        "pp. 7–8 (páginas 9–10 do arquivo)",
    ),
    "both agree": (a_passage(labels=("9", "9")), "p. 9", "p. 9", "p. 9"),
    "inferred": (
        a_passage(source="inferred"),
        "p. 7 (inferred; page 9 of the file)",
        "p. 7 (inferida; página 9 del archivo)",
        "p. 7 (inferida; página 9 do arquivo)",
    ),
}


@pytest.mark.parametrize("case", OF_A_TEXT)
def test_a_text_file_that_kept_its_pages_has_no_pdf_pages(case: str) -> None:
    passage, *wanted = OF_A_TEXT[case]
    assert [pages_text(words(language), passage, form="text") for language in LANGUAGES] == wanted
    assert where(passage, form="text") == wanted[0]
    text = replace(a_document(), format="text")
    for language in LANGUAGES:
        line = citation(text, passage, citation_words(words(language)))
        assert "PDF" not in line and cited_pages(line) == passage.pages


def test_a_page_of_slides_is_a_slide() -> None:
    assert page_text(words("en"), 3, None, "pptx") == "slide 3"
    assert page_text(words("es"), 3, None, "pptx") == "diapositiva 3"
    assert page_text(words("pt"), 3, "2", "text") == "p. 2 (página 3 do arquivo)"


def test_headings_are_the_last_two_and_not_the_title() -> None:
    deep = a_passage(section=("Health for migrants", "Part 1", "Access", "Fees"))
    assert section_text(deep) == "Access › Fees"
    assert section_text(replace(deep, section=("Health for migrants 3", "Fees")), REPORT.title) == "Fees"
    assert section_text(replace(deep, section=())) == ""


def test_a_heading_that_opens_the_excerpt_is_not_told_twice() -> None:
    opened = replace(
        a_passage(section=("Part 1", "Access", "Fees 2")), text="Access\nFees\nFees rise each year."
    )
    assert section_text(opened) == "Part 1"
    assert section_text(replace(opened, text="Fees rise each year.")) == "Access › Fees 2"


def test_a_source_without_pages_has_its_section_in_the_place_only() -> None:
    passage = without_pages("section Fees, paragraph 2", "Health for migrants", "Fees")
    assert section_text(passage) == ""
    assert pages_text(words("en"), passage, REPORT.title) == "section “Fees”, paragraph 2"
    assert pages_text(words("en"), passage) == "section “Health for migrants › Fees”, paragraph 2"


PAGE_NAMES = {
    (9, "7"): ("p. 7 (PDF page 9)", "p. 7 (página 9 del PDF)", "p. 7 (página 9 do PDF)"),
    (9, "9"): ("p. 9", "p. 9", "p. 9"),
    (9, None): ("PDF page 9", "página 9 del PDF", "página 9 do PDF"),
    (9, ""): ("PDF page 9", "página 9 del PDF", "página 9 do PDF"),
}


@pytest.mark.parametrize(("number", "label"), PAGE_NAMES)
def test_a_single_page(number: int, label: str | None) -> None:
    found = tuple(page_text(words(language), number, label) for language in LANGUAGES)
    assert found == PAGE_NAMES[number, label]


LINES = {
    "en": "[publisher unknown] (n.d.). Title, p. 7 (PDF page 9).",
    "es": "[institución desconocida] (s. f.). Title, p. 7 (página 9 del PDF).",
    "pt": "[instituição desconhecida] (s.d.). Title, p. 7 (página 9 do PDF).",
}


@LANGUAGE
def test_what_is_missing_is_said_in_the_language(language: str) -> None:
    unknown = a_document(Metadata(title="Title"))
    assert citation(unknown, a_passage(), citation_words(words(language))) == LINES[language]


# Three authors in APA style, two and three in Chicago style.
NAMES = {
    "en": ("Ruiz, Silva, & Díaz. (2022).", "Ruiz and Silva, ", "Ruiz, Silva, and Díaz, "),
    "es": ("Ruiz, Silva y Díaz. (2022).", "Ruiz y Silva, ", "Ruiz, Silva y Díaz, "),
    "pt": ("Ruiz, Silva e Díaz. (2022).", "Ruiz e Silva, ", "Ruiz, Silva e Díaz, "),
}


@LANGUAGE
def test_the_last_of_several_names_is_joined_in_the_language(language: str) -> None:
    spoken = citation_words(words(language))
    three = a_document(replace(REPORT, authors=("Ruiz", "Silva", "Díaz")))
    two = a_document(replace(REPORT, authors=("Ruiz", "Silva")))
    in_apa, two_in_chicago, three_in_chicago = NAMES[language]
    assert apa(three, words=spoken).startswith(in_apa)
    assert chicago(two, words=spoken).startswith(two_in_chicago)
    assert chicago(three, words=spoken).startswith(three_in_chicago)


def test_english_words_are_those_of_the_search_object() -> None:
    assert citation_words(words("en")) is ENGLISH


@LANGUAGE
def test_a_passage_without_any_place_adds_none(language: str) -> None:
    line = citation(a_document(), without_pages(None), citation_words(words(language)))
    assert line == "UNDP (2022). Health for migrants."


@LANGUAGE
def test_parentheses_in_parentheses_are_brackets_in_apa(language: str) -> None:
    place = pages_text(words(language), a_passage()).replace("(", "[").replace(")", "]")
    line = apa(a_document(), a_passage(), citation_words(words(language)))
    assert line == f"UNDP. (2022). Health for migrants ({place}). https://example.org/report"


def test_chicago_has_the_number_without_its_letter() -> None:
    line = chicago(a_document(), a_passage(pages=(9, 10), labels=("7", "8")))
    assert line == "UNDP, Health for migrants (2022), 7–8 (PDF pages 9–10), https://example.org/report."
    inferred = chicago(a_document(), a_passage(source="inferred"))
    assert "7 (inferred; PDF page 9)" in inferred and "p. 7" not in inferred


@LANGUAGE
def test_notes_of_records_are_in_the_language_and_their_fields_are_not(language: str) -> None:
    spoken = citation_words(words(language))
    place = pages_text(words(language), a_passage())
    assert f"N1  - {place}" in ris(a_document(), a_passage(), spoken).splitlines()
    assert f"  note = {{{place}}}," in bibtex(a_document(), a_passage(), spoken).splitlines()
    item = csl_json(a_document(), a_passage(), spoken)
    assert (item["note"], item["locator"], item["type"]) == (place, "7", "report")


KEYS = {
    "UNDP": "undp2022",
    "Organización Panamericana": "organizacion2022",
    "世界": "anon2022",
    "": "anon2022",
}


@pytest.mark.parametrize("publisher", KEYS)
def test_keys_are_letters_digits_and_the_same_everywhere(publisher: str) -> None:
    document = a_document(replace(REPORT, publisher=publisher or None))
    assert key(document) == KEYS[publisher] + document.id[:8]


def test_a_key_without_a_year_says_so() -> None:
    assert key(a_document(replace(REPORT, year=None))) == "undpnd00000001"


TITLES = {
    "case": ("Health For Migrants", True),
    "blanks": ("  health  for\nmigrants ", True),
    "another word": ("Health for refugees", False),
}


@pytest.mark.parametrize("case", TITLES)
def test_titles_that_cannot_be_told_apart_have_one_key(case: str) -> None:
    title, same = TITLES[case]
    assert (title_key(a_document(replace(REPORT, title=title))) == title_key(a_document())) is same


def test_a_document_without_a_title_shares_none() -> None:
    assert title_key(a_document(Metadata())) == ""


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(list(LANGUAGES)))
def test_any_title_and_publisher_make_one_line(title: str, publisher: str, language: str) -> None:
    spoken = citation_words(words(language))
    document = a_document(replace(REPORT, title=title, publisher=publisher))
    for line in (
        citation(document, a_passage(), spoken),
        apa(document, a_passage(), spoken),
        chicago(document, a_passage(), spoken),
    ):
        assert len(line.splitlines()) == 1 and line.isprintable()


def test_a_publisher_of_nothing_that_can_be_seen_is_unknown() -> None:
    document = a_document(replace(REPORT, publisher="\x1f\u200e "))
    for line in (citation(document), apa(document), chicago(document)):
        assert line.startswith("[publisher unknown]")


def test_the_line_under_an_excerpt_names_whom_a_reference_names() -> None:
    from cited_samples import a_document

    from app.citations.styles import apa, citation
    from ingest.metadata.metadata import Metadata

    written = a_document(Metadata(title="Clinics", authors=("Rojas, Ana",), publisher="A Journal", year=2021))
    issued = a_document(Metadata(title="Clinics", publisher="A Ministry", year=2021))
    assert citation(written).startswith("Rojas") and apa(written).startswith("Rojas")
    assert citation(issued).startswith("A Ministry (2021)") and apa(issued).startswith("A Ministry. (2021)")
