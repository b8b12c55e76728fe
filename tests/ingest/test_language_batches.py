"""Many texts side by side: the answers of py3langid's own code, one text after the other."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text import language_batches
from ingest.text.language import LANGUAGES, LONG, language_of, languages_of
from ingest.text.language_batches import LONGEST, Batches
from ingest.text.language_model import load_identifier

TEXTS = [
    "Only a small share of the population has access to health insurance in the region.",
    "Solo una pequeña parte de la población tiene acceso a un seguro de salud en la región.",
    "Apenas uma pequena parte da população tem acesso a um seguro de saúde na região.",
    "Seule une petite partie de la population a accès à une assurance maladie dans la région.",
    "Лишь небольшая часть населения имеет доступ к медицинскому страхованию.",
    "移民在获得医疗服务方面面临障碍",
    "MINISTERIO DE SALUD PÚBLICA Y BIENESTAR SOCIAL",
    "",
]


@pytest.fixture(scope="module")
def identifier() -> Any:
    return load_identifier(LANGUAGES)


@pytest.fixture(scope="module")
def batches(identifier: Any) -> Batches:
    return Batches(identifier)


def one_by_one(identifier: Any, texts: list[str]) -> list[str]:
    return [identifier.classify(text)[0] for text in texts]


def test_the_same_answers_as_one_by_one(identifier: Any, batches: Batches) -> None:
    assert batches.classify(TEXTS) == one_by_one(identifier, TEXTS)


def test_no_text_has_no_answer(batches: Batches) -> None:
    assert batches.classify([]) == []
    assert len(batches.classify(["", ""])) == 2


def test_a_long_text_is_walked_in_rows(identifier: Any, batches: Batches) -> None:
    for text in TEXTS[:5]:
        long = f"{text} " * 200
        assert batches.classify([long]) == one_by_one(identifier, [long])


def test_features_are_counted_as_the_library_counts_them(identifier: Any, batches: Batches) -> None:
    from py3langid.langid import visit_counts

    text = identifier._encode(" ".join(TEXTS) * 40)
    owners, features = batches._visits([text])
    own = visit_counts(identifier.tk_nextmove, identifier._rowbase, identifier.tk_output, text)
    found, counts = np.unique(features, return_counts=True)
    assert dict(zip(found.tolist(), counts.tolist(), strict=True)) == dict(own)
    assert set(owners.tolist()) == {0}


def test_more_texts_than_are_walked_at_once(
    identifier: Any, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_batches, "TEXTS", 3)
    assert batches.classify(TEXTS * 2) == one_by_one(identifier, TEXTS * 2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=500), max_size=6))
def test_the_same_answers_for_any_texts(identifier: Any, batches: Batches, texts: list[str]) -> None:
    assert batches.classify(texts) == one_by_one(identifier, texts)


def test_states_stand_for_few_bytes(identifier: Any) -> None:
    """No state is further than LONGEST bytes from the first: what a row needs before it."""
    moves = np.asarray(identifier.tk_nextmove)
    rows = np.asarray(identifier.tk_row, np.int64) << 8
    seen = np.zeros(len(rows), bool)
    seen[0], front = True, np.zeros(1, np.int64)
    for _ in range(LONGEST + 1):
        front = np.unique(moves[(rows[front][:, None] + np.arange(256)).ravel()])
        front = front[~seen[front]]
        seen[front] = True
    assert not len(front)
    assert seen.all()


def test_short_texts_get_the_default() -> None:
    assert languages_of(["Anexo 1", TEXTS[1] * 2, "12 34"], "pt") == ["pt", "es", "pt"]
    assert languages_of(["Anexo 1"]) == [None]
    assert languages_of([]) == []


def test_letters_are_counted_to_the_end_of_a_text() -> None:
    text = " " * 300 + TEXTS[1] * 2
    assert language_of(text, "pt") == "es"
    assert languages_of([text], "pt") == ["es"]


@pytest.mark.parametrize("text", TEXTS[:4])
def test_one_long_text_is_told_as_a_short_one(text: str) -> None:
    long = f"{text} " * (LONG // len(text) + 1)
    assert len(long) >= LONG
    assert language_of(long) == language_of(long[: LONG - 1])
