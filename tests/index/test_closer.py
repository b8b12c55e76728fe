import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.embedder import ModelProfile
from index.ranking.hybrid import Retriever
from index.ranking.window_rescoring import LOOK_SHARE, LOOKED_AT, Look, looked_at, rescored

SHARES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5)


def look(place: int, *windows: tuple[float, float], foreign: bool = False) -> Look:
    """A candidate with windows of (nearness, share of the words)."""
    meaning, words = (np.array(column, float) for column in zip(*windows, strict=True))
    return Look(place, meaning, words, foreign)


def test_words_and_meaning_in_one_window_beat_the_same_in_two() -> None:
    apart = look(0, (0.9, 0.0), (0.1, 0.9))
    together = look(1, (0.9, 0.9), (0.1, 0.0))
    after = rescored(np.array([0.71, 0.7]), [apart, together], 0.6, 1.0)
    assert after[1] > after[0]


def test_without_any_word_nothing_changes() -> None:
    scores = np.array([0.5, 0.4])
    looks = [look(0, (0.2, 0.0), (0.1, 0.0)), look(1, (0.9, 0.0), (0.3, 0.0))]
    np.testing.assert_array_equal(rescored(scores, looks, 0.6, 1.0), scores)
    np.testing.assert_array_equal(rescored(scores, [], 0.6, 1.0), scores)


def test_passages_of_one_window_are_not_looked_at_closer() -> None:
    scores = np.array([0.5, 0.4])
    looks = [look(0, (0.2, 0.1)), look(1, (0.9, 0.9))]
    np.testing.assert_array_equal(rescored(scores, looks, 0.6, 1.0), scores)


def test_words_weigh_less_where_the_collection_does_not_know_them() -> None:
    near, wordy = look(0, (0.8, 0.1), (0.0, 0.0)), look(1, (0.3, 0.9), (0.0, 0.0))
    scores = np.array([0.5, 0.5])
    gaps = [np.diff(rescored(scores, [near, wordy], 0.6, known))[0] for known in (0.0, 1.0)]
    assert gaps[0] < gaps[1]


def test_another_language_is_not_punished_for_its_words() -> None:
    own = look(0, (0.9, 0.6), (0.1, 0.1))
    scores = np.array([0.8, 0.82])
    foreign = rescored(scores, [own, look(1, (0.92, 0.0), (0.1, 0.0), foreign=True)], 0.6, 1.0)
    same = rescored(scores, [own, look(1, (0.92, 0.0), (0.1, 0.0))], 0.6, 1.0)
    assert foreign[1] > foreign[0]
    assert same[1] < same[0]


@given(
    st.lists(SHARES, min_size=1, max_size=8), st.integers(0, 20), st.floats(0, 1), st.floats(0, 1), st.data()
)
def test_who_was_not_looked_at_stays_behind_and_keeps_its_order(windows, more, weight, known, data) -> None:
    looks = [look(place, *some) for place, some in enumerate(windows)]
    flags = data.draw(st.lists(st.booleans(), min_size=len(looks), max_size=len(looks)))
    looks = [Look(one.place, one.meaning, one.words, flag) for one, flag in zip(looks, flags, strict=True)]
    total = len(looks) + more
    scores = np.sort(np.array(data.draw(st.lists(st.floats(0, 1), min_size=total, max_size=total))))[
        ::-1
    ].copy()
    after = rescored(scores, looks, weight, known)
    assert np.all((after >= 0) & (after <= 1 + 1e-9))
    if more:
        assert after[len(looks) :].max() <= after[: len(looks)].min() + 1e-9
        assert np.all(np.diff(after[len(looks) :]) <= 1e-9)
    assert np.all(after[: len(looks)] >= (1 - LOOK_SHARE) * scores[: len(looks)] - 1e-9)


def test_the_best_are_looked_at_in_order_of_rows_where_they_are_equal() -> None:
    scores = np.array([0.1, 0.9, 0.9, *[0.5] * 20])
    rows = np.array([0, 7, 3, *range(10, 30)], np.int32)
    places = looked_at(scores, rows)
    assert places[:2].tolist() == [2, 1]
    assert len(places) == LOOKED_AT


class Topics:
    """Places a text by the words "fee" and "school" in it."""

    name = fingerprint = "topics"
    dimension = 3
    profile = ModelProfile(prompts={}, budget=512, calibration=None)

    def encode_documents(self, texts, on_batch=None) -> np.ndarray:
        found = np.array(
            [[text.count("fee") > 0, text.count("school") > 0, 0.5] for text in texts], np.float32
        )
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def encode_query(self, text: str) -> np.ndarray:
        return self.encode_documents([text])[0]


def test_the_retriever_looks_into_the_texts_of_its_passages() -> None:
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
    made = Retriever.build([apart, together, *[filler] * 30], ["en"] * 32, embedder)
    question = "Which school takes a fee?"
    found = made.rank(question, 2, query=embedder.encode_query(question))
    assert found.rows[0] == 1
    made.text_of = None
    without = made.rank(question, 2, query=embedder.encode_query(question))
    assert found.scores[0] - found.scores[1] > without.scores[0] - without.scores[1]
