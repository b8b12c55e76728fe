"""The estimate of word pieces: grows with the text, rather too many than too few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.passages.token_estimate import estimate_tokens


def test_it_grows_with_the_text() -> None:
    assert estimate_tokens("") <= 1
    assert 8 <= estimate_tokens("Peru has tried to respond to the recent waves.") <= 16
    assert estimate_tokens(". " * 50) >= 80
    assert estimate_tokens("https://www.un.org/development/desa/pd/content/stock") >= 12


# Two texts of which the first has more word pieces.
MORE = {
    "long word": ("institutionalisation", "institution"),
    "capitals": ("MINSA", "minsa"),
    "name": ("Quispe Mamani", "quispe mamani"),
    "accent": ("gráficos según región", "graficos segun region"),
    "figures": ("12345", "1"),
    "marks": ("a , b ; c", "a b c"),
    "address": ("https://un.org/a_b/c", "un org a b c"),
    "listed names": ("see Lima, Puno, Tacna.", "see lima, puno, tacna."),
    "enumerator": ("(a) it", "a it"),
    "chinese": ("移民在获得医疗服务方面", "migrantes"),
    "chinese beside russian": ("移民在获得医疗服务方面面临障碍", "Мы также с удо"),
}


@pytest.mark.parametrize("name", MORE)
def test_more_pieces(name: str) -> None:
    more, fewer = MORE[name]
    assert estimate_tokens(more) > estimate_tokens(fewer)


@given(st.text(max_size=200), st.text(max_size=50))
def test_a_longer_text_has_no_fewer_pieces(text: str, more: str) -> None:
    assert estimate_tokens(f"{text}\n{more}") >= estimate_tokens(text)
