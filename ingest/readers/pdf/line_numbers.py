"""Numbers in the margin that count the lines of a page, as in bills, court papers and drafts: no part of the text.

Each line has one, from 1 on each page or onwards, or each fifth or tenth. They stand in a column beside the text and
count on by one, five or ten; the lines beside them are running text, for rows of a table and items of a list are
numbered too.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.readers.source import Box, Line

# Lines that count on by so many make a series from so many numbers on.
LEAST = {1: 8, 5: 3, 10: 3}
# Of the lines between the first and the last number, this share must have one.
EACH_SHARE = 0.7
# Share of the numbered lines whose text begins in lower case: running text is broken anywhere, rows are not.
RUNNING_SHARE = 0.25
# Numbers of one column begin or end within this of each other (points).
ALIGNED = 4.0
# White space between number and text, as a share of the type size: wider than a blank.
GAP = 0.55
# Two lines stand on one printed line when their middles are so close (points).
SAME_LINE = 4.0

ROLE = "line number"

_LEFT = re.compile(r"(\d{1,4})(?=\s+\S)|(\d{1,4})$")
_RIGHT = re.compile(r"(?<=\S)\s+(\d{1,4})$")

BoxOf = Callable[[int, int], Box | None]
"""Box of the characters of a page text from the first to the last (exclusive), None where it is not known."""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that may count a line: its value, its place in the text and on the page, and the line's place."""

    value: int
    start: int
    end: int
    box: Box
    line: int
    rest: str


def without_line_numbers(text: str, lines: Sequence[Line], box_of: BoxOf) -> tuple[Line, ...]:
    """Return the lines with the numbers that count them cut off and hidden; unchanged where there are none."""
    for side, pattern in (("left", _LEFT), ("right", _RIGHT)):
        found = _numbers(text, lines, pattern, box_of)
        series = _series(found, lines, side)
        if series:
            return _cut(text, lines, series, box_of)
    return tuple(lines)


def _numbers(text: str, lines: Sequence[Line], pattern: re.Pattern[str], box_of: BoxOf) -> list[_Number]:
    found: list[_Number] = []
    for at, line in enumerate(lines):
        if line.box is None or line.hidden or line.slant:
            continue
        outer = text[line.start : line.start + 1] if pattern is _LEFT else text[line.end - 1 : line.end]
        if not (outer.isdecimal() or outer == "\n"):
            continue
        body = text[line.start : line.end]
        if not (body[:1] if pattern is _LEFT else body.rstrip("\n")[-1:]).isdecimal():
            continue
        match = pattern.match(body) if pattern is _LEFT else pattern.search(body) or _LEFT.fullmatch(body)
        if match is None:
            continue
        group = 1 if match[1] else 2
        start, end = line.start + match.start(group), line.start + match.end(group)
        box = line.box if body.strip() == match[group] else box_of(start, end)
        rest = (body[match.end() :] if pattern is _LEFT else body[: match.start()]).strip()
        if box is not None and (not rest or _apart(line, box, start, end, box_of)):
            found.append(_Number(int(match[group]), start, end, box, at, rest))
    return sorted(found, key=lambda number: -number.box[3])


def _apart(line: Line, box: Box, start: int, end: int, box_of: BoxOf) -> bool:
    """Return whether white space wider than a blank parts a number from the text of its line."""
    left = start - line.start < line.end - end
    other = box_of(end + 1, line.end) if left else box_of(line.start, start - 1)
    if other is None:
        return False
    gap = other[0] - box[2] if left else box[0] - other[2]
    return gap >= GAP * (line.size or 10.0)


def _series(found: Sequence[_Number], lines: Sequence[Line], side: str) -> list[_Number]:
    """Return the numbers that count lines, [] where none do."""
    printed = _printed(lines)
    for step, least in LEAST.items():
        run = _longest(found, step)
        if len(run) < least or not _in_column(run, lines, side):
            continue
        top, bottom = run[0].box[3], run[-1].box[1]
        between = sum(1 for middle in printed if bottom - SAME_LINE <= middle <= top + SAME_LINE)
        if step == 1 and len(run) < EACH_SHARE * between:
            continue
        apart = len(run) - 1
        if step > 1 and not (step - 1) * apart <= between <= (step + 1) * apart + 2:
            continue
        running = sum(1 for number in run if number.rest[:1].islower())
        if running >= RUNNING_SHARE * len(run):
            return run
    return []


def _printed(lines: Sequence[Line]) -> list[float]:
    """Return the middle height of each printed line."""
    boxes = [line.box for line in lines if line.box and not line.hidden]
    middles: list[float] = []
    for middle in sorted(((box[1] + box[3]) / 2 for box in boxes), reverse=True):
        if not middles or abs(middles[-1] - middle) > SAME_LINE:
            middles.append(middle)
    return middles


def _longest(found: Sequence[_Number], step: int) -> list[_Number]:
    """Return the longest run of numbers, from the top, each `step` more than the one above."""
    best: list[_Number] = []
    ends: dict[int, list[_Number]] = {}
    for number in found:
        if number.value % step:
            continue
        run = [*ends.get(number.value - step, []), number]
        if len(run) > len(ends.get(number.value, [])):
            ends[number.value] = run
        if len(run) > len(best):
            best = run
    return best


def _in_column(run: Sequence[_Number], lines: Sequence[Line], side: str) -> bool:
    """Return whether the numbers begin or end at one place, outside the text beside them."""
    lefts, rights = [one.box[0] for one in run], [one.box[2] for one in run]
    if min(max(lefts) - min(lefts), max(rights) - min(rights)) > ALIGNED:
        return False
    own = {one.line for one in run}
    others = [line.box for at, line in enumerate(lines) if at not in own and line.box and not line.hidden]
    low, high = run[-1].box[1], run[0].box[3]
    beside = [box for box in others if box[1] >= low - SAME_LINE and box[3] <= high + SAME_LINE]
    if side == "left":
        return all(box[0] >= max(rights) - 1 for box in beside)
    return all(box[2] <= min(lefts) + 1 for box in beside)


def _cut(text: str, lines: Sequence[Line], series: Sequence[_Number], box_of: BoxOf) -> tuple[Line, ...]:
    numbers = {number.line: number for number in series}
    found: list[Line] = []
    for at, line in enumerate(lines):
        number = numbers.get(at)
        if number is None:
            found.append(line)
            continue
        found.append(
            replace(
                line, start=number.start, end=number.end, box=number.box, role=ROLE, hidden=True, calls=()
            )
        )
        if number.rest:
            after = number.start - line.start < line.end - number.end
            start, end = (number.end, line.end) if after else (line.start, number.start)
            body = text[start:end]
            start += len(body) - len(body.lstrip())
            end -= len(body) - len(body.rstrip())
            found.append(replace(line, start=start, end=end, box=box_of(start, end) or line.box))
    return tuple(found)
