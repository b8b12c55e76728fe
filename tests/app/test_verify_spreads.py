"""Excerpts from sheets with two printed pages: the number of the half is right, that of the other half is not."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.checks.document_texts import DocumentTexts, title_of
from app.checks.excerpts import Excerpt
from app.checks.verify import verify_excerpts
from app.citations.styles import citation, where
from ingest.library.library import FileStamp, Library, NewDocument, StoredPage, document_id
from ingest.metadata.metadata import Metadata
from ingest.passages.split import split_source
from ingest.readers.source import Line, Page, Source

SHA = "e" * 64
LEFT = "Clinics in the north open at seven on every day of the week."
RIGHT = "Nurses come to the villages of the south at six in the evening."
BOTH = "Fees were dropped in both regions in the year after the survey was made."
MIDDLE = 421.0


def page(number: int) -> Page:
    """Return a sheet with a sentence on each half and one below over both; each numbered with the sheet."""
    lines, text = [], ""
    places = ((LEFT, 50.0, 380.0, 500.0), (RIGHT, 460.0, 800.0, 500.0), (BOTH, 50.0, 800.0, 90.0))
    for words, left, right, bottom in places:
        told = f"{words[:-1]} {number}."
        lines.append(Line(len(text), len(text) + len(told), (left, bottom, right, bottom + 9), 10.0))
        text += told + "\r\n"
    for at, left in ((2 * number, 200.0), (2 * number + 1, 620.0)):
        lines.append(Line(len(text), len(text) + len(str(at)), (left, 30.0, left + 12, 39.0), 10.0))
        text += f"{at}\r\n"
    return Page(number, text, tuple(lines), 2 * MIDDLE, 595.0)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    split = split_source(Source("pdf", True, tuple(page(number) for number in range(1, 6))), SHA)
    stored = tuple(
        StoredPage(document_id(SHA), item.page.number, item.page.text, item.label.text, item.label.source)
        for item in split.pages
        if item.label
    )
    # Each sentence is a passage of its own, as where a heading parts them.
    passages = tuple(
        replace(
            split.passages[0],
            id=hashlib.sha256(told.encode()).hexdigest()[:32],
            text=told,
            spans=((number, item.page.text.index(told), item.page.text.index(told) + len(told)),),
            pages=(number, number),
            labels=labels,
            label_source="printed",
            sentences=((0, len(told)),),
        )
        for item in split.pages
        for number in [item.page.number]
        for words, labels in (
            (LEFT, (str(2 * number), str(2 * number))),
            (RIGHT, (str(2 * number + 1), str(2 * number + 1))),
            (BOTH, (str(2 * number), str(2 * number + 1))),
        )
        for told in [f"{words[:-1]} {number}."]
    )
    with Library.open(tmp_path_factory.mktemp("spreads") / "library", create=True) as opened:
        new = NewDocument(SHA, "pdf", True, "ready", None, stored, passages, "en")
        opened.put_document(new, Metadata(title="Clinics of two regions"), [FileStamp("clinics.pdf")])
        yield opened


def status(library: Library, words: str, **claims: object) -> str:
    excerpt = Excerpt(where="line 1", texts=(f"{words[:-1]} 2.",), document="clinics.pdf", pages=(2, 2))
    report = verify_excerpts([replace(excerpt, **claims)], library)  # type: ignore[arg-type]
    return report.findings[0].status if report.findings else "found"


RIGHT_CLAIMS = {
    "the left half": (LEFT, ("4", "4")),
    "the right half": (RIGHT, ("5", "5")),
    "both halves": (BOTH, ("4", "5")),
    "in words": (RIGHT, "5"),
    "both, in words": (BOTH, "4-5"),
    "the sheet's own label": (LEFT, ("4–5", "4–5")),
}
WRONG_CLAIMS = {
    "the other half": (LEFT, ("5", "5")),
    "the other half, of the right one": (RIGHT, ("4", "4")),
    "one half of both": (BOTH, ("5", "5")),
    "another sheet": (LEFT, ("6", "6")),
    "in words": (RIGHT, "4"),
}


@pytest.mark.parametrize("case", RIGHT_CLAIMS)
def test_the_number_of_the_half_is_found(library: Library, case: str) -> None:
    words, labels = RIGHT_CLAIMS[case]
    assert status(library, words, labels=labels) == "found"


@pytest.mark.parametrize("case", WRONG_CLAIMS)
def test_another_number_is_misattributed(library: Library, case: str) -> None:
    words, labels = WRONG_CLAIMS[case]
    assert status(library, words, labels=labels) == "misattributed"


def test_a_citation_names_the_half_and_is_held_to_it(library: Library) -> None:
    (document,) = library.documents()
    for one in library.passages(document.id):
        cited = citation(document, one.passage)
        assert status_of(library, one.passage.text, one.passage.pages, cited) == "found"
        if one.passage.labels[0] == one.passage.labels[1]:
            other = str(int(one.passage.labels[0]) ^ 1)
            wrong = cited.replace(f"p. {one.passage.labels[0]} ", f"p. {other} ")
            assert wrong != cited
            assert status_of(library, one.passage.text, one.passage.pages, wrong) == "misattributed"


def status_of(library: Library, text: str, pages: tuple[int, ...], cited: str) -> str:
    excerpt = Excerpt(where="line 1", texts=(text,), document="clinics.pdf", pages=pages, cited=cited)
    report = verify_excerpts([excerpt], library)
    return report.findings[0].status if report.findings else "found"


def test_a_passage_over_both_halves_is_cited_with_both(library: Library) -> None:
    (document,) = library.documents()
    places = {where(one.passage) for one in library.passages(document.id) if one.passage.pages == (2, 2)}
    assert places == {"p. 4 (PDF page 2)", "p. 5 (PDF page 2)", "pp. 4–5 (PDF page 2)"}


def test_words_that_no_passage_holds_whole_may_stand_on_either_half(library: Library) -> None:
    (document,) = library.documents()
    text = DocumentTexts(library).text(document)
    assert text.printed([], 2, 2) == [["4", "4"], ["4", "5"], ["5", "5"], ["4–5", "4–5"]]
    assert text.printed([], 2, 9) == [["4", None], ["5", None], ["4–5", None]]
    assert title_of(document) == "Clinics of two regions"
