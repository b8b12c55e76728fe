from hypothesis import given
from hypothesis import strategies as st
from passage_list import passage

from index.indexed_text import (
    MIN_WORDS,
    WINDOW_SENTENCES,
    embedded_spans,
    heading_of,
    windows,
    with_heading,
)

WORDS = st.lists(st.integers(1, 30), max_size=12)


def text_of(words: list[int]) -> tuple[str, list[tuple[int, int]]]:
    """Return a text of sentences with the given numbers of words, and their spans."""
    sentences = [" ".join(["word"] * (count - 1) + ["end."]) for count in words]
    spans, start = [], 0
    for sentence in sentences:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    return " ".join(sentences), spans


@given(WORDS)
def test_every_sentence_is_in_a_window_of_enough_words(words: list[int]) -> None:
    text, sentences = text_of(words)
    found = windows(text, sentences)
    assert all(any(start <= a and b <= end for start, end in found) for a, b in sentences)
    assert found == sorted(set(found))
    for start, end in found:
        inside = sum(start <= a and b <= end for a, b in sentences)
        assert inside >= min(WINDOW_SENTENCES, len(sentences))
        assert len(text[start:end].split()) >= min(MIN_WORDS, sum(words))


def test_sentences_of_usual_length_go_two_by_two() -> None:
    text, sentences = text_of([20, 18, 25, 12, 30])
    assert windows(text, sentences) == [
        (sentences[first][0], sentences[last][1]) for first, last in ((0, 1), (2, 3), (3, 4))
    ]


def test_lines_of_a_table_go_together() -> None:
    text, sentences = text_of([3] * 12)
    assert windows(text, sentences) == [
        (sentences[0][0], sentences[5][1]),
        (sentences[6][0], sentences[11][1]),
    ]


def test_the_whole_comes_last_and_only_where_it_is_more() -> None:
    text, sentences = text_of([10, 10, 10])
    assert embedded_spans(text, sentences) == [
        (0, sentences[1][1]),
        (sentences[1][0], len(text)),
        (0, len(text)),
    ]
    assert embedded_spans("One. Two.", [(0, 4), (5, 9)]) == [(0, 9)]
    assert embedded_spans("no sentences", []) == [(0, 12)]
    assert embedded_spans(" \n", []) == []


def test_heading_stands_on_its_own_line() -> None:
    assert with_heading("2.3 Health", "Text.") == "2.3 Health\nText."
    assert with_heading("", "Text.") == "Text."


def test_headings_are_not_searched_with_what_only_names_a_source() -> None:
    source, section = "4 PAHO, news release, 20 March 2024.", ("Health", "Barriers to care")
    assert heading_of(passage(source, kind="references", section=section).passage) == ""
    assert heading_of(passage(source, kind="footnote", section=section).passage) == ""
    told = "4 PAHO counts only people who hold a permit, and the ministry counts all who were treated."
    assert heading_of(passage(told, kind="footnote", section=section).passage) == "Health › Barriers to care"


def test_dot_leaders_are_no_text() -> None:
    assert with_heading("", "Annex II .............. 42") == "Annex II 42"
    assert with_heading("", "Annex II . . . . . . 42") == "Annex II 42"
    assert with_heading("H", "The end... He said: 1.2.3 …") == "H\nThe end... He said: 1.2.3 …"
