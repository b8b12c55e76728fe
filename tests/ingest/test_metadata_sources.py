"""Each value comes from the best source that has it, and nothing useless is taken for a title."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from ingest.metadata.catalogue import Catalogue
from ingest.metadata.metadata import (
    Metadata,
    checked,
    metadata_from_json,
    overridden,
)
from ingest.metadata.sources import Subject, resolve, sources_of
from ingest.metadata.titles import title_of_name, title_of_text, usable_title

PATH = "papers/undp_2022.pdf"


def resolved(
    entry: dict[str, Any] | None = None,
    sidecar: dict[str, Any] | None = None,
    path: str = PATH,
    **reading: Any,
) -> Metadata:
    """Return the metadata of one file with this catalogue entry and this sidecar."""
    catalogue = Catalogue({path: entry}, {path: entry}) if entry else Catalogue()
    return resolve(Subject(paths=[path], **reading), sources_of(catalogue, {path: sidecar or {}}))


def test_each_value_has_the_first_source_that_knows_it() -> None:
    metadata = resolved(
        {"publisher": "UNDP", "year": 2022},
        {"publisher": "someone else", "type": "report", "countries": ("PER",)},
        guessed_title="Migration and health",
        info={"title": "A worse title"},
        language="en",
    )
    assert metadata == Metadata(
        title="Migration and health",
        publisher="UNDP",
        year=2022,
        type="report",
        countries=("PER",),
        language="en",
        sources={
            "publisher": "catalogue",
            "year": "catalogue",
            "type": "sidecar",
            "countries": "sidecar",
            "title": "first page",
            "language": "text",
        },
    )


def test_titles_fall_back_to_pdf_info_and_then_to_the_file_name() -> None:
    info = resolved(path="a.pdf", guessed_title="12", info={"title": "Annual survey"})
    assert (info.title, info.sources) == ("Annual survey", {"title": "pdf info"})
    name = resolved(path="x/Health_in-Peru.pdf")
    assert (name.title, name.sources) == ("Health in Peru", {"title": "file name"})
    assert (name.publisher, name.year, name.countries) == (None, None, ())


def test_of_several_names_the_first_counts_that_a_person_described() -> None:
    catalogue = Catalogue({"c.pdf": {"year": 2020}}, {"c.pdf": {"year": 2020}})
    sources = sources_of(catalogue, {"b.pdf": {"year": 2019}})
    assert resolve(Subject(paths=["a.pdf", "b.pdf", "c.pdf"]), sources).year == 2019
    assert resolve(Subject(paths=["a.pdf", "c.pdf", "b.pdf"]), sources).year == 2020
    assert resolve(Subject(paths=["health_in_peru.pdf", "d.pdf"]), sources).title == "health in peru"


TITLES = {
    "plain": "Migration and health in Peru",
    "word_in_it": "Word of mouth: how migrants find clinics",
    "report_in_it": "Report on the state of migration",
    "abbreviation": "R4V: GTRM",
    "number_in_it": "World report 2022",
    "year_first": "2030 Agenda",
    "law": "Ley 160 de 1994",
    "one_word": "Desplazados",
    "short_law": "Ley 30947",
    "about_a_topic": "About the rights of migrants",
    "ends_with_a_stop": "Health for all.",
    "introduction_to": "Introduction to migration law",
    "summary_of": "Summary of the state of the world's migrants",
}
NO_TITLES = {
    "word": "Microsoft Word - informe final v3.doc",
    "powerpoint": "PowerPoint Presentation",
    "postal_code": "Washington, D.C. 20543",
    "stamp_of_a_court": "Case 1:19-cv-00123 Document 7 Filed 01/02/2020",
    "stamp_of_an_archive": "Received 12 May 1999",
    "about_the_publisher": "About the Centre",
    "sentence": "The court held that the agency had acted within its powers.",
    "powerpoint_es": "Presentación de PowerPoint",
    "untitled": "Untitled",
    "untitled_numbered": "untitled-1",
    "sin_titulo": "Sin título",
    "layout": "Layout 1",
    "file_name": "12-34567_Rev3.indd",
    "path": r"C:\Users\x\Desktop\final",
    "numbers": "978-92-1-130 (2)",
    "blank": "   \t ",
    "short": "ab",
    "name_with_year": "DOL2022",
    "joined_words": "Ley-160-de-1994-Gestor-Normativo",
    "distiller": "Acrobat Distiller, Job 97",
    "scanner": "Name: 00001073",
    "picture": "Perú 2.png",
    "bullet": "• Venezuelan people",
    "section": "Abstract",
    "section_numbered": "1. Introduction",
    "section_es": "Resumen ejecutivo:",
    "section_pt": "SUMÁRIO",
    "replacement": "Informe de gesti\ufffdn",
    "controls": "\x00\x01\x02",
    "paragraph": "word " * 80,
}


@pytest.mark.parametrize("name", TITLES)
def test_titles_that_are_taken(name: str) -> None:
    assert usable_title(TITLES[name]) == TITLES[name]


@pytest.mark.parametrize("name", NO_TITLES)
def test_titles_that_are_refused(name: str) -> None:
    assert usable_title(NO_TITLES[name]) is None


def test_titles_are_made_one_clean_line() -> None:
    assert usable_title(" Health\r\n for\tall\u202e ") == "Health for all"
    assert title_of_name("the rights\udce9 of migrants.pdf") == r"the rights\xe9 of migrants"


NAMES = {
    "words": ("health-in_peru-2020.pdf", "health in peru 2020"),
    "a law": ("Ley_30947.pdf", "Ley 30947"),
    "a symbol": ("A_45_696_Add.1.en.pdf", None),
    "one word": ("informe.pdf", None),
    "nothing": ("_.pdf", None),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_of_few_words_is_no_title(name: str) -> None:
    file, title = NAMES[name]
    assert title_of_name(file) == title


@given(text=st.text(st.characters()))
def test_any_text_makes_a_clean_title_or_none(text: str) -> None:
    title = usable_title(text)
    assert title is None or (title == " ".join(title.split()) and title.isprintable())


FIRST_LINES = {
    "alone": ("Migration status and health\n\nResearch output", "Migration status and health"),
    "indented": ("  Migration status and health\n Research", "Migration status and health"),
    "only": ("Migration status and health", "Migration status and health"),
}
NO_FIRST_LINES = {
    "paragraph": "Migration status and health\nare two things that go together",
    "sentence": "Migration is not new.\n\nMore",
    "label": "Poverty rate in Peru:\n\n25",
    "short": "Peru\n\nmore",
    "section": "Table of contents\n\nmore",
    "empty": "",
}


@pytest.mark.parametrize("name", FIRST_LINES)
def test_first_lines_that_are_titles(name: str) -> None:
    text, title = FIRST_LINES[name]
    assert title_of_text(text) == title


@pytest.mark.parametrize("name", NO_FIRST_LINES)
def test_first_lines_that_are_none(name: str) -> None:
    assert title_of_text(NO_FIRST_LINES[name]) is None


CHECKED = {
    "year": (2022, 2022),
    "year_as_text": ("2022", 2022),
    "countries": (["per", "COL"], ("PER", "COL")),
    "one_country": ("PER", ("PER",)),
    "authors": (["Ruiz,  Ana", ""], ("Ruiz, Ana",)),
    "title": (" A\n title ", "A title"),
    "url": ("https://example.org/a", "https://example.org/a"),
    "empty": ("", None),
}
FIELD_OF = {"year_as_text": "year", "one_country": "countries", "empty": "publisher"}


@pytest.mark.parametrize("name", CHECKED)
def test_values_are_brought_into_form(name: str) -> None:
    value, expected = CHECKED[name]
    assert checked(FIELD_OF.get(name, name), value) == expected


REFUSED = [
    ("year", 22),
    ("year", 3022),
    ("year", "two thousand"),
    ("year", True),
    ("year", 2022.5),
    ("countries", ["Peru"]),
    ("countries", [1]),
    ("countries", {"a": 1}),
    ("authors", 5),
    ("title", 5),
    ("url", "javascript:alert(1)"),
    ("url", "file:///etc/passwd"),
    ("colour", "red"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_values_that_do_not_fit_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=name):
        checked(name, value)


def test_typed_values_go_first_and_json_brings_all_back() -> None:
    from dataclasses import asdict

    metadata = overridden(resolved({"year": 2020}), {"year": 2021, "title": "T"})
    assert (metadata.year, metadata.title) == (2021, "T")
    assert metadata.sources == {"year": "edited", "title": "edited"}
    assert metadata_from_json(asdict(metadata)) == metadata
