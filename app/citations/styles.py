"""Citations: the line under an excerpt, APA, Chicago, BibTeX, RIS and CSL-JSON.

Two numberings exist, the printed page number ("p. 7") and the page's place in the file ("PDF page 9", and
"page 9 of the file" where a text file has kept its pages). Every range here is of one of them and says which.
A printed number is never made up: without one the page of the file stands alone, and an inferred one says so.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.citations.person_names import in_place_of_authors, parts, single_names
from app.citations.tex import joined_names, plain_line, stopped, tex, tex_address, tex_names
from ingest.library.records import Document
from ingest.passage import Passage
from ingest.passages.locators import Locator

PDF = "pdf"  # the format whose pages are called PDF pages
NO_DATE = "n.d."
NO_PUBLISHER = "[publisher unknown]"
# A passage begins with at most so many lines of headings.
_OPENING_LINES = 4

# What a catalogue may call a kind of document -> (BibTeX, RIS, CSL) entry types. Words not listed here,
# and no word, are reports when a publisher is known: this literature is mostly that.
_TYPES = {
    "article": ("article", "JOUR", "article-journal"),
    "journal article": ("article", "JOUR", "article-journal"),
    "book": ("book", "BOOK", "book"),
    "chapter": ("incollection", "CHAP", "chapter"),
    "thesis": ("phdthesis", "THES", "thesis"),
    "law": ("misc", "STAT", "legislation"),
    "decree": ("misc", "STAT", "legislation"),
    "legislation": ("misc", "STAT", "legislation"),
    "regulation": ("misc", "STAT", "legislation"),
    "web page": ("misc", "ELEC", "webpage"),
    "dataset": ("misc", "DATA", "dataset"),
    "news": ("misc", "NEWS", "article-newspaper"),
}
_REPORT = ("techreport", "RPRT", "report")
_OTHER = ("misc", "GEN", "document")

# The BibTeX field that holds the publisher, by entry type.
_PUBLISHER_FIELD = {"techreport": "institution", "phdthesis": "school", "article": "journal"}


def where(passage: Passage, title: str | None = None, form: str = PDF) -> str:
    """Return the place of a passage: "p. 7 (PDF page 9)", "p. 9" when both agree, "PDF page 9", a locator.

    A citation has given the document's `title` already: a locator's section goes without it. `form` is its format.
    """
    if passage.locator is not None or not passage.pages:
        return str(own_locator(passage, title))
    unit, end = ("PDF page", "") if form == PDF else ("page", " of the file")
    physical = _range(unit, f"{unit}s", [str(number) for number in passage.pages]) + end
    if not passage.labels:
        return physical
    printed = _range("p.", "pp.", passage.labels)
    if passage.label_source == "inferred":
        return f"{printed} (inferred; {physical})"
    if list(passage.labels) == [str(number) for number in passage.pages]:
        return printed
    return f"{printed} ({physical})"


def own_headings(passage: Passage, title: str | None) -> list[str]:
    """Return the headings above a passage, outermost first, without one that is the document's own title."""
    return _without_title(passage.section, title)


def headings_above(passage: Passage, title: str | None) -> list[str]:
    """Return the `own_headings` that the passage does not itself begin with: its first lines show those."""
    opening = {_bare(line) for line in passage.text.splitlines()[:_OPENING_LINES]}
    return [heading for heading in own_headings(passage, title) if _bare(heading) not in opening]


def _without_title(headings: Sequence[str], title: str | None) -> list[str]:
    own = _bare(title or "")
    return [heading for heading in headings if _bare(heading) != own]


def own_locator(passage: Passage, title: str | None) -> Locator:
    """Return the locator of a passage, without the document's own title; an empty one where it has none."""
    locator = Locator.parse(passage.locator or "", passage.section)
    if locator.within == "sheet":
        return locator
    return replace(locator, headings=tuple(_without_title(locator.headings, title)))


def _bare(heading: str) -> str:
    """Return a heading without the call of a note at its end, which a title has lost."""
    return heading.rstrip("0123456789* ").casefold()


@dataclass(frozen=True, slots=True)
class Wording:
    """What a citation says in a language of its own: English, unless others are given.

    `last_name`, `last_apa` and `last_chicago` join the last of two names, of several in APA style, and of three
    or more in Chicago style. `place` says where in a document a passage stands; "" leaves the place out.
    """

    no_date: str = NO_DATE
    no_publisher: str = NO_PUBLISHER
    last_name: str = " and "
    last_apa: str = ", & "
    last_chicago: str = ", and "
    place: Callable[[Document, Passage], str] = lambda document, passage: where(
        passage, document.metadata.title, document.format
    )


ENGLISH = Wording()


