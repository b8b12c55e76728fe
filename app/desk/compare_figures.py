"""Whether two texts name the same figures, and which of them differ.

A rounded figure agrees with the exact one: "58 percent" with 58.1, "almost 269,000" with 268,939.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import product

from app.desk.figures import Figure

SHARE_TOLERANCE, ABOUT_TOLERANCE = Decimal("1.5"), Decimal("2.5")
"""Points by which a share in words may miss a percentage, and one that is marked as rounded ("almost two thirds")."""
ROUNDING = Decimal("0.05")
"""Part of its value by which a rounded count may miss the exact one: "about a million" is not 1.3 million."""
MOST_TIMES = 12
"""A count is no counterpart of one that is more than so many times larger: it counts something else."""
_PARTS = frozenset({"percent", "share"})
_UNSAID = frozenset({"money", "people"})
"""Units that a sentence or a table may leave to the words around it, one of them: a time is never left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The figures of a claim beside those of a passage: found there, with another value, or without a counterpart."""

    found: tuple[Figure, ...]
    differing: tuple[tuple[Figure, Figure], ...]
    missing: tuple[Figure, ...]

    @property
    def agrees(self) -> bool:
        """Return whether the passage has every figure of the claim."""
        return not self.differing and not self.missing


def same_kind(one: Figure, other: Figure) -> bool:
    """Return whether two figures can be compared at all."""
    return one.kind == other.kind or (one.kind in _PARTS and other.kind in _PARTS)


def equal(claimed: Figure, stored: Figure) -> bool:
    """Return whether a figure of a claim is that of a passage, exactly or rounded."""
    if claimed.code or stored.code:
        return _bare(claimed.code) == _bare(stored.code) != ""
    if not same_kind(claimed, stored):
        # "2000 people" may have been read as a year, "the 14 percent" as a count.
        return {claimed.kind, stored.kind} == {"count", "year"} and claimed.values == stored.values
    return any(_near(claimed, one, stored, other) for one, other in product(claimed.values, stored.values))


def alike(stored: Figure, claimed: Collection[Figure]) -> bool:
    """Return whether a figure of a passage is one of a claim's."""
    return any(equal(one, stored) for one in claimed)


def compare(
    claimed: Sequence[Figure],
    stored: Sequence[Figure],
    above: Sequence[Figure] = (),
    beside: Sequence[Figure] = (),
) -> Comparison:
    """Return what becomes of each figure of a claim among those of the unit that says the same.

    A figure without a counterpart there may stand `above` it in a heading, a year or date also `beside` it.
    """
    found: list[Figure] = []
    open_: list[Figure] = []
    free = list(stored)
    for figure in claimed:
        match = next((one for one in free if equal(figure, one)), None)
        if match is None:
            open_.append(figure)
        else:
            found.append(figure)
            if len(claimed) > 1:
                free.remove(match)
    rest = [one for one in free if not alike(one, found)]
    differing, missing = [], []
    for figure in open_:
        other = min(
            (one for one in rest if _counterpart(figure, one)), key=partial(_distance, figure), default=None
        )
        if other is not None:
            differing.append((figure, other))
        elif alike(figure, above) or (figure.kind in {"year", "date"} and alike(figure, beside)):
            found.append(figure)
        else:
            missing.append(figure)
    return Comparison(found=tuple(found), differing=tuple(differing), missing=tuple(missing))


def _near(claimed: Figure, one: Decimal, stored: Figure, other: Decimal) -> bool:
    gap = abs(one - other)
    if gap == 0:
        return True
    if claimed.kind in {"year", "date"}:
        return False
    if "share" in {claimed.kind, stored.kind}:
        return gap <= (ABOUT_TOLERANCE if claimed.about or stored.about else SHARE_TOLERANCE)
    rounded = stored.step < claimed.step and gap * 2 <= claimed.step
    return rounded and (claimed.kind != "count" or gap <= ROUNDING * other)


def _counterpart(claimed: Figure, stored: Figure) -> bool:
    """Return whether a passage's figure may be the one that a claim has with another value."""
    if not same_kind(claimed, stored) or bool(claimed.code) != bool(stored.code):
        return False
    units = {claimed.unit, stored.unit}
    if len(units) > 1 and ("" not in units or not units - {""} <= _UNSAID):
        return False
    return claimed.kind != "count" or _times(claimed, stored) <= MOST_TIMES


def _distance(claimed: Figure, stored: Figure) -> tuple[bool, Decimal]:
    """Return how far two figures are from being one: another unit first, then how many times one is the other."""
    return claimed.unit != stored.unit, _times(claimed, stored)


def _times(claimed: Figure, stored: Figure) -> Decimal:
    """Return how many times the larger of two figures is the smaller one."""
    if not claimed.values or not stored.values:
        return Decimal(1)
    low, high = sorted((claimed.values[0], stored.values[0]))
    return high / low if low > 0 else Decimal("Infinity")


def _bare(code: str) -> str:
    return "-".join(part.lstrip("0") for part in code.upper().split("-") if part.strip("0").isdigit())
