"""What reading and splitting a file gave, as the document that is stored: its pages, state and reason."""

import pytest
from split_samples import text_page

from ingest.library.records import READABLE, STATES, NewDocument, document_id, from_reading, unread
from ingest.passage import PageLabel
from ingest.passages.passage_maker import LabelledPage
from ingest.passages.split import SplitResult, split_source
from ingest.readers.source import Page, Source

SHA = "0123456789abcdef" * 4


def page(number: int, *flags: str, text: str = "") -> Page:
    return Page(number, text, (), 595.0, 842.0, flags=frozenset(flags))


def document(*pages: Page, passages: bool = False) -> NewDocument:
    """Return the document of these pages, with the passages of another one where there are any."""
    source = Source("pdf", True, pages, info={"title": "Info"}, notes=("contains JavaScript; not run",))
    some = split_source(Source("txt", False, (text_page(1, "It rained."),)), SHA).passages
    split = SplitResult(
        passages=some if passages else (),
        pages=tuple(LabelledPage(page=one, label=PageLabel("iv", "printed")) for one in pages),
        language="en",
        title="Guess",
    )
    return from_reading(SHA, source, split)


TEXT = "It rained."
STATE_OF: dict[str, tuple[NewDocument, str, str | None]] = {
    "text on each page": (document(page(1, text=TEXT), passages=True), "ready", None),
    "a blank page": (document(page(1, text=TEXT), page(2, "blank"), passages=True), "ready", None),
    "read by ocr": (document(page(1, "ocr", text=TEXT), passages=True), "ready", None),
    "a page without text": (
        document(page(1, text=TEXT), page(2, "no_text"), passages=True),
        "partial",
        "no text on 1 of 2 pages",
    ),
    "a page that failed": (
        document(page(1, text=TEXT), page(2, "failed"), page(3, "no_text"), passages=True),
        "partial",
        "1 of 3 pages could not be read; no text on 1 of 3 pages",
    ),
    "every page failed": (
        document(page(1, "failed"), page(2, "failed")),
        "failed",
        "none of its pages could be read",
    ),
    "a scan": (document(page(1, "no_text"), page(2, "no_text")), "no_text", "no text on 2 of 2 pages"),
    "nothing in it": (document(page(1, "blank")), "empty", "there is no text in it"),
    "no page": (document(), "empty", "there is no text in it"),
    "text without a passage": (
        document(page(1, text="–")),
        "no_text",
        "no passage could be made of its text",
    ),
}


@pytest.mark.parametrize("name", STATE_OF)
def test_state_and_reason(name: str) -> None:
    made, state, reason = STATE_OF[name]
    assert (made.state, made.reason) == (state, reason)


def test_every_state_has_a_meaning_and_some_are_readable() -> None:
    assert {state for _, state, _ in STATE_OF.values()} <= set(STATES)
    assert set(STATES) > READABLE
    assert "failed" not in READABLE and "no_text" in READABLE


def test_pages_keep_label_flags_and_size() -> None:
    (stored,) = document(page(7, "ocr", text=TEXT), passages=True).pages
    assert (stored.document_id, stored.number, stored.text) == (SHA[:32], 7, TEXT)
    assert (stored.label, stored.label_source, stored.flags) == ("iv", "printed", frozenset({"ocr"}))
    assert (stored.width, stored.height) == (595.0, 842.0)


def test_what_the_file_says_of_itself_is_kept() -> None:
    made = document(page(1, text=TEXT), passages=True)
    assert (made.format, made.paged, made.language, made.guessed_title) == ("pdf", True, "en", "Guess")
    assert (made.info, made.notes) == ({"title": "Info"}, ("contains JavaScript; not run",))
    assert made.id == document_id(SHA) == SHA[:32]


def test_the_title_of_plain_text_is_its_first_line() -> None:
    text = "Peru in 2022\n\nIt rained in the north of the country and nobody came to the offices."
    for form, title in (("txt", "Peru in 2022"), ("pdf", None)):
        source = Source(form, form == "pdf", (text_page(1, text),))
        assert from_reading(SHA, source, split_source(source, SHA)).guessed_title == title


def test_a_file_that_was_not_read_has_no_pages() -> None:
    made = unread(SHA, "needs_password", "it is encrypted", "pdf")
    assert (made.state, made.reason, made.format, made.pages, made.passages) == (
        "needs_password",
        "it is encrypted",
        "pdf",
        (),
        (),
    )
