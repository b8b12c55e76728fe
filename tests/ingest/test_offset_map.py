"""Clean text that knows its raw characters: copies, ligatures, blanks, spans of slices, places inside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.passage import Span
from ingest.passages.offset_map import Builder, MappedText, Run, spans_add
from ingest.text.folding import fold


def copied(raw: str) -> MappedText:
    builder = Builder({1: raw})
    builder.copy(1, 0, len(raw))
    return builder.build()


COPIES = {
    "plain": ("It rained.", "It rained."),
    "blanks": ("It \t\r\n rained.", "It rained."),
    "blanks outside": ("  It rained. ", "It rained."),
    "no-break space": ("S/\u00a0100", "S/ 100"),
    "ligature": ("\ufb03", "ffi"),
    "control": ("a\u200bb\u0000c", "abc"),
    "soft hyphen": ("mi\u00adgra", "migra"),
    "noncharacter": ("mi\ufffegra", "migra"),
    "private use": ("\uf0b7 item", " item".strip()),
    "accents": ("cre\u0301dito é", "cre\u0301dito é"),
}


@pytest.mark.parametrize("name", COPIES)
def test_copy(name: str) -> None:
    raw, clean = COPIES[name]
    assert copied(raw).text == clean


def test_a_run_is_a_copy_or_one_ligature() -> None:
    assert copied("a \ufb01t").runs == (Run(0, 2, 1, 0, 2), Run(2, 2, 1, 2, 1), Run(4, 1, 1, 3, 1))


def test_blanks_are_put_once_and_never_first_or_last() -> None:
    builder = Builder({1: "One two"})
    builder.blank()
    builder.copy(1, 0, 3)
    builder.blank()
    builder.blank("\n")
    builder.copy(1, 4, 7)
    builder.blank()
    assert len(builder) == len("One two ")
    assert builder.build().text == "One two"


def test_a_kept_character_maps_to_one_raw_one() -> None:
    builder = Builder({2: "insti\u0002"})
    builder.copy(2, 0, 5)
    builder.keep(2, 5, "-")
    found = builder.build()
    assert found.text == "insti-"
    assert found.spans(5, 6, {2: "insti\u0002"}) == ((2, 5, 6),)


SPANS: dict[str, tuple[int, int, Span]] = {
    "whole": (0, 19, (1, 0, 20)),
    "slice": (3, 9, (1, 3, 9)),
    "over blanks that went": (8, 12, (1, 8, 13)),
    "half of a ligature": (14, 15, (1, 17, 18)),
}


@pytest.mark.parametrize("name", SPANS)
def test_spans(name: str) -> None:
    raw = "It rained  in \n o\ufb03ce"
    found = copied(raw)
    assert found.text == "It rained in office"
    start, end, span = SPANS[name]
    assert found.spans(start, end, {1: raw}) == (span,)


def test_spans_stop_at_what_lies_between() -> None:
    raw = "One (left out) two"
    builder = Builder({1: raw})
    builder.copy(1, 0, 3)
    builder.blank()
    builder.copy(1, 15, 18)
    assert builder.build().spans(0, 7, {1: raw}) == ((1, 0, 3), (1, 15, 18))


ADDED: dict[str, tuple[str, Span, Span, list[Span]]] = {
    "touching": ("abcdef", (1, 0, 3), (1, 3, 6), [(1, 0, 6)]),
    "blanks between": ("abc  def", (1, 0, 3), (1, 5, 8), [(1, 0, 8)]),
    "hyphen between": ("abc-\r\ndef", (1, 0, 3), (1, 6, 9), [(1, 0, 9)]),
    "words between": ("abc x def", (1, 0, 3), (1, 6, 9), [(1, 0, 3), (1, 6, 9)]),
    "backwards": ("abcdef", (1, 3, 6), (1, 0, 3), [(1, 3, 6), (1, 0, 3)]),
    "other page": ("abcdef", (1, 0, 3), (2, 3, 6), [(1, 0, 3), (2, 3, 6)]),
}


@pytest.mark.parametrize("name", ADDED)
def test_spans_add(name: str) -> None:
    raw, first, second, expected = ADDED[name]
    spans: list[Span] = []
    spans_add(spans, first, {1: raw, 2: raw})
    spans_add(spans, second, {1: raw, 2: raw})
    assert spans == expected


PLACES = {
    "inside": ([(7, 9)], 0, 9, [(7, 9)]),
    "moved by a blank that went": ([(12, 14)], 0, 13, [(11, 13)]),
    "cut by the slice": ([(7, 9)], 0, 8, []),
    "before the slice": ([(0, 2)], 3, 9, []),
    "several": ([(0, 2), (3, 5), (7, 9)], 0, 9, [(0, 2), (3, 5), (7, 9)]),
    "none": ([], 0, 9, []),
}


@pytest.mark.parametrize("name", PLACES)
def test_places(name: str) -> None:
    places, start, end, expected = PLACES[name]
    found = copied("It rose in  24.")
    assert found.text == "It rose in 24."
    assert list(found.places(start, end, {1: places})) == expected


def test_a_place_across_a_ligature_is_not_told() -> None:
    assert list(copied("a\ufb01t").places(0, 4, {1: [(0, 2)]})) == []
    assert list(copied("It rose.").places(0, 8, {})) == []


@given(st.text(), st.data())
def test_every_slice_equals_its_spans(raw: str, data: st.DataObject) -> None:
    found = copied(raw)
    assert fold(found.text) == fold(raw)
    start = data.draw(st.integers(0, len(found.text)))
    spans = found.spans(start, len(found.text), {1: raw})
    assert fold(found.text[start:]) in fold("".join(raw[first:last] for _, first, last in spans))
    assert all(0 <= first < last <= len(raw) for _, first, last in spans)
