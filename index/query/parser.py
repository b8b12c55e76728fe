"""The query language: `"exact phrase"`, `-term`, `a OR b`, `field:value`; everything else is plain words.

No question is ever an error: what does not parse is plain words.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from index.query.filters import FILTER_KEYS, check_filters
from ingest.errors import UsageError

MAX_CHARACTERS = 1_000
"""Longer questions are cut; the model reads about as much."""

_QUOTED = r'"[^"]*"|“[^”]*”|«[^»]*»'
_PART = re.compile(
    rf"(?P<field>\b(?i:{'|'.join(FILTER_KEYS)})):(?P<value>{_QUOTED}|[^\s\"“«]+)"
    rf"|(?P<minus>(?<!\S)-(?=[\"“«]|[^\W\d_]))?(?P<phrase>{_QUOTED})"
    r"|(?<!\S)-(?P<without>[^\W\d_]\S*)"
    r"|(?P<plain>\S+)"
)
# Soft hyphen, zero-width blank and joiners, byte order mark: text copied out of a PDF or web page holds them.
_INSIDE_WORDS = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_QUOTES = '"“”«»'


@dataclass(frozen=True, slots=True)
class Query:
    """A question taken apart.

    `text` is what is ranked for: plain words and phrases, without operators. Every hit holds all of
    `phrases`, none of `without` (words or phrases), and one of each group of `any_of`.
    """

    text: str
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Operand:
    text: str
    is_phrase: bool


def one_line(text: str) -> str:
    """Return the text in NFC, without control, format and unassigned characters, blanks single.

    Soft hyphens and the like stand inside words and go; the others part words.
    """
    kept = (
        char if unicodedata.category(char)[0] != "C" else " " for char in text if char not in _INSIDE_WORDS
    )
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def clean_question(question: str) -> str:
    """Return the question as `one_line`, cut to length: what is searched for, wherever it was asked."""
    return one_line(question)[:MAX_CHARACTERS].rstrip()


def parse(question: str) -> Query:
    """Return the parts of a question that `clean_question` has cleaned."""
    operands: list[_Operand | None] = []  # None stands for OR
    without: list[str] = []
    filters: dict[str, list[str]] = {}
    for match in _PART.finditer(question):
        if match["field"]:
            key, value = match["field"].lower(), match["value"].strip(_QUOTES).strip()
            if value and _valid(key, value):
                filters.setdefault(key, []).append(value)
            else:
                operands.append(_Operand(match.group(), is_phrase=False))
        elif match["phrase"]:
            phrase = match["phrase"].strip(_QUOTES).strip()
            if phrase and match["minus"]:
                without.append(phrase)
            elif phrase:
                operands.append(_Operand(phrase, is_phrase=_exact(match["phrase"], question)))
        elif match["without"]:
            without.append(match["without"])
        elif match["plain"] == "OR":
            operands.append(None)
        else:
            operands.append(_Operand(match["plain"], is_phrase=False))
    phrases, any_of = _alternatives(operands)
    return Query(
        " ".join(operand.text for operand in operands if operand is not None),
        tuple(phrases),
        tuple(without),
        tuple(any_of),
        {key: tuple(values) for key, values in filters.items()},
    )


def _exact(quoted: str, question: str) -> bool:
    """Return whether a quotation asks for its exact words: one in guillemets, as Spanish has for names, only alone."""
    return not quoted.startswith("«") or quoted == question.strip()


def _valid(key: str, value: str) -> bool:
    try:
        check_filters({key: [value]})
    except UsageError:
        return False
    return True


def _alternatives(operands: list[_Operand | None]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the phrases that are required, and the groups joined by OR. A loose OR means nothing."""
    phrases: list[str] = []
    groups: list[tuple[str, ...]] = []
    group: list[_Operand] = []
    joined = False
    for operand in [*operands, _Operand("", is_phrase=False)]:
        if operand is None:
            joined = bool(group)
            continue
        if joined and operand.text:
            group.append(operand)
        else:
            if len(group) > 1:
                groups.append(tuple(member.text for member in group))
            elif group and group[0].is_phrase:
                phrases.append(group[0].text)
            group = [operand]
        joined = False
    return phrases, groups
