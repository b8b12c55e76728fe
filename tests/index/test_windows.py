from hypothesis import given
from hypothesis import strategies as st

from index.windows import embedded_spans, windows, with_heading

LENGTHS = st.lists(st.integers(1, 30), max_size=12)


def spans_of(lengths: list[int]) -> list[tuple[int, int]]:
    spans, start = [], 0
    for length in lengths:
        spans.append((start, start + length))
        start += length + 1
    return spans


@given(LENGTHS, st.integers(1, 4), st.integers(1, 4))
def test_every_sentence_is_in_a_window(lengths: list[int], size: int, stride: int) -> None:
    sentences = spans_of(lengths)
    stride = min(stride, size)
    found = windows(sentences, size, stride)
    assert all(any(start <= a and b <= end for start, end in found) for a, b in sentences)
    assert found == sorted(set(found))
    for start, end in found:
        assert sum(start <= a and b <= end for a, b in sentences) == min(size, len(sentences))


def test_the_whole_comes_last_and_only_where_it_is_more() -> None:
    text = "One. Two. Three."
    sentences = [(0, 4), (5, 9), (10, 16)]
    assert embedded_spans(text, sentences) == [(0, 9), (5, 16), (0, 16)]
    assert embedded_spans("One. Two.", sentences[:2]) == [(0, 9)]
    assert embedded_spans("no sentences", []) == [(0, 12)]
    assert embedded_spans(" \n", []) == []


def test_heading_stands_on_its_own_line() -> None:
    assert with_heading("2.3 Health", "Text.") == "2.3 Health\nText."
    assert with_heading("", "Text.") == "Text."
