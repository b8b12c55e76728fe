"""The names of briefs: chosen by them, never taken for an id, in the language of the page and on every export."""

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from cited_samples import a_document, a_passage
from drawn_pages import draw
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.exports.brief import Brief, Item
from app.exports.brief_copy import opened
from app.exports.brief_formats import FORMATS, markdown, word
from app.i18n import words
from app.service.briefs import Briefs
from app.service.owner_folder import FOLDER, owner_of
from app.service.site import Site
from app.ui import brief_list, state

NAMES = ["Nota de política – año 1", "Clinics", "", "../current", "0" * 12]


@pytest.fixture
def own(small_library: Path, tmp_path: Path) -> Site:
    return Site(small_library, tmp_path)


def brief_page() -> None:
    from app.exports.brief import Item
    from app.service.engine import engine
    from app.ui import brief, kept_brief, state

    state.read_address()
    kept_brief.load()
    if not kept_brief.current():
        document = engine().library().document("clinics.pdf")
        assert document is not None
        passage = next(iter(engine().library().passages(document.id))).passage
        kept_brief.add(Item(document, passage, "SIS policy"))
    brief.view()


def press(page: Any, key: str) -> Any:
    return next(one for one in page.button if one.key == key).click().run()


@pytest.mark.parametrize("ident", NAMES)
def test_what_is_no_id_opens_nothing_and_is_not_written(tmp_path: Path, ident: str) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    made = store.create("Clinics")
    current = tmp_path / FOLDER / owner_of("key") / "current"
    assert store.open(ident) is None
    assert current.read_text() == made.id
    assert store.open(made.id) == made


def test_a_deleted_brief_is_not_opened(tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    first, second = store.create("First"), store.create("Second")
    store.delete(first.id)
    assert store.open(first.id) is None
    assert store.current() == second
    assert store.restore(first.id) == store.current() != second


def test_a_name_that_was_written_for_an_id_does_no_harm(tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    made = store.create("Clinics")
    (tmp_path / FOLDER / owner_of("key") / "current").write_bytes("año".encode())
    assert store.current() == made


@pytest.mark.parametrize("name", ["Nota de política – año 1", "Clinics"])
def test_a_renamed_brief_stays_open_under_its_new_name_at_once(own: Site, name: str) -> None:
    page = draw(own, brief_page)
    page = press(page, "brief-new")
    for new in (name, "Dosier de ñandúes"):
        before = page.selectbox[0].proto.id
        page = page.text_input(key="brief_name").set_value(new).run()
        assert page.selectbox[0].proto.id != before, "the browser would go on sending the old name"
        assert page.selectbox[0].options[page.selectbox[0].index] == new
    assert not page.exception
    page = page.selectbox[0].select_index(0).run()
    assert page.selectbox[0].index == 0 and page.text_input(key="brief_name").value == "My brief"


def test_a_label_in_place_of_an_id_changes_nothing(own: Site) -> None:
    def opens_a_label() -> None:
        import streamlit as st

        from app.ui import kept_brief

        kept_brief.load()
        kept_brief.made(kept_brief.briefs().create("Año"))
        kept_brief.open_brief("Año")
        found = kept_brief.kept()
        st.text(found.name if found else "none")

    page = draw(own, opens_a_label)
    assert not page.exception and page.text[0].value == "Año"


def test_two_briefs_of_one_name_are_told_apart(own: Site) -> None:
    page = press(draw(own, brief_page), "brief-duplicate")
    page = page.text_input(key="brief_name").set_value("My brief").run()
    assert page.selectbox[0].options == ["My brief", "My brief (2)"] and page.selectbox[0].index == 1
    page = page.selectbox[0].select_index(0).run()
    assert page.selectbox[0].index == 0


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b", ""])))
def test_no_two_labels_are_alike(labels: list[str]) -> None:
    told = state.told_apart(dict(enumerate(labels)))
    assert list(told) == list(range(len(labels)))
    assert len(set(told.values())) == len(labels)
    assert all(told[at] == label for at, label in enumerate(labels) if label not in labels[:at])


CHANGING = """
import streamlit as st
from app.ui import state

counts = {"x": 4, "y": 2} if not st.session_state.get("fewer") else {"x": 1}
labels = {one: f"{one} ({n})" for one, n in counts.items()}
key = state.labelled("many", labels)
st.multiselect("Many", list(labels), format_func=lambda one: labels.get(one, one), key=key)
one_key = state.labelled("one", labels)
st.selectbox("One", list(labels), index=None, format_func=lambda one: labels.get(one, one), key=one_key)
st.checkbox("Fewer", key="fewer")
"""


def test_a_choice_goes_over_to_labels_that_changed() -> None:
    page = AppTest.from_string(CHANGING).run()
    page.multiselect[0].set_value(["x", "y"])
    page.selectbox[0].set_value("x").run()
    before = page.multiselect[0].proto.id, page.selectbox[0].proto.id
    page.checkbox[0].check().run()
    assert page.multiselect[0].value == ["x"] and page.selectbox[0].value == "x"
    assert page.multiselect[0].options == page.selectbox[0].options == ["x (1)"]
    assert page.multiselect[0].proto.id != before[0] and page.selectbox[0].proto.id != before[1]


FIRST = {"en": "My brief", "es": "Mi dosier", "pt": "Meu dossiê"}
COPY = {"en": "Copy of My brief", "es": "Copia de Mi dosier", "pt": "Cópia de Meu dossiê"}


@pytest.mark.parametrize("language", FIRST)
def test_names_that_nobody_gave_speak_the_language_of_the_page(own: Site, language: str) -> None:
    page = press(draw(own, brief_page, lang=language), "brief-duplicate")
    assert page.selectbox[0].options == [FIRST[language], COPY[language]]


BRIEF = Brief((Item(a_document(), a_passage(), "When?"),))
NAME = "Nota *de* política – año 1"


@pytest.mark.parametrize("name", ["word", "markdown", "json"])
def test_exports_carry_the_name(name: str) -> None:
    style = next(style for style in FORMATS if style.name == name)
    assert opened(f"x.{style.suffix}", style.write(BRIEF, words("es"), NAME)) == (NAME, BRIEF)
    assert opened(f"x.{style.suffix}", style.write(BRIEF, words("es"))) == ("Dosier", BRIEF)


def test_the_title_of_an_export_is_the_name() -> None:
    assert markdown(BRIEF, words("es"), NAME).decode().startswith("# Nota \\*de\\* política – año 1\n")
    document = docx.Document(io.BytesIO(word(BRIEF, words("es"), NAME)))
    assert document.core_properties.title == document.paragraphs[0].text == NAME


@pytest.mark.parametrize("name", ["csv", "ris", "csl"])
def test_tables_and_lists_have_no_title(name: str) -> None:
    style = next(style for style in FORMATS if style.name == name)
    assert style.write(BRIEF, words("es"), NAME) == style.write(BRIEF, words("es"))


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("nota-de-politica-ano-1.docx", "Nota de política – año 1"),
        ("nota-de-politica-ano-1 (3).docx", "Nota de política – año 1"),
        ("clinics.docx", "clinics"),
        ("Budget (draft).md", "Budget (draft)"),
    ],
)
def test_a_file_opened_again_has_the_name_it_was_exported_with_or_given(file: str, name: str) -> None:
    assert brief_list.opened_name(file, "Nota de política – año 1") == name
