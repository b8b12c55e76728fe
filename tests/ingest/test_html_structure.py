"""Numbers, tables and notes of web pages, as a browser shows them."""

import pytest

from ingest.readers.html import read_html
from ingest.readers.limits import Limits
from ingest.readers.source import Source


def read(body: str, head: str = "") -> Source:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_html(page.encode(), Limits())


def lines(source: Source) -> list[tuple[str | None, str]]:
    page = source.pages[0]
    return [(line.role, page.text[line.start : line.end]) for line in page.lines]


def texts(body: str, head: str = "") -> list[str]:
    return [text for _, text in lines(read(body, head))]


ITEMS = "<li>one<li>two"
NUMBERED = {
    "plain": (f"<ol>{ITEMS}</ol>", ["1. one", "2. two"]),
    "start": (f"<ol start=4>{ITEMS}</ol>", ["4. one", "5. two"]),
    "letters": (f"<ol type=a start=4>{ITEMS}</ol>", ["d. one", "e. two"]),
    "roman": (f"<ol type=I>{ITEMS}</ol>", ["I. one", "II. two"]),
    "style": (f"<ol style='list-style-type: lower-roman'>{ITEMS}</ol>", ["i. one", "ii. two"]),
    "no_numbers": (f"<ol style='list-style: none'>{ITEMS}</ol>", ["one", "two"]),
    "value": ("<ol><li value=10>ten<li>eleven</ol>", ["10. ten", "11. eleven"]),
    "reversed": (f"<ol reversed>{ITEMS}</ol>", ["2. one", "1. two"]),
    "wrong_start": (f"<ol start=many>{ITEMS}</ol>", ["1. one", "2. two"]),
    "marks": (f"<ul>{ITEMS}</ul>", ["one", "two"]),
    "nested": (
        "<ol><li>one<ol type=a><li>a</ol><li>two</ol>",
        ["1. one", "a. a", "2. two"],
    ),
    "marks_within": ("<ol><li>one<ul><li>mark</ul><li>two</ol>", ["1. one", "mark", "2. two"]),
    "paragraphs": ("<ol><li><p>one</p><p>more</p></li></ol>", ["1. one", "more"]),
    "blank_item": ("<ol><li></li><li>two</ol>", ["2. two"]),
}


@pytest.mark.parametrize("case", NUMBERED)
def test_numbers_of_lists(case: str) -> None:
    body, shown = NUMBERED[case]
    assert texts(body) == shown


COUNTER = "<style>.art::before{content:'Artículo ' counter(art) '. '} .art{counter-increment:art}</style>"


def test_plain_css_counters_are_written_out() -> None:
    assert texts("<p class=art>Objeto</p><p>texto</p><p class=art>Ámbito</p>", COUNTER) == [
        "Artículo 1. Objeto", "texto", "Artículo 2. Ámbito",
    ]  # fmt: skip


def test_counters_start_anew_where_the_page_says_so() -> None:
    style = (
        "<style>h2{counter-increment:c; counter-reset:s} h2::before{content:counter(c,upper-roman) ' '}"
        "h3{counter-increment:s} h3:before{content:counter(c) '.' counter(s)}</style>"
    )
    assert texts("<h2>A</h2><h3>x</h3><h3>y</h3><h2>B</h2><h3>z</h3>", style) == [
        "I A", "1.1 x", "1.2 y", "II B", "2.1 z",
    ]  # fmt: skip


NO_COUNTER = {
    "descendant": "<style>ol p::before{content:counter(x)}</style>",
    "no_counter": "<style>p::before{content:'→ '}</style>",
    "broken": "<style>p::before{content:counter(</style>",
}


@pytest.mark.parametrize("case", NO_COUNTER)
def test_css_beyond_plain_counters_adds_nothing(case: str) -> None:
    assert texts("<p>text</p>", NO_COUNTER[case]) == ["text"]


def test_cells_over_rows_and_columns_stand_in_each() -> None:
    table = (
        "<table><tr><th rowspan=2>Country<th colspan=2>Insured</tr><tr><th>2015<th>2020</tr>"
        "<tr><td rowspan=2>Peru<td>12<td>34</tr><tr><td>13<td>35</tr><tr><td>Chile<td>40<td>61</tr></table>"
    )
    assert lines(read(table)) == [
        ("th", "Country | Insured | Insured"), ("th", "Country | 2015 | 2020"), ("td", "Peru | 12 | 34"),
        ("td", "Peru | 13 | 35"), ("td", "Chile | 40 | 61"),
    ]  # fmt: skip


def test_absurd_spans_cost_nothing() -> None:
    rows = "".join(f"<tr><td colspan=999999 rowspan=999999>{row}<td>b</tr>" for row in range(30))
    assert all(len(text) < 20_000 for text in texts(f"<table>{rows}</table>"))


