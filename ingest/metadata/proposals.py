"""Metadata that a document seems to show of itself, offered to a person and never used before being accepted.

Each proposal says where it was read and the words that say so. Nothing here changes `Metadata`: what a person accepts
is stored as typed (`Library.set_override`) or written to the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.layout.line_kinds import is_organisation
from ingest.metadata import printed_dates, un_symbols
from ingest.metadata.countries import countries_in, country_code
from ingest.metadata.metadata import Metadata, plausible_year
from ingest.text.safe import printable

FIRST_PAGES = 3
"""Pages that are looked at: cover, its back and the title page."""
# Printed lines of the first page that make its head: masthead, title, imprint.
_HEAD_LINES = 30
_TOP_LINES = 6
_FOOT_LINES = 6
_LETTERHEAD_LINES = 4

_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;:)\]])", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)[\s©]*(.{0,80})", re.IGNORECASE)
_HOLDER_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ISBN = re.compile(r"\bISBN(?:-1[03])?[\s:]*((?:97[89][- ]?)?(?:\d[- ]?){9}[\dX])(?!\d)", re.IGNORECASE)
_PRINTED_ADDRESS = re.compile(r"(https?://\S+)\s+1\s?/\s?\d+$")
_LAW = re.compile(
    r"\b(?:ley|lei|decreto(?:[ -]ley| legislativo| supremo)?|loi|law)(?:\s+org[aá]nica)?"
    r"(?:\s+(?:n[.°ºo]*|no\.?))?\s+\d[\d.]*\s+(?:de|of|/)\s*((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_KINDS = (
    ("press release", re.compile(r"\b(?:press release|comunicado de prensa|nota de prensa)\b", re.I)),
    ("policy brief", re.compile(r"\bpolicy ?brief\b", re.I)),
    ("working paper", re.compile(r"\b(?:working paper|documento de trabajo|texto para discussão)\b", re.I)),
    ("report", re.compile(r"\b(?:report|informe|relat[oó]rio|rapport)\b", re.I)),
    (
        "article",
        re.compile(
            r"\b(?:(?:original|research|journal|review) article"
            r"|(?:research output: ?)?contribution to journal(?: ?[›>»]? ?article)?"
            r"|art[ií]culo (?:original|de revisi[oó]n)|artigo (?:original|de revis[aã]o))",
            re.I,
        ),
    ),
)
# How a report speaks of itself, not of another one.
_OWN_REPORT = re.compile(
    r"\b(?:the present report|el presente informe|o presente relat[oó]rio|le pr[eé]sent rapport)\b", re.I
)
# Press texts of these are news, which they sell, and no releases of their own.
_NEWS_AGENCIES = frozenset({"AFP", "ANSA", "AP", "DPA", "EFE", "IPS", "REUTERS", "TASS", "XINHUA"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proposals are read from: the raw texts of the first pages, what the file says of itself, its metadata."""

    pages: Sequence[str]
    info: Mapping[str, str] = field(default_factory=dict)
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A value for a field of `Metadata`, as `Metadata` holds it.

    `source` is one of "first page", "copyright line", "imprint", "document symbol", "DOI", "printed address",
    "dateline", "title" and "pdf info"; `words` are those it was read from, one line, fit to be shown.
    """

    field: str
    value: Any
    source: str
    words: str


def propose(evidence: Evidence) -> list[Proposal]:
    """Return at most one proposal a field, in the order of `Metadata`'s fields, only for fields that are unknown.

    Where two sources of a field disagree the earlier one of the lists below is believed; where one source names two
    values it proposes none. Dates that only the PDF has are not proposed: 7 of 41 policy papers bear one years off.
    """
    finders = {
        "publisher": _publishers,
        "year": _years,
        "type": _types,
        "countries": _countries,
        "url": _addresses,
        "isbn": _isbns,
    }
    found = []
    for name, finder in finders.items():
        if not getattr(evidence.metadata, name):
            first = next(finder(evidence), None)
            if first is not None:
                value, source, words = first
                shown = " ".join(printable(words).split())[:160]
                found.append(Proposal(field=name, value=value, source=source, words=shown))
    return found


_Found = Iterator[tuple[Any, str, str]]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _head(evidence: Evidence) -> list[str]:
    return _lines(evidence.pages[0])[:_HEAD_LINES] if evidence.pages else []


def _publishers(evidence: Evidence) -> _Found:
    head = _head(evidence)
    symbol = un_symbols.masthead(head)
    if symbol is not None:
        yield symbol.publisher, "document symbol", symbol.text
    for holder, words in _holders(evidence):
        if is_organisation(holder):
            yield holder, "copyright line", words
    dateline = printed_dates.dateline(head)
    if dateline is not None and dateline.agency:
        yield dateline.agency, "dateline", dateline.words
    author = " ".join(evidence.info.get("author", "").split())
    for line in head[:_LETTERHEAD_LINES]:
        if _names_a_body(line):
            name = author if author.casefold() == line.casefold() else _evened(line)
            yield name, "first page", line
    # Whoever made the file is often named as its author; one that the first pages name as well is no such firm.
    first = " ".join(" ".join(evidence.pages[:FIRST_PAGES]).casefold().split())
    if is_organisation(author) and author.casefold() in first:
        yield author, "pdf info", author


def _names_a_body(line: str) -> bool:
    return len(line.split()) > 1 and not any(map(str.isdigit, line)) and is_organisation(line)


def _evened(name: str) -> str:
    """Return a name in title case where capitals stand in the middle of its words, or everywhere."""
    odd = name.isupper() or re.search(r"[^\W\d_][a-zà-ÿ][A-ZÀ-Þ]", name)
    if not odd:
        return name
    small = {"of", "the", "and", "for", "de", "del", "la", "las", "los", "y", "e", "da", "do", "dos", "das"}
    words = [word.casefold() for word in name.split()]
    return " ".join(word if n and word in small else word.capitalize() for n, word in enumerate(words))


def _holders(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield who the copyright lines of the first pages name, and the line."""
    for page in evidence.pages[:FIRST_PAGES]:
        for line in _lines(page):
            match = _COPYRIGHT.search(line)
            if match is not None:
                holder = _HOLDER_YEAR.sub("", match[1]).partition(".")[0].strip(" ,-–—©")
                yield holder, line


