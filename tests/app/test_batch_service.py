"""Many questions in one go: the answers of single searches, in order, with their vectors made together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from app.service.batch import AT_ONCE, Fault, answers, groups
from app.service.questions import Question
from app.service.search import search
from index.embedding.loading import load_model
from index.embedding.questions import KEPT, RememberedQuestions
from index.search import Searcher

ASKED = [
    "Who has a SIS policy?",
    "¿Cuántas llamadas atendió la línea telefónica?",
    "prenatal care",
    "Who has a SIS policy?",
    "measles vaccine at the border",
]


@pytest.fixture(scope="module")
def searcher(small_library: Path) -> Searcher:
    return Searcher.open(small_library)


def test_a_batch_answers_as_single_searches_do(searcher: Searcher, small_library: Path) -> None:
    questions = [Question(str(n), text, {}) for n, text in enumerate(ASKED)]
    together = [item for item in answers(searcher, questions, k=3) if not isinstance(item, Fault)]
    alone = Searcher.open(small_library)
    for (asked, found), question in zip(together, questions, strict=True):
        single = search(alone, question.question, k=3)
        assert asked is question
        assert [hit.passage.passage.id for hit in found.result.hits] == [
            hit.passage.passage.id for hit in single.result.hits
        ]
        scores = np.array([hit.score for hit in found.result.hits])
        assert np.allclose(scores, [hit.score for hit in single.result.hits], atol=1e-5)


def test_faults_and_filters_stay_in_their_places(searcher: Searcher) -> None:
    fault = Fault(2, "line 2: is not JSON", "b")
    asked: list[Question | Fault] = [
        Question("a", "health", {"publisher": ["nobody"]}),
        fault,
        Question("c", "health", {}),
    ]
    found = list(answers(searcher, asked, k=1, mode="lexical"))
    assert found[1] is fault and fault.as_dict() == {"id": "b", "line": 2, "error": "line 2: is not JSON"}
    assert not isinstance(found[0], Fault) and not found[0][1].result.hits
    assert not isinstance(found[2], Fault) and found[2][1].result.hits


def test_groups_hold_everything_once() -> None:
    assert [len(group) for group in groups(range(600))] == [AT_ONCE, AT_ONCE, 600 - 2 * AT_ONCE]
    assert [item for group in groups(range(150), 7) for item in group] == list(range(150))
    assert list(groups([])) == []


def test_vectors_made_ahead_are_those_made_alone() -> None:
    model, other = load_model(), load_model()
    texts = [
        *ASKED,
        "a question with many more words than the others, so that shorter ones are filled up to it",
    ]
    model.encode_ahead(texts)  # type: ignore[attr-defined]  # what every model that is served can do
    for text in texts:
        assert np.abs(model.encode_query(text) - other.encode_query(text)).max() < 1e-5


def test_only_what_is_not_known_is_encoded_and_the_newest_are_kept() -> None:
    encoded: list[str] = []

    def alone(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        encoded.append(text)
        return np.ones(2, np.float32)

    def together(texts: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        encoded.extend(texts)
        return np.ones((len(texts), 2), np.float32)

    remembered = RememberedQuestions(alone)
    remembered.vector("a")
    remembered.encode_ahead(["a", "b", "b", "c"], together)
    assert encoded == ["a", "b", "c"]
    remembered.encode_ahead(["a", "b"], together)
    assert not remembered.vector("b").flags.writeable and encoded == ["a", "b", "c"]
    remembered.encode_ahead([str(n) for n in range(KEPT)], together)
    remembered.vector("c")
    assert encoded[-1] == "c"


def test_without_a_model_a_batch_answers_by_words(
    small_library: Path, caplog: pytest.LogCaptureFixture
) -> None:
    searcher = Searcher.open(small_library, model="./no-such-model")
    found = list(answers(searcher, [Question("a", "SIS policy", {})], k=1))
    assert not isinstance(found[0], Fault)
    assert found[0][1].result.mode == "lexical" and found[0][1].result.notices
