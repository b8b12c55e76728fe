"""Whether a question is answered: the signals, the model file, and text that asks nothing."""

from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_library import HashingEmbedder

from index.embedding.embedder import DEFAULT_MODEL, calibration_of
from index.query.parser import parse
from index.ranking.answerability import judge, shipped_model, situation
from index.ranking.evidence import Evidence
from index.ranking.hybrid import Mode, Ranking
from index.ranking.in_memory import retriever_over
from index.search import Searcher

TEXTS = [
    "In 2021 the clinics of Lima vaccinated 4,812 migrants. Nurses came from the ministry.",
    "El Perú reconoce el derecho a la salud. La atención de emergencia es gratuita.",
    "Schools enrol children without papers. The law of 2017 says so.",
]
LANGUAGES = ["en", "es", "en"]
EMBEDDER = HashingEmbedder()
RETRIEVER = retriever_over(TEXTS, LANGUAGES, EMBEDDER)
GIBBERISH = ["x" * 40, "asdf qwer zxcv", "?!?!", "12345678901234567890", "%%%%", "¿¡…!?"]


def ranked(question: str, mode: Mode = "hybrid") -> Ranking:
    return RETRIEVER.rank(
        RETRIEVER.analyse(question),
        10,
        mode,
        vector=EMBEDDER.encode_query(question or "x"),
        text_of=TEXTS.__getitem__,
    )


def seen(question: str, row: int, mode: Mode = "hybrid") -> dict[str, float]:
    """The signals of one passage for a question."""
    asked = RETRIEVER.analyse(question)
    ranking = ranked(question, mode)
    evidence = Evidence.of(ranking, RETRIEVER, asked, TEXTS.__getitem__)
    return evidence.signals(ranking.rows.tolist().index(row))


def test_the_model_file_names_signals_that_exist() -> None:
    found = seen("How many migrants were vaccinated in Lima?", 0)
    for part in ("hybrid", "words"):
        model = shipped_model()[part]
        assert set(model["weights"]) <= set(found)
        assert 0 < model["weak_below"] <= model["threshold"] < 1
        assert model["tested"]["starter"]["without"]["auroc"] > 0.8


def test_the_cosines_of_another_model_do_not_count() -> None:
    """Its confidence is that of the words; of the model it was fitted on, the cosines count."""
    question = "nurses vaccinated migrants"
    ranking = ranked(question)
    asked = RETRIEVER.analyse(question)
    assert ranking.dense_scores.any()
    assert situation(ranking, EMBEDDER.profile.calibration) == "words"
    assert situation(ranking, DEFAULT_MODEL) == "hybrid"
    fitted = copy(RETRIEVER)
    fitted.calibration = DEFAULT_MODEL
    by_words, by_cosines = (judge(ranking, one, asked, TEXTS.__getitem__) for one in (RETRIEVER, fitted))
    assert by_words.confidence != by_cosines.confidence
    assert situation(ranked(question, "lexical"), DEFAULT_MODEL) == "words"


MADE_WITH = {
    "nothing": (None, None),
    "profile": ({"name": "x", "profile": {"calibration": DEFAULT_MODEL}}, DEFAULT_MODEL),
    "another": ({"name": DEFAULT_MODEL, "profile": {"calibration": None}}, None),
    "before_profiles": ({"name": DEFAULT_MODEL}, DEFAULT_MODEL),
    "another_before_profiles": ({"name": "./my-model"}, None),
}


@pytest.mark.parametrize("described,calibration", MADE_WITH.values(), ids=MADE_WITH)
def test_the_manifest_says_whose_cosines_they_are(
    described: dict[str, Any] | None, calibration: str | None
) -> None:
    assert calibration_of(described) == calibration


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
@pytest.mark.parametrize("text", GIBBERISH)
def test_gibberish_is_not_answered(text: str, mode: str, published: Path) -> None:
    result = Searcher.open(published, embedder=HashingEmbedder()).search(text, mode=mode)
    assert not result.answerable


@pytest.mark.parametrize("text", ["?!?!", "...", "¿¡", "-- //"])
def test_without_a_word_there_is_no_confidence(text: str) -> None:
    verdict = judge(ranked(text), RETRIEVER, RETRIEVER.analyse(text), TEXTS.__getitem__)
    assert verdict.confidence == 0
    assert not verdict.answerable


