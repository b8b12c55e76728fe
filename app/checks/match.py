"""Folded texts that still know their hyphens.

`fold` drops every hyphen, for the one at the end of a line is in the raw page and not in the clean text. Any other
is content: "was -7.4" without it says the opposite, "10-20" without it is another number. So each is noted with its
place in the folded text, and an excerpt must have those that the page has.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.text.folding import HYPHENS, fold

_INVISIBLE = "\u00ad\u0002\ufffe"
_VISIBLE = "".join(sorted(HYPHENS - set(_INVISIBLE)))
# `fold` keeps these code points, which no character has, so that they show where hyphens stood.
_HYPHEN, _SIGN, _LINE_END, _SOFT = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_RUN = re.compile(rf"[{re.escape(_VISIBLE + _INVISIBLE)}](?:[{re.escape(_VISIBLE + _INVISIBLE)}]|\s)*")
_MARK = re.compile(f"([{_HYPHEN}-{_SOFT}])")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """The fold of a text; `marks` are the kinds of its hyphens by offset into `text`, in order."""

    text: str
    marks: Mapping[int, str]
    offsets: Sequence[int]

    def stands_in(self, stored: FoldedText) -> bool:
        """Return whether this text stands somewhere in a stored one, with the same hyphens."""
        at = stored.text.find(self.text)
        while at >= 0:
            if self._agrees(stored, at):
                return True
            at = stored.text.find(self.text, at + 1)
        return False

    def equals(self, stored: FoldedText) -> bool:
        """Return whether this is the whole of a stored text, with the same hyphens."""
        return self.text == stored.text and self._agrees(stored, 0)

    def _agrees(self, stored: FoldedText, at: int) -> bool:
        # A hyphen before the first character belongs to what stands before, unless it is the sign of a number.
        if (self.marks.get(0) == _SIGN) != (stored.marks.get(at) == _SIGN):
            return False
        inside = bisect_left(stored.offsets, at + 1), bisect_left(stored.offsets, at + len(self.text))
        places = {offset - at for offset in stored.offsets[slice(*inside)]}
        places.update(offset for offset in self.offsets if 0 < offset < len(self.text))
        return all(_same(self.marks.get(place), stored.marks.get(at + place)) for place in places)


def folded_text(*parts: str) -> FoldedText:
    """Return the fold of all parts in one run; what begins a part follows no letter or digit."""
    texts: list[str] = []
    marks: dict[int, str] = {}
    at = 0
    for piece in _MARK.split(fold("".join(_RUN.sub(_kind, part) for part in parts))):
        if _MARK.fullmatch(piece):
            marks[at] = piece if at not in marks else _LINE_END
        else:
            texts.append(piece)
            at += len(piece)
    return FoldedText("".join(texts), marks, tuple(marks))


def joined(texts: Iterable[FoldedText]) -> FoldedText:
    """Return texts as one."""
    whole: list[str] = []
    marks: dict[int, str] = {}
    at = 0
    for one in texts:
        for offset, kind in one.marks.items():
            marks[at + offset] = kind if at + offset not in marks else _LINE_END
        whole.append(one.text)
        at += len(one.text)
    return FoldedText("".join(whole), marks, tuple(marks))


def _kind(run: re.Match[str]) -> str:
    """Return the mark for a run of hyphens and blanks that begins with a hyphen."""
    visible = run[0].rstrip()
    if any(char in _INVISIBLE for char in visible):
        return _SOFT if visible.strip(_INVISIBLE) == "" else _LINE_END
    if "\n" in run[0] or "\r" in run[0]:
        return _LINE_END
    before, after = run.string[max(0, run.start() - 1) : run.start()], run.string[run.end() : run.end() + 1]
    signed = after.isdigit() and len(visible) == len(run[0]) and not before.isalnum()
    return _SIGN if signed else _HYPHEN


def _same(claimed: str | None, stored: str | None) -> bool:
    """Return whether a hyphen of an excerpt is that of the page; at the end of a line it may be there or not."""
    claimed = None if claimed == _SOFT else claimed
    return claimed == stored or stored in {_LINE_END, _SOFT} or (claimed == _LINE_END and stored is not None)
