"""The title a first page shows: its largest type that is neither letterhead, symbol, date nor section heading."""

import re
from collections.abc import Iterator, Sequence

from ingest.layout.line import Layout, LayoutLine, PageLines
from ingest.layout.line_ends import ends_sentence
from ingest.layout.line_kinds import is_letterhead, is_organisation
from ingest.metadata.titles import FEWEST_WORDS, LONGEST_TITLE, title_of_text, usable_title
from ingest.readers.formats import format_named
from ingest.readers.source import Source
from ingest.structure.blocks import Block

# Title type is larger than the body by more than this (points).
LARGER = 1.0
# Lines of one title: type of at least this share of the other's size, at most this part of it apart.
ALIKE = 0.8
APART = 0.7
# Printed lines of the longest title.
MOST_LINES = 7
# A text of more words with a full stop inside is no title.
MANY_WORDS = 20
# A first page of fewer words is a cover; where it shows no title, the next page is the title page.
COVER_WORDS = 60
# Characters of a first line of plain text that may be its title.
TITLE = (15, 160)
# Printed lines at the top of a page among which a heading in body type may be the title.
TOP_LINES = 8

_MONTHS = frozenset(
    """
    jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic fev mai set out dez jui aoû déc fév avr
    """.split()  # noqa: SIM905
)
# "Lima, Peru", "Silva, Ana": a place or a name stands large on first pages too.
_PLACE = re.compile(
    r"^(?:[A-ZÀ-Þ][\w’'-]+ ){0,2}[A-ZÀ-Þ][a-zà-ÿ][\w’'-]*, [A-ZÀ-Þ][a-zà-ÿ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]+)?$"
)
# "Working Papers No. 12", "Serie Documentos de Trabajo N.º 3": the series of a paper, not its title.
_SERIES = re.compile(
    r"^(?:series?|colección|coleção|collection|documentos? de trabajo|textos? para discuss\w+|documents? de travail|"
    r"(?:working|policy|discussion|occasional|research) papers?)\b.{0,60}\d$",
    re.IGNORECASE,
)
_INNER_STOP = re.compile(r"[a-zà-ÿ]{3}[.!?]\s+[A-ZÀ-Þ]")
# "EL 28 DE JULIO DE 20111", "2010 1": a year with the call of a note.
_YEAR_AND_CALL = re.compile(r"\b((?:19|20)\d\d) ?\d$")


def guess_title(
    source: Source, pages: Sequence[PageLines], blocks: Sequence[Block], layout: Layout
) -> str | None:
    """Return the title that a document shows, or None: no title is better than a wrong one.

    Plain text, whose headings are guesses, gives its first line if that looks like one. The first heading of a
    workbook is the name of a sheet.
    """
    kind = format_named(source.format)
    if kind is not None and kind.unit == "row":
        return None
    first = title_of_text(source.pages[0].text) if source.format == "txt" and source.pages else None
    return first or _of_first_pages(pages, blocks, layout)


def _of_first_pages(pages: Sequence[PageLines], blocks: Sequence[Block], layout: Layout) -> str | None:
    """Return the title that the first pages show, or None.

    Runs in the largest type come first, equal ones in reading order; a title that is also a running head
    counts. Names of organisations alone, symbols, dates and section headings are passed over. Text without
    type sizes gives its first line, if that stands alone and is no sentence, or its first heading.
    """
    early = [page for page in pages if page.lines][:2]
    if not early:
        return None
    for page in early:
        runs = sorted(_large_runs(page, layout), key=lambda run: -max(line.size or 0.0 for line in run))
        found = next((title for run in runs if (title := _title(run)) is not None), None)
        if found is not None:
            return found
        if sum(len(line.text.split()) for line in page.lines) > COVER_WORDS:
            break
    return _opening(early[0]) or _first_heading(early[0], blocks)


def _first_heading(page: PageLines, blocks: Sequence[Block]) -> str | None:
    """Return the first heading of the document if it stands at the top of its first page."""
    heading = next((block.section[0] for block in blocks if block.section), None)
    top = " ".join(line.text for line in page.lines[:TOP_LINES])
    if heading is None or heading not in top or not acceptable(heading):
        return None
    return _cleaned(heading) if sum(word.isalpha() for word in heading.split()) >= FEWEST_WORDS else None


def acceptable(text: str) -> bool:
    """Return whether a text may be the title of a document."""
    named = is_organisation(text) or _PLACE.match(text) or _SERIES.match(text)
    return usable_title(text) is not None and not named


def _large_runs(page: PageLines, layout: Layout) -> Iterator[list[LayoutLine]]:
    """Yield the lines in large type that belong together, in reading order."""
    run: list[LayoutLine] = []
    for line in page.lines:
        large = line.box is not None and (line.size or 0.0) > layout.body_size + LARGER
        if not large or is_letterhead(line.text) or is_date(line.text):
            if run:
                yield run
            run = []
        elif run and _together(run[-1], line):
            run.append(line)
        else:
            if run:
                yield run
            run = [line]
    if run:
        yield run


def _together(above: LayoutLine, line: LayoutLine) -> bool:
    one, other = above.size or 1.0, line.size or 1.0
    if line.bottom > above.top:
        near = line.left > above.right
    else:
        near = line.same_line or above.bottom - line.top <= APART * max(one, other)
    return near and min(one, other) >= ALIKE * max(one, other)


def _title(run: Sequence[LayoutLine]) -> str | None:
    if len(run) > MOST_LINES:
        return None
    text = _cleaned(" ".join(line.text for line in run))
    if len(text.split()) > MANY_WORDS and _INNER_STOP.search(text):
        return None
    return text if len(text) <= LONGEST_TITLE and acceptable(text) else None


def _cleaned(text: str) -> str:
    """Return a title without the call of a note at its end."""
    return _YEAR_AND_CALL.sub(r"\1", text).rstrip("* ")


def is_date(text: str) -> bool:
    """Return whether a line is only a date: a day, a month's name, a year, in any order and language of ours."""
    words = re.findall(r"[^\W_]+", text.lower())
    named = [
        word
        for word in words
        if not word.isdigit() and word not in ("de", "of", "le", "er", "1er", "th", "st")
    ]
    return any(word.isdigit() for word in words) and len(named) == 1 and named[0][:3] in _MONTHS


def _opening(page: PageLines) -> str | None:
    """Return the first line of plain text if it stands alone and is no sentence."""
    line = page.lines[0]
    if line.size is not None or line.role is not None or not TITLE[0] <= len(line.text) <= TITLE[1]:
        return None
    alone = len(page.lines) == 1 or page.lines[1].blank_above > 0
    return line.text if alone and not ends_sentence(line.text) and acceptable(line.text) else None
