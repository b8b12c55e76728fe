"""What stands around a line that looks like a heading, and tells that it is none: a list, a signature."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.layout.line import Layout
from ingest.layout.line_ends import continues
from ingest.layout.line_kinds import is_source_note
from ingest.layout.page_breaks import OTHER_SIZE
from ingest.structure.paragraphs import Paragraph

# So many short lines in one type, one below the other and with no text between, are a list: names of bodies, terms,
# places. Headings stand two deep at most in one type.
ALIKE = 3
ALIKE_WORDS = 14
# A label over entries ("Stakeholder(s):"): words at most, and how often the document sets it. What follows is its list
# until type larger by so many points, or a number, opens another part.
LABEL_WORDS = 4
LABEL_COUNT = 3
ABOVE_LABEL = 1.5
_FIELD = re.compile(r"^([^\W\d_][^:\d]{2,40})\s?:\s+\S")
_NUMBERED = re.compile(r"\d\.\d")
# The number of a heading, letters of a spaced word at most, a figure on the axis of a chart.
_NUMBER = re.compile(r"^\(?(?:[^\W\d_]{1,12}\s)?[\divxlcIVXLC]+(?:\.\d+)*[.):°º]*$|^\(?[A-Za-z][.)]$|^\W+$")
SPACED = 2
# Lines of one cell begin at the same place, give or take this (points).
SAME_EDGE = 6.0
_TICK = re.compile(r"^[-–−]?\d[\d.,]*%?(?:\s[-–−]?\d[\d.,]*%?)*$")
# A signature begins behind this share of the text above it.
RIGHT_HALF = 0.5
# Who holds an office, in a decree or under it.
_HOLDER = re.compile(
    r"^(?:EL|LA|O|A|LE)\s(?:VICE)?(?:MINISTR|PRESIDENT|SECRETARI|SECRÉTAIRE|DIRECTOR|GOBERNADOR|GOVERNADOR|ALCALDE)"
)
# Words of a name under a decree.
SIGNED_WORDS = 3
# … and of one over an office that says who holds it ("EL MINISTRO DE AGRICULTURA"), with both surnames.
FULL_NAME_WORDS = 5


def lists_of_alike(paragraphs: Sequence[Paragraph]) -> frozenset[int]:
    """Return the first lines of paragraphs that stand in lists of lines alike, and head nothing.

    The last one of such a run may head the text or the table that follows it. The first page is left alone: the
    lines of a title may be set alike.
    """
    found: set[int] = set()
    for run in _runs(paragraphs):
        members = [paragraphs[at] for at in run]
        if len(members) < ALIKE or members[0].first.page == 1:
            continue
        last = run[-1]
        below = paragraphs[last + 1] if last + 1 < len(paragraphs) else None
        listed = members if not _heads(members[-1], below) else members[:-1]
        found.update(paragraph.first.index for paragraph in listed)
    return frozenset(found)


def _runs(paragraphs: Sequence[Paragraph]) -> Iterator[list[int]]:
    """Yield runs of short paragraphs in one type, on one page, with nothing between."""
    run: list[int] = []
    for at, paragraph in enumerate(paragraphs):
        if run and _alike(paragraphs[run[-1]], paragraph):
            run.append(at)
            continue
        if run:
            yield run
        run = [at] if _short(paragraph) else []
    if run:
        yield run


def _short(paragraph: Paragraph) -> bool:
    boxed = paragraph.first.box is not None and paragraph.first.role is None
    return boxed and not paragraph.prose and not paragraph.ends and len(paragraph.text.split()) <= ALIKE_WORDS


def _alike(above: Paragraph, paragraph: Paragraph) -> bool:
    one, other = above.lines[-1], paragraph.first
    if not _short(paragraph) or one.page != other.page or other.index != one.index + 1:
        return False
    same = abs((one.size or 0.0) - (other.size or 0.0)) <= OTHER_SIZE / 2 and one.bold == other.bold
    return same and above.text.isupper() == paragraph.text.isupper()


def _heads(paragraph: Paragraph, below: Paragraph | None) -> bool:
    """Return whether text, an item or what is no running text (a table) follows on the page."""
    if below is None or below.first.page != paragraph.first.page:
        return False
    return below.prose or below.item or below.first.index > paragraph.lines[-1].index + 1


@dataclass(frozen=True, slots=True)
class Labelled:
    """First lines of labels that head a list of entries, and of the entries, which head nothing."""

    labels: frozenset[int]
    entries: frozenset[int]


def labelled_lists(paragraphs: Sequence[Paragraph]) -> Labelled:
    """Return the labels in bold that a document sets over lists of entries, and those entries."""
    counts = Counter(paragraph.text for paragraph in paragraphs if _may_label(paragraph))
    labels: set[int] = set()
    entries: set[int] = set()
    label: Paragraph | None = None
    for at, paragraph in enumerate(paragraphs):
        if (
            counts[paragraph.text] >= LABEL_COUNT
            and _may_label(paragraph)
            and _lists(paragraphs[at + 1 : at + 2])
        ):
            label = paragraph
            labels.add(paragraph.first.index)
        elif label is not None and _leaves_list(paragraph, label, paragraphs[at + 1 : at + 2]):
            label = None
        elif label is not None:
            entries.add(paragraph.first.index)
    return Labelled(frozenset(labels), frozenset(entries))


def fields(paragraphs: Sequence[Paragraph]) -> frozenset[int]:
    """Return the first lines of fields: one label with many values ("Phase of operation: landing"), in body type.

    A label in capitals over its values ("PERFORMANCE MEASURE:"), set again and again, is one as well.
    """
    named = [(paragraph, match[1]) for paragraph in paragraphs if (match := _FIELD.match(paragraph.text))]
    labels = [(each, label) for each, label in named if not each.first.bold]
    labels += [(each, each.text) for each in paragraphs if each.text.endswith(":") and each.text.isupper()]
    counts = Counter(label for _, label in labels)
    return frozenset(each.first.index for each, label in labels if counts[label] >= LABEL_COUNT)


def _may_label(paragraph: Paragraph) -> bool:
    line = paragraph.first
    alone = len(paragraph.lines) == 1 and line.bold and line.role is None and not paragraph.text.isupper()
    return alone and paragraph.text.endswith(":") and len(paragraph.text.split()) <= LABEL_WORDS


def _lists(below: Sequence[Paragraph]) -> bool:
    """Return whether what stands below a label is an entry: in bold, or with a colon behind its name."""
    return bool(below) and (below[0].first.bold or below[0].first.text.endswith(":"))


def _leaves_list(paragraph: Paragraph, label: Paragraph, below: Sequence[Paragraph]) -> bool:
    line = paragraph.first
    if line.page > label.first.page + 1 or (line.size or 0.0) >= (label.first.size or 0.0) + ABOVE_LABEL:
        return True
    if not line.bold:
        return False
    on_page = bool(below) and below[0].first.page == line.page
    tabled = on_page and below[0].first.index > paragraph.lines[-1].index + 1
    return tabled or _NUMBERED.search(paragraph.text) is not None


def names_over_offices(paragraphs: Sequence[Paragraph]) -> frozenset[int]:
    """Return the first lines of names that stand over an office ("PHILIPPE" over "Par le Roi :"), as under decrees."""
    pairs = pairwise(paragraphs)
    return frozenset(name.first.index for name, below in pairs if _is_name_over(name, below))


def _is_name_over(name: Paragraph, below: Paragraph) -> bool:
    words = name.text.split()
    plain = not any(line.bold for line in name.lines) and name.text.isupper() and name.first.box is not None
    if not plain or below.first.page != name.first.page:
        return False
    office = below.text
    if _HOLDER.match(office) and office.isupper():
        return len(words) <= FULL_NAME_WORDS and not any(character.isdigit() for character in name.text)
    office = below.first.text
    ends = office.endswith((":", ",")) and len(office.split()) <= 2 * SIGNED_WORDS
    return ends and len(words) <= SIGNED_WORDS


def is_signature(paragraph: Paragraph, above: Paragraph | None, layout: Layout) -> bool:
    """Return whether short lines stand at the right edge of the text above them, as a name under a letter does."""
    first = paragraph.first
    if above is None or first.box is None or above.first.page != first.page:
        return False
    if _signs(paragraph, above):
        return True
    if not above.prose:
        return False
    left, right = min(line.left for line in above.lines), max(line.right for line in above.lines)
    if len(above.lines) == 1:
        right = max(right, layout.right)
    within = left <= first.left and all(line.right <= right + OTHER_SIZE for line in paragraph.lines)
    return within and first.left > left + RIGHT_HALF * (right - left)


def _signs(name: Paragraph, above: Paragraph) -> bool:
    """Return whether a name in capitals stands under an office that ends with a comma."""
    office = above.lines[-1].text
    longest = 2 * SIGNED_WORDS * (1 + office.isupper())
    short = office.endswith(",") and len(office.split()) <= longest
    return short and name.text.isupper() and len(name.text.split()) <= SIGNED_WORDS


def closes(paragraph: Paragraph, above: Paragraph | None, below: Paragraph | None) -> bool:
    """Return whether a line in body type belongs to what stands above it.

    It is who holds an office, the name under one, an item that a colon announces, or the last line of a page under a
    table or a chart. `above` is None under a heading.
    """
    if paragraph.text.isupper() and _HOLDER.match(paragraph.text):
        return True
    if above is None:
        return False
    if _signs(paragraph, above) or (paragraph.item and above.text.endswith(":")):
        return True
    page, first = paragraph.first.page, paragraph.first.index
    under = above.first.page == page and above.lines[-1].index < first - 1
    numbered = _NUMBER.match(paragraph.text.split()[0]) is not None
    return under and not numbered and (below is None or below.first.page != page)


def is_row_of_pieces(paragraph: Paragraph) -> bool:
    """Return whether a line is set in pieces that stand apart, as rows and the legends of charts are.

    Behind the number of a heading its words stand apart as well, and the letters of spaced words from one another.
    """
    if not paragraph.first.pieces:
        return False
    first, *others = paragraph.first.pieces
    if any(abs(line.left - others[0].left) > SAME_EDGE for line in paragraph.lines[1:]):
        return False
    numbered = len(others) == 1 and (
        _NUMBER.match(first.text) is not None or len(first.text.split()[-1]) <= 2
    )
    return not numbered and all(len(piece.text) > SPACED for piece in others)


def names_axis(paragraph: Paragraph, below: Paragraph) -> bool:
    """Return whether a line names the axis of a chart: figures alone, or the note on its source, stand right below."""
    line, following = paragraph.lines[-1], below.first
    if line.page != following.page or following.index != line.index + 1 or following.box is None:
        return False
    return is_source_note(following.text) or _TICK.match(following.text) is not None


def goes_on_below(paragraph: Paragraph, below: Paragraph) -> bool:
    """Return whether the line below goes on with a line of its own type: both are parts of one sentence."""
    line, following = paragraph.lines[-1], below.first
    if line.page != following.page or following.role is not None or following.box is None:
        return False
    same = abs((line.size or 0.0) - (following.size or 0.0)) <= OTHER_SIZE / 2 and line.bold == following.bold
    stopped = paragraph.ends and paragraph.text[-1] == "." and not paragraph.item
    return same and (stopped or continues(following.text.lstrip("–—- ")))
