"""Questions to offer on the first page: those that come along over their own corpus, else out of the headings.

A heading of a paper is a subject in its own words, some are questions as they stand; a search for one is worth offering
where a passage of that paper is the first that is found, and is judged to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from app.i18n import LANGUAGES

if TYPE_CHECKING:
    from index.search import OpenIndex, Searcher

STARTER_SUGGESTIONS: tuple[str, ...] = (
    "¿Qué barreras enfrentan los migrantes para acceder a los servicios de salud?",
    "How many Venezuelan migrants live in Peru?",
    "What does health insurance cover for migrants without papers?",
    "Quais são as recomendações para integrar migrantes ao sistema de saúde?",
)
"""Offered over the starter corpus, where the settings name none."""
OFFERED = 4
MOST_DOCUMENTS, MOST_PASSAGES = 24, 80
"""Documents, spread over the library, and passages from the beginning of each, whose headings are looked at."""
WORDS = range(3, 11)
_NUMBERING = re.compile(r"^(?:[A-Z]|[IVXLC]+|\d+(?:\.\d+)*)[.)]\s+|^\d+(?:\.\d+)*\s+")
_PLAIN = re.compile(r"¿?(?:[^\W\d_]|[ ,;:'’–-])+[?]?")
TRIED = 6
"""Headings of a document that are searched for, the longest ones: short ones stand in every paper."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question to offer and the language it is in (ISO 639-1), where that is known."""

    text: str
    language: str | None


def configured(questions: Sequence[str]) -> tuple[Suggestion, ...]:
    """Return the questions that the settings name, as long as nobody has tried them."""
    return tuple(Suggestion(text, None) for text in questions)


def for_library(searcher: Searcher, named: Sequence[str] = ()) -> tuple[Suggestion, ...]:
    """Return the questions to offer, all answered by the library: those `named` in the settings, else as above."""
    from app.service.evaluation_runs import starter_questions  # with all of the gold sets' reading

    if named:
        return _answered(searcher, named)
    files = {name for document in searcher.snapshot.documents for name in document.files}
    if starter_questions(files) is not None:
        return _answered(searcher, STARTER_SUGGESTIONS)
    return tuple(_of_headings(searcher))


def chosen(offered: Sequence[Suggestion], language: str) -> tuple[str, ...]:
    """Return the questions for a reader of a language: those in it first, four at most."""
    ordered = sorted(offered, key=lambda one: (one.language != language, one.language not in LANGUAGES))
    return tuple(one.text for one in ordered[:OFFERED])


def _answered(searcher: Searcher, questions: Sequence[str]) -> tuple[Suggestion, ...]:
    return configured([text for text in questions if searcher.search(text, k=1).answerable])


def _of_headings(searcher: Searcher) -> Iterator[Suggestion]:
    """Yield one heading a document, more where there are few documents, whole questions first."""
    snapshot = searcher.snapshot
    number = len(snapshot.documents)
    places = sorted(
        {place * number // MOST_DOCUMENTS for place in range(MOST_DOCUMENTS)} & set(range(number))
    )
    most = 1 if len(places) > OFFERED else OFFERED
    found = [one for place in places for one in islice(_of_document(searcher, place), most)]
    yield from sorted(found, key=_questions_first)


def _questions_first(one: Suggestion) -> bool:
    return "?" not in one.text


def _of_document(searcher: Searcher, place: int) -> Iterator[Suggestion]:
    """Yield the headings of a document that find the document itself first."""
    document = searcher.snapshot.documents[place]
    longest = sorted(headings_of(searcher.snapshot, place), key=lambda one: -len(one.text.split()))
    for one in sorted(longest, key=_questions_first)[:TRIED]:
        result = searcher.search(one.text, k=1)
        if result.answerable and result.hits[0].document.id == document.id:
            yield one


def headings_of(snapshot: OpenIndex, place: int) -> list[Suggestion]:
    """Return headings of the document at a place that can stand as a question: a few words, no numbers, no capitals."""
    import numpy as np

    low, high = np.searchsorted(snapshot.row_documents, [place, place + 1]).tolist()
    found: dict[str, Suggestion] = {}
    for row in range(low, min(high, low + MOST_PASSAGES)):
        passage = snapshot.passage(row).passage
        text = _NUMBERING.sub("", passage.section[-1]).strip() if passage.section else ""
        if passage.kind == "body" and usable(text):
            found.setdefault(text.casefold(), Suggestion(text, passage.language))
    return list(found.values())


def usable(heading: str) -> bool:
    """Return whether a heading reads as a subject or a question of its own."""
    words = heading.split()
    if len(words) not in WORDS or not _PLAIN.fullmatch(heading):
        return False
    small = [word for word in words if word.islower() and len(word) > len("with")]
    return not heading.isupper() and bool(small)
