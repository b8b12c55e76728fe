"""Notes of a web page are found by the links that call them; other links lead elsewhere."""

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from ingest.readers.html_notes import LONGEST, called_note, is_back_link, notes_of

CALL = "<p>It rose.<a id=r1 href='#n1'>1</a></p>"


def tree(body: str) -> Any:
    return LexborHTMLParser(f"<body>{body}</body>")


def notes(body: str) -> dict[str, str]:
    return {ident: block.text().strip() for ident, block in notes_of(tree(body)).items()}


NOTES = {
    "a list of notes by its class": f"{CALL}<ol class=footnotes><li id=n1>Ministry, 2023.</ol>",
    "a section of notes by its role": f"{CALL}<section role=doc-endnotes><p id=n1>Ministry, 2023.</p></section>",
    "a block named a note": f"{CALL}<div id=n1 class=note>Ministry, 2023.</div>",
    "Spanish": f"{CALL}<div class=citas><p id=n1>Ministry, 2023.</p></div>",
    "a mark within the block": f"{CALL}<p class=fn><span id=n1></span>Ministry, 2023.</p>",
    "an old anchor": f"{CALL}<p class=footnote><a name=n1></a>Ministry, 2023.</p>",
    "brackets around the call": "<p>It rose.<a href='#n1'>[1]</a></p><p id=n1 class=footnote>Ministry, 2023.</p>",
    "a star": "<p>It rose.<a href='#n1'>*</a></p><p id=n1 class=footnote>Ministry, 2023.</p>",
}


@pytest.mark.parametrize("name", NOTES)
def test_a_note_is_found_by_its_id(name: str) -> None:
    assert notes(NOTES[name]) == {"n1": "Ministry, 2023."}


def test_a_note_that_links_back_needs_no_class() -> None:
    assert notes(f"{CALL}<p id=n1>Ministry, 2023. <a href='#r1'>↩</a></p>") == {"n1": "Ministry, 2023. ↩"}


def test_a_note_that_begins_with_its_number_and_links_back() -> None:
    body = "<p>It rose.<a id=r1 href='#n1'>1</a></p><p id=n1><a href='#r1'>1</a> Ministry, 2023.</p>"
    assert notes(body) == {"n1": "1 Ministry, 2023."}


NO_NOTES = {
    "a section": f"{CALL}<section id=n1 class=note><h2>Ministry</h2><p>Words.</p></section>",
    "a table": f"{CALL}<div id=n1 class=note><table><tr><td>4</table></div>",
    "a figure": f"{CALL}<div id=n1 class=note><figure>A picture</figure></div>",
    "a plain paragraph that does not link back": f"{CALL}<p id=n1>Ministry, 2023.</p>",
    "a link of words": "<p><a href='#n1'>see the annex</a></p><p id=n1 class=footnote>Annex.</p>",
    "nothing at the other end": CALL,
    "too long": f"{CALL}<p id=n1 class=footnote>{'long ' * LONGEST}</p>",
    "another page": "<p><a href='other.html#n1'>1</a></p><p id=n1 class=footnote>Ministry.</p>",
    "an id that no selector may hold": "<p><a href='#n]1'>1</a></p><p id='n]1' class=footnote>Ministry.</p>",
}


@pytest.mark.parametrize("name", NO_NOTES)
def test_what_is_no_note(name: str) -> None:
    assert notes(NO_NOTES[name]) == {}


def links(page: Any) -> list[Any]:
    return list(page.css("a[href]"))


def test_a_link_that_calls_a_note_is_told_from_others() -> None:
    page = tree(
        "<p>It rose.<a href='#n1'>1</a> See <a href='#n1'>the ministry</a>, <a href='#top'>2</a>.</p>"
        "<p id=n1 class=footnote>Ministry, <a href='#n1'>1</a>.</p>"
    )
    found = notes_of(page)
    assert [called_note(link, found) for link in links(page)] == ["n1", None, None, None]


@pytest.mark.parametrize("text", ["↩", "↑", "^", "back", "Volver", "voltar", "⏎"])
def test_links_back(text: str) -> None:
    (link,) = links(tree(f"<a href='#r1'>{text}</a>"))
    assert is_back_link(link)


@pytest.mark.parametrize(
    ("href", "text"), [("#r1", "1"), ("#r1", "back to the office"), ("r.html", "↩"), ("#" + "x" * 300, "↩")]
)
def test_other_links(href: str, text: str) -> None:
    (link,) = links(tree(f"<a href='{href}'>{text}</a>"))
    assert not is_back_link(link)