def _years(evidence: Evidence) -> _Found:
    head = _head(evidence)
    masthead = un_symbols.masthead(head)
    if masthead is not None and (dated := printed_dates.distributed(head)):
        yield dated.year, "first page", dated.words
    law = _law(evidence)
    if law is not None:
        yield int(law[1]), "title", law[0]
    dateline = printed_dates.dateline(head)
    if dateline is not None:
        yield dateline.year, "dateline", dateline.words
    for _, line in _holders(evidence):
        years = {int(year) for year in _HOLDER_YEAR.findall(line)}
        if len(years) == 1 and plausible_year(year := years.pop()):
            yield year, "copyright line", line
    titled = printed_dates.at_end(evidence.metadata.title or "")
    if titled is not None:
        yield titled.year, "title", titled.words
    imprint = printed_dates.imprint([line for page in evidence.pages[:FIRST_PAGES] for line in _lines(page)])
    if imprint is not None:
        yield imprint.year, "imprint", imprint.words
    if masthead is not None and masthead.year is not None:
        yield masthead.year, "document symbol", masthead.text
    foot = _lines(evidence.pages[0])[-_FOOT_LINES:] if evidence.pages else []
    for lines in (head[:_TOP_LINES], [*head, *foot]):
        dates = printed_dates.alone(lines)
        if len({date.year for date in dates}) == 1:
            yield dates[0].year, "first page", dates[0].words


def _law(evidence: Evidence) -> re.Match[str] | None:
    """Return the name of the law that a document is, "LEY 160 DE 1994", where its title begins with it."""
    match = _LAW.match((evidence.metadata.title or "").strip())
    return match if match is not None and plausible_year(int(match[1])) else None


def _isbns(evidence: Evidence) -> _Found:
    """Yield the one ISBN that the first pages print; of those of two editions neither is known to be it."""
    printed = [
        (re.sub(r"[ -]", "", match[1]).upper(), line)
        for page in evidence.pages[:FIRST_PAGES]
        for line in _lines(page)
        for match in _ISBN.finditer(line)
    ]
    sound = {number: line for number, line in printed if _checks_out(number)}
    if len(sound) == 1:
        number, line = sound.popitem()
        yield number, "imprint", line


def _checks_out(number: str) -> bool:
    """Return whether the last digit of an ISBN is what the others make it (ISO 2108)."""
    digits = [10 if character == "X" else int(character) for character in number]
    if len(digits) == 10:
        return sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
    return (
        "X" not in number and sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10 == 0
    )


def _types(evidence: Evidence) -> _Found:
    law = _law(evidence)
    if law is not None:
        yield "law", "title", law[0]
    title = evidence.metadata.title or ""
    for kind, pattern in _KINDS:
        if pattern.search(title):
            yield kind, "title", title
    for line in _head(evidence):
        for kind, pattern in _KINDS:
            found = pattern.search(line)
            # A line that says little else names the paper; within a sentence the word may mean another one.
            if found is not None and len(line) - len(found[0]) <= max(20, len(found[0])):
                yield kind, "first page", line
    dateline = printed_dates.dateline(_head(evidence))
    if dateline is not None and dateline.agency and dateline.agency.upper() not in _NEWS_AGENCIES:
        yield "press release", "dateline", dateline.words
    for page in evidence.pages[:FIRST_PAGES]:
        own = _OWN_REPORT.search(" ".join(page.split()))
        if own is not None:
            yield "report", "first page", own[0]


def _countries(evidence: Evidence) -> _Found:
    title, publisher = evidence.metadata.title or "", evidence.metadata.publisher or ""
    for text, source in ((title, "title"), (publisher, "title")):
        named = countries_in(text)
        if len(named) == 1:
            yield tuple(named), source, text
    for line in _head(evidence)[:_LETTERHEAD_LINES]:
        if len(line) > 3 and (code := country_code(line)) is not None:
            yield (code,), "first page", line
        if _names_a_body(line) and len(named := countries_in(line.title() if line.isupper() else line)) == 1:
            yield tuple(named), "first page", line
    if _law(evidence) is not None:
        for line in _head(evidence):
            if re.match(r"(?:el |the |o )?(?:congres|presiden|parlament)", line, re.I):
                named = countries_in(line)
                if len(named) == 1:
                    yield tuple(named), "first page", line


def _addresses(evidence: Evidence) -> _Found:
    found = {match[1].lower(): match for match in _DOI.finditer("\n".join(evidence.pages[:2]))}
    if len(found) == 1:
        doi = next(iter(found.values()))
        yield f"https://doi.org/{doi[1]}", "DOI", doi[0]
    symbol = un_symbols.masthead(_head(evidence))
    if symbol is not None and symbol.address:
        yield symbol.address, "document symbol", symbol.text
    for line in _lines(evidence.pages[0]) if evidence.pages else ():
        match = _PRINTED_ADDRESS.search(line)
        if match is not None:
            yield match[1], "printed address", line
