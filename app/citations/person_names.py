"""Who wrote a document: names one by one, however a catalogue or a file runs them together.

A name "Surname, Given" has its parts, and so has "G. Surname"; of any other name it is not guessed which is which.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.metadata.metadata import Metadata

_AND = re.compile(r"\s+(?:and|y|e|und|et)\s+|\s*&\s*", re.IGNORECASE)
# "Ruiz, Ana", "Hernández-Vásquez, A.", "García Márquez, G. J."
_SURNAME_FIRST = re.compile(r"[^\W\d_][\w'’.-]*(?: [\w'’.-]+){0,3}, [^\W\d_][\w'’.-]*(?: [\w'’.-]+){0,3}")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?){1,3}|[^\W\d_a-z]{1,3}")
# "Hernández-Vásquez A", "De la Cruz MJ"
_VANCOUVER = re.compile(r"([^\W\d_][\w'’-]*(?: [\w'’-]+){0,3}) ([^\W\d_a-zà-þ]{1,3})")
_FULL = re.compile(
    r"[^\W\d_a-zà-þ][\w.'’-]*(?: (?:de|del|la|los|da|do|dos|das|van|von|[^\W\d_a-zà-þ][\w.'’-]*)){1,5}"
)
# "A. Hernández-Vásquez", "J. J. Miranda", "M.-A. de la Cruz"
_INITIALS_FIRST = re.compile(
    r"((?:[^\W\d_a-zà-þ]\.[ -]?)+) ?((?:(?:de|del|la|las|los|da|do|dos|das|van|von|der|den) )*"
    r"[^\W\d_a-zà-þ][\w'’-]*(?: [^\W\d_a-zà-þ][\w'’-]*)?)"
)
_BODY = re.compile(
    r"^(?:u\. ?[ns]\.|e\. ?u\.)|depart|bureau|administr|congress|senate|nations|nacion|naç|minist|universi|instit|"
    r"organi[sz]|agenc|fund|fondo|ban[ck]|cent(?:er|re|ro)|council|consejo|comis|commis|"
    r"office|oficina|gobierno|government|program|unid|united|world|unit\b|group|grupo|network|red\b|health|salud",
    re.IGNORECASE,
)
_ET_AL = re.compile(r",?\s+et al\.?$|,?\s+y otros$|,?\s+e outros$", re.IGNORECASE)


def single_names(authors: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the authors, one each: what semicolons, "and" and commas run together is taken apart.

    "and" and commas part names only where all parts are names of people by their form ("Surname, Given", or several
    words each before initials): "Food and Agriculture Organization" is one author.
    """
    found: list[str] = []
    for text in authors:
        for part in re.split(r"\s*;\s*", " ".join(text.split())):
            found += _people(part.strip(" ,"))
    return tuple(dict.fromkeys(name for name in found if name))


def in_place_of_authors(metadata: Metadata) -> tuple[str, ...]:
    """Return whom a reference without authors names as author: the publisher, nobody where there are editors."""
    return (metadata.publisher,) if metadata.publisher and not metadata.editors else ()


def parts(name: str) -> tuple[str, str] | None:
    """Return surname and given names of "Surname, Given" or "G. Surname", None for any other name."""
    family, comma, given = (piece.strip() for piece in name.partition(","))
    if comma:
        return (family, given) if family and given else None
    initials = _INITIALS_FIRST.fullmatch(name.strip())
    return (initials[2], initials[1].strip()) if initials and not _BODY.search(name) else None


def _people(text: str) -> list[str]:
    text = _ET_AL.sub("", text)
    people = [person for piece in _AND.split(text) for person in _listed(piece.strip(" ,"))]
    if len(people) > 1 and all(_SURNAME_FIRST.fullmatch(one) or _is_full_name(one) for one in people):
        return people
    return people if len(people) == 1 else [text]


def _is_full_name(text: str) -> bool:
    return _FULL.fullmatch(text) is not None and not _BODY.search(text)


def _listed(text: str) -> list[str]:
    """Return the names that commas run together: "Ruiz, A., Paz, B.", "Ruiz A, Paz B", "Ana Ruiz, Beto Paz, Sol Luz".

    Two parts of several words may be one name with two surnames, "García Márquez, Gabriel José".
    """
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if len(pieces) > 1 and (short := [_VANCOUVER.fullmatch(piece) for piece in pieces]) and all(short):
        return [f"{match[1]}, {'. '.join(match[2])}." for match in short if match]
    if len(pieces) > 2 and all(_is_full_name(piece) for piece in pieces):
        return pieces
    pairs = list(zip(pieces[::2], pieces[1::2], strict=False))
    if len(pieces) > 3 and len(pieces) % 2 == 0 and all(_INITIALS.fullmatch(given) for _, given in pairs):
        return [f"{family}, {given}" for family, given in pairs]
    return [text]
