"""Text that can be stored everywhere, and file names that can be seen."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.safe import printable, storable

STORED = {
    "nul": ("a\0b", "a\ufffdb"),
    "lone surrogate": ("a\ud800b", "a\ufffdb"),
    "byte of a file name": ("a\udce9b", "a\ufffdb"),
    "both": ("\0\udfff", "\ufffd\ufffd"),
    "plain": ("café 移民 🙂", "café 移民 🙂"),
    "controls that can be held": ("a\tb\x1bc\u202e", "a\tb\x1bc\u202e"),
    "nothing": ("", ""),
}
SEEN = {
    "plain": ("Año 2022 – informe (1).pdf", "Año 2022 – informe (1).pdf"),
    "backslash": (r"a\b", r"a\\b"),
    "escape": ("a\x1b[31m", r"a\x1b[31m"),
    "line break": ("a\nb", r"a\x0ab"),
    "raw byte": ("a\udce9b", r"a\xe9b"),
    "turned direction": ("a\u202efdp", r"a\u202efdp"),
    "zero width": ("a\u200bb", r"a\u200bb"),
    "lone surrogate": ("a\ud800b", r"a\ud800b"),
    "private use": ("\uf0b7", r"\uf0b7"),
    "tag": ("\U000e0041", r"\U000e0041"),
    "line separator": ("a\u2028b", r"a\u2028b"),
    "picture": ("🙂.pdf", "🙂.pdf"),
}


@pytest.mark.parametrize("name", STORED)
def test_storable(name: str) -> None:
    text, expected = STORED[name]
    assert storable(text) == expected


@pytest.mark.parametrize("name", SEEN)
def test_printable(name: str) -> None:
    path, expected = SEEN[name]
    assert printable(path) == expected


ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_what_is_storable_survives_json_and_keeps_its_length(text: str) -> None:
    kept = storable(text)
    assert json.loads(json.dumps(kept, ensure_ascii=False).encode("utf-8")) == kept
    assert len(kept) == len(text) and storable(kept) == kept


@given(ANY)
def test_what_is_printable_has_no_control(path: str) -> None:
    assert not any(
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for char in printable(path)
    )


@given(ANY, ANY)
def test_two_names_never_look_the_same(one: str, other: str) -> None:
    assert (printable(one) == printable(other)) == (one == other)


def test_a_raw_byte_and_a_control_look_different() -> None:
    assert printable("\udc80") != printable("\x80")
