"""The views of the page, each drawn by itself (Streamlit's AppTest): help, evaluation, library, source pane."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from drawn_pages import draw, html

from app.service import site
from app.service.engine import engine
from app.service.site import Site
from app.service.standing import standing
from app.settings import Settings
from app.ui.ask import download, source_pane
from app.ui.ask.results import listing
from app.ui.ask.view import IN_BOX, IN_NARROW_BOX
from app.ui.evaluation.view import METRICS


@pytest.fixture
def own(small_library: Path, small_corpus: Path) -> Site:
    return Site(small_library, small_corpus)


def help_view() -> None:
    from app.ui import help, state

    state.read_address()
    help.view()


def library_view() -> None:
    from app.ui import state
    from app.ui.library import view

    state.read_address()
    view.view()


def evaluation_view() -> None:
    from app.ui.evaluation import view

    view.view()


def ask_view() -> None:
    from app.ui import state
    from app.ui.ask import view

    state.read_address()
    view.view()
    state.write_address(search=True)


HELP = {
    "en": "How pages are counted",
    "es": "Cómo se cuentan las páginas",
    "pt": "Como as páginas são contadas",
}


@pytest.mark.parametrize("language", HELP)
def test_help_speaks_the_language_of_the_page(own: Site, language: str) -> None:
    shown = html(draw(own, help_view, lang=language))
    assert HELP[language] in shown
    assert shown.count("<section>") == 7 and "<kbd>Esc</kbd>" in shown


def test_the_library_counts_its_documents_and_names_their_states(own: Site) -> None:
    page = draw(own, library_view, lang="en")
    assert "4 documents · " in html(page)
    table = page.dataframe[0].value
    assert list(table["File"]) == ["broken.pdf", "clinics.pdf", "mental.txt", "note.html"]
    assert dict(zip(table["File"], table["Status"], strict=True))["clinics.pdf"] == "Ready"
    assert table.loc[table["File"] == "clinics.pdf", "Pages"].item() == 2
    assert "Uploading here is off" in html(page)


def test_the_library_offers_an_upload_where_it_is_allowed(own: Site) -> None:
    page = draw(
        Site(own.library, own.corpus, Settings(upload=True, upload_max_mb=7)), library_view, lang="en"
    )
    assert "PDF, Word, HTML, text and others, at most 7 MB each" in html(page)
    assert "Uploading here is off" not in html(page)


def test_a_library_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    page = draw(Site(tmp_path / "none"), library_view, lang="en")
    assert "There are no documents yet." in html(page) and not page.dataframe


@pytest.fixture(scope="module")
def runs(small_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of two questions over the small library, in `runs/` of an otherwise empty folder."""
    from app.cli import main

    folder = tmp_path_factory.mktemp("evaluated")
    library = shutil.copytree(small_library, folder / "library")
    questions = [
        ("q1", "How many people have a SIS policy?", True, "clinics.pdf", "only 31 percent of the people"),
        ("q2", "What does a train ticket to Kyoto cost?", False, "", ""),
    ]
    lines = [
        {
            "id": ident,
            "group": ident,
            "lang": "en",
            "type": "fact",
            "question": question,
            "answerable": answerable,
            "evidence": [{"doc": document, "quote": quote}] if answerable else [],
        }
        for ident, question, answerable, document, quote in questions
    ]
    gold = folder / "gold.jsonl"
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for name, mode in (("first", "lexical"), ("second", "lexical")):
        with pytest.raises(SystemExit) as stop:
            out = folder / "runs" / name
            main(["eval", "run", str(gold), "--library", str(library), "--out", str(out), "--mode", mode])
        assert not stop.value.code
    return folder


