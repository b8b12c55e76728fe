"""Menus, cookie banners, share bars, related news and comments stay out of the text of web pages, and nothing else."""

import re

import pytest
from web_pages import PAGES

from ingest.readers.read import read_bytes


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip()


def text_of(body: str) -> str:
    return read_bytes(f"<html><body><p>It rained.</p>{body}</body></html>".encode(), "a.html").pages[0].text


@pytest.mark.parametrize("name", PAGES)
def test_the_text_is_kept_and_what_stands_around_it_is_not(name: str) -> None:
    page = PAGES[name]
    text = bare(read_bytes(page.html.encode(), "a.html").pages[0].text)
    assert [phrase for phrase in page.text if bare(phrase) not in text] == []
    assert [phrase for phrase in page.around if bare(phrase) in text] == []


LONG = "It snowed in the hills and in the valley. " * 5
FOUR = "".join(f'<a href="/{name}">{name}</a> ' for name in ("Lima", "Tacna", "Piura", "Cusco"))
KEPT = {
    "a section named by its heading": '<section id="informed-consent"><h2>Informed consent</h2><p>Yes.</p></section>',
    "a section named by a longer heading": '<div id="navigation"><h2>Navigation of rivers</h2><p>Yes.</p></div>',
    "most of the page": f'<div class="widget"><p>{LONG} Yes.</p></div>',
    "what holds the title": '<div class="sidebar"><h1>Yes.</h1></div>',
    "beside a sidebar": '<div class="col with-sidebar"><p>Yes.</p></div>',
    "a word in a word": '<div class="resharing menus2 footnotes"><p>Yes.</p></div>',
    "a general comment": '<div class="general-comment"><p>Yes.</p></div>',
    "three links": '<ul><li><a href="/a">Yes.</a></li><li><a href="/b">B</a></li><li><a href="/c">C</a></li></ul>',
    "links to places of the page": "".join(f'<ul><li><a href="#{at}">Yes. {at}</a></li></ul>' for at in range(5)),
    "links in a sentence": f"<div>Yes. The cities that took part in the survey were {FOUR} and no others.</div>",
    "a table of links": f"<table><tr><td>Yes.</td><td>{FOUR}</td></tr><tr><td>B</td><td>C</td></tr></table>",
    "a list of links in an article": f"<article><p>One.</p><ul>Yes. {FOUR}</ul></article>",
    "long names of sources": "<ul>" + "".join(
        f'<li><a href="/{at}">Yes. The health of people in the region, part {at}</a></li>' for at in range(5))
}  # fmt: skip
LEFT_OUT = {
    "a menu in a div": f"<div>{FOUR} No.</div>",
    "a menu in a cell of a layout": f"<table><tr><td>{FOUR} No.</td><td><p>{LONG}</p><p>End.</p></td></tr></table>",
    "a hidden cell": f"<table><tr><td hidden>No.</td><td><p>{LONG}</p><p>End.</p></td></tr></table>",
    "a hidden cell around a table": "<table><tr><td hidden>No.<table><tr><td>No.</td></tr></table></td></tr></table>",
    "a dialog": '<div role="dialog">No.</div>',
    "comments longer than the text": f'<div id="comments">{LONG * 9} No.</div>',
    "a banner by its id": '<div id="CookieConsent">No.</div>',
    "names with underscores": '<div class="social_links_bar x_share">No.</div>',
}


@pytest.mark.parametrize("name", KEPT)
def test_text_is_kept(name: str) -> None:
    assert "Yes." in text_of(KEPT[name])


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_no_text_is_left_out(name: str) -> None:
    assert "No." not in text_of(LEFT_OUT[name])


def test_a_page_of_many_blocks_is_read_in_time() -> None:
    assert text_of('<div class="menu">No.</div>' * 20_000 + "<div>" * 250 + "Yes.") == "It rained.\nYes."
