"""The language of a question, and what follows from it for passages in other languages."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.analyser import Analyser
from index.analysis.stopwords import STOPWORDS, question_languages
from index.embedding.embedder import ModelProfile
from index.ranking.hybrid import LANGUAGE_DEPTH, Retriever
from index.ranking.in_memory import retriever_over

ANALYSER = Analyser()

ALONE = {
    "english": ("What keeps migrants from using health services?", "en"),
    "spanish_marks": ("¿A quién incluye el decreto 002?", "es"),
    "spanish_short": ("qué hace el SIS", "es"),
    "portuguese_tilde": ("Durante a pandemia, o que fez o Peru na vacinação?", "pt"),
    "portuguese_without_accents": ("Quem pode pedir a residencia durante o estado de emergencia?", "pt"),
    "french": ("Où les migrants peuvent-ils être soignés ?", "fr"),
    "english_with_a_spanish_name": ("Who runs the Bogotá clinic of Peñaflor?", "en"),
}
NOBODY_KNOWS = {"keywords": "Ingreso Solidario Bogotá migrants", "number": "1466", "nothing": ""}


def languages_of(text: str) -> tuple[str, ...]:
    return question_languages(ANALYSER.surfaces(text), text)


@pytest.mark.parametrize("text,language", ALONE.values(), ids=ALONE)
def test_one_language(text: str, language: str) -> None:
    assert languages_of(text) == (language,)


@pytest.mark.parametrize("text", NOBODY_KNOWS.values(), ids=NOBODY_KNOWS)
def test_no_language(text: str) -> None:
    assert languages_of(text) == ()


@given(st.text(max_size=60))
def test_any_text_has_known_languages(text: str) -> None:
    assert set(languages_of(text)) <= set(STOPWORDS)


class Line:
    """A text begins with its cosine to every question, in thousandths, and the number of what it is about."""

    name = fingerprint = "line"
    dimension = 201
    profile = ModelProfile(prompts={}, budget=512, calibration=None)

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            cosine, topic = (int(number) for number in text.split()[:2])
            vector[0], vector[1 + topic] = cosine / 1000, np.sqrt(1 - (cosine / 1000) ** 2)
        return vectors

    def encode_query(self, text: str) -> np.ndarray:
        return np.asarray(np.eye(1, self.dimension, dtype=np.float32)[0])


def retriever(english: int, spanish: int, bias: int) -> Retriever:
    """Passages of the same even spread of cosines in both languages, Spanish ones lower by `bias`."""
    spread = [round(900 - 200 * n / english) for n in range(english)]
    texts = [f"{value} {topic} clinics" for topic, value in enumerate(spread)]
    texts += [f"{spread[topic] - bias} {topic} postas" for topic in range(0, english, english // spanish)]
    return retriever_over(texts, ["en"] * english + ["es"] * (len(texts) - english), Line())


def test_the_best_of_another_language_is_found_behind_a_full_list() -> None:
    """160 English passages are nearer than the first Spanish one; it still stands among the first fifty."""
    made = retriever(200, 200, 160)
    question = made.analyse("Where do the people wait?")
    found = made.rank(question, 50, vector=made_query())
    dense = made.rank(question, 100, "dense", vector=made_query())
    assert not any(row >= 200 for row in dense.rows), "the leg alone lists English passages only"
    assert 200 in found.rows
    assert sum(row >= 200 for row in made.rank(question, 400, vector=made_query()).rows) >= LANGUAGE_DEPTH


def test_a_filter_holds_for_other_languages_too() -> None:
    made = retriever(200, 200, 160)
    allowed = np.ones(400, bool)
    allowed[200:] = False
    rows = made.rank(made.analyse("Where do the people wait?"), 400, vector=made_query(), where=allowed).rows
    assert len(rows) and not any(row >= 200 for row in rows)


def made_query() -> np.ndarray:
    return Line().encode_query("")
