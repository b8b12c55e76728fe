"""The views of the desk, each drawn by itself (Streamlit's AppTest): check, compare, read, editions."""

from pathlib import Path
from typing import Any

import pytest
from cited_samples import a_document, a_passage
from drawn_pages import draw, html

from app.desk.editions import changes, sentences_of
from app.i18n import words
from app.service import site
from app.service.engine import Engine, engine
from app.service.site import Site
from app.ui.address import read_address
from app.ui.desk import beside, passage_html
from app.ui.desk.compare import questions_of
from app.ui.desk.editions import change_html
from index.ranking.hits import unranked
from ingest.library.records import Document, StoredPassage

DRAFT = (
    "In 2023 the Lima clinic network registered 4,812 consultations by Venezuelan patients. "
    "Only 13 percent of the people interviewed had a SIS policy. The ministry will buy forty ambulances."
)


@pytest.fixture
def own(small_library: Path, small_corpus: Path) -> Site:
    return Site(small_library, small_corpus)


def check_view() -> None:
    from app.ui import state
    from app.ui.desk import check

    state.read_address()
    check.view()


def compare_view() -> None:
    from app.ui import state
    from app.ui.desk import compare

    state.read_address()
    compare.view()


def read_view() -> None:
    from app.ui import state
    from app.ui.desk import read

    state.read_address(search=False)
    read.view()


def button(page: Any, label: str) -> Any:
    return next(one for one in page.button if one.label == label)


def test_a_pasted_draft_gets_its_verdicts(own: Site) -> None:
    page = draw(own, check_view)
    page.text_area(key="draft_text").set_value(DRAFT)
    button(page, "Check the draft").click().run()
    assert not page.exception
    shown = html(page)
    for verdict in ("Quoted verbatim", "Numbers differ", "No passage found"):
        assert verdict in shown
    assert "Draft: “13 percent”. Passage: “31 percent”." in shown
    assert "<mark>Insurance coverage stays low" in shown
    assert [one.value for one in page.checkbox] == [True, False]


def test_an_empty_draft_is_told_in_the_visitors_language(own: Site) -> None:
    page = draw(own, check_view, lang="es")
    button(page, "Revisar el borrador").click().run()
    assert [one.value for one in page.warning] == [
        "Todavía no hay ninguna oración que revisar\\. Pegue un texto o elija un archivo\\."
    ]


def test_hostile_words_of_a_draft_are_shown_as_they_are(own: Site) -> None:
    page = draw(own, check_view)
    page.text_area(key="draft_text").set_value("The <img src=x onerror=alert(1)> clinic opened in the north.")
    button(page, "Check the draft").click().run()
    assert "<img" not in html(page)


def test_a_table_of_questions_over_documents(own: Site) -> None:
    page = draw(own, compare_view, lang="en")
    page.text_area(key="table_questions").set_value(
        "What share of the people interviewed had a SIS policy?\nHow deep are the seas of Europa?"
    )
    button(page, "Lay out the table").click().run()
    assert not page.exception
    shown = html(page)
    assert "31 percent" in shown
    assert shown.count('<td class="empty">No passage found</td>') >= 3
    assert '<th scope="row">Clinics in Lima</th>' in shown


def test_headings_of_columns_can_be_changed(own: Site) -> None:
    page = draw(own, compare_view)
    page.text_area(key="table_questions").set_value("What share of the people interviewed had a SIS policy?")
    button(page, "Lay out the table").click().run()
    page.text_input[0].set_value("Insured").run()
    assert '<th scope="col">Insured</th>' in html(page)


def test_no_question_is_told(own: Site) -> None:
    page = draw(own, compare_view)
    button(page, "Lay out the table").click().run()
    assert [one.value for one in page.warning] == ["Write at least one question."]


def test_questions_are_lines_each_once() -> None:
    assert [one.question for one in questions_of("a b?\n\n  a b?\nc?\n---")] == ["a b?", "c?"]


def test_a_document_is_read_with_its_passages(own: Site) -> None:
    site.install(own)
    document = engine().library().document("clinics.pdf")
    assert document is not None
    page = draw(own, read_view, document=document.id, n="2")
    shown = html(page)
    assert "Clinics in Lima" in shown
    assert "Insurance coverage stays low" in shown
    assert "registered 4,812 consultations" not in shown
    assert page.number_input(key="read_page").value == 2


def quote(page: Any, text: str) -> None:
    page.text_area(key="quoted-2").set_value(text)
    next(
        one for one in page.button if one.label == "Add to brief" and "quote" in str(one.form_id)
    ).click().run()
    assert not page.exception


def test_words_of_the_page_go_into_the_brief(own: Site) -> None:
    site.install(own)
    document = engine().library().document("clinics.pdf")
    assert document is not None
    page = draw(own, read_view, document=document.id, n="2")
    quote(page, "only 31 percent of the people interviewed")
    assert [one.value for one in page.success] == ["Added to the brief: PDF page 2"]
    assert page.text_area(key="quoted-2").value == ""
    quote(page, "words that are not there")
    assert [one.value for one in page.warning] == ["These words do not stand on this page."]
    assert page.text_area(key="quoted-2").value == "words that are not there" and not page.success
    quote(page, "  ")
    assert not page.warning and not page.success


