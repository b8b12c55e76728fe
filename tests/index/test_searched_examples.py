"""Examples of what people ask, searched in a small drawn library: what stands first, and what is said beside it."""

from pathlib import Path

import pytest
from index_library import HashingEmbedder, put_text

from index.search import Searcher
from index.snapshot.publish import publish
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

ENGLISH = [
    "The programme trained 640 nurses in 2021, and the ministry paid their fees.",
    "The programme trained nurses in 2019, and the ministry paid their fees.",
    "The General Assembly adopted resolution 72/179 on the rights of migrants.",
    "The General Assembly adopted resolution 72/180 on the rights of soldiers.",
    "The grant of 1,234.56 dollars went to the shelter in the port.",
    "The grant of 1,235 dollars went to the shelter in the hills.",
    "The clinic served 31 per cent of the mothers in the valley.",
    "The clinic served 4,100 mothers in the valley, with one nurse.",
    "The clinic in the valley cost $75,000 in all, roof and well.",
    "The clinic in the valley was opened in May 1998 by the mayor.",
    "Legislative Decree No. 1466 lets doctors see people by telephone.",
    "Legislative Decree No. 1467 lets nurses stay in their districts.",
    "The project in Peru trains interpreters for clinics of the coast.",
]
SPANISH = [
    "Los niños de la peña juegan en la plaza del barrio.",
    "La pena por discriminación es una multa de la alcaldía.",
    "Los migrantes bolivianos visitan la posta de salud del barrio.",
]
FIRST = {
    "How many nurses were trained in FY2021?": "640 nurses",
    "A/RES/72/179": "72/179",
    "What does resolution 72/179 say?": "72/179",
    "grant of 1.234,56": "1,234.56",
    "grant of 1,234.56": "1,234.56",
    "What share of mothers did the clinic in the valley serve?": "31 per cent",
    "How much did the clinic in the valley cost?": "$75,000",
    "When was the clinic in the valley opened?": "May 1998",
    "Legislative Decree 1466": "1466",
    "D. Leg. 1466": "1466",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder: Path = tmp_path_factory.mktemp("examples") / "library"
    embedder = HashingEmbedder()
    with Library.open(folder, create=True) as library:
        put_text(library, "en.txt", Metadata(title="Report"), "en", ENGLISH)
        put_text(library, "es.txt", Metadata(title="Informe"), "es", SPANISH)
        publish(library, library.folder, embedder)
    return Searcher.open(folder, embedder=embedder)


@pytest.mark.parametrize("question", FIRST)
def test_the_passage_that_is_meant_stands_first(question: str, searcher: Searcher) -> None:
    assert FIRST[question] in searcher.search(question).hits[0].text


@pytest.mark.parametrize(("word", "first"), [("peña", "peña"), ("pena", "La pena")])
def test_a_tilde_makes_another_letter_that_is_found_second(word: str, first: str, searcher: Searcher) -> None:
    # By words: the vectors of this library are bags of letters, to which both are the same.
    hits = searcher.search(word, mode="lexical").hits
    assert len(hits) == 2 and first in hits[0].text


@pytest.mark.parametrize(
    ("question", "kind", "what"),
    [
        ("Does the project train interpreters in Ecuador?", "place", "Ecuador"),
        ("What do Haitians say about the health post?", "place", "Haitians"),
        ("Is malaria treated in the clinic of the valley?", "disease", "malaria"),
        ("How many nurses were trained in 2009?", "number", "2009"),
        ("Why did the ministry abolish the programme?", "event", "abolish"),
        ("What does ZEMAR stand for?", "abbreviation", "ZEMAR"),
    ],
)
def test_what_no_passage_holds_is_said(question: str, kind: str, what: str, searcher: Searcher) -> None:
    assert (kind, what) in [(one.kind, one.what) for one in searcher.search(question).missing]


@pytest.mark.parametrize(
    "question", ["¿Qué pasa en Bolivia con la posta de salud?", "What do Bolivians visit?"]
)
def test_a_people_names_its_country_in_any_language(question: str, searcher: Searcher) -> None:
    assert "place" not in [one.kind for one in searcher.search(question).missing]


def test_a_phrase_is_soft_in_a_question_and_strict_alone(searcher: Searcher) -> None:
    asked = searcher.search('Who paid the nurses of the "northern programme" in 2021?')
    assert "nurses" in asked.hits[0].text
    assert [notice.kind for notice in asked.notices][:1] == ["phrase_absent"]
    assert not searcher.search('"northern programme"').hits
