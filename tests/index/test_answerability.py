"""Whether a question is answered: the signals, the model file, and text that asks nothing."""

from copy import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_library import HashingEmbedder

from index.embedding.embedder import DEFAULT_MODEL, calibration_of
from index.ranking.answerability import Evidence, judge, shipped_model, situation
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
