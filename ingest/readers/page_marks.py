"""Lines of a text that mark its pages: "Page 2 of 6", "--- Page 3 ---", "[page 4]", "– 5 –"."""

import re
from dataclasses import dataclass
from itertools import pairwise

# Two marks that count up by one are no chance where each is a line of its own and says "page".
MIN_MARKS = 2
# Characters of a line that marks a page, fences of dashes and all.
LONGEST = 120
# "p. 7", the commonest short form, is also what a list of references says.
_WORDS = r"(?:page|pages|página|paginas?|páginas|pág\.?|pag\.?|pg\.?|p\.|seite|folio|fl\.)"
_OF = r"(?:\s*(?:of|de|di|von|sur|out\s+of|/|-)\s*(?P<all>\d{1,5}))?"
_MARK = re.compile(
    rf"(?P<fence>[\s\[\](){{}}<>|=*_~#\u2010-\u2015-]*){_WORDS}\s*(?:n[.º°o]*\s*)?(?P<number>\d{{1,5}}){_OF}"
    r"[\s\[\](){}<>|=*_~#.\u2010-\u2015-]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageMark:
    """A line that names a page: its `row`, the `number`, how many there are in all if it says so.

    `fenced` ones ("--- Page 3 ---") stand where a page begins, as programs write them.
    """

    row: int
    number: int
    total: int | None
    fenced: bool


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """Rows `[first, end)` of a text that are one page, the row of its mark (None: it has none) and its number."""

    first: int
    end: int
    mark: int | None
    number: int


def page_marks(rows: list[str]) -> tuple[PageMark, ...]:
    """Return the lines that mark pages, () unless there are two at least and each counts one more than the last."""
    marks = _found(rows)
    counts = all(after.number == before.number + 1 for before, after in pairwise(marks))
    one_total = len({mark.total for mark in marks}) == 1
    return tuple(marks) if len(marks) >= MIN_MARKS and counts and one_total else ()


def _found(rows: list[str]) -> list[PageMark]:
    found = []
    for row, text in enumerate(rows):
        match = _MARK.fullmatch(text) if len(text) <= LONGEST else None
        if match is not None:
            total = int(match["all"]) if match["all"] else None
            found.append(PageMark(row, int(match["number"]), total, bool(match["fence"].strip())))
    return found


def mark_rows(rows: list[str]) -> dict[int, PageMark]:
    """Return row -> mark for all lines that are no text: those that count, and any that is fenced or says the total."""
    counting = page_marks(rows)
    return {mark.row: mark for mark in _found(rows) if mark in counting or mark.fenced or mark.total}


def marked_pages(rows: list[str], marks: tuple[PageMark, ...]) -> tuple[MarkedPage, ...]:
    """Return the pages of a text with marks; () where they stand so that a page could be either side of its mark."""
    ends = _mark_ends(rows, marks) if marks else None
    if ends is None:
        return ()
    edges = [mark.row + 1 if ends else mark.row for mark in marks]
    if ends:
        if _has_text(rows, edges[-1], len(rows)):
            last: tuple[MarkedPage, ...] = (MarkedPage(edges[-1], len(rows), None, marks[-1].number + 1),)
        else:
            last, edges[-1] = (), len(rows)
        pages = zip([0, *edges], edges, marks, strict=False)
        return (*(MarkedPage(first, end, mark.row, mark.number) for first, end, mark in pages), *last)
    headed = [
        MarkedPage(first, end, mark.row, mark.number)
        for first, end, mark in zip(edges, [*edges[1:], len(rows)], marks, strict=True)
    ]
    if _has_text(rows, 0, edges[0]):
        return (MarkedPage(0, edges[0], None, marks[0].number - 1), *headed)
    return (MarkedPage(0, headed[0].end, headed[0].mark, headed[0].number), *headed[1:])


def _mark_ends(rows: list[str], marks: tuple[PageMark, ...]) -> bool | None:
    """Return whether marks stand at the ends of their pages, None where that is not sure."""
    before = _has_text(rows, 0, marks[0].row)
    after = _has_text(rows, marks[-1].row + 1, len(rows))
    if before != after:
        return before
    first, last = marks[0].number, marks[-1]
    if first == 2 and after:
        return False  # the first page needs no mark between it and another
    if before and last.total is not None and last.number == last.total - 1 and first == 1:
        return True  # the last foot is missing
    return False if before and first == 1 and all(mark.fenced for mark in marks) else None


def _has_text(rows: list[str], first: int, end: int) -> bool:
    return any(row.strip() for row in rows[first:end])
