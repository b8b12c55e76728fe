"""The two legs and their fusion over texts in memory: which leg answers in which mode, and what a ranking says."""

from copy import copy

import numpy as np
import pytest
from index_library import HashingEmbedder

from index.query.parser import parse
from index.ranking.fusion import centre_share, centred, dense_weight, lexical_share_of_neighbours
from index.ranking.hybrid import Mode, Ranking
from index.ranking.in_memory import retriever_over
from index.retrieval.base import Flags

TEXTS = [
    "Clinics in Lima open early. Nurses see newcomers first. The fee is small and is paid at the door.",
    "Las postas de Lima abren temprano. Las enfermeras atienden primero a los recién llegados.",
    "Schools enrol children without papers. The law of 2017 says so.",
    "Roads are mended before the rain begins.",
]
LANGUAGES = ["en", "es", "en", "en"]
EMBEDDER = HashingEmbedder()
BOTH = retriever_over(TEXTS, LANGUAGES, EMBEDDER)
WORDS = retriever_over(TEXTS, LANGUAGES)


def ranked(question: str, mode: Mode = "hybrid", k: int = 10, where: Flags | None = None) -> Ranking:
    return BOTH.rank(
        BOTH.analyse(question),
        k,
        mode,
        vector=EMBEDDER.encode_query(question),
        where=where,
        text_of=TEXTS.__getitem__,
    )


def test_words_alone_list_only_who_holds_a_word() -> None:
    found = ranked("nurses fee", "lexical")
    assert found.rows.tolist() == [0, 1], "the glossary looks for enfermeras as well"
    assert not found.dense_scores.any()
    assert not found.dense_ranks.any()
    assert not found.windows.any()
    assert found.scores.tolist() == found.lexical_scores.tolist()


def test_meaning_alone_lists_everybody_and_no_lexical_rank() -> None:
    found = ranked("nurses fee", "dense")
    assert sorted(found.rows.tolist()) == [0, 1, 2, 3]
    assert not found.lexical_ranks.any()
    assert found.lexical_scores.any(), "true scores are known of each candidate all the same"


def test_both_legs_list_candidates_with_their_ranks() -> None:
    found = ranked("nurses fee")
    assert found.rows[0] == 0
    assert found.lexical_ranks[0] == 1
    assert sorted(found.dense_ranks.tolist()) == [1, 2, 3, 4]
    assert np.all(np.diff(found.scores) <= 0)
    start, end = found.windows[0].tolist()
    assert 0 <= start < end <= len(TEXTS[0])


@pytest.mark.parametrize("mode", ["hybrid", "dense"])
def test_without_vectors_or_a_question_s_vector_words_answer(mode: Mode) -> None:
    expected = ranked("nurses fee", "lexical").rows.tolist()
    assert WORDS.rank(WORDS.analyse("nurses fee"), mode=mode).rows.tolist() == expected
    assert BOTH.rank(BOTH.analyse("nurses fee"), mode=mode).rows.tolist() == expected


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "dense"])
def test_flags_hold_for_both_legs(mode: Mode) -> None:
    where = np.array([False, True, True, False])
    assert set(ranked("nurses fee schools", mode, where=where).rows.tolist()) <= {1, 2}
    assert len(ranked("nurses", mode, where=np.zeros(4, bool)).rows) == 0


def test_a_ranking_is_cut_and_knows_the_question() -> None:
    found = ranked("nurses elephants", k=1)
    assert len(found.rows) == 1
    assert [term.surface for term in found.terms] == ["nurses", "elephants"]
    assert found.weights.known == (True, False)
    assert found.dense_weight == dense_weight(found.weights.known_share)


def test_a_question_may_come_parsed() -> None:
    parsed = BOTH.analyse(parse('nurses -fee "see newcomers"'))
    assert [wording.text for wording in parsed.without] == ["fee"]
    assert BOTH.analyse("nurses").terms == BOTH.analyse(parse("nurses")).terms


def test_the_language_of_a_row() -> None:
    assert [BOTH.language_of(row) for row in range(4)] == LANGUAGES


def test_a_question_of_known_words_is_not_centred() -> None:
    vector, mean = np.ones(4, np.float32), np.full(4, 0.5, np.float32)
    assert centred(vector, mean, 1.0) is vector
    assert centred(vector, None, 0.0) is vector
    np.testing.assert_allclose(centred(vector, mean, 0.0), vector - centre_share(0.0) * mean)


# (words, meaning) of passages in the question's language → the lexical score they earn, as a share of the dense one.
EARNED = {
    "nobody": ([], [], 0.0),
    "half": ([0.4, 0.2], [0.8, 0.4], 0.5),
    "never more than all": ([0.9], [0.3], 1.0),
    "nothing in common": ([0.0, 0.0], [0.8, 0.4], 0.0),
}


@pytest.mark.parametrize("case", EARNED)
def test_the_lexical_share_of_neighbours(case: str) -> None:
    words, meaning, expected = EARNED[case]
    found = lexical_share_of_neighbours(np.array(words, float), np.array(meaning, float), 0.5)
    assert found == pytest.approx(expected)


def test_passages_around_one_are_those_of_its_document() -> None:
    placed = copy(BOTH)
    placed.row_documents = np.array([0, 0, 0, 1], np.int32)
    assert placed.document_rows(1).tolist() == [[0, 3]]
    assert placed.document_rows(3).tolist() == [[3, 4]]
    assert BOTH.document_rows(2).tolist() == [[2, 3]], "documents are not known"


def test_a_passage_next_to_the_words_of_the_question_comes_before_one_far_from_them() -> None:
    asked, vector = BOTH.analyse("mended roads nurses"), EMBEDDER.encode_query("mended roads nurses")
    placed = copy(BOTH)
    placed.row_documents = np.array([0, 0, 1, 1], np.int32)
    near, far = (one.rank(asked, mode="hybrid", vector=vector) for one in (placed, BOTH))
    after, before = (
        dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True)) for found in (near, far)
    )
    assert after[2] > before[2], "the third stands beside the roads"


def test_a_passage_without_the_number_asked_for_falls_back() -> None:
    with_number, without = ranked("law 2017 papers"), ranked("law papers")
    assert with_number.rows[0] == without.rows[0] == 2
    lacks = BOTH.analyse("law 1999 papers")
    found = BOTH.rank(lacks, vector=EMBEDDER.encode_query("law papers"), mode="hybrid")
    plain = BOTH.rank(BOTH.analyse("law papers"), vector=EMBEDDER.encode_query("law papers"), mode="hybrid")
    assert found.scores.max() < plain.scores.max()