def test_a_run_is_shown_with_its_figures(runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    page = draw(Site(runs / "library"), evaluation_view)
    assert {"Run", "Compare with"} <= {box.label for box in page.selectbox}
    assert "2 questions" in html(page) and "nDCG@10" in html(page)
    assert html(page).count('class="plot"') == len(METRICS) + 1
    table = page.dataframe[0].value
    assert set(table["Question"]) == {
        "How many people have a SIS policy?",
        "What does a train ticket to Kyoto cost?",
    }
    assert all(link.startswith("./?q=") for link in table["Ask"])


def test_two_runs_are_compared(runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    page = draw(Site(runs / "library"), evaluation_view)
    boxes = {box.label: box for box in page.selectbox}
    first = boxes["Run"].value
    other = next(name for name in ("first", "second") if name != first.name)
    page = boxes["Compare with"].set_value(first.with_name(other)).run()
    assert not page.exception
    assert 'class="swatch s2"' in html(page)
    assert "nDCG@10 of the other run" in page.dataframe[0].value


def test_a_broken_run_is_told(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(runs / "runs" / "first", tmp_path / "runs" / "broken")
    (tmp_path / "runs" / "broken" / "summary.json").write_text("{}", encoding="utf-8")
    page = draw(Site(tmp_path / "library"), evaluation_view)
    assert "summary.json" in html(page) and not page.dataframe


ORDERS = {
    "grouped": "Grouped by document",
    "relevance": "Most relevant first",
    "document": "By document and page",
    "newest": "Newest first",
}


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_of_the_address_is_that_of_the_box(own: Site, order: str) -> None:
    page = draw(own, ask_view, q="health Lima Tumbes policy care", match="words", sort=order, lang="en")
    box = next(box for box in page.selectbox if box.label == "Order")
    assert box.value == order
    assert ORDERS[order] in box.options


def test_a_document_stands_once_and_its_other_passages_are_folded(own: Site) -> None:
    page = draw(
        own, ask_view, q="clinic patients insurance residence permit children", match="words", lang="en"
    )
    folded = [one.label for one in page.expander]
    assert folded and all(label.endswith(("more passage", "more passages")) for label in folded)
    assert "Passages by year: 2023: " in html(page)
    plain = draw(own, ask_view, q="clinic patients", match="words", sort="relevance", lang="en")
    assert not plain.expander


def test_nothing_found_offers_questions(own: Site) -> None:
    asking = Site(own.library, own.corpus, Settings(suggestions=("SIS policy",)))
    page = draw(asking, ask_view, q="zyzzyva", match="words", lang="es", country="PER")
    assert "Pruebe con menos palabras u otras, o quite los filtros." in html(page)
    assert any((button.key or "").startswith("suggestion-") for button in page.button)


NOTICES = {
    "en": "No passage holds the amount $777.",
    "es": "Ningún pasaje contiene la cantidad $777.",
    "pt": "Nenhum trecho contém a quantia $777.",
}


@pytest.mark.parametrize("language", NOTICES)
def test_a_notice_is_worded_in_the_language_of_the_page(own: Site, language: str) -> None:
    page = draw(own, ask_view, q="clinics of Lima $777", match="words", lang=language)
    assert NOTICES[language] in html(page)


LONG = {"x" * IN_NARROW_BOX: None, "x" * IN_BOX: "note whole narrow", "x" * (IN_BOX + 1): "note whole"}


@pytest.mark.parametrize("question", LONG, ids=["short", "longer than a phone's box", "longer than any box"])
def test_a_question_that_the_box_cuts_is_shown_in_full(own: Site, question: str) -> None:
    shown = html(draw(own, ask_view, q=question, match="words"))
    wanted = LONG[question]
    assert ("note whole" in shown) is (wanted is not None)
    assert wanted is None or f'class="{wanted}"' in shown


def test_a_linked_passage_stands_alone(own: Site) -> None:
    site.install(own)
    found = engine().searcher().search("SIS policy", mode="lexical").hits[0].passage.passage
    page = draw(own, ask_view, passage=found.id, lang="en")
    assert "Linked passage" in html(page) and "<mark>" not in html(page)
    gone = draw(own, ask_view, passage="0" * 32, lang="en")
    assert "That passage is no longer in the corpus." in html(gone)


def test_the_pane_turns_the_pages_of_a_paper(own: Site) -> None:
    site.install(own)
    found = engine().searcher().search("SIS policy", mode="lexical").hits[0].passage.passage
    page = draw(own, ask_view, q="SIS policy", match="words", passage=found.id, lang="en")
    assert "PDF page 2 of 2" in html(page)
    buttons = {button.key: button for button in page.button}
    assert buttons["pane_next"].disabled and not buttons["pane_previous"].disabled
    page = buttons["pane_previous"].click().run()
    assert "PDF page 1 of 2" in html(page)
    page = next(button for button in page.button if button.key == "close_pane").click().run()
    assert not [button for button in page.button if button.key == "close_pane"]


def test_a_source_without_pages_shows_its_text(own: Site) -> None:
    site.install(own)
    found = engine().searcher().search("Measles vaccine", mode="lexical").hits[0].passage.passage
    assert found.pages == ()
    page = draw(own, ask_view, q="Measles vaccine", match="words", passage=found.id, lang="en")
    assert 'class="page-text"' in html(page) and "paragraph" in html(page)
    keys = {button.key for button in page.button}
    assert "close_pane" in keys and "pane_next" not in keys


def test_a_file_that_is_gone_is_told_and_its_text_shown(own: Site, tmp_path: Path) -> None:
    site.install(own)
    found = engine().searcher().search("SIS policy", mode="lexical").hits[0].passage.passage
    page = draw(
        Site(own.library, tmp_path), ask_view, q="SIS policy", match="words", passage=found.id, lang="en"
    )
    assert "The file is no longer in the corpus folder." in html(page)
    assert '<div class="page-text">' in html(page)


def test_page_images_are_drawn_by_one_drawer() -> None:
    assert source_pane.page_images() is source_pane.page_images()


def test_results_are_downloaded_in_three_forms(own: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    from app.i18n import words
    from app.ui.address import Address

    site.install(own)
    made: dict[str, bytes] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, **_: made.setdefault(label, data()))
    here = Address(question="SIS policy", match="words")
    found = engine().searcher().search(here.question, mode=here.mode)
    download.menu(words("en"), listing(found, here), here)
    rows = list(csv.DictReader(io.StringIO(made["CSV"].decode("utf-8-sig"))))
    lines = [json.loads(line) for line in made["JSON Lines"].decode().splitlines()]
    assert [row["passage_id"] for row in rows] == [line["passage_id"] for line in lines]
    assert rows[0]["question"] == here.question
    assert made["RIS"].decode().count("TY  - ") == len(rows)


def test_waiting_files_are_those_that_the_ingest_would_read(own: Site, tmp_path: Path) -> None:
    corpus = shutil.copytree(own.corpus or Path(), tmp_path / "corpus")
    (corpus / "later.txt").write_text("A later paper on clinics.\n", encoding="utf-8")
    site.install(Site(own.library, corpus))
    assert standing(engine()).new == ("later.txt",)