def test_a_search_inside_stays_in_the_document(own: Site) -> None:
    site.install(own)
    document = engine().library().document("clinics.pdf")
    assert document is not None
    page = draw(own, read_view, document=document.id)
    page.text_input(key="read_search").set_value("insurance policy").run()
    assert not page.exception
    assert any("2: " in one.label for one in page.button)


def test_a_source_without_pages_is_read_by_its_passages(own: Site) -> None:
    site.install(own)
    document = engine().library().document("note.html")
    assert document is not None
    page = draw(own, read_view, document=document.id)
    assert "Measles vaccine is offered" in html(page)
    assert not page.number_input


@pytest.mark.parametrize("address", [{}, {"document": "0" * 32}, {"document": "broken.pdf"}])
def test_without_a_readable_document_one_can_be_chosen(own: Site, address: dict[str, str]) -> None:
    page = draw(own, read_view, **address)
    assert page.selectbox(key="read_choice").options


@pytest.mark.parametrize("number", ["0", "999", "x", "-1", "²"])
def test_a_wrong_page_in_the_address_is_brought_into_the_document(own: Site, number: str) -> None:
    site.install(own)
    document = engine().library().document("clinics.pdf")
    assert document is not None
    page = draw(own, read_view, document=document.id, n=number)
    assert page.number_input(key="read_page").value in (1, 2)


def test_a_change_is_shown_with_both_pages() -> None:
    def edition(text: str, page: int) -> list[Any]:
        return sentences_of([StoredPassage(a_passage(text, pages=(page, page), labels=()), "d" * 32, 0)])

    (change,) = changes(edition("The fee is 20 <b>.", 1), edition("The fee is 25 <b>.", 2))
    shown = change_html(words("en"), change)
    assert "before: PDF page 1 · now: PDF page 2" in shown
    assert "<del>20</del><ins>25</ins>" in shown
    assert "&lt;b&gt;" in shown


def test_links_of_a_passage_open_it_and_its_document() -> None:
    hit = unranked(StoredPassage(a_passage(), "d" * 32, 0), a_document())
    assert f"passage={hit.passage.passage.id}&amp;lang=en" in passage_html.passage_link(words("en"), hit)
    assert read_address("pt", "d", 3) == "./read?document=d&n=3&lang=pt"


def ids_of(own: Site) -> dict[str, str]:
    site.install(own)
    return {one.file: one.id for one in engine().library().documents()}


def test_two_pages_stand_side_by_side(own: Site) -> None:
    ident = ids_of(own)["clinics.pdf"]
    page = draw(own, read_view, document=ident, n="1", **{"with": ident, "m": "2"})
    shown = html(page)
    assert "registered 4,812 consultations" in shown and "Insurance coverage stays low" in shown
    assert page.number_input(key="beside_page").value == 2
    page.number_input(key="beside_page").set_value(1).run()
    assert page.query_params["m"] in ("1", ["1"])
    next(one for one in page.button if one.key == "beside-close").click().run()
    assert not page.exception
    assert "with" not in page.query_params
    assert "Insurance coverage stays low" not in html(page)


@pytest.mark.parametrize(("other", "number"), [("0" * 32, "1"), ("note.html", "1"), ("clinics.pdf", "999")])
def test_what_cannot_stand_beside_is_left_out_or_brought_into_the_document(
    own: Site, other: str, number: str
) -> None:
    idents = ids_of(own)
    page = draw(
        own, read_view, document=idents["clinics.pdf"], **{"with": idents.get(other, other), "m": number}
    )
    beside = [one.value for one in page.number_input if one.key == "beside_page"]
    assert beside == ([2] if other == "clinics.pdf" else [])


def test_a_document_is_chosen_to_stand_beside(own: Site) -> None:
    ident = ids_of(own)["clinics.pdf"]
    page = draw(own, read_view, document=ident, lang="es")
    box = next(one for one in page.selectbox if (one.key or "").startswith("beside_choice"))
    box.set_value(ident).run()
    assert not page.exception
    assert page.query_params["with"] in (ident, [ident])


def similar_view() -> None:
    from app.service.engine import engine
    from app.ui import state
    from app.ui.desk import similar

    state.read_address(search=False)
    library = engine().library()
    document = library.document("clinics.pdf")
    assert document is not None
    stored = list(library.passages(document.id))[-1]
    similar._dialog(state.words(), engine(), stored)


def test_other_sources_stand_beside_the_passage(own: Site) -> None:
    shown = html(draw(own, similar_view, lang="en"))
    assert "Other sources on this" in shown and "In the same document" in shown
    own_part, _, others = shown.partition("Other sources on this")
    assert "Clinics in Lima" in own_part and "Clinics in Lima" not in others
    assert "Both pages side by side" in own_part


def test_the_address_of_two_pages() -> None:
    assert read_address("en", "a", 2, ("b", 5)) == "./read?document=a&n=2&with=b&m=5&lang=en"


@pytest.mark.parametrize("name", ["one document", "two pages beside each other"])
def test_what_stands_beside_is_looked_up_once(own: Site, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    ident = ids_of(own)["clinics.pdf"]
    asked: list[int] = []
    look = beside.asked

    def noted(machine: Engine) -> tuple[Document, int] | None:
        asked.append(1)
        return look(machine)

    monkeypatch.setattr(beside, "asked", noted)
    words_ = {"with": ident, "m": "2"} if name != "one document" else {}
    page = draw(own, read_view, document=ident, **words_)
    assert not page.exception and len(asked) == 1
