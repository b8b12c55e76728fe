"""Text from outside is shown literally, whatever it is put into."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exports.escape import for_cell, for_html, for_markdown, printed, visible
from ingest.text.folding import fold

FORMULAS = {
    "equals": "=1+1",
    "plus": "+1",
    "minus": "-1",
    "at": "@SUM(A1)",
    "tab": "\t=1",
    "return": "\r=1",
    "line": "\n=1",
    "hyperlink": '=HYPERLINK("http://x.example","y")',
    "dde": "=cmd|' /C calc'!A0",
    "wide": "＝1+1",
}
PLAIN_CELLS = {"word": "Lima", "number": "7", "inside": "a=b", "quote": "'x", "blank": "", "space": " =1"}


@pytest.mark.parametrize("cell", FORMULAS.values(), ids=FORMULAS)
def test_a_formula_becomes_text(cell: str) -> None:
    assert for_cell(cell).startswith("'")
    assert for_cell(cell).endswith(visible(cell))


@pytest.mark.parametrize("cell", PLAIN_CELLS.values(), ids=PLAIN_CELLS)
def test_other_cells_stay(cell: str) -> None:
    assert for_cell(cell) == cell


def test_nothing_and_numbers_in_cells() -> None:
    assert for_cell(None) == ""
    assert for_cell(2022) == "2022"
    assert for_cell(-3) == "'-3"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_page_in_a_cell_is_the_same_page(text: str) -> None:
    cell = for_cell(printed(text))
    assert fold(text) in {fold(cell), fold(cell[1:])}
    assert not cell.startswith(("=", "+", "-", "@"))


def test_hyphens_of_pdfium_read_as_hyphens() -> None:
    assert (
        for_cell(printed("elder\x02\nly, new\ufffe\ncomers\u200e first")) == "elder-\nly, new-\ncomers  first"
    )


@settings(deadline=None)  # the first call loads things
@given(st.text())
def test_html_gives_the_text_back(text: str) -> None:
    escaped = for_html(text)
    assert not re.search(r"[<>\"']", escaped)
    assert html.unescape(escaped) == visible(text)


@settings(deadline=None)  # the first call loads things
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_visible_leaves_ordinary_text(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert visible(shown) == shown


def test_undecodable_and_hidden_characters_are_seen() -> None:
    assert visible("caf\udce9.pdf") == r"caf\xe9.pdf"
    assert visible("a\ud800b") == "a\ufffdb"
    assert visible("gpj\u202efdp.exe") == "gpj\ufffdfdp.exe"
    assert visible("a\x00b\x1bc") == "a\ufffdb\ufffdc"
    assert visible("two\nlines\tand") == "two\nlines\tand"


MARKUP = {
    "image": "![x](http://evil.example/a.png)",
    "link": "[x](javascript:alert(1))",
    "icon": ":material/delete:",
    "emoji": ":smile:",
    "colour": ":red[x]",
    "code": "`x`",
    "formula": "$x$",
    "address": "http://evil.example",
    "www": "www.evil.example",
    "mail": "a@evil.example",
    "html": "<img src=x onerror=alert(1)>",
}


@pytest.mark.parametrize("text", MARKUP.values(), ids=MARKUP)
def test_markdown_keeps_no_working_markup(text: str) -> None:
    escaped = for_markdown(text)
    bare = re.sub(r"\\.", "", escaped)
    assert not re.search(r"[\[\]()<>`$*_!]", bare)
    assert not re.search(r":\w", escaped)
    assert not re.search(r"www\.", escaped)
    assert re.sub(r"\\(.)", r"\1", escaped).replace("\u2060", "") == text


def test_markdown_is_one_line() -> None:
    assert "\n" not in for_markdown("a\n\n# b\r\nc")
