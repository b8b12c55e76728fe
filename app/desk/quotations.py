"""Whether a sentence of a draft quotes a passage: word for word, or nearly, with what differs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.checks.match import FoldedText, folded_text
from index.analysis.acronyms import fold_word
from ingest.passage import Passage

LEAST_WORDS = 4
"""Quotation marks around fewer words name a term; a sentence of fewer is found anywhere."""
NEAR_WORDS = 6
NEAR_SHARE, NEAR_MOST = 0.15, 4
"""Words of a sentence that may differ, as a share and in number, for it to count as quoted."""
_NEGATIONS = """no not never nor neither none nobody nothing without cannot nunca jamas ni sin ningun ninguna ninguno
    nadie nada tampoco nao nem sem nenhum nenhuma ninguem jamais"""
NEGATIONS = frozenset(_NEGATIONS.split())
_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]")
_OUTER = " \n\t.,;:…!?\"“”«»„'‘’"
_OMISSION = re.compile(r"\s*[\[(]?(?:…|\.\.\.)[\])]?\s*")
_LEADING = re.compile(r"^\s*(?:\d{1,3}[.)]|[•▪●*–-])\s+")
_WORD = re.compile(r"\w+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChange:
    """Words of a draft in the place of others of the passage; "" on a side where there are none."""

    draft: str
    passage: str

    @property
    def negates(self) -> bool:
        """Return whether a negation is among the words that differ."""
        return not NEGATIONS.isdisjoint(
            fold_word(word.lower()) for word in _WORD.findall(f"{self.draft} {self.passage}")
        )


def quotations(text: str) -> list[str]:
    """Return what stands in quotation marks and is long enough to be somebody's words."""
    found = (next(part for part in match.groups() if part) for match in _QUOTED.finditer(text))
    return [one for one in found if len(_WORD.findall(one)) >= LEAST_WORDS]


class PassageTexts:
    """The folded texts of a passage: as it stands, and without the calls of notes."""

    def __init__(self, passage: Passage) -> None:
        plain = folded_text(passage.text)
        bare = folded_text(passage.search_text(0)) if passage.calls else plain
        self._texts: tuple[FoldedText, ...] = (plain,) if bare is plain else (plain, bare)

    def has(self, text: str) -> bool:
        """Return whether a text stands here word for word, but for marks at its ends and its first letter's case.

        Parts between marks of omission must all stand here.
        """
        parts = [part.strip(_OUTER) for part in _OMISSION.split(_LEADING.sub("", text))]
        wanted = [part for part in parts if part]
        return bool(wanted) and all(self._has(part) for part in wanted)

    def _has(self, part: str) -> bool:
        return any(
            folded_text(form).stands_in(text)
            for form in dict.fromkeys((part, part[0].swapcase() + part[1:]))
            for text in self._texts
        )


def near(draft: str, stored: str) -> tuple[WordChange, ...] | None:
    """Return how the words of a draft differ from those of a passage's sentence where it is nearly quoted, else None.

    The draft may leave out the beginning and the end of the sentence. A text that does not differ gives ().
    """
    own, theirs = _words(draft), _words(stored)
    if len(own) < NEAR_WORDS:
        return None
    matcher = SequenceMatcher(
        None, [word for word, _, _ in own], [word for word, _, _ in theirs], autojunk=False
    )
    codes = matcher.get_opcodes()
    while codes and codes[0][0] == "insert":
        codes.pop(0)
    while codes and codes[-1][0] == "insert":
        codes.pop()
    changed = [code for code in codes if code[0] != "equal"]
    cost = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in changed)
    if cost > min(NEAR_MOST, NEAR_SHARE * len(own)):
        return None
    return tuple(
        WordChange(draft=_text(draft, own[i1:i2]), passage=_text(stored, theirs[j1:j2]))
        for _, i1, i2, j1, j2 in changed
    )


def _words(text: str) -> list[tuple[str, int, int]]:
    return [(match[0].casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]


def _text(text: str, words: Sequence[tuple[str, int, int]]) -> str:
    return text[words[0][1] : words[-1][2]] if words else ""
