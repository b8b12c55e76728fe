"""How pages, languages, kinds and countries are called in front of people."""

import re
from functools import cache

from app.citations.styles import ENGLISH, Wording, numbers_of, own_headings
from app.i18n import LANGUAGES, Words, words
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


def language_name(t: Words, code: str | None) -> str:
    """Return the name of a language in the interface language; an unlisted code in capitals."""
    names = {
        "en": t("English"),
        "es": t("Spanish"),
        "pt": t("Portuguese"),
        "fr": t("French"),
        "it": t("Italian"),
        "de": t("German"),
        "nl": t("Dutch"),
        "ru": t("Russian"),
        "ar": t("Arabic"),
        "zh": t("Chinese"),
        "qu": t("Quechua"),
    }
    return names.get(code or "", (code or t("unknown")).upper() if code else t("unknown"))


def title_key(document: Document) -> str:
    """Return what the titles of documents have in common that cannot be told apart; "" without a title."""
    return " ".join((document.metadata.title or "").casefold().split())


def kind_name(t: Words, kind: str) -> str | None:
    """Return what a passage is called where it is not running text, else None."""
    return {
        "footnote": t("Footnote"),
        "table": t("Table"),
        "caption": t("Caption"),
        "heading": t("Heading"),
        "list": t("List"),
        "contents": t("Contents"),
        "references": t("References"),
    }.get(kind)


def type_name(t: Words, kind: str | None) -> str:
    """Return the name of a document type in the interface language; an unlisted one as it stands.

    A catalogue may call it by its name in any of the interface languages.
    """
    word = (kind or "").casefold()
    return _type_names(t).get(_type_words().get(word, word), kind or t("unknown"))


@cache
def _type_words() -> dict[str, str]:
    """Return the names of document types in every interface language -> their keys in `_type_names`."""
    return {
        name.casefold(): key
        for language in reversed(LANGUAGES)
        for key, name in _type_names(words(language)).items()
    }


def _type_names(t: Words) -> dict[str, str]:
    return {
        "report": t("Report"),
        "policy paper": t("Policy paper"),
        "policy brief": t("Policy brief"),
        "working paper": t("Working paper"),
        "article": t("Article"),
        "journal article": t("Journal article"),
        "press release": t("Press release"),
        "web page": t("Web page"),
        "webpage": t("Web page"),
        "blog": t("Blog"),
        "law": t("Law"),
        "book": t("Book"),
        "statistics": t("Statistics"),
        "country profile": t("Country profile"),
        "fact sheet": t("Fact sheet"),
        "guidelines": t("Guidelines"),
        "digest": t("Digest"),
        "research digest": t("Research digest"),
        "project note": t("Project note"),
        "technical note": t("Technical note"),
        "web article": t("Web article"),
        "chronicle": t("Chronicle"),
        "comparison": t("Comparison"),
    }


def country_name(t: Words, code: str) -> str:
    """Return the name of a country (ISO 3166 alpha-3) in the interface language, else the code."""
    names = {
        "ARG": t("Argentina"),
        "BOL": t("Bolivia"),
        "BRA": t("Brazil"),
        "CHL": t("Chile"),
        "COL": t("Colombia"),
        "CRI": t("Costa Rica"),
        "CUB": t("Cuba"),
        "DOM": t("Dominican Republic"),
        "ECU": t("Ecuador"),
        "GTM": t("Guatemala"),
        "HND": t("Honduras"),
        "HTI": t("Haiti"),
        "MEX": t("Mexico"),
        "NIC": t("Nicaragua"),
        "PAN": t("Panama"),
        "PER": t("Peru"),
        "PRY": t("Paraguay"),
        "SLV": t("El Salvador"),
        "URY": t("Uruguay"),
        "USA": t("United States"),
        "VEN": t("Venezuela"),
        "ESP": t("Spain"),
        "BEL": t("Belgium"),
    }
    return names.get(code, code)
