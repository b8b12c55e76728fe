"""References in six styles, of twenty records of five types, against the forms that citeproc-js gives for them.

`csl_forms.json` was made by citeproc-js, the reference processor of CSL, from the same items, styles and locale; where
it leaves ". . " of an empty part, one point stands there.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cited_samples import a_document, a_passage

from app.citations import csl
from ingest.library.records import Document
from ingest.metadata.metadata import Metadata

FORMS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "csl_forms.json").read_text(encoding="utf-8")
)
# Type -> who publishes it, in a record in English and in one in another language.
PUBLISHERS = {
    "report": ("UNDP", "PNUD"),
    "journal article": ("Journal of Public Health", "Revista de Salud"),
    "book": ("Fondo Editorial", "Fondo Editorial"),
    "web page": ("PAHO", "OPS"),
    "working paper": ("CEPAL", "CEPAL"),
}


def record(name: str) -> Document:
    """Return the record of a name such as "book, two authors"."""
    kind, _, rest = name.partition(", ")
    english, other = PUBLISHERS[kind]
    meta = {
        "one author": Metadata(
            publisher=other,
            title="Salud y migración en la frontera",
            authors=("Ruiz, Ana",),
            year=2015,
            url="https://example.org/a",
            language="es",
        ),
        "two authors": Metadata(
            publisher=english,
            title="Barriers to the health of migrants and refugees",
            authors=("Hernández-Vásquez, Akram", "Rojas-Roque, Carlos"),
            year=2022,
            url="https://example.org/b",
            language="en",
        ),
        "three authors, no address": Metadata(
            publisher=english,
            title="Integration in the cities",
            authors=("Paz, Beto", "Sol, Luz", "Mar, Eva"),
            year=2020,
            language="en",
        ),
        "of a body, no year": Metadata(
            publisher=other, title="Plano nacional de saúde", url="https://example.org/d", language="pt"
        ),
    }[rest]
    return a_document(replace(meta, type=kind))


@pytest.mark.parametrize("name", FORMS)
def test_a_record_has_the_form_of_each_style(name: str) -> None:
    made = {style: csl.cited(style, record(name), a_passage(), "en").reference for style in FORMS[name]}
    assert made == FORMS[name]


def test_there_are_twenty_records_of_five_types_in_six_styles() -> None:
    assert len(FORMS) == 20 and len({name.partition(",")[0] for name in FORMS}) == 5
    assert all(len(forms) == 6 for forms in FORMS.values())


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "“Barriers to the Use of Health Care.”"), ("es", "“Barriers to the use of health care.”")],
)
def test_title_case_is_for_english_titles(language: str, title: str) -> None:
    meta = Metadata(
        title="Barriers to the use of health care", type="web page", publisher="PAHO", language=language
    )
    assert title in csl.cited("chicago-notes-bibliography", a_document(meta), a_passage(), "en").reference
