"""Series of margin numbers that count with the pages, and which one holds where several do."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.layout.margin_numbers import Evidence, MarginNumber
from ingest.layout.number_words import is_year
from ingest.layout.running_heads import SAME_HEIGHT

# A numbering needs this many distinct pages that print it; a paper of two pages needs both.
MIN_PAGES = 3
# Pages without a number between two with one, in one stretch of a series.
MAX_HOLE = 12
# A stretch prints its number on this share of its pages: numbers may stand on right-hand pages only.
DENSITY = 0.4
# A stretch that covers less than this share of a paper needs this many pages, or begins with 1 or 2.
COVERED, LONG = 0.5, 6
# A number that moves with the end of the text is one only where nearly all pages have it.
MOVING, MOVING_PAGES = 0.7, 4
# Of two series on the same pages one is further out when it is so on this share of them.
MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pages whose numbers count with them: page → number."""

    members: Mapping[int, MarginNumber]

    @property
    def evidence(self) -> float:
        """The mean of what bears its numbers out."""
        return sum(number.evidence for number in self.members.values()) / len(self.members)


def offset_of(number: MarginNumber) -> int:
    """Return what stays the same through a series: the number minus the page, counted double in spreads."""
    return number.value - (2 * number.page if number.style == "spread" else number.page)


def stretches(found: Sequence[MarginNumber], filled: Sequence[int]) -> tuple[list[Stretch], list[Stretch]]:
    """Return the stretches of pages with a numbering, the longest first, and those that gave way to others.

    `filled` are the pages with text, in order.
    """
    needed = MIN_PAGES if len(filled) >= MIN_PAGES else max(2, len(filled))
    series: dict[tuple[str, str, int], list[MarginNumber]] = defaultdict(list)
    for number in found:
        series[number.style, number.prefix, offset_of(number)].append(number)
    kept: list[Stretch] = []
    for (style, _, _), members in series.items():
        if style == "compound":
            continue
        alike = _consistent(members, needed, len(filled))
        if alike and not _are_years(alike.values()):
            kept += _stretches(alike, filled, needed)
    kept += _chains([number for number in found if number.style == "compound"], filled, needed)
    held = _decided(kept)
    beaten = [one for one in kept if one not in held]
    return sorted(held, key=lambda one: (-len(one.members), min(one.members))), beaten


def _are_years(members: Iterable[MarginNumber]) -> bool:
    return all(is_year(number.value) and number.evidence < Evidence.NAMED for number in members)


def _consistent(members: Sequence[MarginNumber], needed: int, full: int) -> dict[int, MarginNumber]:
    """Return page → number for those that stand in the same place on `needed` pages of the series."""
    strong = [number for number in members if number.evidence > Evidence.LOOSE]
    moving = {number.page for number in strong if number.last}
    often = len({number.page for number in strong}) >= max(MOVING_PAGES, MOVING * full)
    kept: dict[int, MarginNumber] = {}
    for number in members:
        if number.last and not often:
            continue
        pages = {other.page for other in strong if _same_place(number, other)}
        if number.last or (often and number.evidence >= Evidence.LONE and moving):
            pages |= {other.page for other in strong if other.evidence >= Evidence.LONE}
        better = number.page not in kept or number.evidence > kept[number.page].evidence
        if len(pages | {number.page}) >= needed and better:
            kept[number.page] = number
    return kept


def _same_place(number: MarginNumber, other: MarginNumber) -> bool:
    """Return whether two numbers stand alike: at one distance from the edge, or both called pages."""
    if number.evidence == other.evidence == Evidence.NAMED:
        return True
    return number.foot == other.foot and abs(number.place - other.place) <= SAME_HEIGHT


def _stretches(members: Mapping[int, MarginNumber], filled: Sequence[int], needed: int) -> Iterator[Stretch]:
    run: list[int] = []
    for page in sorted(members):
        if run and page - run[-1] > MAX_HOLE + 1:
            yield from _sound(run, members, filled, needed)
            run = []
        run.append(page)
    yield from _sound(run, members, filled, needed)


def _sound(
    run: Sequence[int], members: Mapping[int, MarginNumber], filled: Sequence[int], needed: int
) -> Iterator[Stretch]:
    """Yield the stretch where enough of its pages print a number and its extent says why it is one."""
    strong = [page for page in run if members[page].evidence > Evidence.LOOSE]
    spanned = [page for page in filled if run[0] <= page <= run[-1]]
    headed = all(members[page].headed for page in run)
    if len(strong) < needed or (len(run) < DENSITY * len(spanned) and not headed):
        return
    first = members[run[0]].value
    stated = len(strong) >= LONG or first <= 2 or len(spanned) >= COVERED * len(filled)
    if stated:
        yield Stretch({page: members[page] for page in run})


def _chains(found: Sequence[MarginNumber], filled: Sequence[int], needed: int) -> Iterator[Stretch]:
    """Yield stretches of numbers within chapters: "1-1", "1-2", "2-1"."""
    best: dict[int, MarginNumber] = {}
    for number in found:
        if number.evidence > Evidence.LOOSE and (
            number.page not in best or number.evidence > best[number.page].evidence
        ):
            best[number.page] = number
    run: list[int] = []
    for before, page in pairwise([None, *sorted(best)]):
        if before is not None and page is not None and not _follows(best[before], best[page]):
            yield from _chapters(run, best, filled, needed)
            run = []
        if page is not None:
            run.append(page)
    yield from _chapters(run, best, filled, needed)


def _follows(before: MarginNumber, number: MarginNumber) -> bool:
    between = number.page - before.page
    if between > MAX_HOLE + 1 or not _same_place(before, number):
        return False
    if number.prefix == before.prefix:
        return number.value - before.value == between
    return number.value <= between


def _chapters(
    run: Sequence[int], members: Mapping[int, MarginNumber], filled: Sequence[int], needed: int
) -> Iterator[Stretch]:
    rising = any(members[a].prefix == members[b].prefix for a, b in pairwise(run))
    if rising:
        yield from _sound(run, members, filled, needed)


def _decided(found: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches that hold: of two on the same pages the one further out, or none."""
    lost: set[int] = set()
    for at, one in enumerate(found):
        for other_at in range(at + 1, len(found)):
            verdict = _outer(one, found[other_at])
            if verdict is None:
                continue
            lost |= {at, other_at} - ({at} if verdict > 0 else {other_at} if verdict < 0 else set())
    return [one for at, one in enumerate(found) if at not in lost]


def _outer(one: Stretch, other: Stretch) -> int | None:
    """Return 1 if `one` holds, -1 if `other` does, 0 if neither, None where they share no pages."""
    shared = [page for page in one.members if page in other.members]
    if len(shared) < 2 and len(shared) < min(len(one.members), len(other.members)):
        return None
    if round(one.evidence) != round(other.evidence) and Evidence.NAMED in (
        round(one.evidence),
        round(other.evidence),
    ):
        return 1 if one.evidence > other.evidence else -1
    pairs = [(one.members[page], other.members[page]) for page in shared]
    if any(a.row == b.row or a.foot != b.foot for a, b in pairs):
        difference = round(one.evidence) - round(other.evidence)
        return (difference > 0) - (difference < 0)
    further = sum(a.place < b.place - 1 for a, b in pairs)
    nearer = sum(a.place > b.place + 1 for a, b in pairs)
    if further >= MOSTLY * len(pairs):
        return 1
    return -1 if nearer >= MOSTLY * len(pairs) else 0