def citation(document: Document, passage: Passage | None = None, words: Wording = ENGLISH) -> str:
    """Return the line under an excerpt, "UNDP (2022). Title, pp. 7–8 (PDF pages 9–10).", as text.

    Who wrote it, as in a reference, or else who published it, or else that the publisher is unknown; the year or
    "n.d."; the title (always there: the file name at worst); the place of the passage, if one is given.
    """
    place = _place(document, passage, words)
    line = f"{_who(document, words)} ({_year(document, words)}). {_title(document)}"
    return f"{line}, {place}." if place else f"{line}."


def apa(document: Document, passage: Passage | None = None, words: Wording = ENGLISH) -> str:
    """Return a reference in APA style (7th edition, reports), with the place in front of the URL.

    Names are given as the catalogue has them: which part of a name is the surname is not guessed.
    """
    meta, publisher = document.metadata, _publisher(document)
    names = joined_names(single_names(meta.authors), words.last_apa) or publisher or words.no_publisher
    year = _year(document, words)
    parts = [f"{names} ({year})." if names.endswith(".") else f"{names}. ({year})."]
    place = _bracketed(_place(document, passage, words))
    parts.append(stopped(_title(document) + (f" ({place})" if place else "")))
    if meta.authors and publisher:
        parts.append(stopped(publisher))
    if meta.url:
        parts.append(plain_line(meta.url))
    return " ".join(parts)


def chicago(document: Document, passage: Passage | None = None, words: Wording = ENGLISH) -> str:
    """Return a note in Chicago style: "UNDP, Title (2022), 7–8 (PDF pages 9–10), https://…"."""
    meta, publisher = document.metadata, _publisher(document)
    people = single_names(meta.authors)
    names = joined_names(people, words.last_chicago if len(people) > 2 else words.last_name)
    year = _year(document, words)
    imprint = f"({publisher}, {year})" if names and publisher else f"({year})"
    place = re.sub(r"^pp?\. ", "", _place(document, passage, words))
    head = f"{names or publisher or words.no_publisher}, {_title(document)} {imprint}"
    return ", ".join(part for part in (head, place, plain_line(meta.url or "")) if part) + "."


def bibtex(document: Document, passage: Passage | None = None, words: Wording = ENGLISH) -> str:
    """Return a BibTeX entry (UTF-8); a passage adds `pages` (printed numbers only) and a `note`."""
    meta = document.metadata
    kind = _types(document)[0]
    own = _PUBLISHER_FIELD.get(kind, "publisher")
    container = {"article": "journal", "incollection": "booktitle"}.get(kind, "series")
    fields: dict[str, str] = {
        "author": tex_names(single_names(meta.authors) or in_place_of_authors(meta)),
        "editor": tex_names(meta.editors),
        "title": tex(_title(document)),
        "year": str(meta.year or ""),
        "date": meta.date or "",
        own: tex(meta.publisher or ""),
        # An article is of the journal that is its publisher, unless another one is known.
        **({container: tex(meta.container)} if meta.container else {}),
        "publisher": tex(meta.publisher or "") if own in {"publisher", container} else "",
        "type": tex(meta.type or ""),
        "language": meta.language or "",
        "doi": tex_address(meta.doi),
        "isbn": meta.isbn or "",
        "keywords": tex(keyword_line(meta.tags)),
        "url": tex_address(meta.url),
        "pages": tex(printed_pages(passage, "--")),
        "note": tex(_place(document, passage, words)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key(document)},", *lines, "}"]) + "\n"


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a record says of its passage beside the place: its words, a person's note."""

    text: str
    note: str = ""


def ris(
    document: Document,
    passage: Passage | None = None,
    words: Wording = ENGLISH,
    quoted: Quoted | None = None,
) -> str:
    """Return a RIS record; a passage adds SP and EP (printed numbers only) and a note with its place.

    What is `quoted` stands in N2, the note in a second N1; C1 to C3 name document, passage and pages of the file.
    """
    meta = document.metadata
    names = single_names(meta.authors) or in_place_of_authors(meta)
    first, _, last = printed_pages(passage, "\n").partition("\n")
    fields: list[tuple[str, str]] = [
        ("TY", _types(document)[1]),
        ("ID", key(document)),
        *(("AU", name) for name in names),
        *(("ED", name) for name in meta.editors),
        ("TI", _title(document)),
        ("T2", meta.container or ""),
        ("PY", str(meta.year or "")),
        ("DA", (meta.date or "").replace("-", "/")),
        ("PB", meta.publisher or ""),
        ("M3", meta.type or ""),
        ("LA", meta.language or ""),
        ("DO", meta.doi or ""),
        ("SN", meta.isbn or ""),
        *(("KW", tag) for tag in meta.tags),
        ("UR", meta.url or ""),
        ("SP", first),
        ("EP", last),
        ("N1", _place(document, passage, words)),
        *(_quotation(document, passage, quoted) if passage and quoted else ()),
    ]
    lines = [f"{tag}  - {plain_line(value)}" for tag, value in fields if value]
    return "\n".join([*lines, "ER  - "]) + "\n"


