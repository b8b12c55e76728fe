from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.embedder import ModelProfile
from index.ranking.in_memory import retriever_over
from index.ranking.window_rescoring import (
    RESCORED,
    WINDOW_SHARE,
    WindowScores,
    rescored,
    rescored_places,
)

SHARES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5)


def windows_of(place: int, *windows: tuple[float, float], foreign: bool = False) -> WindowScores:
    """A candidate with windows of (nearness, share of the words)."""
    meaning, words = (np.array(column, float) for column in zip(*windows, strict=True))
    return WindowScores(place=place, meaning=meaning, words=words, foreign=foreign)


def test_words_and_meaning_in_one_window_beat_the_same_in_two() -> None:
    apart = windows_of(0, (0.9, 0.0), (0.1, 0.9))
    together = windows_of(1, (0.9, 0.9), (0.1, 0.0))
    after = rescored(np.array([0.71, 0.7]), [apart, together], 0.6, 1.0)
    assert after[1] > after[0]


def test_without_any_word_nothing_changes() -> None:
    scores = np.array([0.5, 0.4])
    read = [windows_of(0, (0.2, 0.0), (0.1, 0.0)), windows_of(1, (0.9, 0.0), (0.3, 0.0))]
    np.testing.assert_array_equal(rescored(scores, read, 0.6, 1.0), scores)
    np.testing.assert_array_equal(rescored(scores, [], 0.6, 1.0), scores)


def test_passages_of_one_window_keep_their_scores() -> None:
    scores = np.array([0.5, 0.4])
    read = [windows_of(0, (0.2, 0.1)), windows_of(1, (0.9, 0.9))]
    np.testing.assert_array_equal(rescored(scores, read, 0.6, 1.0), scores)


def test_words_weigh_less_where_the_collection_does_not_know_them() -> None:
    near, wordy = windows_of(0, (0.8, 0.1), (0.0, 0.0)), windows_of(1, (0.3, 0.9), (0.0, 0.0))
    scores = np.array([0.5, 0.5])
    gaps = [np.diff(rescored(scores, [near, wordy], 0.6, known))[0] for known in (0.0, 1.0)]
    assert gaps[0] < gaps[1]


def test_another_language_is_not_punished_for_its_words() -> None:
    own = windows_of(0, (0.9, 0.6), (0.1, 0.1))
    scores = np.array([0.8, 0.82])
    foreign = rescored(scores, [own, windows_of(1, (0.92, 0.0), (0.1, 0.0), foreign=True)], 0.6, 1.0)
    same = rescored(scores, [own, windows_of(1, (0.92, 0.0), (0.1, 0.0))], 0.6, 1.0)
    assert foreign[1] > foreign[0]
    assert same[1] < same[0]


@given(
    st.lists(SHARES, min_size=1, max_size=8), st.integers(0, 20), st.floats(0, 1), st.floats(0, 1), st.data()
)
def test_whose_windows_were_not_read_stays_behind_and_keeps_its_order(
    windows: list[list[tuple[float, float]]], more: int, weight: float, known: float, data: st.DataObject
) -> None:
    read = [windows_of(place, *some) for place, some in enumerate(windows)]
    flags = data.draw(st.lists(st.booleans(), min_size=len(read), max_size=len(read)))
    read = [replace(one, foreign=flag) for one, flag in zip(read, flags, strict=True)]
    total = len(read) + more
    scores = np.sort(np.array(data.draw(st.lists(st.floats(0, 1), min_size=total, max_size=total))))[
        ::-1
    ].copy()
    after = rescored(scores, read, weight, known)
    assert np.all((after >= 0) & (after <= 1 + 1e-9))
    if more:
        assert after[len(read) :].max() <= after[: len(read)].min() + 1e-9
        assert np.all(np.diff(after[len(read) :]) <= 1e-9)
    assert np.all(after[: len(read)] >= (1 - WINDOW_SHARE) * scores[: len(read)] - 1e-9)


def test_the_best_are_read_in_order_of_rows_where_they_are_equal() -> None:
    scores = np.array([0.1, 0.9, 0.9, *[0.5] * 20])
    rows = np.array([0, 7, 3, *range(10, 30)], np.int32)
    places = rescored_places(scores, rows)
    assert places[:2].tolist() == [2, 1]
    assert len(places) == RESCORED


class Topics:
    """Places a text by the words "fee" and "school" in it."""

    name = fingerprint = "topics"
    dimension = 3
    profile = ModelProfile(prompts={}, budget=512, calibration=None)

    def encode_documents(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> np.ndarray:
        found = np.array(
            [[text.count("fee") > 0, text.count("school") > 0, 0.5] for text in texts], np.float32
        )
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))

    def encode_query(self, text: str) -> np.ndarray:
        return np.asarray(self.encode_documents([text])[0])


def test_the_retriever_reads_the_windows_of_its_passages() -> None:
    filler = (
        "The council met again and spoke about a great many other things on that long day in the town hall. "
    )
    apart = (
        filler
        + "The entrance to the museum has a fee that visitors of all ages have to pay at the door every day. "
    )
    apart += (
        filler + "Close to the museum stands a school for children who come from all the villages around it."
    )
    together = (
        filler * 2
        + "Each school takes a fee from the parents of its children at the beginning of the year. "
        + filler
    )
    embedder = Topics()
    texts = [apart, together, *[filler] * 30]
    made = retriever_over(texts, ["en"] * 32, embedder)
    question = "Which school takes a fee?"
    asked, vector = made.analyse(question), embedder.encode_query(question)
    found = made.rank(asked, 2, vector=vector, text_of=texts.__getitem__)
    assert found.rows[0] == 1
    without = made.rank(asked, 2, vector=vector)
    assert found.scores[0] - found.scores[1] > without.scores[0] - without.scores[1]
