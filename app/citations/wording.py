"""How the places of passages are called in front of people: pages, sections, lines."""

import re

from app.citations.styles import ENGLISH, Wording, numbers_of, own_headings
from app.i18n import Words
from ingest.library.records import Document
from ingest.passage import Passage

_SHOWN_SECTIONS = 2
# What `ingest.passages.locators` writes behind the section.
_NUMBERS = re.compile(r"(paragraph|line)s? (\d+)(?:–(\d+))?")


def pages_text(t: Words, passage: Passage, title: str | None = None) -> str:
    """Return "p. 7 (PDF page 9)", "pp. 7–8 (PDF pages 9–10)", "PDF page 9" where no number is printed.

    The PDF page is left out where it is the printed number. A source without pages gives its section, without
    the document's own title, and paragraphs or lines.
    """
    if not passage.pages:
        return _locator_text(t, passage, title)
    first, last = passage.pages[0], passage.pages[-1]
    physical = str(first) if first == last else f"{first}–{last}"
    if not passage.labels:
        return (t("PDF page {pages}") if first == last else t("PDF pages {pages}")).format(pages=physical)
    low, high = passage.labels[0], passage.labels[-1]
    printed = low if low == high else f"{low}–{high}"
    short = (t("p. {pages}") if low == high else t("pp. {pages}")).format(pages=printed)
    if printed == physical and passage.label_source != "inferred":
        return short
    long = (t("PDF page {pages}") if first == last else t("PDF pages {pages}")).format(pages=physical)
    if passage.label_source == "inferred":
        return t("{printed} (inferred; {physical})").format(printed=short, physical=long)
    return f"{short} ({long})"


def _locator_text(t: Words, passage: Passage, title: str | None) -> str:
    found = _NUMBERS.fullmatch(numbers_of(passage))
    if found is None:
        return passage.locator or t("no pages")
    unit, first, last = found.groups()
    several = last is not None
    name = {
        ("paragraph", False): t("paragraph {numbers}"),
        ("paragraph", True): t("paragraphs {numbers}"),
        ("line", False): t("line {numbers}"),
        ("line", True): t("lines {numbers}"),
    }[unit, several]
    numbers = name.format(numbers=f"{first}–{last}" if several else first)
    headings = _headings(passage, title)
    return (
        t("section “{section}”, {numbers}").format(section=headings, numbers=numbers) if headings else numbers
    )


def citation_words(t: Words) -> Wording:
    """Return the words of citations in the interface language; the English ones are those of the search format."""
    if t.language == "en":
        return ENGLISH
    last = f" {t('and')} "
    return Wording(
        no_date=t("n.d."),
        no_publisher=t("[publisher unknown]"),
        last_name=last,
        last_apa=last,
        last_chicago=last,
        place=lambda document, passage: _cited_place(t, document, passage),
    )


def _cited_place(t: Words, document: Document, passage: Passage) -> str:
    known = passage.pages or passage.locator
    return pages_text(t, passage, document.metadata.title) if known else ""


def page_text(t: Words, number: int, label: str | None) -> str:
    """Return the name of a single page, printed number first."""
    physical = t("PDF page {pages}").format(pages=number)
    if not label:
        return physical
    short = t("p. {pages}").format(pages=label)
    return short if label == str(number) else f"{short} ({physical})"


def section_text(passage: Passage, title: str | None = None) -> str:
    """Return the last two headings above the passage, outermost first, without the document's own title.

    A source without pages names its section beside its paragraphs, so there is nothing left to say here.
    """
    return _headings(passage, title) if passage.pages else ""


def _headings(passage: Passage, title: str | None) -> str:
    return " › ".join(own_headings(passage, title)[-_SHOWN_SECTIONS:])


def title_key(document: Document) -> str:
    """Return what the titles of documents have in common that cannot be told apart; "" without a title."""
    return " ".join((document.metadata.title or "").casefold().split())
