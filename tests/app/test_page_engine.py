"""The engine: bounded searches, one opening, cards and page images."""

import threading
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from app.citations.wording import pages_text, section_text
from app.i18n import words
from app.i18n.names import type_name
from app.service import engine as engines
from app.service.engine import Busy, Engine, NoIndex
from app.service.page_images import NoPageImage, PageImages
from app.service.site import Site
from app.ui.address import Address
from app.ui.ask.cards import card_html
from app.ui.ask.highlights import question_words
from app.ui.ask.results import listing
from app.ui.library.file_status import rows
from ingest.library.library import Library


@pytest.fixture
def machine(small_library: Path, small_corpus: Path) -> Engine:
    return Engine(Site(small_library, small_corpus))


def test_nothing_there_is_said(tmp_path: Path) -> None:
    machine = Engine(Site(tmp_path / "none"))
    assert machine.snapshot() is None
    with pytest.raises(NoIndex):
        machine.searcher()
    with pytest.raises(NoIndex):
        machine.library()


def test_many_visitors_open_one_searcher(machine: Engine) -> None:
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(id(machine.searcher()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8 and len(set(seen)) == 1


def test_beyond_the_queue_it_is_busy(machine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.05)
    with machine.turn(), machine.turn(), pytest.raises(Busy), machine.turn():
        pass
    with machine.turn() as searcher:
        assert searcher.search("SIS policy", mode="lexical").hits


def test_orders_arrange_the_same_ten(machine: Engine) -> None:
    found = machine.searcher().search("health Lima Tumbes policy care", mode="lexical", k=11)
    shown = {sort: listing(found, Address(sort=sort)) for sort in ("relevance", "document", "newest")}
    ids = {sort: [hit.passage.passage.id for hit in one.hits] for sort, one in shown.items()}
    assert sorted(ids["relevance"]) == sorted(ids["document"]) == sorted(ids["newest"])
    years = [hit.document.metadata.year or 0 for hit in shown["newest"].hits]
    assert years == sorted(years, reverse=True)
    documents = [hit.document.id for hit in shown["document"].hits]
    assert [document for document, _ in groupby(documents)] == list(dict.fromkeys(documents))


def test_a_card_names_its_facts_in_order(machine: Engine) -> None:
    hit = machine.searcher().search("SIS policy", mode="lexical").hits[0]
    retriever = machine.searcher().retriever
    sought = question_words("SIS policy", retriever.analyser, retriever.languages)
    made = card_html(words("en"), hit, sought, whole=False)
    wanted = ["rank", "publisher", "title", "year", "page", "<blockquote", "badges"]
    places = [made.index(f'"{name}"' if name.isalpha() else name) for name in wanted]
    assert places == sorted(places)
    assert "<mark>SIS</mark>" in made


def test_pages_are_named_in_every_language(machine: Engine) -> None:
    hit = machine.searcher().search("SIS policy", mode="lexical").hits[0]
    names = {language: pages_text(words(language), hit.passage.passage) for language in ("en", "es", "pt")}
    assert names == {"en": "PDF page 2", "es": "página 2 del PDF", "pt": "página 2 do PDF"}


# What a catalogue may write -> what the page shows in English, Spanish and Portuguese.
TYPES = {
    "research digest": ("Research digest", "Resumen de investigación", "Síntese de pesquisa"),
    "Resumen de investigación": ("Research digest", "Resumen de investigación", "Síntese de pesquisa"),
    "nota de proyecto": ("Project note", "Nota de proyecto", "Nota de projeto"),
    "Perfil de país": ("Country profile", "Perfil de país", "Perfil de país"),
    "Boletín": ("Boletín", "Boletín", "Boletín"),
    "": ("unknown", "desconocido", "desconhecido"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_types_are_named_in_every_language(kind: str) -> None:
    assert tuple(type_name(words(language), kind) for language in ("en", "es", "pt")) == TYPES[kind]


LOCATORS = {
    ("section Barriers › Language, paragraph 4", "es"): "sección «Barriers › Language», párrafo 4",
    ("section Barriers › Language, paragraphs 4–6", "pt"): "seção “Barriers › Language”, parágrafos 4–6",
    ("paragraphs 1–2", "es"): "sección «Barriers › Language», párrafos 1–2",
    ("lines 40–52", "en"): "section “Barriers › Language”, lines 40–52",
    ("somewhere", "es"): "somewhere",
    (None, "es"): "sin páginas",
}


@pytest.mark.parametrize(("locator", "language"), LOCATORS)
def test_places_without_pages_are_named_in_every_language(
    machine: Engine, locator: str | None, language: str
) -> None:
    passage = machine.searcher().search("SIS policy", mode="lexical").hits[0].passage.passage
    section = ("Migrants in Peru1", "Barriers", "Language")
    without = replace(passage, pages=(), labels=(), locator=locator, section=section)
    assert pages_text(words(language), without, "Migrants in Peru") == LOCATORS[locator, language]
    assert section_text(without, "Migrants in Peru") == ""
    assert section_text(replace(passage, section=section), "Migrants in Peru") == "Barriers › Language"


def test_the_page_image_marks_the_passage_and_is_kept(machine: Engine, small_corpus: Path) -> None:
    hit = machine.searcher().search("SIS policy", mode="lexical").hits[0]
    page = machine.library().page(hit.document.id, 2)
    assert page is not None
    spans = tuple((start, end) for number, start, end in hit.passage.passage.spans if number == 2)
    images = PageImages()
    path = small_corpus / "clinics.pdf"
    drawn = images.page(path, hit.document.sha256, 2, page.text, spans)
    assert drawn.png.startswith(b"\x89PNG") and drawn.marked >= 3
    assert drawn.width > drawn.height > 0 and 0.0 <= drawn.top < 1.0
    assert images.page(path, hit.document.sha256, 2, page.text, spans) is drawn
    assert images.size == len(drawn.png)


def test_page_images_are_bounded_and_never_of_another_file(machine: Engine, small_corpus: Path) -> None:
    document = machine.library().document("clinics.pdf")
    assert document is not None
    path = small_corpus / "clinics.pdf"
    sizes = [len(PageImages().page(path, document.sha256, number, "", ()).png) for number in (1, 2)]
    small = PageImages(capacity=max(sizes))
    for number, size in enumerate(sizes, start=1):
        small.page(path, document.sha256, number, "", ())
        assert small.size == size
    none = PageImages(capacity=1)
    assert none.page(path, document.sha256, 1, "", ()).png and none.size == 0
    with pytest.raises(NoPageImage, match="changed"):
        small.page(small_corpus / "clinics.pdf", "0" * 64, 1, "", ())
    with pytest.raises(NoPageImage):
        small.page(small_corpus / "gone.pdf", document.sha256, 9, "", ())


def test_every_file_has_a_status(small_library: Path) -> None:
    with Library.open(small_library) as library:
        found = {row.file: row.status for row in rows(library, words("en"), ["new.pdf"], {})}
    assert found["clinics.pdf"] == "Ready"
    assert found["broken.pdf"] == "Damaged"
    assert found["mental.txt"] == "Metadata missing"
    assert found["new.pdf"] == "Queued"
    with Library.open(small_library) as library:
        event = {"stage": "read", "file": "new.pdf", "page": 2, "pages": 9}
        assert rows(library, words("es"), ["new.pdf"], event)[0].status == "Leyendo 2 de 9"