LAID_OUT = {
    "point_of_a_law": (
        "<table><tr><td><p>(a)</p><td><p>emergency care;</p></tr></table>",
        [("li", "(a) emergency care;")],
    ),
    "points": (
        "<table><tr><td>1.<td>first rule<tr><td>2.<td>second rule</table>",
        [("li", "1. first rule"), ("li", "2. second rule")],
    ),
    "one_column": (
        "<table><tr><td><p>A first paragraph.</p><p>A second.</p></table>",
        [("p", "A first paragraph."), ("p", "A second.")],
    ),
    "declared": ("<table role=presentation><tr><td>left<td>right</table>", [("p", "left"), ("p", "right")]),
    "points_within_points": (
        "<table><tr><td>(1)<td>general:<table><tr><td>(a)<td>care</table></table>",
        [("li", "(1) general:"), ("li", "(a) care")],
    ),
}


@pytest.mark.parametrize("case", LAID_OUT)
def test_tables_that_only_lay_out_text_are_text(case: str) -> None:
    body, shown = LAID_OUT[case]
    assert lines(read(body)) == shown


TABLES = {
    "figures": "<table><tr><td>1<td>12<tr><td>2<td>34</table>",
    "label_and_value": "<table><tr><td>Lima<td>12<tr><td>Tacna<td>34</table>",
    "heads": "<table><tr><th>No.<th>Measure<tr><td>1.<td>card</table>",
    "caption": "<table><caption>Table 1</caption><tr><td>1.<td>card</table>",
}


@pytest.mark.parametrize("case", TABLES)
def test_tables_stay_tables(case: str) -> None:
    assert "td" in {role for role, _ in lines(read(TABLES[case]))}


def test_notes_follow_the_block_that_calls_them() -> None:
    body = (
        "<h2>One</h2><p>It rose<a href='#fn1'><sup>1</sup></a>.</p><p>It fell.</p><h2>Two</h2><p>End.</p>"
        "<section class=footnotes><ol><li id=fn1>Survey of 2019. <a href='#r1'>↩</a></li></ol></section>"
    )
    found = lines(read(body))
    assert found[1:4] == [("p", "It rose1."), ("footnote", "1 Survey of 2019."), ("p", "It fell.")]
    assert sum("Survey of 2019" in text for _, text in found) == 1


def test_a_note_of_an_old_page_is_told_by_its_way_back() -> None:
    body = "<p>Text<a name=r3 href='#n3'>(3)</a> goes on.</p><hr><p><a name=n3 href='#r3'>(3)</a> OJ L 180, p. 96.</p>"
    assert ("footnote", "(3) OJ L 180, p. 96.") in lines(read(body))


NO_NOTES = {
    "contents": "<p><a href='#s1'>1</a> Introduction</p><h2 id=s1>Introduction</h2><p>Text.</p>",
    "table": "<p>See <a href='#t1'>1</a></p><div id=t1><table><tr><td>a<td>b</table></div>",
    "missing": "<p>See<a href='#nowhere'>1</a></p>",
    "hostile_id": "<p>See<a href='#a\"]'>1</a></p>",
}


@pytest.mark.parametrize("case", NO_NOTES)
def test_links_to_other_places_are_no_notes(case: str) -> None:
    assert "footnote" not in {role for role, _ in lines(read(NO_NOTES[case]))}


STRUCK = {
    "del": "<p>It costs <del>20</del> 15 soles.</p>",
    "s": "<p>It costs <s>20</s> 15 soles.</p>",
    "style": "<p>It costs <span style='text-decoration: line-through'>20</span> 15 soles.</p>",
}


@pytest.mark.parametrize("case", STRUCK)
def test_struck_out_words_are_left_out_and_flagged(case: str) -> None:
    page = read(STRUCK[case]).pages[0]
    assert page.text == "It costs 15 soles."
    assert page.flags == {"struck_text"}


HEADS = {"Article 22": "h5", "Artículo 5.º": "h5", "CAPÍTULO II": "h3", "Título I": "h2", "Sección 3": "h4"}
NO_HEADS = ["Article 22 says so.", "Part of it", "Artículo", "Título de la obra"]


@pytest.mark.parametrize("text", HEADS)
def test_a_line_that_only_numbers_a_part_of_a_law_is_a_heading(text: str) -> None:
    assert lines(read(f"<p>{text}</p><p>Rule.</p>"))[0] == (HEADS[text], text)


@pytest.mark.parametrize("text", NO_HEADS)
def test_lines_that_say_more_are_text(text: str) -> None:
    assert lines(read(f"<p>{text}</p>")) == [("p", text)]


def test_items_keep_their_numbers_where_others_are_notes() -> None:
    body = (
        "<p>It rose.<a href='#n1' id=r1>1</a></p><ol><li id=n1>Survey, table 4. <a href='#r1'>↩</a></li>"
        "<li>Yearbook of the ministry.</li></ol>"
    )
    assert texts(body)[-2:] == ["1 Survey, table 4.", "2. Yearbook of the ministry."]
