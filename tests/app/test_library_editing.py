"""The Library's form follows its document: nothing typed is dropped, a save names what it saved."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cited_samples import REPORT, a_document
from streamlit.testing.v1 import AppTest

from app.citations.wording import shown_title
from app.i18n import LANGUAGES, words
from app.service import ingest_jobs, site
from app.service.site import Site
from app.ui.library.edit_metadata import parsed, shown
from ingest.library.library import Library


@pytest.fixture
def edited(small_library: Path, small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A library of its own; saving begins no ingest here, which a test begins itself where it wants one."""
    import shutil

    monkeypatch.setattr(ingest_jobs, "start", lambda *_: None)
    own = Site(Path(shutil.copytree(small_library, tmp_path / "library")), small_corpus)
    site.install(own)
    return own


def form() -> None:
    """Draw the form of the file that the session names, as the Library page does."""
    import streamlit as st

    from app.service.engine import engine
    from app.ui import state
    from app.ui.library import edit_metadata
    from app.ui.library.file_status import rows

    state.read_address()
    machine, t = engine(), state.words()
    name = st.session_state.get("document_chosen", "clinics.pdf")
    for row in rows(machine.library(), t):
        if row.file == name and row.document is not None:
            edit_metadata.details(t, machine, row.document, row)


def drawn(language: str = "en") -> Any:
    page = AppTest.from_function(form, default_timeout=120)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    return page


def field(page: Any, label: str) -> Any:
    return next(box for box in [*page.text_input, *page.text_area] if box.label.startswith(label))


def save(page: Any) -> Any:
    return next(button for button in page.button if (button.key or "").startswith("save-")).click().run()


def told(page: Any) -> str:
    return " ".join(element.proto.body for element in page.get("html"))


def test_a_save_names_document_and_fields(edited: Site) -> None:
    page = drawn()
    field(page, "Year").set_value("2019")
    field(page, "Publisher").set_value("Ministry of Clinics")
    page = save(page)
    assert "Saved for “Clinics in Lima”: publisher, year. It stays" in told(page)
    with Library.open(edited.library) as library:
        known = library.document("clinics.pdf")
        assert known is not None and (known.metadata.year, known.metadata.publisher) == (
            2019,
            "Ministry of Clinics",
        )
    assert "Nothing was changed for “Clinics in Lima”." in told(save(page))


def test_what_was_typed_waits_while_another_document_is_looked_at(edited: Site) -> None:
    page = drawn()
    field(page, "Publisher").set_value("typed for the clinics").run()
    page.session_state["document_chosen"] = "vaccines.html"
    other = page.run()
    assert all(box.value != "typed for the clinics" for box in other.text_input)
    page.session_state["document_chosen"] = "clinics.pdf"
    assert field(page.run(), "Publisher").value == "typed for the clinics"
    with Library.open(edited.library) as library:
        assert library.document("clinics.pdf").metadata.publisher == "Ministry of Health"  # type: ignore[union-attr]


WRONG = {
    ("Year", "soon"): ("the year must be a year", "el año debe ser un año", "o ano deve ser um ano"),
    ("Countries", "Atlantis"): ("is no country", "no es de un país", "não é de um país"),
    ("Web address", "example.org"): (
        "must begin with http",
        "debe empezar por http",
        "deve começar com http",
    ),
}
LABELS = {
    "Year": ("Year", "Año", "Ano"),
    "Countries": ("Countries", "Países", "Países"),
    "Web address": ("Web address", "Dirección web", "Endereço"),
}


@pytest.mark.parametrize(("case", "number"), [(case, n) for case in WRONG for n in range(3)])
def test_a_wrong_value_is_told_and_stays_in_its_field(
    edited: Site, case: tuple[str, str], number: int
) -> None:
    page = drawn(list(LANGUAGES)[number])
    label = LABELS[case[0]][number]
    field(page, label).set_value(case[1])
    page = save(page)
    assert WRONG[case][number] in told(page)
    assert field(page, label).value == case[1]


COUNTRIES = {
    "Perú": ["PER"],
    "Peru, Colombia": ["PER", "COL"],
    "PER COL": ["PER", "COL"],
    "per; Brasil": ["PER", "BRA"],
    "Estados Unidos, República Dominicana": ["USA", "DOM"],
    "Atlantis": ["Atlantis"],
}


@pytest.mark.parametrize("text", COUNTRIES)
def test_countries_are_taken_by_name_and_code(text: str) -> None:
    assert parsed("countries", text) == COUNTRIES[text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_is_what_can_be_typed(language: str) -> None:
    document = a_document(replace(REPORT, countries=("PER", "BRA", "USA"), authors=("Ruiz, Ana", "PNUD")))
    for name in ("title", "publisher", "authors", "year", "countries", "language"):
        stored = getattr(document.metadata, name)
        typed = parsed(name, shown(words(language), document, name))
        assert typed == (list(stored) if isinstance(stored, tuple) else stored)


@pytest.mark.parametrize("seed", range(30))
def test_random_edits_land_on_the_document_they_were_typed_for(edited: Site, seed: int) -> None:
    """Selecting, typing and saving in any order, while what the table holds changes behind the form."""
    dice = random.Random(seed)
    with Library.open(edited.library) as library:
        names = [document.file for document in library.documents() if document.state == "ready"]
        before = {name: library.document(name).metadata.publisher for name in names}  # type: ignore[union-attr]
    page, here = drawn(), "clinics.pdf"
    typed: dict[str, str] = {}
    saved: dict[str, str | None] = dict(before)
    for step in range(6):
        act = dice.choice(["select", "type", "save", "change"])
        if act == "select":
            here = dice.choice(names)
            page.session_state["document_chosen"] = here
            page = page.run()
        elif act == "type":
            typed[here] = f"{here} {step}"
            page = field(page, "Publisher").set_value(typed[here]).run()
        elif act == "save":
            page = save(page)
            saved[here] = typed.pop(here, saved[here])
        else:  # what a background ingest does: another field of some document is another one now
            with Library.open(edited.library) as library:
                library.set_override(dice.choice(names), "language", dice.choice(["en", "es", "fr"]))
            page = page.run()
        assert field(page, "Publisher").value == (typed.get(here, saved[here]) or "")
    with Library.open(edited.library) as library:
        after = {name: library.document(name).metadata.publisher for name in names}  # type: ignore[union-attr]
    assert after == saved


TITLES = {
    "MENSAJE DEL PRESIDENTE DEL PERÚ AL CONGRESO": "Mensaje del Presidente del Perú al Congreso",
    "CHAPTER XIV OF THE LAW": "Chapter XIV of the Law",
    "FORM 10-Q": "FORM 10-Q",
    "UNDP report on COVID-19": "UNDP report on COVID-19",
    "": "",
}


@pytest.mark.parametrize("title", TITLES)
def test_titles_in_capitals_are_shown_in_title_case(title: str) -> None:
    assert shown_title(title) == TITLES[title]