def _quotation(document: Document, passage: Passage, quoted: Quoted) -> list[tuple[str, str]]:
    pages = "-".join(str(page) for page in passage.pages)
    return [
        ("N2", quoted.text),
        ("N1", quoted.note),
        ("C1", document.id),
        ("C2", passage.id),
        ("C3", pages),
    ]


def csl_json(
    document: Document,
    passage: Passage | None = None,
    words: Wording = ENGLISH,
    quoted: Quoted | None = None,
) -> dict[str, Any]:
    """Return a CSL-JSON item; a passage adds `locator` (printed numbers only) and a `note`.

    What is `quoted` is its `abstract`, the person's note its `annote`; `custom` names document, passage and pages.
    """
    meta = document.metadata
    names = [_csl_name(name) for name in single_names(meta.authors)]
    names = names or [{"literal": plain_line(name)} for name in in_place_of_authors(meta)]
    issued = [int(part) for part in (meta.date or str(meta.year or "")).split("-") if part]
    item: dict[str, Any] = {
        "id": key(document),
        "type": _types(document)[2],
        "title": _title(document),
        "author": names,
        "editor": [_csl_name(name) for name in meta.editors],
        "container-title": plain_line(meta.container or ""),
        "publisher": plain_line(meta.publisher or ""),
        "genre": plain_line(meta.type or ""),
        "issued": {"date-parts": [issued]} if issued else None,
        "language": meta.language,
        "DOI": meta.doi,
        "ISBN": meta.isbn,
        "keyword": plain_line(keyword_line(meta.tags)),
        "URL": meta.url,
        "locator": printed_pages(passage, "–"),
        "note": _place(document, passage, words),
    }
    if passage is not None and quoted is not None:
        item |= {"abstract": quoted.text, "annote": quoted.note}
        item["custom"] = {"document": document.id, "passage": passage.id, "pages": list(passage.pages)}
    return {name: value for name, value in item.items() if value}


def csl_text(documents: Sequence[Document]) -> str:
    """Return the CSL-JSON file of several documents."""
    return json.dumps([csl_json(document) for document in documents], ensure_ascii=False, indent=2) + "\n"


def keyword_line(tags: Sequence[str]) -> str:
    """Return tags as one field that can be taken apart again, whatever commas they hold."""
    return "; ".join(tags) + (";" if len(tags) == 1 and "," in tags[0] else "")


def printed_pages(passage: Passage | None, dash: str) -> str:
    """Return the printed page numbers "7" or "7–8", "" where none are known or they are only inferred."""
    if passage is None or not passage.labels or passage.label_source == "inferred":
        return ""
    first, last = passage.labels[0], passage.labels[-1]
    return first if first == last else f"{first}{dash}{last}"


def key(document: Document) -> str:
    """Return a citation key of ASCII letters and digits, the same on every machine: "undp2022a1b2c3d4"."""
    meta = document.metadata
    known = meta.publisher or (*meta.authors, *meta.editors, "anon")[0].partition(",")[0]
    letters = re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", known).casefold())[:12] or "anon"
    return f"{letters}{meta.year or 'nd'}{document.id[:8]}"


def _place(document: Document, passage: Passage | None, words: Wording) -> str:
    return plain_line(words.place(document, passage)) if passage else ""


def _bracketed(place: str) -> str:
    """Return a place for use inside parentheses."""
    return place.replace("(", "[").replace(")", "]")


def _range(one: str, many: str, numbers: Sequence[str]) -> str:
    first, last = plain_line(numbers[0]), plain_line(numbers[-1])
    return f"{one} {first}" if first == last else f"{many} {first}–{last}"


def _types(document: Document) -> tuple[str, str, str]:
    word = (document.metadata.type or "").casefold().replace("-", " ").replace("_", " ").strip()
    return _TYPES.get(word) or (_REPORT if document.metadata.publisher else _OTHER)


def _csl_name(name: str) -> dict[str, str]:
    known = parts(plain_line(name))
    return {"family": known[0], "given": known[1]} if known else {"literal": plain_line(name)}


def _who(document: Document, words: Wording) -> str:
    authors = single_names(document.metadata.authors)
    return joined_names(authors, words.last_name) or _publisher(document) or words.no_publisher


def _publisher(document: Document) -> str:
    return plain_line(document.metadata.publisher or "")


def _year(document: Document, words: Wording) -> str:
    return str(document.metadata.year or words.no_date)


def _title(document: Document) -> str:
    return plain_line(document.metadata.title or "").rstrip(".") or document.file
