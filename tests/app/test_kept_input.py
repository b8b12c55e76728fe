"""What is chosen and typed on the page: kept while going from view to view, and while the counts of filters change."""

from pathlib import Path
from typing import Any

import pytest
from drawn_pages import draw, html

from app.service import ingest_jobs, standing
from app.service.owner_folder import owner_of
from app.service.site import Site
from app.service.typed_texts import TypedTexts
from app.ui import visitor

DRAFT = "In 2023 the Lima clinic network registered 4,812 consultations by Venezuelan patients."


@pytest.fixture
def own(small_library: Path, small_corpus: Path) -> Site:
    return Site(small_library, small_corpus)


def views() -> None:
    import streamlit as st

    from app.ui.desk import check, compare

    at = st.radio("View", ["check", "compare", "other"], key="at")
    if at == "check":
        check.view()
    elif at == "compare":
        compare.view()


def at(page: Any, view: str) -> Any:
    return page.radio(key="at").set_value(view).run()


def test_a_draft_that_was_not_sent_is_there_after_another_view(own: Site) -> None:
    page = draw(own, views)
    page.text_area(key="draft_text").set_value(DRAFT).run()
    page = at(at(at(page, "other"), "compare"), "check")
    assert page.text_area(key="draft_text").value == DRAFT
    assert not page.text_area(key="draft_text").form_id, (
        "a form keeps what is typed to itself until it is sent"
    )


def test_questions_and_choices_of_a_table_are_there_after_another_view(own: Site) -> None:
    page = at(draw(own, views), "compare")
    page.text_area(key="table_questions").set_value("Where is the measles vaccine offered?").run()
    page.selectbox[0].set_value("year").run()
    page.multiselect[0].select(page.multiselect[0].options[0]).run()
    chosen = page.multiselect[0].value
    page = at(at(page, "check"), "compare")
    assert page.text_area(key="table_questions").value == "Where is the measles vaccine offered?"
    assert page.selectbox[0].value == "year"
    assert page.multiselect[0].value == chosen != []
    assert not page.text_area(key="table_questions").form_id


def test_the_headings_of_a_table_are_there_after_f5(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "owner", lambda: owner_of("who types headings"))

    def shown() -> None:
        from app.desk.table import EvidenceTable, Question, RowKind
        from app.i18n import words
        from app.ui.desk import compare

        asked = Question(id="q1", question="Where is the measles vaccine offered?", filters={})
        compare._headings(words("en"), EvidenceTable(by=RowKind.document, questions=(asked,), rows=()))

    first = draw(own, shown).text_input[0]
    assert first.value == "Where is the measles vaccine offered?"
    place = str(first.key)
    TypedTexts(own.library, owner_of("who types headings")).keep(place, "Vaccine")
    assert draw(own, shown).text_input[0].value == "Vaccine"


def test_help_says_what_f5_keeps(own: Site) -> None:
    def shown() -> None:
        from app.ui import help

        help.view()

    assert "is still there after F5" in html(draw(own, shown))


def filter_view() -> None:
    import streamlit as st

    from app.i18n import words
    from app.ui import state
    from app.ui.ask import filters

    fewer = st.checkbox("Fewer", key="fewer")
    publishers = {f"Ministry {n}": 1 if fewer else n + 1 for n in range(8)}
    filters.sidebar(words("en"), {"publisher": publishers, "type": {"report": 1 if fewer else 4, "law": 1}})
    st.text(repr(state.address().search_filters()))


def test_filters_keep_their_choice_when_the_counts_change(own: Site) -> None:
    page = draw(own, filter_view)
    page = page.sidebar.multiselect[0].set_value(["Ministry 3"]).run()
    page = page.sidebar.button_group[0].set_value(["Report"]).run()
    before = page.sidebar.multiselect[0].proto.id, page.sidebar.button_group[0].proto.id
    chosen = page.text[0].value
    page = page.checkbox(key="fewer").check().run()
    assert "Ministry 3 (1)" in page.sidebar.multiselect[0].options
    assert page.sidebar.multiselect[0].value == ["Ministry 3"] and page.text[0].value == chosen
    now = page.sidebar.multiselect[0].proto.id, page.sidebar.button_group[0].proto.id
    assert now[0] != before[0] and now[1] != before[1], "the browser would send labels that are gone"


def test_titles_are_shown_as_they_are_where_streamlit_shows_plain_text(own: Site) -> None:
    from cited_samples import a_document

    from app.ui.desk.passage_html import titles
    from ingest.metadata.metadata import Metadata

    digest = a_document(Metadata(title="Digest: COVID-19 (draft) * #1"))
    assert list(titles([digest]).values()) == ["Digest: COVID-19 (draft) * #1"]


@pytest.mark.parametrize(
    ("waiting", "message"),
    [(["new.pdf"], "New documents are being read."), ([], "The index is being brought up to date.")],
)
def test_an_ingest_says_whether_files_are_new(
    own: Site, monkeypatch: pytest.MonkeyPatch, waiting: list[str], message: str
) -> None:
    def shown() -> None:
        from app.i18n import words
        from app.service.engine import engine
        from app.ui import freshness

        freshness.notice(words("en"), engine())
        freshness.rebuild(words("en"), engine())

    monkeypatch.setattr(ingest_jobs, "whose", lambda _: "ours")
    monkeypatch.setattr(ingest_jobs, "unread", lambda *_: ingest_jobs.Unread(tuple(waiting)))
    monkeypatch.setattr(standing, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(standing, "COST_SHARE", 1e9)
    page = draw(own, shown)
    assert html(page).count(message) == 2


def test_passages_without_a_year_are_counted_and_named(own: Site) -> None:
    def shown() -> None:
        from cited_samples import a_document, a_passage

        from app.i18n import words
        from app.ui.ask import view
        from app.ui.ask.results import Listing
        from index.ranking.hits import unranked
        from ingest.library.records import StoredPassage
        from ingest.metadata.metadata import Metadata

        stored = StoredPassage(a_passage(), "d" * 32, 0)
        dated = unranked(stored, a_document(Metadata(title="A", year=2020)))
        undated = unranked(stored, a_document(Metadata(title="B")))
        for language in ("en", "es", "pt"):
            view._years(words(language), Listing((dated, undated, undated), 2, grouped=False, more=False))
        view._years(words("en"), Listing((dated,), 1, grouped=False, more=False))

    told = html(draw(own, shown))
    for line in ("2020: 1, no year: 2", "2020: 1, sin año: 2", "2020: 1, sem ano: 2", "2020: 1</p>"):
        assert line in told


def test_a_field_without_a_source_is_missing_and_not_from_missing(own: Site) -> None:
    from app.i18n import words
    from app.ui.library.edit_metadata import _learned

    assert _learned(words("es"), None) == "falta"
    assert _learned(words("es"), "catalogue") == "de: catálogo"
