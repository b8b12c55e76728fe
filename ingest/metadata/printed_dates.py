"""Dates that a page prints about itself: under a masthead, before a press text, at the end of a title, alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.metadata.metadata import plausible_year

_MONTHS = tuple(
    """
    jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic fev mai set out dez fevr avri juil aout
    янв фев мар апр мая июн июл авг сен окт ноя дек maan okto mei
    """.split()  # noqa: SIM905
)
_DATE = re.compile(
    r"(?:(?P<day>[l\d]\d?)(?:er|st|nd|rd|th|º|°)?[ .]*(?:de |of )?)?(?P<month>[^\W\d_]{3,})\.?,? ?"
    r"(?P<after>\d{1,2},? )?(?:de |del |of )?(?P<year>(?:1[5-9]|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-Þ][\w .,’'-]{1,50}?),? (?P<date>(?:\d{1,2} )?\D{3,20} ?(?:\d{1,2}, )?\d{4})"
    r"(?: \((?P<agency>[A-Z][\w./ -]{1,40})\))? ?[–—-] "
)
_DISTRIBUTION = re.compile(r"\bdistr\b|\boriginal ?:", re.IGNORECASE)
# A place, a series number or a document's own number may stand on the line of its date.
_BESIDE = re.compile(r"[A-ZÀ-Þ][\w’'.-]*(?: [A-ZÀ-Þ][\w’'.-]*){0,2},?$|(?:no|nº|n°|num|vol)\.? ?\d+,?$", re.I)
_PLACE_YEAR = re.compile(r"^(?:.{2,60} [•·] )?[A-ZÀ-Þ][\w’'. -]{2,30}, ((?:19|20)\d\d)$")
_NUMBER_YEAR = re.compile(r"^(?:no|nº|n°|num|vol)\.? ?\d+(?: ?[(,;|] ?|\s)((?:19|20)\d\d)\)?$", re.I)
_SITE = re.compile(r"\S+\.(?:gov|org|int|com)\S*$", re.IGNORECASE)
_WEEKDAYS = re.compile(
    r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day|^(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)"
    r"|^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A year and the words it was read from; `agency` is who stands in brackets after the date of a press text."""

    year: int
    words: str
    agency: str | None = None


def _is_month(word: str) -> bool:
    plain = "".join(
        c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c)
    ).replace("ё", "е")
    return any(plain.startswith(month) for month in _MONTHS)


def _dates(text: str) -> list[re.Match[str]]:
    return [
        match
        for match in _DATE.finditer(text)
        if _is_month(match["month"]) and plausible_year(int(match["year"]))
    ]


def distributed(head: Sequence[str]) -> PrintedDate | None:
    """Return the first date at or below "Distr.: General" in a masthead, None where there is none near it."""
    for number, line in enumerate(head):
        if _DISTRIBUTION.search(line):
            for below in head[number : number + 4]:
                if found := _dates(below):
                    return PrintedDate(int(found[0]["year"]), below)
    return None


def dateline(head: Sequence[str]) -> PrintedDate | None:
    """Return the date of the line that opens a press text: "Lima, Peru, 20 March 2024 (PAHO) – …"."""
    for line in head:
        match = _DATELINE.match(line)
        if match is not None and (found := _dates(match["date"])):
            return PrintedDate(int(found[0]["year"]), match[0].strip(" –—-"), match["agency"])
    return None


def at_end(title: str) -> PrintedDate | None:
    """Return the date with which a title ends, day and month included: the day that a speech was given."""
    found = [match for match in _dates(title) if match["day"] and match.end() >= len(title.rstrip(" .")) - 1]
    return PrintedDate(int(found[-1]["year"]), found[-1][0]) if found else None


def imprint(lines: Sequence[str]) -> PrintedDate | None:
    """Return the year of an imprint, "Geneva, 2025" or "United Nations • New York, 2025"."""
    for line in lines:
        match = _PLACE_YEAR.match(line)
        if match is not None and plausible_year(int(match[1])):
            return PrintedDate(int(match[1]), line)
    return None


def alone(lines: Sequence[str]) -> list[PrintedDate]:
    """Return the dates that have a line of their own, or share it with a place, a series number or a weekday."""
    dates = []
    for line in lines:
        series = _NUMBER_YEAR.match(line)
        if series is not None and plausible_year(int(series[1])):
            dates.append(PrintedDate(int(series[1]), line))
            continue
        found = _dates(line)
        if found:
            rest = (line[: found[0].start()] + line[found[-1].end() :]).strip(" ,.|()")
            if not rest or any(pattern.match(rest) for pattern in (_BESIDE, _WEEKDAYS, _SITE)):
                dates.append(PrintedDate(int(found[0]["year"]), line))
    return dates
