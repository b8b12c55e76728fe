"""Numbers that a browser makes, asked of the lists and counters themselves."""

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from ingest.readers.html_lists import MAX_COUNT, Counters, OrderedList


def tree(body: str, head: str = "") -> Any:
    return LexborHTMLParser(f"<html><head>{head}</head><body>{body}</body></html>")


def numbers(markup: str) -> list[str]:
    """Return what stands before each item of the first list."""
    node = tree(markup).css_first("ol")
    assert node is not None
    ordered = OrderedList.of(node)
    return [ordered.number(item) for item in node.iter() if item.tag == "li"]


LISTS = {
    "plain": ("<ol><li>a<li>b", ["1. ", "2. "]),
    "from nought": ("<ol start=0><li>a<li>b", ["0. ", "1. "]),
    "below nought": ("<ol start=-1><li>a<li>b", ["-1. ", "0. "]),
    "leading nought": ("<ol style='list-style:decimal-leading-zero'><li>a", ["01. "]),
    "an item's own value": ("<ol><li>a<li value=7>b<li>c", ["1. ", "7. ", "8. "]),
    "a value that is no number": ("<ol><li value=x>a<li>b", ["1. ", "2. "]),
    "an item's own type": ("<ol><li type=A>a<li>b", ["A. ", "2. "]),
    "an item's own style": ("<ol><li style='list-style-type:upper-roman'>a<li>b", ["I. ", "2. "]),
    "style over type": ("<ol type=a style='list-style-type:lower-roman'><li>a<li>b", ["i. ", "ii. "]),
    "an unknown style": ("<ol style='list-style-type:hebrew'><li>a", ["1. "]),
    "backwards": ("<ol reversed><li>a<li>b<li>c", ["3. ", "2. ", "1. "]),
    "backwards from a number": ("<ol reversed start=10><li>a<li>b", ["10. ", "9. "]),
    "without numbers": ("<ol style='list-style:none'><li>a<li>b", ["", ""]),
}


@pytest.mark.parametrize("name", LISTS)
def test_ordered_lists(name: str) -> None:
    markup, expected = LISTS[name]
    assert numbers(markup) == expected


def shown(style: str, body: str) -> list[str]:
    """Return what the style sheet writes before each paragraph."""
    page = tree(body, f"<style>{style}</style>")
    counters = Counters.of(page)
    return [counters.before(node) for node in page.css("p, h2")]


SHEETS = {
    "no counters": ("p::before{content:'x'}", "<p>a", [""]),
    "a tag": ("p{counter-increment:n} p::before{content:counter(n) '. '}", "<p>a</p><p>b", ["1. ", "2. "]),
    "a class": (
        ".a{counter-increment:n} .a::before{content:counter(n)}",
        "<p class=a>a</p><p>b</p><p class='b a'>c",
        ["1", "", "2"],
    ),
    "a style of its own": (
        "p{counter-increment:n} p::before{content:counter(n, upper-roman) ')'}",
        "<p>a</p><p>b",
        ["I)", "II)"],
    ),
    "by steps": ("p{counter-increment:n 5} p::before{content:counter(n)}", "<p>a</p><p>b", ["5", "10"]),
    "set back by a heading": (
        "h2{counter-reset:n} p{counter-increment:n} p::before{content:counter(n)}",
        "<p>a</p><h2>b</h2><p>c",
        ["1", "", "1"],
    ),
    "an escaped character": (
        r"p{counter-increment:n} p::before{content:'\2014 ' counter(n)}",
        "<p>a",
        ["—1"],
    ),
    "within a comment": ("/* p{counter-increment:n} */ p::before{content:counter(n)}", "<p>a", ["0"]),
    "a descendant, which is not worked out": (
        "div p{counter-increment:n} div p::before{content:counter(n)}",
        "<div><p>a</div>",
        [""],
    ),
}


@pytest.mark.parametrize("name", SHEETS)
def test_plain_counters(name: str) -> None:
    style, body, expected = SHEETS[name]
    assert shown(style, body) == expected


def test_a_counter_stops_at_a_bound() -> None:
    style = "p{counter-increment:n 999999} p::before{content:counter(n)}"
    assert shown(style, "<p>a</p><p>b</p><p>c") == ["999999", str(MAX_COUNT), str(MAX_COUNT)]