def test_numbers_of_the_question_are_looked_for() -> None:
    assert seen("How many migrants were vaccinated in 2021?", 0)["number_coverage"] == 1
    assert seen("How many migrants were vaccinated in 1999?", 0)["number_coverage"] == 0
    assert seen("How many migrants were vaccinated?", 0)["number_coverage"] == 1


def test_names_of_the_question_are_looked_for_whatever_their_accents() -> None:
    assert seen("¿Qué derecho reconoce el Perú?", 1)["name_coverage"] == 1
    assert seen("¿Qué derecho reconoce el Paraguay?", 1)["name_coverage"] == 0


def test_a_hit_in_another_language_than_the_question_is_foreign() -> None:
    assert seen("¿Qué derecho reconoce el Perú?", 1)["other_language"] == 0
    assert seen("What is the right to health in Peru?", 1)["other_language"] == 1


def test_known_words_raise_the_confidence_of_words_alone() -> None:
    def sure(question: str) -> float:
        asked = RETRIEVER.analyse(question)
        return judge(ranked(question, "lexical"), RETRIEVER, asked, TEXTS.__getitem__).confidence

    assert sure("nurses vaccinated migrants Lima") > sure("nurses painted elephants Mombasa")


@given(st.text(max_size=40), st.sampled_from(["hybrid", "lexical", "dense"]))
def test_any_text_has_a_confidence_between_0_and_1(text: str, mode: Mode) -> None:
    ranking = ranked(text, mode)
    verdict = judge(ranking, RETRIEVER, RETRIEVER.analyse(text), TEXTS.__getitem__)
    assert 0 <= verdict.confidence <= 1
    assert len(verdict.of_hits) == len(ranking.rows)


def missing(question: str, mode: Mode = "hybrid") -> list[tuple[str, str]]:
    asked = RETRIEVER.analyse(question)
    found = judge(ranked(question, mode), RETRIEVER, asked, TEXTS.__getitem__).missing
    return [(one.kind, one.what) for one in found]


MISSING = {
    "How many migrants were vaccinated in Bolivia?": [("place", "Bolivia")],
    "¿Cuántos bolivianos fueron vacunados?": [("place", "bolivianos")],
    "What does the law of 1999 say?": [("number", "1999")],
    "What share of children have papers?": [("figure", "share")],
    "Is emergency care free for a Chilean in 2030, and for what percentage of them?": [
        ("place", "Chilean"), ("number", "2030"), ("figure", "share"),
    ],
}  # fmt: skip
FOUND = (
    "How many migrants were vaccinated in Lima?",
    "Does Peru recognise the right to health?",
    "O que o Peru reconhece?",
    "When was the law made?",
    "What does the law of 2017 say?",
)


@pytest.mark.parametrize("question", MISSING)
def test_what_no_passage_holds_is_said(question: str) -> None:
    assert missing(question) == MISSING[question]


@pytest.mark.parametrize("question", FOUND)
def test_nothing_is_missing_where_passages_hold_it(question: str) -> None:
    assert missing(question) == []


def test_places_and_figures_are_signals_of_the_hit() -> None:
    question = "How many Bolivians were vaccinated?"
    assert seen(question, 0)["place_lacked"] == 1
    assert seen(question, 0)["figure_lacked"] == 0
    assert seen(question, 1)["figure_lacked"] == 1
    assert seen("Does Peru recognise a right?", 1)["place_lacked"] == 0
    assert seen("Who is vaccinated?", 1)["place_lacked"] == 0


def test_a_figure_must_stand_beside_what_is_asked_about() -> None:
    assert seen("How many migrants were vaccinated?", 0)["figure_alone"] == 0
    assert seen("How many nurses came from Lima?", 0)["figure_alone"] == 1, "another sentence has the number"
    assert seen("¿Cuántas enfermeras vinieron?", 0)["figure_alone"] == 0, (
        "in another language nothing can be told"
    )
    assert seen("Who came from the ministry?", 0)["figure_alone"] == 0


