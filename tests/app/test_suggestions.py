"""Questions to offer: those of the settings, those that come along over their own corpus, else headings."""

from collections.abc import Iterator

import pytest

from app.service.suggestions import (
    STARTER_SUGGESTIONS,
    Suggestion,
    chosen,
    configured,
    for_library,
    headings_of,
    usable,
)
from index.search import Searcher

USABLE = (
    "Barriers to health care",
    "¿Qué barreras enfrentan los migrantes?",
    "Access to services in border towns",
)
NOT_USABLE = {
    "one word": "Introduction",
    "two words": "Executive summary",
    "a number": "Article 14 of the law",
    "all capitals": "THE RIGHT TO HEALTH CARE",
    "a name alone": "United Nations Children Fund",
    "letters of a bad scan": "Vue d'ensemble de_la session",
    "a whole sentence": "This chapter tells what the ministries of the region decided in that year about it",
}


@pytest.mark.parametrize("heading", USABLE)
def test_a_heading_of_some_words_can_be_asked(heading: str) -> None:
    assert usable(heading)


@pytest.mark.parametrize("case", NOT_USABLE)
def test_other_headings_cannot(case: str) -> None:
    assert not usable(NOT_USABLE[case])


def test_those_in_the_language_of_the_reader_come_first_and_then_those_of_the_page() -> None:
    offered = [Suggestion(code, code) for code in ("fr", "en", "es", "en", "pt")]
    assert chosen(offered, "pt") == ("pt", "en", "es", "en")
    assert chosen(offered, "fr")[0] == "fr"
    assert chosen((), "en") == ()


PAPERS = {
    "water.md": "# Water\n\n## Access to drinking water\n\nWells give drinking water to four villages near the "
    "river.\n\n## What do households pay?\n\nHouseholds pay two soles a month for drinking water.\n",
    "escuelas.md": "# Escuelas\n\n## Clases en lengua materna\n\nSe dan clases en lengua materna a los niños.\n",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    from app.cli import main

    folder = tmp_path_factory.mktemp("headings")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in PAPERS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["ingest", str(corpus), "--library", str(folder / "library"), "--progress", "none"])
    yield Searcher.open(folder / "library")


def test_the_headings_of_a_document_are_its_own(searcher: Searcher) -> None:
    places = {document.file: place for place, document in enumerate(searcher.snapshot.documents)}
    found = [one.text for one in headings_of(searcher.snapshot, places["water.md"])]
    assert found == ["Access to drinking water", "What do households pay?"]


def test_a_library_of_few_documents_offers_headings_that_find_their_own_document(searcher: Searcher) -> None:
    offered = for_library(searcher)
    assert offered and offered[0].text == "What do households pay?"
    assert {one.text for one in offered} <= {
        line.strip("# ") for text in PAPERS.values() for line in text.split("\n")
    }
    for one in offered:
        result = searcher.search(one.text, k=1)
        assert (
            result.answerable
            and one.text.split()[-1].strip("?").lower() in result.hits[0].passage.passage.text.lower()
        )
    assert not {one.text for one in offered} & set(STARTER_SUGGESTIONS)


def test_questions_of_the_settings_are_offered_where_they_are_answered(searcher: Searcher) -> None:
    named = ("drinking water in villages", "zyzzyva qqqq")
    assert for_library(searcher, named) == configured(named[:1])
