"""Which label each page has.

A number in the margin counts when it counts with the pages and nothing else explains it (`margin_numbers`,
`number_series`). Pages between two with a number get theirs marked as inferred. What the file says itself
(`/PageLabels`) stands unless the paper says otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ingest.layout.line import PageLines
from ingest.layout.margin_numbers import Evidence, MarginNumber, margin_numbers
from ingest.layout.number_series import MAX_HOLE, MIN_PAGES, Stretch, offset_of, stretches
from ingest.layout.running_heads import SAME_HEIGHT
from ingest.passage import PageLabel
from ingest.readers.source import Source
from ingest.text.numerals import to_roman

# Pages before the first and after the last printed number that are still inferred (covers, plates).
MAX_EDGE = 4


def page_labels(
    source: Source, sheets: Sequence[PageLines], edge: set[int]
) -> tuple[tuple[PageLabel | None, ...], set[int]]:
    """Return the label of every page and the rows that print page numbers. `edge` are running heads and feet."""
    if not source.paged:
        return (None,) * len(source.pages), set()
    found = margin_numbers(source, sheets, edge)
    filled = [sheet.number for sheet in sheets if sheet.lines]
    held, beaten = stretches(found, filled)
    printed = printed_numbers(found, held)
    rows = {number.row for number in printed.values() if _is_all_of_row(number)}
    rows |= _halves(found, printed) | _lone_feet(found, [*held, *beaten], filled)
    own = {page.number: page.pagelabel for page in source.pages if page.pagelabel}
    if own and _agrees(own, printed):
        return tuple(
            PageLabel(own[page.number], "pagelabels") if page.number in own else None for page in source.pages
        ), rows
    labels = {page: PageLabel(number.text, "printed") for page, number in printed.items()}
    last = source.pages[-1].number if source.pages else 0
    labels.update(_inferred(printed, last))
    return tuple(labels.get(page.number) for page in source.pages), rows


def printed_numbers(found: Sequence[MarginNumber], held: Sequence[Stretch]) -> dict[int, MarginNumber]:
    """Return page → the number printed on it, where a numbering holds it."""
    chosen: dict[int, MarginNumber] = {}
    for stretch in held:
        for page, number in stretch.members.items():
            chosen.setdefault(page, number)
    spread = {offset_of(number) for number in chosen.values() if number.style == "spread"}
    for number in found:
        half = number.style == "arabic" and number.whole and number.page not in chosen
        if half and any(number.value - 2 * number.page - offset in (0, 1) for offset in spread):
            chosen[number.page] = number
    return chosen | _front_matter(chosen, found)


def _front_matter(
    chosen: Mapping[int, MarginNumber], found: Sequence[MarginNumber]
) -> dict[int, MarginNumber]:
    """Return roman numbers before the first arabic one, too few for a series, that stand where it stands."""
    arabic = sorted(page for page, number in chosen.items() if number.style == "arabic")
    if not arabic:
        return {}
    alike = [chosen[page] for page in arabic[:6]]
    return {
        number.page: number
        for number in found
        if number.style == "roman"
        and (number.evidence > Evidence.LOOSE or not number.last)
        and number.text.islower()
        and number.value <= number.page < arabic[0]
        and number.page not in chosen
        and any(
            other.foot == number.foot and abs(other.place - number.place) <= 2 * SAME_HEIGHT
            for other in alike
        )
    }


def _is_all_of_row(number: MarginNumber) -> bool:
    """Return whether a row goes out of the text with its number: it holds nothing else, or a running head."""
    return number.whole if number.style == "spread" else number.evidence > Evidence.LOOSE


def _halves(found: Sequence[MarginNumber], printed: Mapping[int, MarginNumber]) -> set[int]:
    """Return the rows of both numbers of spreads."""
    pairs = {
        (number.page, value)
        for number in printed.values()
        if number.style == "spread"
        for value in (number.value, number.value + 1)
    }
    return {number.row for number in found if number.whole and (number.page, number.value) in pairs}


def _lone_feet(
    found: Sequence[MarginNumber], numberings: Sequence[Stretch], filled: Sequence[int]
) -> set[int]:
    """Return the rows below the text that hold but a number: no text, even where no label is sure.

    They belong to a numbering that gave way to another, stand where one stands, or are all there is to a paper
    too short for one.
    """
    places = {round(number.place) for one in numberings for number in one.members.values() if number.foot}
    short = len(filled) < MIN_PAGES
    return {
        number.row
        for number in found
        if number.whole
        and number.foot
        and not number.last
        and number.evidence >= Evidence.LONE
        and (round(number.place) in places or (short and number.value == number.page))
    }


def _agrees(own: Mapping[int, str], printed: Mapping[int, MarginNumber]) -> bool:
    """Return whether the file's labels may stand: the paper prints none, or mostly the same ones."""
    compared = [own[page].lower() == number.text.lower() for page, number in printed.items() if page in own]
    return not compared or sum(compared) * 2 > len(compared)


def _inferred(printed: Mapping[int, MarginNumber], last: int) -> dict[int, PageLabel]:
    """Return the labels of pages without a number. What follows the last roman one, or a chapter, is not known."""
    labels: dict[int, PageLabel] = {}
    pages = sorted(printed)
    for before, after in pairwise(pages):
        first, second = printed[before], printed[after]
        if _numbering(first) == _numbering(second) and after - before - 1 <= MAX_HOLE:
            labels.update(_labelled(range(before + 1, after), first))
    if pages:
        first, second = printed[pages[0]], printed[pages[-1]]
        if first.style != "compound":
            labels.update(_labelled(range(max(1, pages[0] - MAX_EDGE), pages[0]), first))
        if second.style not in ("compound", "roman"):
            labels.update(_labelled(range(pages[-1] + 1, min(last, pages[-1] + MAX_EDGE) + 1), second))
    return labels


def _numbering(number: MarginNumber) -> tuple[str, str, int]:
    return number.style, number.prefix, offset_of(number)


def _labelled(pages: range, like: MarginNumber) -> Iterator[tuple[int, PageLabel]]:
    """Yield the labels that pages without a number have in the numbering of one with a number."""
    for page in pages:
        value = like.value + (page - like.page) * (2 if like.style == "spread" else 1)
        if value < 1:
            continue
        text = str(value).zfill(len(like.text)) if like.text.startswith("0") else str(value)
        if like.style == "spread":
            text = f"{value}–{value + 1}"
        elif like.style == "roman":
            text = to_roman(value).upper() if like.text.isupper() else to_roman(value)
        yield page, PageLabel(like.prefix + text, "inferred")
