"""How the places of passages are called in front of people: pages, sections, lines."""

import re

from app.citations.styles import ENGLISH, PDF, Wording, headings_above, own_headings, own_locator
from app.i18n import Words
from ingest.library.records import Document
from ingest.passage import Passage

_SHOWN_SECTIONS = 2
# What `Locator.place` counts, and what the text numbers itself by.
_COUNTED = re.compile(r"(paragraph|line|row|slide)(s?) (\d+(?:–\d+)?)")
_NUMBERED = re.compile(r"\bpara(s?)\. ([^\s,]+)")


_SLIDES = frozenset({"pptx", "ppt"})


def pages_text(t: Words, passage: Passage, title: str | None = None, form: str = PDF) -> str:
    """Return "p. 7 (PDF page 9)", "pp. 7–8 (PDF pages 9–10)", "PDF page 9" where no number is printed.

    The PDF page is left out where it is the printed number, and called "page 9 of the file" where `form`, the format
    of the document, is another. A source without pages gives its section, without the document's own title, and
    paragraphs or lines.
    """
    if passage.locator is not None or not passage.pages:
        return _locator_text(t, passage, title)
    first, last = passage.pages[0], passage.pages[-1]
    physical = str(first) if first == last else f"{first}–{last}"
    long = _place_in_file(t, physical, form, several=first != last)
    if not passage.labels:
        return long
    low, high = passage.labels[0], passage.labels[-1]
    printed = low if low == high else f"{low}–{high}"
    short = (t("p. {pages}") if low == high else t("pp. {pages}")).format(pages=printed)
    if printed == physical and passage.label_source != "inferred":
        return short
    if passage.label_source == "inferred":
        return t("{printed} (inferred; {physical})").format(printed=short, physical=long)
    return f"{short} ({long})"


def _place_in_file(t: Words, pages: str, form: str, *, several: bool = False) -> str:
    if form == PDF:
        return (t("PDF pages {pages}") if several else t("PDF page {pages}")).format(pages=pages)
    if form in _SLIDES:
        return (t("slides {numbers}") if several else t("slide {numbers}")).format(numbers=pages)
    return (t("pages {pages} of the file") if several else t("page {pages} of the file")).format(pages=pages)


def _locator_text(t: Words, passage: Passage, title: str | None) -> str:
    locator = own_locator(passage, title)
    if not locator.place:
        return t("no pages")
    place = _place_text(t, locator.place)
    if locator.within == "sheet":
        return t("sheet “{sheet}”, {numbers}").format(sheet=" › ".join(locator.headings), numbers=place)
    # Counted places are nothing without their section; "Artículo 2" is the only one unless its section is given.
    counted = _COUNTED.fullmatch(locator.place) is not None
    headings = own_headings(passage, title) if counted else list(locator.headings)
    if not headings or passage.pages:
        return place
    shown = " › ".join(headings[-_SHOWN_SECTIONS:])
    return t("section “{section}”, {numbers}").format(section=shown, numbers=place)


def _place_text(t: Words, place: str) -> str:
    """Return a place below its headings in the language of the page; names of articles stay as printed."""
    counted = _COUNTED.fullmatch(place)
    if counted is None:
        return _NUMBERED.sub(
            lambda match: (t("paras. {numbers}") if match[1] else t("para. {numbers}")).format(
                numbers=match[2]
            ),
            place,
        )
    unit, several, numbers = counted.groups()
    name = {
        ("paragraph", ""): t("paragraph {numbers}"),
        ("paragraph", "s"): t("paragraphs {numbers}"),
        ("line", ""): t("line {numbers}"),
        ("line", "s"): t("lines {numbers}"),
        ("row", ""): t("row {numbers}"),
        ("row", "s"): t("rows {numbers}"),
        ("slide", ""): t("slide {numbers}"),
        ("slide", "s"): t("slides {numbers}"),
    }[unit, several]
    return name.format(numbers=numbers)


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
    return pages_text(t, passage, document.metadata.title, document.format) if known else ""


def page_text(t: Words, number: int, label: str | None, form: str = PDF) -> str:
    """Return the name of a single page of a document of the format `form`, printed number first."""
    physical = _place_in_file(t, str(number), form)
    if not label:
        return physical
    short = t("p. {pages}").format(pages=label)
    return short if label == str(number) else f"{short} ({physical})"


def section_text(passage: Passage, title: str | None = None) -> str:
    """Return the last two headings above the passage, outermost first, without the document's own title.

    Headings that the excerpt begins with are not told twice. A source without pages names its section beside its
    paragraphs, so there is nothing left to say here.
    """
    return " › ".join(headings_above(passage, title)[-_SHOWN_SECTIONS:]) if passage.pages else ""


def title_key(document: Document) -> str:
    """Return what the titles of documents have in common that cannot be told apart; "" without a title."""
    return " ".join((document.metadata.title or "").casefold().split())


# Words that stay small within a title, and letters that are read one by one, in our three languages.
_SMALL = frozenset(
    """
    of the and for in on at by to a an de del la las los el y e o en por para con al do da dos das em
    """.split()  # noqa: SIM905
)
_LETTERS = re.compile(r"[IVXLCDM]+|[^\W\d_]{1,4}(?=\d)|(?:[^\W\d_]\.)+")
_FEWEST_CAPITALS = 12


def shown_title(title: str) -> str:
    """Return a title as it is shown: one all in capitals in title case, any other as it is.

    Roman numbers and letters before figures stay. Never for citations: what an acronym is cannot be known.
    """
    letters = [character for character in title if character.isalpha()]
    if len(letters) < _FEWEST_CAPITALS or not all(character.isupper() for character in letters):
        return title
    words = title.split(" ")
    return " ".join(_title_word(word, first=number == 0) for number, word in enumerate(words))


def _title_word(word: str, *, first: bool) -> str:
    if _LETTERS.fullmatch(word.strip(",;:.()")) and word.strip(",;:.()") not in {"I", "D", "C", "M", "L"}:
        return word
    small = word.lower()
    if small in _SMALL and not first:
        return small
    return re.sub(r"[^\W\d_]+", lambda part: part[0][:1].upper() + part[0][1:].lower(), word)
