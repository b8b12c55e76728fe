"""Folding: what may differ between a passage and its raw spans, and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.folding import fold

SAME = {
    "blanks": ("health  care", "health\r\ncare"),
    "no_break_space": ("S/ 100", "S/\u00a0100"),
    "line_end_hyphen": ("migration", "migra-\r\ntion"),
    "pdfium_hyphen": ("migration", "migra\u0002tion"),
    "pdfium_hyphen_of_bounded_text": ("migration", "migra\ufffetion"),
    "soft_hyphen": ("migration", "migra\u00adtion"),
    "ligature": ("office", "oﬃce"),
    "composed_accent": ("crédito", "cre\u0301dito"),
    "zero_width": ("Peru", "Pe\u200bru"),
    "right_to_left_override": ("abc", "a\u202ebc"),
    "private_use_bullet": ("item", "\uf0b7 item"),
    "nul": ("abc", "a\x00bc"),
}
DIFFERENT = {
    "letter": ("casa", "caza"),
    "accent": ("como", "cómo"),
    "case": ("Peru", "peru"),
    "dash": ("1990–2000", "19902000"),
    "digit": ("12.5", "125"),
}


@pytest.mark.parametrize("name", SAME)
def test_same(name: str) -> None:
    left, right = SAME[name]
    assert fold(left) == fold(right)


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name: str) -> None:
    left, right = DIFFERENT[name]
    assert fold(left) != fold(right)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_no_blank_and_no_control_is_left(text: str) -> None:
    assert not any(c.isspace() or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") for c in fold(text))


@given(st.text(), st.integers(0, 50))
def test_inserted_blanks_and_hyphens_fold_away(text: str, at: int) -> None:
    assert fold(text[:at] + " \u0002\r\n" + text[at:]) == fold(text)
