"""What striprtf leaves out of an RTF file or shows although no page does: notes, text boxes, struck and hidden text.

The file is written anew before striprtf reads it. Hidden, struck and deleted text is cut out. Foot- and endnotes and
the text of boxes become files of their own, whose places are marked by characters that stand for nothing in Unicode;
so are raised and lowered text. (Rich Text Format Specification 1.9.1: "Font (Character) Formatting Properties",
"Footnotes", "Drawing Objects".)
"""

import re
from dataclasses import dataclass, field, replace

from ingest.text.numerals import numeral

# Noncharacters of Unicode: no text holds them.
OPEN, CLOSE, RAISED, LOWERED, LEVEL = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
# Property -> the flag of a page from which text with it is left out, as for Word files.
_UNSEEN = {"v": "hidden_text", "strike": "struck_text", "striked": "struck_text", "deleted": "struck_text"}
_ASIDE = {"footnote": "footnote", "shptxt": "p"}
"""Group -> the role of its lines."""
_HEIGHTS = {"super": RAISED, "sub": LOWERED, "nosupersub": LEVEL}
_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'[0-9a-fA-F]{2}|\\[^a-z]|[{}]|[^\\{}]+", re.DOTALL)
# Control words that write a character; that end a paragraph or a cell; that open what no page shows.
_WRITES = frozenset({"u", "tab", "emdash", "endash", "bullet", "lquote", "rquote", "ldblquote", "rdblquote"})
_ENDS = frozenset({"par", "cell", "row", "sect", "page"})
_TABLES = frozenset({"stylesheet", "fonttbl", "info"})
_NOWHERE = 1_000_000
"""Deeper than any group lies."""
# Asides within asides that are told apart: a note in a text box.
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Aside:
    """A note or a text box: an RTF file of its own, the role of its lines, and its number ("" without one)."""

    rtf: str
    role: str
    number: str


@dataclass(frozen=True, slots=True)
class _State:
    """Properties of the characters of a group: what hides them, and their height."""

    unseen: frozenset[str] = frozenset()
    height: str = LEVEL


@dataclass(slots=True)
class Seen:
    """An RTF file as its pages show it.

    `text` is for striprtf: OPEN, a number and CLOSE stand where an aside belongs, by its place in `asides`, and RAISED,
    LOWERED and LEVEL where the height changes. `flags` are "hidden_text" and "struck_text", for what was left out.
    """

    text: str = ""
    asides: list[Aside] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)


def as_seen(marked: str) -> Seen:
    """Return what the pages of an RTF file show; `marked` are its bytes, a character each."""
    rewriter = _Rewriter(marked)
    for token in _TOKEN.finditer(marked):
        rewriter.take(token)
    return rewriter.finished()


class _Rewriter:
    """Goes through a file token by token; groups are a stack of states."""

    def __init__(self, marked: str) -> None:
        self._seen = Seen()
        self._head = _head(marked)
        self._counts = {"footnote": 0, "endnote": 0}
        self._state = _State()
        self._states: list[_State] = []
        self._outputs: list[list[str]] = [[]]
        # Asides that are open: how deep, and by which word. Boxes wait for the end of their paragraph: what stands
        # around them in the file is ignored.
        self._opened: list[tuple[int, str]] = []
        self._boxes: list[str] = []
        self._numbered = False
        self._unshown = _NOWHERE

    def finished(self) -> Seen:
        """Return the file, with what a damaged one leaves open closed."""
        while self._opened:
            self._close()
        self._seen.text = "".join([*self._outputs[0], *self._boxes])
        return self._seen

    def take(self, token: re.Match[str]) -> None:
        """Write the next token, or not."""
        written, word = token[0], token[1]
        if written == "{":
            self._states.append(self._state)
        elif written == "}":
            self._end_group()
        elif word in _ASIDE and len(self._opened) < DEEPEST:
            self._opened.append((len(self._states), word))
            self._outputs.append([])
            self._state = _State()
            return
        elif word:
            self._control(word, token[2], written)
            return
        elif written == r"\*":
            self._unshown = min(self._unshown, len(self._states))
        elif self._state.unseen and not written.isspace():
            if len(self._states) < self._unshown:
                self._seen.flags |= {_UNSEEN[one] for one in self._state.unseen}
            return
        self._outputs[-1].append(written)

    def _end_group(self) -> None:
        depth = len(self._states)
        if self._opened and depth == self._opened[-1][0]:
            self._close()
        if depth <= self._unshown:
            self._unshown = _NOWHERE
        self._to(self._states.pop() if self._states else _State())

    def _control(self, word: str, value: str | None, written: str) -> None:
        if word in _UNSEEN:
            others = self._state.unseen - {word}
            self._state = replace(self._state, unseen=others if value == "0" else others | {word})
        elif word in _HEIGHTS:
            self._to(replace(self._state, height=LEVEL if value == "0" else _HEIGHTS[word]))
        elif word == "plain":
            self._to(_State())
        elif word in _TABLES:
            self._unshown = min(self._unshown, len(self._states))
        elif word == "chftn":
            self._numbered = self._numbered or not self._opened
            return
        elif word == "pntext":
            written = "\\listtext "  # the number of an item, which striprtf shows by this name
        elif word in _ENDS and not self._opened:
            self._outputs[-1] += self._boxes
            self._boxes.clear()
        if not (self._state.unseen and word in _WRITES):
            self._outputs[-1].append(written)

    def _to(self, state: _State) -> None:
        if state.height != self._state.height:
            self._outputs[-1].append(_escaped(state.height))
        self._state = state

    def _close(self) -> None:
        """End an aside: make a file of it and mark its place."""
        _, word = self._opened.pop()
        body, number = "".join(self._outputs.pop()), ""
        if word == "footnote" and self._numbered and not self._opened:
            kind, form = ("endnote", "lowerRoman") if "\\ftnalt" in body else ("footnote", "decimal")
            self._counts[kind] += 1
            number, self._numbered = numeral(self._counts[kind], form), False
        self._seen.asides.append(Aside(f"{self._head}{body}}}", _ASIDE[word], number))
        mark = f"{_escaped(OPEN)}{len(self._seen.asides) - 1}{_escaped(CLOSE)}"
        (self._outputs[-1] if word == "footnote" else self._boxes).append(mark)


def _escaped(character: str) -> str:
    """Return a control word that writes a character, followed by nothing for programs that cannot."""
    return f"{{\\uc1\\u{ord(character) - 0x10000}?}}"


def _head(marked: str) -> str:
    """Return the start of a file up to the end of its table of fonts: what the bytes of a text mean."""
    start = marked.find("{\\fonttbl")
    depth = 0
    for match in re.finditer(r"\\.|[{}]", marked[start:], re.DOTALL) if start >= 0 else ():
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return marked[: start + match.end()]
    page = re.search(r"\\ansicpg\d{1,6}", marked[:4_000])
    return "{\\rtf1\\ansi" + (page[0] if page else "") + " "