def test_figures_beside_other_things_are_a_reason_to_refuse_only() -> None:
    asked = RETRIEVER.analyse("How many elephants does Lima have?")
    evidence = Evidence.of(ranked(asked.query.text), RETRIEVER, asked, TEXTS.__getitem__)
    kinds = [one.kind for one in evidence.missing(refused=True)]
    assert "figure_apart" not in kinds, "a passage in another language may have it"
    english = retriever_over([TEXTS[0], TEXTS[2]], ["en", "en"], EMBEDDER)
    asked = english.analyse("How many elephants does Lima have?")
    texts = [TEXTS[0], TEXTS[2]]
    found = english.rank(asked, vector=EMBEDDER.encode_query("x"), text_of=texts.__getitem__)
    evidence = Evidence.of(found, english, asked, texts.__getitem__)
    assert [one.kind for one in evidence.missing(refused=True)] == ["figure_apart"]
    assert evidence.missing(refused=False) == ()


def test_an_event_that_is_taken_for_granted_must_be_told() -> None:
    untold, told = "Why did Lima close the clinics?", "Why did the ministry abolish papers?"
    assert seen(untold, 0)["event_untold"] == 1
    assert missing(untold) == [("event", "close")]
    assert seen("Where are the clinics of Lima?", 0)["event_untold"] == 0
    texts = [*TEXTS, "The ministry abolished papers for children in May."]
    more = retriever_over(texts, [*LANGUAGES, "en"], EMBEDDER)
    asked = more.analyse(told)
    found = more.rank(asked, vector=EMBEDDER.encode_query(told), text_of=texts.__getitem__)
    assert Evidence.of(found, more, asked, texts.__getitem__).signals(0)["event_untold"] == 0


def test_a_disease_that_is_asked_about_must_be_named() -> None:
    asked = "Do nurses treat malaria?"
    assert seen(asked, 0)["event_untold"] == 1
    assert missing(asked) == [("disease", "malaria")]
    texts = [*TEXTS[:2], "Las enfermeras tratan el paludismo."]
    more = retriever_over(texts, [*LANGUAGES[:2], "es"], EMBEDDER)
    for question, untold, names in (
        (asked, 0, []),
        ("Do nurses treat malaria or dengue?", 0, ["dengue"]),
        ("Do nurses treat zika or dengue?", 1, ["zika", "dengue"]),
    ):
        analysed = more.analyse(question)
        found = more.rank(analysed, vector=EMBEDDER.encode_query(question), text_of=texts.__getitem__)
        evidence = Evidence.of(found, more, analysed, texts.__getitem__)
        assert evidence.signals(0)["event_untold"] == untold
        assert sorted(one.what for one in evidence.missing(refused=False)) == sorted(names)


def test_a_document_holds_what_another_of_its_passages_does() -> None:
    whole = copy(RETRIEVER)
    whole.row_documents = np.zeros(3, np.int32)
    question = "What did nurses do in 2017?"
    asked, ranking = RETRIEVER.analyse(question), ranked(question)
    at = ranking.rows.tolist().index(0)
    alone, together = (
        Evidence.of(ranking, one, asked, TEXTS.__getitem__).signals(at) for one in (RETRIEVER, whole)
    )
    assert (alone["number_coverage"], alone["number_document"]) == (0, 0)
    assert (together["number_coverage"], together["number_document"]) == (0, 1)


IDENTIFIED = {
    "law of 2017": True,
    "law of 1999": False,
    '"children without papers"': True,
    '"papers without children"': False,
    "What does NIC stand for?": True,
    "What does WFP stand for?": False,
    "What does the law of 2017 say?": False,
    "2017 elephants": False,
}


@pytest.mark.parametrize("question", IDENTIFIED)
def test_an_identifier_that_was_found_is_an_answer(question: str) -> None:
    texts = [
        "Schools enrol children without papers. The law of 2017 says so, and the National Institute (NIC) agrees.",
        *(
            f"{word} are mended before the rain begins, and nobody pays."
            for word in ("Roads", "Dams", "Nets", "Roofs")
        ),
    ]
    one = retriever_over(texts, ["en"] * len(texts), EMBEDDER)
    asked = one.analyse(parse(question))
    ranking = one.rank(asked, vector=EMBEDDER.encode_query(question), text_of=texts.__getitem__)
    assert Evidence.of(ranking, one, asked, texts.__getitem__).identified() is IDENTIFIED[question]
    if IDENTIFIED[question]:
        assert judge(ranking, one, asked, texts.__getitem__).answerable
